/* SPDX-License-Identifier: MIT */
/* Who came, who went and who is another now, told to people. */
#include "fleet_sections.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include <cpucompat/difference.h>

#include "cut_list.h"
#include "describe.h"
#include "escape.h"

/** Where sentences about hosts begin, and what is under them. */
#define INDENT 4
#define DEEPER 6

/** The kinds of what is told of a fingerprint, in their order. */
enum group { GAINED, LOST, OTHER, NOW_READ, NO_LONGER_READ, GROUP_COUNT };

struct told {
	struct cpc_cut_list list;
	const char *vendor;
	enum group group;
	size_t count;
	bool counting; /**< how many there are, before they are listed */
};

static enum group group_of(const struct cpc_finding *finding)
{
	switch (finding->code) {
	case CPC_FINDING_GAIN:
		return GAINED;
	case CPC_FINDING_LOSS:
		return LOST;
	case CPC_FINDING_UNREAD:
		return finding->b_unknown ? NO_LONGER_READ : NOW_READ;
	default:
		return OTHER;
	}
}

static void tell(void *context, const struct cpc_finding *finding)
{
	struct told *told = context;
	char item[CPC_WHERE_SIZE + 64];
	char line[CPC_SUBJECT_SIZE];

	if (group_of(finding) != told->group || finding->about == CPC_ABOUT_VENDOR)
		return;
	told->count++;
	if (told->counting)
		return;
	const struct cpc_subject subject = cpc_subject_of(finding, told->vendor);
	if (finding->code == CPC_FINDING_UNEQUAL)
		snprintf(item, sizeof(item), "%s (%" PRIu64 " -> %" PRIu64 ")", subject.name, finding->a, finding->b);
	cpc_cut_list_add(&told->list, finding->code == CPC_FINDING_UNEQUAL ? item : cpc_subject_line(&subject, line));
}

static void put_view(struct cpc_text *text, const char *view, const struct cpc_fingerprint *before,
		     const struct cpc_fingerprint *now)
{
	static const char *const words[GROUP_COUNT] = {
		[GAINED] = "gained",
		[LOST] = "lost",
		[OTHER] = "changed",
		[NOW_READ] = "read now, and not before",
		[NO_LONGER_READ] = "read before, and not now",
	};

	for (enum group group = GAINED; group < GROUP_COUNT; group++) {
		struct told told = { .vendor = now->vendor, .group = group, .counting = true };

		cpc_each_difference(before, now, tell, &told);
		if (!told.count)
			continue;
		told.counting = false;
		told.list = (struct cpc_cut_list){ .text = text, .indent = DEEPER };
		cpc_text_to(text, INDENT);
		cpc_text_wrapf(text, DEEPER, "%s%s %zu:", view, words[group], told.count);
		cpc_each_difference(before, now, tell, &told);
		cpc_cut_list_end(&told.list);
	}
}

/** Whether there is a KVM view, and what differs beside the fingerprints. */
static void put_rest(struct cpc_text *text, const struct cpc_class *before, const struct cpc_class *now)
{
	if (before->kvm && now->kvm) {
		put_view(text, "to guests of KVM: ", before->kvm, now->kvm);
	} else if (before->kvm || now->kvm) {
		cpc_text_to(text, INDENT);
		cpc_text_wrap(text, DEEPER,
			      now->kvm ? "what KVM offers is known now" : "what KVM offers is no longer known");
		cpc_text_newline(text);
	}
	for (unsigned int i = 0; i < CPC_REQUIREMENT_COUNT; i++) {
		if (before->requirements[i] == now->requirements[i])
			continue;
		cpc_text_to(text, INDENT);
		cpc_text_wrapf(text, DEEPER, "%s was %s and is %s", cpc_requirement_name(i, now->fingerprint.vendor),
			       cpc_status_words(before->requirements[i]), cpc_status_words(now->requirements[i]));
		cpc_text_newline(text);
	}
	if (before->vantage == now->vantage && before->dumped == now->dumped)
		return;
	cpc_text_to(text, INDENT);
	cpc_text_wrapf(text, DEEPER, "seen from %s%s, before from %s%s", cpc_vantage_name(now->vantage),
		       now->dumped ? " (a dump)" : "", cpc_vantage_name(before->vantage),
		       before->dumped ? " (a dump)" : "");
	cpc_text_newline(text);
}

static void put_ids(struct cpc_text *text, const struct cpc_class *before, const struct cpc_class *now)
{
	char before_id[CPC_ID_SIZE];
	char now_id[CPC_ID_SIZE];
	char before_cpu[CPC_LINE_SIZE];
	char now_cpu[CPC_LINE_SIZE];

	cpc_fingerprint_id(&before->fingerprint, before_id);
	cpc_fingerprint_id(&now->fingerprint, now_id);
	cpc_describe_cpu(&before->fingerprint, before_cpu);
	cpc_describe_cpu(&now->fingerprint, now_cpu);
	cpc_text_to(text, INDENT);
	if (strcmp(before_cpu, now_cpu) == 0 && strcmp(before_id, now_id) == 0)
		cpc_text_wrapf(text, DEEPER, "%s, id %s as before", now_cpu, now_id);
	else if (strcmp(before_cpu, now_cpu) == 0)
		cpc_text_wrapf(text, DEEPER, "%s, id %s -> %s", now_cpu, before_id, now_id);
	else
		cpc_text_wrapf(text, DEEPER, "%s, id %s -> %s, id %s", before_cpu, before_id, now_cpu, now_id);
	cpc_text_newline(text);
}

static void put_carries_on(struct cpc_text *text, enum cpc_verdict verdict, const struct cpc_policy *policy)
{
	static const char *const words[CPC_VERDICT_COUNT] = {
		[CPC_SAME] = "VMs started before still move there as they are.",
		[CPC_MIGRATABLE] = "VMs started before still move there as they are.",
		[CPC_COMPATIBILITY_MODE] = "VMs started before move there only with",
		[CPC_IMPOSSIBLE] = "VMs started before can no longer move there.",
		[CPC_VERDICT_UNKNOWN] = "Whether VMs started before still move there depends on what was not read.",
	};

	cpc_text_to(text, INDENT);
	text->tint = cpc_verdict_moves(verdict) ? CPC_TINT_GOOD : CPC_TINT_CARE;
	cpc_text_wrap(text, DEEPER, words[verdict]);
	if (verdict == CPC_COMPATIBILITY_MODE)
		cpc_text_wrapf(text, DEEPER, "%s.", cpc_mode_words(policy));
	text->tint = CPC_TINT_PLAIN;
	cpc_text_newline(text);
}

/** "came 2 hosts: new01 new02" */
static void put_hosts(struct cpc_text *text, const char *what, const struct cpc_fleet_shift *shift)
{
	cpc_text_to(text, 2);
	text->tint = CPC_TINT_STRONG;
	cpc_text_wrapf(text, INDENT, "%s %zu %s:", what, shift->count, cpc_hosts(shift->count));
	text->tint = CPC_TINT_PLAIN;
	cpc_put_names_cut(text, INDENT, shift->names, shift->count);
}

/** Of what class they are or were: that of hosts that are there without them, or one of their own. */
static void put_class(struct cpc_text *text, const struct cpc_class *class, const struct cpc_class *others)
{
	char label[CPC_CLASS_LABEL_SIZE];
	char cpu[CPC_LINE_SIZE];

	cpc_describe_cpu(&class->fingerprint, cpu);
	cpc_text_to(text, INDENT);
	if (others)
		cpc_text_wrapf(text, DEEPER, "%s, of the class of %s", cpu, cpc_class_label(others, label));
	else
		cpc_text_wrapf(text, DEEPER, "%s, of a class that no other host is of", cpu);
	cpc_text_newline(text);
}

/** Hosts, by what VMs can do between them and a class. */
struct tally {
	size_t hosts[CPC_VERDICT_COUNT];
	size_t all;
};

/** `to`: "of" or "to" those hosts. */
static void put_tally(struct cpc_text *text, const char *sentence, const char *to, const struct tally *tally,
		      const struct cpc_policy *policy)
{
	cpc_text_to(text, INDENT);
	cpc_text_wrapf(text, DEEPER, "%s %s %zu of %zu other %s", sentence, to,
		       tally->hosts[CPC_SAME] + tally->hosts[CPC_MIGRATABLE], tally->all, cpc_hosts(tally->all));
	if (tally->hosts[CPC_COMPATIBILITY_MODE]) {
		cpc_text_puts(text, ",");
		cpc_text_wrapf(text, DEEPER, "%s %zu more with %s", to, tally->hosts[CPC_COMPATIBILITY_MODE],
			       cpc_mode_words(policy));
	}
	if (tally->hosts[CPC_VERDICT_UNKNOWN]) {
		cpc_text_puts(text, ",");
		cpc_text_wrapf(text, DEEPER, "%s %zu perhaps", to, tally->hosts[CPC_VERDICT_UNKNOWN]);
	}
	cpc_text_newline(text);
}

/** What a class that was not there before means to all others. */
static void put_moves(struct cpc_text *text, const struct cpc_fleet_change *change, size_t class)
{
	const struct cpc_fleet *fleet = change->now;
	struct tally to = { .all = 0 };
	struct tally from = { .all = 0 };

	for (size_t i = 0; i < fleet->count; i++) {
		const size_t hosts = fleet->classes[i].count - (i == class);

		to.all += hosts;
		to.hosts[change->now_answers->verdicts[i * fleet->count + class]] += hosts;
		from.hosts[change->now_answers->verdicts[class * fleet->count + i]] += hosts;
	}
	from.all = to.all;
	if (!to.all)
		return;
	put_tally(text, "takes VMs as they are", "of", &to, change->now_answers->policy);
	put_tally(text, "its VMs move as they are", "to", &from, change->now_answers->policy);
}

static void put_appeared(struct cpc_text *text, const struct cpc_fleet_change *change,
			 const struct cpc_fleet_shift *shift, const char *what)
{
	const size_t before = change->before_of[shift->now];

	put_hosts(text, what, shift);
	put_class(text, &change->now->classes[shift->now],
		  before == CPC_NO_CLASS ? NULL : &change->before->classes[before]);
	if (before == CPC_NO_CLASS)
		put_moves(text, change, shift->now);
}

static void put_gone(struct cpc_text *text, const struct cpc_fleet_change *change, const struct cpc_fleet_shift *shift,
		     const char *what)
{
	const size_t now = change->now_of[shift->before];

	put_hosts(text, what, shift);
	put_class(text, &change->before->classes[shift->before],
		  now == CPC_NO_CLASS ? NULL : &change->now->classes[now]);
}

static void put_changed(struct cpc_text *text, const struct cpc_fleet_change *change,
			const struct cpc_fleet_shift *shift)
{
	const struct cpc_class *before = &change->before->classes[shift->before];
	const struct cpc_class *now = &change->now->classes[shift->now];

	put_hosts(text, "changed:", shift);
	put_ids(text, before, now);
	put_view(text, "", &before->fingerprint, &now->fingerprint);
	put_rest(text, before, now);
	put_carries_on(text, shift->carries_on, change->now_answers->policy);
}

/** Every shift of one kind; returns how many there are. */
static size_t put_shifts(struct cpc_text *text, const struct cpc_fleet_change *change, bool planned)
{
	size_t told = 0;

	for (size_t i = 0; i < change->shift_count; i++) {
		const struct cpc_fleet_shift *shift = &change->shifts[i];
		const bool stays = shift->before != CPC_NO_CLASS && shift->now != CPC_NO_CLASS;

		if (stays && !shift->changed)
			continue;
		if (++told > CPC_CUT_LIST_MAX && !text->style->verbose)
			continue;
		if (shift->changed)
			put_changed(text, change, shift);
		else if (shift->now == CPC_NO_CLASS)
			put_gone(text, change, shift, planned ? "go:" : "gone:");
		else
			put_appeared(text, change, shift, planned ? "come:" : "came:");
	}
	if (told > CPC_CUT_LIST_MAX && !text->style->verbose) {
		cpc_text_to(text, 2);
		cpc_text_wrapf(text, INDENT, "and %zu more groups of hosts; --verbose lists all",
			       told - CPC_CUT_LIST_MAX);
		cpc_text_newline(text);
	}
	return told;
}

static void put_ambiguous(struct cpc_text *text, const struct cpc_fleet_change *change, const char *was, const char *is)
{
	for (size_t i = 0; i < change->ambiguous_count; i++) {
		const struct cpc_ambiguous_name *row = &change->ambiguous[i];

		cpc_text_to(text, 2);
		if (i == CPC_CUT_LIST_MAX && !text->style->verbose) {
			cpc_text_wrapf(text, INDENT, "and %zu more such names", change->ambiguous_count - i);
			cpc_text_newline(text);
			return;
		}
		cpc_text_wrapf(text, INDENT,
			       "unclear: %s is the name of %zu %s %s and of %zu %s: which is which cannot be told",
			       row->name, row->before, cpc_hosts(row->before), was, row->now, is);
		cpc_text_newline(text);
	}
}

static void put_nameless(struct cpc_text *text, const struct cpc_fleet_change *change, const char *was, const char *is)
{
	for (size_t i = 0; i < change->nameless_count; i++) {
		const struct cpc_nameless *row = &change->nameless[i];
		const struct cpc_class *class = row->now_class == CPC_NO_CLASS
							? &change->before->classes[row->before_class]
							: &change->now->classes[row->now_class];
		char cpu[CPC_LINE_SIZE];
		char id[CPC_ID_SIZE];

		cpc_text_to(text, 2);
		if (i == CPC_CUT_LIST_MAX && !text->style->verbose) {
			cpc_text_wrapf(text, INDENT, "and %zu more such classes", change->nameless_count - i);
			cpc_text_newline(text);
			return;
		}
		cpc_describe_cpu(&class->fingerprint, cpu);
		cpc_fingerprint_id(&class->fingerprint, id);
		cpc_text_wrapf(text, INDENT, "without a name: %zu %s %s, %zu %s, of %s, id %s", row->before,
			       cpc_hosts(row->before), was, row->now, is, cpu, id);
		cpc_text_newline(text);
	}
}

static void put_size(struct cpc_text *text, const struct cpc_fleet *fleet, const char *when, const char *end)
{
	cpc_text_wrapf(text, 2, "%zu %s, %zu %s %s%s", fleet->hosts, cpc_hosts(fleet->hosts), fleet->count,
		       fleet->count == 1 ? "class" : "classes", when, end);
}

/** A host that did not answer is not one that went, and what it has is in no baseline. */
static void put_silent(struct cpc_text *text, size_t count, const char *when, const char *which)
{
	if (!count)
		return;
	cpc_text_to(text, 2);
	text->tint = CPC_TINT_CARE;
	cpc_text_wrapf(text, INDENT,
		       "%zu %s not read %s: hosts that %s may have been there, and baselines and pools "
		       "leave them out",
		       count, count == 1 ? "source was" : "sources were", when, which);
	text->tint = CPC_TINT_PLAIN;
	cpc_text_newline(text);
}

/** Whether any host came, or went. */
static bool has_moved(const struct cpc_fleet_change *change, bool came)
{
	for (size_t i = 0; i < change->shift_count; i++)
		if ((came ? change->shifts[i].before : change->shifts[i].now) == CPC_NO_CLASS)
			return true;
	return change->nameless_count > 0;
}

void cpc_put_fleet_change(struct cpc_text *text, const struct cpc_fleet_view *view)
{
	const struct cpc_fleet_change *change = view->change;
	const char *since = view->since;
	const char *was = since ? "before" : "now";
	const char *is = since ? "now" : "then";
	size_t told;

	cpc_text_newline(text);
	text->tint = CPC_TINT_STRONG;
	if (since)
		cpc_text_wrapf(text, 0, "Since %s:", since);
	else
		cpc_text_wrap(text, 0, "As planned:");
	put_size(text, change->before, was, ";");
	put_size(text, change->now, is, "");
	text->tint = CPC_TINT_PLAIN;
	cpc_text_newline(text);
	if (since && has_moved(change, true))
		put_silent(text, view->since_unreadable, "then", "came");
	if (since && has_moved(change, false))
		put_silent(text, view->unreadable_count + view->unreadable_more, "now", "are gone");
	told = put_shifts(text, change, !since);
	put_ambiguous(text, change, was, is);
	put_nameless(text, change, was, is);
	if (!told && !change->ambiguous_count && !change->nameless_count)
		cpc_text_puts(text, "  no host came, went or changed\n");
	cpc_put_changed_answers(text, change, was, is);
}
