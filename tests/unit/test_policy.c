/* SPDX-License-Identifier: MIT */
/* Policies: rows that make sense, and the masks that a lens makes of one. */
#include "support.h"

static bool listed(const struct cpc_feature_list *list, enum cpc_feature_id id)
{
	for (size_t i = 0; i < list->count; i++)
		if (list->ids[i] == id)
			return true;
	return false;
}

/* Ids, each once, of bits that a fingerprint keeps: another would be listed in vain. */
static void expect_list(const struct cpc_policy *policy, const struct cpc_feature_list *list)
{
	assert_true(list->count <= CPC_LIST_MAX);
	for (size_t i = 0; i < list->count; i++) {
		assert_true(list->ids[i] < CPC_FEATURE_COUNT);
		for (size_t j = 0; j < i; j++)
			if (list->ids[i] == list->ids[j])
				fail_msg("%s lists %s twice", policy->name, cpc_features[list->ids[i]].name);
		if (cpc_features[list->ids[i]].rule == CPC_RULE_HOST ||
		    cpc_features[list->ids[i]].rule == CPC_RULE_NOISE)
			fail_msg("%s lists %s, which is never compared", policy->name, cpc_features[list->ids[i]].name);
	}
}

static void expect_lists(const struct cpc_policy *policy)
{
	expect_list(policy, &policy->listed);
	expect_list(policy, &policy->listed_intel);
	expect_list(policy, &policy->listed_amd);
	expect_list(policy, &policy->needed);
	expect_list(policy, &policy->matched);
	expect_list(policy, &policy->inferred);
	expect_list(policy, &policy->supplied);
	expect_list(policy, &policy->withheld);
	expect_list(policy, &policy->keep_intel);
	expect_list(policy, &policy->keep_amd);
	expect_list(policy, &policy->required);
	/* What is NEED already needs no further word. */
	for (size_t i = 0; i < policy->needed.count; i++)
		assert_int_not_equal(cpc_features[policy->needed.ids[i]].rule, CPC_RULE_NEED);
}

static void expect_sources(const struct cpc_policy *policy)
{
	assert_in_range(policy->sure, CPC_SURE_DOCUMENTED, CPC_SURE_MEMORY);
	assert_in_range(policy->mode_sure, 0, CPC_SURE_MEMORY);
	assert_int_equal(policy->mode_sure != 0, policy->mode_sources != NULL);
	assert_true(!policy->mode_sources || strlen(policy->mode_sources) > 8);
	assert_true(policy->mode != CPC_MODE_NONE || !policy->mode_sure);
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < CPC_POLICY_COUNT; i++) {
		const struct cpc_policy *policy = &cpc_policies[i];

		assert_ptr_equal(cpc_policy_named(policy->name), policy);
		assert_true(policy->title && policy->mode_name && policy->remedy && policy->sources);
		assert_in_range(policy->view, CPC_VIEW_CPUID, CPC_VIEW_KVM);
		assert_in_range(policy->considers, CPC_CONSIDERS_ALL, CPC_CONSIDERS_QEMU);
		assert_in_range(policy->mode, CPC_MODE_NONE, CPC_MODE_MEET);
		assert_int_equal(policy->considers == CPC_CONSIDERS_LISTED, policy->listed.count > 0);
		assert_int_equal(policy->mode == CPC_MODE_KEEP, policy->keep_intel.count > 0);
		assert_int_equal(policy->mode == CPC_MODE_KEEP, policy->keep_amd.count > 0);
		assert_true(policy->mode == CPC_MODE_KEEP || !policy->forced_clf);
		assert_true(policy->requires < 1U << CPC_REQUIREMENT_COUNT);
		expect_sources(policy);
		expect_lists(policy);
		for (size_t scalar = 0; scalar < CPC_SCALAR_COUNT; scalar++)
			if (policy->scalars[scalar])
				assert_true(cpc_scalar_in_text((enum cpc_scalar_id)scalar) ||
					    cpc_scalar_beside_text((enum cpc_scalar_id)scalar));
		/* What a guest has saved is laid out by it, whatever the platform asks. */
		assert_true(policy->scalars[CPC_S_xs] == CPC_SCALAR_REFUSES || policy->mode == CPC_MODE_NONE);
	}
}

/* A policy that compares everything decides about every scalar of the text, or one would be forgotten. */
static void test_all_scalars_weighed(void **state)
{
	(void)state;
	for (size_t i = 0; i < CPC_POLICY_COUNT; i++)
		for (unsigned int scalar = 0; scalar < CPC_SCALAR_COUNT; scalar++)
			if (cpc_policies[i].considers == CPC_CONSIDERS_ALL &&
			    cpc_scalar_in_text((enum cpc_scalar_id)scalar) && !cpc_policies[i].scalars[scalar])
				fail_msg("%s says nothing about %s", cpc_policies[i].name, cpc_scalars[scalar].name);
}

static const char *const vendors[] = { "GenuineIntel", "AuthenticAMD" };

static bool has(const uint32_t *masks, enum cpc_feature_id id)
{
	return masks[cpc_features[id].reg] >> cpc_features[id].bit & 1U;
}

static void expect_within(const struct cpc_policy *policy, const struct cpc_feature_list *list, const uint32_t *masks)
{
	for (size_t i = 0; i < list->count; i++)
		if (!has(masks, (enum cpc_feature_id)list->ids[i]))
			fail_msg("%s lists %s, and does not compare it so", policy->name,
				 cpc_features[list->ids[i]].name);
}

/* What is kept, required, matched, supplied, withheld or inferred is also compared; by NEED where it has to be. */
static void test_lists_nest(void **state)
{
	(void)state;
	for (size_t i = 0; i < CPC_POLICY_COUNT; i++) {
		const struct cpc_policy *policy = &cpc_policies[i];
		uint32_t either[CPC_WORDS_MAX];
		static struct cpc_lens lenses[COUNT(vendors)];

		/* A guest's lens: nothing is withheld from it. */
		for (size_t j = 0; j < COUNT(vendors); j++)
			cpc_lens_of(policy, vendors[j], true, &lenses[j]);
		for (size_t word = 0; word < CPC_WORDS_MAX; word++)
			either[word] = lenses[0].compared[word] | lenses[1].compared[word];
		expect_within(policy, &policy->keep_intel, lenses[0].need);
		expect_within(policy, &policy->keep_amd, lenses[1].need);
		expect_within(policy, &policy->required, lenses[0].need);
		expect_within(policy, &policy->needed, lenses[0].need);
		expect_within(policy, &policy->matched, lenses[0].need);
		expect_within(policy, &policy->supplied, lenses[0].need);
		expect_within(policy, &policy->withheld, either);
		expect_within(policy, &policy->inferred, either);
	}
}

/* Each release of Hyper-V knows what the one before it knew, on processors of either vendor. */
static void test_releases_nest(void **state)
{
	static const enum cpc_policy_id releases[] = { CPC_P_HYPERV_2008R2, CPC_P_HYPERV_2012, CPC_P_HYPERV_2016,
						       CPC_P_HYPERV_2022, CPC_P_HYPERV_2025 };

	(void)state;
	for (size_t j = 0; j < COUNT(vendors); j++) {
		uint32_t before[CPC_WORDS_MAX] = { 0 };

		for (size_t i = 0; i < COUNT(releases); i++) {
			static struct cpc_lens lens;

			cpc_lens_of(&cpc_policies[releases[i]], vendors[j], false, &lens);
			for (size_t word = 0; word < CPC_WORDS_MAX; word++)
				assert_int_equal(before[word] & ~lens.compared[word], 0);
			assert_memory_not_equal(before, lens.compared, sizeof(before));
			memcpy(before, lens.compared, sizeof(before));
		}
	}
	/* The two of 2025 differ in their mode alone. */
	assert_memory_equal(&cpc_policies[CPC_P_HYPERV_2025].listed, &cpc_policies[CPC_P_HYPERV_2025_MINIMUM].listed,
			    sizeof(struct cpc_feature_list));
	assert_int_equal(cpc_policies[CPC_P_HYPERV_2025].mode, CPC_MODE_MEET);
	assert_int_equal(cpc_policies[CPC_P_HYPERV_2025_MINIMUM].mode, CPC_MODE_KEEP);
}

static void test_names(void **state)
{
	(void)state;
	assert_non_null(cpc_policy_named(CPC_POLICY_DEFAULT));
	assert_ptr_equal(cpc_policy_named("hyperv-2008r2"), &cpc_policies[CPC_P_HYPERV_2008R2]);
	assert_null(cpc_policy_named(""));
	assert_null(cpc_policy_named("KVM"));
	assert_null(cpc_policy_named("kvm "));
}

/* Each level holds the one before. */
static void test_levels_nest(void **state)
{
	static const enum cpc_policy_id levels[] = { CPC_P_X86_64_V1, CPC_P_X86_64_V2, CPC_P_X86_64_V3,
						     CPC_P_X86_64_V4 };
	static const size_t sizes[] = { 8, 15, 24, 29 };

	(void)state;
	for (size_t i = 0; i < COUNT(levels); i++) {
		const struct cpc_policy *level = &cpc_policies[levels[i]];

		assert_int_equal(level->required.count, sizes[i]);
		for (size_t j = 0; i && j < cpc_policies[levels[i - 1]].required.count; j++)
			assert_true(listed(&level->required,
					   (enum cpc_feature_id)cpc_policies[levels[i - 1]].required.ids[j]));
	}
}

/* Every kept bit lies under exactly one rule when everything is compared; no rule claims any other bit. */
static void test_lens_of_everything(void **state)
{
	const struct cpc_policy kvm_alone = { .name = "all", .considers = CPC_CONSIDERS_ALL };
	uint32_t canonical[CPC_WORD_COUNT];
	static struct cpc_lens lens;

	(void)state;
	cpc_canonical_masks(canonical);
	cpc_lens_of(&kvm_alone, "GenuineIntel", false, &lens);
	for (unsigned int i = 0; i < CPC_WORDS_MAX; i++) {
		const uint32_t masks[] = { lens.need[i], lens.any[i], lens.hint[i], lens.equal[i], lens.block[i] };
		uint32_t seen = 0;

		for (size_t j = 0; j < COUNT(masks); j++) {
			assert_int_equal(seen & masks[j], 0);
			seen |= masks[j];
		}
		assert_int_equal(seen, i < CPC_WORD_COUNT ? canonical[i] : UINT32_MAX);
	}
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++) {
		const struct cpc_feature *feature = &cpc_features[i];
		const unsigned int bit = feature->bit;

		if (feature->reg >= CPC_WORD_COUNT)
			continue;
		assert_int_equal(lens.need[feature->reg] >> bit & 1U, feature->rule == CPC_RULE_NEED);
		assert_int_equal(lens.any[feature->reg] >> bit & 1U, feature->rule == CPC_RULE_ANY);
		assert_int_equal(lens.hint[feature->reg] >> bit & 1U, feature->rule == CPC_RULE_HINT);
		assert_int_equal(lens.equal[feature->reg] >> bit & 1U, feature->rule == CPC_RULE_EQUAL);
		assert_int_equal(lens.block[feature->reg] >> bit & 1U, feature->rule == CPC_RULE_BLOCK);
	}
}

/* What no guest of a host-passthrough sees: what has no name that QEMU knows, and these, for a reason each. */
static void test_withheld(void **state)
{
	static const enum cpc_feature_id named[] = { CPC_F_acpi, CPC_F_pks, CPC_F_waitpkg, CPC_F_topoext };
	static struct cpc_lens lens;

	(void)state;
	cpc_lens_of(cpc_policy_named("kvm"), "GenuineIntel", false, &lens);
	assert_false(has(lens.block, CPC_F_invtsc));
	assert_true(has(lens.hint, CPC_F_invtsc));
	cpc_lens_of(cpc_policy_named("kvm"), "GenuineIntel", true, &lens);
	assert_true(has(lens.block, CPC_F_invtsc));
	assert_false(has(lens.hint, CPC_F_invtsc));
	assert_true(has(lens.supplied, CPC_F_x2apic));
	assert_true(has(lens.need, CPC_F_x2apic));
	assert_false(has(lens.supplied, CPC_F_avx));
	cpc_lens_of(cpc_policy_named("kvm"), "AuthenticAMD", false, &lens);
	for (unsigned int i = 0; i < CPC_FEATURE_COUNT; i++) {
		const struct cpc_feature *feature = &cpc_features[i];
		bool withheld = !feature->qemu;

		/* States need no name, AMD's copies follow from leaf 1, and Zhaoxin's are known by inference: kept. */
		if (feature->rule != CPC_RULE_NEED || cpc_is_component(feature) || feature->reg == CPC_LC0000001_EDX ||
		    strncmp(feature->name, "e_", 2) == 0)
			continue;
		for (size_t k = 0; k < sizeof(named) / sizeof(named[0]); k++)
			withheld |= named[k] == i;
		if (has(lens.hint, (enum cpc_feature_id)i) != withheld)
			fail_msg("%s is %s", feature->name, withheld ? "not withheld" : "withheld");
	}
}

/* By name, and the states that come with them. */
static void test_named_only(void **state)
{
	static struct cpc_lens lens;

	(void)state;
	cpc_lens_of(cpc_policy_named("kvm-host-model"), "GenuineIntel", true, &lens);
	for (unsigned int i = 0; i < CPC_FEATURE_COUNT; i++) {
		const struct cpc_feature *feature = &cpc_features[i];

		if (feature->reg < CPC_WORD_COUNT)
			assert_int_equal(has(lens.compared, (enum cpc_feature_id)i),
					 (feature->qemu || cpc_is_component(feature)) &&
						 feature->rule != CPC_RULE_HOST && feature->rule != CPC_RULE_NOISE);
	}
	for (unsigned int i = CPC_WORD_COUNT; i < CPC_WORDS_MAX; i++)
		assert_int_equal(lens.compared[i], 0);
	assert_int_equal(lens.need[CPC_L7_1_EDX] >> 30 & 1U, 0);
}

/* One feature of the platform's, in another place on each vendor's processors. */
static void test_listed_by_vendor(void **state)
{
	static struct cpc_lens intel;
	static struct cpc_lens amd;

	(void)state;
	cpc_lens_of(cpc_policy_named("hyperv-2022"), "GenuineIntel", false, &intel);
	cpc_lens_of(cpc_policy_named("hyperv-2022"), "HygonGenuine", false, &amd);
	assert_true(has(intel.need, CPC_F_spec_ctrl) && !has(amd.compared, CPC_F_spec_ctrl));
	assert_true(has(amd.need, CPC_F_amd_ibrs) && !has(intel.compared, CPC_F_amd_ibrs));
	assert_true(has(intel.need, CPC_F_avx512f) && has(amd.need, CPC_F_avx512f));
	/* Hints, bad news and what blocks elsewhere are bits like any other here. */
	assert_true(has(intel.need, CPC_F_erms) && !has(intel.hint, CPC_F_erms));
	assert_true(has(intel.need, CPC_F_md_clear) && !has(intel.any, CPC_F_md_clear));
	assert_true(has(intel.need, CPC_F_invtsc) && !has(intel.block, CPC_F_invtsc));
}

/* A row is as sure as its weakest part, and a feature as the weakest that is known of it. */
static void test_sureness(void **state)
{
	const struct cpc_policy *fixed = cpc_policy_named("hyperv-2025-minimum");
	const struct cpc_policy *cluster = cpc_policy_named("hyperv-2025");

	(void)state;
	assert_int_equal(cpc_policy_sure(cpc_policy_named("hyperv-2008r2")), CPC_SURE_DOCUMENTED);
	assert_int_equal(cpc_policy_mode_sure(cpc_policy_named("hyperv-2008r2")), CPC_SURE_DOCUMENTED);
	assert_int_equal(fixed->sure, CPC_SURE_HEADER);
	assert_int_equal(cpc_policy_mode_sure(fixed), CPC_SURE_INFERRED);
	assert_int_equal(cpc_policy_sure(fixed), CPC_SURE_INFERRED);
	assert_int_equal(cpc_policy_mode_sure(cluster), CPC_SURE_DOCUMENTED);
	assert_int_equal(cpc_policy_sure(cluster), CPC_SURE_HEADER);
	assert_int_equal(cpc_policy_sure_of(cluster, &cpc_features[CPC_F_avx]), CPC_SURE_HEADER);
	assert_int_equal(cpc_policy_sure_of(cluster, &cpc_features[CPC_F_avx10_256]), CPC_SURE_INFERRED);
	assert_int_equal(cpc_policy_sure_of(cluster, NULL), CPC_SURE_HEADER);
	assert_int_equal(cpc_policy_sure_of(cpc_policy_named("kvm"), &cpc_features[CPC_F_sm2_en]), CPC_SURE_INFERRED);
	assert_int_equal(cpc_policy_sure_of(cpc_policy_named("x86-64-v3"), &cpc_features[CPC_F_avx2]),
			 CPC_SURE_DOCUMENTED);
}

static void test_listed_only(void **state)
{
	const struct cpc_policy *policy = cpc_policy_named("hyperv-2008r2");
	static struct cpc_lens lens;

	(void)state;
	cpc_lens_of(policy, "GenuineIntel", false, &lens);
	for (unsigned int i = 0; i < CPC_FEATURE_COUNT; i++)
		if (cpc_features[i].reg < CPC_WORD_COUNT)
			assert_int_equal(has(lens.need, (enum cpc_feature_id)i),
					 listed(&policy->listed, (enum cpc_feature_id)i));
	for (unsigned int i = CPC_WORD_COUNT; i < CPC_WORDS_MAX; i++)
		assert_int_equal(lens.need[i], 0);
}

/* What the 2008 R2 documents say that the mode shows, per vendor; later releases show no less. */
static void expect_kept(const struct cpc_policy *policy)
{
	static const struct {
		const char *vendor;
		bool mmxext;
	} rows[] = {
		{ "GenuineIntel", false },
		{ "AuthenticAMD", true },
		{ "HygonGenuine", true },
		{ "CentaurHauls", false },
		{ "", false },
	};

	for (size_t i = 0; i < COUNT(rows); i++) {
		char vendor[CPC_VENDOR_SIZE] = { 0 };
		static struct cpc_lens lens;

		memcpy(vendor, rows[i].vendor, strlen(rows[i].vendor));
		cpc_lens_of(policy, vendor, false, &lens);
		for (unsigned int j = 0; j < CPC_FEATURE_COUNT; j++)
			if (cpc_features[j].reg < CPC_WORD_COUNT)
				assert_int_equal(has(lens.keep, (enum cpc_feature_id)j),
						 cpc_policy_keeps(policy, vendor, &cpc_features[j]));
		assert_true(has(lens.keep, CPC_F_pni) && has(lens.keep, CPC_F_cx16) && has(lens.keep, CPC_F_lahf_lm));
		assert_false(has(lens.keep, CPC_F_ssse3) || has(lens.keep, CPC_F_popcnt) || has(lens.keep, CPC_F_avx));
		assert_int_equal(has(lens.keep, CPC_F_mmxext), rows[i].mmxext);
		assert_int_equal(has(lens.keep, CPC_F_cr8_legacy), rows[i].mmxext);
		assert_false(cpc_policy_keeps(policy, vendor, NULL));
	}
}

static void test_kept_by_vendor(void **state)
{
	size_t policies = 0;

	(void)state;
	for (size_t i = 0; i < CPC_POLICY_COUNT; i++) {
		if (cpc_policies[i].mode != CPC_MODE_KEEP)
			continue;
		expect_kept(&cpc_policies[i]);
		policies++;
	}
	assert_int_equal(policies, 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),	       cmocka_unit_test(test_all_scalars_weighed),
		cmocka_unit_test(test_lists_nest),     cmocka_unit_test(test_releases_nest),
		cmocka_unit_test(test_named_only),     cmocka_unit_test(test_listed_by_vendor),
		cmocka_unit_test(test_sureness),       cmocka_unit_test(test_names),
		cmocka_unit_test(test_levels_nest),    cmocka_unit_test(test_lens_of_everything),
		cmocka_unit_test(test_withheld),       cmocka_unit_test(test_listed_only),
		cmocka_unit_test(test_kept_by_vendor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
