/* SPDX-License-Identifier: MIT */
/*
 * The order, bit by bit: processors that have everything are compared with themselves
 * less one bit, for every bit of every register that words.def knows, and real ones with
 * themselves and one bit turned over; under every policy, both ways. The answer must be
 * what the bit's row and the policy's say, and nothing else may be said.
 */
#include "support.h"

#include <cpucompat/catalogue.h>

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
static struct cpc_snapshot full_snapshot(struct cpc_leaf vendor)
{
	const struct cpc_leaf groups[] = { vendor,
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

static bool is_amd(const struct cpc_fingerprint *fingerprint)
{
	return memcmp(fingerprint->vendor, "AuthenticAMD", 12) == 0;
}

/* The rule of a bit under a policy, read from the rows once more: 0 where the policy does not look at it. */
static enum cpc_rule rule_under(const struct cpc_policy *policy, bool amd, unsigned int reg,
				const struct cpc_feature *feature)
{
	const enum cpc_rule rule = feature ? feature->rule : cpc_registers[reg].unnamed;
	bool looked_at = false;

	if (rule == CPC_RULE_HOST || rule == CPC_RULE_NOISE)
		return 0;
	if (feature && in_list(&policy->needed, feature))
		return CPC_RULE_NEED;
	switch (policy->considers) {
	case CPC_CONSIDERS_ALL:
		looked_at = true;
		break;
	case CPC_CONSIDERS_LISTED:
		looked_at = feature && (in_list(&policy->listed, feature) ||
					in_list(amd ? &policy->listed_amd : &policy->listed_intel, feature));
		break;
	case CPC_CONSIDERS_QEMU:
		looked_at =
			feature && (feature->qemu || reg == CPC_LD_0_EAX || reg == CPC_LD_0_EDX || reg == CPC_LD_1_ECX);
		break;
	}
	return looked_at ? rule : 0;
}

/* What must be said about one bit that the source has and the destination has not; 0: nothing at all. */
static enum cpc_finding_code expected_code(const struct cpc_policy *policy, enum cpc_rule rule,
					   const struct cpc_feature *feature)
{
	if (feature && rule && in_list(&policy->withheld, feature))
		return CPC_FINDING_HINT;
	switch (rule) {
	case CPC_RULE_NEED:
		return feature && in_list(&policy->supplied, feature) ? CPC_FINDING_SUPPLIED : CPC_FINDING_MISSING;
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
	if (code == CPC_FINDING_MISSING || code == CPC_FINDING_EXTRA || code == CPC_FINDING_UNEQUAL ||
	    code == CPC_FINDING_BLOCKED)
		return CPC_REFUSAL;
	return code == CPC_FINDING_BAD_NEWS ? CPC_WARNING : CPC_NOTE;
}

/* What is about to be compared, and what must come of it. */
struct mutation {
	const struct cpc_policy *policy;
	const struct cpc_fingerprint *has;
	const struct cpc_fingerprint *lacks;
	const struct cpc_feature *feature;
	enum cpc_finding_code code; /**< on the way from the one that has it */
	enum cpc_finding_code back; /**< and on the way back */
	unsigned int reg;
	unsigned int bit;
	bool compared; /**< under any rule, so that the two are not the same */
	bool idle;     /**< a component that no guest of that processor can switch on */
};

/* Whether a state's features, where a fingerprint keeps any of them, are all clear. */
static bool is_unused(const struct cpc_fingerprint *fingerprint, enum cpc_xstate state)
{
	bool kept = false;
	bool used = false;

	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++) {
		const struct cpc_feature *feature = &cpc_features[i];

		if (feature->xstate != state || cpc_is_component(feature) || feature->rule == CPC_RULE_HOST)
			continue;
		kept = true;
		used |= cpc_fingerprint_bit(fingerprint, feature->reg, feature->bit) == CPC_SET;
	}
	return kept && !used;
}

/* A component of states that are all unused. */
static bool is_idle(const struct cpc_fingerprint *fingerprint, unsigned int reg, unsigned int bit)
{
	const unsigned int component = bit + (reg == CPC_LD_0_EDX ? 32 : 0);
	bool belongs = false;
	bool used = false;

	if (reg != CPC_LD_0_EAX && reg != CPC_LD_0_EDX)
		return false;
	for (unsigned int state = 1; state < CPC_XSTATE_COUNT; state++) {
		if (!(cpc_xstate_components((enum cpc_xstate)state) >> component & 1U))
			continue;
		belongs = true;
		used |= !is_unused(fingerprint, (enum cpc_xstate)state);
	}
	return belongs && !used;
}

static struct mutation mutation_of(const struct cpc_policy *policy, const struct cpc_fingerprint *has,
				   const struct cpc_fingerprint *lacks, unsigned int reg, unsigned int bit)
{
	const struct cpc_feature *feature = cpc_feature_at((enum cpc_register)reg, bit);
	const enum cpc_rule rule = rule_under(policy, is_amd(has), reg, feature);
	struct mutation mutation = {
		.policy = policy, .has = has, .lacks = lacks, .feature = feature, .reg = reg, .bit = bit
	};

	mutation.code = expected_code(policy, rule, feature);
	mutation.compared = mutation.code != 0;
	mutation.idle = mutation.code == CPC_FINDING_MISSING && is_idle(has, reg, bit);
	if (mutation.idle)
		mutation.code = 0;
	if (mutation.code == CPC_FINDING_BAD_NEWS)
		mutation.back = CPC_FINDING_BAD_NEWS;
	else if (mutation.code == CPC_FINDING_MISSING && in_list(&policy->matched, feature))
		mutation.back = CPC_FINDING_EXTRA;
	return mutation;
}

static enum cpc_verdict expected_verdict(const struct mutation *mutation, enum cpc_finding_code code)
{
	const struct cpc_policy *policy = mutation->policy;

	if (!mutation->compared)
		return CPC_SAME;
	if (!code || weight_of(code) != CPC_REFUSAL)
		return CPC_MIGRATABLE;
	if (policy->mode == CPC_MODE_KEEP)
		return cpc_policy_keeps(policy, mutation->has->vendor, mutation->feature) ? CPC_IMPOSSIBLE
											  : CPC_COMPATIBILITY_MODE;
	return policy->mode == CPC_MODE_NONE ? CPC_IMPOSSIBLE : CPC_COMPATIBILITY_MODE;
}

/* What the mode takes from the one that has the bit: that bit, or all that is needed, there, and not kept. */
static size_t lost_bits(const struct mutation *mutation)
{
	size_t lost = 0;

	if (mutation->policy->mode != CPC_MODE_KEEP)
		return 1;
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++) {
		const struct cpc_feature *feature = &cpc_features[i];

		lost += feature->reg < CPC_WORD_COUNT &&
			cpc_fingerprint_bit(mutation->has, feature->reg, feature->bit) == CPC_SET &&
			rule_under(mutation->policy, is_amd(mutation->has), feature->reg, feature) == CPC_RULE_NEED &&
			!cpc_policy_keeps(mutation->policy, mutation->has->vendor, feature);
	}
	return lost;
}

static void expect_finding(const struct mutation *mutation, const struct cpc_finding *finding,
			   enum cpc_finding_code code, bool source_has)
{
	assert_int_equal(finding->code, code);
	assert_int_equal(finding->weight, weight_of(code));
	assert_int_equal(finding->about, CPC_ABOUT_BIT);
	assert_int_equal(finding->word, mutation->reg);
	assert_int_equal(finding->bit, mutation->bit);
	assert_ptr_equal(finding->feature, mutation->feature);
	assert_int_equal(finding->a, source_has);
	assert_int_equal(finding->b, !source_has);
	assert_false(finding->a_unknown || finding->b_unknown);
}

static void expect_direction(const struct mutation *mutation, const struct cpc_direction *direction,
			     enum cpc_finding_code code, bool source_has)
{
	const enum cpc_verdict verdict = expected_verdict(mutation, code);
	char where[CPC_WHERE_SIZE];

	cpc_where((enum cpc_register)mutation->reg, mutation->bit, where);
	if (direction->verdict != verdict || direction->findings.count != (code ? 1U : 0U))
		fail_msg("%s %s (%s) on %.12s, %s: %s with %zu findings, not %s", mutation->policy->name, where,
			 mutation->feature ? mutation->feature->name : "unnamed", mutation->has->vendor,
			 source_has ? "there" : "back", cpc_verdict_name(direction->verdict), direction->findings.count,
			 cpc_verdict_name(verdict));
	if (code)
		expect_finding(mutation, &direction->findings.items[0], code, source_has);
	assert_int_equal(direction->mode_works, verdict == CPC_COMPATIBILITY_MODE);
	/* Who lacks the bit loses nothing in the mode. */
	assert_int_equal(direction->loses.count,
			 verdict == CPC_COMPATIBILITY_MODE && source_has ? lost_bits(mutation) : 0);
}

static void expect_comparison(const struct mutation *mutation, const struct cpc_comparison *comparison)
{
	const struct cpc_direction *there = &comparison->a_to_b;
	const struct cpc_direction *back = &comparison->b_to_a;

	expect_direction(mutation, there, mutation->code, true);
	expect_direction(mutation, back, mutation->back, false);
	assert_int_equal(there->gains.count, 0);
	assert_int_equal(back->gains.count, mutation->code == CPC_FINDING_MISSING);
	assert_int_equal(there->can_return, moves(back->verdict));
	assert_int_equal(back->can_return, moves(there->verdict));
}

/* A host without what a policy demands is refused for that already; test_compare.c has those. */
static bool meets(const struct cpc_fingerprint *fingerprint, const struct cpc_policy *policy)
{
	for (size_t i = 0; i < policy->required.count; i++) {
		const struct cpc_feature *feature = &cpc_features[policy->required.ids[i]];

		if (cpc_fingerprint_bit(fingerprint, feature->reg, feature->bit) != CPC_SET)
			return false;
	}
	return true;
}

static size_t mutations;

static void expect_pair(const struct cpc_fingerprint *has, const struct cpc_fingerprint *lacks, unsigned int reg,
			unsigned int bit)
{
	for (size_t i = 0; i < CPC_POLICY_COUNT; i++) {
		const struct mutation mutation = mutation_of(&cpc_policies[i], has, lacks, reg, bit);
		const struct cpc_side sides[] = { side_of(has), side_of(lacks) };
		struct cpc_comparison comparison;

		if (!meets(has, mutation.policy))
			continue;
		assert_int_equal(cpc_compare(&sides[0], &sides[1], mutation.policy, &comparison, NULL), CPC_OK);
		expect_comparison(&mutation, &comparison);
		cpc_comparison_free(&comparison);
		mutations++;
	}
}

static void mutate_snapshot(const struct cpc_snapshot *full, unsigned int reg, unsigned int bit)
{
	struct cpc_fingerprint whole;
	struct cpc_fingerprint less;
	struct cpc_snapshot changed = raw_snapshot(full->leaves, full->leaf_count);

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
	expect_pair(&whole, &less, reg, bit);
	cpc_snapshot_free(&changed);
}

static void mutate_everything(struct cpc_leaf vendor)
{
	struct cpc_snapshot full = full_snapshot(vendor);
	struct cpc_fingerprint whole;
	uint32_t masks[CPC_WORD_COUNT];

	cpc_canonical_masks(masks);
	cpc_fingerprint_of(&full, &whole);
	assert_memory_equal(whole.words, masks, sizeof(masks));
	assert_false(whole.layout_unknown);
	for (unsigned int reg = 0; reg < CPC_REGISTER_COUNT; reg++)
		for (unsigned int bit = 0; bit < 32; bit++)
			if (!bit_is_scalars(reg, bit))
				mutate_snapshot(&full, reg, bit);
	cpc_snapshot_free(&full);
}

/* Processors that have everything, less one bit, for every bit and under every policy. */
static void test_every_bit_of_everything(void **state)
{
	(void)state;
	mutate_everything((struct cpc_leaf){ 0, 0, { 0xff, INTEL } });
	mutate_everything((struct cpc_leaf){ 0, 0, { 0xff, AMD } });
}

/* Real ones, read whole: each bit that a fingerprint keeps turned over, set or clear. */
static void test_every_bit_of_real_ones(void **state)
{
	static const char *const names[] = { "sapphire-rapids", "ice-lake-sp", "turin", "rome" };
	uint32_t masks[CPC_WORD_COUNT];

	(void)state;
	cpc_canonical_masks(masks);
	mutations = 0;
	for (size_t i = 0; i < COUNT(names); i++) {
		const struct cpc_fingerprint real = parsed(cpc_catalogue_named(names[i])->fingerprint);

		assert_true(cpc_fingerprint_complete(&real));
		for (unsigned int at = 0; at < CPC_WORD_COUNT * 32; at++) {
			const bool set = real.words[at / 32] >> at % 32 & 1U;
			struct cpc_fingerprint turned = real;

			if (!(masks[at / 32] >> at % 32 & 1U))
				continue;
			set_bit(&turned, at / 32, at % 32, !set);
			expect_pair(set ? &real : &turned, set ? &turned : &real, at / 32, at % 32);
		}
	}
	printf("%zu mutations of real processors, under %d policies\n", mutations, CPC_POLICY_COUNT);
	assert_true(mutations > (size_t)(CPC_POLICY_COUNT - 1) * COUNT(names) * 400);
}

/* Every bit of the words of a newer agent is compared where everything is, and not where a list is. */
static void test_foreign_words(void **state)
{
	static const struct {
		const char *policy;
		bool compared;
	} rows[] = { { "kvm", true },  { "vmware", true },    { "hyperv-2008r2", false }, { "kvm-host-model", false },
		     { "xen", false }, { "x86-64-v1", false } };

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
		cmocka_unit_test(test_every_bit_of_everything),
		cmocka_unit_test(test_every_bit_of_real_ones),
		cmocka_unit_test(test_foreign_words),
		cmocka_unit_test(test_tally_without_findings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
