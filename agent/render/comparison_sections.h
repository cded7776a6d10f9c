/* SPDX-License-Identifier: MIT */
/*
 * One direction of a comparison, told to people. The baseline tells its costs the same way.
 */
#ifndef CPC_COMPARISON_SECTIONS_H
#define CPC_COMPARISON_SECTIONS_H

#include <cpucompat/compare.h>

#include "layout.h"

/** Who moves where. Borrows everything. */
struct cpc_move {
	const struct cpc_policy *policy;
	const char *source;
	const char *destination;
	const struct cpc_report *from;
	const struct cpc_report *to;
	const struct cpc_direction *direction;
};

/** The verdict in one clause: "needs processor compatibility mode". */
void cpc_put_verdict(struct cpc_text *text, int indent, const struct cpc_move *move);

/** Every finding, heaviest first, in groups with a heading sentence each. */
void cpc_put_findings(struct cpc_text *text, const struct cpc_move *move);

/** What compatibility mode costs, what to do, and what comes after. */
void cpc_put_remedies(struct cpc_text *text, const struct cpc_move *move);

/** A host's name at the start of a sentence: "The source" where it is called by its part. */
const char *cpc_begin_with(const char *host);

/** "40 features (ssse3 avx ...; --verbose lists all)" */
void cpc_put_names(struct cpc_text *text, int indent, const struct cpc_findings *findings, const char *end);

#endif
