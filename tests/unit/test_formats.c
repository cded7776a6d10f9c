/* SPDX-License-Identifier: MIT */
/*
 * The recogniser and the text readers. Samples are made up: short, and each with
 * the one oddity that it is about.
 */
#include "test_formats.h"

/* Leaves of an Intel processor, in two of the notations. */
#define R_LEAF_0 "   0x00000000 0x00: eax=0x00000007 ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n"
#define R_LEAF_1 "   0x00000001 0x00: eax=0x000306a9 ebx=0x00100800 ecx=0x7fbae3ff edx=0xbfebfbff\n"
#define A_LEAF_0 "CPUID 00000000: 0000000D-756E6547-6C65746E-49656E69 [GenuineIntel]\n"

/* The recogniser */

static void unknown_input_is_named(void **state)
{
	static const char zeros[64];

	(void)state;
	refuses("", 0, "is empty");
	refuses(" \t\r\n\n", 0, "is empty");
	refuses("hello\n", 1, "\"hello\"");
	refuses("# only a comment\n", 0, "comments");
	refuses("\n\n<xml/>\n", 3, "<xml/>");
	refuses_bytes(zeros, sizeof(zeros), 0, "is binary");
	refuses_bytes("\x7f"
		      "ELF\2\1\1\0CPUID 00000000: 00000000-",
		      33, 0, "program");
	refuses_bytes("\xff\xfe"
		      "C\0P\0U\0",
		      8, 0, "UTF-16");
	refuses_bytes("\xfe\xff\0C\0P\0U", 8, 0, "UTF-16");
	refuses("\x1b[31mred\x1b[0m\n", 0, "is binary");
	refuses("caf\xe9\n", 1, "caf?");
}

static void byte_order_mark_is_skipped(void **state)
{
	(void)state;
	reads("\xef\xbb\xbf"
	      "CPU 0:\n" R_LEAF_0);
	reads("\xef\xbb\xbf" A_LEAF_0);
	refuses("\xef\xbb\xbf", 0, "is empty");
}

static void endless_input_is_refused(void **state)
{
	const size_t length = (size_t)CPC_INPUT_MAX + 1;
	const size_t longest = 65536;
	char *bytes = malloc(length);

	(void)state;
	assert_non_null(bytes);
	memset(bytes, 'x', length);
	assert_int_equal(cpc_read(bytes, length, &captures, &error), CPC_BAD_DATA);
	assert_non_null(strstr(error.what, "64 MiB"));
	/* One line, of every text format, as long as an input may be. */
	memcpy(bytes, A_LEAF_0 "CPUID", strlen(A_LEAF_0 "CPUID"));
	assert_int_equal(cpc_read(bytes, length - 1, &captures, &error), CPC_BAD_DATA);
	assert_int_equal(error.line, 2);
	assert_non_null(strstr(error.what, "longer than 65536"));
	memcpy(bytes, "CPU 0:\n\n   0x", 13);
	assert_int_equal(cpc_read(bytes, length - 1, &captures, &error), CPC_BAD_DATA);
	assert_int_equal(error.line, 3);
	memcpy(bytes, "cpc1:", 5);
	assert_int_equal(cpc_read(bytes, length - 1, &captures, &error), CPC_BAD_DATA);
	assert_int_equal(error.line, 1);
	/* The longest line that is read. */
	memset(bytes, ' ', longest + 1);
	memcpy(bytes, A_LEAF_0, strlen(A_LEAF_0) - 1);
	bytes[longest] = '\n';
	assert_int_equal(cpc_read(bytes, longest + 1, &captures, &error), CPC_OK);
	free(bytes);
}

static void error_may_be_null(void **state)
{
	struct cpc_captures none;

	(void)state;
	assert_int_equal(cpc_read("hello", 5, &none, NULL), CPC_BAD_DATA);
	assert_int_equal(cpc_read("cpc2:x", 6, &none, NULL), CPC_BAD_DATA);
	assert_int_equal(cpc_read("CPU 0:\n", 7, &none, NULL), CPC_BAD_DATA);
	assert_int_equal(cpc_read("{", 1, &none, NULL), CPC_BAD_DATA);
	cpc_captures_free(NULL);
}

static void table_is_whole(void **state)
{
	(void)state;
	assert_true(cpc_format_count >= 4);
	for (size_t i = 0; i < cpc_format_count; i++) {
		assert_true(cpc_formats[i].name && cpc_formats[i].meaning);
		assert_false(cpc_formats[i].recognise("", 0));
		assert_false(cpc_formats[i].recognise("hello", 5));
	}
}

/* Fingerprints */

static void fingerprint_lines(void **state)
{
	char text[CPC_FINGERPRINT_SIZE];
	char file[3 * CPC_FINGERPRINT_SIZE];

	(void)state;
	reads("CPU 0:\n" R_LEAF_0 R_LEAF_1);
	struct cpc_fingerprint fingerprint;
	cpc_fingerprint_of(snapshot_of(0), &fingerprint);
	(void)cpc_fingerprint_print(&fingerprint, text);

	(void)snprintf(file, sizeof(file), "# web\n\n  %s \r\n#db\n%s", text, text);
	reads(file);
	assert_int_equal(captures.count, 2);
	for (size_t i = 0; i < 2; i++) {
		char again[CPC_FINGERPRINT_SIZE];

		assert_int_equal(captures.items[i].origin, CPC_ORIGIN_FINGERPRINT);
		assert_int_equal(captures.items[i].kind_count, 0);
		assert_int_equal(captures.items[i].cpuinfo_vmx, CPC_UNKNOWN);
		(void)cpc_fingerprint_print(&captures.items[i].fingerprint, again);
		assert_string_equal(again, text);
	}
	(void)snprintf(file, sizeof(file), "%s\n\n# newer\ncpc2:whatever\n", text);
	refuses(file, 4, "cpc2");
	(void)snprintf(file, sizeof(file), "%s\nnonsense\n", text);
	refuses(file, 2, "");
}

static void too_many_fingerprints(void **state)
{
	char text[CPC_FINGERPRINT_SIZE];
	const size_t lines = 16385;

	(void)state;
	reads("CPU 0:\n" R_LEAF_0);
	struct cpc_fingerprint fingerprint;
	cpc_fingerprint_of(snapshot_of(0), &fingerprint);
	const size_t length = cpc_fingerprint_print(&fingerprint, text);
	char *file = malloc((length + 1) * lines);
	assert_non_null(file);
	for (size_t i = 0; i < lines; i++) {
		memcpy(file + i * (length + 1), text, length);
		file[i * (length + 1) + length] = '\n';
	}
	refuses_bytes(file, (length + 1) * lines, lines, "16384");
	assert_int_equal(read_bytes(file, (length + 1) * (lines - 1)), CPC_OK);
	assert_int_equal(captures.count, lines - 1);
	free(file);
}

/* cpuid -r */

static void cpuid_r_sections(void **state)
{
	(void)state;
	reads("CPU:\n" R_LEAF_0 R_LEAF_1);
	assert_int_equal(captures.items[0].origin, CPC_ORIGIN_DUMP);
	assert_int_equal(captures.items[0].cpuinfo_svm, CPC_UNKNOWN);
	assert_string_equal(cpus_of(0), "0");
	has_leaf(0, 1, 0, 0x306a9);

	reads("# a comment\r\nCPU 2:\r\n" R_LEAF_0 "CPU 000:\n" R_LEAF_0 "\nCPU 10:\n" R_LEAF_0);
	assert_int_equal(captures.items[0].kind_count, 1);
	assert_string_equal(cpus_of(0), "0,2,10");

	reads("CPU 1:\n" R_LEAF_0 R_LEAF_1 "CPU 0:\n" R_LEAF_0);
	assert_int_equal(captures.items[0].kind_count, 2);
	assert_string_equal(cpus_of(0), "0");
	assert_string_equal(cpus_of(1), "1");

	/* A header is not needed for one CPU, nor are leading zeros and indents. */
	reads("0x0 0x0: eax=0x7 ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n");
	has_leaf(0, 0, 0, 7);
	/* A dump may end without a newline if its last line is whole. */
	assert_int_equal(read_bytes(R_LEAF_0, strlen(R_LEAF_0) - 1), CPC_OK);
}

static void cpuid_r_with_msrs(void **state)
{
	const struct cpc_msr *refused;

	(void)state;
	reads("CPU 0:\n" R_LEAF_0 "CPU 1:\n" R_LEAF_0 "CPU 0:\n   0x0000010a: 0x000000000000002b\n   0x0000003a: fail\n"
	      "CPU 1:\n   0x0000010a: 0x000000000000002b\n"
	      "CPU 7:\n   0x0000010a: 0x0000000000000000\n");
	assert_int_equal(captures.items[0].kind_count, 1);
	assert_string_equal(cpus_of(0), "0-1");
	has_msr(0, 0x10a, 0x2b);
	refused = cpc_snapshot_msr(snapshot_of(0), 0x3a);
	assert_non_null(refused);
	assert_false(refused->readable);

	/* MSRs before the leaves, and of one CPU only. */
	reads("CPU 1:\n   0x0000010a: 0x8000000000000001\nCPU 0:\n" R_LEAF_0 "CPU 1:\n" R_LEAF_0 R_LEAF_1);
	assert_null(cpc_snapshot_msr(snapshot_of(0), 0x10a));
	has_msr(1, 0x10a, 0x8000000000000001);

	/* libvirt's, of every CPU. */
	reads("CPU 0:\n" R_LEAF_0 "CPU 1:\n" R_LEAF_0 R_LEAF_1 "0x0000010a 0x000000000c08e6fb\n");
	has_msr(0, 0x10a, 0xc08e6fb);
	has_msr(1, 0x10a, 0xc08e6fb);

	refuses("CPU 0:\n   0x0000010a: 0x000000000000002b\n", 0, "no CPUID leaves");
	refuses("0x0000010a 0x000000000c08e6fb\n", 0, "no CPUID leaves");
}

static void cpuid_r_errors(void **state)
{
	static const char dump[] = "CPU 0:\n" R_LEAF_0 R_LEAF_1;
	static const char msr[] = "CPU 0:\n" R_LEAF_0 "   0x0000010a: 0x000000000000002b";
	const size_t second = strlen("CPU 0:\n" R_LEAF_0);

	(void)state;
	/* Wherever a dump is cut but at the end of a line, it shows. */
	for (size_t length = second + 4; length < sizeof(dump) - 2; length++)
		refuses_bytes(dump, length, 3, "cut short");
	for (size_t length = second + 4; length < sizeof(msr) - 1; length++)
		refuses_bytes(msr, length, 3, "cut short");
	refuses("CPU 0:\n" R_LEAF_0 "CPU 1:\n", 3, "cut short");
	refuses("CPU 0:\nCPU 1:\n" R_LEAF_0, 1, "cut short");
	refuses("CPU 0:\n" R_LEAF_0 "CPU 1", 3, "cut short");

	refuses("CPU 0:\n   vendor_id = \"GenuineIntel\"\n", 2, "vendor_id");
	refuses("CPU 0:\n" R_LEAF_1, 2, "leaf 0");
	refuses("CPU 0:\n" R_LEAF_0 "   0x00000001 0x00: eax=0x000306a9 ebx=0x00100800 ecx=0x7fbae3ff\n", 3,
		"not a line");
	refuses("CPU 0:\n" R_LEAF_0 "   0x00000001 0x00: eax=0x0000306a9 ebx=0x0 ecx=0x0 edx=0x0\n", 3, "not a line");
	refuses("CPU 0:\n" R_LEAF_0 "   0x00000001 0x00: eax=0xg ebx=0x0 ecx=0x0 edx=0x0\n", 3, "not a line");
	refuses("CPU 0:\n" R_LEAF_0 "   0x00000001 0x00: eax=0x0 ebx=0x0 ecx=0x0 edx=0x0 and more\n", 3, "not a line");
	refuses("CPU 0:\n" R_LEAF_0 "   0x0000010a: 0x0000000000000002b\n", 3, "not a line");
	refuses("CPU 0:\n" R_LEAF_0 "   0x00000010a: fail\n", 3, "not a line");
	refuses("CPU 8192:\n" R_LEAF_0, 1, "8192");
	refuses("CPU 4294967296:\n" R_LEAF_0, 1, "");
	reads("CPU 8191:\n" R_LEAF_0);
	assert_string_equal(cpus_of(0), "8191");
}

static void contradictions(void **state)
{
	static const char other[] = "   0x00000001 0x00: eax=0x000306a8 ebx=0x00100800 ecx=0x7fbae3ff edx=0xbfebfbff\n";
	char text[1024];

	(void)state;
	reads("CPU 0:\n" R_LEAF_0 R_LEAF_1 R_LEAF_1);
	assert_int_equal(snapshot_of(0)->leaf_count, 2);
	(void)snprintf(text, sizeof(text), "CPU 0:\n%s%sCPU 1:\n%sCPU 0:\n%s", R_LEAF_0, R_LEAF_1, R_LEAF_0, other);
	refuses(text, 7, "leaf 0x1 subleaf 0x0 on line 3");
	refuses("CPU 0:\n" R_LEAF_0 "   0x0000010a: 0x1\n0x0000010a 0x2\n", 4, "MSR 0x10a on line 3");
	refuses("CPU 0:\n" R_LEAF_0 "   0x0000010a: 0x0\n   0x0000010a: fail\n", 4, "MSR 0x10a on line 3");
}

static void too_many_leaves(void **state)
{
	const size_t room = 128 * 1024;
	char *text = malloc(room);
	size_t length;

	(void)state;
	assert_non_null(text);
	length = (size_t)snprintf(text, room, "CPU 0:\n%s", R_LEAF_0);
	for (unsigned int i = 1; i <= CPC_LEAVES_MAX; i++)
		length += (size_t)snprintf(text + length, room - length,
					   "   0x00000004 0x%x: eax=0x1 ebx=0x0 ecx=0x0 edx=0x0\n", i);
	refuses_bytes(text, length, CPC_LEAVES_MAX + 2, "1024");
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(unknown_input_is_named),   cmocka_unit_test(byte_order_mark_is_skipped),
		cmocka_unit_test(endless_input_is_refused), cmocka_unit_test(error_may_be_null),
		cmocka_unit_test(table_is_whole),	    cmocka_unit_test(fingerprint_lines),
		cmocka_unit_test(too_many_fingerprints),    cmocka_unit_test(cpuid_r_sections),
		cmocka_unit_test(cpuid_r_with_msrs),	    cmocka_unit_test(cpuid_r_errors),
		cmocka_unit_test(contradictions),	    cmocka_unit_test(too_many_leaves),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
