/* SPDX-License-Identifier: MIT */
/* The catalogue for people: a list, or the answer to a buyer's question with the best first. */
#include "renderers.h"

#include <stdlib.h>
#include <string.h>

#include "catalogue_sections.h"
#include "describe.h"

static struct cpc_candidates room_for(const struct cpc_catalogue_view *view, struct cpc_buffer *out)
{
	struct cpc_candidates list = { .items = calloc(view->count ? view->count : 1, sizeof(*list.items)) };

	out->failed |= !list.items;
	return list;
}

/** Those of one standing. */
static struct cpc_candidates list_of(const struct cpc_catalogue_view *view, enum cpc_standing standing,
				     struct cpc_buffer *out)
{
	struct cpc_candidates list = room_for(view, out);

	for (size_t i = 0; list.items && i < view->count; i++) {
		if (cpc_candidate_standing(&view->candidates[i]) == standing)
			list.items[list.count++] = &view->candidates[i];
	}
	return list;
}

/** Whose VMs go where: "take the VMs of a as they are". */
static void put_clause(struct cpc_text *text, const struct cpc_catalogue_view *view)
{
	if (view->accepts.report)
		cpc_text_wrapf(text, 0, "take the VMs of %s as they are%s", view->accepts.name,
			       view->accepted_by.report ? ", and" : "");
	if (view->accepted_by.report)
		cpc_text_wrapf(text, 0, "have VMs that %s takes as they are", view->accepted_by.name);
}

static void put_host(struct cpc_text *text, const struct cpc_catalogue_host *host)
{
	char cpu[CPC_LINE_SIZE];

	if (!host->report)
		return;
	cpc_describe_cpu(&host->report->fingerprint, cpu);
	cpc_text_wrapf(text, 0, "%s: %s", host->name, cpu);
	cpc_text_newline(text);
}

static void put_context(struct cpc_text *text, const struct cpc_catalogue_view *view)
{
	text->tint = CPC_TINT_FAINT;
	put_host(text, &view->accepts);
	if (!view->accepts.report || !view->accepted_by.report || strcmp(view->accepts.name, view->accepted_by.name))
		put_host(text, &view->accepted_by);
	cpc_text_wrapf(text, 0, "policy %s: %s", view->policy->name, view->policy->title);
	if (view->policy->view == CPC_VIEW_KVM)
		cpc_text_wrap(text, 0, "(by CPUID: the catalogue has no view of KVM's own)");
	text->tint = CPC_TINT_PLAIN;
	cpc_text_newline(text);
}

static void put_movers(struct cpc_text *text, const struct cpc_catalogue_view *view)
{
	struct cpc_candidates list = list_of(view, CPC_MOVES, text->out);

	text->tint = CPC_TINT_GOOD;
	cpc_text_wrap(text, 0, "Processors that");
	put_clause(text, view);
	cpc_text_wrapf(text, 0, "(%zu of %zu)", list.count, view->count);
	text->tint = CPC_TINT_PLAIN;
	cpc_text_newline(text);
	put_context(text, view);
	if (list.count)
		cpc_text_newline(text);
	cpc_put_candidates(text, &list, CPC_ROW_ALONE);
	free(list.items);
}

/** Candidates of which the same was not read. */
static void put_gap_group(struct cpc_text *text, const char *gaps, const struct cpc_candidates *list)
{
	text->tint = CPC_TINT_CARE;
	cpc_text_wrapf(text, 0, "Not read %s", gaps);
	text->tint = CPC_TINT_PLAIN;
	cpc_text_newline(text);
	cpc_put_candidates(text, list, CPC_ROW_ALONE);
}

/** Frees the gaps of those that it prints. */
static void put_gap_groups(struct cpc_text *text, const struct cpc_candidates *list, struct cpc_buffer *gaps)
{
	struct cpc_candidates group = { .items = calloc(list->count, sizeof(*group.items)) };

	text->out->failed |= !group.items;
	for (size_t i = 0; group.items && i < list->count; i++) {
		if (!gaps[i].bytes)
			continue;
		group.count = 0;
		for (size_t j = i; j < list->count; j++) {
			if (!gaps[j].bytes || strcmp(gaps[i].bytes, gaps[j].bytes))
				continue;
			group.items[group.count++] = list->items[j];
			if (j > i)
				cpc_buffer_free(&gaps[j]);
		}
		put_gap_group(text, gaps[i].bytes, &group);
		cpc_buffer_free(&gaps[i]);
	}
	free(group.items);
}

static void put_unsure(struct cpc_text *text, const struct cpc_catalogue_view *view)
{
	struct cpc_candidates list = list_of(view, CPC_MAY_MOVE, text->out);
	struct cpc_buffer *gaps = list.count ? calloc(list.count, sizeof(*gaps)) : NULL;

	text->out->failed |= list.count && !gaps;
	for (size_t i = 0; gaps && i < list.count; i++) {
		cpc_print_gaps(list.items[i], view->accepts.name, view->accepted_by.name, &gaps[i]);
		text->out->failed |= gaps[i].failed;
	}
	if (gaps) {
		cpc_text_newline(text);
		text->tint = CPC_TINT_CARE;
		cpc_text_wrapf(text, 0,
			       "Nothing that is known stands in the way of %zu more, and something that was not read "
			       "might:",
			       list.count);
		text->tint = CPC_TINT_PLAIN;
		cpc_text_newline(text);
		put_gap_groups(text, &list, gaps);
		cpc_text_wrap(text, 0,
			      "To find out, run `cpucompat probe --format json` as root (after `modprobe msr`) on what "
			      "was not read, and compare what it prints.");
		cpc_text_newline(text);
	}
	for (size_t i = 0; gaps && i < list.count; i++)
		cpc_buffer_free(&gaps[i]);
	free(gaps);
	free(list.items);
}

static void put_patchable(struct cpc_text *text, const struct cpc_catalogue_view *view)
{
	struct cpc_candidates list = list_of(view, CPC_NEEDS_PATCH, text->out);

	if (list.count) {
		cpc_text_newline(text);
		text->tint = CPC_TINT_CARE;
		cpc_text_wrapf(
			text, 0,
			"Only mitigations stand in the way of %zu more; they come with microcode and firmware, and the "
			"figures are those of one machine:",
			list.count);
		text->tint = CPC_TINT_PLAIN;
		cpc_text_newline(text);
		cpc_put_candidates(text, &list, text->style->verbose ? CPC_ROW_REASONS : CPC_ROW_ALONE);
	}
	free(list.items);
}

/** Why a row is no choice at all, roughly. */
enum obstacle { OTHER_VENDOR, CANNOT_HOST, ANYTHING_ELSE, OBSTACLE_COUNT };

static enum obstacle obstacle_of(const struct cpc_candidate *candidate)
{
	const struct cpc_answer *answers[] = { &candidate->accepts, &candidate->accepted_by };
	enum obstacle obstacle = ANYTHING_ELSE;

	for (size_t i = 0; i < 2; i++) {
		for (size_t j = 0; j < answers[i]->reasons.count; j++) {
			const enum cpc_finding_code code = answers[i]->reasons.items[j].code;

			if (code == CPC_FINDING_VENDOR)
				return OTHER_VENDOR;
			if (code == CPC_FINDING_CANNOT_HOST)
				obstacle = CANNOT_HOST;
		}
	}
	return obstacle;
}

/** How many, and in a verbose text which, with what decides about each; but for `what` that says it of all. */
static void put_section(struct cpc_text *text, const struct cpc_candidates *list, const char *what, bool says_it)
{
	if (!list->count)
		return;
	if (text->style->verbose)
		cpc_text_newline(text);
	cpc_text_wrapf(text, 0, "%s: %zu", what, list->count);
	cpc_text_newline(text);
	if (text->style->verbose && says_it)
		cpc_put_candidate_names(text, 4, list);
	else if (text->style->verbose)
		cpc_put_candidates(text, list, CPC_ROW_REASONS);
}

static void put_mode(struct cpc_text *text, const struct cpc_catalogue_view *view, enum cpc_standing standing,
		     const char *what)
{
	struct cpc_candidates list = list_of(view, standing, text->out);
	struct cpc_buffer line = { 0 };

	cpc_buffer_printf(&line, "%s %s", what, view->policy->mode_name);
	text->out->failed |= line.failed;
	put_section(text, &list, line.failed ? what : line.bytes, false);
	cpc_buffer_free(&line);
	free(list.items);
}

static void put_never(struct cpc_text *text, const struct cpc_catalogue_view *view)
{
	static const char *const what[OBSTACLE_COUNT] = {
		[OTHER_VENDOR] = "Of another vendor, and so never",
		[CANNOT_HOST] = "Never, for there is no hardware virtualization, NX or long mode",
		[ANYTHING_ELSE] = "Never",
	};
	struct cpc_candidates never = list_of(view, CPC_NEVER, text->out);
	struct cpc_candidates list = room_for(view, text->out);

	for (int obstacle = OBSTACLE_COUNT - 1; list.items && obstacle >= 0; obstacle--) {
		list.count = 0;
		for (size_t i = 0; i < never.count; i++) {
			if (obstacle_of(never.items[i]) == (enum obstacle)obstacle)
				list.items[list.count++] = never.items[i];
		}
		put_section(text, &list, what[obstacle], obstacle == OTHER_VENDOR);
	}
	free(never.items);
	free(list.items);
}

static void put_answer(struct cpc_text *text, const struct cpc_catalogue_view *view)
{
	put_movers(text, view);
	put_unsure(text, view);
	put_patchable(text, view);
	if (!text->style->verbose)
		cpc_text_newline(text);
	put_mode(text, view, CPC_NEEDS_MODE, "Only with");
	put_mode(text, view, CPC_MAY_NEED_IT, "Not as they are, and it is unknown whether with");
	put_never(text, view);
	if (!text->style->verbose) {
		cpc_text_wrap(text, 0, "--verbose names them, and what decides.");
		cpc_text_newline(text);
	}
}

static void put_list(struct cpc_text *text, const struct cpc_catalogue_view *view)
{
	struct cpc_candidates list = list_of(view, CPC_NOT_ASKED, text->out);

	cpc_put_candidates(text, &list, text->style->verbose ? CPC_ROW_SOURCE : CPC_ROW_ALONE);
	free(list.items);
}

enum cpc_status cpc_catalogue_text(const struct cpc_catalogue_view *view, const struct cpc_style *style,
				   struct cpc_buffer *out, struct cpc_error *reterr)
{
	struct cpc_text text = cpc_text_start(out, style);

	if (view->accepts.report || view->accepted_by.report)
		put_answer(&text, view);
	else
		put_list(&text, view);
	return cpc_rendered(out, reterr);
}
