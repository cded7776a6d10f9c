/* SPDX-License-Identifier: MIT */
/*
 * One direction of a comparison, told to people. The baseline tells its costs the same way.
 */
#ifndef CPC_COMPARISON_SECTIONS_H
#define CPC_COMPARISON_SECTIONS_H

#include <cpucompat/compare.h>

#include "describe.h"
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

/** Findings of one code and weight, which come in a row and are told under one sentence. */
struct cpc_finding_group {
	const struct cpc_finding *items;
	size_t count;
};
struct cpc_finding_group cpc_finding_group_from(const struct cpc_findings *findings, size_t first);

/** The sentence over a group, without a colon; of CPC_ABOUT_VENDOR it is all, with a full stop. */
void cpc_put_sentence(struct cpc_text *text, const struct cpc_move *move, const struct cpc_finding_group *group);

/** Room for both values of a finding. */
#define CPC_VALUES_SIZE (2 * CPC_LINE_SIZE + 16)

/** One finding as a row under its sentence; "" where there is nothing to say. */
struct cpc_told {
	char name[CPC_LINE_SIZE];
	char where[CPC_WHERE_SIZE];
	char values[CPC_VALUES_SIZE]; /**< of both sides, source first */
	const char *meaning;
	const char *sure; /**< how sure that is, where it is not */
};
void cpc_tell(const struct cpc_finding *finding, const struct cpc_move *move, struct cpc_told *ret_told);

/** Whether a finding is no row of its own: the upper half of an MSR whose lower half was not read either. */
bool cpc_finding_repeats(const struct cpc_findings *findings, const struct cpc_finding *finding);

/** A line that no manual tells what decides; nothing where one does. */
void cpc_put_caveat(struct cpc_text *text, const struct cpc_move *move);

/** Every finding, heaviest first, in groups with a heading sentence each. */
void cpc_put_findings(struct cpc_text *text, const struct cpc_move *move);

/** What compatibility mode costs, what to do, and what comes after. */
void cpc_put_remedies(struct cpc_text *text, const struct cpc_move *move);

/** A host's name at the start of a sentence: "The source" where it is called by its part. */
const char *cpc_begin_with(const char *host);

/** "40 features (ssse3 avx ...; --verbose lists all)" */
void cpc_put_names(struct cpc_text *text, int indent, const struct cpc_findings *findings, const char *end);

#endif
