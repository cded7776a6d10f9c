/* SPDX-License-Identifier: MIT */
/*
 * The page's requirement table, in the words of `cpucompat ready`. What was found may hold anything that a file or a
 * device says: all of it is escaped.
 */
#include "page_sections.h"

#include <inttypes.h>

#include <cpucompat/ready.h>

#include "escape.h"
#include "page_shell.h"
#include "ready_sentences.h"

/** Evidence of a row that is shown: a host of many VMs has hundreds of ports. /v1/ready has the rest. */
#define EVIDENCE_SHOWN 48

static const char *verdict_class(enum cpc_ready_verdict verdict)
{
	switch (verdict) {
	case CPC_MET:
		return "good";
	case CPC_NOT_MET:
		return "bad";
	case CPC_CANNOT_SEE:
		break;
	}
	return "care";
}

/** A verdict with its column's name, which a narrow page shows in place of the table's head. */
static void add_verdict(struct cpc_buffer *out, const struct cpc_ready_row *row, enum cpc_ready_column column,
			const char *title)
{
	const enum cpc_ready_verdict verdict = row->verdicts[column];

	cpc_buffer_printf(out, "<td><span class=\"column\">%s: </span><span class=\"%s\">%s</span></td>", title,
			  row->asked[column] ? verdict_class(verdict) : "soft",
			  row->asked[column] ? cpc_ready_verdict_words(verdict) : "not asked");
}

static void add_found(struct cpc_buffer *out, const struct cpc_ready_row *row)
{
	char words[CPC_READY_WORDS_SIZE];
	const char *separator = "";

	for (size_t i = 0; i < row->fact_count; i++) {
		if (!row->facts[i].found)
			continue;
		cpc_fact_words(&row->facts[i], words);
		cpc_buffer_puts(out, separator);
		cpc_page_text(out, words);
		separator = ", ";
	}
}

static void add_fact(struct cpc_buffer *out, const struct cpc_ready_fact *fact)
{
	char words[CPC_READY_WORDS_SIZE];

	cpc_buffer_puts(out, "<li>");
	if (*fact->subject) {
		cpc_page_name(out, fact->subject);
		cpc_buffer_puts(out, " ");
	}
	cpc_add_html(out, cpc_ready_fact_name(fact->id));
	cpc_buffer_puts(out, " ");
	cpc_fact_value_words(fact, words);
	cpc_page_text(out, words);
	if (*fact->where) {
		cpc_buffer_puts(out, " <code class=\"soft\">");
		cpc_page_text(out, fact->where);
		cpc_buffer_puts(out, "</code>");
	}
	cpc_buffer_puts(out, "</li>\n");
}

/** Behind a summary: a reader of the verdicts need not see it, and it opens without a script. */
static void add_evidence(struct cpc_buffer *out, const struct cpc_ready_row *row)
{
	if (!row->fact_count)
		return;
	cpc_buffer_puts(out, "<details><summary>evidence</summary>\n<ul>\n");
	for (size_t i = 0; i < row->fact_count && i < EVIDENCE_SHOWN; i++)
		add_fact(out, &row->facts[i]);
	if (row->fact_count > EVIDENCE_SHOWN)
		cpc_buffer_printf(out, "<li>and %zu more in <a href=\"/v1/ready\">/v1/ready</a></li>\n",
				  row->fact_count - EVIDENCE_SHOWN);
	cpc_buffer_puts(out, "</ul></details>");
}

static void add_reason(struct cpc_buffer *out, enum cpc_ready_row_id id, const struct cpc_ready_row *row,
		       const struct cpc_ready_reason *reason)
{
	char words[CPC_READY_WORDS_SIZE];

	cpc_buffer_printf(out, "<li><span class=\"%s\">%s</span>", verdict_class(reason->verdict),
			  cpc_ready_verdict_words(reason->verdict));
	cpc_buffer_puts(out, reason->column == CPC_REALISTIC ? " in production" : "");
	cpc_subject_words(reason, words);
	if (*words) {
		cpc_buffer_puts(out, " (");
		cpc_page_name(out, words);
		cpc_buffer_puts(out, ")");
	}
	cpc_buffer_puts(out, ": ");
	cpc_count_words(id, row, reason, words);
	if (*words) {
		cpc_page_text(out, words);
		cpc_buffer_puts(out, ": ");
	}
	cpc_add_html(out, cpc_remedy_words(reason->remedy));
	cpc_buffer_puts(out, "</li>\n");
}

static void add_caution(struct cpc_buffer *out, const struct cpc_ready_caution *caution)
{
	cpc_buffer_puts(out, "<li><span class=\"care\">beware</span>");
	if (*caution->subject) {
		cpc_buffer_puts(out, " (");
		cpc_page_name(out, caution->subject);
		cpc_buffer_puts(out, ")");
	}
	cpc_buffer_puts(out, ": ");
	if (caution->have.known)
		cpc_buffer_printf(out, "%" PRIu64 " Mbit/s, at least %" PRIu64 ": ", caution->have.value,
				  caution->want.value);
	cpc_add_html(out, cpc_remedy_words(caution->remedy));
	cpc_buffer_puts(out, "</li>\n");
}

static void add_reasons(struct cpc_buffer *out, enum cpc_ready_row_id id, const struct cpc_ready_row *row)
{
	if (!row->reason_count && !row->caution_count)
		return;
	cpc_buffer_puts(out, "<ul>\n");
	for (size_t i = 0; i < row->reason_count && i < EVIDENCE_SHOWN; i++) {
		if (!cpc_ready_is_implied(row, &row->reasons[i]))
			add_reason(out, id, row, &row->reasons[i]);
	}
	for (size_t i = 0; i < row->caution_count && i < EVIDENCE_SHOWN; i++)
		add_caution(out, &row->cautions[i]);
	cpc_buffer_puts(out, "</ul>");
}

static void add_row(struct cpc_buffer *out, enum cpc_ready_row_id id, const struct cpc_ready_row *row)
{
	cpc_buffer_printf(out, "<tr id=\"row-%s\"><th scope=\"row\">%s</th>", cpc_ready_row_name(id),
			  cpc_ready_row_title(id));
	add_verdict(out, row, CPC_MINIMUM, "minimum");
	add_verdict(out, row, CPC_REALISTIC, "production");
	cpc_buffer_puts(out, "<td>");
	add_found(out, row);
	add_evidence(out, row);
	cpc_buffer_puts(out, "</td><td>");
	add_reasons(out, id, row);
	cpc_buffer_puts(out, "</td></tr>\n");
}

static const char *end_class(enum cpc_ready_end end)
{
	if (end == CPC_READY)
		return "good";
	return end == CPC_READY_NOT ? "bad" : "care";
}

void cpc_page_ready(struct cpc_buffer *out, const struct cpc_published *published)
{
	const struct cpc_ready *ready = published->ready;

	if (!ready)
		return;
	cpc_buffer_printf(out,
			  "<section>\n<h2>Requirements of a live migration</h2>\n<p>This host alone: <span "
			  "class=\"%s\">%s</span>.</p>\n"
			  "<p class=\"soft\">By the policy %s. ",
			  end_class(ready->end), cpc_ready_end_words(ready->end), ready->policy->name);
	cpc_buffer_puts(out, published->site ? "The agent reads files and asks nobody: <code>cpucompat ready</code> on "
					       "the host sees more.</p>\n"
					     : "Of what is served here the processor alone is known.</p>\n");
	cpc_buffer_puts(out,
			"<table class=\"ready\">\n<thead><tr><th scope=\"col\">Row</th><th scope=\"col\">Minimum</th>"
			"<th scope=\"col\">Production</th><th scope=\"col\">Found</th>"
			"<th scope=\"col\">What to do</th></tr></thead>\n<tbody>\n");
	for (unsigned int id = 0; id < CPC_ROW_COUNT; id++)
		add_row(out, id, &ready->rows[id]);
	cpc_buffer_puts(out, "</tbody></table>\n</section>\n");
}
