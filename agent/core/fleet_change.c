/* SPDX-License-Identifier: MIT */
/*
 * Two fleets beside each other. A name that one host alone has in each of them is one
 * host; of a name that more have nothing is told but that.
 */
#include <cpucompat/fleet_change.h>

#include <stdlib.h>
#include <string.h>

#include "fleet_change_answers.h"

/** One host by its name, on its way to a shift. */
struct host {
	size_t before;
	size_t now;
	size_t place; /**< in the order in which hosts were looked at */
	const char *name;
};

struct hosts {
	struct host *items;
	size_t count;
};

/** Which class of the other fleet is the same. Two classes are never the same as one. */
static void match_classes(const struct cpc_fleet *fleet, const struct cpc_fleet *other, size_t *ret_same)
{
	for (size_t i = 0; i < fleet->count; i++) {
		const struct cpc_side side = cpc_class_side(&fleet->classes[i]);

		ret_same[i] = CPC_NO_CLASS;
		(void)cpc_fleet_find(other, &side, &ret_same[i]);
	}
}

static void add_host(struct hosts *hosts, const char *name, size_t before, size_t now)
{
	hosts->items[hosts->count] = (struct host){ .name = name, .before = before, .now = now, .place = hosts->count };
	hosts->count++;
}

/** Names that occur more than once now or did before, each told once. Twins are sorted by name. */
static void find_ambiguous(struct cpc_fleet_change *change, const struct cpc_fleet_answers *answers,
			   const struct cpc_host_index *before, const struct cpc_host_index *now)
{
	for (size_t i = 0; i < answers->twin_count; i++) {
		const char *name = answers->twins[i].name;
		size_t class;

		if (i && strcmp(name, answers->twins[i - 1].name) == 0)
			continue;
		const struct cpc_ambiguous_name row = {
			.name = name,
			.before = cpc_host_index_find(before, name, &class),
			.now = cpc_host_index_find(now, name, &class),
		};
		if (answers == change->now_answers || row.now <= 1)
			change->ambiguous[change->ambiguous_count++] = row;
	}
}

/** Hosts of the fleet as it is now: they stayed, or they appeared. */
static void look_at_now(struct cpc_fleet_change *change, const struct cpc_host_index *before,
			const struct cpc_host_index *now, struct hosts *hosts)
{
	for (size_t i = 0; i < change->now->count; i++) {
		const struct cpc_class *class = &change->now->classes[i];

		for (size_t n = 0; n < class->name_count; n++) {
			size_t was = CPC_NO_CLASS;
			size_t is;

			if (cpc_host_index_find(before, class->names[n], &was) <= 1 &&
			    cpc_host_index_find(now, class->names[n], &is) == 1)
				add_host(hosts, class->names[n], was, i);
		}
	}
}

/** Hosts of the earlier fleet that are no longer there. */
static void look_at_before(struct cpc_fleet_change *change, const struct cpc_host_index *before,
			   const struct cpc_host_index *now, struct hosts *hosts)
{
	for (size_t i = 0; i < change->before->count; i++) {
		const struct cpc_class *class = &change->before->classes[i];

		for (size_t n = 0; n < class->name_count; n++) {
			size_t found;

			if (cpc_host_index_find(before, class->names[n], &found) == 1 &&
			    !cpc_host_index_find(now, class->names[n], &found))
				add_host(hosts, class->names[n], i, CPC_NO_CLASS);
		}
	}
}

static int order_of(size_t a, size_t b)
{
	return (a > b) - (a < b);
}

static int by_classes(const void *left, const void *right)
{
	const struct host *a = left;
	const struct host *b = right;

	if (a->before != b->before)
		return order_of(a->before, b->before);
	return a->now != b->now ? order_of(a->now, b->now) : order_of(a->place, b->place);
}

/** VMs of a host as it was, on the host as it is. */
static enum cpc_verdict carries_on(const struct cpc_fleet_change *change, size_t before, size_t now)
{
	const struct cpc_side was = cpc_class_side(&change->before->classes[before]);
	const struct cpc_side is = cpc_class_side(&change->now->classes[now]);
	const struct cpc_policy *policy = change->now_answers->policy;
	struct cpc_lens lens;

	cpc_lens_of(policy, was.fingerprint->vendor, cpc_moves_itself(&was, &is, policy), &lens);
	return cpc_verdict_of(&was, &is, &lens);
}

/** Neighbours of the same two classes are one shift. */
static bool make_shifts(struct cpc_fleet_change *change, struct hosts *hosts)
{
	change->shifts = calloc(hosts->count + 1, sizeof(*change->shifts));
	change->names = calloc(hosts->count + 1, sizeof(*change->names));
	if (!change->shifts || !change->names)
		return false;
	qsort(hosts->items, hosts->count, sizeof(*hosts->items), by_classes);
	for (size_t i = 0; i < hosts->count; i++) {
		const struct host *host = &hosts->items[i];
		struct cpc_fleet_shift *shift = &change->shifts[change->shift_count];

		change->names[i] = host->name;
		if (i && host->before == host[-1].before && host->now == host[-1].now) {
			shift[-1].count++;
			continue;
		}
		*shift = (struct cpc_fleet_shift){
			.before = host->before, .now = host->now, .names = &change->names[i], .count = 1
		};
		shift->changed = host->before != CPC_NO_CLASS && host->now != CPC_NO_CLASS &&
				 change->now_of[host->before] != host->now;
		if (shift->changed)
			shift->carries_on = carries_on(change, host->before, host->now);
		change->shift_count++;
	}
	return true;
}

static enum cpc_status compare_hosts(struct cpc_fleet_change *change, struct cpc_error *reterr)
{
	const size_t names = cpc_fleet_name_count(change->before) + cpc_fleet_name_count(change->now);
	const size_t twins = change->before_answers->twin_count + change->now_answers->twin_count;
	struct cpc_host_index *before = cpc_host_index_new(change->before);
	struct cpc_host_index *now = cpc_host_index_new(change->now);
	struct hosts hosts = { .items = calloc(names + 1, sizeof(*hosts.items)) };
	bool enough;

	change->ambiguous = calloc(twins + 1, sizeof(*change->ambiguous));
	enough = before && now && hosts.items && change->ambiguous;
	if (enough) {
		find_ambiguous(change, change->now_answers, before, now);
		find_ambiguous(change, change->before_answers, before, now);
		look_at_now(change, before, now, &hosts);
		look_at_before(change, before, now, &hosts);
		enough = make_shifts(change, &hosts);
	}
	cpc_host_index_free(before);
	cpc_host_index_free(now);
	free(hosts.items);
	return enough ? CPC_OK : cpc_out_of_memory(reterr);
}

static size_t nameless_of(const struct cpc_fleet *fleet, size_t class)
{
	return class == CPC_NO_CLASS ? 0 : fleet->classes[class].count - fleet->classes[class].name_count;
}

static void note_nameless(struct cpc_fleet_change *change, size_t before_class, size_t now_class)
{
	const struct cpc_nameless row = {
		.before_class = before_class,
		.now_class = now_class,
		.before = nameless_of(change->before, before_class),
		.now = nameless_of(change->now, now_class),
	};

	if (row.before != row.now)
		change->nameless[change->nameless_count++] = row;
}

static void note_reach(struct cpc_fleet_change *change, size_t before_class, size_t now_class)
{
	const struct cpc_reach_change row = {
		.before_class = before_class,
		.now_class = now_class,
		.before = cpc_fleet_reach(change->before, change->before_answers->verdicts, before_class),
		.now = cpc_fleet_reach(change->now, change->now_answers->verdicts, now_class),
	};

	if (row.before != row.now)
		change->reaches[change->reach_count++] = row;
}

static enum cpc_status compare_classes(struct cpc_fleet_change *change, struct cpc_error *reterr)
{
	const size_t before = change->before->count;
	const size_t now = change->now->count;

	change->now_of = calloc(before + 1, sizeof(*change->now_of));
	change->before_of = calloc(now + 1, sizeof(*change->before_of));
	change->nameless = calloc(before + now + 1, sizeof(*change->nameless));
	change->reaches = calloc(now + 1, sizeof(*change->reaches));
	if (!change->now_of || !change->before_of || !change->nameless || !change->reaches)
		return cpc_out_of_memory(reterr);
	match_classes(change->before, change->now, change->now_of);
	match_classes(change->now, change->before, change->before_of);
	for (size_t i = 0; i < before; i++)
		note_nameless(change, i, change->now_of[i]);
	for (size_t i = 0; i < now; i++) {
		if (change->before_of[i] == CPC_NO_CLASS)
			note_nameless(change, CPC_NO_CLASS, i);
		else
			note_reach(change, change->before_of[i], i);
	}
	return CPC_OK;
}

size_t cpc_fleet_reach(const struct cpc_fleet *fleet, const uint8_t *verdicts, size_t class)
{
	size_t hosts = 0;

	for (size_t i = 0; i < fleet->count; i++)
		if (cpc_verdict_moves(verdicts[class * fleet->count + i]))
			hosts += fleet->classes[i].count - (i == class);
	return hosts;
}

enum cpc_status cpc_fleet_change_of(const struct cpc_fleet *before, const struct cpc_fleet_answers *before_answers,
				    const struct cpc_fleet *now, const struct cpc_fleet_answers *now_answers,
				    struct cpc_fleet_change *ret_change, struct cpc_error *reterr)
{
	struct cpc_fleet_change change = {
		.before = before, .now = now, .before_answers = before_answers, .now_answers = now_answers
	};
	enum cpc_status status = compare_classes(&change, reterr);

	if (!status)
		status = compare_hosts(&change, reterr);
	if (!status)
		status = cpc_change_answers(&change, reterr);
	if (status) {
		cpc_fleet_change_free(&change);
		return status;
	}
	*ret_change = change;
	return CPC_OK;
}

void cpc_fleet_change_free(struct cpc_fleet_change *change)
{
	free(change->now_of);
	free(change->before_of);
	free(change->shifts);
	free(change->names);
	free(change->ambiguous);
	free(change->nameless);
	free(change->baselines);
	free(change->pool_gone);
	free(change->pool_new);
	free(change->verdicts);
	free(change->reaches);
	*change = (struct cpc_fleet_change){ .before = NULL };
}
