/* SPDX-License-Identifier: MIT */
/*
 * The requirement table for people: a line a row with both verdicts and what was found; then what to do
 * (ready_todo.c). --verbose adds the evidence, and who asks it.
 */
#include "renderers.h"

#include <inttypes.h>
#include <string.h>

#include "layout.h"
#include "ready_sentences.h"
#include "ready_todo.h"

#define MINIMUM_COLUMN 16
#define REALISTIC_COLUMN 28
#define FOUND_COLUMN 40
#define INDENT CPC_READY_INDENT
#define HOSTS_SHOWN CPC_READY_HOSTS_SHOWN

/** Pairs of hosts that are shown of a row where the reader did not ask for all: those of four. */
#define PAIRS_SHOWN 6

static void put_verdict(struct cpc_text *text, const struct cpc_ready_row *row, enum cpc_ready_column column)
{
	static const enum cpc_tint tints[] = {
		[CPC_MET] = CPC_TINT_GOOD, [CPC_CANNOT_SEE] = CPC_TINT_CARE, [CPC_NOT_MET] = CPC_TINT_BAD
	};
	const enum cpc_ready_verdict verdict = row->verdicts[column];

	text->tint = row->asked[column] ? tints[verdict] : CPC_TINT_FAINT;
	cpc_text_puts(text, row->asked[column] ? cpc_ready_verdict_words(verdict) : "not asked");
	text->tint = CPC_TINT_PLAIN;
}

static bool has_found(const struct cpc_ready_row *row, size_t host)
{
	for (size_t i = 0; i < row->fact_count; i++) {
		if (row->facts[i].found && row->facts[i].host == host)
			return true;
	}
	return false;
}

/** Pairs of hosts are counted where they are too many to be named; how many are related that way. */
static size_t count_pairs(const struct cpc_ready_row *row, enum cpc_relation relation)
{
	size_t count = 0;

	for (size_t i = 0; i < row->fact_count; i++)
		count += row->facts[i].id == CPC_FACT_RELATION &&
			 (relation == CPC_RELATION_COUNT || !strcmp(row->facts[i].text, cpc_relation_name(relation)));
	return count;
}

/** The separator for what follows. */
static const char *put_pairs(struct cpc_text *text, const struct cpc_ready_row *row)
{
	const char *separator = "";

	for (enum cpc_relation relation = 0; relation < CPC_RELATION_COUNT; relation++) {
		const size_t count = count_pairs(row, relation);

		if (!count)
			continue;
		cpc_text_puts(text, separator);
		cpc_text_wrapf(text, FOUND_COLUMN, "%zu pairs %s", count, cpc_relation_name(relation));
		separator = ",";
	}
	return separator;
}

/** What was found of a host, joined by commas, under the last column. */
static void put_found(struct cpc_text *text, const struct cpc_ready_view *view, const struct cpc_ready_row *row,
		      size_t host)
{
	char words[CPC_READY_WORDS_SIZE];
	const char *separator = "";
	bool counted;

	if (!has_found(row, host))
		return;
	/* A word that follows nothing on its line starts at the column. */
	if (text->column >= FOUND_COLUMN)
		cpc_text_newline(text);
	cpc_text_to(text, FOUND_COLUMN);
	if (view->count > 1 && host != CPC_READY_CLUSTER)
		cpc_text_wrapf(text, FOUND_COLUMN, "%s:", view->hosts[host].name);
	counted = !text->style->verbose && count_pairs(row, CPC_RELATION_COUNT) > PAIRS_SHOWN;
	if (counted && host == CPC_READY_CLUSTER)
		separator = put_pairs(text, row);
	for (size_t i = 0; i < row->fact_count; i++) {
		const struct cpc_ready_fact *fact = &row->facts[i];

		if (!fact->found || fact->host != host || (counted && fact->id == CPC_FACT_RELATION))
			continue;
		if (*separator)
			cpc_text_puts(text, separator);
		cpc_fact_words(fact, words);
		cpc_text_wrap(text, FOUND_COLUMN, words);
		separator = ",";
	}
}

/** Whether the reader vouches for what was not found to be so. */
static bool is_lent(const struct cpc_ready_row *row)
{
	return row->assumed && (row->verdicts[CPC_MINIMUM] != CPC_MET || row->verdicts[CPC_REALISTIC] != CPC_MET);
}

static bool leans_on_assumptions(const struct cpc_ready *ready)
{
	for (unsigned int id = 0; id < CPC_ROW_COUNT; id++) {
		if (is_lent(&ready->rows[id]))
			return true;
	}
	return false;
}

static void put_all_found(struct cpc_text *text, const struct cpc_ready_view *view, const struct cpc_ready_row *row)
{
	size_t shown = 0, left = 0;

	if (is_lent(row)) {
		cpc_text_to(text, FOUND_COLUMN);
		text->tint = CPC_TINT_CARE;
		cpc_text_puts(text, "assumed to be met");
		text->tint = CPC_TINT_PLAIN;
	}

	put_found(text, view, row, CPC_READY_CLUSTER);
	for (size_t host = 0; host < view->count; host++) {
		if (!has_found(row, host))
			continue;
		if (view->count > HOSTS_SHOWN && shown >= HOSTS_SHOWN && !text->style->verbose)
			left++;
		else
			put_found(text, view, row, host);
		shown++;
	}
	if (left) {
		cpc_text_newline(text);
		cpc_text_to(text, FOUND_COLUMN);
		cpc_text_wrapf(text, FOUND_COLUMN, "and %zu more (--verbose lists all)", left);
	}
}

static void put_row(struct cpc_text *text, const struct cpc_ready_view *view, enum cpc_ready_row_id id)
{
	const struct cpc_ready_row *row = &view->ready->rows[id];

	cpc_text_puts(text, cpc_ready_row_title(id));
	cpc_text_to(text, MINIMUM_COLUMN);
	put_verdict(text, row, CPC_MINIMUM);
	cpc_text_to(text, REALISTIC_COLUMN);
	put_verdict(text, row, CPC_REALISTIC);
	put_all_found(text, view, row);
	cpc_text_newline(text);
}

static void put_assumed(struct cpc_text *text, const struct cpc_ready *ready)
{
	bool any = false;

	for (unsigned int id = 0; id < CPC_ROW_COUNT; id++) {
		if (!ready->rows[id].assumed)
			continue;
		cpc_text_wrap(text, 0, any ? "" : "Assumed to be met:");
		if (any)
			cpc_text_puts(text, ",");
		cpc_text_wrap(text, 2, cpc_ready_row_name(id));
		any = true;
	}
	if (any)
		cpc_text_newline(text);
}

static void put_evidence(struct cpc_text *text, const struct cpc_ready_view *view, const struct cpc_ready_fact *fact)
{
	char value[CPC_READY_WORDS_SIZE];

	cpc_text_to(text, INDENT);
	if (view->count > 1 && fact->host != CPC_READY_CLUSTER)
		cpc_text_wrapf(text, INDENT + 2, "%s:", view->hosts[fact->host].name);
	if (*fact->subject)
		cpc_text_wrap(text, INDENT + 2, fact->subject);
	cpc_fact_value_words(fact, value);
	cpc_text_wrapf(text, INDENT + 2, "%s %s", cpc_ready_fact_name(fact->id), value);
	if (*fact->where) {
		text->tint = CPC_TINT_FAINT;
		cpc_text_wrapf(text, INDENT + 2, "(%s)", fact->where);
		text->tint = CPC_TINT_PLAIN;
	}
	cpc_text_newline(text);
}

static void put_details(struct cpc_text *text, const struct cpc_ready_view *view, enum cpc_ready_row_id id)
{
	const struct cpc_ready_row *row = &view->ready->rows[id];
	const struct cpc_demand asks = cpc_demand_of(view->ready->policy, id);
	const char *const elsewhere = cpc_demands_of(view->ready->policy)->shared_elsewhere;

	cpc_text_heading(text, "%s", cpc_ready_row_title(id));
	cpc_text_to(text, 2);
	if (asks.source)
		cpc_text_wrapf(text, INDENT, "asked (%s): %s", cpc_sureness_name(asks.sure), asks.source);
	else if (id == CPC_ROW_CAPACITY && view->ready->vms)
		cpc_text_wrap(text, INDENT, "asked: VMs were named (--vms)");
	else if (id == CPC_ROW_SHARED_STORAGE && elsewhere)
		cpc_text_wrapf(text, INDENT, "not asked: %s", elsewhere);
	else
		cpc_text_wrap(text, INDENT, "not asked: no source says that the platform wants it");
	cpc_text_newline(text);
	for (size_t i = 0; i < row->caution_count; i++) {
		if (i && row->cautions[i].source == row->cautions[i - 1].source)
			continue;
		cpc_text_to(text, 2);
		cpc_text_wrapf(text, INDENT, "beware: %s", row->cautions[i].source);
		cpc_text_newline(text);
	}
	for (size_t i = 0; i < row->fact_count; i++)
		put_evidence(text, view, &row->facts[i]);
}

static void put_table(struct cpc_text *text, const struct cpc_ready_view *view)
{
	text->tint = CPC_TINT_FAINT;
	cpc_text_puts(text, "Row");
	cpc_text_to(text, MINIMUM_COLUMN);
	cpc_text_puts(text, "Minimum");
	cpc_text_to(text, REALISTIC_COLUMN);
	cpc_text_puts(text, "Production");
	cpc_text_to(text, FOUND_COLUMN);
	cpc_text_puts(text, "Found");
	text->tint = CPC_TINT_PLAIN;
	cpc_text_newline(text);
	for (unsigned int id = 0; id < CPC_ROW_COUNT; id++)
		put_row(text, view, id);
}

enum cpc_status cpc_ready_text(const struct cpc_ready_view *view, const struct cpc_style *style, struct cpc_buffer *out,
			       struct cpc_error *reterr)
{
	struct cpc_text text = cpc_text_start(out, style);

	cpc_text_heading(
		&text, "%s%s", cpc_ready_end_words(view->ready->end),
		view->ready->end == CPC_READY && leans_on_assumptions(view->ready) ? ", if what is assumed holds" : "");
	for (size_t i = 0; i < view->count; i++)
		cpc_text_wrapf(&text, 2, "%s%s", view->hosts[i].name, i + 1 < view->count ? "," : "");
	cpc_text_wrapf(&text, 2, "under %s (%s)", view->ready->policy->name, view->ready->policy->title);
	cpc_text_newline(&text);
	put_assumed(&text, view->ready);
	cpc_text_newline(&text);
	put_table(&text, view);
	cpc_put_todo(&text, view, CPC_NOT_MET, "Not met:");
	cpc_put_todo(&text, view, CPC_CANNOT_SEE, "Cannot be seen from here:");
	cpc_put_cautions(&text, view);
	for (unsigned int id = 0; id < CPC_ROW_COUNT && style->verbose; id++) {
		cpc_text_newline(&text);
		put_details(&text, view, id);
	}
	return cpc_rendered(out, reterr);
}
