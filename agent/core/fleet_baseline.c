/* SPDX-License-Identifier: MIT */
/*
 * The baseline of each vendor, and what each class costs it. The meet without one class is
 * the meet of those before it and those behind it, so all of them take three meets a class.
 */
#include <cpucompat/fleet.h>

#include <stdlib.h>
#include <string.h>

#include <cpucompat/baseline.h>

#include "bits.h"

/** A meet that may not exist: where it does not, `why` says so. */
struct partial_meet {
	bool empty; /**< of no class at all */
	bool exists;
	struct cpc_fingerprint meet;
};

static const struct cpc_fingerprint *view_of(const struct cpc_class *class, enum cpc_view view)
{
	return view == CPC_VIEW_KVM ? class->kvm : &class->fingerprint;
}

/** A mixture of views would be nobody's. */
static enum cpc_view common_view(const struct cpc_fleet *fleet, const struct cpc_fleet_baseline *baseline,
				 const struct cpc_policy *policy)
{
	for (size_t i = 0; i < baseline->cost_count; i++)
		if (!view_of(&fleet->classes[baseline->costs[i].class], policy->view))
			return CPC_VIEW_CPUID;
	return policy->view;
}

static struct partial_meet meet_with(const struct cpc_lens *lens, const struct partial_meet *with,
				     const struct cpc_fingerprint *fingerprint, struct cpc_error *reterr)
{
	struct partial_meet result = { .exists = true };

	if (with->empty)
		result.meet = *fingerprint;
	else
		result.exists =
			with->exists && cpc_meet_under(lens, &with->meet, fingerprint, &result.meet, reterr) == CPC_OK;
	return result;
}

static struct partial_meet meet_both(const struct cpc_lens *lens, const struct partial_meet *before,
				     const struct partial_meet *behind)
{
	if (behind->empty)
		return *before;
	if (!behind->exists)
		return *behind;
	return meet_with(lens, before, &behind->meet, NULL);
}

/** Bad news that would go away is no gain to list, and neither is what the platform supplies anyhow. */
static void list_gain(const struct cpc_lens *lens, const struct cpc_fingerprint *meet,
		      const struct partial_meet *others, struct cpc_class_cost *cost)
{
	if (others->empty || !others->exists)
		return;
	for (unsigned int i = 0; i < others->meet.word_count; i++) {
		const uint32_t counted = (lens->need[i] | lens->equal[i]) & ~lens->supplied[i];

		cost->gained[i] = others->meet.words[i] & ~meet->words[i] & ~meet->unread[i] & counted;
		cost->learned[i] = others->meet.words[i] & meet->unread[i] & ~others->meet.unread[i] & counted;
		cost->bits += cpc_count_bits(cost->gained[i]);
		cost->learned_bits += cpc_count_bits(cost->learned[i]);
	}
}

/** `behind[i]` is the meet of the classes from the ith on; it has one more, which is empty. */
static void weigh(const struct cpc_fleet *fleet, const struct cpc_lens *lens, const struct partial_meet *behind,
		  struct cpc_fleet_baseline *baseline)
{
	struct partial_meet before = { .empty = true };

	for (size_t i = 0; i < baseline->cost_count; i++) {
		struct cpc_class_cost *cost = &baseline->costs[i];
		const struct partial_meet others =
			before.empty ? behind[i + 1] : meet_both(lens, &before, &behind[i + 1]);

		list_gain(lens, &baseline->meet, &others, cost);
		before = meet_with(lens, &before, view_of(&fleet->classes[cost->class], baseline->view), NULL);
	}
}

/** What the policy demands of every host and one of a class lacks, as `cpucompat baseline` has it. */
static bool is_demanded_in_vain(const struct cpc_fleet *fleet, const struct cpc_policy *policy,
				const struct cpc_fleet_baseline *baseline, struct cpc_error *ret_why)
{
	for (size_t i = 0; i < baseline->cost_count; i++) {
		const struct cpc_class *class = &fleet->classes[baseline->costs[i].class];
		const struct cpc_feature *feature = cpc_policy_lacks(policy, view_of(class, baseline->view));
		char where[CPC_WHERE_SIZE];

		if (!feature)
			continue;
		cpc_where(feature->reg, feature->bit, where);
		cpc_fail(ret_why, CPC_BAD_DATA, 0,
			 "no baseline under %s: %.60s lacks %s (%s), which it demands of every host", policy->name,
			 class->name_count ? class->names[0] : "one", feature->name, where);
		return true;
	}
	return false;
}

static enum cpc_status make_baseline(const struct cpc_fleet *fleet, const struct cpc_policy *policy,
				     struct cpc_fleet_baseline *baseline, struct cpc_error *reterr)
{
	const size_t count = baseline->cost_count;
	struct partial_meet *behind = calloc(count + 1, sizeof(*behind));
	struct cpc_lens lens;

	if (!behind)
		return cpc_out_of_memory(reterr);
	baseline->view = common_view(fleet, baseline, policy);
	cpc_lens_of(policy, baseline->vendor, false, &lens);
	/* The platform's own view holds what it supplies. */
	if (baseline->view != CPC_VIEW_CPUID)
		memset(lens.supplied, 0, sizeof(lens.supplied));
	behind[count].empty = true;
	for (size_t i = count; i-- > 0;)
		behind[i] =
			meet_with(&lens, &behind[i + 1],
				  view_of(&fleet->classes[baseline->costs[i].class], baseline->view), &baseline->why);
	baseline->exists = behind[0].exists && !is_demanded_in_vain(fleet, policy, baseline, &baseline->why);
	baseline->meet = behind[0].meet;
	if (baseline->exists)
		weigh(fleet, &lens, behind, baseline);
	free(behind);
	return CPC_OK;
}

/** The baseline of a vendor, made where there is none yet. NULL without memory. */
static struct cpc_fleet_baseline *of_vendor(struct cpc_fleet_baseline **baselines, size_t *count, const char *vendor)
{
	struct cpc_fleet_baseline *grown;

	for (size_t i = 0; i < *count; i++)
		if (memcmp((*baselines)[i].vendor, vendor, CPC_VENDOR_SIZE) == 0)
			return &(*baselines)[i];
	grown = realloc(*baselines, (*count + 1) * sizeof(*grown));
	if (!grown)
		return NULL;
	*baselines = grown;
	grown[*count] = (struct cpc_fleet_baseline){ .exists = false };
	memcpy(grown[*count].vendor, vendor, CPC_VENDOR_SIZE);
	return &grown[(*count)++];
}

static bool add_class(struct cpc_fleet_baseline *baseline, size_t class)
{
	struct cpc_class_cost *costs = realloc(baseline->costs, (baseline->cost_count + 1) * sizeof(*costs));

	if (!costs)
		return false;
	baseline->costs = costs;
	costs[baseline->cost_count++] = (struct cpc_class_cost){ .class = class };
	return true;
}

enum cpc_status cpc_fleet_baselines(const struct cpc_fleet *fleet, const struct cpc_policy *policy,
				    struct cpc_fleet_baseline **ret_baselines, size_t *ret_count,
				    struct cpc_error *reterr)
{
	struct cpc_fleet_baseline *baselines = NULL;
	size_t count = 0;
	enum cpc_status status = CPC_OK;

	for (size_t i = 0; i < fleet->count && !status; i++) {
		struct cpc_fleet_baseline *baseline =
			of_vendor(&baselines, &count, fleet->classes[i].fingerprint.vendor);

		if (!baseline || !add_class(baseline, i))
			status = cpc_out_of_memory(reterr);
	}
	for (size_t i = 0; i < count && !status; i++)
		status = make_baseline(fleet, policy, &baselines[i], reterr);
	if (status) {
		cpc_fleet_baselines_free(baselines, count);
		return status;
	}
	*ret_baselines = baselines;
	*ret_count = count;
	return CPC_OK;
}

void cpc_fleet_baselines_free(struct cpc_fleet_baseline *baselines, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(baselines[i].costs);
	free(baselines);
}

enum cpc_status cpc_fleet_ask(const struct cpc_fleet *fleet, const struct cpc_policy *policy,
			      struct cpc_fleet_answers *ret_answers, struct cpc_error *reterr)
{
	/* Of none there still is an answer, and calloc(0) may be NULL. */
	const size_t count = fleet->count ? fleet->count : 1;
	struct cpc_fleet_answers answers = {
		.policy = policy,
		.verdicts = calloc(count, count),
		.pool_of = calloc(count, sizeof(*answers.pool_of)),
	};
	enum cpc_status status;

	if (!answers.verdicts || !answers.pool_of)
		status = cpc_out_of_memory(reterr);
	else
		status = cpc_fleet_baselines(fleet, policy, &answers.baselines, &answers.baseline_count, reterr);
	if (status) {
		cpc_fleet_answers_free(&answers);
		return status;
	}
	cpc_fleet_matrix(fleet, policy, answers.verdicts);
	answers.pool_count = cpc_fleet_pools(fleet, answers.verdicts, answers.pool_of);
	status = cpc_fleet_chains(fleet, &answers, reterr);
	if (!status)
		status = cpc_fleet_twins(fleet, &answers.twins, &answers.twin_count, reterr);
	if (status) {
		cpc_fleet_answers_free(&answers);
		return status;
	}
	*ret_answers = answers;
	return CPC_OK;
}

void cpc_fleet_answers_free(struct cpc_fleet_answers *answers)
{
	cpc_fleet_baselines_free(answers->baselines, answers->baseline_count);
	cpc_fleet_chains_free(answers);
	free(answers->twins);
	free(answers->verdicts);
	free(answers->pool_of);
}
