/* SPDX-License-Identifier: MIT */
/* Verdicts: pairs of hand-made hosts under a policy. */
#include "compare_rows.h"

static void test_kvm_bits(void **state)
{
	static const struct row rows[] = {
		{ .what = "equal", .policy = "kvm", .relation = CPC_RELATION_SAME },
		{ .what = "equal with much",
		  .policy = "kvm",
		  .a = { .features = "avx avx2 md_clear erms invtsc", .avx_at = 0x240 },
		  .b = { .features = "avx avx2 md_clear erms invtsc", .avx_at = 0x240 },
		  .relation = CPC_RELATION_SAME },
		{ .what = "one way",
		  .policy = "kvm",
		  .b = { .features = "avx2 ssse3" },
		  .there = { .verdict = CPC_MIGRATABLE, .gains = "ssse3 avx2" },
		  .back = { .verdict = CPC_COMPATIBILITY_MODE,
			    .findings = "!missing:ssse3 !missing:avx2",
			    .loses = "ssse3 avx2" },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "crosswise",
		  .policy = "kvm",
		  .a = { .features = "xop" },
		  .b = { .features = "ssse3" },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE,
			     .findings = "!missing:xop",
			     .loses = "xop",
			     .gains = "ssse3" },
		  .back = { .verdict = CPC_COMPATIBILITY_MODE,
			    .findings = "!missing:ssse3",
			    .loses = "ssse3",
			    .gains = "xop" },
		  .relation = CPC_RELATION_COMPATIBILITY_MODE },
		{ .what = "hints and bad news",
		  .policy = "kvm",
		  .a = { .features = "erms fsrm" },
		  .b = { .features = "md_clear" },
		  .there = { .verdict = CPC_MIGRATABLE, .findings = "~bad-news:md_clear .hint:erms .hint:fsrm" },
		  .back = { .verdict = CPC_MIGRATABLE, .findings = "~bad-news:md_clear" },
		  .relation = CPC_RELATION_BOTH_WAYS },
		{ .what = "supplied",
		  .policy = "kvm",
		  .a = { .features = "x2apic tsc_deadline_timer tsc_adjust arat arch_capabilities" },
		  .there = { .verdict = CPC_MIGRATABLE,
			     .findings = ".supplied:x2apic .supplied:tsc_deadline_timer .supplied:arat "
					 ".supplied:tsc_adjust .supplied:arch_capabilities" },
		  .back = { .verdict = CPC_MIGRATABLE },
		  .relation = CPC_RELATION_BOTH_WAYS },
		{ .what = "invtsc withheld",
		  .policy = "kvm",
		  .a = { .features = "invtsc" },
		  .there = { .verdict = CPC_MIGRATABLE, .findings = ".hint:invtsc" },
		  .back = { .verdict = CPC_MIGRATABLE },
		  .relation = CPC_RELATION_BOTH_WAYS },
		{ .what = "invtsc of a guest",
		  .policy = "kvm",
		  .a = { .features = "invtsc", .vantage = CPC_GUEST },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE, .findings = "!blocked:invtsc", .loses = "invtsc" },
		  .back = { .verdict = CPC_MIGRATABLE },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "unnamed bit",
		  .policy = "kvm",
		  .a = { .unnamed = CPC_L7_1_EDX * 32 + 30 },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE,
			     .findings = "!missing:7.1.edx[30]",
			     .loses = "7.1.edx[30]" },
		  .back = { .verdict = CPC_MIGRATABLE, .gains = "7.1.edx[30]" },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "foreign word",
		  .policy = "kvm",
		  .a = { .unnamed = 127 * 32 + 31 },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE,
			     .findings = "!missing:word.127[31]",
			     .loses = "word.127[31]" },
		  .back = { .verdict = CPC_MIGRATABLE, .gains = "word.127[31]" },
		  .relation = CPC_RELATION_ONE_WAY },
	};

	(void)state;
	expect_rows(rows, COUNT(rows));
}

static void test_kvm_numbers(void **state)
{
	static const struct row rows[] = {
		{ .what = "address bits",
		  .policy = "kvm",
		  .b = { .pa = 39 },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE, .findings = "!above:pa" },
		  .back = { .verdict = CPC_MIGRATABLE },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "flush line",
		  .policy = "kvm",
		  .b = { .clf = 32 },
		  .there = { .verdict = CPC_IMPOSSIBLE, .findings = "!unequal:clf" },
		  .back = { .verdict = CPC_IMPOSSIBLE, .findings = "!unequal:clf" },
		  .relation = CPC_RELATION_IMPOSSIBLE },
		{ .what = "Zen 2 and Zen 3",
		  .policy = "kvm",
		  .a = { .vendor = "AuthenticAMD", .features = "xsave pku", .pkru_at = 0x340 },
		  .b = { .vendor = "AuthenticAMD", .features = "xsave pku", .pkru_at = 0x980 },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE, .findings = "!layout:9", .loses = "pku" },
		  .back = { .verdict = CPC_COMPATIBILITY_MODE, .findings = "!layout:9", .loses = "pku" },
		  .relation = CPC_RELATION_COMPATIBILITY_MODE },
		{ .what = "component of one alone",
		  .policy = "kvm",
		  .a = { .features = "xsave pku", .pkru_at = 0x340 },
		  .b = { .features = "xsave" },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE,
			     .findings = "!missing:pku !missing:xcr0_pkru",
			     .loses = "pku xcr0_pkru" },
		  .back = { .verdict = CPC_MIGRATABLE, .gains = "pku xcr0_pkru" },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "palettes",
		  .policy = "kvm",
		  .a = { .features = "amx_tile", .amx_palettes = 1 },
		  .b = { .features = "amx_tile", .amx_palettes = 2 },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE, .findings = "!unequal:amxp", .loses = "amx_tile" },
		  .back = { .verdict = CPC_COMPATIBILITY_MODE, .findings = "!unequal:amxp", .loses = "amx_tile" },
		  .relation = CPC_RELATION_COMPATIBILITY_MODE },
		{ .what = "palettes of one alone",
		  .policy = "kvm",
		  .b = { .amx_palettes = 1 },
		  .there = { .verdict = CPC_MIGRATABLE },
		  .back = { .verdict = CPC_COMPATIBILITY_MODE, .findings = "!unequal:amxp" },
		  .relation = CPC_RELATION_ONE_WAY },
	};

	(void)state;
	expect_rows(rows, COUNT(rows));
}

static void test_hosts(void **state)
{
	static const struct row rows[] = {
		{ .what = "vendors",
		  .policy = "kvm",
		  .b = { .vendor = "AuthenticAMD", .features = "ssse3" },
		  .there = { .verdict = CPC_IMPOSSIBLE, .findings = "!vendor" },
		  .back = { .verdict = CPC_IMPOSSIBLE, .findings = "!vendor" },
		  .relation = CPC_RELATION_IMPOSSIBLE },
		{ .what = "no virtualization",
		  .policy = "hyperv-2008r2",
		  .b = { .requirements = { [CPC_HARDWARE_VIRTUALIZATION] = CPC_ABSENT } },
		  .there = { .verdict = CPC_IMPOSSIBLE, .findings = "!cannot-host:hardware_virtualization" },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "off in firmware, and another vendor",
		  .policy = "kvm",
		  .b = { .vendor = "AuthenticAMD",
			 .requirements = { [CPC_EXECUTE_DISABLE] = CPC_DISABLED_BY_FIRMWARE } },
		  .there = { .verdict = CPC_IMPOSSIBLE, .findings = "!cannot-host:execute_disable !vendor" },
		  .back = { .verdict = CPC_IMPOSSIBLE, .findings = "!vendor" },
		  .relation = CPC_RELATION_IMPOSSIBLE },
		{ .what = "no long mode, and less",
		  .policy = "x86-64-v1",
		  .b = { .features = "-sse2", .requirements = { [CPC_LONG_MODE] = CPC_ABSENT } },
		  .there = { .verdict = CPC_IMPOSSIBLE, .findings = "!cannot-host:long_mode !missing:sse2" },
		  .back = { .verdict = CPC_MIGRATABLE, .gains = "sse2" },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "not known to lack anything",
		  .policy = "kvm",
		  .a = { .requirements = { CPC_PRESENT, CPC_PRESENT, CPC_PRESENT, CPC_PRESENT } },
		  .b = { .requirements = { CPC_HIDDEN_BY_HYPERVISOR, CPC_REQUIREMENT_UNKNOWN, CPC_PRESENT,
					   CPC_ABSENT } },
		  .relation = CPC_RELATION_SAME },
		{ .what = "neither can host",
		  .policy = "kvm",
		  .a = { .requirements = { CPC_ABSENT } },
		  .b = { .requirements = { CPC_ABSENT } },
		  .there = { .verdict = CPC_IMPOSSIBLE, .findings = "!cannot-host:hardware_virtualization" },
		  .back = { .verdict = CPC_IMPOSSIBLE, .findings = "!cannot-host:hardware_virtualization" },
		  .relation = CPC_RELATION_IMPOSSIBLE },
	};

	(void)state;
	expect_rows(rows, COUNT(rows));
}

static void test_hyperv(void **state)
{
	static const struct row rows[] = {
		{ .what = "only listed bits matter",
		  .policy = "hyperv-2008r2",
		  .a = { .features = "aes avx2 sha_ni erms md_clear invtsc",
			 .foreign = "zz=1",
			 .pkru_at = 0x340,
			 .unread_10a = true,
			 .vantage = CPC_GUEST },
		  .b = { .pkru_at = 0x980 },
		  .relation = CPC_RELATION_SAME },
		{ .what = "Core and Penryn",
		  .policy = "hyperv-2008r2",
		  .a = { .features = "ssse3" },
		  .b = { .features = "ssse3 sse4_1" },
		  .there = { .verdict = CPC_MIGRATABLE, .gains = "sse4_1" },
		  .back = { .verdict = CPC_COMPATIBILITY_MODE, .findings = "!missing:sse4_1", .loses = "ssse3 sse4_1" },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "a kept bit",
		  .policy = "hyperv-2008r2",
		  .a = { .features = "ssse3" },
		  .b = { .features = "-pni" },
		  .there = { .verdict = CPC_IMPOSSIBLE, .findings = "!missing:pni !missing:ssse3" },
		  .back = { .verdict = CPC_MIGRATABLE, .gains = "pni ssse3" },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "AMD",
		  .policy = "hyperv-2008r2",
		  .a = { .vendor = "AuthenticAMD", .features = "mmxext cr8_legacy 3dnow 3dnowext sse4a" },
		  .b = { .vendor = "AuthenticAMD", .features = "mmxext cr8_legacy sse4a xop" },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE,
			     .findings = "!missing:3dnowext !missing:3dnow",
			     .loses = "sse4a 3dnowext 3dnow",
			     .gains = "xop" },
		  .back = { .verdict = CPC_COMPATIBILITY_MODE,
			    .findings = "!missing:xop",
			    .loses = "sse4a xop",
			    .gains = "3dnowext 3dnow" },
		  .relation = CPC_RELATION_COMPATIBILITY_MODE },
		{ .what = "AMD, a kept bit",
		  .policy = "hyperv-2008r2",
		  .a = { .vendor = "AuthenticAMD", .features = "mmxext" },
		  .b = { .vendor = "AuthenticAMD" },
		  .there = { .verdict = CPC_IMPOSSIBLE, .findings = "!missing:mmxext" },
		  .back = { .verdict = CPC_MIGRATABLE, .gains = "mmxext" },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "the mode forces the flush line",
		  .policy = "hyperv-2008r2",
		  .b = { .clf = 128 },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE, .findings = "!unequal:clf" },
		  .back = { .verdict = CPC_COMPATIBILITY_MODE, .findings = "!unequal:clf" },
		  .relation = CPC_RELATION_COMPATIBILITY_MODE },
		{ .what = "address bits only warn",
		  .policy = "hyperv-2008r2",
		  .b = { .pa = 39 },
		  .there = { .verdict = CPC_MIGRATABLE, .findings = "~above:pa" },
		  .back = { .verdict = CPC_MIGRATABLE },
		  .relation = CPC_RELATION_BOTH_WAYS },
		{ .what = "AVX elsewhere, and a warning",
		  .policy = "hyperv-2008r2",
		  .a = { .features = "xsave avx", .avx_at = 0x240 },
		  .b = { .features = "xsave avx", .avx_at = 0x280, .pa = 39 },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE,
			     .findings = "!layout:2 ~above:pa",
			     .loses = "xsave avx xcr0_avx" },
		  .back = { .verdict = CPC_COMPATIBILITY_MODE, .findings = "!layout:2", .loses = "xsave avx xcr0_avx" },
		  .relation = CPC_RELATION_COMPATIBILITY_MODE },
		{ .what = "AVX nobody knows where",
		  .policy = "hyperv-2008r2",
		  .a = { .features = "xsave avx", .avx_at = 0x240 },
		  .b = { .features = "xsave avx", .avx_at = 0x240, .layout_unknown = true },
		  .there = { .verdict = CPC_VERDICT_UNKNOWN, .findings = "~unread:xs" },
		  .back = { .verdict = CPC_VERDICT_UNKNOWN, .findings = "~unread:xs" },
		  .relation = CPC_RELATION_UNKNOWN },
		{ .what = "AVX nobody knows where, but refused",
		  .policy = "hyperv-2008r2",
		  .a = { .features = "xsave avx popcnt", .avx_at = 0x240 },
		  .b = { .features = "xsave avx", .avx_at = 0x240, .layout_unknown = true },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE,
			     .findings = "!missing:popcnt ~unread:xs",
			     .loses = "popcnt xsave avx xcr0_avx" },
		  .back = { .verdict = CPC_VERDICT_UNKNOWN, .findings = "~unread:xs", .gains = "popcnt" },
		  .relation = CPC_RELATION_UNKNOWN },
	};

	(void)state;
	expect_rows(rows, COUNT(rows));
}

static void test_levels(void **state)
{
#define V2 "popcnt sse4_1 sse4_2 ssse3"
	static const struct row rows[] = {
		{ .what = "v2 and more",
		  .policy = "x86-64-v2",
		  .a = { .features = V2 " avx avx2", .pa = 39 },
		  .b = { .features = V2, .clf = 32 },
		  .relation = CPC_RELATION_SAME },
		{ .what = "v2 and less",
		  .policy = "x86-64-v2",
		  .a = { .features = V2 },
		  .b = { .features = V2 " -popcnt" },
		  .there = { .verdict = CPC_IMPOSSIBLE, .findings = "!missing:popcnt" },
		  .back = { .verdict = CPC_MIGRATABLE, .gains = "popcnt" },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "both below v2",
		  .policy = "x86-64-v2",
		  .a = { .features = V2 " -ssse3" },
		  .b = { .features = V2 " -ssse3" },
		  .there = { .verdict = CPC_IMPOSSIBLE, .findings = "!lacks-required:ssse3" },
		  .back = { .verdict = CPC_IMPOSSIBLE, .findings = "!lacks-required:ssse3" },
		  .relation = CPC_RELATION_IMPOSSIBLE },
		{ .what = "v3",
		  .policy = "x86-64-v3",
		  .a = { .features = V2 },
		  .b = { .features = V2 " avx avx2 bmi1 bmi2 f16c fma abm movbe" },
		  .there = { .verdict = CPC_IMPOSSIBLE,
			     .findings = "!lacks-required:xsave",
			     .gains = "fma movbe avx f16c bmi1 avx2 bmi2 abm" },
		  .back = { .verdict = CPC_IMPOSSIBLE,
			    .findings = "!lacks-required:xsave !missing:fma !missing:movbe !missing:avx !missing:f16c "
					"!missing:bmi1 !missing:avx2 !missing:bmi2 !missing:abm" },
		  .relation = CPC_RELATION_IMPOSSIBLE },
		{ .what = "v4",
		  .policy = "x86-64-v4",
		  .a = { .features = V2 " avx avx2 bmi1 bmi2 f16c fma abm movbe xsave avx512f avx512bw avx512cd "
					"avx512dq avx512vl" },
		  .b = { .features = V2 " avx avx2 bmi1 bmi2 f16c fma abm movbe xsave avx512f avx512bw avx512cd "
					"avx512dq avx512vl avx512_vnni" },
		  .relation = CPC_RELATION_SAME },
	};
#undef V2

	(void)state;
	expect_rows(rows, COUNT(rows));
}

static void test_only_mitigations(void **state)
{
	static const struct row rows[] = {
		{ .what = "microcode",
		  .policy = "kvm",
		  .a = { .features = "rdcl_no spec_ctrl", .pa = 39 },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE,
			     .findings = "!missing:spec_ctrl !missing:rdcl_no",
			     .loses = "spec_ctrl rdcl_no",
			     .only_mitigations = true },
		  .back = { .verdict = CPC_COMPATIBILITY_MODE, .findings = "!above:pa", .gains = "spec_ctrl rdcl_no" },
		  .relation = CPC_RELATION_COMPATIBILITY_MODE },
		{ .what = "an unnamed bit of the MSR",
		  .policy = "kvm",
		  .a = { .unnamed = CPC_M10A_HI * 32 + 29 },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE,
			     .findings = "!missing:msr.10a[61]",
			     .loses = "msr.10a[61]",
			     .only_mitigations = true },
		  .back = { .verdict = CPC_MIGRATABLE, .gains = "msr.10a[61]" },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "and a feature",
		  .policy = "kvm",
		  .a = { .features = "rdcl_no ssse3" },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE,
			     .findings = "!missing:ssse3 !missing:rdcl_no",
			     .loses = "ssse3 rdcl_no" },
		  .back = { .verdict = CPC_MIGRATABLE, .gains = "ssse3 rdcl_no" },
		  .relation = CPC_RELATION_ONE_WAY },
	};

	(void)state;
	expect_rows(rows, COUNT(rows));
}

/* The values of both sides are in the finding, whatever it is about. */
static void test_values(void **state)
{
	const struct host old = { .features = "pku", .pkru_at = 0x340, .pa = 39 };
	const struct host new = { .features = "pku", .pkru_at = 0x980, .pa = 52 };
	const struct cpc_fingerprint a = fingerprint_of(&new);
	const struct cpc_fingerprint b = fingerprint_of(&old);
	const struct cpc_side sides[] = { side_of(&a), side_of(&b) };
	struct cpc_comparison comparison;

	(void)state;
	assert_int_equal(cpc_compare(&sides[0], &sides[1], cpc_policy_named("kvm"), &comparison, NULL), CPC_OK);
	assert_int_equal(comparison.a_to_b.findings.count, 2);
	assert_int_equal(comparison.a_to_b.findings.items[0].a, 52);
	assert_int_equal(comparison.a_to_b.findings.items[0].b, 39);
	assert_int_equal(comparison.a_to_b.findings.items[1].a, 0x980);
	assert_int_equal(comparison.a_to_b.findings.items[1].b, 0x340);
	assert_int_equal(comparison.a_to_b.findings.items[1].a_size, 8);
	assert_int_equal(comparison.a_to_b.findings.items[1].b_size, 8);
	cpc_comparison_free(&comparison);
	cpc_comparison_free(&comparison);
	cpc_comparison_free(NULL);
}

/* One host compared with itself is the same, though nobody could read everything. */
static void test_itself(void **state)
{
	const struct host host = {
		.features = "xsave avx rdcl_no", .avx_at = 0x240, .unread_10a = true, .layout_unknown = true
	};
	struct cpc_fingerprint fingerprint = fingerprint_of(&host);
	const struct cpc_side side = side_of(&fingerprint);
	struct cpc_comparison comparison;

	(void)state;
	fingerprint.scalars[CPC_S_pa].unknown = true;
	assert_int_equal(cpc_compare(&side, &side, cpc_policy_named("kvm"), &comparison, NULL), CPC_OK);
	assert_int_equal(comparison.relation, CPC_RELATION_SAME);
	assert_int_equal(comparison.a_to_b.findings.count, 0);
	cpc_comparison_free(&comparison);
}

static void test_relations(void **state)
{
	static const enum cpc_relation expected[CPC_VERDICT_COUNT][CPC_VERDICT_COUNT] = {
		{ CPC_RELATION_SAME, CPC_RELATION_BOTH_WAYS, CPC_RELATION_ONE_WAY, CPC_RELATION_ONE_WAY,
		  CPC_RELATION_UNKNOWN },
		{ CPC_RELATION_BOTH_WAYS, CPC_RELATION_BOTH_WAYS, CPC_RELATION_ONE_WAY, CPC_RELATION_ONE_WAY,
		  CPC_RELATION_UNKNOWN },
		{ CPC_RELATION_ONE_WAY, CPC_RELATION_ONE_WAY, CPC_RELATION_COMPATIBILITY_MODE,
		  CPC_RELATION_COMPATIBILITY_MODE, CPC_RELATION_UNKNOWN },
		{ CPC_RELATION_ONE_WAY, CPC_RELATION_ONE_WAY, CPC_RELATION_COMPATIBILITY_MODE, CPC_RELATION_IMPOSSIBLE,
		  CPC_RELATION_UNKNOWN },
		{ CPC_RELATION_UNKNOWN, CPC_RELATION_UNKNOWN, CPC_RELATION_UNKNOWN, CPC_RELATION_UNKNOWN,
		  CPC_RELATION_UNKNOWN },
	};

	(void)state;
	for (int a = 0; a < CPC_VERDICT_COUNT; a++)
		for (int b = 0; b < CPC_VERDICT_COUNT; b++)
			assert_int_equal(cpc_relation_of((enum cpc_verdict)a, (enum cpc_verdict)b), expected[a][b]);
}

static void test_words(void **state)
{
	static const char *const verdicts[] = { "same", "migratable", "compatibility-mode", "impossible", "unknown" };
	static const char *const relations[] = { "same",       "both-ways", "one-way", "compatibility-mode",
						 "impossible", "unknown" };
	static const int exits[] = { 0, 0, 10, 20, 30 };

	(void)state;
	for (int i = 0; i < CPC_VERDICT_COUNT; i++) {
		assert_string_equal(cpc_verdict_name((enum cpc_verdict)i), verdicts[i]);
		assert_int_equal(cpc_verdict_exit((enum cpc_verdict)i), exits[i]);
	}
	for (int i = 0; i < CPC_RELATION_COUNT; i++)
		assert_string_equal(cpc_relation_name((enum cpc_relation)i), relations[i]);
	for (int i = 1; i < CPC_FINDING_CODE_COUNT; i++)
		for (int j = 1; j < i; j++)
			assert_string_not_equal(cpc_finding_code_name((enum cpc_finding_code)i),
						cpc_finding_code_name((enum cpc_finding_code)j));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kvm_bits),  cmocka_unit_test(test_kvm_numbers),
		cmocka_unit_test(test_hosts),	  cmocka_unit_test(test_hyperv),
		cmocka_unit_test(test_levels),	  cmocka_unit_test(test_only_mitigations),
		cmocka_unit_test(test_values),	  cmocka_unit_test(test_itself),
		cmocka_unit_test(test_relations), cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
