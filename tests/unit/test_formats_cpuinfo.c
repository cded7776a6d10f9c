/* SPDX-License-Identifier: MIT */
/* /proc/cpuinfo. Samples are made up: short, and each with the one oddity that it is about. */
#include "test_formats.h"

#include <cpucompat/report.h>

#define FLAGS                                                                                                          \
	"fpu vme pae clflush mmx sse sse2 syscall nx lm constant_tsc nopl cpuid pni vmx ssse3 xsave avx hypervisor "   \
	"lahf_lm ssbd ibrs ibpb ept avx2 hle rtm arat md_clear arch_capabilities"

static char text[8192];

/* A text of one processor, with lines of one's own before the flags, or in their place. */
static const char *intel(const char *flags, const char *more)
{
	(void)snprintf(text, sizeof(text),
		       "processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 106\n"
		       "model name\t: Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz\nstepping\t: 6\n"
		       "microcode\t: 0xd0003a5\ncpu MHz\t\t: 2000.000\n%sflags\t\t: %s\nbogomips\t: 4000.00\n\n",
		       more, flags);
	return text;
}

static const struct cpc_fingerprint *fingerprint(void)
{
	assert_int_equal(captures.count, 1);
	assert_int_equal(captures.items[0].origin, CPC_ORIGIN_FINGERPRINT);
	assert_int_equal(captures.items[0].kind_count, 0);
	assert_true(captures.items[0].partial);
	return &captures.items[0].fingerprint;
}

static enum cpc_tristate bit_of(const char *name)
{
	const struct cpc_feature *feature = cpc_feature_named(name);

	assert_non_null(feature);
	return cpc_fingerprint_bit(fingerprint(), feature->reg, feature->bit);
}

static void has_number(enum cpc_scalar_id id, uint64_t value)
{
	assert_false(fingerprint()->scalars[id].unknown);
	assert_int_equal(fingerprint()->scalars[id].value, value);
}

static void shown_flags_are_set_and_all_else_is_unknown(void **state)
{
	uint32_t masks[CPC_WORD_COUNT];

	(void)state;
	reads(intel(FLAGS, ""));
	assert_string_equal(fingerprint()->vendor, "GenuineIntel");
	assert_int_equal(fingerprint()->family, 6);
	assert_int_equal(fingerprint()->model, 106);
	assert_int_equal(fingerprint()->stepping, 6);
	assert_int_equal(bit_of("avx2"), CPC_SET);
	assert_int_equal(bit_of("lm"), CPC_SET);
	assert_int_equal(bit_of("xsave"), CPC_SET);
	assert_int_equal(bit_of("arat"), CPC_SET);
	assert_int_equal(bit_of("md_clear"), CPC_SET);
	assert_int_equal(bit_of("arch_capabilities"), CPC_SET);
	assert_int_equal(bit_of("avx512f"), CPC_UNKNOWN);
	assert_int_equal(bit_of("sha_ni"), CPC_UNKNOWN);
	assert_int_equal(bit_of("invtsc"), CPC_UNKNOWN);
	assert_int_equal(bit_of("e_fpu"), CPC_UNKNOWN);
	assert_int_equal(bit_of("rdcl_no"), CPC_UNKNOWN);
	/* Every compared bit is set or unknown, and no other bit is anything. */
	cpc_canonical_masks(masks);
	for (unsigned int i = 0; i < CPC_WORD_COUNT; i++) {
		assert_int_equal(fingerprint()->words[i] & fingerprint()->unread[i], 0);
		if (cpc_registers[i].leaf != 0xc0000001U)
			assert_int_equal(fingerprint()->words[i] | fingerprint()->unread[i], masks[i]);
	}
	/* Only Centaur's processors have that leaf. */
	assert_int_equal(fingerprint()->unread[CPC_LC0000001_EDX], 0);
	assert_true(fingerprint()->layout_unknown);
	for (unsigned int i = 0; i < CPC_SCALAR_COUNT; i++)
		if (cpc_scalar_in_text((enum cpc_scalar_id)i) && cpc_scalars[i].rule != CPC_SCALAR_LAYOUT)
			assert_true(fingerprint()->scalars[i].unknown);
}

/* QEMU's names of bits are Linux' names of something else. */
static void flags_that_the_kernel_makes(void **state)
{
	(void)state;
	reads(intel(FLAGS " stibp spec_ctrl intel_stibp amd_ibrs srso_no btc_no lfence_rdtsc", ""));
	assert_int_equal(bit_of("spec_ctrl"), CPC_UNKNOWN);
	assert_int_equal(bit_of("spec_ctrl_ssbd"), CPC_UNKNOWN);
	assert_int_equal(bit_of("intel_stibp"), CPC_UNKNOWN);
	assert_int_equal(bit_of("amd_ibrs"), CPC_UNKNOWN);
	assert_int_equal(bit_of("amd_ibpb"), CPC_UNKNOWN);
	assert_int_equal(bit_of("srso_no"), CPC_UNKNOWN);
	assert_int_equal(bit_of("btc_no"), CPC_UNKNOWN);
	assert_int_equal(bit_of("lfence_rdtsc"), CPC_UNKNOWN);
	assert_int_equal(bit_of("hle"), CPC_UNKNOWN);
	assert_int_equal(bit_of("rtm"), CPC_UNKNOWN);
	/* Those that are set by vendor's code, for that vendor alone. */
	reads("processor\t: 0\nvendor_id\t: AuthenticAMD\ncpu family\t: 23\nmodel\t\t: 49\nstepping\t: 0\n"
	      "flags\t\t: lm arat 3dnowprefetch clzero abm\n\n");
	assert_int_equal(bit_of("clzero"), CPC_SET);
	assert_int_equal(bit_of("arat"), CPC_UNKNOWN);
	assert_int_equal(bit_of("3dnowprefetch"), CPC_UNKNOWN);
	reads(intel("lm 3dnowprefetch", ""));
	assert_int_equal(bit_of("3dnowprefetch"), CPC_SET);
	/* Without long mode the kernel's quirks set many: nothing is believed. */
	reads(intel("fpu sse pae cx8", ""));
	assert_int_equal(bit_of("sse"), CPC_UNKNOWN);
	assert_int_equal(bit_of("pae"), CPC_UNKNOWN);
	assert_int_equal(bit_of("lm"), CPC_UNKNOWN);
	/* No prefix of a name, and no name that a prefix is of. */
	reads(intel("lm avx512 avx512vbmi22 av sse4", ""));
	assert_int_equal(bit_of("avx512f"), CPC_UNKNOWN);
	assert_int_equal(bit_of("avx512vbmi"), CPC_UNKNOWN);
	assert_int_equal(bit_of("avx"), CPC_UNKNOWN);
	assert_int_equal(bit_of("sse4_1"), CPC_UNKNOWN);
}

static void what_else_is_taken(void **state)
{
	const struct cpc_capture *capture;

	(void)state;
	reads(intel(FLAGS, "cpuid level\t: 27\nclflush size\t: 64\n"
			   "address sizes\t: 46 bits physical, 57 bits virtual\n"));
	capture = &captures.items[0];
	has_number(CPC_S_pa, 46);
	has_number(CPC_S_la, 57);
	has_number(CPC_S_clf, 64);
	has_number(CPC_S_mbl, 27);
	assert_string_equal(capture->brand, "Intel(R) Xeon(R) Gold 6338 CPU @ 2.00GHz");
	assert_string_equal(capture->microcode, "0xd0003a5");
	assert_string_equal(capture->host_name, "");
	assert_int_equal(capture->logical_cpus, 1);
	assert_int_equal(capture->cpuinfo_vmx, CPC_SET);
	assert_int_equal(capture->cpuinfo_ept, CPC_SET);
	assert_int_equal(capture->cpuinfo_svm, CPC_CLEAR);
	assert_int_equal(capture->cpuinfo_npt, CPC_CLEAR);
	/* Leaves above the highest are not there. */
	assert_int_equal(fingerprint()->unread[CPC_L24_0_EBX], 0);
	assert_int_equal(fingerprint()->unread[CPC_L1E_1_EAX], 0);
	has_number(CPC_S_avx10, 0);
	has_number(CPC_S_amxk, 0);
	assert_true(fingerprint()->unread[CPC_LD_1_EAX]);
	/* `ept` stood among the flags before Linux 5.6, and has a line besides since. */
	reads(intel("lm vmx", "vmx flags\t: vnmi ept vpid\n"));
	assert_int_equal(captures.items[0].cpuinfo_ept, CPC_UNKNOWN);
	assert_int_equal(captures.items[0].cpuinfo_vmx_ept, CPC_SET);
	reads(intel("lm vmx vpid", "vmx flags\t: vnmi vpid\n"));
	assert_int_equal(captures.items[0].cpuinfo_ept, CPC_CLEAR);
	assert_int_equal(captures.items[0].cpuinfo_vmx_ept, CPC_CLEAR);
	/* A kernel that names nothing of VT-x denies nothing. */
	reads(intel("lm vmx", ""));
	assert_int_equal(captures.items[0].cpuinfo_ept, CPC_UNKNOWN);
	assert_int_equal(captures.items[0].cpuinfo_vmx_ept, CPC_UNKNOWN);
}

static void an_old_processor_has_few_leaves(void **state)
{
	(void)state;
	reads(intel("lm fpu sse3 clflush", "cpuid level\t: 5\nclflush size\t: 64\n"));
	assert_int_equal(fingerprint()->unread[CPC_L6_EAX], 0);
	assert_int_equal(fingerprint()->unread[CPC_L7_0_EBX], 0);
	assert_int_equal(fingerprint()->unread[CPC_LD_0_EAX], 0);
	assert_int_equal(fingerprint()->unread[CPC_M10A_LO], 0);
	assert_false(fingerprint()->layout_unknown);
	has_number(CPC_S_xa, 0);
	has_number(CPC_S_maw, 0);
	has_number(CPC_S_pmu, 0);
	assert_true(fingerprint()->unread[CPC_L80000001_ECX]);
	/* A text that contradicts itself is believed in what it shows alone. */
	reads(intel("lm avx2", "cpuid level\t: 5\n"));
	assert_int_equal(bit_of("avx2"), CPC_SET);
	assert_int_equal(bit_of("bmi1"), CPC_UNKNOWN);
}

/* Memory encryption takes bits off the physical address, and its flag need not be left to tell. */
static void physical_bits_that_may_be_more(void **state)
{
	static const char sizes[] = "address sizes\t: 43 bits physical, 48 bits virtual\n";
	static const struct {
		const char *vendor;
		unsigned int family;
		const char *flags;
		bool known;
	} rows[] = {
		{ "GenuineIntel", 6, "lm", true },   { "GenuineIntel", 6, "lm tme", false },
		{ "GenuineIntel", 15, "lm", false }, { "AuthenticAMD", 16, "lm", true },
		{ "AuthenticAMD", 23, "lm", false }, { "AuthenticAMD", 25, "lm sme", false },
		{ "HygonGenuine", 24, "lm", false }, { "CentaurHauls", 7, "lm", false },
		{ "  Shanghai  ", 7, "lm", false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)snprintf(text, sizeof(text),
			       "processor\t: 0\nvendor_id\t: %s\ncpu family\t: %u\nmodel\t\t: 1\n"
			       "stepping\t: 1\n%sflags\t\t: %s\n\n",
			       rows[i].vendor, rows[i].family, sizes, rows[i].flags);
		reads(text);
		assert_string_equal(fingerprint()->vendor, rows[i].vendor);
		assert_int_equal(fingerprint()->scalars[CPC_S_pa].unknown, !rows[i].known);
		has_number(CPC_S_la, 48);
		assert_int_equal(fingerprint()->unread[CPC_LC0000001_EDX] != 0, rows[i].family == 7);
	}
}

static void numbers_that_are_none(void **state)
{
	(void)state;
	reads(intel("lm", "cpuid level\t: -1\nclflush size\t: 64\naddress sizes\t: 46 bits\nmicrocode\t: high\n"));
	assert_true(fingerprint()->scalars[CPC_S_mbl].unknown);
	/* Without CLFLUSH the kernel has a size of its own. */
	assert_true(fingerprint()->scalars[CPC_S_clf].unknown);
	assert_true(fingerprint()->scalars[CPC_S_pa].unknown);
	assert_true(fingerprint()->scalars[CPC_S_la].unknown);
	assert_string_equal(captures.items[0].microcode, "0xd0003a5");
	reads(intel("lm clflush", "cpuid level\t: 99999\nclflush size\t: 65\n"
				  "address sizes\t: 0 bits physical, 48 bits virtual\n"));
	assert_true(fingerprint()->scalars[CPC_S_mbl].unknown);
	assert_true(fingerprint()->scalars[CPC_S_clf].unknown);
	assert_true(fingerprint()->scalars[CPC_S_la].unknown);
	reads(intel("lm clflush", "clflush size\t: 4096\naddress sizes\t: 46 bits physical, 65 bits virtual\n"));
	assert_true(fingerprint()->scalars[CPC_S_clf].unknown);
	assert_true(fingerprint()->scalars[CPC_S_la].unknown);
}

#define BLOCK(number, flags, more)                                                                                     \
	"processor : " #number "\r\nvendor_id : GenuineIntel\r\ncpu family : 6\r\nmodel : 1\r\nmodel name : A B\r\n"   \
	"microcode : 0x" #number "\r\n" more "flags : " flags "\r\n\r\n"

static void processors_that_differ(void **state)
{
	(void)state;
	reads("# saved yesterday\n\n" BLOCK(0, "lm clflush avx avx2 vmx", "cpuid level : 13\r\nclflush size : 64\r\n")
		      BLOCK(1, "lm clflush avx vmx", "cpuid level : 7\r\nclflush size : 64\r\n")
			      BLOCK(4, "lm clflush avx avx2", "cpuid level : 13\r\nclflush size : 32\r\n"));
	assert_int_equal(captures.items[0].logical_cpus, 3);
	assert_int_equal(bit_of("avx"), CPC_SET);
	assert_int_equal(bit_of("avx2"), CPC_UNKNOWN);
	assert_int_equal(captures.items[0].cpuinfo_vmx, CPC_UNKNOWN);
	assert_int_equal(captures.items[0].cpuinfo_svm, CPC_CLEAR);
	has_number(CPC_S_mbl, 7);
	assert_true(fingerprint()->scalars[CPC_S_clf].unknown);
	assert_string_equal(captures.items[0].brand, "A B");
	assert_string_equal(captures.items[0].microcode, "");
	assert_int_equal(fingerprint()->unread[CPC_LD_0_EAX], 0);
}

static void errors_name_the_line(void **state)
{
	(void)state;
	refuses("processor\t: 0\nBogoMIPS\t: 50.00\nFeatures\t: fp asimd\n\n", 1, "no vendor_id");
	refuses("processor\t: 0\nvendor_id\t: \n", 1, "no vendor_id");
	refuses("processor\t: 0\nvendor_id\t: unknown\n\n", 1, "cannot have");
	refuses("processor\t: 0\nvendor_id\t: GenuineIntelAndMore\n\n", 1, "cannot have");
	refuses("processor\t: 0\nvendor_id\t: GenuineIntel\ncpu family\t: 6\nmodel\t\t: 1\n\n", 1, "cut short");
	refuses("processor\t: 0\nvendor_id\t: GenuineIntel\nmodel\t\t: 1\nflags\t\t: lm\n", 1, "cut short");
	refuses(BLOCK(0, "lm", "") "hello\n", 9, "\"hello\"");
	refuses(BLOCK(1, "lm", "") BLOCK(1, "lm", ""), 9, "more than one host");
	refuses(BLOCK(1, "lm", "") BLOCK(0, "lm", ""), 9, "more than one host");
	refuses(BLOCK(8192, "lm", ""), 1, "8192");
	refuses(BLOCK(0, "lm", "") "processor : x\n", 9, "numbers below");
	refuses(BLOCK(0, "lm", "") "processor : 1\nvendor_id : AuthenticAMD\ncpu family : 25\nmodel : 1\nflags : lm\n",
		9, "another vendor");
	refuses("processor : 0", 0, "no whole processor");
}

/* Where a text is cut it has lost flags, and a cut flag may be another one's name. */
static void no_cut_makes_a_flag(void **state)
{
	char whole[8192];

	(void)state;
	(void)snprintf(whole, sizeof(whole), "%s", intel("lm avx512f avx2 sse4_2", ""));
	for (size_t length = 1; length <= strlen(whole); length++) {
		if (read_bytes(whole, length) != CPC_OK)
			continue;
		assert_int_equal(bit_of("avx512f"), CPC_SET);
		assert_int_equal(bit_of("avx"), CPC_UNKNOWN);
		assert_int_equal(bit_of("sse4_2"), CPC_SET);
	}
	assert_int_equal(captures.count, 1);
}

static void hostile_input(void **state)
{
	const size_t length = (size_t)32 << 20;
	char *bytes = malloc(length);
	static const char head[] = "processor : 0\nvendor_id : GenuineIntel\ncpu family : 6\nmodel : 1\nflags : ";
	size_t at = 0;

	(void)state;
	assert_non_null(bytes);
	cpc_captures_free(&captures);
	/* One line that never ends. */
	memset(bytes, 'x', length);
	memcpy(bytes, head, sizeof(head) - 1);
	assert_int_equal(cpc_read(bytes, length, &captures, &error), CPC_BAD_DATA);
	assert_int_equal(error.line, 5);
	/* Every processor with flags of its own, each a word that nobody knows. */
	for (unsigned int i = 0; i < CPC_CPUS_MAX; i++) {
		at += (size_t)sprintf(bytes + at,
				      "processor : %u\nvendor_id : AuthenticAMD\ncpu family : 1\nmodel : 1\nflags : lm",
				      i);
		for (unsigned int j = 0; j < 60; j++)
			at += (size_t)sprintf(bytes + at, " %x", i + j);
		bytes[at++] = '\n';
	}
	assert_int_equal(cpc_read(bytes, at, &captures, &error), CPC_OK);
	assert_int_equal(captures.items[0].logical_cpus, CPC_CPUS_MAX);
	free(bytes);
	/* NULs and bytes of no text. */
	refuses_bytes("processor : 0\0\nvendor_id : \xff\xfe\n", 30, 1, "cut short");
	reads("processor : 0\nvendor_id : Genuine Int\ncpu family : 6\nmodel : 1\nmodel name : "
	      "caf\xc3\xa9\x1b[31m\nflags : lm\n");
	assert_string_equal(captures.items[0].brand, "caf???[31m");
}

static void others_are_not_taken_for_it(void **state)
{
	(void)state;
	refuses("model name\t: Intel(R)\nCPU:\n", 1, "neither");
	refuses("processor\n", 1, "neither");
	refuses("processor : fast\n", 1, "neither");
	refuses("processors : 7\n", 1, "neither");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(shown_flags_are_set_and_all_else_is_unknown),
		cmocka_unit_test(flags_that_the_kernel_makes),
		cmocka_unit_test(what_else_is_taken),
		cmocka_unit_test(an_old_processor_has_few_leaves),
		cmocka_unit_test(physical_bits_that_may_be_more),
		cmocka_unit_test(numbers_that_are_none),
		cmocka_unit_test(processors_that_differ),
		cmocka_unit_test(errors_name_the_line),
		cmocka_unit_test(no_cut_makes_a_flag),
		cmocka_unit_test(hostile_input),
		cmocka_unit_test(others_are_not_taken_for_it),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
