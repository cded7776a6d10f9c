/* SPDX-License-Identifier: MIT */
/*
 * Part of a text that somebody else wrote, and lists of words within it. Nothing is
 * copied, and nothing needs a NUL at the end. Blanks are those of cpc_is_blank().
 */
#ifndef CPC_SPAN_H
#define CPC_SPAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cpucompat/fingerprint.h>

/** `text` may be NULL where `length` is 0. */
struct cpc_span {
	const char *text;
	size_t length;
};

bool cpc_span_equals(struct cpc_span span, const char *text);
bool cpc_spans_same(struct cpc_span a, struct cpc_span b);

/** Without blanks at both ends. */
struct cpc_span cpc_span_trim(struct cpc_span span);

/** The next word of a list, taken from it; empty at the end. */
struct cpc_span cpc_span_next_word(struct cpc_span *list);

/** Whether a list has that word. */
bool cpc_span_has_word(struct cpc_span list, const char *word);

/** A decimal number at the start; unknown where there is none, or one above `max`. */
struct cpc_number cpc_span_number(struct cpc_span span, uint32_t max);

/** Copy as printable ASCII, `?` for everything else, cut to fit. */
void cpc_span_copy(char *ret_text, size_t size, struct cpc_span span);

#endif
