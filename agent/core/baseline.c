/* SPDX-License-Identifier: MIT */
/*
 * The meet of two fingerprints: the greatest that moves to both. Bits first, then
 * the XSAVE components that lie alike, and then whatever cannot live without a
 * component that had to go: a guest that is told of PKU but cannot switch on its
 * state would be a guest that no hypervisor makes.
 */
#include <cpucompat/baseline.h>

#include <string.h>

/*
 * Bad news from either side, everything else from both. Where a value was not read the
 * other side may decide alone: a clear bit makes the meet clear whatever the unread one is.
 */
static void meet_words(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b, struct cpc_fingerprint *meet)
{
	uint32_t any[CPC_WORDS_MAX] = { 0 };

	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++)
		if (cpc_features[i].rule == CPC_RULE_ANY && cpc_features[i].reg < CPC_WORD_COUNT)
			any[cpc_features[i].reg] |= UINT32_C(1) << cpc_features[i].bit;
	meet->word_count = a->word_count > b->word_count ? a->word_count : b->word_count;
	for (unsigned int i = 0; i < meet->word_count; i++) {
		const uint32_t a_may = a->words[i] | a->unread[i];
		const uint32_t b_may = b->words[i] | b->unread[i];
		const uint32_t certain = (a->words[i] & b->words[i] & ~any[i]) | ((a->words[i] | b->words[i]) & any[i]);
		const uint32_t possible = (a_may & b_may & ~any[i]) | ((a_may | b_may) & any[i]);

		meet->words[i] = certain;
		meet->unread[i] = possible & ~certain;
	}
}

static void drop_bits(struct cpc_fingerprint *meet, enum cpc_register word, uint32_t bits)
{
	meet->words[word] &= ~bits;
	meet->unread[word] &= ~bits;
}

static void drop_xcr0(struct cpc_fingerprint *meet, uint64_t components)
{
	drop_bits(meet, CPC_LD_0_EAX, (uint32_t)components);
	drop_bits(meet, CPC_LD_0_EDX, (uint32_t)(components >> 32));
	drop_bits(meet, CPC_LD_1_ECX, (uint32_t)components);
}

/* The components that an equal layout, and both sides' bits, leave. Returns those that were lost to the layout. */
static uint64_t meet_layout(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b,
			    struct cpc_fingerprint *meet)
{
	uint64_t lost = 0;

	meet->layout_count = 0;
	meet->layout_unknown = a->layout_unknown || b->layout_unknown;
	if (meet->layout_unknown)
		return 0;
	for (size_t i = 0; i < a->layout_count; i++) {
		const struct cpc_component *left = &a->layout[i];
		const struct cpc_component *right = cpc_fingerprint_component(b, left->index);

		if (!right)
			continue;
		if (left->offset != right->offset || left->size != right->size)
			lost |= UINT64_C(1) << left->index;
	}
	return lost;
}

static uint64_t lesser_of(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* A width that is not told apart is that of `pa`; the meet says nothing of it where neither side does. */
static uint64_t meet_width(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b, unsigned int id)
{
	const uint64_t left = a->scalars[id].value;
	const uint64_t right = b->scalars[id].value;

	if (!left && !right)
		return 0;
	return lesser_of(left ? left : a->scalars[CPC_S_pa].value, right ? right : b->scalars[CPC_S_pa].value);
}

/* The components that have a place on both sides. */
static uint64_t common_components(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b)
{
	uint64_t common = 0;

	for (size_t i = 0; i < a->layout_count; i++)
		if (cpc_fingerprint_component(b, a->layout[i].index))
			common |= UINT64_C(1) << a->layout[i].index;
	return common;
}

/*
 * EQUAL scalars that differ belong to a state that has to go, or to something that a
 * guest can do without; at-most ones take the lower value. False where there is no meet.
 */
static bool meet_scalar(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b, unsigned int id,
			struct cpc_fingerprint *meet, uint64_t *lost)
{
	const struct cpc_scalar *scalar = &cpc_scalars[id];
	const struct cpc_number left = a->scalars[id];
	const struct cpc_number right = b->scalars[id];

	meet->scalars[id].unknown = left.unknown || right.unknown;
	if (meet->scalars[id].unknown)
		return true;
	switch (scalar->rule) {
	case CPC_SCALAR_AT_MOST:
		meet->scalars[id].value =
			scalar->zero_is_pa ? meet_width(a, b, id) : lesser_of(left.value, right.value);
		return true;
	case CPC_SCALAR_EQUAL:
		if (left.value == right.value)
			meet->scalars[id].value = left.value;
		else if (left.value && right.value)
			*lost |= cpc_xstate_components(scalar->xstate);
		return left.value == right.value || !left.value || !right.value || scalar->optional ||
		       scalar->xstate != CPC_XSTATE_NONE;
	case CPC_SCALAR_FLAGS:
		meet->scalars[id].value = left.value & right.value;
		*lost |= (left.value ^ right.value) & common_components(a, b);
		return true;
	default:
		return true;
	}
}

static enum cpc_status meet_scalars(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b,
				    struct cpc_fingerprint *meet, uint64_t *lost, struct cpc_error *reterr)
{
	for (unsigned int i = 0; i < CPC_SCALAR_COUNT; i++)
		if (!meet_scalar(a, b, i, meet, lost))
			return cpc_fail(reterr, CPC_BAD_DATA, 0, "no common baseline: %s differs (%llu and %llu)",
					cpc_scalars[i].meaning, (unsigned long long)a->scalars[i].value,
					(unsigned long long)b->scalars[i].value);
	return CPC_OK;
}

/* A state goes as a whole, and takes along what needs it; AVX-512 goes with AVX. */
static void drop_states(struct cpc_fingerprint *meet, uint64_t lost)
{
	struct cpc_xstate_masks masks;

	if (!lost)
		return;
	for (unsigned int state = 1; state < CPC_XSTATE_COUNT; state++) {
		const uint64_t components = cpc_xstate_components((enum cpc_xstate)state);

		if (!(components & lost))
			continue;
		for (size_t i = 0; i < CPC_FEATURE_COUNT; i++)
			if (cpc_features[i].xstate == (enum cpc_xstate)state && cpc_features[i].reg < CPC_WORD_COUNT &&
			    !cpc_is_component(&cpc_features[i]))
				drop_bits(meet, cpc_features[i].reg, UINT32_C(1) << cpc_features[i].bit);
		for (size_t i = 0; i < CPC_SCALAR_COUNT; i++)
			if (cpc_scalars[i].xstate == (enum cpc_xstate)state)
				meet->scalars[i] = (struct cpc_number){ 0 };
	}
	/* A component without its features is one that nobody can use; one that has no features to lose has to go
	 * itself. */
	cpc_xstate_masks_of(&masks);
	drop_xcr0(meet, lost & cpc_fingerprint_usable(meet, &masks));
}

/* The layout of what both have in the same place and the meet still announces. */
static void keep_layout(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b, struct cpc_fingerprint *meet)
{
	/* Where nobody could read which components there are, none of them is known to be gone. */
	const uint64_t left = cpc_fingerprint_xcr0(meet) | meet->words[CPC_LD_1_ECX] | meet->unread[CPC_LD_0_EAX] |
			      meet->unread[CPC_LD_1_ECX] | (uint64_t)meet->unread[CPC_LD_0_EDX] << 32;

	for (size_t i = 0; i < a->layout_count && !meet->layout_unknown; i++) {
		const struct cpc_component *mine = &a->layout[i];
		const struct cpc_component *other = cpc_fingerprint_component(b, mine->index);

		if (left >> mine->index & 1U && other && other->offset == mine->offset && other->size == mine->size)
			meet->layout[meet->layout_count++] = *mine;
	}
	meet->scalars[CPC_S_xa].value &= left;
}

static void meet_signature(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b,
			   struct cpc_fingerprint *meet)
{
	const uint32_t left[3] = { a->family, a->model, a->stepping };
	const uint32_t right[3] = { b->family, b->model, b->stepping };
	const uint32_t *lesser = left;

	for (size_t i = 0; i < 3; i++) {
		if (left[i] != right[i]) {
			lesser = left[i] < right[i] ? left : right;
			break;
		}
	}
	meet->family = lesser[0];
	meet->model = lesser[1];
	meet->stepping = lesser[2];
}

enum cpc_status cpc_meet(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b,
			 struct cpc_fingerprint *ret_meet, struct cpc_error *reterr)
{
	struct cpc_fingerprint meet = { 0 };
	enum cpc_status status;
	uint64_t lost;

	if (memcmp(a->vendor, b->vendor, sizeof(a->vendor)) != 0)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "no common baseline: %.12s and %.12s are different vendors",
				a->vendor, b->vendor);
	if (strcmp(a->foreign, b->foreign) != 0)
		return cpc_fail(reterr, CPC_BAD_DATA, 0,
				"no common baseline: scalars that this program does not know differ (%s and %s)",
				a->foreign, b->foreign);
	memcpy(meet.vendor, a->vendor, sizeof(meet.vendor));
	memcpy(meet.foreign, a->foreign, sizeof(meet.foreign));
	meet_signature(a, b, &meet);
	meet_words(a, b, &meet);
	lost = meet_layout(a, b, &meet);
	status = meet_scalars(a, b, &meet, &lost, reterr);
	if (status)
		return status;
	drop_states(&meet, lost);
	keep_layout(a, b, &meet);
	*ret_meet = meet;
	return CPC_OK;
}

enum cpc_status cpc_meet_under(const struct cpc_lens *lens, const struct cpc_fingerprint *a,
			       const struct cpc_fingerprint *b, struct cpc_fingerprint *ret_meet,
			       struct cpc_error *reterr)
{
	struct cpc_fingerprint meet;
	const enum cpc_status status = cpc_meet(a, b, &meet, reterr);

	if (status)
		return status;
	for (unsigned int i = 0; i < meet.word_count; i++) {
		const uint32_t certain = a->words[i] & b->words[i];
		const uint32_t possible = (a->words[i] | a->unread[i]) & (b->words[i] | b->unread[i]);

		meet.words[i] &= ~lens->need[i] | certain;
		meet.unread[i] &= ~lens->need[i] | possible;
		/* What the platform gives to every guest whatever the hardware says, it gives on both. */
		meet.words[i] |= (a->words[i] | b->words[i]) & lens->supplied[i];
		meet.unread[i] &= ~meet.words[i];
	}
	*ret_meet = meet;
	return CPC_OK;
}
