/* SPDX-License-Identifier: MIT */
/*
 * The buyer's question: which processors of the catalogue take the VMs of a host as
 * they are, and the VMs of which does a host take?
 */
#ifndef CPUCOMPAT_CANDIDATE_H
#define CPUCOMPAT_CANDIDATE_H

#include <cpucompat/catalogue.h>
#include <cpucompat/compare.h>

/** How a move stands, best first; of several moves the worst counts. */
enum cpc_standing {
	CPC_NOT_ASKED,
	CPC_MOVES,	 /**< as it is */
	CPC_MAY_MOVE,	 /**< nothing that is known stands in the way, and something that was not read might */
	CPC_NEEDS_PATCH, /**< only mitigations are in the way: equal microcode and firmware would do */
	CPC_NEEDS_MODE,	 /**< only in the policy's compatibility mode */
	CPC_MAY_NEED_IT, /**< not as it is; whether the mode would do depends on something that was not read */
	CPC_NEVER,
	CPC_STANDING_COUNT
};

/** One move, between a host and a processor. */
struct cpc_answer {
	enum cpc_standing standing; /**< CPC_NOT_ASKED: the rest is empty */
	enum cpc_verdict verdict;
	struct cpc_findings reasons; /**< what decides: refusals, or what was not read; none where it moves */
};

/** A row, and what was asked of it. Release with cpc_candidate_free(). */
struct cpc_candidate {
	const struct cpc_catalogue_row *row;
	struct cpc_signature signature;
	const char *microarchitecture;
	struct cpc_answer accepts;     /**< the VMs of a host move to it */
	struct cpc_answer accepted_by; /**< its VMs move to a host */
};

/** A row of which nothing was asked yet. Owns nothing. */
struct cpc_candidate cpc_candidate_of(const struct cpc_catalogue_row *row);

/**
 * Ask one row: whether the VMs of `accepts` move to it, and whether its VMs move to
 * `accepted_by`; a host that is NULL is not asked about. Asks once. CPC_INTERNAL without
 * memory, and the candidate is then as it was.
 */
enum cpc_status cpc_candidate_ask(struct cpc_candidate *candidate, const struct cpc_report *accepts,
				  const struct cpc_report *accepted_by, const struct cpc_policy *policy,
				  struct cpc_error *reterr);

/** Whether a finding of a direction is a reason for its verdict: a refusal, or something unread where that leaves it
 * open. */
bool cpc_finding_decides(const struct cpc_finding *finding, const struct cpc_policy *policy, enum cpc_verdict verdict);

/** The worse of both answers. */
enum cpc_standing cpc_candidate_standing(const struct cpc_candidate *candidate);

/** Whether a word is a part of its name, alias, brand, microarchitecture or vendor, case ignored. */
bool cpc_candidate_matches(const struct cpc_candidate *candidate, const char *word);

void cpc_candidate_free(struct cpc_candidate *candidate);

/** "moves", "may-move", "needs-patch", "needs-mode", "may-need-mode", "never"; "" where nothing was asked. */
const char *cpc_standing_name(enum cpc_standing standing);

#endif
