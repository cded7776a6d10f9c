/* SPDX-License-Identifier: MIT */
/* What was not read, what only a newer agent knows, and hosts that are or may be equal. */
#include "compare_rows.h"

#define UNREAD_10A "~unread:msr.10a ~unread:msr.10a"

static void test_unknown(void **state)
{
	static const struct row rows[] = {
		{ .what = "source unread",
		  .policy = "kvm",
		  .a = { .unread_10a = true },
		  .there = { .verdict = CPC_VERDICT_UNKNOWN, .findings = UNREAD_10A },
		  .back = { .verdict = CPC_MIGRATABLE, .findings = ".unread:msr.10a .unread:msr.10a" },
		  .relation = CPC_RELATION_UNKNOWN },
		{ .what = "both unread",
		  .policy = "kvm",
		  .a = { .unread_10a = true },
		  .b = { .unread_10a = true },
		  .there = { .verdict = CPC_VERDICT_UNKNOWN, .findings = UNREAD_10A },
		  .back = { .verdict = CPC_VERDICT_UNKNOWN, .findings = UNREAD_10A },
		  .relation = CPC_RELATION_UNKNOWN },
		{ .what = "destination unread, source has it",
		  .policy = "kvm",
		  .a = { .features = "rdcl_no" },
		  .b = { .unread_10a = true },
		  .there = { .verdict = CPC_VERDICT_UNKNOWN, .findings = "~unread:msr.10a .unread:msr.10a" },
		  .back = { .verdict = CPC_VERDICT_UNKNOWN, .findings = UNREAD_10A },
		  .relation = CPC_RELATION_UNKNOWN },
		{ .what = "destination unread, source has only bad news",
		  .policy = "kvm",
		  .a = { .features = "rsba" },
		  .b = { .unread_10a = true },
		  .there = { .verdict = CPC_MIGRATABLE, .findings = ".unread:msr.10a .unread:msr.10a" },
		  .back = { .verdict = CPC_VERDICT_UNKNOWN, .findings = UNREAD_10A },
		  .relation = CPC_RELATION_UNKNOWN },
		{ .what = "unread, but refused",
		  .policy = "kvm",
		  .a = { .features = "ssse3", .unread_10a = true },
		  .b = { .unread_10a = true },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE,
			     .findings = "!missing:ssse3 " UNREAD_10A,
			     .loses = "ssse3" },
		  .back = { .verdict = CPC_VERDICT_UNKNOWN, .findings = UNREAD_10A, .gains = "ssse3" },
		  .relation = CPC_RELATION_UNKNOWN },
		{ .what = "unread, but impossible",
		  .policy = "kvm",
		  .a = { .unread_10a = true },
		  .b = { .clf = 32, .requirements = { CPC_ABSENT } },
		  .there = { .verdict = CPC_IMPOSSIBLE,
			     .findings = "!cannot-host:hardware_virtualization !unequal:clf " UNREAD_10A },
		  .back = { .verdict = CPC_IMPOSSIBLE, .findings = "!unequal:clf .unread:msr.10a .unread:msr.10a" },
		  .relation = CPC_RELATION_IMPOSSIBLE },
		{ .what = "not looked at",
		  .policy = "x86-64-v1",
		  .a = { .unread_10a = true },
		  .relation = CPC_RELATION_SAME },
		{ .what = "foreign scalars",
		  .policy = "kvm",
		  .a = { .foreign = "zz=1" },
		  .b = { .foreign = "zz=2" },
		  .there = { .verdict = CPC_VERDICT_UNKNOWN, .findings = "~foreign" },
		  .back = { .verdict = CPC_VERDICT_UNKNOWN, .findings = "~foreign" },
		  .relation = CPC_RELATION_UNKNOWN },
		{ .what = "foreign scalars of one",
		  .policy = "kvm",
		  .b = { .foreign = "zz=2" },
		  .there = { .verdict = CPC_VERDICT_UNKNOWN, .findings = "~foreign" },
		  .back = { .verdict = CPC_VERDICT_UNKNOWN, .findings = "~foreign" },
		  .relation = CPC_RELATION_UNKNOWN },
		{ .what = "equal foreign scalars",
		  .policy = "kvm",
		  .a = { .foreign = "zz=1,yy=x" },
		  .b = { .foreign = "zz=1,yy=x" },
		  .relation = CPC_RELATION_SAME },
		{ .what = "layout unknown",
		  .policy = "kvm",
		  .a = { .features = "xsave avx", .avx_at = 0x240, .layout_unknown = true },
		  .b = { .features = "xsave avx", .avx_at = 0x240 },
		  .there = { .verdict = CPC_VERDICT_UNKNOWN, .findings = "~unread:xs" },
		  .back = { .verdict = CPC_VERDICT_UNKNOWN, .findings = "~unread:xs" },
		  .relation = CPC_RELATION_UNKNOWN },
		{ .what = "layout unknown, nothing in common",
		  .policy = "kvm",
		  .a = { .features = "xsave avx", .avx_at = 0x240, .layout_unknown = true },
		  .b = { .features = "xsave" },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE,
			     .findings = "!missing:avx !missing:xcr0_avx",
			     .loses = "avx xcr0_avx" },
		  .back = { .verdict = CPC_MIGRATABLE, .gains = "avx xcr0_avx" },
		  .relation = CPC_RELATION_ONE_WAY },
	};

	(void)state;
	expect_rows(rows, COUNT(rows));
}

static struct cpc_comparison compared(const struct host *a_host, const struct host *b_host, const char *policy)
{
	const struct cpc_fingerprint a = fingerprint_of(a_host);
	const struct cpc_fingerprint b = fingerprint_of(b_host);
	const struct cpc_side sides[] = { host_side(a_host, &a), host_side(b_host, &b) };
	struct cpc_comparison comparison;

	assert_int_equal(cpc_compare(&sides[0], &sides[1], cpc_policy_named(policy), &comparison, NULL), CPC_OK);
	return comparison;
}

/* Between equal hosts nothing differs, and that is `same`; that some platform may refuse the guest is worth a warning.
 */
static void test_blocked_between_equals(void **state)
{
	const struct host guest = { .features = "invtsc", .vantage = CPC_GUEST };
	struct cpc_comparison comparison = compared(&guest, &guest, "kvm");

	(void)state;
	assert_int_equal(comparison.a_to_b.findings.count, 1);
	assert_int_equal(comparison.a_to_b.findings.items[0].code, CPC_FINDING_BLOCKED);
	assert_int_equal(comparison.a_to_b.findings.items[0].weight, CPC_WARNING);
	assert_int_equal(comparison.a_to_b.verdict, CPC_SAME);
	assert_false(comparison.a_to_b.mode_asked);
	cpc_comparison_free(&comparison);
}

/* Where they may be equal it is unknown; where they are known to differ, the bit stands in the way. */
static void test_blocked_between_maybe_equals(void **state)
{
	struct cpc_fingerprint a = plain_fingerprint("GenuineIntel");
	struct cpc_fingerprint b;
	struct cpc_side sides[] = { side_of(&a), side_of(&b) };
	struct cpc_comparison comparison;

	(void)state;
	sides[0].vantage = CPC_GUEST;
	apply_features(&a, "invtsc avx2");
	b = a;
	set_unread(&b, CPC_L7_0_EBX);
	for (int differ = 0; differ < 2; differ++) {
		assert_int_equal(cpc_compare(&sides[0], &sides[1], cpc_policy_named("kvm"), &comparison, NULL), CPC_OK);
		assert_int_equal(comparison.a_to_b.verdict, differ ? CPC_COMPATIBILITY_MODE : CPC_VERDICT_UNKNOWN);
		assert_int_equal(comparison.a_to_b.findings.items[0].weight, differ ? CPC_REFUSAL : CPC_WARNING);
		cpc_comparison_free(&comparison);
		apply_features(&b, "-pni");
	}
}

static enum cpc_verdict verdict_between(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b,
					const char *policy)
{
	const struct cpc_side sides[] = { { .fingerprint = a, .vantage = CPC_DUMP },
					  { .fingerprint = b, .vantage = CPC_DUMP } };
	struct cpc_comparison comparison;
	enum cpc_verdict verdict;
	struct cpc_lens lens;

	assert_int_equal(cpc_compare(&sides[0], &sides[1], cpc_policy_named(policy), &comparison, NULL), CPC_OK);
	verdict = comparison.a_to_b.verdict;
	cpc_comparison_free(&comparison);
	cpc_lens_of(cpc_policy_named(policy), a->vendor, false, &lens);
	assert_int_equal(cpc_verdict_of(&sides[0], &sides[1], &lens), verdict);
	return verdict;
}

/* A CLFLUSH line that was not read could turn out unequal, and no lower CPU model changes a line. */
static void test_refused_and_unread_line(void **state)
{
	const struct host more = { .features = "ssse3" };
	const struct host less = { 0 };
	const struct cpc_fingerprint a = fingerprint_of(&more);
	struct cpc_fingerprint b = fingerprint_of(&less);

	(void)state;
	assert_int_equal(verdict_between(&a, &b, "kvm"), CPC_COMPATIBILITY_MODE);
	b.scalars[CPC_S_clf] = (struct cpc_number){ .unknown = true };
	assert_int_equal(verdict_between(&a, &b, "kvm"), CPC_VERDICT_UNKNOWN);
}

/* What a level demands of the destination and nobody read there is not taken for granted. */
static void test_unread_supplied(void **state)
{
	const struct host none = { 0 };
	struct cpc_fingerprint a = fingerprint_of(&none);
	struct cpc_fingerprint b = a;
	const struct cpc_feature *arat = &cpc_features[CPC_F_arat];

	(void)state;
	/* The one bit that the source has of this word KVM supplies: what the destination has there cannot matter. */
	set_feature(&a, CPC_F_arat, true);
	set_unread(&b, arat->reg);
	assert_int_equal(verdict_between(&a, &b, "kvm"), CPC_MIGRATABLE);
}

/* Two layouts that agree in place and not in size are two layouts. */
static void test_component_size(void **state)
{
	const struct host pku = { .features = "xsave pku", .pkru_at = 0xa80 };
	const struct cpc_fingerprint a = fingerprint_of(&pku);
	struct cpc_fingerprint b = a;

	(void)state;
	assert_int_equal(verdict_between(&a, &b, "kvm"), CPC_SAME);
	b.layout[0].size = 64;
	assert_int_equal(verdict_between(&a, &b, "kvm"), CPC_COMPATIBILITY_MODE);
}

static void test_unread_level(void **state)
{
	const struct host none = { 0 };
	struct cpc_fingerprint a = fingerprint_of(&none);
	struct cpc_fingerprint b = a;

	(void)state;
	a.words[CPC_L1_EDX] = 0;
	b.words[CPC_L1_EDX] = 0;
	set_unread(&b, CPC_L1_EDX);
	assert_int_not_equal(verdict_between(&a, &b, "x86-64-v1"), CPC_MIGRATABLE);
}

/* Words of a newer agent begin where ours end: their place must not be that of a register that is only reported. */
static void test_place_of_first_foreign_word(void **state)
{
	const struct host a = { .unnamed = CPC_WORD_COUNT * 32 + 1 };
	const struct host b = { 0 };
	struct cpc_comparison comparison = compared(&a, &b, "kvm");
	char text[TEXT_SIZE];
	char expected[64];

	(void)state;
	snprintf(expected, sizeof(expected), "!missing:word.%d[1]", CPC_WORD_COUNT);
	describe(&comparison.a_to_b.findings, text);
	assert_string_equal(text, expected);
	cpc_comparison_free(&comparison);
}

/* Foreign scalars that differ cannot be judged, whatever else is known: not `impossible`, which claims to know. */
static void test_foreign_and_refused(void **state)
{
	const struct host a = { .features = "ssse3", .foreign = "zz=1" };
	const struct host b = { .foreign = "zz=2" };
	struct cpc_comparison comparison = compared(&a, &b, "kvm");

	(void)state;
	assert_int_not_equal(comparison.a_to_b.verdict, CPC_IMPOSSIBLE);
	cpc_comparison_free(&comparison);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_unknown),
		cmocka_unit_test(test_blocked_between_equals),
		cmocka_unit_test(test_blocked_between_maybe_equals),
		cmocka_unit_test(test_refused_and_unread_line),
		cmocka_unit_test(test_unread_level),
		cmocka_unit_test(test_unread_supplied),
		cmocka_unit_test(test_component_size),
		cmocka_unit_test(test_place_of_first_foreign_word),
		cmocka_unit_test(test_foreign_and_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
