/* SPDX-License-Identifier: MIT */
/*
 * The meet of two fingerprints: the greatest that moves to both. Bits first, then
 * the XSAVE components that lie alike, and then whatever cannot live without a
 * component that had to go: a guest that is told of PKU but cannot switch on its
 * state would be a guest that no hypervisor makes.
 */
#include <cpucompat/baseline.h>

#include <string.h>

/* Bits that the meet takes from either side (bad news), and bits that it must keep alike. */
static void meet_words(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b, struct cpc_fingerprint *meet)
{
	uint32_t any[CPC_WORDS_MAX] = { 0 };

	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++)
		if (cpc_features[i].rule == CPC_RULE_ANY && cpc_features[i].reg < CPC_WORD_COUNT)
			any[cpc_features[i].reg] |= UINT32_C(1) << cpc_features[i].bit;
	meet->word_count = a->word_count > b->word_count ? a->word_count : b->word_count;
	for (unsigned int i = 0; i < meet->word_count; i++) {
		meet->words[i] = (a->words[i] & b->words[i] & ~any[i]) | ((a->words[i] | b->words[i]) & any[i]);
		if (cpc_word_unread(meet, i))
			meet->words[i] = 0;
	}
}

static void drop_xcr0(struct cpc_fingerprint *meet, uint64_t components)
{
	meet->words[CPC_LD_0_EAX] &= ~(uint32_t)components;
	meet->words[CPC_LD_0_EDX] &= ~(uint32_t)(components >> 32);
	meet->words[CPC_LD_1_ECX] &= ~(uint32_t)components;
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

/* EQUAL scalars that differ belong to a state that has to go; at-most ones take the lower value. */
static bool meet_scalar(const struct cpc_scalar *scalar, const struct cpc_number *a, const struct cpc_number *b,
			struct cpc_number *ret_meet, uint64_t *lost)
{
	struct cpc_number meet = { .unknown = a->unknown || b->unknown };

	if (!meet.unknown && scalar->rule == CPC_SCALAR_AT_MOST)
		meet.value = a->value < b->value ? a->value : b->value;
	if (!meet.unknown && scalar->rule == CPC_SCALAR_EQUAL && a->value == b->value)
		meet.value = a->value;
	if (!meet.unknown && scalar->rule == CPC_SCALAR_EQUAL && a->value && b->value && a->value != b->value) {
		if (scalar->xstate == CPC_XSTATE_NONE)
			return false;
		*lost |= cpc_xstate_components(scalar->xstate);
	}
	*ret_meet = meet;
	return true;
}

static enum cpc_status meet_scalars(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b,
				    struct cpc_fingerprint *meet, uint64_t *lost, struct cpc_error *reterr)
{
	for (unsigned int i = 0; i < CPC_SCALAR_COUNT; i++)
		if (!meet_scalar(&cpc_scalars[i], &a->scalars[i], &b->scalars[i], &meet->scalars[i], lost))
			return cpc_fail(reterr, CPC_BAD_DATA, 0, "no common baseline: %s differs (%llu and %llu)",
					cpc_scalars[i].meaning, (unsigned long long)a->scalars[i].value,
					(unsigned long long)b->scalars[i].value);
	return CPC_OK;
}

/* A state goes as a whole, and takes along what needs it; AVX-512 goes with AVX. */
static void drop_states(struct cpc_fingerprint *meet, uint64_t lost)
{
	for (unsigned int state = 1; state < CPC_XSTATE_COUNT; state++) {
		const uint64_t components = cpc_xstate_components((enum cpc_xstate)state);

		if (!(components & lost))
			continue;
		/* AVX-512 needs AVX's component and must not take it along. */
		if (state == CPC_XSTATE_AVX512)
			drop_xcr0(meet, components & ~cpc_xstate_components(CPC_XSTATE_AVX));
		else
			drop_xcr0(meet, components);
		for (size_t i = 0; i < CPC_FEATURE_COUNT; i++)
			if (cpc_features[i].xstate == (enum cpc_xstate)state && cpc_features[i].reg < CPC_WORD_COUNT)
				meet->words[cpc_features[i].reg] &= ~(UINT32_C(1) << cpc_features[i].bit);
		for (size_t i = 0; i < CPC_SCALAR_COUNT; i++)
			if (cpc_scalars[i].xstate == (enum cpc_xstate)state)
				meet->scalars[i] = (struct cpc_number){ 0 };
	}
	drop_xcr0(meet, lost);
}

/* The layout of what both have in the same place and the meet still announces. */
static void keep_layout(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b, struct cpc_fingerprint *meet)
{
	/* Where nobody could read which components there are, none of them is known to be gone. */
	const uint64_t left = cpc_word_unread(meet, CPC_LD_0_EAX)
				      ? UINT64_MAX
				      : cpc_fingerprint_xcr0(meet) | meet->words[CPC_LD_1_ECX];

	for (size_t i = 0; i < a->layout_count && !meet->layout_unknown; i++)
		if (left >> a->layout[i].index & 1U && cpc_fingerprint_component(b, a->layout[i].index))
			meet->layout[meet->layout_count++] = a->layout[i];
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
	for (size_t i = 0; i < sizeof(meet.unread) / sizeof(meet.unread[0]); i++)
		meet.unread[i] = a->unread[i] | b->unread[i];
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
