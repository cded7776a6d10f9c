/* SPDX-License-Identifier: MIT */
/*
 * AIDA64's text in all its flavours. Samples are made up, each with the one oddity
 * that it is about.
 */
#include "test_formats.h"

#define LEAF_0 "CPUID 00000000: 0000000D-756E6547-6C65746E-49656E69 [GenuineIntel]\n"
#define LEAF_1 "CPUID 00000001: 000306A9-00100800-7FBAE3FF-BFEBFBFF\n"

static void section_headers(void **state)
{
	(void)state;
	reads("------[ Versions ]------\n\nProgram Version : X v1\n\n------[ CPU Info ]------\n\n"
	      "CPUID Manufacturer : GenuineIntel\nCPUID Revision     : 000306A9h\n\n"
	      "------[ Logical CPU #0 ]------\n\nallcpu: Valid\n\n" LEAF_0
	      "\n------[ Logical CPU #1 ]------\n\nallcpu: Valid, Virtual\n\n" LEAF_0
	      "\nL1 Data Cache: 32 KB\n\n------[ MSR Registers ]------\n\nMSR 0000010A: 0000-0000-0028-FDEB\n"
	      "\nTjmax Temperature = 0 Celsius\n");
	assert_int_equal(captures.items[0].origin, CPC_ORIGIN_DUMP);
	assert_int_equal(captures.items[0].cpuinfo_vmx, CPC_UNKNOWN);
	assert_string_equal(cpus_of(0), "0-1");
	has_msr(0, 0x10a, 0x28fdeb);

	reads("------[ CPUID Registers / Logical CPU #3 ]------\n\n" LEAF_0
	      "------[ CPUID Registers / Logical CPU #12 ]------\n" LEAF_0 LEAF_1
	      "------[ MSR Registers / Logical CPU #12 ]------\n"
	      "MSR 0000010A: 0000-0000-0000-0001\nMSR 0000010B: < FAILED >\n"
	      "------[ MSR Registers / Logical CPU #99 ]------\nMSR 0000010A: 0000-0000-0000-0001\n");
	assert_int_equal(captures.items[0].kind_count, 2);
	assert_string_equal(cpus_of(0), "3");
	assert_string_equal(cpus_of(1), "12");
	assert_null(cpc_snapshot_msr(snapshot_of(0), 0x10a));
	has_msr(1, 0x10a, 1);
	assert_false(cpc_snapshot_msr(snapshot_of(1), 0x10b)->readable);

	reads("CPU#000 AffMask: 0x0000000000000001 \n" LEAF_0 "\nCPU#017 AffMask: 0x0000000000020000 \n" LEAF_0);
	assert_string_equal(cpus_of(0), "0,17");

	reads("CPUID Registers (CPU #1):\n" LEAF_0 " \nCPUID Registers (CPU #2):\n" LEAF_0);
	assert_string_equal(cpus_of(0), "0-1");
}

static void bare_records(void **state)
{
	(void)state;
	reads(LEAF_0 LEAF_1 "\n" LEAF_0 LEAF_1 LEAF_0);
	assert_int_equal(captures.items[0].kind_count, 2);
	assert_string_equal(cpus_of(0), "0-1");
	assert_string_equal(cpus_of(1), "2");

	/* Tabs, no colon, CRLF, no newline at the end. */
	reads("CPUID 00000000  \t0000000D-746E6543-736C7561-48727561\r\nCPUID 00000001  "
	      "\t00000691-00000000-00000000-0380B135 ");
	has_leaf(0, 0, 0, 0xd);
	has_leaf(0, 1, 0, 0x691);

	/* Lower case, indented, as people paste them. */
	reads("  junk\n\tCPUID 00000000: 0000000d-756e6547-6c65746e-49656e69 \\n\n");
	has_leaf(0, 0, 0, 0xd);
}

static void records_on_one_line(void **state)
{
	(void)state;
	reads("CPUID 00000000: 0000000D-756E6547-6C65746E-49656E69CPUID 00000001: 000306A9-00100800-7FBAE3FF-BFEBFBFF\n"
	      "CPUID 00000007: 00000001-00000000-00000000-00000000 [SL 00] [x] CPUID 00000007: "
	      "00000002-00000000-00000000-"
	      "00000000 [SL 01] MSR 0000010A: 0000-0000-0000-0007\n");
	has_leaf(0, 1, 0, 0x306a9);
	has_leaf(0, 7, 0, 1);
	has_leaf(0, 7, 1, 2);
	has_msr(0, 0x10a, 7);
}

static void stray_nuls(void **state)
{
	static const char good[] = "\0\0CPUID 00000000: 0000000D-756E6547-6C65746E-49656E69 [Gen\0\0]\0\r\n\0\n"
				   "CPUID 00000001:\0 000306A9-00100800-7FBAE3FF-BFEBFBFF\0\0";

	(void)state;
	assert_int_equal(read_bytes(good, sizeof(good) - 1), CPC_OK);
	has_leaf(0, 1, 0, 0x306a9);
}

static void subleaf_numbers(void **state)
{
	(void)state;
	reads(LEAF_0 "CPUID 0000000D: 00000007-00000340-00000340-00000000 [SL 00] [x87]\n"
		     "CPUID 0000000D: 00000001-00000000-00000000-00000000 [SL 01]\n"
		     "CPUID 0000000D: 00000100-00000240-00000000-00000000 [SL 02] [AVX]\n"
		     "CPUID 0000000D: 00000008-00000000-00000001-00000000 [SL 0A]\n"
		     "CPUID 0000000D: 00000080-00000340-00000000-00000000 [SL 3E]\n");
	has_leaf(0, 0xd, 10, 8);
	has_leaf(0, 0xd, 62, 0x80);
	assert_false(snapshot_of(0)->layout_unknown);

	/* Without numbers the position counts, and begins anew with each leaf and CPU. */
	reads(LEAF_0 "CPUID 00000004: 1C004121-01C0003F-0000003F-00000000\n"
		     "CPUID 00000004: 1C004122-01C0003F-0000003F-00000000\n"
		     "CPUID 00000004: 1C004143-01C0003F-000001FF-00000000\n"
		     "CPUID 00000007: 00000001-00000000-00000000-00000000\t[X]\n"
		     "CPUID 00000007: 00000022-00000000-00000000-00000000\n"
		     "CPUID 0000000B: 00000001-00000002-00000100-00000000\n"
		     "CPUID 0000000B: 00000004-00000008-00000201-00000000\n" LEAF_0
		     "CPUID 00000004: 1C004121-01C0003F-0000003F-00000000\n");
	has_leaf(0, 4, 2, 0x1c004143);
	has_leaf(0, 7, 1, 0x22);
	has_leaf(0, 0xb, 1, 4);
	has_leaf(1, 4, 0, 0x1c004121);

	/* Leaves that have no subleaves cannot answer twice. */
	refuses(LEAF_0 "CPUID 00000003: 00000000-00000000-00000000-00000000\n"
		       "CPUID 00000003: 00000001-00000000-00000000-00000000\n",
		3, "line 2");
}

static void unnumbered_layout(void **state)
{
	static const char *const avx = LEAF_0 "CPUID 0000000D: 00000007-00000340-00000340-00000000\n"
					      "CPUID 0000000D: 00000001-00000000-00000000-00000000\n"
					      "CPUID 0000000D: 00000100-00000240-00000000-00000000\n" LEAF_1;

	(void)state;
	reads(avx);
	assert_true(snapshot_of(0)->layout_unknown);
	has_leaf(0, 0xd, 0, 7);
	has_leaf(0, 0xd, 1, 1);
	assert_int_equal(snapshot_of(0)->leaf_count, 4);

	/* Announced and not told, at the end of a file and of a CPU. */
	reads(LEAF_0 "CPUID 0000000D: 00000007-00000340-00000340-00000000\n");
	assert_true(snapshot_of(0)->layout_unknown);
	reads("CPU#000 AffMask: 0x1\n" LEAF_0 "CPUID 0000000D: 00000007-00000340-00000340-00000000\n"
	      "CPU#001 AffMask: 0x2\n" LEAF_0);
	assert_true(snapshot_of(0)->layout_unknown);
	assert_false(snapshot_of(1)->layout_unknown);

	/* The second cannot be subleaf 1: it has the size of the AVX state. */
	reads(LEAF_0 "CPUID 0000000D: 00000007-00000340-00000340-00000000\n"
		     "CPUID 0000000D: 00000100-00000240-00000000-00000000\n");
	assert_true(snapshot_of(0)->layout_unknown);
	assert_int_equal(snapshot_of(0)->leaf_count, 2);

	/* Nothing beyond x87 and SSE: the layout is empty, and known. */
	reads(LEAF_0 "CPUID 0000000D: 00000003-00000240-00000240-00000000\n"
		     "CPUID 0000000D: 00000000-00000000-00000000-00000000\n"
		     "CPUID 0000000D: 00000000-00000000-00000000-00000000\n");
	assert_false(snapshot_of(0)->layout_unknown);

	/* Numbers on the others suffice. */
	reads(LEAF_0 "CPUID 0000000D: 00000007-00000340-00000340-00000000\n"
		     "CPUID 0000000D: 00000100-00000240-00000000-00000000 [SL 02]\n");
	assert_false(snapshot_of(0)->layout_unknown);
	has_leaf(0, 0xd, 2, 0x100);
}

static void msr_values(void **state)
{
	(void)state;
	reads(LEAF_0 "MSR 00000017: 0012-0000-0000-0000 [PlatID = 4]\n"
		     "MSR 000000E7: 0000-0016-E3FC-01BC [S200]\nMSR 000000E7: 0000-0016-E526-29EA [S200]\n"
		     "MSR 000000E7: 0000-0016-E85D-D78A\nMSR C0010015 \tFFFF-0000-0100-0010\n");
	has_msr(0, 0x17, 0x12000000000000);
	has_msr(0, 0xe7, 0x16e3fc01bc);
	has_msr(0, 0xc0010015, 0xffff000001000010);
	refuses("MSR 00000017: 0012-0000-0000-0000\n", 0, "no CPUID leaves");
}

static void damaged_dumps(void **state)
{
	static const char dump[] = LEAF_0 "CPUID 00000007: 00000002-00000000-00000000-00000000 [SL 00]";
	static const char msr[] = LEAF_0 "MSR 0000010A: 0000-0000-0028-FDEB";
	static const char refused[] = LEAF_0 "MSR 0000010A: < FAILED >";
	const size_t whole = strlen(LEAF_0 "CPUID 00000007: 00000002-00000000-00000000-00000000");
	const size_t second = strlen(LEAF_0);

	(void)state;
	/* A record cut behind its last digit is whole: nobody can tell. */
	for (size_t length = second + 1; length < sizeof(dump) - 1; length++)
		if (length != whole && length != whole + 1)
			refuses_bytes(dump, length, 2, "cut short");
	for (size_t length = second + 1; length < sizeof(msr) - 1; length++)
		refuses_bytes(msr, length, 2, "cut short");
	for (size_t length = second + 1; length < sizeof(refused) - 1; length++)
		refuses_bytes(refused, length, 2, "cut short");
	refuses(LEAF_0 "------[ MSR Registers / Log", 2, "cut short");
	refuses("------[ Logical CPU #0 ]------\n" LEAF_0 "\n------[ Logical CPU #1 ]------\n\nallcpu: Valid\n", 4,
		"cut short");

	refuses(LEAF_0 "CPUID 00000001: 000306A9-00100800-7FBAE3FF\n" LEAF_1, 2, "damaged");
	refuses(LEAF_0 "CPUID 00000001: 000306A9-00100800-7FBAE3FF-BFEBFBFF0\n", 2, "damaged");
	refuses(LEAF_0 "CPUID 00000001: 000306A9-00100800-7FBAE3FF-BFEBFBF\n", 2, "damaged");
	refuses(LEAF_0 "MSR 0000010A: 0000-0000-0028\n", 2, "MSR record");
	refuses("\n\n" LEAF_1, 3, "leaf 0");
	refuses("CPU#8192 AffMask: 0x1\n" LEAF_0, 1, "8192");
	refuses("CPU#000 AffMask: 0x1\n" LEAF_0 LEAF_1 "CPU#000 AffMask: 0x1\n"
		"CPUID 00000001: 000306A8-00100800-7FBAE3FF-BFEBFBFF\n",
		5, "on line 3");
}

static void too_many_cpus(void **state)
{
	const size_t length = strlen(LEAF_0);
	char *text = malloc(length * (CPC_CPUS_MAX + 1));

	(void)state;
	assert_non_null(text);
	for (size_t i = 0; i <= CPC_CPUS_MAX; i++)
		memcpy(text + i * length, LEAF_0, length);
	assert_int_equal(read_bytes(text, length * CPC_CPUS_MAX), CPC_OK);
	assert_string_equal(cpus_of(0), "0-8191");
	refuses_bytes(text, length * (CPC_CPUS_MAX + 1), CPC_CPUS_MAX + 1, "8192");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(section_headers),     cmocka_unit_test(bare_records),
		cmocka_unit_test(records_on_one_line), cmocka_unit_test(stray_nuls),
		cmocka_unit_test(subleaf_numbers),     cmocka_unit_test(unnumbered_layout),
		cmocka_unit_test(msr_values),	       cmocka_unit_test(damaged_dumps),
		cmocka_unit_test(too_many_cpus),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
