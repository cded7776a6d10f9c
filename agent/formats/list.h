/* SPDX-License-Identifier: MIT */
/*
 * A list of fingerprints, for those who read it line by line and keep none of it. cpc_lines_next() walks it.
 */
#ifndef CPC_LIST_H
#define CPC_LIST_H

#include "lines.h"
#include "span.h"

/** One host of a list: `[NAME] FINGERPRINT`. Nothing is copied. */
struct cpc_listed {
	struct cpc_span name; /**< empty where the line has none */
	struct cpc_span text; /**< not yet parsed: what is no fingerprint is for cpc_fingerprint_parse() to say */
	size_t line;
};

/** Whether the first bytes of an input look like a list. Looks at no more than the first 64 KiB. */
bool cpc_fingerprints_recognise(const char *bytes, size_t length);

/** What a line holds; false for a blank one and for a comment. */
bool cpc_listed_of(const struct cpc_line *line, struct cpc_listed *ret_listed);

#endif
