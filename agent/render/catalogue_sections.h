/* SPDX-License-Identifier: MIT */
/*
 * Rows of the catalogue on lines, under their kinds, and what decides about each.
 */
#ifndef CPC_CATALOGUE_SECTIONS_H
#define CPC_CATALOGUE_SECTIONS_H

#include <cpucompat/candidate.h>

#include "layout.h"

/** Some of a view's candidates, in its order. The array is its owner's. */
struct cpc_candidates {
	const struct cpc_candidate **items;
	size_t count;
};

/** What is told of a row beside its name, signature and brand. */
enum cpc_row_details {
	CPC_ROW_ALONE,
	CPC_ROW_SOURCE,	 /**< where the figures come from, and the fingerprint */
	CPC_ROW_REASONS, /**< what decides */
};

/** A list: a heading for each kind, and one for each part where there are both. */
void cpc_put_candidates(struct cpc_text *text, const struct cpc_candidates *list, enum cpc_row_details details);

/** Names alone, in a run of lines indented by `indent`. */
void cpc_put_candidate_names(struct cpc_text *text, int indent, const struct cpc_candidates *list);

/** What was not read and could change an answer, by whose it is: "of the processor: msr.10a (...); of web03: d.2-3f".
 */
void cpc_print_gaps(const struct cpc_candidate *candidate, const char *accepts, const char *accepted_by,
		    struct cpc_buffer *ret_text);

#endif
