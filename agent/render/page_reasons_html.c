/* SPDX-License-Identifier: MIT */
/* A section for each reason. It names the pairs that have it, and only the one that a cell links to is shown. */
#include "page_fleet.h"

#include <stdlib.h>
#include <string.h>

#include "describe.h"
#include "page_shell.h"

/** Pairs that a section names. */
#define PAIRS_SHOWN 12

/** What sentences call the two sides of the pairs that a section is of. */
struct called {
	const char *source;
	const char *destination;
};

/** A reason's pairs. */
struct pairs {
	size_t count;
	size_t first; /**< as cells of the matrix */
};

/** The name for a mark, with a capital where it begins a sentence. */
static void put_called(struct cpc_buffer *out, const char *name, bool begins)
{
	if (begins && *name == 't')
		cpc_buffer_printf(out, "T%s", name + 1);
	else
		cpc_buffer_puts(out, name);
}

/** A sentence with names for its marks. */
static void put_sentence(struct cpc_buffer *out, const char *sentence, const struct called *called)
{
	for (const char *at = sentence; *at;) {
		const size_t plain = strcspn(at, CPC_SOURCE_MARK CPC_DESTINATION_MARK);

		cpc_page_piece(out, at, plain);
		at += plain;
		if (!*at)
			break;
		put_called(out, *at == *CPC_SOURCE_MARK ? called->source : called->destination, at == sentence);
		at++;
	}
}

static void put_row(struct cpc_buffer *out, const char *row, const struct called *called)
{
	const char *values = row + strlen(row) + 1;

	values += strlen(values) + 1;
	cpc_buffer_puts(out, "<code>");
	cpc_page_text(out, row);
	cpc_buffer_puts(out, "</code>");
	if (*values) {
		cpc_buffer_puts(out, "(");
		put_sentence(out, values, called);
		cpc_buffer_puts(out, ") ");
	}
	cpc_buffer_puts(out, " ");
}

static void put_group(struct cpc_buffer *out, const struct cpc_reasons *reasons, uint32_t number,
		      const struct called *called)
{
	size_t count;
	const uint32_t *numbers = cpc_reason_numbers(&reasons->groups, number, &count);

	cpc_buffer_puts(out, numbers[0] == CPC_NOTE ? "<p class=soft>" : "<p>");
	put_sentence(out, cpc_reason_text(&reasons->sentences, numbers[1]), called);
	cpc_buffer_puts(out, count > 2 ? ":</p>\n<p class=names>" : "");
	for (size_t i = 2; i < count; i++)
		put_row(out, cpc_reason_text(&reasons->rows, numbers[i]), called);
	cpc_buffer_puts(out, "</p>\n");
}

static void put_pair(struct cpc_buffer *out, size_t cell, size_t count)
{
	char source[CPC_CLASS_LETTERS_SIZE];
	char destination[CPC_CLASS_LETTERS_SIZE];

	cpc_class_letters(cell / count, source);
	cpc_class_letters(cell % count, destination);
	cpc_buffer_printf(out, "%s \xe2\x86\x92 %s", source, destination);
}

static void put_heading(struct cpc_buffer *out, const struct cpc_page_fleet *page, size_t number,
			const struct pairs *pairs)
{
	const size_t count = page->view->fleet->count;
	const uint32_t *why = page->own->why;
	size_t shown = 0;

	cpc_buffer_printf(out, "<section class=why id=r%zu tabindex=-1>\n<h3>", number);
	for (size_t cell = pairs->first; cell < count * count && shown < pairs->count && shown < PAIRS_SHOWN; cell++) {
		if (why[cell] != number)
			continue;
		cpc_buffer_puts(out, shown++ ? ", " : "");
		put_pair(out, cell, count);
	}
	if (shown < pairs->count)
		cpc_buffer_printf(out, " and %zu more", pairs->count - shown);
	cpc_buffer_puts(out, "</h3>\n");
}

static void put_reason(struct cpc_buffer *out, const struct cpc_page_fleet *page, uint32_t number,
		       const struct pairs *pairs)
{
	size_t count;
	const uint32_t *numbers = cpc_reason_numbers(&page->reasons.reasons, number, &count);
	struct called called = { "the source", "the destination" };
	char source[CPC_CLASS_LETTERS_SIZE];
	char destination[CPC_CLASS_LETTERS_SIZE];

	if (pairs->count == 1) {
		cpc_class_letters(pairs->first / page->view->fleet->count, source);
		cpc_class_letters(pairs->first % page->view->fleet->count, destination);
		called = (struct called){ source, destination };
	}
	put_heading(out, page, number, pairs);
	cpc_buffer_puts(out, "<p>");
	cpc_page_put_mark(out, numbers[0]);
	put_sentence(out, cpc_reason_text(&page->reasons.sentences, numbers[1]), &called);
	cpc_buffer_puts(out, "</p>\n");
	for (size_t i = 0; i < numbers[2]; i++)
		put_group(out, &page->reasons, numbers[3 + i], &called);
	for (size_t i = 3 + numbers[2]; i < count; i++) {
		cpc_buffer_puts(out, "<p>");
		put_sentence(out, cpc_reason_text(&page->reasons.sentences, numbers[i]), &called);
		cpc_buffer_puts(out, "</p>\n");
	}
	cpc_buffer_puts(out, "</section>\n");
}

void cpc_page_put_reasons(struct cpc_buffer *out, const struct cpc_page_fleet *page)
{
	const size_t cells = page->view->fleet->count * page->view->fleet->count;
	struct pairs *pairs;

	if (!page->own->why)
		return;
	pairs = calloc(page->reasons.reasons.count + 1, sizeof(*pairs));
	if (!pairs) {
		out->failed = true;
		return;
	}
	for (size_t cell = cells; cell-- > 0;)
		if (page->own->why[cell] != CPC_NO_REASON)
			pairs[page->own->why[cell]] =
				(struct pairs){ .count = pairs[page->own->why[cell]].count + 1, .first = cell };
	for (uint32_t i = 0; i < page->reasons.reasons.count; i++)
		if (pairs[i].count)
			put_reason(out, page, i, &pairs[i]);
	free(pairs);
}
