/* SPDX-License-Identifier: MIT */
/* Two views of a host, what QEMU mends in one of them, and which of them a comparison takes. */
#include "support.h"

static const struct cpc_leaf processor[] = {
	{ 0, 0, { 0xd, INTEL } },
	{ 1, 0, { 0x606a6, 0x02100800, 0x00802221 /* sse3, vmx, ssse3, cx16, popcnt */, 0x078bfbff } },
	{ 6, 0, { 0, 0, 0, 0 } },
	{ 7, 0, { 0, 0x20 /* avx2 */, 0, 0 } },
	{ 0xa, 0, { 0, 0, 0, 0 } },
	{ 0xd, 0, { 3, 0, 0, 0 } },
	{ 0xd, 1, { 0, 0, 0, 0 } },
	{ 0x80000000, 0, { 0x80000008, 0, 0, 0 } },
	{ 0x80000001, 0, { 0, 0, 1, 0x20100800 } },
	{ 0x80000007, 0, { 0, 0, 0, 0 } },
	{ 0x80000008, 0, { 0x302e, 0, 0, 0 } },
};

/* KVM hides AVX2, and says nothing of ARAT, the TSC deadline timer or the hypervisor bit. */
static const struct cpc_leaf kvm[] = {
	{ 0, 0, { 0xd, INTEL } },
	{ 1, 0, { 0x606a6, 0x00000800, 0x00802209 /* and monitor */, 0x078bfbff & ~0x1000U /* no mtrr */ } },
	{ 6, 0, { 0, 0, 0, 0 } },
	{ 7, 0, { 0, 0, 0, 0 } },
	{ 0xa, 0, { 0, 0, 0, 0 } },
	{ 0xd, 0, { 3, 0, 0, 0 } },
	{ 0xd, 1, { 0, 0, 0, 0 } },
	{ 0x80000000, 0, { 0x80000008, 0, 0, 0 } },
	{ 0x80000001, 0, { 0, 0, 1, 0x20100800 } },
	{ 0x80000007, 0, { 0, 0, 0, 0 } },
	{ 0x80000008, 0, { 0x302e, 0, 0, 0 } },
};

/* A host; with `offers` the leaves that KVM has for its guests. */
static struct cpc_capture captured(const struct cpc_leaf *offers, size_t count)
{
	struct cpc_snapshot snapshot = sealed_snapshot(processor, COUNT(processor));
	struct cpc_capture capture = { .origin = CPC_ORIGIN_LIVE };

	assert_int_equal(cpc_capture_add(&capture, 0, &snapshot, NULL), CPC_OK);
	if (offers)
		capture.kvm = (struct cpc_kvm){ .present = true, .snapshot = sealed_snapshot(offers, count) };
	return capture;
}

static bool has(const struct cpc_fingerprint *fingerprint, enum cpc_feature_id id)
{
	return cpc_fingerprint_bit(fingerprint, cpc_features[id].reg, cpc_features[id].bit) == CPC_SET;
}

static void test_mended(void **state)
{
	struct cpc_capture capture = captured(kvm, COUNT(kvm));
	const struct cpc_feature *hypervisor = &cpc_features[CPC_F_hypervisor];
	const struct cpc_feature *monitor = &cpc_features[CPC_F_monitor];
	struct cpc_report report;

	(void)state;
	cpc_report_of(&capture, &report);
	assert_true(report.has_kvm);
	assert_ptr_equal(cpc_report_view(&report, CPC_VIEW_KVM), &report.kvm_fingerprint);
	assert_true(has(&report.fingerprint, CPC_F_avx2));
	assert_false(has(&report.kvm_fingerprint, CPC_F_avx2));
	assert_false(has(&report.fingerprint, CPC_F_arat));
	assert_true(has(&report.kvm_fingerprint, CPC_F_arat));
	assert_true(has(&report.kvm_fingerprint, CPC_F_tsc_deadline_timer));
	assert_true(has(&report.kvm_fingerprint, CPC_F_mtrr));
	assert_int_equal(cpc_report_bit(&report, CPC_VIEW_KVM, hypervisor->reg, hypervisor->bit), CPC_SET);
	assert_int_equal(cpc_report_bit(&report, CPC_VIEW_CPUID, hypervisor->reg, hypervisor->bit), CPC_CLEAR);
	assert_int_equal(cpc_report_bit(&report, CPC_VIEW_KVM, monitor->reg, monitor->bit), CPC_CLEAR);
	cpc_capture_free(&capture);
}

static void test_no_view(void **state)
{
	struct cpc_capture capture = captured(NULL, 0);
	struct cpc_report report;

	(void)state;
	cpc_report_of(&capture, &report);
	assert_false(report.has_kvm);
	assert_null(cpc_report_view(&report, CPC_VIEW_KVM));
	assert_int_equal(cpc_report_bit(&report, CPC_VIEW_KVM, CPC_L1_ECX, 0), CPC_UNKNOWN);
	assert_string_equal(cpc_view_name(CPC_VIEW_KVM), "kvm");
	assert_string_equal(cpc_view_name(CPC_VIEW_CPUID), "cpuid");
	cpc_capture_free(&capture);
}

/* Both have KVM's view: it is compared. One has not: the CPUID stands in, and that is said. A guest is what moves. */
static void test_chosen(void **state)
{
	struct cpc_capture captures[] = { captured(kvm, COUNT(kvm)), captured(processor, COUNT(processor)),
					  captured(NULL, 0) };
	struct cpc_report reports[COUNT(captures)];
	struct cpc_side sides[COUNT(captures)];
	struct cpc_comparison comparison;

	(void)state;
	for (size_t i = 0; i < COUNT(captures); i++) {
		cpc_report_of(&captures[i], &reports[i]);
		sides[i] = cpc_side_of(&reports[i]);
	}
	/* The second's KVM offers AVX2 as well: to the first that is something missing, though the processors are one.
	 */
	assert_int_equal(cpc_compare(&sides[1], &sides[0], cpc_policy_named("kvm"), &comparison, NULL), CPC_OK);
	assert_ptr_equal(comparison.a_to_b.from, &reports[1].kvm_fingerprint);
	assert_ptr_equal(comparison.a_to_b.to, &reports[0].kvm_fingerprint);
	assert_false(comparison.a_to_b.fallback || comparison.b_to_a.fallback);
	assert_int_equal(comparison.a_to_b.verdict, CPC_COMPATIBILITY_MODE);
	assert_int_equal(comparison.b_to_a.verdict, CPC_MIGRATABLE);
	cpc_comparison_free(&comparison);

	assert_int_equal(cpc_compare(&sides[1], &sides[2], cpc_policy_named("kvm"), &comparison, NULL), CPC_OK);
	assert_ptr_equal(comparison.a_to_b.from, &reports[1].fingerprint);
	assert_true(comparison.a_to_b.fallback && comparison.b_to_a.fallback);
	assert_int_equal(comparison.relation, CPC_RELATION_SAME);
	cpc_comparison_free(&comparison);

	/* Other platforms look at the processor, whatever KVM offers. */
	assert_int_equal(cpc_compare(&sides[1], &sides[0], cpc_policy_named("x86-64-v2"), &comparison, NULL), CPC_OK);
	assert_ptr_equal(comparison.a_to_b.to, &reports[0].fingerprint);
	assert_false(comparison.a_to_b.fallback);
	cpc_comparison_free(&comparison);

	sides[2].vantage = CPC_GUEST;
	assert_int_equal(cpc_compare(&sides[2], &sides[0], cpc_policy_named("kvm"), &comparison, NULL), CPC_OK);
	assert_ptr_equal(comparison.a_to_b.from, &reports[2].fingerprint);
	assert_ptr_equal(comparison.a_to_b.to, &reports[0].kvm_fingerprint);
	assert_false(comparison.a_to_b.fallback);
	assert_true(comparison.b_to_a.fallback);
	cpc_comparison_free(&comparison);
	for (size_t i = 0; i < COUNT(captures); i++)
		cpc_capture_free(&captures[i]);
}

/* A guest that could have guests is itself what moves to a host; between two such guests both are hosts. */
static void test_guests(void **state)
{
	struct cpc_capture captures[] = { captured(kvm, COUNT(kvm)), captured(processor, COUNT(processor)) };
	struct cpc_report reports[COUNT(captures)];
	struct cpc_side sides[COUNT(captures)];
	struct cpc_comparison comparison;

	(void)state;
	for (size_t i = 0; i < COUNT(captures); i++) {
		cpc_report_of(&captures[i], &reports[i]);
		sides[i] = cpc_side_of(&reports[i]);
	}
	sides[1].vantage = CPC_GUEST;
	sides[0].vantage = CPC_BARE_METAL;
	assert_int_equal(cpc_compare(&sides[1], &sides[0], cpc_policy_named("kvm"), &comparison, NULL), CPC_OK);
	assert_ptr_equal(comparison.a_to_b.from, &reports[1].fingerprint);
	assert_ptr_equal(comparison.a_to_b.to, &reports[0].kvm_fingerprint);
	assert_false(comparison.a_to_b.fallback);
	cpc_comparison_free(&comparison);
	sides[0].vantage = CPC_GUEST;
	assert_int_equal(cpc_compare(&sides[1], &sides[0], cpc_policy_named("kvm"), &comparison, NULL), CPC_OK);
	assert_ptr_equal(comparison.a_to_b.from, &reports[1].kvm_fingerprint);
	cpc_comparison_free(&comparison);
	/* A dump that was taken inside a guest is what that guest was given. */
	reports[1].vantage = CPC_DUMP;
	reports[1].taken = CPC_GUEST;
	assert_int_equal(cpc_side_of(&reports[1]).vantage, CPC_GUEST);
	for (size_t i = 0; i < COUNT(captures); i++)
		cpc_capture_free(&captures[i]);
}

static enum cpc_verdict verdict_of(const struct cpc_fingerprint *from, const struct cpc_fingerprint *to, bool own_view)
{
	const struct cpc_side a = { .fingerprint = from, .kvm = own_view ? from : NULL, .vantage = CPC_DUMP };
	const struct cpc_side b = { .fingerprint = to, .kvm = own_view ? to : NULL, .vantage = CPC_DUMP };
	struct cpc_comparison comparison;
	static struct cpc_lens lens;
	enum cpc_verdict verdict;

	assert_int_equal(cpc_compare(&a, &b, cpc_policy_named("kvm"), &comparison, NULL), CPC_OK);
	verdict = comparison.a_to_b.verdict;
	assert_int_equal(comparison.a_to_b.loses.count, verdict == CPC_COMPATIBILITY_MODE);
	assert_int_equal(comparison.b_to_a.gains.count, own_view);
	assert_int_equal(comparison.a_to_b.gains.count, 0);
	cpc_comparison_free(&comparison);
	cpc_lens_of(cpc_policy_named("kvm"), from->vendor, false, &lens);
	assert_int_equal(cpc_verdict_of(&a, &b, &lens), verdict);
	return verdict;
}

/*
 * What KVM supplies from software blocks nothing while the processors' CPUID stands in for
 * it. Its own view has it, or this KVM is too old to supply it and the guest would miss it.
 */
static void test_supplied(void **state)
{
	static const enum cpc_feature_id supplied[] = { CPC_F_x2apic, CPC_F_tsc_adjust, CPC_F_arch_capabilities };

	(void)state;
	for (size_t i = 0; i < COUNT(supplied); i++) {
		const struct cpc_fingerprint without = plain_fingerprint("GenuineIntel");
		struct cpc_fingerprint with = without;

		set_feature(&with, supplied[i], true);
		assert_int_equal(verdict_of(&with, &without, false), CPC_MIGRATABLE);
		assert_int_equal(verdict_of(&with, &without, true), CPC_COMPATIBILITY_MODE);
	}
}

static void test_copied(void **state)
{
	struct cpc_capture capture = captured(kvm, COUNT(kvm));
	struct cpc_capture copy;
	struct cpc_report before;
	struct cpc_report after;

	(void)state;
	cpc_report_of(&capture, &before);
	assert_int_equal(cpc_capture_copy(&capture, &copy, NULL), CPC_OK);
	cpc_capture_free(&capture);
	cpc_report_of(&copy, &after);
	assert_same_text(&before.fingerprint, &after.fingerprint);
	assert_same_text(&before.kvm_fingerprint, &after.kvm_fingerprint);
	cpc_capture_free(&copy);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_mended), cmocka_unit_test(test_no_view),	cmocka_unit_test(test_chosen),
		cmocka_unit_test(test_guests), cmocka_unit_test(test_supplied), cmocka_unit_test(test_copied),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
