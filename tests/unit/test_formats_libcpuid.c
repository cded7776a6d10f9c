/* SPDX-License-Identifier: MIT */
/* libcpuid's raw text. Samples are made up: short, and each with the one oddity that it is about. */
#include "test_formats.h"

#define BASIC_0 "basic_cpuid[0]=0000000d 756e6547 6c65746e 49656e69\n"
#define BASIC_1 "basic_cpuid[1]=000306a9 00100800 7fbae3ff bfebfbff\n"
#define BASIC_4 "basic_cpuid[4]=1c004121 01c0003f 0000003f 00000000\n"
#define BASIC_7 "basic_cpuid[7]=00000001 00000281 00000000 20000000\n"
#define BASIC_13 "basic_cpuid[13]=00000007 00000340 00000440 00000000\n"
#define EXT_0 "ext_cpuid[0]=80000008 00000000 00000000 00000000\n"
#define EXT_1 "ext_cpuid[1]=00000000 00000000 00000001 28100800\n"
#define HEADER(cpu) "_________________ Logical CPU #" #cpu " _________________\n"
#define DASHES "--------------------------------------------------------------------------------\n"

static void one_cpu(void **state)
{
	(void)state;
	reads("basic_cpuid[0]=0000001f 756e6547 6c65746e 49656e69\n" BASIC_1
	      "ext_cpuid[0]=80000028 00000000 00000000 00000000\n" EXT_1
	      "intel_fn4[1]=1c004122 01c0003f 0000003f 00000000\n"
	      "intel_fn11[1]=00000004 00000008 00000201 00000003\n"
	      "intel_fn12h[1]=00000036 00000000 0000001f 00000000\n"
	      "intel_fn14h[1]=02490002 003f3fff 00000000 00000000\n"
	      "amd_fn8000001dh[2]=00004143 03c0003f 000003ff 00000002\n"
	      "amd_fn80000026h[0]=00000001 00000002 00000100 00000000\n");
	assert_int_equal(captures.count, 1);
	assert_int_equal(captures.items[0].origin, CPC_ORIGIN_DUMP);
	assert_string_equal(cpus_of(0), "0");
	assert_int_equal(snapshot_of(0)->leaf_count, 10);
	has_leaf(0, 1, 0, 0x306a9);
	has_leaf(0, 0x80000000, 0, 0x80000028);
	has_leaf(0, 4, 1, 0x1c004122);
	has_leaf(0, 0xb, 1, 4);
	has_leaf(0, 0x12, 1, 0x36);
	has_leaf(0, 0x14, 1, 0x02490002);
	has_leaf(0, 0x8000001d, 2, 0x4143);
	has_leaf(0, 0x80000026, 0, 1);
}

static void every_cpu(void **state)
{
	(void)state;
	reads("version=0.7.0\r\n\n" HEADER(0) BASIC_0 BASIC_1 "\n" HEADER(1) BASIC_0 BASIC_1 "\n" HEADER(12) BASIC_0);
	assert_int_equal(captures.items[0].kind_count, 2);
	assert_string_equal(cpus_of(0), "0-1");
	assert_string_equal(cpus_of(1), "12");
	reads("version=0.5.1\n" BASIC_0);
	assert_string_equal(cpus_of(0), "0");
	reads(HEADER(8191) BASIC_0);
	assert_string_equal(cpus_of(0), "8191");
}

/* The first row of a table of subleaves says again what the leaf's own row said, or is zero, or another CPU's. */
static void a_leaf_of_its_own_row(void **state)
{
	(void)state;
	reads(BASIC_0 BASIC_4 "intel_fn4[0]=00000000 00000000 00000000 00000000\n"
			      "intel_fn11[0]=00000001 00000002 00000100 00000007\n");
	has_leaf(0, 4, 0, 0x1c004121);
	has_leaf(0, 0xb, 0, 1);
	/* Each CPU anew. */
	reads(HEADER(0) BASIC_0 BASIC_4 HEADER(1) BASIC_0 "intel_fn4[0]=00000001 00000000 00000000 00000000\n");
	has_leaf(0, 4, 0, 0x1c004121);
	has_leaf(1, 4, 0, 1);
}

static void what_has_no_row_is_unread(void **state)
{
	struct cpc_fingerprint fingerprint;

	(void)state;
	reads(BASIC_0 BASIC_1 BASIC_7 BASIC_13 EXT_0 EXT_1);
	cpc_fingerprint_of(snapshot_of(0), &fingerprint);
	assert_int_equal(cpc_fingerprint_bit(&fingerprint, CPC_L7_0_EBX, 0), CPC_SET);
	assert_int_equal(cpc_fingerprint_bit(&fingerprint, CPC_L7_0_EBX, 3), CPC_CLEAR);
	assert_int_equal(cpc_fingerprint_bit(&fingerprint, CPC_L7_1_EAX, 4), CPC_UNKNOWN);
	assert_int_equal(cpc_fingerprint_bit(&fingerprint, CPC_LD_0_EAX, 2), CPC_SET);
	assert_int_equal(cpc_fingerprint_bit(&fingerprint, CPC_LD_1_EAX, 0), CPC_UNKNOWN);
	assert_int_equal(cpc_fingerprint_bit(&fingerprint, CPC_L80000001_EDX, 29), CPC_SET);
	assert_int_equal(cpc_fingerprint_bit(&fingerprint, CPC_M10A_LO, 0), CPC_UNKNOWN);
	assert_true(fingerprint.layout_unknown);
	/* Above the maximum there is nothing to ask: clear. */
	assert_int_equal(cpc_fingerprint_bit(&fingerprint, CPC_L24_0_EBX, 16), CPC_CLEAR);
}

/* 32 rows are printed whatever the processor has, and those above its maximum echo another leaf. */
static void rows_above_the_maximum(void **state)
{
	struct cpc_fingerprint with;
	struct cpc_fingerprint without;

	(void)state;
	reads(BASIC_0 BASIC_1 BASIC_13 EXT_0 EXT_1);
	cpc_fingerprint_of(snapshot_of(0), &without);
	reads(BASIC_0 BASIC_1 BASIC_13 "basic_cpuid[14]=ffffffff ffffffff ffffffff ffffffff\n"
				       "basic_cpuid[31]=ffffffff ffffffff ffffffff ffffffff\n" EXT_0 EXT_1
				       "ext_cpuid[31]=ffffffff ffffffff ffffffff ffffffff\n"
				       "intel_fn14h[1]=ffffffff ffffffff ffffffff ffffffff\n");
	cpc_fingerprint_of(snapshot_of(0), &with);
	assert_memory_equal(&with, &without, sizeof(with));
	assert_int_equal(snapshot_of(0)->leaf_count, 5);
	/* No extended leaves at all: that they were asked for and are not there is known. */
	reads("basic_cpuid[0]=00000005 756e6547 6c65746e 49656e69\n"
	      "ext_cpuid[0]=00000040 00000040 00000003 00000000\next_cpuid[1]=00000040 00000040 00000003 00000000\n");
	cpc_fingerprint_of(snapshot_of(0), &with);
	assert_int_equal(cpc_fingerprint_bit(&with, CPC_L80000001_EDX, 29), CPC_CLEAR);
	assert_int_equal(snapshot_of(0)->leaf_count, 2);
}

static void what_is_passed_over(void **state)
{
	(void)state;
	/* What libcpuid's tests expect of a dump, and tables that a newer libcpuid may have. */
	reads("# a comment\n" BASIC_0 "intel_fn1ch[3]=00000001 00000000 00000000 00000000\n" DASHES
	      "x86\n-1\nBloomfield (Core i7)\nfpu vme\n");
	assert_int_equal(snapshot_of(0)->leaf_count, 1);
	assert_int_equal(read_bytes(BASIC_0, strlen(BASIC_0) - 1), CPC_OK);
}

static void errors_name_the_line(void **state)
{
	static const char dump[] = "version=0.7.0\n" HEADER(0) BASIC_0 BASIC_1;
	const size_t second = strlen("version=0.7.0\n" HEADER(0) BASIC_0);

	(void)state;
	/* Wherever a dump is cut but at the end of a line, it shows. */
	for (size_t length = second + 1; length < sizeof(dump) - 2; length++)
		refuses_bytes(dump, length, 4, "cut short");
	refuses("version=0.7.0\n" HEADER(0), 2, "cut short");
	refuses(HEADER(0) HEADER(1) BASIC_0, 1, "cut short");
	refuses(BASIC_0 HEADER(8192) BASIC_0, 2, "8192");
	refuses(BASIC_0 "hello\n", 2, "\"hello\"");
	refuses(BASIC_0 "basic_cpuid[1]=000306a9 00100800 7fbae3ff\n", 2, "not a line");
	refuses(BASIC_0 "basic_cpuid[1]=000306a9 00100800 7fbae3ff bfebfbff 0\n", 2, "not a line");
	refuses(BASIC_0 "basic_cpuid[1]=0000306a9 00100800 7fbae3ff bfebfbff\n", 2, "not a line");
	refuses(BASIC_0 "basic_cpuid[1]=306a9 00100800 7fbae3ff bfebfbff\n", 2, "not a line");
	refuses(BASIC_0 "basic_cpuid[1]=000306g9 00100800 7fbae3ff bfebfbff\n", 2, "not a line");
	refuses(BASIC_0 "basic_cpuid[-1]=000306a9 00100800 7fbae3ff bfebfbff\n", 2, "not a line");
	refuses(BASIC_0 "basic_cpuid[0x1]=000306a9 00100800 7fbae3ff bfebfbff\n", 2, "not a line");
	refuses(BASIC_0 "basic_cpuid[]=000306a9 00100800 7fbae3ff bfebfbff\n", 2, "not a line");
	refuses(BASIC_0 "[1]=000306a9 00100800 7fbae3ff bfebfbff\n", 2, "not a line");
	refuses("basic_cpuid[1]=000306a9 00100800 7fbae3ff bfebfbff\n", 1, "no CPUID leaf 0");
	refuses(BASIC_0 BASIC_1 "basic_cpuid[1]=000306a8 00100800 7fbae3ff bfebfbff\n", 3, "on line 2");
	refuses("version=0.7.0\narm_midr=00000000410fd034\n", 2, "ARM");
}

/* The indices that libcpuid's own reader writes to without looking. */
static void indices_that_lie(void **state)
{
	(void)state;
	refuses(BASIC_0 "basic_cpuid[256]=00000000 00000000 00000000 00000000\n", 2, "not a line");
	refuses(BASIC_0 "intel_fn4[999999999]=00000000 00000000 00000000 00000000\n", 2, "not a line");
	refuses(BASIC_0 "intel_fn4[4294967295]=00000000 00000000 00000000 00000000\n", 2, "not a line");
	reads(BASIC_0 "intel_fn4[255]=00000000 00000000 00000000 00000000\n"
		      "basic_cpuid[255]=00000000 00000000 00000000 00000000\n");
	refuses("_________________ Logical CPU #99999999999 _________________\n" BASIC_0, 1, "neither");
}

static void one_endless_line(void **state)
{
	const size_t length = (size_t)60 << 20;
	char *text = malloc(length);

	(void)state;
	assert_non_null(text);
	memset(text, '0', length);
	memcpy(text, BASIC_0 "basic_cpuid[", strlen(BASIC_0 "basic_cpuid["));
	assert_int_equal(cpc_read(text, length, &captures, &error), CPC_BAD_DATA);
	assert_int_equal(error.line, 2);
	assert_non_null(strstr(error.what, "longer than 65536"));
	free(text);
}

static void others_are_not_taken_for_it(void **state)
{
	(void)state;
	refuses("version=1.0\nname=value\n", 1, "\"version=1.0\"");
	refuses("version=1.0\n", 1, "neither");
	/* Strewn with records of AIDA64's, it is libcpuid's all the same. */
	refuses(BASIC_0 "CPUID 00000000: 0000000D-756E6547-6C65746E-49656E69\n", 2, "not a line of libcpuid");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(one_cpu),
		cmocka_unit_test(every_cpu),
		cmocka_unit_test(a_leaf_of_its_own_row),
		cmocka_unit_test(what_has_no_row_is_unread),
		cmocka_unit_test(rows_above_the_maximum),
		cmocka_unit_test(what_is_passed_over),
		cmocka_unit_test(errors_name_the_line),
		cmocka_unit_test(indices_that_lie),
		cmocka_unit_test(one_endless_line),
		cmocka_unit_test(others_are_not_taken_for_it),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
