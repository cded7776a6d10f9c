/* SPDX-License-Identifier: MIT */
#include "catalogue_sections.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "escape.h"

/** Names of what decides that are shown of one row; JSON has them all. */
#define REASONS_SHOWN 8

/** Room for "255.255.15". */
#define SIGNATURE_SIZE 36

static void print_signature(const struct cpc_signature *signature, char ret_text[static SIGNATURE_SIZE])
{
	snprintf(ret_text, SIGNATURE_SIZE, "%" PRIu32 ".%" PRIu32 ".%" PRIu32, signature->family, signature->model,
		 signature->stepping);
}

static bool same_kind(const struct cpc_candidate *a, const struct cpc_candidate *b)
{
	return a->row->part == b->row->part && !strcmp(a->microarchitecture, b->microarchitecture) &&
	       !strcmp(a->signature.vendor, b->signature.vendor);
}

/** Those of one kind, which come in a row. */
static struct cpc_candidates kind_from(const struct cpc_candidates *list, size_t first)
{
	struct cpc_candidates kind = { .items = &list->items[first], .count = 1 };

	while (first + kind.count < list->count && same_kind(kind.items[0], kind.items[kind.count]))
		kind.count++;
	return kind;
}

/** Columns of a kind's rows. */
struct columns {
	int signature;
	int brand;
};

static struct columns measure(const struct cpc_candidates *kind)
{
	struct columns columns = { 0 };
	int widest = 0;

	for (size_t i = 0; i < kind->count; i++) {
		const int name = cpc_text_columns(kind->items[i]->row->name);
		char signature[SIGNATURE_SIZE];
		int width;

		print_signature(&kind->items[i]->signature, signature);
		width = cpc_text_columns(signature);
		columns.signature = name > columns.signature ? name : columns.signature;
		widest = width > widest ? width : widest;
	}
	columns.signature += 4 + 1 + 2;
	columns.brand = columns.signature + widest + 2;
	return columns;
}

static void put_reason(struct cpc_text *text, const struct cpc_finding *finding, const char *vendor, const char *end)
{
	const struct cpc_subject subject = cpc_subject_of(finding, vendor);
	const bool requirement = finding->about == CPC_ABOUT_REQUIREMENT;

	if (finding->about == CPC_ABOUT_SCALAR && !finding->a_unknown && !finding->b_unknown &&
	    cpc_scalars[finding->scalar].rule != CPC_SCALAR_LAYOUT)
		cpc_text_wrapf(text, 8, "%s (%" PRIu64 " against %" PRIu64 ")%s", subject.name, finding->a, finding->b,
			       end);
	else
		cpc_text_wrapf(text, 8, "%s%s%s", requirement ? "no " : "",
			       requirement ? subject.meaning : subject.name, end);
}

static void put_reasons(struct cpc_text *text, const struct cpc_answer *answer, const char *vendor, const char *what)
{
	const size_t count = answer->reasons.count;
	const size_t shown = count > REASONS_SHOWN ? REASONS_SHOWN : count;

	if (!count)
		return;
	cpc_text_wrap(text, 8, what);
	for (size_t i = 0; i < shown; i++)
		put_reason(text, &answer->reasons.items[i], vendor, i + 1 < count ? "," : "");
	if (count > shown)
		cpc_text_wrapf(text, 8, "and %zu more", count - shown);
	cpc_text_newline(text);
}

static void put_details(struct cpc_text *text, const struct cpc_candidate *candidate, enum cpc_row_details details)
{
	const bool both = candidate->accepts.standing && candidate->accepted_by.standing;
	const char *vendor = candidate->signature.vendor;

	switch (details) {
	case CPC_ROW_SOURCE:
		cpc_text_wrap(text, 8, candidate->row->source);
		cpc_text_newline(text);
		cpc_text_to(text, 8);
		cpc_text_puts(text, candidate->row->fingerprint);
		cpc_text_newline(text);
		break;
	case CPC_ROW_REASONS:
		put_reasons(text, &candidate->accepts, vendor, both ? "to it:" : "decided by");
		put_reasons(text, &candidate->accepted_by, vendor, both ? "from it:" : "decided by");
		break;
	case CPC_ROW_ALONE:
		break;
	}
}

static void put_row(struct cpc_text *text, const struct cpc_candidate *candidate, const struct columns *columns,
		    enum cpc_row_details details)
{
	const struct cpc_catalogue_row *row = candidate->row;
	char signature[SIGNATURE_SIZE];

	print_signature(&candidate->signature, signature);
	cpc_text_to(text, 4);
	cpc_text_puts(text, "@");
	cpc_text_puts(text, row->name);
	cpc_text_to(text, columns->signature);
	cpc_text_puts(text, signature);
	cpc_text_to(text, columns->brand);
	cpc_text_wrap(text, columns->brand, *row->brand ? row->brand : "(no brand)");
	cpc_text_newline(text);
	put_details(text, candidate, details);
}

static void put_kind(struct cpc_text *text, const struct cpc_candidates *kind, enum cpc_row_details details)
{
	const struct columns columns = measure(kind);
	char vendor[CPC_VENDOR_TEXT_SIZE];

	cpc_vendor_text(kind->items[0]->signature.vendor, vendor);
	text->tint = CPC_TINT_FAINT;
	cpc_text_to(text, 2);
	cpc_text_wrapf(text, 2, "%s, %s", kind->items[0]->microarchitecture, vendor);
	for (size_t i = 0; i < kind->count; i++) {
		if (*kind->items[i]->row->alias)
			cpc_text_wrapf(text, 4, "(@%s: @%s)", kind->items[i]->row->alias, kind->items[i]->row->name);
	}
	text->tint = CPC_TINT_PLAIN;
	cpc_text_newline(text);
	for (size_t i = 0; i < kind->count; i++)
		put_row(text, kind->items[i], &columns, details);
}

static size_t count_servers(const struct cpc_candidates *list)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		count += list->items[i]->row->part == CPC_PART_SERVER;
	return count;
}

void cpc_put_candidates(struct cpc_text *text, const struct cpc_candidates *list, enum cpc_row_details details)
{
	const size_t servers = count_servers(list);
	const bool both = servers && servers < list->count;

	for (size_t i = 0; i < list->count;) {
		const struct cpc_candidates kind = kind_from(list, i);

		if (both && i == 0)
			cpc_text_heading(text, "For servers: %zu", servers);
		if (both && i == servers)
			cpc_text_heading(text, "For desktops, laptops and devices: %zu", list->count - servers);
		put_kind(text, &kind, details);
		i += kind.count;
	}
}

void cpc_put_candidate_names(struct cpc_text *text, int indent, const struct cpc_candidates *list)
{
	cpc_text_to(text, indent);
	for (size_t i = 0; i < list->count; i++)
		cpc_text_wrapf(text, indent, "@%s", list->items[i]->row->name);
	cpc_text_newline(text);
}

/** What a finding of something unread is about: the word of a bit and not its name, so that bits of one word are one.
 */
static void print_gap(const struct cpc_finding *finding, char ret_gap[static CPC_LINE_SIZE])
{
	struct cpc_finding whole = *finding;
	struct cpc_subject subject;

	if (finding->about == CPC_ABOUT_BIT)
		whole.about = CPC_ABOUT_WORD;
	subject = cpc_subject_of(&whole, "");
	snprintf(ret_gap, CPC_LINE_SIZE, *subject.meaning ? "%s (%s)" : "%s",
		 *subject.where ? subject.where : subject.name, subject.meaning);
}

/** Add what one answer rests on and one side did not tell, each once. */
static void add_gaps(struct cpc_buffer *text, const struct cpc_answer *answer, bool of_source)
{
	for (size_t i = 0; i < answer->reasons.count; i++) {
		const struct cpc_finding *finding = &answer->reasons.items[i];
		char gap[CPC_LINE_SIZE];

		if (!(of_source ? finding->a_unknown : finding->b_unknown))
			continue;
		print_gap(finding, gap);
		if (!text->bytes || !strstr(text->bytes, gap))
			cpc_buffer_printf(text, "%s%s", text->length ? ", " : "", gap);
	}
}

/** One party's gaps, after those of others. */
static void add_party(struct cpc_buffer *text, const char *whose, struct cpc_buffer *gaps)
{
	if (gaps->length)
		cpc_buffer_printf(text, "%sof %s: %s", text->length ? "; " : "", whose, gaps->bytes);
	text->failed |= gaps->failed;
	cpc_buffer_free(gaps);
}

void cpc_print_gaps(const struct cpc_candidate *candidate, const char *accepts, const char *accepted_by,
		    struct cpc_buffer *ret_text)
{
	struct cpc_buffer processor = { 0 };
	struct cpc_buffer source = { 0 };
	struct cpc_buffer destination = { 0 };

	add_gaps(&processor, &candidate->accepts, false);
	add_gaps(&processor, &candidate->accepted_by, true);
	add_gaps(&source, &candidate->accepts, true);
	add_gaps(&destination, &candidate->accepted_by, false);
	add_party(ret_text, "the processor", &processor);
	add_party(ret_text, accepts, &source);
	add_party(ret_text, accepted_by, &destination);
	/* What only a newer agent understands is unread of nobody, and understood by neither. */
	if (!ret_text->length)
		cpc_buffer_puts(ret_text, "of both: values that only a newer version understands");
}
