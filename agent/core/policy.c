/* SPDX-License-Identifier: MIT */
/*
 * Policies, and the lens that one of them is for one vendor's processors: masks
 * over the words, so that a comparison is a handful of word operations.
 */
#include <cpucompat/policy.h>

#include <assert.h>
#include <string.h>

#define F(name) CPC_F_##name
#define LIST(...)                                                                                                      \
	{                                                                                                              \
		.count = sizeof((const uint16_t[]){ __VA_ARGS__ }) / sizeof(uint16_t), .ids = { __VA_ARGS__ }          \
	}
#define S(name, weight) [CPC_S_##name] = CPC_SCALAR_##weight

const struct cpc_policy cpc_policies[CPC_POLICY_COUNT] = {
#define CPC_POLICY(id, policy_name, policy_sure, policy_sources, ...)                                                  \
	[CPC_P_##id] = {                                                                                               \
		.name = (policy_name), .sure = CPC_SURE_##policy_sure, .sources = (policy_sources), __VA_ARGS__        \
	},
#include <cpucompat/policies.def>
#undef CPC_POLICY
};

#define CPC_POLICY(id, name, sure, sources, ...) static_assert(sizeof(sources) > 8, name ": where is that from?");
#include <cpucompat/policies.def>
#undef CPC_POLICY

const struct cpc_policy *cpc_policy_named(const char *name)
{
	for (size_t i = 0; i < CPC_POLICY_COUNT; i++)
		if (strcmp(cpc_policies[i].name, name) == 0)
			return &cpc_policies[i];
	return NULL;
}

static bool holds(const struct cpc_feature_list *list, const struct cpc_feature *feature)
{
	for (size_t i = 0; i < list->count; i++)
		if (&cpc_features[list->ids[i]] == feature)
			return true;
	return false;
}

enum cpc_sureness cpc_policy_mode_sure(const struct cpc_policy *policy)
{
	return policy->mode_sure ? policy->mode_sure : policy->sure;
}

enum cpc_sureness cpc_policy_sure(const struct cpc_policy *policy)
{
	const enum cpc_sureness mode = cpc_policy_mode_sure(policy);

	return mode > policy->sure ? mode : policy->sure;
}

enum cpc_sureness cpc_policy_sure_of(const struct cpc_policy *policy, const struct cpc_feature *feature)
{
	enum cpc_sureness sure = policy->sure;

	if (feature && feature->sure > sure)
		sure = feature->sure;
	if (sure < CPC_SURE_INFERRED && holds(&policy->inferred, feature))
		sure = CPC_SURE_INFERRED;
	return sure;
}

static bool is_amd_like(const char *vendor)
{
	return memcmp(vendor, "AuthenticAMD", 12) == 0 || memcmp(vendor, "HygonGenuine", 12) == 0;
}

bool cpc_policy_keeps(const struct cpc_policy *policy, const char *vendor, const struct cpc_feature *feature)
{
	return holds(is_amd_like(vendor) ? &policy->keep_amd : &policy->keep_intel, feature);
}

static void mark(uint32_t masks[CPC_WORDS_MAX], const struct cpc_feature *feature)
{
	if (feature->reg < CPC_WORD_COUNT)
		masks[feature->reg] |= UINT32_C(1) << feature->bit;
}

static void clear(uint32_t masks[CPC_WORDS_MAX], const struct cpc_feature *feature)
{
	if (feature->reg < CPC_WORD_COUNT)
		masks[feature->reg] &= ~(UINT32_C(1) << feature->bit);
}

static void consider(struct cpc_lens *lens, const struct cpc_feature *feature)
{
	switch (feature->rule) {
	case CPC_RULE_NEED:
		mark(lens->need, feature);
		break;
	case CPC_RULE_ANY:
		mark(lens->any, feature);
		break;
	case CPC_RULE_HINT:
		mark(lens->hint, feature);
		break;
	case CPC_RULE_EQUAL:
		mark(lens->equal, feature);
		break;
	case CPC_RULE_BLOCK:
		mark(lens->block, feature);
		break;
	case CPC_RULE_HOST:
	case CPC_RULE_NOISE:
		break;
	}
}

/* Every compared bit: the named ones by their rule, the others as NEED, those of newer agents too. */
static void consider_all(struct cpc_lens *lens)
{
	uint32_t canonical[CPC_WORD_COUNT];

	cpc_canonical_masks(canonical);
	memcpy(lens->need, canonical, sizeof(canonical));
	for (size_t i = CPC_WORD_COUNT; i < CPC_WORDS_MAX; i++)
		lens->need[i] = UINT32_MAX;
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++) {
		clear(lens->need, &cpc_features[i]);
		consider(lens, &cpc_features[i]);
	}
}

/* What a guest gets by name, and the XSAVE states that come with it: they have no names of their own. */
static void consider_named(struct cpc_lens *lens)
{
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++)
		if (cpc_features[i].qemu || cpc_is_component(&cpc_features[i]))
			consider(lens, &cpc_features[i]);
}

static void consider_list(struct cpc_lens *lens, const struct cpc_feature_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		consider(lens, &cpc_features[list->ids[i]]);
}

/* Whatever their rule, the platform asks for them bit by bit. */
static void need_list(struct cpc_lens *lens, const struct cpc_feature_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct cpc_feature *feature = &cpc_features[list->ids[i]];

		clear(lens->any, feature);
		clear(lens->hint, feature);
		clear(lens->equal, feature);
		clear(lens->block, feature);
		mark(lens->need, feature);
	}
}

/* What the platform hides by default moves no verdict; it stays worth a note. */
static void withhold(struct cpc_lens *lens, const struct cpc_feature_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct cpc_feature *feature = &cpc_features[list->ids[i]];

		clear(lens->need, feature);
		clear(lens->equal, feature);
		clear(lens->block, feature);
		mark(lens->hint, feature);
	}
}

static void mark_list(uint32_t masks[CPC_WORDS_MAX], const struct cpc_feature_list *list)
{
	for (size_t i = 0; i < list->count; i++)
		mark(masks, &cpc_features[list->ids[i]]);
}

static void part_xcr0(struct cpc_hard *hard)
{
	hard->xcr0 = hard->words[CPC_LD_0_EAX] | (uint64_t)hard->words[CPC_LD_0_EDX] << 32;
	hard->words[CPC_LD_0_EAX] = 0;
	hard->words[CPC_LD_0_EDX] = 0;
}

static void sum_up(struct cpc_lens *lens)
{
	uint32_t others = 0;

	for (size_t i = 0; i < CPC_WORDS_MAX; i++) {
		lens->hard.words[i] = lens->need[i] & ~lens->supplied[i];
		lens->hard_offered.words[i] = lens->need[i];
		lens->compared[i] = lens->need[i] | lens->any[i] | lens->hint[i] | lens->equal[i] | lens->block[i];
		others |= lens->equal[i] | lens->block[i] | lens->matched[i] | lens->required[i];
	}
	lens->plain = !others;
	part_xcr0(&lens->hard);
	part_xcr0(&lens->hard_offered);
}

static void list_scalars(struct cpc_lens *lens)
{
	static_assert(CPC_SCALAR_COUNT <= UINT8_MAX, "ids fit");

	for (unsigned int id = 0; id < CPC_SCALAR_COUNT; id++) {
		const struct cpc_scalar *scalar = &cpc_scalars[id];

		if (lens->policy->scalars[id] && cpc_scalar_in_text((enum cpc_scalar_id)id) &&
		    scalar->rule != CPC_SCALAR_LAYOUT)
			lens->scalars[lens->scalar_count++] = (uint8_t)id;
		if (lens->policy->scalars[id] == CPC_SCALAR_REFUSES && scalar->rule == CPC_SCALAR_EQUAL &&
		    scalar->xstate == CPC_XSTATE_NONE && !scalar->optional)
			lens->rigid[lens->rigid_count++] = (uint8_t)id;
	}
}

void cpc_lens_of(const struct cpc_policy *policy, const char *vendor, bool guest, struct cpc_lens *ret_lens)
{
	const bool amd = is_amd_like(vendor);

	*ret_lens = (struct cpc_lens){ .policy = policy };
	if (policy->considers == CPC_CONSIDERS_ALL)
		consider_all(ret_lens);
	else if (policy->considers == CPC_CONSIDERS_QEMU)
		consider_named(ret_lens);
	consider_list(ret_lens, &policy->listed);
	consider_list(ret_lens, amd ? &policy->listed_amd : &policy->listed_intel);
	need_list(ret_lens, &policy->needed);
	if (!guest)
		withhold(ret_lens, &policy->withheld);
	list_scalars(ret_lens);
	cpc_xstate_masks_of(&ret_lens->xstates);
	mark_list(ret_lens->matched, &policy->matched);
	mark_list(ret_lens->supplied, &policy->supplied);
	mark_list(ret_lens->required, &policy->required);
	sum_up(ret_lens);
	mark_list(ret_lens->keep, amd ? &policy->keep_amd : &policy->keep_intel);
}

const struct cpc_feature *cpc_policy_lacks(const struct cpc_policy *policy, const struct cpc_fingerprint *host)
{
	for (size_t i = 0; i < policy->required.count; i++) {
		const struct cpc_feature *feature = &cpc_features[policy->required.ids[i]];

		if (cpc_fingerprint_bit(host, feature->reg, feature->bit) == CPC_CLEAR)
			return feature;
	}
	return NULL;
}
