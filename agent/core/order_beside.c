/* SPDX-License-Identifier: MIT */
/* The numbers that are compared beside the fingerprint's text, where both reports have them. */
#include "order.h"

/* Frequencies this close are one: what NTP corrects, and KVM and Xen tolerate. */
#define PARTS_PER_MILLION 250

/* Both values known: is there something to warn of? */
static bool worth_a_warning(enum cpc_scalar_rule rule, uint64_t a, uint64_t b)
{
	const uint64_t apart = a > b ? a - b : b - a;

	switch (rule) {
	case CPC_SCALAR_WARN_ABOVE:
		return a > b;
	case CPC_SCALAR_WARN_UNEQUAL:
		return a && a != b;
	case CPC_SCALAR_WARN_SUBSET:
		return (a & ~b) != 0;
	case CPC_SCALAR_WARN_FAR:
		return apart > a / 1000000 * PARTS_PER_MILLION;
	default:
		return false;
	}
}

/* The numbers are measured, or belong to the platform, and so never decide. */
static void order_number(const struct cpc_report *source, const struct cpc_report *destination, enum cpc_scalar_id id,
			 struct cpc_tally *tally)
{
	const enum cpc_scalar_rule rule = cpc_scalars[id].rule;
	const struct cpc_number a = cpc_report_scalar(source, id);
	const struct cpc_number b = cpc_report_scalar(destination, id);
	const struct cpc_finding finding = {
		.code = rule == CPC_SCALAR_WARN_ABOVE ? CPC_FINDING_ABOVE : CPC_FINDING_UNEQUAL,
		.weight = CPC_WARNING,
		.about = CPC_ABOUT_SCALAR,
		.scalar = (uint8_t)id,
		.a = a.value,
		.b = b.value,
	};

	if (a.unknown || b.unknown || !worth_a_warning(rule, a.value, b.value))
		return;
	/* A destination that scales runs the guest's TSC at the guest's frequency. */
	if (rule == CPC_SCALAR_WARN_FAR && cpc_report_scalar(destination, CPC_S_tsc_scaling).value == 1)
		return;
	cpc_tally_add(tally, &finding);
}

void cpc_order_beside(const struct cpc_report *source, const struct cpc_report *destination,
		      const struct cpc_policy *policy, struct cpc_tally *tally)
{
	if (!source || !destination || source == destination)
		return;
	for (unsigned int id = 0; id < CPC_SCALAR_COUNT; id++)
		if (cpc_scalar_beside_text((enum cpc_scalar_id)id) && policy->scalars[id])
			order_number(source, destination, (enum cpc_scalar_id)id, tally);
}
