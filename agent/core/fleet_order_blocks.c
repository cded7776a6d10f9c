/* SPDX-License-Identifier: MIT */
/* VMs that have nowhere to go: which hosts come nearest, and what they lack. */
#include "fleet_order_blocks.h"

#include <stdlib.h>
#include <string.h>

#include <cpucompat/candidate.h>

#include "bits.h"

/** More than any fingerprint has bits. */
#define ANOTHER_VENDOR SIZE_MAX

/** Needed bits that a host lacks, and those that must be equal and are not. Only to tell who is nearer. */
static size_t count_obstacles(const struct cpc_class *from, const struct cpc_class *to, const struct cpc_lens *lens)
{
	const bool kvm = lens->policy->view == CPC_VIEW_KVM && from->kvm && to->kvm;
	const struct cpc_fingerprint *a = kvm ? from->kvm : &from->fingerprint;
	const struct cpc_fingerprint *b = kvm ? to->kvm : &to->fingerprint;
	size_t count = 0;

	if (memcmp(a->vendor, b->vendor, sizeof(a->vendor)) != 0)
		return ANOTHER_VENDOR;
	for (unsigned int i = 0; i < CPC_WORDS_MAX; i++) {
		count +=
			cpc_count_bits(a->words[i] & ~b->words[i] & ~b->unread[i] & lens->need[i] & ~lens->supplied[i]);
		count += cpc_count_bits((a->words[i] ^ b->words[i]) & ~b->unread[i] & ~a->unread[i] & lens->equal[i]);
	}
	return count;
}

/** Where something unread is all that stands in the way, only those hosts are of interest. */
static void find_nearest(const struct cpc_order_plan *plan, const size_t *leaving, struct cpc_order_block *block)
{
	const struct cpc_class *classes = plan->fleet->classes;
	struct cpc_lens lens;

	cpc_lens_of(plan->answers->policy, classes[block->class].fingerprint.vendor, false, &lens);
	for (size_t i = 0; i < plan->fleet->count; i++) {
		const enum cpc_verdict verdict = plan->answers->verdicts[block->class * plan->fleet->count + i];
		const bool open = verdict == CPC_VERDICT_UNKNOWN;
		size_t obstacles;

		if (!cpc_order_takers(plan, leaving, i, block->class))
			continue;
		if (!open && block->verdict == CPC_VERDICT_UNKNOWN)
			continue;
		obstacles = count_obstacles(&classes[block->class], &classes[i], &lens);
		if (block->nearest != CPC_NO_CLASS && (!open || block->verdict == CPC_VERDICT_UNKNOWN) &&
		    obstacles >= block->obstacles)
			continue;
		block->nearest = i;
		block->verdict = verdict;
		block->obstacles = obstacles;
	}
}

/** What is a reason for the verdict, to another host even where that is of the same class. */
static enum cpc_status find_reasons(const struct cpc_order_plan *plan, struct cpc_order_block *block,
				    struct cpc_error *reterr)
{
	const struct cpc_class *to = &plan->fleet->classes[block->nearest];
	const struct cpc_side from = cpc_class_side(&plan->fleet->classes[block->class]);
	struct cpc_side side = cpc_class_side(to);
	struct cpc_fingerprint fingerprint = to->fingerprint;
	struct cpc_comparison comparison;
	struct cpc_fingerprint kvm;
	enum cpc_status status;
	size_t kept = 0;

	side.fingerprint = &fingerprint;
	if (to->kvm) {
		kvm = *to->kvm;
		side.kvm = &kvm;
	}
	status = cpc_compare(&from, &side, plan->answers->policy, &comparison, reterr);
	if (!status) {
		struct cpc_findings *findings = &comparison.a_to_b.findings;

		for (size_t i = 0; i < findings->count; i++)
			if (cpc_finding_decides(&findings->items[i], plan->answers->policy, block->verdict))
				findings->items[kept++] = findings->items[i];
		findings->count = kept;
		block->reasons = *findings;
		*findings = (struct cpc_findings){ 0 };
	}
	cpc_comparison_free(&comparison);
	return status;
}

enum cpc_status cpc_order_explain(const struct cpc_order_plan *plan, const size_t *leaving, bool reasons,
				  struct cpc_order_block *block, struct cpc_error *reterr)
{
	block->nearest = CPC_NO_CLASS;
	block->verdict = CPC_IMPOSSIBLE;
	find_nearest(plan, leaving, block);
	if (!reasons || block->nearest == CPC_NO_CLASS)
		return CPC_OK;
	return find_reasons(plan, block, reterr);
}
