/* SPDX-License-Identifier: MIT */
/*
 * What the requirement table asks of people: for what is not met or cannot be seen, why and what to do; then what to
 * beware of. What is true of several hosts alike is said once.
 */
#include "ready_todo.h"

#include <inttypes.h>
#include <string.h>

#include "ready_sentences.h"

#define INDENT CPC_READY_INDENT

/** Reasons of a row that are shown where the reader did not ask for all. */
#define REASONS_SHOWN 6

static bool is_same(struct cpc_measurement a, struct cpc_measurement b)
{
	return a.known == b.known && (!a.known || a.value == b.value);
}

/** Whether two reasons are one, but for their hosts. */
static bool is_alike(const struct cpc_ready_reason *a, const struct cpc_ready_reason *b)
{
	return a->column == b->column && a->verdict == b->verdict && a->remedy == b->remedy &&
	       !strcmp(a->subject, b->subject) && is_same(a->have, b->have) && is_same(a->want, b->want) &&
	       !strcmp(a->has, b->has) && !strcmp(a->others, b->others);
}

/** Hosts that are listed: how many were, and how many are left out. */
struct listed {
	size_t shown;
	size_t left;
};

static void put_host(struct cpc_text *text, const struct cpc_ready_view *view, size_t host, struct listed *listed)
{
	if (view->count < 2 || host == CPC_READY_CLUSTER)
		return;
	if (listed->shown == CPC_READY_HOSTS_SHOWN && !text->style->verbose) {
		listed->left++;
		return;
	}
	if (listed->shown++)
		cpc_text_puts(text, ",");
	else
		cpc_text_wrap(text, INDENT, "of");
	cpc_text_wrap(text, INDENT, view->hosts[host].name);
}

static void put_left(struct cpc_text *text, const struct listed *listed)
{
	if (listed->left)
		cpc_text_wrapf(text, INDENT, "and %zu more", listed->left);
}

/** The hosts of which a reason, or one like it, is true. */
static void put_hosts(struct cpc_text *text, const struct cpc_ready_view *view, const struct cpc_ready_row *row,
		      const struct cpc_ready_reason *reason)
{
	struct listed listed = { .shown = 0 };

	for (size_t i = 0; i < row->reason_count; i++) {
		if (is_alike(reason, &row->reasons[i]))
			put_host(text, view, row->reasons[i].host, &listed);
	}
	put_left(text, &listed);
}

static void put_reason(struct cpc_text *text, const struct cpc_ready_view *view, enum cpc_ready_row_id id,
		       const struct cpc_ready_reason *reason)
{
	char words[CPC_READY_WORDS_SIZE];

	cpc_text_to(text, 2);
	text->tint = reason->verdict == CPC_NOT_MET ? CPC_TINT_BAD : CPC_TINT_CARE;
	cpc_text_puts(text, reason->verdict == CPC_NOT_MET ? "-" : "?");
	text->tint = CPC_TINT_PLAIN;
	cpc_text_wrap(text, INDENT, cpc_ready_row_title(id));
	if (reason->column == CPC_REALISTIC)
		cpc_text_wrap(text, INDENT, "in production");
	put_hosts(text, view, &view->ready->rows[id], reason);
	cpc_subject_words(reason, words);
	if (*words)
		cpc_text_wrapf(text, INDENT, "(%s)", words);
	cpc_text_puts(text, ":");
	cpc_count_words(id, &view->ready->rows[id], reason, words);
	if (*words)
		cpc_text_wrapf(text, INDENT, "%s:", words);
	if (*reason->others)
		cpc_text_wrapf(text, INDENT, "%s, where %s has %s:", reason->has, view->hosts[reason->like].name,
			       reason->others);
	cpc_text_wrap(text, INDENT, cpc_remedy_words(reason->remedy));
	cpc_text_newline(text);
}

/** Whether one like it was shown before, with its hosts. */
static bool is_told(const struct cpc_ready_row *row, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (is_alike(&row->reasons[i], &row->reasons[n]) && !cpc_ready_is_implied(row, &row->reasons[i]))
			return true;
	}
	return false;
}

static void put_reasons(struct cpc_text *text, const struct cpc_ready_view *view, enum cpc_ready_row_id id,
			enum cpc_ready_verdict verdict)
{
	const struct cpc_ready_row *row = &view->ready->rows[id];
	size_t shown = 0, left = 0;

	for (size_t i = 0; i < row->reason_count; i++) {
		if (row->reasons[i].verdict != verdict || cpc_ready_is_implied(row, &row->reasons[i]) ||
		    is_told(row, i))
			continue;
		if (shown++ < REASONS_SHOWN || text->style->verbose)
			put_reason(text, view, id, &row->reasons[i]);
		else
			left++;
	}
	if (left) {
		cpc_text_to(text, INDENT);
		cpc_text_wrapf(text, INDENT, "and %zu more (--verbose lists all)", left);
		cpc_text_newline(text);
	}
}

void cpc_put_todo(struct cpc_text *text, const struct cpc_ready_view *view, enum cpc_ready_verdict verdict,
		  const char *heading)
{
	bool any = false;

	for (unsigned int id = 0; id < CPC_ROW_COUNT; id++) {
		const struct cpc_ready_row *row = &view->ready->rows[id];

		for (size_t i = 0; i < row->reason_count && !any; i++)
			any = row->reasons[i].verdict == verdict && !row->assumed;
	}
	if (!any)
		return;
	cpc_text_newline(text);
	cpc_text_heading(text, "%s", heading);
	for (unsigned int id = 0; id < CPC_ROW_COUNT; id++) {
		if (!view->ready->rows[id].assumed)
			put_reasons(text, view, id, verdict);
	}
}

static bool is_same_caution(const struct cpc_ready_caution *a, const struct cpc_ready_caution *b)
{
	return a->remedy == b->remedy && !strcmp(a->subject, b->subject) && is_same(a->have, b->have) &&
	       is_same(a->want, b->want);
}

/** One caution, with all hosts that it is true of; nothing where one before it did so. */
static void put_caution(struct cpc_text *text, const struct cpc_ready_view *view, enum cpc_ready_row_id id, size_t n)
{
	const struct cpc_ready_row *row = &view->ready->rows[id];
	const struct cpc_ready_caution *caution = &row->cautions[n];
	struct listed listed = { .shown = 0 };

	for (size_t i = 0; i < n; i++) {
		if (is_same_caution(&row->cautions[i], caution))
			return;
	}
	cpc_text_to(text, 2);
	text->tint = CPC_TINT_CARE;
	cpc_text_puts(text, "!");
	text->tint = CPC_TINT_PLAIN;
	cpc_text_wrap(text, INDENT, cpc_ready_row_title(id));
	for (size_t i = n; i < row->caution_count; i++) {
		if (is_same_caution(&row->cautions[i], caution))
			put_host(text, view, row->cautions[i].host, &listed);
	}
	put_left(text, &listed);
	if (*caution->subject)
		cpc_text_wrapf(text, INDENT, "(%s)", caution->subject);
	cpc_text_puts(text, ":");
	if (caution->have.known)
		cpc_text_wrapf(text, INDENT, "%" PRIu64 " Mbit/s, at least %" PRIu64 ":", caution->have.value,
			       caution->want.value);
	cpc_text_wrap(text, INDENT, cpc_remedy_words(caution->remedy));
	cpc_text_newline(text);
}

void cpc_put_cautions(struct cpc_text *text, const struct cpc_ready_view *view)
{
	bool any = false;

	for (unsigned int id = 0; id < CPC_ROW_COUNT; id++) {
		for (size_t i = 0; i < view->ready->rows[id].caution_count; i++) {
			if (!any) {
				cpc_text_newline(text);
				cpc_text_heading(text, "Beware:");
			}
			any = true;
			put_caution(text, view, id, i);
		}
	}
}
