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

static void expect_list(const struct cpc_policy *policy, const struct cpc_feature_list *list)
{
	assert_true(list->count <= CPC_LIST_MAX);
	for (size_t i = 0; i < list->count; i++) {
		assert_true(list->ids[i] < CPC_FEATURE_COUNT);
		for (size_t j = 0; j < i; j++)
			if (list->ids[i] == list->ids[j])
				fail_msg("%s lists %s twice", policy->name, cpc_features[list->ids[i]].name);
		/* A bit that no fingerprint keeps would be listed in vain. */
		if (cpc_features[list->ids[i]].rule == CPC_RULE_HOST ||
		    cpc_features[list->ids[i]].rule == CPC_RULE_NOISE)
			fail_msg("%s lists %s, which is never compared", policy->name, cpc_features[list->ids[i]].name);
	}
}

static void test_rows(void **state)
{
	(void)state;
	for (size_t i = 0; i < CPC_POLICY_COUNT; i++) {
		const struct cpc_policy *policy = &cpc_policies[i];

		assert_ptr_equal(cpc_policy_named(policy->name), policy);
		assert_true(policy->title && policy->mode_name && policy->remedy && policy->sources);
		assert_in_range(policy->view, CPC_VIEW_CPUID, CPC_VIEW_KVM);
		assert_in_range(policy->considers, CPC_CONSIDERS_ALL, CPC_CONSIDERS_LISTED);
		assert_in_range(policy->mode, CPC_MODE_NONE, CPC_MODE_MEET);
		assert_in_range(policy->sure, CPC_SURE_DOCUMENTED, CPC_SURE_MEMORY);
		assert_int_equal(policy->considers == CPC_CONSIDERS_LISTED, policy->listed.count > 0);
		assert_int_equal(policy->mode == CPC_MODE_KEEP, policy->keep_intel.count > 0);
		assert_true(policy->requires < 1U << CPC_REQUIREMENT_COUNT);
		expect_list(policy, &policy->listed);
		expect_list(policy, &policy->supplied);
		expect_list(policy, &policy->withheld);
		expect_list(policy, &policy->keep_intel);
		expect_list(policy, &policy->keep_amd);
		expect_list(policy, &policy->required);
		for (size_t scalar = 0; scalar < CPC_SCALAR_COUNT; scalar++)
			if (policy->scalars[scalar])
				assert_true(cpc_scalar_in_text((enum cpc_scalar_id)scalar) ||
					    cpc_scalar_beside_text((enum cpc_scalar_id)scalar));
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

/* What is kept or required is also compared. */
static void test_lists_nest(void **state)
{
	(void)state;
	for (size_t i = 0; i < CPC_POLICY_COUNT; i++) {
		const struct cpc_policy *policy = &cpc_policies[i];

		if (policy->considers != CPC_CONSIDERS_LISTED)
			continue;
		for (size_t j = 0; j < policy->keep_intel.count; j++)
			assert_true(listed(&policy->listed, policy->keep_intel.ids[j]));
		for (size_t j = 0; j < policy->keep_amd.count; j++)
			assert_true(listed(&policy->listed, policy->keep_amd.ids[j]));
		for (size_t j = 0; j < policy->required.count; j++)
			assert_true(listed(&policy->listed, policy->required.ids[j]));
	}
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

static bool has(const uint32_t *masks, enum cpc_feature_id id)
{
	return masks[cpc_features[id].reg] >> cpc_features[id].bit & 1U;
}

static void test_withheld(void **state)
{
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

/* What the 2008 R2 documents say that the mode shows, per vendor. */
static void test_kept_by_vendor(void **state)
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

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char vendor[CPC_VENDOR_SIZE] = { 0 };
		static struct cpc_lens lens;

		memcpy(vendor, rows[i].vendor, strlen(rows[i].vendor));
		cpc_lens_of(cpc_policy_named("hyperv-2008r2"), vendor, false, &lens);
		assert_true(has(lens.keep, CPC_F_pni) && has(lens.keep, CPC_F_cx16) && has(lens.keep, CPC_F_lahf_lm));
		assert_false(has(lens.keep, CPC_F_ssse3) || has(lens.keep, CPC_F_popcnt) || has(lens.keep, CPC_F_avx));
		assert_int_equal(has(lens.keep, CPC_F_mmxext), rows[i].mmxext);
		assert_int_equal(has(lens.keep, CPC_F_cr8_legacy), rows[i].mmxext);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),	       cmocka_unit_test(test_all_scalars_weighed),
		cmocka_unit_test(test_lists_nest),     cmocka_unit_test(test_names),
		cmocka_unit_test(test_levels_nest),    cmocka_unit_test(test_lens_of_everything),
		cmocka_unit_test(test_withheld),       cmocka_unit_test(test_listed_only),
		cmocka_unit_test(test_kept_by_vendor),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
