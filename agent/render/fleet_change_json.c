/* SPDX-License-Identifier: MIT */
/* `change` of the fleet document. Classes of before are numbered by their place in `change.before`. */
#include "fleet_pieces.h"

#include <cpucompat/difference.h>

#include "describe.h"
#include "escape.h"

json_t *cpc_json_class(size_t class)
{
	return class == CPC_NO_CLASS ? json_null() : cpc_json_count(class);
}

static json_t *both(struct cpc_json *json, json_t *before, json_t *now)
{
	json_t *object = json_object();

	cpc_json_put(json, object, "before", before);
	cpc_json_put(json, object, "now", now);
	return object;
}

static json_t *counts(struct cpc_json *json, size_t before, size_t now)
{
	return both(json, cpc_json_count(before), cpc_json_count(now));
}

static json_t *classes(struct cpc_json *json, size_t before, size_t now)
{
	return both(json, cpc_json_class(before), cpc_json_class(now));
}

json_t *cpc_json_class_list(struct cpc_json *json, const struct cpc_fleet *fleet)
{
	json_t *list = json_array();

	for (size_t i = 0; i < fleet->count; i++) {
		json_t *object = json_object();
		char text[CPC_FINGERPRINT_SIZE];
		char cpu[CPC_LINE_SIZE];
		char id[CPC_ID_SIZE];

		cpc_fingerprint_id(&fleet->classes[i].fingerprint, id);
		cpc_fingerprint_print(&fleet->classes[i].fingerprint, text);
		cpc_describe_cpu(&fleet->classes[i].fingerprint, cpu);
		cpc_json_put(json, object, "id", json_string(id));
		cpc_json_put(json, object, "fingerprint", json_string(text));
		cpc_json_put(json, object, "cpu", json_string(cpu));
		cpc_json_put(json, object, "count", cpc_json_count(fleet->classes[i].count));
		cpc_json_append(json, list, object);
	}
	return list;
}

json_t *cpc_json_names(struct cpc_json *json, const char *const *names, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		cpc_json_append(json, list, cpc_json_text(names[i]));
	return list;
}

/** Lists of what differs in a view. */
struct differences {
	struct cpc_json *json;
	const char *vendor;
	json_t *gained;
	json_t *lost;
	json_t *other;
};

json_t *cpc_json_place(struct cpc_json *json, const struct cpc_finding *finding, const char *vendor)
{
	const struct cpc_subject subject = cpc_subject_of(finding, vendor);
	json_t *object = json_object();

	cpc_json_put(json, object, "code", json_string(cpc_finding_code_name(finding->code)));
	cpc_json_put(json, object, "name", json_string(subject.name));
	cpc_json_put(json, object, "where", json_string(subject.where));
	return object;
}

static void add_difference(void *context, const struct cpc_finding *finding)
{
	const struct differences *lists = context;
	json_t *object = cpc_json_place(lists->json, finding, lists->vendor);
	const struct cpc_number before = { .unknown = finding->a_unknown, .value = finding->a };
	const struct cpc_number now = { .unknown = finding->b_unknown, .value = finding->b };

	if (finding->code == CPC_FINDING_GAIN) {
		cpc_json_append(lists->json, lists->gained, object);
	} else if (finding->code == CPC_FINDING_LOSS) {
		cpc_json_append(lists->json, lists->lost, object);
	} else {
		if (finding->about != CPC_ABOUT_VENDOR && finding->about != CPC_ABOUT_FOREIGN) {
			cpc_json_put(lists->json, object, "before", cpc_json_number(before));
			cpc_json_put(lists->json, object, "now", cpc_json_number(now));
		}
		cpc_json_append(lists->json, lists->other, object);
	}
}

static json_t *view(struct cpc_json *json, const struct cpc_fingerprint *before, const struct cpc_fingerprint *now)
{
	json_t *object = json_object();
	struct differences lists = { .json = json, .vendor = now->vendor };

	lists.gained = cpc_json_array(json, object, "gained");
	lists.lost = cpc_json_array(json, object, "lost");
	lists.other = cpc_json_array(json, object, "other");
	cpc_each_difference(before, now, add_difference, &lists);
	return object;
}

static json_t *requirements(struct cpc_json *json, const struct cpc_class *before, const struct cpc_class *now)
{
	json_t *object = json_object();

	for (unsigned int i = 0; i < CPC_REQUIREMENT_COUNT; i++) {
		if (before->requirements[i] == now->requirements[i])
			continue;
		cpc_json_put(json, object, cpc_requirement_key(i),
			     both(json, json_string(cpc_requirement_status_name(before->requirements[i])),
				  json_string(cpc_requirement_status_name(now->requirements[i]))));
	}
	return object;
}

static json_t *shift(struct cpc_json *json, const struct cpc_fleet_change *change, const struct cpc_fleet_shift *shift)
{
	json_t *object = classes(json, shift->before, shift->now);

	cpc_json_put(json, object, "hosts", cpc_json_names(json, shift->names, shift->count));
	if (shift->changed) {
		const struct cpc_class *before = &change->before->classes[shift->before];
		const struct cpc_class *now = &change->now->classes[shift->now];

		cpc_json_put(json, object, "carries_on", json_string(cpc_verdict_name(shift->carries_on)));
		cpc_json_put(json, object, "cpuid", view(json, &before->fingerprint, &now->fingerprint));
		cpc_json_put(json, object, "kvm",
			     before->kvm && now->kvm ? view(json, before->kvm, now->kvm) : json_null());
		cpc_json_put(json, object, "requirements", requirements(json, before, now));
	}
	return object;
}

static void put_shifts(struct cpc_json *json, json_t *object, const struct cpc_fleet_change *change)
{
	json_t *appeared = cpc_json_array(json, object, "appeared");
	json_t *gone = cpc_json_array(json, object, "gone");
	json_t *changed = cpc_json_array(json, object, "changed");

	for (size_t i = 0; i < change->shift_count; i++) {
		const struct cpc_fleet_shift *row = &change->shifts[i];

		if (row->changed)
			cpc_json_append(json, changed, shift(json, change, row));
		else if (row->before == CPC_NO_CLASS)
			cpc_json_append(json, appeared, shift(json, change, row));
		else if (row->now == CPC_NO_CLASS)
			cpc_json_append(json, gone, shift(json, change, row));
	}
}

static void put_counts(struct cpc_json *json, json_t *object, const struct cpc_fleet_change *change)
{
	json_t *ambiguous = cpc_json_array(json, object, "ambiguous");
	json_t *nameless = cpc_json_array(json, object, "nameless");
	json_t *reach = cpc_json_array(json, object, "reach");

	for (size_t i = 0; i < change->ambiguous_count; i++) {
		json_t *row = counts(json, change->ambiguous[i].before, change->ambiguous[i].now);

		cpc_json_put(json, row, "name", cpc_json_text(change->ambiguous[i].name));
		cpc_json_append(json, ambiguous, row);
	}
	for (size_t i = 0; i < change->nameless_count; i++) {
		json_t *row = classes(json, change->nameless[i].before_class, change->nameless[i].now_class);

		cpc_json_put(json, row, "hosts", counts(json, change->nameless[i].before, change->nameless[i].now));
		cpc_json_append(json, nameless, row);
	}
	for (size_t i = 0; i < change->reach_count; i++) {
		json_t *row = classes(json, change->reaches[i].before_class, change->reaches[i].now_class);

		cpc_json_put(json, row, "hosts", counts(json, change->reaches[i].before, change->reaches[i].now));
		cpc_json_append(json, reach, row);
	}
}

/** Names of bits; null of two baselines that are of different views. */
static void put_bits(struct cpc_json *json, json_t *object, const char *key, const struct cpc_baseline_change *row,
		     const uint32_t words[static CPC_WORDS_MAX])
{
	cpc_json_put(json, object, key, row->views_differ ? json_null() : cpc_json_bit_names(json, words));
}

static void put_baselines(struct cpc_json *json, json_t *object, const struct cpc_fleet_change *change)
{
	json_t *list = cpc_json_array(json, object, "baselines");

	for (size_t i = 0; i < change->baseline_count; i++) {
		const struct cpc_baseline_change *row = &change->baselines[i];
		const struct cpc_fleet_baseline *before =
			row->before == CPC_NO_CLASS ? NULL : &change->before_answers->baselines[row->before];
		const struct cpc_fleet_baseline *now =
			row->now == CPC_NO_CLASS ? NULL : &change->now_answers->baselines[row->now];
		json_t *baseline = json_object();
		char vendor[CPC_VENDOR_TEXT_SIZE];

		cpc_vendor_text(now ? now->vendor : before->vendor, vendor);
		cpc_json_put(json, baseline, "vendor", json_string(vendor));
		cpc_json_put(json, baseline, "before",
			     before && before->exists ? cpc_json_fingerprint(json, &before->meet) : json_null());
		cpc_json_put(json, baseline, "now",
			     now && now->exists ? cpc_json_fingerprint(json, &now->meet) : json_null());
		put_bits(json, baseline, "gained", row, row->gained);
		put_bits(json, baseline, "lost", row, row->lost);
		put_bits(json, baseline, "learned", row, row->learned);
		put_bits(json, baseline, "forgotten", row, row->forgotten);
		cpc_json_append(json, list, baseline);
	}
}

static json_t *changed_pools(struct cpc_json *json, const struct cpc_fleet *fleet,
			     const struct cpc_fleet_answers *answers, const bool *marks)
{
	json_t *pools = json_array();

	for (size_t pool = 0; pool < answers->pool_count; pool++) {
		json_t *list;

		if (!marks[pool])
			continue;
		list = json_array();
		for (size_t i = 0; i < fleet->count; i++)
			if (answers->pool_of[i] == pool)
				cpc_json_append(json, list, cpc_json_class(i));
		cpc_json_append(json, pools, list);
	}
	return pools;
}

static void put_pools(struct cpc_json *json, json_t *object, const struct cpc_fleet_change *change)
{
	json_t *pools = cpc_json_object(json, object, "pools");

	cpc_json_put(json, pools, "count",
		     counts(json, change->before_answers->pool_count, change->now_answers->pool_count));
	cpc_json_put(json, pools, "gone",
		     changed_pools(json, change->before, change->before_answers, change->pool_gone));
	cpc_json_put(json, pools, "new", changed_pools(json, change->now, change->now_answers, change->pool_new));
}

static void put_verdicts(struct cpc_json *json, json_t *object, const struct cpc_fleet_change *change)
{
	json_t *verdicts;

	cpc_json_put(json, object, "verdict_count", cpc_json_count(change->verdict_count + change->verdicts_more));
	verdicts = cpc_json_array(json, object, "verdicts");
	for (size_t i = 0; i < change->verdict_count; i++) {
		const struct cpc_verdict_change *row = &change->verdicts[i];
		const struct cpc_fleet_shift *from = &change->shifts[row->from];
		const struct cpc_fleet_shift *to = &change->shifts[row->to];
		json_t *verdict = json_object();

		cpc_json_put(json, verdict, "from", classes(json, from->before, from->now));
		cpc_json_put(json, verdict, "to", classes(json, to->before, to->now));
		cpc_json_put(json, verdict, "before", json_string(cpc_verdict_letter(row->before)));
		cpc_json_put(json, verdict, "now", json_string(cpc_verdict_letter(row->now)));
		cpc_json_append(json, verdicts, verdict);
	}
}

json_t *cpc_json_change(struct cpc_json *json, const struct cpc_fleet_view *view)
{
	const size_t unreadable = view->unreadable_count + view->unreadable_more;
	const struct cpc_fleet_change *change = view->change;
	json_t *object = json_object();

	cpc_json_put(json, object, "since", view->since ? cpc_json_text(view->since) : json_null());
	cpc_json_put(json, object, "unreadable",
		     counts(json, view->since ? view->since_unreadable : unreadable, unreadable));
	cpc_json_put(json, object, "hosts", counts(json, change->before->hosts, change->now->hosts));
	cpc_json_put(json, object, "before", cpc_json_class_list(json, change->before));
	put_shifts(json, object, change);
	put_counts(json, object, change);
	put_baselines(json, object, change);
	put_pools(json, object, change);
	put_verdicts(json, object, change);
	return object;
}
