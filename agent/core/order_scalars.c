/* SPDX-License-Identifier: MIT */
/* The order on numbers: scalars by their rules, the XSAVE layout component by component. */
#include "order.h"

#include <string.h>

/* Both values known: does the order of this scalar hold? */
static bool scalar_holds(const struct cpc_scalar *scalar, uint64_t a, uint64_t b)
{
	return scalar->rule == CPC_SCALAR_AT_MOST ? a <= b : !a || a == b;
}

/* A width that a host does not tell apart is that of its physical addresses, and a platform may give its guests less.
 */
static struct cpc_number width_of(const struct cpc_fingerprint *fingerprint, unsigned int id,
				  const struct cpc_policy *policy)
{
	const struct cpc_scalar *scalar = &cpc_scalars[id];
	struct cpc_number number = fingerprint->scalars[id];

	if (scalar->zero_is_pa && !number.unknown && !number.value)
		number = fingerprint->scalars[CPC_S_pa];
	if (scalar->guest_pa && policy->guest_pa && number.value > policy->guest_pa)
		number.value = policy->guest_pa;
	return number;
}

static void note_scalar(const struct cpc_pair *pair, enum cpc_finding_code code, unsigned int id, struct cpc_number a,
			struct cpc_number b)
{
	const bool refuses = pair->lens->policy->scalars[id] == CPC_SCALAR_REFUSES;
	const struct cpc_finding finding = {
		.code = code,
		.weight = refuses && code != CPC_FINDING_UNREAD ? CPC_REFUSAL : CPC_WARNING,
		.about = CPC_ABOUT_SCALAR,
		.scalar = (uint8_t)id,
		.a = a.value,
		.b = b.value,
		.a_unknown = a.unknown,
		.b_unknown = b.unknown,
	};

	if (pair->tally->findings)
		cpc_tally_add(pair->tally, &finding);
}

static void order_scalar(const struct cpc_pair *pair, unsigned int id)
{
	const struct cpc_scalar *scalar = &cpc_scalars[id];
	const bool refuses = pair->lens->policy->scalars[id] == CPC_SCALAR_REFUSES;
	const struct cpc_number a = width_of(pair->a, id, pair->lens->policy);
	const struct cpc_number b = width_of(pair->b, id, pair->lens->policy);

	if (a.unknown || b.unknown) {
		pair->tally->differs = true;
		/* A source that has none of it cannot be in anybody's way. */
		if (!a.unknown && !a.value)
			return;
		pair->tally->unsure |= refuses;
		note_scalar(pair, CPC_FINDING_UNREAD, id, a, b);
		return;
	}
	if (a.value == b.value)
		return;
	pair->tally->differs = true;
	pair->tally->apart = true;
	if (scalar_holds(scalar, a.value, b.value))
		return;
	pair->tally->refused |= refuses;
	note_scalar(pair, scalar->rule == CPC_SCALAR_AT_MOST ? CPC_FINDING_ABOVE : CPC_FINDING_UNEQUAL, id, a, b);
}

/* The XSAVE components of a fingerprint that are looked at; x87 and SSE never move and are left out. */
static uint64_t components_of(const struct cpc_fingerprint *fingerprint, const struct cpc_lens *lens,
			      const uint32_t *keep)
{
	const uint32_t low = lens->need[CPC_LD_0_EAX] & keep[CPC_LD_0_EAX];
	const uint32_t high = lens->need[CPC_LD_0_EDX] & keep[CPC_LD_0_EDX];
	const uint32_t supervisor = lens->need[CPC_LD_1_ECX] & keep[CPC_LD_1_ECX];
	const uint64_t user = cpc_fingerprint_xcr0(fingerprint) & (low | (uint64_t)high << 32);

	return (user | (fingerprint->words[CPC_LD_1_ECX] & supervisor)) & ~UINT64_C(3);
}

/* The components whose place is known. */
static uint64_t placed(const struct cpc_fingerprint *fingerprint)
{
	uint64_t components = 0;

	for (size_t i = 0; i < fingerprint->layout_count; i++)
		components |= UINT64_C(1) << fingerprint->layout[i].index;
	return components;
}

/* The components of both whose places differ. */
static uint64_t apart(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b)
{
	uint64_t components = 0;
	size_t j = 0;

	for (size_t i = 0; i < a->layout_count; i++) {
		const struct cpc_component *left = &a->layout[i];
		const struct cpc_component *right;

		while (j < b->layout_count && b->layout[j].index < left->index)
			j++;
		if (j == b->layout_count)
			break;
		right = &b->layout[j];
		if (right->index == left->index && (right->offset != left->offset || right->size != left->size))
			components |= UINT64_C(1) << left->index;
	}
	return components;
}

bool cpc_order_unplaced(const struct cpc_fingerprint *source, const struct cpc_fingerprint *destination,
			const struct cpc_lens *lens)
{
	const uint64_t common = components_of(source, lens, lens->need) & components_of(destination, lens, lens->need);
	const uint64_t unplaced = common & ~(placed(source) & placed(destination));

	return unplaced && unplaced & cpc_fingerprint_usable(source, &lens->xstates);
}

static void layout_unread(const struct cpc_pair *pair, bool a_unknown, bool b_unknown, bool refuses)
{
	const struct cpc_finding finding = {
		.code = CPC_FINDING_UNREAD,
		.weight = CPC_WARNING,
		.about = CPC_ABOUT_SCALAR,
		.scalar = CPC_S_xs,
		.a_unknown = a_unknown,
		.b_unknown = b_unknown,
	};

	pair->tally->differs = true;
	pair->tally->unsure |= refuses;
	cpc_tally_add(pair->tally, &finding);
}

static void note_component(const struct cpc_pair *pair, unsigned int index, bool refuses)
{
	const struct cpc_component *a = cpc_fingerprint_component(pair->a, index);
	const struct cpc_component *b = cpc_fingerprint_component(pair->b, index);
	const struct cpc_finding finding = {
		.code = CPC_FINDING_LAYOUT,
		.weight = refuses ? CPC_REFUSAL : CPC_WARNING,
		.about = CPC_ABOUT_COMPONENT,
		.component = (uint8_t)index,
		.scalar = CPC_S_xs,
		.a = a->offset,
		.b = b->offset,
		.a_size = a->size,
		.b_size = b->size,
	};

	cpc_tally_add(pair->tally, &finding);
}

/*
 * A component that the source has and the destination has not is a missing bit of
 * XCR0 already. Those that both have must lie in the same place: the saved state of
 * a running guest is laid out by them. Those that no guest of the source can switch on
 * are in nobody's way.
 */
static void order_layout(const struct cpc_pair *pair, uint64_t common)
{
	const bool refuses = pair->lens->policy->scalars[CPC_S_xs] == CPC_SCALAR_REFUSES;
	uint64_t differ = apart(pair->a, pair->b) & common;
	uint64_t a_unknown = common & ~placed(pair->a);
	uint64_t b_unknown = common & ~placed(pair->b);

	if (!(differ | a_unknown | b_unknown))
		return;
	common = cpc_fingerprint_usable(pair->a, &pair->lens->xstates);
	a_unknown &= common;
	b_unknown &= common;
	/* Where it was not read whether a guest can use what lies elsewhere, it may be in the way or not. */
	a_unknown |= differ & common & ~cpc_fingerprint_surely_usable(pair->a, &pair->lens->xstates);
	differ &= cpc_fingerprint_surely_usable(pair->a, &pair->lens->xstates);
	if (differ) {
		pair->tally->differs = true;
		pair->tally->apart = true;
		pair->tally->refused |= refuses;
	}
	for (unsigned int i = 0; pair->tally->findings && differ >> i; i++)
		if (differ >> i & 1U)
			note_component(pair, i, refuses);
	if ((a_unknown | b_unknown) && !pair->itself)
		layout_unread(pair, a_unknown != 0, b_unknown != 0, refuses);
}

/* A flag per component, of those that both have in a known place. */
static void order_flags(const struct cpc_pair *pair, unsigned int id, uint64_t components)
{
	const uint64_t sure = cpc_fingerprint_surely_usable(pair->a, &pair->lens->xstates);
	const uint64_t common =
		components & placed(pair->a) & placed(pair->b) & cpc_fingerprint_usable(pair->a, &pair->lens->xstates);
	const bool refuses = pair->lens->policy->scalars[id] == CPC_SCALAR_REFUSES;
	const struct cpc_number a = pair->a->scalars[id];
	const struct cpc_number b = pair->b->scalars[id];

	if (a.unknown || b.unknown) {
		pair->tally->differs = true;
		pair->tally->unsure |= refuses && common;
		if (common)
			note_scalar(pair, CPC_FINDING_UNREAD, id, a, b);
	} else if ((a.value ^ b.value) & common & ~sure) {
		pair->tally->differs = true;
		pair->tally->unsure |= refuses;
		note_scalar(pair, CPC_FINDING_UNREAD, id, (struct cpc_number){ .unknown = true }, b);
	} else if ((a.value ^ b.value) & common) {
		pair->tally->differs = true;
		pair->tally->apart = true;
		pair->tally->refused |= refuses;
		note_scalar(pair, CPC_FINDING_UNEQUAL, id, a, b);
	}
}

/* Scalars that only a newer agent understands: equal is fine, anything else cannot be judged. */
static void order_foreign(const struct cpc_pair *pair)
{
	const struct cpc_finding finding = {
		.code = CPC_FINDING_FOREIGN,
		.weight = CPC_WARNING,
		.about = CPC_ABOUT_FOREIGN,
		.a_unknown = true,
		.b_unknown = true,
	};

	if (strcmp(pair->a->foreign, pair->b->foreign) == 0)
		return;
	pair->tally->differs = true;
	pair->tally->unsure = true;
	cpc_tally_add(pair->tally, &finding);
}

void cpc_order_scalars(const struct cpc_pair *pair)
{
	const struct cpc_lens *lens = pair->lens;
	const uint64_t common = components_of(pair->a, lens, pair->keep) & components_of(pair->b, lens, pair->keep);

	if (lens->policy->scalars[CPC_S_xs])
		order_layout(pair, common);
	for (unsigned int i = 0; i < lens->scalar_count && !pair->itself; i++) {
		const unsigned int id = lens->scalars[i];
		const struct cpc_number *a = &pair->a->scalars[id];
		const struct cpc_number *b = &pair->b->scalars[id];

		if ((a->value == b->value && !a->unknown && !b->unknown) || (id == CPC_S_clf && pair->clf_forced))
			continue;
		/* What only warns is nothing to one who does not ask why, unless a BLOCK bit has it matter. */
		if (!pair->tally->findings && lens->plain && lens->policy->scalars[id] != CPC_SCALAR_REFUSES)
			pair->tally->differs = true;
		else if (cpc_scalars[id].rule == CPC_SCALAR_FLAGS)
			order_flags(pair, id, common);
		else
			order_scalar(pair, id);
	}
	if (lens->policy->considers == CPC_CONSIDERS_ALL && (pair->a->foreign[0] || pair->b->foreign[0]))
		order_foreign(pair);
}
