/* SPDX-License-Identifier: MIT */
/*
 * "A moves to B" as a partial order: word by word, scalar by scalar, component by
 * component. What cannot be known is told apart from what is not so, and counts
 * only where it could change the answer.
 */
#include "order.h"

#include <stdlib.h>
#include <string.h>

static bool append(struct cpc_findings *findings, const struct cpc_finding *finding)
{
	if (findings->count == findings->room) {
		size_t room = findings->room ? findings->room * 2 : 16;
		struct cpc_finding *items = realloc(findings->items, room * sizeof(*items));

		if (!items)
			return false;
		findings->items = items;
		findings->room = room;
	}
	findings->items[findings->count++] = *finding;
	return true;
}

void cpc_tally_add(struct cpc_tally *tally, const struct cpc_finding *finding)
{
	if (tally->findings && !append(tally->findings, finding))
		tally->failed = true;
}

bool cpc_findings_add_bits(struct cpc_findings *findings, enum cpc_finding_code code, enum cpc_weight weight,
			   unsigned int word, uint32_t bits, const struct cpc_fingerprint *a,
			   const struct cpc_fingerprint *b)
{
	for (unsigned int bit = 0; bits; bit++, bits >>= 1) {
		const enum cpc_tristate left = cpc_fingerprint_bit(a, word, bit);
		const enum cpc_tristate right = cpc_fingerprint_bit(b, word, bit);
		const bool ours = word < CPC_WORD_COUNT;
		struct cpc_finding finding = {
			.code = code,
			.weight = weight,
			.about = CPC_ABOUT_BIT,
			.word = (uint16_t)word,
			.bit = (uint8_t)bit,
			.feature = ours ? cpc_feature_at((enum cpc_register)word, bit) : NULL,
			.a = left == CPC_SET,
			.b = right == CPC_SET,
			.a_unknown = left == CPC_UNKNOWN,
			.b_unknown = right == CPC_UNKNOWN,
		};

		if (!(bits & 1U))
			continue;
		finding.mitigation = finding.feature ? finding.feature->group == CPC_GROUP_MITIGATION
						     : ours && cpc_registers[word].place >= CPC_PLACE_MSR_LO;
		if (!append(findings, &finding))
			return false;
	}
	return true;
}

struct pair {
	const struct cpc_fingerprint *a;
	const struct cpc_fingerprint *b;
	const struct cpc_lens *lens;
	struct cpc_tally *tally;
};

/*
 * What could not be read never equals anything, with one exception: a host compared
 * with itself, which is the same fingerprint in the same place and not an equal one.
 */
static bool is_itself(const struct pair *pair)
{
	return pair->a == pair->b;
}

static void note_bits(const struct pair *pair, enum cpc_finding_code code, enum cpc_weight weight, unsigned int word,
		      uint32_t bits)
{
	if (!bits || !pair->tally->findings)
		return;
	if (!cpc_findings_add_bits(pair->tally->findings, code, weight, word, bits, pair->a, pair->b))
		pair->tally->failed = true;
}

/*
 * A word that one side, or both, could not read. It matters where some value of it
 * could stand in the way: a needed bit that the source may have and the destination
 * may lack.
 */
static void order_unread_word(const struct pair *pair, unsigned int word)
{
	const struct cpc_lens *lens = pair->lens;
	const bool a_unread = cpc_word_unread(pair->a, word);
	const bool b_unread = cpc_word_unread(pair->b, word);
	const uint32_t may_have = a_unread ? UINT32_MAX : pair->a->words[word];
	const uint32_t may_lack = b_unread ? UINT32_MAX : ~pair->b->words[word];
	const uint32_t compared =
		lens->need[word] | lens->any[word] | lens->hint[word] | lens->equal[word] | lens->block[word];
	const uint32_t risky = (lens->need[word] & ~lens->supplied[word] & may_have & may_lack) | lens->equal[word] |
			       (lens->block[word] & may_have) | (lens->required[word] & may_lack);
	const struct cpc_finding finding = {
		.code = CPC_FINDING_UNREAD,
		.weight = risky ? CPC_WARNING : CPC_NOTE,
		.about = CPC_ABOUT_WORD,
		.word = (uint16_t)word,
		.a_unknown = a_unread,
		.b_unknown = b_unread,
		.mitigation = word < CPC_WORD_COUNT && cpc_registers[word].place >= CPC_PLACE_MSR_LO,
		.a = pair->a->words[word],
		.b = pair->b->words[word],
	};

	if (!compared || is_itself(pair))
		return;
	pair->tally->differs = true;
	if (risky)
		pair->tally->unsure = true;
	cpc_tally_add(pair->tally, &finding);
}

static void order_word(const struct pair *pair, unsigned int word)
{
	const struct cpc_lens *lens = pair->lens;
	const uint32_t a = pair->a->words[word];
	const uint32_t b = pair->b->words[word];
	const uint32_t missing = a & ~b & lens->need[word];
	const uint32_t unequal = (a ^ b) & lens->equal[word];
	const uint32_t blocked = a & lens->block[word];
	const uint32_t required = lens->required[word] & ~b & ~missing;
	struct cpc_tally *tally = pair->tally;

	if ((missing & ~lens->supplied[word]) | unequal | blocked | required)
		tally->refused = true;
	if (unequal | required | (missing & lens->required[word]))
		tally->rigid = true;
	if ((a ^ b) & (lens->need[word] | lens->any[word] | lens->hint[word] | lens->equal[word] | lens->block[word]))
		tally->differs = true;
	if (!tally->findings)
		return;
	note_bits(pair, CPC_FINDING_LACKS_REQUIRED, CPC_REFUSAL, word, required);
	note_bits(pair, CPC_FINDING_MISSING, CPC_REFUSAL, word, missing & ~lens->supplied[word]);
	note_bits(pair, CPC_FINDING_UNEQUAL, CPC_REFUSAL, word, unequal);
	note_bits(pair, CPC_FINDING_BLOCKED, CPC_REFUSAL, word, blocked);
	note_bits(pair, CPC_FINDING_BAD_NEWS, CPC_WARNING, word, (a ^ b) & lens->any[word]);
	note_bits(pair, CPC_FINDING_SUPPLIED, CPC_NOTE, word, missing & lens->supplied[word]);
	note_bits(pair, CPC_FINDING_HINT, CPC_NOTE, word, a & ~b & lens->hint[word]);
}

static void order_words(const struct pair *pair)
{
	const unsigned int count =
		pair->a->word_count > pair->b->word_count ? pair->a->word_count : pair->b->word_count;

	for (unsigned int word = 0; word < count; word++) {
		if (cpc_word_unread(pair->a, word) || cpc_word_unread(pair->b, word))
			order_unread_word(pair, word);
		else
			order_word(pair, word);
	}
}

/* Both values known: does the order of this scalar hold? */
static bool scalar_holds(const struct cpc_scalar *scalar, uint64_t a, uint64_t b)
{
	return scalar->rule == CPC_SCALAR_AT_MOST ? a <= b : !a || a == b;
}

static void order_scalar(const struct pair *pair, unsigned int id)
{
	const struct cpc_scalar *scalar = &cpc_scalars[id];
	const struct cpc_number *a = &pair->a->scalars[id];
	const struct cpc_number *b = &pair->b->scalars[id];
	const bool refuses = pair->lens->policy->scalars[id] == CPC_SCALAR_REFUSES;
	struct cpc_finding finding = {
		.weight = refuses ? CPC_REFUSAL : CPC_WARNING,
		.about = CPC_ABOUT_SCALAR,
		.scalar = (uint8_t)id,
		.a = a->value,
		.b = b->value,
		.a_unknown = a->unknown,
		.b_unknown = b->unknown,
	};

	if (is_itself(pair))
		return;
	if (a->unknown || b->unknown) {
		pair->tally->differs = true;
		/* A source that has none of it cannot be in anybody's way. */
		if (!a->unknown && !a->value)
			return;
		finding.code = CPC_FINDING_UNREAD;
		finding.weight = CPC_WARNING;
		pair->tally->unsure |= refuses;
		cpc_tally_add(pair->tally, &finding);
		return;
	}
	if (a->value != b->value)
		pair->tally->differs = true;
	if (scalar_holds(scalar, a->value, b->value))
		return;
	pair->tally->refused |= refuses;
	finding.code = scalar->rule == CPC_SCALAR_AT_MOST ? CPC_FINDING_ABOVE : CPC_FINDING_UNEQUAL;
	cpc_tally_add(pair->tally, &finding);
}

/* The XSAVE components of a fingerprint that the policy looks at. */
static uint64_t considered_components(const struct cpc_fingerprint *fingerprint, const struct cpc_lens *lens)
{
	const uint64_t xcr0 = cpc_fingerprint_xcr0(fingerprint) &
			      (lens->need[CPC_LD_0_EAX] | (uint64_t)lens->need[CPC_LD_0_EDX] << 32);

	return (xcr0 | (fingerprint->words[CPC_LD_1_ECX] & lens->need[CPC_LD_1_ECX])) & ~UINT64_C(3);
}

static void layout_unread(const struct pair *pair, bool a_unknown, bool b_unknown, bool refuses)
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

static void order_component(const struct pair *pair, const struct cpc_component *a, const struct cpc_component *b,
			    bool refuses)
{
	const struct cpc_finding finding = {
		.code = CPC_FINDING_LAYOUT,
		.weight = refuses ? CPC_REFUSAL : CPC_WARNING,
		.about = CPC_ABOUT_COMPONENT,
		.component = a->index,
		.scalar = CPC_S_xs,
		.a = a->offset,
		.b = b->offset,
		.a_size = a->size,
		.b_size = b->size,
	};

	if (a->offset == b->offset && a->size == b->size)
		return;
	pair->tally->differs = true;
	pair->tally->refused |= refuses;
	cpc_tally_add(pair->tally, &finding);
}

/*
 * A component that the source has and the destination has not is a missing bit of
 * XCR0 already. Those that both have must lie in the same place: the saved state of
 * a running guest is laid out by them.
 */
static void order_layout(const struct pair *pair)
{
	const bool refuses = pair->lens->policy->scalars[CPC_S_xs] == CPC_SCALAR_REFUSES;
	const uint64_t common = considered_components(pair->a, pair->lens) & considered_components(pair->b, pair->lens);
	bool a_unknown = false;
	bool b_unknown = false;

	for (unsigned int i = 2; i < CPC_COMPONENTS_MAX; i++) {
		const struct cpc_component *a;
		const struct cpc_component *b;

		if (!(common >> i & 1U))
			continue;
		a = cpc_fingerprint_component(pair->a, i);
		b = cpc_fingerprint_component(pair->b, i);
		if (a && b)
			order_component(pair, a, b, refuses);
		a_unknown |= !a;
		b_unknown |= !b;
	}
	if ((a_unknown || b_unknown) && !is_itself(pair))
		layout_unread(pair, a_unknown, b_unknown, refuses);
}

/* Scalars that only a newer agent understands: equal is fine, anything else cannot be judged. */
static void order_foreign(const struct pair *pair)
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

void cpc_order(const struct cpc_fingerprint *source, const struct cpc_fingerprint *destination,
	       const struct cpc_lens *lens, struct cpc_tally *tally)
{
	const struct pair pair = { .a = source, .b = destination, .lens = lens, .tally = tally };

	order_words(&pair);
	for (unsigned int id = 0; id < CPC_SCALAR_COUNT; id++) {
		if (!lens->policy->scalars[id])
			continue;
		if (cpc_scalars[id].rule == CPC_SCALAR_LAYOUT)
			order_layout(&pair);
		else
			order_scalar(&pair, id);
	}
	if (lens->policy->considers == CPC_CONSIDERS_ALL)
		order_foreign(&pair);
}
