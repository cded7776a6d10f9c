/* SPDX-License-Identifier: MIT */
/*
 * What every page begins and ends with.
 */
#ifndef CPC_PAGE_SHELL_H
#define CPC_PAGE_SHELL_H

#include <stdbool.h>

#include <cpucompat/buffer.h>

/** Begin a document, up to the opened body: its style and script are in it. `mailed` has no server that could send the
 * policy of its content with it, so it holds that itself. */
void cpc_page_begin(struct cpc_buffer *out, const char *title, bool mailed);

/** End it; with the script where there is something to run it for. */
void cpc_page_end(struct cpc_buffer *out, bool script);

/** A foreign text as content: escaped, with bytes that are no UTF-8 and controls as %XX. */
void cpc_page_text(struct cpc_buffer *out, const char *text);

/** The same of its first `length` bytes, after which no character goes on. */
void cpc_page_piece(struct cpc_buffer *out, const char *text, size_t length);

/** The same, kept apart from the direction of writing of what is around it. */
void cpc_page_name(struct cpc_buffer *out, const char *name);

#endif
