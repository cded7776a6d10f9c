/* SPDX-License-Identifier: MIT */
/*
 * Verdicts. Decided in this order, first match wins: the destination cannot host
 * at all; the vendors differ; everything compared is equal; the source is below the
 * destination; the source, masked by the policy's compatibility mode, is below the
 * destination; otherwise impossible. `unknown` takes the place of the last four
 * where an unread value could change the answer.
 */
#include <cpucompat/compare.h>

#include <stdlib.h>
#include <string.h>

#include <cpucompat/baseline.h>

#include "order.h"

/* What of both sides is compared. */
struct views {
	const struct cpc_fingerprint *from;
	const struct cpc_fingerprint *to;
	bool guest;   /* the source is the guest itself, and `from` what it was given */
	bool offered; /* `to` is the platform's own view, with what it supplies in it */
	bool fallback;
};

/*
 * The policy's own view where both sides have it. A guest that tells of itself is what
 * moves, so its CPUID is exactly what it was given, whatever the destination is seen by.
 * Only between two guests that both offer guests something is each taken for the host that
 * it is in its turn; and a dump out of a guest is not known to be of one that moves.
 */
static struct views views_of(const struct cpc_side *source, const struct cpc_side *destination,
			     const struct cpc_policy *policy)
{
	const bool kvm = policy->view == CPC_VIEW_KVM;
	const bool hosts = source->kvm && (source->vantage != CPC_GUEST || destination->vantage == CPC_GUEST);
	struct views views = { .from = source->fingerprint,
			       .to = destination->fingerprint,
			       .guest = source->vantage == CPC_GUEST };

	if (kvm && destination->kvm && (hosts || (views.guest && !source->dumped))) {
		views.to = destination->kvm;
		views.from = hosts ? source->kvm : source->fingerprint;
		views.guest = !hosts;
		views.offered = true;
	} else {
		views.fallback = kvm;
	}
	return views;
}

static void order_views(const struct views *views, const struct cpc_lens *lens, struct cpc_tally *tally)
{
	if (views->offered)
		cpc_order_offered(views->from, views->to, lens, tally);
	else
		cpc_order(views->from, views->to, lens, tally);
}

static bool lacks(const struct cpc_side *side, const struct cpc_policy *policy, unsigned int requirement)
{
	const enum cpc_requirement_status status = side->requirements[requirement];

	return (status == CPC_ABSENT || status == CPC_DISABLED_BY_FIRMWARE) && policy->requires >> requirement & 1U;
}

bool cpc_cannot_host(const struct cpc_side *side, const struct cpc_policy *policy)
{
	for (unsigned int i = 0; i < CPC_REQUIREMENT_COUNT; i++)
		if (lacks(side, policy, i))
			return true;
	return false;
}

static void refuse_host(struct cpc_tally *tally, unsigned int requirement, enum cpc_requirement_status source,
			enum cpc_requirement_status destination)
{
	const struct cpc_finding finding = {
		.code = CPC_FINDING_CANNOT_HOST,
		.weight = CPC_REFUSAL,
		.about = CPC_ABOUT_REQUIREMENT,
		.requirement = (uint8_t)requirement,
		.a = source,
		.b = destination,
	};

	tally->rigid = true;
	tally->refused = true;
	cpc_tally_add(tally, &finding);
}

/* The vendors differ, or a requirement is known to be missing: nothing else matters. */
static bool order_hosts(const struct cpc_side *source, const struct cpc_side *destination, const struct cpc_lens *lens,
			struct cpc_tally *tally)
{
	for (unsigned int i = 0; i < CPC_REQUIREMENT_COUNT; i++)
		if (lacks(destination, lens->policy, i))
			refuse_host(tally, i, source->requirements[i], destination->requirements[i]);
	if (memcmp(source->fingerprint->vendor, destination->fingerprint->vendor, CPC_VENDOR_SIZE) != 0) {
		const struct cpc_finding finding = { .code = CPC_FINDING_VENDOR,
						     .weight = CPC_REFUSAL,
						     .about = CPC_ABOUT_VENDOR };

		tally->rigid = true;
		tally->refused = true;
		cpc_tally_add(tally, &finding);
		return false;
	}
	return true;
}

enum mode_answer { MODE_NOT_ASKED, MODE_FAILS, MODE_WORKS, MODE_UNSURE };

static enum mode_answer answer_of(const struct cpc_tally *tally)
{
	if (tally->refused)
		return MODE_FAILS;
	return tally->unsure ? MODE_UNSURE : MODE_WORKS;
}

/* A fixed list of what the guest sees: the same question, asked of the kept bits alone. */
static enum mode_answer ask_keep(const struct cpc_fingerprint *source, const struct cpc_fingerprint *destination,
				 const struct cpc_lens *lens)
{
	struct cpc_tally tally = { 0 };

	cpc_order_kept(source, destination, lens, &tally);
	return answer_of(&tally);
}

/*
 * The meet of both hosts is below the destination by what a meet is, so nothing need
 * be built to know that it works. What is left is whether there is one: a number that
 * must be equal and that no guest can be made without, or that was not read; what the
 * policy demands of every host; and components that both have, whose place is unknown.
 */
static enum mode_answer ask_meet(const struct cpc_fingerprint *source, const struct cpc_fingerprint *destination,
				 const struct cpc_lens *lens)
{
	const struct cpc_policy *policy = lens->policy;
	bool unsure = policy->considers == CPC_CONSIDERS_ALL && strcmp(source->foreign, destination->foreign) != 0;

	for (unsigned int i = 0; i < lens->rigid_count && !unsure; i++) {
		const unsigned int id = lens->rigid[i];
		const struct cpc_number a = source->scalars[id];
		const struct cpc_number b = destination->scalars[id];

		if (!a.unknown && !b.unknown && a.value && b.value && a.value != b.value)
			return MODE_FAILS;
		unsure |= a.unknown || b.unknown;
	}
	for (unsigned int i = 0; i < destination->word_count && policy->required.count; i++)
		unsure |= (lens->required[i] & destination->unread[i]) != 0;
	unsure |= policy->scalars[CPC_S_xs] == CPC_SCALAR_REFUSES && cpc_order_unplaced(source, destination, lens);
	return unsure ? MODE_UNSURE : MODE_WORKS;
}

/* Would the source, masked by the policy's compatibility mode, be below the destination? */
static enum mode_answer ask_mode(const struct cpc_fingerprint *source, const struct cpc_fingerprint *destination,
				 const struct cpc_lens *lens)
{
	switch (lens->policy->mode) {
	case CPC_MODE_KEEP:
		return ask_keep(source, destination, lens);
	case CPC_MODE_MEET:
		return ask_meet(source, destination, lens);
	case CPC_MODE_NONE:
		break;
	}
	return MODE_FAILS;
}

/* The meet of what the policy looks at: what it does not weigh is no reason for there being none. */
static void meet_of(const struct cpc_fingerprint *source, const struct cpc_fingerprint *destination,
		    const struct cpc_lens *lens, struct cpc_fingerprint *ret_meet)
{
	struct cpc_fingerprint like = *destination;

	memcpy(like.foreign, source->foreign, sizeof(like.foreign));
	for (unsigned int i = 0; i < CPC_SCALAR_COUNT; i++)
		if (lens->policy->scalars[i] != CPC_SCALAR_REFUSES)
			like.scalars[i] = source->scalars[i];
	(void)cpc_meet_under(lens, source, &like, ret_meet, NULL);
}

/* What the guest sees of the source in the mode, which works. */
static void mask_source(const struct cpc_fingerprint *source, const struct cpc_fingerprint *destination,
			const struct cpc_lens *lens, struct cpc_fingerprint *ret_masked)
{
	*ret_masked = *source;
	if (lens->policy->mode == CPC_MODE_MEET)
		meet_of(source, destination, lens, ret_masked);
	for (unsigned int i = 0; i < CPC_WORDS_MAX; i++) {
		const uint32_t compared = lens->need[i] | lens->equal[i] | lens->block[i];

		ret_masked->words[i] &=
			~(lens->policy->mode == CPC_MODE_KEEP ? compared & ~lens->keep[i] : lens->block[i]);
	}
}

/* From what the walk found to the verdict; asks the mode where it comes to that. */
static enum cpc_verdict decide(const struct views *views, const struct cpc_lens *lens, const struct cpc_tally *tally,
			       enum mode_answer *ret_mode)
{
	if (tally->rigid)
		return CPC_IMPOSSIBLE;
	if (!tally->differs)
		return CPC_SAME;
	if (!tally->refused)
		return tally->unsure ? CPC_VERDICT_UNKNOWN : CPC_MIGRATABLE;
	/* Between equals a BLOCK bit warns, and whether these are equal was not read. */
	if (!tally->apart)
		return CPC_VERDICT_UNKNOWN;
	*ret_mode = ask_mode(views->from, views->to, lens);
	if (*ret_mode == MODE_WORKS)
		return CPC_COMPATIBILITY_MODE;
	return *ret_mode == MODE_UNSURE ? CPC_VERDICT_UNKNOWN : CPC_IMPOSSIBLE;
}

bool cpc_moves_itself(const struct cpc_side *source, const struct cpc_side *destination,
		      const struct cpc_policy *policy)
{
	return views_of(source, destination, policy).guest;
}

enum cpc_verdict cpc_verdict_of(const struct cpc_side *source, const struct cpc_side *destination,
				const struct cpc_lens *lens)
{
	const struct views views = views_of(source, destination, lens->policy);
	enum mode_answer mode = MODE_NOT_ASKED;
	struct cpc_tally tally = { 0 };

	if (order_hosts(source, destination, lens, &tally))
		order_views(&views, lens, &tally);
	return decide(&views, lens, &tally, &mode);
}

static int compare_weights(const void *left, const void *right)
{
	const struct cpc_finding *a = left;
	const struct cpc_finding *b = right;

	if (a->weight != b->weight)
		return a->weight > b->weight ? -1 : 1;
	if (a->code != b->code)
		return a->code < b->code ? -1 : 1;
	if (a->word != b->word)
		return a->word < b->word ? -1 : 1;
	if (a->bit != b->bit)
		return a->bit < b->bit ? -1 : 1;
	if (a->component != b->component)
		return a->component < b->component ? -1 : 1;
	if (a->requirement != b->requirement)
		return a->requirement < b->requirement ? -1 : 1;
	return (a->scalar > b->scalar) - (a->scalar < b->scalar);
}

/* Between hosts that are alike, or may be, a BLOCK bit is what some platform may refuse, and no difference: it warns.
 */
static void soften(struct cpc_findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->items[i].weight == CPC_REFUSAL)
			findings->items[i].weight = CPC_WARNING;
}

static bool only_mitigations(const struct cpc_findings *findings)
{
	size_t refusals = 0;

	for (size_t i = 0; i < findings->count && findings->items[i].weight == CPC_REFUSAL; i++) {
		if (!findings->items[i].mitigation)
			return false;
		refusals++;
	}
	return refusals > 0;
}

/* The bits of the policy that `from` has and `to` has not, a finding each. */
static bool list_bits(struct cpc_findings *list, enum cpc_finding_code code, const struct cpc_fingerprint *from,
		      const struct cpc_fingerprint *to, const struct cpc_lens *lens)
{
	/* What no guest can switch on is neither gained nor lost. */
	const uint64_t usable = cpc_fingerprint_usable(from, &lens->xstates);

	for (unsigned int i = 0; i < from->word_count; i++) {
		/* What the platform supplies no move takes away; a fixed list does. */
		const bool fixed = code == CPC_FINDING_LOSS && lens->policy->mode == CPC_MODE_KEEP;
		const uint32_t supplied = fixed ? 0 : lens->supplied[i];
		const uint32_t compared = (lens->need[i] & ~supplied) | lens->equal[i] | lens->block[i];
		uint32_t bits = from->words[i] & ~to->words[i] & ~to->unread[i] & compared;

		if (i == CPC_LD_0_EAX)
			bits &= (uint32_t)usable;
		else if (i == CPC_LD_0_EDX)
			bits &= (uint32_t)(usable >> 32);

		if (!cpc_findings_add_bits(list, code, CPC_NOTE, i, bits, code == CPC_FINDING_GAIN ? to : from,
					   code == CPC_FINDING_GAIN ? from : to))
			return false;
	}
	return true;
}

static bool list_losses(const struct cpc_fingerprint *source, const struct cpc_fingerprint *destination,
			const struct cpc_lens *lens, struct cpc_direction *direction)
{
	struct cpc_fingerprint masked;

	mask_source(source, destination, lens, &masked);
	return list_bits(&direction->loses, CPC_FINDING_LOSS, source, &masked, lens);
}

static bool compare_direction(const struct cpc_side *source, const struct cpc_side *destination,
			      const struct cpc_policy *policy, struct cpc_direction *direction)
{
	struct cpc_tally tally = { .findings = &direction->findings };
	const struct views views = views_of(source, destination, policy);
	enum mode_answer mode = MODE_NOT_ASKED;
	struct cpc_lens lens;
	bool same_vendor;

	cpc_lens_of(policy, source->fingerprint->vendor, views.guest, &lens);
	if (views.offered)
		memset(lens.supplied, 0, sizeof(lens.supplied));
	same_vendor = order_hosts(source, destination, &lens, &tally);
	if (same_vendor) {
		order_views(&views, &lens, &tally);
		cpc_order_beside(source->report, destination->report, policy, &tally);
	}
	direction->from = views.from;
	direction->to = views.to;
	direction->fallback = views.fallback;
	direction->verdict = decide(&views, &lens, &tally, &mode);
	if (direction->verdict == CPC_SAME || (direction->verdict == CPC_VERDICT_UNKNOWN && !tally.apart))
		soften(&direction->findings);
	if (direction->findings.count)
		qsort(direction->findings.items, direction->findings.count, sizeof(*direction->findings.items),
		      compare_weights);
	direction->only_mitigations = only_mitigations(&direction->findings);
	direction->mode_asked = mode != MODE_NOT_ASKED && policy->mode != CPC_MODE_NONE;
	direction->mode_works = mode == MODE_WORKS;
	if (tally.failed)
		return false;
	if (direction->mode_works && !list_losses(views.from, views.to, &lens, direction))
		return false;
	return !same_vendor || list_bits(&direction->gains, CPC_FINDING_GAIN, views.to, views.from, &lens);
}

enum cpc_relation cpc_relation_of(enum cpc_verdict a_to_b, enum cpc_verdict b_to_a)
{
	if (a_to_b == CPC_VERDICT_UNKNOWN || b_to_a == CPC_VERDICT_UNKNOWN)
		return CPC_RELATION_UNKNOWN;
	if (a_to_b == CPC_SAME && b_to_a == CPC_SAME)
		return CPC_RELATION_SAME;
	if (cpc_verdict_moves(a_to_b) && cpc_verdict_moves(b_to_a))
		return CPC_RELATION_BOTH_WAYS;
	if (cpc_verdict_moves(a_to_b) || cpc_verdict_moves(b_to_a))
		return CPC_RELATION_ONE_WAY;
	if (a_to_b == CPC_COMPATIBILITY_MODE || b_to_a == CPC_COMPATIBILITY_MODE)
		return CPC_RELATION_COMPATIBILITY_MODE;
	return CPC_RELATION_IMPOSSIBLE;
}

enum cpc_status cpc_compare(const struct cpc_side *a, const struct cpc_side *b, const struct cpc_policy *policy,
			    struct cpc_comparison *ret_comparison, struct cpc_error *reterr)
{
	*ret_comparison = (struct cpc_comparison){ .policy = policy };
	if (!compare_direction(a, b, policy, &ret_comparison->a_to_b) ||
	    !compare_direction(b, a, policy, &ret_comparison->b_to_a))
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	ret_comparison->a_to_b.can_return = cpc_verdict_moves(ret_comparison->b_to_a.verdict);
	ret_comparison->b_to_a.can_return = cpc_verdict_moves(ret_comparison->a_to_b.verdict);
	ret_comparison->relation = cpc_relation_of(ret_comparison->a_to_b.verdict, ret_comparison->b_to_a.verdict);
	return CPC_OK;
}

static void direction_free(struct cpc_direction *direction)
{
	free(direction->findings.items);
	free(direction->gains.items);
	free(direction->loses.items);
	*direction = (struct cpc_direction){ 0 };
}

void cpc_comparison_free(struct cpc_comparison *comparison)
{
	if (!comparison)
		return;
	direction_free(&comparison->a_to_b);
	direction_free(&comparison->b_to_a);
}

struct cpc_side cpc_side_of(const struct cpc_report *report)
{
	struct cpc_side side = {
		.fingerprint = &report->fingerprint,
		.kvm = cpc_report_view(report, CPC_VIEW_KVM),
		/* A dump is of where it was taken: inside a guest it is what that guest was given. */
		.vantage = report->vantage == CPC_DUMP ? report->taken : report->vantage,
		.dumped = report->vantage == CPC_DUMP,
		.report = report,
	};

	for (unsigned int i = 0; i < CPC_REQUIREMENT_COUNT; i++)
		side.requirements[i] = report->requirements[i].status;
	return side;
}

const char *cpc_verdict_name(enum cpc_verdict verdict)
{
	static const char *const names[CPC_VERDICT_COUNT] = {
		[CPC_SAME] = "same",
		[CPC_MIGRATABLE] = "migratable",
		[CPC_COMPATIBILITY_MODE] = "compatibility-mode",
		[CPC_IMPOSSIBLE] = "impossible",
		[CPC_VERDICT_UNKNOWN] = "unknown",
	};

	return names[verdict];
}

const char *cpc_relation_name(enum cpc_relation relation)
{
	static const char *const names[CPC_RELATION_COUNT] = {
		[CPC_RELATION_SAME] = "same",
		[CPC_RELATION_BOTH_WAYS] = "both-ways",
		[CPC_RELATION_ONE_WAY] = "one-way",
		[CPC_RELATION_COMPATIBILITY_MODE] = "compatibility-mode",
		[CPC_RELATION_IMPOSSIBLE] = "impossible",
		[CPC_RELATION_UNKNOWN] = "unknown",
	};

	return names[relation];
}

const char *cpc_finding_code_name(enum cpc_finding_code code)
{
	static const char *const names[CPC_FINDING_CODE_COUNT] = {
		[CPC_FINDING_CANNOT_HOST] = "cannot-host",
		[CPC_FINDING_LACKS_REQUIRED] = "lacks-required",
		[CPC_FINDING_VENDOR] = "vendor",
		[CPC_FINDING_MISSING] = "missing",
		[CPC_FINDING_EXTRA] = "extra",
		[CPC_FINDING_UNEQUAL] = "unequal",
		[CPC_FINDING_BLOCKED] = "blocked",
		[CPC_FINDING_ABOVE] = "above",
		[CPC_FINDING_LAYOUT] = "layout",
		[CPC_FINDING_UNREAD] = "unread",
		[CPC_FINDING_FOREIGN] = "foreign",
		[CPC_FINDING_BAD_NEWS] = "bad-news",
		[CPC_FINDING_SUPPLIED] = "supplied",
		[CPC_FINDING_HINT] = "hint",
		[CPC_FINDING_GAIN] = "gain",
		[CPC_FINDING_LOSS] = "loss",
	};

	return names[code];
}

int cpc_verdict_exit(enum cpc_verdict verdict)
{
	static const int codes[CPC_VERDICT_COUNT] = {
		[CPC_COMPATIBILITY_MODE] = 10,
		[CPC_IMPOSSIBLE] = 20,
		[CPC_VERDICT_UNKNOWN] = 30,
	};

	return codes[verdict];
}
