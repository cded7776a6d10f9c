/* SPDX-License-Identifier: MIT */
/* The row of processors: what each must have, and how each pair goes together. */
#include "ready_inside.h"

#include <stdio.h>

static void say_status(struct cpc_judge *judge, enum cpc_ready_column column, enum cpc_requirement_status status,
		       const char *name)
{
	static const struct {
		enum cpc_ready_verdict verdict;
		enum cpc_ready_remedy remedy;
	} of[CPC_REQUIREMENT_STATUS_COUNT] = {
		[CPC_REQUIREMENT_UNKNOWN] = { CPC_CANNOT_SEE, CPC_REMEDY_READ_PROCESSOR },
		[CPC_PRESENT] = { CPC_MET, CPC_REMEDY_NONE },
		[CPC_ABSENT] = { CPC_NOT_MET, CPC_REMEDY_REPLACE_PROCESSOR },
		[CPC_DISABLED_BY_FIRMWARE] = { CPC_NOT_MET, CPC_REMEDY_SET_FIRMWARE },
		[CPC_HIDDEN_BY_HYPERVISOR] = { CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE },
	};

	(void)cpc_say(judge, column, of[status].verdict, of[status].remedy, name);
}

static void judge_requirement(struct cpc_judge *judge, const struct cpc_report *report, enum cpc_requirement_id id)
{
	const struct cpc_requirement *requirement = &report->requirements[id];
	const char *name = cpc_requirement_name(id, report->signature.vendor);

	cpc_note_text(judge, (enum cpc_ready_fact_id)id, cpc_requirement_status_name(requirement->status), name, NULL);
	cpc_found(judge);
	for (size_t i = 0; i < requirement->evidence_count; i++) {
		const struct cpc_evidence *evidence = &requirement->evidence[i];

		char where[CPC_READY_WHERE_SIZE];

		snprintf(where, sizeof(where), "%s%s", evidence->source == CPC_EVIDENCE_CPUINFO ? "/proc/cpuinfo " : "",
			 evidence->where);
		cpc_note_tristate(judge, CPC_FACT_BIT, evidence->value, evidence->name, where);
	}
	if (judge->policy->requires >> id & 1)
		say_status(judge, CPC_MINIMUM, requirement->status, name);
	else if (id == CPC_SLAT && judge->demands->processor_realistic)
		say_status(judge, CPC_REALISTIC, requirement->status, name);
}

static void judge_feature(struct cpc_judge *judge, const struct cpc_report *report, const struct cpc_feature *feature)
{
	const enum cpc_tristate value = cpc_fingerprint_bit(&report->fingerprint, feature->reg, feature->bit);
	char where[CPC_WHERE_SIZE];

	cpc_where(feature->reg, feature->bit, where);
	cpc_note_tristate(judge, CPC_FACT_REQUIRED, value, feature->name, where);
	if (value == CPC_CLEAR)
		(void)cpc_say(judge, CPC_MINIMUM, CPC_NOT_MET, CPC_REMEDY_REPLACE_PROCESSOR, feature->name);
	else if (value == CPC_UNKNOWN)
		(void)cpc_say(judge, CPC_MINIMUM, CPC_CANNOT_SEE, CPC_REMEDY_READ_PROCESSOR, feature->name);
}

void cpc_judge_processor(struct cpc_judge *judge, const struct cpc_ready_host *host)
{
	for (unsigned int id = 0; id < CPC_REQUIREMENT_COUNT; id++)
		judge_requirement(judge, host->report, id);
	for (size_t i = 0; i < judge->policy->required.count; i++)
		judge_feature(judge, host->report, &cpc_features[judge->policy->required.ids[i]]);
	/* All that is asked of one host was looked at. */
	(void)cpc_say(judge, CPC_MINIMUM, CPC_MET, CPC_REMEDY_NONE, NULL);
}

static void say_relation(struct cpc_judge *judge, enum cpc_relation relation, const char *pair)
{
	switch (relation) {
	case CPC_RELATION_SAME:
	case CPC_RELATION_BOTH_WAYS:
		(void)cpc_say(judge, CPC_REALISTIC, CPC_MET, CPC_REMEDY_NONE, NULL);
		break;
	case CPC_RELATION_ONE_WAY:
	case CPC_RELATION_COMPATIBILITY_MODE:
		/* It moves: enough for the minimum. */
		if (cpc_demanded(judge->demands, judge->id, CPC_REALISTIC))
			(void)cpc_say(judge, CPC_REALISTIC, CPC_NOT_MET, CPC_REMEDY_LEVEL, pair);
		break;
	case CPC_RELATION_IMPOSSIBLE:
		(void)cpc_say(judge, CPC_MINIMUM, CPC_NOT_MET, CPC_REMEDY_REPLACE_PROCESSOR, pair);
		break;
	case CPC_RELATION_UNKNOWN:
	case CPC_RELATION_COUNT:
		(void)cpc_say(judge, CPC_MINIMUM, CPC_CANNOT_SEE, CPC_REMEDY_READ_PROCESSOR, pair);
		break;
	}
}

static void judge_pair(struct cpc_judge *judge, size_t i, size_t j)
{
	const struct cpc_side a = cpc_side_of(judge->hosts[i].report);
	const struct cpc_side b = cpc_side_of(judge->hosts[j].report);
	struct cpc_comparison comparison;
	char pair[CPC_READY_WHERE_SIZE];

	snprintf(pair, sizeof(pair), "%.60s / %.60s", judge->hosts[i].name, judge->hosts[j].name);
	if (cpc_compare(&a, &b, judge->policy, &comparison, NULL)) {
		judge->starved = true;
	} else {
		cpc_note_text(judge, CPC_FACT_RELATION, cpc_relation_name(comparison.relation), pair, NULL);
		cpc_found(judge);
		say_relation(judge, comparison.relation, pair);
		if (comparison.relation != CPC_RELATION_SAME && comparison.relation != CPC_RELATION_BOTH_WAYS &&
		    !*judge->apart)
			snprintf(judge->apart, sizeof(judge->apart), "%s", pair);
	}
	cpc_comparison_free(&comparison);
}

void cpc_judge_pairs(struct cpc_judge *judge)
{
	for (size_t i = 0; i < judge->count; i++) {
		for (size_t j = i + 1; j < judge->count && !judge->starved; j++)
			judge_pair(judge, i, j);
	}
	/* Whether the others have the same processor. */
	if (judge->count < 2 && cpc_demanded(judge->demands, judge->id, CPC_REALISTIC))
		(void)cpc_say(judge, CPC_REALISTIC, CPC_CANNOT_SEE, CPC_REMEDY_GIVE_HOSTS, NULL);
}
