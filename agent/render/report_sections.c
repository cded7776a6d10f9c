/* SPDX-License-Identifier: MIT */
#include "report_sections.h"

#include <string.h>

#include "describe.h"

/** Unnamed bits have no row and so no group; they are shown after the last. */
#define GROUP_UNNAMED (CPC_GROUP_TOPOLOGY + 1)

static enum cpc_tint status_tint(enum cpc_requirement_status status)
{
	switch (status) {
	case CPC_PRESENT:
		return CPC_TINT_GOOD;
	case CPC_ABSENT:
	case CPC_DISABLED_BY_FIRMWARE:
		return CPC_TINT_BAD;
	default:
		return CPC_TINT_CARE;
	}
}

static int widest_requirement(const char *vendor)
{
	int widest = 0;

	for (unsigned int id = 0; id < CPC_REQUIREMENT_COUNT; id++) {
		int columns = cpc_text_columns(cpc_requirement_name(id, vendor));

		widest = columns > widest ? columns : widest;
	}
	return widest;
}

static void put_remark(struct cpc_text *text, int column, const char *remark)
{
	text->tint = CPC_TINT_CARE;
	cpc_text_to(text, column);
	cpc_text_wrap(text, column, remark);
	cpc_text_newline(text);
	text->tint = CPC_TINT_PLAIN;
}

/** Whether an MSR that nobody could read would have told. */
static bool wants_msr(const struct cpc_requirement *requirement)
{
	if (requirement->status != CPC_REQUIREMENT_UNKNOWN)
		return false;
	for (size_t i = 0; i < requirement->evidence_count; i++)
		if (requirement->evidence[i].source == CPC_EVIDENCE_MSR &&
		    requirement->evidence[i].value == CPC_UNKNOWN)
			return true;
	return false;
}

static void put_evidence(struct cpc_text *text, int column, const struct cpc_requirement *requirement, bool live)
{
	char line[CPC_EVIDENCE_SIZE];

	if (!requirement->evidence_count)
		cpc_text_newline(text);
	for (size_t i = 0; i < requirement->evidence_count; i++) {
		cpc_describe_evidence(&requirement->evidence[i], line);
		cpc_text_to(text, column);
		text->tint = requirement->evidence[i].disputed ? CPC_TINT_CARE : CPC_TINT_PLAIN;
		cpc_text_wrap(text, column, line);
		cpc_text_newline(text);
	}
	text->tint = CPC_TINT_PLAIN;
	if (requirement->disputed)
		put_remark(text, column, "Its sources contradict each other.");
	if (live && wants_msr(requirement))
		put_remark(text, column, "Root reads it: `modprobe msr`, then probe again.");
}

void cpc_put_requirements(struct cpc_text *text, const struct cpc_report *report)
{
	const int status_column = 2 + widest_requirement(report->signature.vendor) + 2;
	const int evidence_column = status_column + cpc_text_columns(cpc_status_words(CPC_HIDDEN_BY_HYPERVISOR)) + 2;

	cpc_text_newline(text);
	cpc_text_heading(text, "Requirements of live migration");
	for (unsigned int id = 0; id < CPC_REQUIREMENT_COUNT; id++) {
		const struct cpc_requirement *requirement = &report->requirements[id];

		cpc_text_to(text, 2);
		cpc_text_puts(text, cpc_requirement_name(id, report->signature.vendor));
		cpc_text_to(text, status_column);
		text->tint = status_tint(requirement->status);
		cpc_text_puts(text, cpc_status_words(requirement->status));
		text->tint = CPC_TINT_PLAIN;
		put_evidence(text, evidence_column, requirement, report->capture->origin == CPC_ORIGIN_LIVE);
	}
}

/** One group's names, written as they are visited. */
struct group_list {
	struct cpc_text *text;
	const char *title;
	unsigned int group;
	bool host; /**< those for the host alone, or those that guests see */
	int column;
	size_t count;
};

static void list_bit(void *context, const struct cpc_set_bit *bit)
{
	struct group_list *list = context;
	unsigned int group = bit->feature ? bit->feature->group : GROUP_UNNAMED;
	bool host = bit->feature && bit->feature->rule == CPC_RULE_HOST;

	if (group != list->group || host != list->host)
		return;
	if (!list->count++) {
		cpc_text_to(list->text, 2);
		list->text->tint = CPC_TINT_FAINT;
		cpc_text_puts(list->text, list->title);
		list->text->tint = CPC_TINT_PLAIN;
		cpc_text_to(list->text, list->column);
	}
	cpc_text_word(list->text, list->column, bit->name);
}

static void put_groups(struct cpc_text *text, const struct cpc_report *report, bool host)
{
	struct group_list list = { .text = text, .host = host, .column = 18 };

	for (list.group = CPC_GROUP_BASE; list.group <= GROUP_UNNAMED; list.group++) {
		list.count = 0;
		list.title = list.group == GROUP_UNNAMED ? "unnamed" : cpc_group_name(list.group);
		cpc_each_set_bit(report, CPC_VIEW_CPUID, list_bit, &list);
		if (list.count)
			cpc_text_newline(text);
	}
}

/** How many of the set bits guests see, and how many are the host's own. */
struct tally {
	size_t guest;
	size_t host;
};

static void count_bit(void *context, const struct cpc_set_bit *bit)
{
	struct tally *tally = context;

	if (bit->feature && bit->feature->rule == CPC_RULE_HOST)
		tally->host++;
	else
		tally->guest++;
}

void cpc_put_features(struct cpc_text *text, const struct cpc_report *report)
{
	struct tally tally = { 0 };

	cpc_each_set_bit(report, CPC_VIEW_CPUID, count_bit, &tally);
	cpc_text_newline(text);
	cpc_text_heading(text, "Features that guests may see: %zu", tally.guest);
	put_groups(text, report, false);
	if (!tally.host)
		return;
	if (text->style->verbose) {
		cpc_text_newline(text);
		cpc_text_heading(text, "Features for the host alone: %zu", tally.host);
		put_groups(text, report, true);
	} else {
		cpc_text_wrapf(text, 2, "and %zu for the host alone, which --verbose lists", tally.host);
		cpc_text_newline(text);
	}
}

/** The names of compared bits that one view has and another has not. */
struct difference {
	struct cpc_text *text;
	const struct cpc_report *report;
	enum cpc_view other;
	const char *title;
	size_t count;
};

static void list_difference(void *context, const struct cpc_set_bit *bit)
{
	struct difference *difference = context;
	const struct cpc_fingerprint *other = cpc_report_view(difference->report, difference->other);

	/* Bits that no fingerprint keeps are not what a guest sees or misses; unnamed ones are told by their place. */
	if (!bit->feature || bit->feature->reg >= CPC_WORD_COUNT || bit->feature->rule == CPC_RULE_HOST ||
	    cpc_fingerprint_bit(other, bit->feature->reg, bit->feature->bit) == CPC_SET)
		return;
	if (!difference->count++) {
		cpc_text_to(difference->text, 2);
		difference->text->tint = CPC_TINT_FAINT;
		cpc_text_puts(difference->text, difference->title);
		difference->text->tint = CPC_TINT_PLAIN;
		cpc_text_to(difference->text, 18);
	}
	cpc_text_word(difference->text, 18, bit->name);
}

static size_t put_difference(struct cpc_text *text, const struct cpc_report *report, enum cpc_view of,
			     enum cpc_view other, const char *title)
{
	struct difference difference = { .text = text, .report = report, .other = other, .title = title };

	cpc_each_set_bit(report, of, list_difference, &difference);
	if (difference.count)
		cpc_text_newline(text);
	return difference.count;
}

void cpc_put_kvm(struct cpc_text *text, const struct cpc_report *report)
{
	size_t count;

	if (!report->has_kvm)
		return;
	cpc_text_newline(text);
	cpc_text_heading(text, "What KVM makes of them");
	count = put_difference(text, report, CPC_VIEW_CPUID, CPC_VIEW_KVM, "not offered");
	count += put_difference(text, report, CPC_VIEW_KVM, CPC_VIEW_CPUID, "added");
	if (!count) {
		cpc_text_wrap(text, 2, "KVM offers guests every one of them.");
		cpc_text_newline(text);
	}
}

struct unread_list {
	struct cpc_text *text;
	size_t count;
	bool msr;
};

static void list_unread(void *context, const char *where)
{
	struct unread_list *list = context;

	if (!list->count++) {
		cpc_text_newline(list->text);
		cpc_text_heading(list->text, "Not read, and so unknown");
	}
	list->msr = list->msr || !strncmp(where, "msr.", 4);
	cpc_text_word(list->text, 2, where);
}

void cpc_put_unread(struct cpc_text *text, const struct cpc_report *report)
{
	const bool live = report->capture->origin == CPC_ORIGIN_LIVE;
	struct unread_list list = { .text = text };

	cpc_each_unread(report, CPC_VIEW_CPUID, list_unread, &list);
	if (!list.count)
		return;
	cpc_text_newline(text);
	text->tint = CPC_TINT_CARE;
	if (!live)
		cpc_text_wrap(text, 2, "The source does not hold it. To find out, probe that host itself as root.");
	else if (list.msr)
		cpc_text_wrap(text, 2, "To find out, run `modprobe msr` as root, then probe again as root.");
	else
		cpc_text_wrap(text, 2, "This processor or its hypervisor did not answer.");
	text->tint = CPC_TINT_PLAIN;
	cpc_text_newline(text);
}
