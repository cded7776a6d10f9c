/* SPDX-License-Identifier: MIT */
#ifndef CPC_TEXT_H
#define CPC_TEXT_H

#include <stddef.h>

/**
 * Copy valid UTF-8 into a field of `size` bytes, without control characters
 * (C0, DEL and C1: what a terminal would obey) and cut at a character boundary.
 */
void cpc_text_copy(char *ret_text, size_t size, const char *utf8);

/** Bytes of the mark that Windows' programs leave at the start of UTF-8: 3, or 0 where there is none. */
size_t cpc_text_mark(const char *bytes, size_t length);

/** Room for a piece of foreign text within an error. */
#define CPC_QUOTE_SIZE 48

/** The beginning of any bytes, fit for an error: printable ASCII, `?` for everything else, `...` where cut. */
void cpc_text_quote(char ret_quote[static CPC_QUOTE_SIZE], const char *bytes, size_t length);

/** A text with `?` for everything but printable ASCII, cut to fit into `size` bytes. */
void cpc_text_printable(char *ret_text, size_t size, const char *text);

#endif
