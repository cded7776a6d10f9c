/* SPDX-License-Identifier: MIT */
/*
 * CPUs of one host that differ: hybrid parts, sockets with different microcode. The
 * host's fingerprint is what all its kinds have; here is which of them costs what.
 */
#include "derive.h"

#include <stdlib.h>

#include "order.h"

static bool is_cost(const struct cpc_finding *finding)
{
	switch (finding->code) {
	case CPC_FINDING_MISSING:
	case CPC_FINDING_BLOCKED:
	case CPC_FINDING_HINT:
	case CPC_FINDING_SUPPLIED:
		return !finding->a_unknown && !finding->b_unknown && finding->a && !finding->b;
	case CPC_FINDING_ABOVE:
	case CPC_FINDING_UNEQUAL:
	case CPC_FINDING_LAYOUT:
		return true;
	default:
		return false;
	}
}

static bool is_known(const struct cpc_findings *costs, const struct cpc_finding *finding)
{
	for (size_t i = 0; i < costs->count; i++) {
		const struct cpc_finding *known = &costs->items[i];

		if (known->about == finding->about && known->word == finding->word && known->bit == finding->bit &&
		    known->scalar == finding->scalar && known->component == finding->component)
			return true;
	}
	return false;
}

/* What `other` has beyond `kind`, without what is known already. */
static bool add_costs(const struct cpc_fingerprint *other, const struct cpc_fingerprint *kind,
		      const struct cpc_lens *lens, struct cpc_findings *costs)
{
	struct cpc_findings found = { 0 };
	struct cpc_tally tally = { .findings = &found };
	struct cpc_tally keep = { .findings = costs };

	cpc_order(other, kind, lens, &tally);
	for (size_t i = 0; i < found.count; i++)
		if (is_cost(&found.items[i]) && !is_known(costs, &found.items[i]))
			cpc_tally_add(&keep, &found.items[i]);
	free(found.items);
	return !tally.failed && !keep.failed;
}

enum cpc_status cpc_kind_costs(const struct cpc_capture *capture, size_t kind, struct cpc_findings *ret_costs,
			       struct cpc_error *reterr)
{
	struct cpc_findings costs = { 0 };
	struct cpc_fingerprint mine;
	struct cpc_lens lens;
	bool good = true;

	if (capture->kind_count < 2) {
		*ret_costs = costs;
		return CPC_OK;
	}
	cpc_fingerprint_of(&capture->kinds[kind].snapshot, &mine);
	/* The policy that compares everything, as a guest would that was given all of it. */
	cpc_lens_of(cpc_policy_named(CPC_POLICY_DEFAULT), mine.vendor, true, &lens);
	for (size_t i = 0; i < capture->kind_count && good; i++) {
		struct cpc_fingerprint other;

		if (i == kind)
			continue;
		cpc_fingerprint_of(&capture->kinds[i].snapshot, &other);
		good = add_costs(&other, &mine, &lens, &costs);
	}
	if (!good) {
		free(costs.items);
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	}
	*ret_costs = costs;
	return CPC_OK;
}
