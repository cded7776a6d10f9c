/* SPDX-License-Identifier: MIT */
/*
 * Words on lines: wrapping, columns and colours for text that people read.
 */
#ifndef CPC_LAYOUT_H
#define CPC_LAYOUT_H

#include <stdbool.h>
#include <stddef.h>

#include <cpucompat/buffer.h>

#include "render.h"

/** What a piece of text means, and so its colour. */
enum cpc_tint { CPC_TINT_PLAIN, CPC_TINT_STRONG, CPC_TINT_GOOD, CPC_TINT_CARE, CPC_TINT_BAD, CPC_TINT_FAINT };

/** A place in a text that is being laid out. Columns count from 0. */
struct cpc_text {
	struct cpc_buffer *out;
	const struct cpc_style *style;
	int column;
	int pending;	     /**< blanks that are owed: written before the next text, never at the end of a line */
	bool touching;	     /**< the last thing written was text, so that a word needs a blank before it */
	enum cpc_tint tint;  /**< of the words that follow */
	enum cpc_tint shown; /**< what the terminal was last told */
};

/** Start at column 0 of `out`, which is borrowed. */
struct cpc_text cpc_text_start(struct cpc_buffer *out, const struct cpc_style *style);

/** Append as it stands; never breaks a line. `string` has no newline. */
void cpc_text_puts(struct cpc_text *text, const char *string);

/** Append blanks up to `column`; two of them where the text is already there. */
void cpc_text_to(struct cpc_text *text, int column);

void cpc_text_newline(struct cpc_text *text);

/**
 * Append one word after a blank, on a new line indented by `indent` where it does not
 * fit. A word that is longer than a line is not cut.
 */
void cpc_text_word(struct cpc_text *text, int indent, const char *word);

/** The same with each of the words of a sentence. */
void cpc_text_wrap(struct cpc_text *text, int indent, const char *sentence);

/** Format, and wrap what came out. */
#if defined(__GNUC__)
__attribute__((format(printf, 3, 4)))
#endif
void cpc_text_wrapf(struct cpc_text *text, int indent, const char *format, ...);

/** A line of its own in the heading's tint. */
#if defined(__GNUC__)
__attribute__((format(printf, 2, 3)))
#endif
void cpc_text_heading(struct cpc_text *text, const char *format, ...);

/** Columns that a UTF-8 text takes: one a character. */
int cpc_text_columns(const char *string);

#endif
