/* SPDX-License-Identifier: MIT */
/* What changed in the answers to two fleets: baselines, pools, and verdicts between hosts that stay. */
#include "fleet_change_answers.h"

#include <stdlib.h>
#include <string.h>

#include "bits.h"

static size_t find_vendor(const struct cpc_fleet_answers *answers, const char *vendor)
{
	for (size_t i = 0; i < answers->baseline_count; i++)
		if (memcmp(answers->baselines[i].vendor, vendor, CPC_VENDOR_SIZE) == 0)
			return i;
	return CPC_NO_CLASS;
}

/** Only bits that decide a move count, as where a class costs the baseline some; of other views nothing is comparable.
 */
static void compare_meets(const struct cpc_policy *policy, const struct cpc_fleet_baseline *before,
			  const struct cpc_fleet_baseline *now, struct cpc_baseline_change *change)
{
	struct cpc_lens lens;

	change->views_differ = before->view != now->view;
	if (change->views_differ)
		return;
	cpc_lens_of(policy, now->vendor, false, &lens);
	if (now->view != CPC_VIEW_CPUID)
		memset(lens.supplied, 0, sizeof(lens.supplied));
	for (unsigned int i = 0; i < CPC_WORDS_MAX; i++) {
		const uint32_t counted = (lens.need[i] | lens.equal[i]) & ~lens.supplied[i];
		const uint32_t was = before->meet.words[i] & ~before->meet.unread[i] & counted;
		const uint32_t is = now->meet.words[i] & ~now->meet.unread[i] & counted;

		change->gained[i] = is & ~was & ~before->meet.unread[i];
		change->lost[i] = was & ~is & ~now->meet.unread[i];
		change->learned[i] = is & before->meet.unread[i];
		change->forgotten[i] = was & now->meet.unread[i];
		change->gained_bits += cpc_count_bits(change->gained[i]);
		change->lost_bits += cpc_count_bits(change->lost[i]);
		change->learned_bits += cpc_count_bits(change->learned[i]);
		change->forgotten_bits += cpc_count_bits(change->forgotten[i]);
	}
	change->differs = !cpc_fingerprint_same_text(&before->meet, &now->meet);
}

static void add_baseline(struct cpc_fleet_change *change, size_t before, size_t now)
{
	struct cpc_baseline_change *row = &change->baselines[change->baseline_count++];
	const struct cpc_fleet_baseline *was =
		before == CPC_NO_CLASS ? NULL : &change->before_answers->baselines[before];
	const struct cpc_fleet_baseline *is = now == CPC_NO_CLASS ? NULL : &change->now_answers->baselines[now];

	*row = (struct cpc_baseline_change){ .before = before, .now = now, .differs = true };
	if (was && is && was->exists && is->exists)
		compare_meets(change->now_answers->policy, was, is, row);
	else if (was && is && !was->exists && !is->exists)
		row->differs = false;
}

static enum cpc_status compare_baselines(struct cpc_fleet_change *change, struct cpc_error *reterr)
{
	const struct cpc_fleet_answers *before = change->before_answers;
	const struct cpc_fleet_answers *now = change->now_answers;

	change->baselines = calloc(before->baseline_count + now->baseline_count + 1, sizeof(*change->baselines));
	if (!change->baselines)
		return cpc_out_of_memory(reterr);
	for (size_t i = 0; i < now->baseline_count; i++)
		add_baseline(change, find_vendor(before, now->baselines[i].vendor), i);
	for (size_t i = 0; i < before->baseline_count; i++)
		if (find_vendor(now, before->baselines[i].vendor) == CPC_NO_CLASS)
			add_baseline(change, i, CPC_NO_CLASS);
	return CPC_OK;
}

/** One side of a comparison of pools. */
struct pools {
	const struct cpc_fleet *fleet;
	const struct cpc_fleet_answers *answers;
	const size_t *other_of; /**< [class]: the same class of the other fleet */
	size_t *sizes;		/**< [pool]: classes; owned */
	size_t *twins;		/**< [pool]: where all of its classes are in the other fleet, or CPC_NO_CLASS; owned */
};

static bool make_pools(struct pools *pools)
{
	pools->sizes = calloc(pools->answers->pool_count + 1, sizeof(*pools->sizes));
	pools->twins = calloc(pools->answers->pool_count + 1, sizeof(*pools->twins));
	return pools->sizes && pools->twins;
}

static void find_twins(struct pools *pools, const struct pools *other)
{
	for (size_t i = 0; i < pools->fleet->count; i++) {
		const size_t pool = pools->answers->pool_of[i];
		const size_t same = pools->other_of[i];
		const size_t twin = same == CPC_NO_CLASS ? CPC_NO_CLASS : other->answers->pool_of[same];

		if (pools->sizes[pool]++ == 0)
			pools->twins[pool] = twin;
		else if (pools->twins[pool] != twin)
			pools->twins[pool] = CPC_NO_CLASS;
	}
}

/** A pool is the other's where all of its classes are there, and no more. */
static void mark_changed(const struct pools *pools, const struct pools *other, bool *ret_changed)
{
	for (size_t i = 0; i < pools->answers->pool_count; i++)
		ret_changed[i] = pools->twins[i] == CPC_NO_CLASS || other->sizes[pools->twins[i]] != pools->sizes[i];
}

static enum cpc_status compare_pools(struct cpc_fleet_change *change, struct cpc_error *reterr)
{
	struct pools before = { .fleet = change->before,
				.answers = change->before_answers,
				.other_of = change->now_of };
	struct pools now = { .fleet = change->now, .answers = change->now_answers, .other_of = change->before_of };
	const bool made = make_pools(&before) && make_pools(&now);

	change->pool_gone = calloc(before.answers->pool_count + 1, sizeof(*change->pool_gone));
	change->pool_new = calloc(now.answers->pool_count + 1, sizeof(*change->pool_new));
	const bool enough = made && change->pool_gone && change->pool_new;
	if (enough) {
		find_twins(&before, &now);
		find_twins(&now, &before);
		mark_changed(&before, &now, change->pool_gone);
		mark_changed(&now, &before, change->pool_new);
	}
	free(before.sizes);
	free(before.twins);
	free(now.sizes);
	free(now.twins);
	return enough ? CPC_OK : cpc_out_of_memory(reterr);
}

/** VMs of hosts of one shift moving to hosts of another, or to others of the same. */
static void compare_move(struct cpc_fleet_change *change, size_t from, size_t to)
{
	const struct cpc_fleet_shift *source = &change->shifts[from];
	const struct cpc_fleet_shift *destination = &change->shifts[to];
	const struct cpc_verdict_change row = {
		.from = from,
		.to = to,
		.before =
			change->before_answers->verdicts[source->before * change->before->count + destination->before],
		.now = change->now_answers->verdicts[source->now * change->now->count + destination->now],
	};

	if (row.before == row.now || (from == to && source->count == 1))
		return;
	if (change->verdict_count == CPC_VERDICT_CHANGES_MAX)
		change->verdicts_more++;
	else
		change->verdicts[change->verdict_count++] = row;
}

static bool stays(const struct cpc_fleet_shift *shift)
{
	return shift->before != CPC_NO_CLASS && shift->now != CPC_NO_CLASS;
}

/** Between two classes that both are as they were nothing can have changed. */
static enum cpc_status compare_verdicts(struct cpc_fleet_change *change, struct cpc_error *reterr)
{
	change->verdicts = calloc(CPC_VERDICT_CHANGES_MAX, sizeof(*change->verdicts));
	if (!change->verdicts)
		return cpc_out_of_memory(reterr);
	for (size_t i = 0; i < change->shift_count; i++) {
		for (size_t j = 0; j < change->shift_count && change->shifts[i].changed; j++) {
			if (!stays(&change->shifts[j]))
				continue;
			compare_move(change, i, j);
			/* Of two that changed each comes to be the first. */
			if (!change->shifts[j].changed)
				compare_move(change, j, i);
		}
	}
	return CPC_OK;
}

enum cpc_status cpc_change_answers(struct cpc_fleet_change *change, struct cpc_error *reterr)
{
	enum cpc_status status = compare_baselines(change, reterr);

	if (!status)
		status = compare_pools(change, reterr);
	return status ? status : compare_verdicts(change, reterr);
}
