/* SPDX-License-Identifier: MIT */
#include <cpucompat/candidate.h>

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

struct cpc_candidate cpc_candidate_of(const struct cpc_catalogue_row *row)
{
	struct cpc_candidate candidate = { .row = row, .signature = cpc_catalogue_signature(row) };

	candidate.microarchitecture = cpc_microarchitecture(&candidate.signature);
	return candidate;
}

/* What was not read on one side and could change the answer; where the policy ignores a number, it could not. */
static bool is_gap(const struct cpc_finding *finding, const struct cpc_policy *policy)
{
	if (finding->code == CPC_FINDING_FOREIGN)
		return true;
	if (finding->code != CPC_FINDING_UNREAD || finding->weight == CPC_NOTE)
		return false;
	return finding->about != CPC_ABOUT_SCALAR || policy->scalars[finding->scalar] == CPC_SCALAR_REFUSES;
}

bool cpc_finding_decides(const struct cpc_finding *finding, const struct cpc_policy *policy, enum cpc_verdict verdict)
{
	if (cpc_verdict_moves(verdict))
		return false;
	if (finding->weight == CPC_REFUSAL)
		return true;
	return verdict == CPC_VERDICT_UNKNOWN && is_gap(finding, policy);
}

/* Every refusal, and whatever might be one, is about a mitigation: the silicon is not what is in the way. */
static bool only_mitigations(const struct cpc_direction *direction, const struct cpc_policy *policy)
{
	if (!direction->only_mitigations)
		return false;
	for (size_t i = 0; i < direction->findings.count; i++) {
		const struct cpc_finding *finding = &direction->findings.items[i];

		if (is_gap(finding, policy) && !finding->mitigation)
			return false;
	}
	return true;
}

static enum cpc_standing standing_of(const struct cpc_direction *direction, const struct cpc_policy *policy,
				     bool refused)
{
	if (cpc_verdict_moves(direction->verdict))
		return CPC_MOVES;
	if (only_mitigations(direction, policy))
		return CPC_NEEDS_PATCH;
	switch (direction->verdict) {
	case CPC_COMPATIBILITY_MODE:
		return CPC_NEEDS_MODE;
	case CPC_VERDICT_UNKNOWN:
		return refused ? CPC_MAY_NEED_IT : CPC_MAY_MOVE;
	default:
		return CPC_NEVER;
	}
}

/* Takes the findings of the direction over. */
static struct cpc_answer answer_of(struct cpc_direction *direction, const struct cpc_policy *policy)
{
	struct cpc_findings *findings = &direction->findings;
	struct cpc_answer answer = { .verdict = direction->verdict };
	const bool refused = findings->count && findings->items[0].weight == CPC_REFUSAL;
	size_t kept = 0;

	answer.standing = standing_of(direction, policy, refused);
	for (size_t i = 0; i < findings->count; i++) {
		if (cpc_finding_decides(&findings->items[i], policy, answer.verdict))
			findings->items[kept++] = findings->items[i];
	}
	answer.reasons = *findings;
	answer.reasons.count = kept;
	*findings = (struct cpc_findings){ 0 };
	return answer;
}

static enum cpc_status ask(const struct cpc_report *source, const struct cpc_report *destination,
			   const struct cpc_policy *policy, struct cpc_answer *ret_answer, struct cpc_error *reterr)
{
	const struct cpc_side from = cpc_side_of(source);
	const struct cpc_side to = cpc_side_of(destination);
	struct cpc_comparison comparison = { 0 };
	const enum cpc_status status = cpc_compare(&from, &to, policy, &comparison, reterr);

	if (!status)
		*ret_answer = answer_of(&comparison.a_to_b, policy);
	cpc_comparison_free(&comparison);
	return status;
}

enum cpc_status cpc_candidate_ask(struct cpc_candidate *candidate, const struct cpc_report *accepts,
				  const struct cpc_report *accepted_by, const struct cpc_policy *policy,
				  struct cpc_error *reterr)
{
	struct cpc_candidate asked = *candidate;
	struct cpc_capture capture = { 0 };
	enum cpc_status status = cpc_catalogue_capture(candidate->row, &capture, reterr);
	struct cpc_report report;

	if (status)
		return status;
	cpc_report_of(&capture, &report);
	if (accepts)
		status = ask(accepts, &report, policy, &asked.accepts, reterr);
	if (!status && accepted_by)
		status = ask(&report, accepted_by, policy, &asked.accepted_by, reterr);
	if (status)
		cpc_candidate_free(&asked);
	else
		*candidate = asked;
	cpc_capture_free(&capture);
	return status;
}

enum cpc_standing cpc_candidate_standing(const struct cpc_candidate *candidate)
{
	const enum cpc_standing accepts = candidate->accepts.standing;
	const enum cpc_standing accepted_by = candidate->accepted_by.standing;

	return accepts > accepted_by ? accepts : accepted_by;
}

static bool holds(const char *text, const char *word)
{
	for (; *text; text++) {
		size_t i = 0;

		while (word[i] && tolower((unsigned char)text[i]) == tolower((unsigned char)word[i]))
			i++;
		if (!word[i])
			return true;
	}
	return !*word;
}

bool cpc_candidate_matches(const struct cpc_candidate *candidate, const char *word)
{
	return holds(candidate->row->name, word) || holds(candidate->row->alias, word) ||
	       holds(candidate->row->brand, word) || holds(candidate->microarchitecture, word) ||
	       holds(candidate->signature.vendor, word);
}

void cpc_candidate_free(struct cpc_candidate *candidate)
{
	if (!candidate)
		return;
	free(candidate->accepts.reasons.items);
	free(candidate->accepted_by.reasons.items);
	candidate->accepts = (struct cpc_answer){ 0 };
	candidate->accepted_by = (struct cpc_answer){ 0 };
}

const char *cpc_standing_name(enum cpc_standing standing)
{
	static const char *const names[CPC_STANDING_COUNT] = {
		[CPC_NOT_ASKED] = "",
		[CPC_MOVES] = "moves",
		[CPC_MAY_MOVE] = "may-move",
		[CPC_NEEDS_PATCH] = "needs-patch",
		[CPC_NEEDS_MODE] = "needs-mode",
		[CPC_MAY_NEED_IT] = "may-need-mode",
		[CPC_NEVER] = "never",
	};

	return names[standing];
}
