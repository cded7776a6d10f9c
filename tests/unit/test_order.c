/* SPDX-License-Identifier: MIT */
/*
 * The order, bit by bit: a processor that has everything is compared with itself less
 * one bit, for every bit of every register that words.def knows. The answer must be
 * what the bit's rule says, and nothing else may be said.
 */
#include "support.h"

#include "../../agent/core/order.h"

static bool is_group(uint32_t leaf)
{
	return leaf == 0 || leaf == 0x80000000 || leaf == 0xc0000000;
}

static void add_if_new(struct cpc_snapshot *snapshot, uint32_t leaf, uint32_t subleaf, uint32_t value)
{
	for (size_t i = 0; i < snapshot->leaf_count; i++)
		if (snapshot->leaves[i].leaf == leaf && snapshot->leaves[i].subleaf == subleaf)
			return;
	assert_int_equal(cpc_snapshot_add_leaf(
				 snapshot, &(struct cpc_leaf){ leaf, subleaf, { value, value, value, value } }, NULL),
			 CPC_OK);
}

/* Every leaf of words.def and scalars.def with all bits set, and every XSAVE component in a place of its own. */
static struct cpc_snapshot full_snapshot(void)
{
	static const struct cpc_leaf groups[] = { { 0, 0, { 0xff, INTEL } },
						  { 0x80000000, 0, { 0x800000ff, 0, 0, 0 } },
						  { 0xc0000000, 0, { 0xc00000ff, 0, 0, 0 } } };
	struct cpc_snapshot snapshot = raw_snapshot(groups, COUNT(groups));

	for (unsigned int i = 2; i < CPC_COMPONENTS_MAX; i++)
		assert_int_equal(
			cpc_snapshot_add_leaf(&snapshot, &(struct cpc_leaf){ 0xd, i, { 64, 1000 * i, 0, 0 } }, NULL),
			CPC_OK);
	for (size_t i = 0; i < CPC_REGISTER_COUNT; i++)
		if (cpc_registers[i].place < CPC_PLACE_MSR_LO)
			add_if_new(&snapshot, cpc_registers[i].leaf, cpc_registers[i].subleaf, UINT32_MAX);
	for (size_t i = 0; i < CPC_SCALAR_COUNT; i++)
		if (!is_group(cpc_scalars[i].leaf) && cpc_scalars[i].leaf != 0x40000000)
			add_if_new(&snapshot, cpc_scalars[i].leaf, cpc_scalars[i].subleaf, UINT32_MAX);
	/* The two halves of one are the same answer twice, which sealing drops. */
	for (size_t i = 0; i < CPC_REGISTER_COUNT; i++) {
		const struct cpc_msr msr = { cpc_registers[i].leaf, true, UINT64_MAX };

		if (cpc_registers[i].place >= CPC_PLACE_MSR_LO)
			assert_int_equal(cpc_snapshot_add_msr(&snapshot, &msr, NULL), CPC_OK);
	}
	assert_int_equal(cpc_snapshot_seal(&snapshot, NULL), CPC_OK);
	return snapshot;
}

static void flip(struct cpc_snapshot *snapshot, unsigned int reg, unsigned int bit)
{
	const struct cpc_register_info *info = &cpc_registers[reg];

	for (size_t i = 0; i < snapshot->msr_count && info->place >= CPC_PLACE_MSR_LO; i++)
		if (snapshot->msrs[i].address == info->leaf)
			snapshot->msrs[i].value ^= UINT64_C(1) << (bit + (info->place == CPC_PLACE_MSR_HI ? 32 : 0));
	if (info->place >= CPC_PLACE_MSR_LO)
		return;
	for (size_t i = 0; i < snapshot->leaf_count; i++)
		if (snapshot->leaves[i].leaf == info->leaf && snapshot->leaves[i].subleaf == info->subleaf)
			snapshot->leaves[i].regs[info->place] ^= UINT32_C(1) << bit;
}

static bool is_bit(enum cpc_feature_id id, unsigned int reg, unsigned int bit)
{
	return cpc_features[id].reg == reg && cpc_features[id].bit == bit;
}

static bool bit_is_scalars(unsigned int reg, unsigned int bit)
{
	for (size_t i = 0; i < CPC_SCALAR_COUNT; i++) {
		const struct cpc_scalar *scalar = &cpc_scalars[i];

		if (scalar->rule != CPC_SCALAR_LAYOUT && cpc_registers[reg].place < CPC_PLACE_MSR_LO &&
		    scalar->leaf == cpc_registers[reg].leaf && scalar->subleaf == cpc_registers[reg].subleaf &&
		    (int)scalar->reg == (int)cpc_registers[reg].place && bit >= scalar->lo && bit <= scalar->hi)
			return true;
	}
	return false;
}

static bool in_list(const struct cpc_feature_list *list, const struct cpc_feature *feature)
{
	for (size_t i = 0; i < list->count; i++)
		if (&cpc_features[list->ids[i]] == feature)
			return true;
	return false;
}

/* What must be said about one bit that the source has and the destination has not; 0: nothing at all. */
static enum cpc_finding_code expected_code(const struct cpc_policy *policy, unsigned int reg,
					   const struct cpc_feature *feature)
{
	if (policy->considers == CPC_CONSIDERS_LISTED && (!feature || !in_list(&policy->listed, feature)))
		return 0;
	if (!feature)
		return cpc_registers[reg].unnamed == CPC_RULE_NEED ? CPC_FINDING_MISSING : 0;
	if (in_list(&policy->withheld, feature))
		return CPC_FINDING_HINT;
	if (in_list(&policy->supplied, feature))
		return CPC_FINDING_SUPPLIED;
	switch (feature->rule) {
	case CPC_RULE_NEED:
		return CPC_FINDING_MISSING;
	case CPC_RULE_ANY:
		return CPC_FINDING_BAD_NEWS;
	case CPC_RULE_HINT:
		return CPC_FINDING_HINT;
	case CPC_RULE_EQUAL:
		return CPC_FINDING_UNEQUAL;
	case CPC_RULE_BLOCK:
		return CPC_FINDING_BLOCKED;
	default:
		return 0;
	}
}

static enum cpc_weight weight_of(enum cpc_finding_code code)
{
	if (code == CPC_FINDING_MISSING || code == CPC_FINDING_UNEQUAL || code == CPC_FINDING_BLOCKED)
		return CPC_REFUSAL;
	return code == CPC_FINDING_BAD_NEWS ? CPC_WARNING : CPC_NOTE;
}

static bool kept_by_mode(const struct cpc_policy *policy, const struct cpc_feature *feature)
{
	return policy->mode == CPC_MODE_KEEP && in_list(&policy->keep_intel, feature);
}

static enum cpc_verdict expected_verdict(const struct cpc_policy *policy, const struct cpc_feature *feature,
					 enum cpc_finding_code code)
{
	if (!code)
		return CPC_SAME;
	if (weight_of(code) != CPC_REFUSAL)
		return CPC_MIGRATABLE;
	return policy->mode == CPC_MODE_NONE || kept_by_mode(policy, feature) ? CPC_IMPOSSIBLE : CPC_COMPATIBILITY_MODE;
}

/* What the mode takes from a processor that has everything, where the other lacks one bit. */
static size_t lost_bits(const struct cpc_policy *policy)
{
	return policy->mode == CPC_MODE_KEEP ? (size_t)policy->listed.count - policy->keep_intel.count : 1;
}

static void expect_finding(const struct cpc_finding *finding, enum cpc_finding_code code, unsigned int reg,
			   unsigned int bit)
{
	assert_int_equal(finding->code, code);
	assert_int_equal(finding->weight, weight_of(code));
	assert_int_equal(finding->about, CPC_ABOUT_BIT);
	assert_int_equal(finding->word, reg);
	assert_int_equal(finding->bit, bit);
	assert_ptr_equal(finding->feature, cpc_feature_at((enum cpc_register)reg, bit));
	assert_int_equal(finding->a, 1);
	assert_int_equal(finding->b, 0);
	assert_false(finding->a_unknown || finding->b_unknown);
}

static void expect_directions(const struct cpc_comparison *comparison, const struct cpc_policy *policy,
			      unsigned int reg, unsigned int bit)
{
	const struct cpc_feature *feature = cpc_feature_at((enum cpc_register)reg, bit);
	const enum cpc_finding_code code = expected_code(policy, reg, feature);
	const enum cpc_verdict verdict = expected_verdict(policy, feature, code);
	const struct cpc_direction *there = &comparison->a_to_b;
	const struct cpc_direction *back = &comparison->b_to_a;
	char where[CPC_WHERE_SIZE];

	cpc_where((enum cpc_register)reg, bit, where);
	if (there->verdict != verdict || there->findings.count != (code ? 1U : 0U))
		fail_msg("%s %s (%s): %s with %zu findings", policy->name, where, feature ? feature->name : "unnamed",
			 cpc_verdict_name(there->verdict), there->findings.count);
	if (code)
		expect_finding(&there->findings.items[0], code, reg, bit);
	assert_int_equal(there->loses.count, verdict == CPC_COMPATIBILITY_MODE ? lost_bits(policy) : 0);
	assert_int_equal(there->mode_works, verdict == CPC_COMPATIBILITY_MODE);
	assert_int_equal(there->gains.count, 0);
	assert_true(there->can_return);
	/* The way back gains the bit and is warned of bad news; nothing else. */
	assert_int_equal(back->verdict, code ? CPC_MIGRATABLE : CPC_SAME);
	assert_int_equal(back->findings.count, code == CPC_FINDING_BAD_NEWS);
	assert_int_equal(back->gains.count, code == CPC_FINDING_MISSING);
	assert_int_equal(back->can_return, moves(verdict));
}

static void expect_mutation(const struct cpc_snapshot *full, const struct cpc_policy *policy, unsigned int reg,
			    unsigned int bit)
{
	struct cpc_fingerprint whole;
	struct cpc_fingerprint less;
	struct cpc_comparison comparison;
	struct cpc_snapshot changed = raw_snapshot(full->leaves, full->leaf_count);
	const struct cpc_side sides[] = { side_of(&whole), side_of(&less) };

	for (size_t i = 0; i < full->msr_count; i++)
		assert_int_equal(cpc_snapshot_add_msr(&changed, &full->msrs[i], NULL), CPC_OK);
	assert_int_equal(cpc_snapshot_seal(&changed, NULL), CPC_OK);
	flip(&changed, reg, bit);
	cpc_fingerprint_of(full, &whole);
	cpc_fingerprint_of(&changed, &less);
	/* Without its announcement an MSR would be gone as a whole, and long mode brings SYSCALL: clear these alone. */
	if (is_bit(CPC_F_arch_capabilities, reg, bit) || is_bit(CPC_F_syscall, reg, bit)) {
		less = whole;
		set_bit(&less, reg, bit, false);
	}
	assert_int_equal(cpc_compare(&sides[0], &sides[1], policy, &comparison, NULL), CPC_OK);
	expect_directions(&comparison, policy, reg, bit);
	cpc_comparison_free(&comparison);
	cpc_snapshot_free(&changed);
}

static void mutate_all(const struct cpc_policy *policy)
{
	struct cpc_snapshot full = full_snapshot();
	struct cpc_fingerprint whole;
	uint32_t masks[CPC_WORD_COUNT];

	cpc_canonical_masks(masks);
	cpc_fingerprint_of(&full, &whole);
	assert_memory_equal(whole.words, masks, sizeof(masks));
	assert_false(whole.layout_unknown);
	for (unsigned int reg = 0; reg < CPC_REGISTER_COUNT; reg++)
		for (unsigned int bit = 0; bit < 32; bit++)
			if (!bit_is_scalars(reg, bit))
				expect_mutation(&full, policy, reg, bit);
	cpc_snapshot_free(&full);
}

static void test_every_bit_under_kvm(void **state)
{
	(void)state;
	mutate_all(cpc_policy_named("kvm"));
}

static void test_every_bit_under_hyperv(void **state)
{
	(void)state;
	mutate_all(cpc_policy_named("hyperv-2008r2"));
}

static void test_every_bit_under_levels(void **state)
{
	(void)state;
	mutate_all(cpc_policy_named("x86-64-v1"));
	mutate_all(cpc_policy_named("x86-64-v4"));
}

/* Every bit of the words of a newer agent is compared where everything is, and not where a list is. */
static void test_foreign_words(void **state)
{
	static const struct {
		const char *policy;
		bool compared;
	} rows[] = { { "kvm", true }, { "hyperv-2008r2", false }, { "x86-64-v1", false } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		static struct cpc_lens lens;

		cpc_lens_of(cpc_policy_named(rows[i].policy), "GenuineIntel", false, &lens);
		for (unsigned int word = CPC_WORD_COUNT; word < CPC_WORDS_MAX; word++) {
			struct cpc_fingerprint a = plain_fingerprint("GenuineIntel");
			const struct cpc_fingerprint b = a;
			struct cpc_tally there = { 0 };
			struct cpc_tally back = { 0 };

			a.word_count = word + 1;
			set_bit(&a, word, word % 32, true);
			cpc_order(&a, &b, &lens, &there);
			cpc_order(&b, &a, &lens, &back);
			assert_int_equal(there.differs, rows[i].compared);
			assert_int_equal(there.refused, rows[i].compared);
			assert_int_equal(back.differs, rows[i].compared);
			assert_false(back.refused || back.unsure);
		}
	}
}

/* A tally without a list asks the same question. */
static void test_tally_without_findings(void **state)
{
	struct cpc_fingerprint a = plain_fingerprint("GenuineIntel");
	struct cpc_fingerprint b = a;
	struct cpc_findings findings = { 0 };
	struct cpc_tally with = { .findings = &findings };
	struct cpc_tally without = { 0 };
	static struct cpc_lens lens;

	(void)state;
	apply_features(&a, "avx md_clear");
	b.scalars[CPC_S_pa].value = 39;
	set_unread_10a(&b);
	cpc_lens_of(cpc_policy_named("kvm"), "GenuineIntel", false, &lens);
	cpc_order(&a, &b, &lens, &with);
	cpc_order(&a, &b, &lens, &without);
	assert_int_equal(findings.count, 5);
	assert_int_equal(with.refused, without.refused);
	assert_int_equal(with.unsure, without.unsure);
	assert_int_equal(with.differs, without.differs);
	assert_int_equal(with.rigid, without.rigid);
	free(findings.items);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_bit_under_kvm),    cmocka_unit_test(test_every_bit_under_hyperv),
		cmocka_unit_test(test_every_bit_under_levels), cmocka_unit_test(test_foreign_words),
		cmocka_unit_test(test_tally_without_findings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
