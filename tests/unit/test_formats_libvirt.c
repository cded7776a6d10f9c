/* SPDX-License-Identifier: MIT */
/* libvirt's <cpudata>. Samples are made up: short, and each with the one oddity that it is about. */
#include "test_formats.h"

#define LEAF_0                                                                                                         \
	"<cpuid eax_in='0x00000000' ecx_in='0x00' eax='0x0000000d' ebx='0x756e6547' ecx='0x6c65746e' "                 \
	"edx='0x49656e69'/>\n"
#define LEAF_1                                                                                                         \
	"<cpuid eax_in='0x00000001' ecx_in='0x00' eax='0x000306a9' ebx='0x00100800' ecx='0x7fbae3ff' "                 \
	"edx='0xbfebfbff'/>\n"
#define LEAF_7_0                                                                                                       \
	"<cpuid eax_in='0x00000007' ecx_in='0x00' eax='0x00000001' ebx='0x00000281' ecx='0x00000000' "                 \
	"edx='0x20000000'/>\n"
#define LEAF_7_1                                                                                                       \
	"<cpuid eax_in='0x00000007' ecx_in='0x01' eax='0x00000010' ebx='0x00000000' ecx='0x00000000' "                 \
	"edx='0x00000000'/>\n"
#define HEAD "<!-- Some CPU -->\n<cpudata arch='x86'>\n"
#define TAIL "</cpudata>\n"

static void leaves_and_msrs(void **state)
{
	(void)state;
	reads(HEAD LEAF_0 LEAF_1 LEAF_7_1 LEAF_7_0 "<msr index='0x10a' edx='0x80000001' eax='0x0000002b'/>\n" TAIL);
	assert_int_equal(captures.count, 1);
	assert_int_equal(captures.items[0].origin, CPC_ORIGIN_DUMP);
	assert_string_equal(captures.items[0].host_name, "");
	assert_string_equal(cpus_of(0), "0");
	assert_int_equal(snapshot_of(0)->leaf_count, 4);
	has_leaf(0, 0, 0, 0xd);
	has_leaf(0, 7, 0, 1);
	has_leaf(0, 7, 1, 0x10);
	has_msr(0, 0x10a, 0x800000010000002b);
	assert_false(snapshot_of(0)->layout_unknown);
}

static void old_notations(void **state)
{
	(void)state;
	reads("<cpudata arch=\"x86\"><cpuid eax_in='0x0' eax='0x1' ebx='0x756e6547' ecx='0x6c65746e' edx='0x49656e69'/>"
	      "<cpuid function='0x00000001' eax='0x000306A9' ebx='0x0' ecx='0x0' edx='0x0'/></cpudata>");
	has_leaf(0, 0, 0, 1);
	has_leaf(0, 1, 0, 0x306a9);
}

/* What is missing is unread: libvirt leaves out leaves of zeros, and a cut text has lost some. */
static void what_is_missing_is_unread(void **state)
{
	struct cpc_fingerprint fingerprint;

	(void)state;
	reads(HEAD LEAF_0 LEAF_1 LEAF_7_0 TAIL);
	cpc_fingerprint_of(snapshot_of(0), &fingerprint);
	assert_int_equal(cpc_fingerprint_bit(&fingerprint, CPC_L7_0_EBX, 0), CPC_SET);
	assert_int_equal(cpc_fingerprint_bit(&fingerprint, CPC_L7_0_EBX, 3), CPC_CLEAR);
	assert_int_equal(cpc_fingerprint_bit(&fingerprint, CPC_L7_1_EAX, 4), CPC_UNKNOWN);
	assert_int_equal(cpc_fingerprint_bit(&fingerprint, CPC_LD_1_EAX, 0), CPC_UNKNOWN);
	assert_int_equal(cpc_fingerprint_bit(&fingerprint, CPC_L80000001_EDX, 29), CPC_UNKNOWN);
	assert_int_equal(cpc_fingerprint_bit(&fingerprint, CPC_M10A_LO, 0), CPC_UNKNOWN);
	assert_true(fingerprint.layout_unknown);
}

static void what_is_not_known_is_passed_over(void **state)
{
	(void)state;
	reads("<?xml version='1.0'?>\n<!-- <cpuid/> CPUID 00000000: 0000000D-756E6547-6C65746E-49656E69 -->\n"
	      "<cpudata arch='x86' note='x'>\n" LEAF_0 "<new><cpuid eax_in='oops'/></new>text" TAIL "<!-- end -->");
	assert_int_equal(snapshot_of(0)->leaf_count, 1);
}

static void errors_name_the_line(void **state)
{
	(void)state;
	refuses("<cpudata arch='ppc64'>\n" LEAF_0 TAIL, 1, "\"ppc64\"");
	refuses("<cpudata>\n" LEAF_0 TAIL, 1, "arch");
	refuses("<domain>\n<cpudata arch='x86'>\n" LEAF_0 TAIL "</domain>", 1, "<domain>");
	refuses(HEAD TAIL, 0, "no CPUID leaves");
	refuses(HEAD "<msr index='0x10a' edx='0x0' eax='0x0'/>" TAIL, 0, "no CPUID leaves");
	refuses(HEAD LEAF_1 TAIL, 3, "no CPUID leaf 0");
	refuses(HEAD LEAF_0 "<cpuid eax_in='0x1' ecx_in='0x0' eax='0x0' ebx='0x0' ecx='0x0'/>" TAIL, 4, "edx");
	refuses(HEAD LEAF_0 "<cpuid ecx_in='0x0' eax='0x0' ebx='0x0' ecx='0x0' edx='0x0'/>" TAIL, 4, "eax_in");
	refuses(HEAD LEAF_0 "<cpuid eax_in='0x1' ecx_in='' eax='0x0' ebx='0x0' ecx='0x0' edx='0x0'/>" TAIL, 4,
		"ecx_in is \"\"");
	refuses(HEAD LEAF_0 "<cpuid eax_in='0x1' eax='0x123456789' ebx='0x0' ecx='0x0' edx='0x0'/>" TAIL, 4,
		"0x123456789");
	refuses(HEAD LEAF_0 "<cpuid eax_in='1' eax='0x0' ebx='0x0' ecx='0x0' edx='0x0'/>" TAIL, 4, "eax_in is \"1\"");
	refuses(HEAD LEAF_0 "<cpuid eax_in='0x1 ' eax='0x0' ebx='0x0' ecx='0x0' edx='0x0'/>" TAIL, 4, "\"0x1 \"");
	refuses(HEAD LEAF_0 "<msr index='0x10a' eax='0x0'/>" TAIL, 4, "edx");
	refuses(HEAD LEAF_0 "\n<cpuid eax_in='0x0' eax='0x0' ebx='0x0' ecx='0x0' edx='0x0'/>" TAIL, 5, "on line 3");
	refuses(HEAD LEAF_0 "<msr index='0x1' edx='0x0' eax='0x0'/>\n<msr index='0x1' edx='0x0' eax='0x1'/>" TAIL, 5,
		"MSR 0x1 on line 4");
	/* Foreign bytes that reach an error are printable. */
	refuses("<caf\xc3\xa9>\n<cpudata/></caf\xc3\xa9>", 1, "<caf?");
}

static void no_cut_goes_unseen(void **state)
{
	static const char text[] = HEAD LEAF_0 LEAF_1 TAIL;

	(void)state;
	for (size_t length = 0; length < sizeof(text) - 2; length++)
		assert_int_equal(read_bytes(text, length), CPC_BAD_DATA);
	assert_int_equal(read_bytes(text, sizeof(text) - 2), CPC_OK);
}

static void hostile_input(void **state)
{
	const size_t room = (size_t)1 << 22;
	char *text = malloc(room);
	size_t length;

	(void)state;
	assert_non_null(text);
	/* A billion laughs. */
	refuses("<!DOCTYPE cpudata [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>\n"
		"<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>]><cpudata arch='x86'>&c;</cpudata>",
		1, "DOCTYPE");
	refuses(HEAD LEAF_0 "&boom;" TAIL, 4, "undefined entity");
	refuses_bytes(HEAD LEAF_0 "\0" TAIL, sizeof(HEAD LEAF_0 "\0" TAIL) - 1, 4, "not valid XML");
	/* A million elements, each within the other. */
	length = (size_t)snprintf(text, room, "<cpudata arch='x86'>");
	for (int i = 0; i < 1000000; i++) {
		memcpy(text + length, "<a>", 3);
		length += 3;
	}
	refuses_bytes(text, length, 1, "within each other");
	/* More leaves than any CPU has. */
	length = (size_t)snprintf(text, room, "<cpudata arch='x86'>\n%s", LEAF_0);
	for (unsigned int i = 1; i <= CPC_LEAVES_MAX; i++)
		length += (size_t)snprintf(
			text + length, room - length,
			"<cpuid eax_in='0x4' ecx_in='0x%x' eax='0x1' ebx='0x0' ecx='0x0' edx='0x0'/>\n", i);
	refuses_bytes(text, length, CPC_LEAVES_MAX + 2, "1024");
	free(text);
}

static void one_endless_line(void **state)
{
	const size_t length = (size_t)60 << 20;
	char *text = malloc(length);

	(void)state;
	assert_non_null(text);
	memset(text, 'x', length);
	memcpy(text, "<cpudata arch='", 15);
	assert_int_equal(cpc_read(text, length, &captures, &error), CPC_BAD_DATA);
	assert_non_null(strstr(error.what, "16 MiB"));
	free(text);
}

static void others_are_not_taken_for_it(void **state)
{
	(void)state;
	refuses("<a/>\n", 1, "\"<a/>\"");
	refuses("<cpu mode='custom'/>\n", 1, "neither");
	refuses("text <cpudata arch='x86'/>\n", 1, "neither");
	refuses("<", 1, "neither");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_and_msrs),
		cmocka_unit_test(old_notations),
		cmocka_unit_test(what_is_missing_is_unread),
		cmocka_unit_test(what_is_not_known_is_passed_over),
		cmocka_unit_test(errors_name_the_line),
		cmocka_unit_test(no_cut_goes_unseen),
		cmocka_unit_test(hostile_input),
		cmocka_unit_test(one_endless_line),
		cmocka_unit_test(others_are_not_taken_for_it),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
