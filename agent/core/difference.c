/* SPDX-License-Identifier: MIT */
/*
 * What came and went between two looks at one host. Unlike the order, this asks no
 * policy: whoever reads it wants to know what happened.
 */
#include <cpucompat/difference.h>

#include <string.h>

#include "order.h"

struct walk {
	const struct cpc_fingerprint *before;
	const struct cpc_fingerprint *now;
	void (*visit)(void *context, const struct cpc_finding *finding);
	void *context;
};

static void tell(const struct walk *walk, const struct cpc_finding *finding)
{
	walk->visit(walk->context, finding);
}

static void tell_bits(const struct walk *walk, enum cpc_finding_code code, unsigned int word, uint32_t bits)
{
	for (unsigned int bit = 0; bit < 32; bit++) {
		if (!(bits >> bit & 1U))
			continue;
		const struct cpc_finding finding = cpc_bit_finding(code, CPC_NOTE, word, bit, walk->before, walk->now);
		tell(walk, &finding);
	}
}

/** The bits of a word that are compared: all that are not ours to mask. */
static uint32_t compared(const uint32_t *masks, unsigned int word)
{
	return word < CPC_WORD_COUNT ? masks[word] : UINT32_MAX;
}

/** A word that one side did not read at all, once; of one that was read in part, its bits. */
static void tell_unread(const struct walk *walk, unsigned int word, uint32_t mask)
{
	const uint32_t before = walk->before->unread[word];
	const uint32_t now = walk->now->unread[word];
	const struct cpc_finding finding = {
		.code = CPC_FINDING_UNREAD,
		.about = CPC_ABOUT_WORD,
		.word = (uint16_t)word,
		.a_unknown = before != 0,
		.b_unknown = now != 0,
		.a = walk->before->words[word],
		.b = walk->now->words[word],
	};

	if (before == now)
		return;
	if ((before ^ now) == mask)
		tell(walk, &finding);
	else
		tell_bits(walk, CPC_FINDING_UNREAD, word, before ^ now);
}

static void walk_words(const struct walk *walk)
{
	const unsigned int count =
		walk->before->word_count > walk->now->word_count ? walk->before->word_count : walk->now->word_count;
	uint32_t masks[CPC_WORD_COUNT];

	cpc_canonical_masks(masks);
	for (unsigned int word = 0; word < count; word++) {
		const uint32_t read = ~(walk->before->unread[word] | walk->now->unread[word]);
		const uint32_t before = walk->before->words[word];
		const uint32_t now = walk->now->words[word];

		tell_bits(walk, CPC_FINDING_GAIN, word, now & ~before & read);
		tell_bits(walk, CPC_FINDING_LOSS, word, before & ~now & read);
		tell_unread(walk, word, compared(masks, word));
	}
}

static void walk_scalars(const struct walk *walk)
{
	for (unsigned int id = 0; id < CPC_SCALAR_COUNT; id++) {
		const struct cpc_number *before = &walk->before->scalars[id];
		const struct cpc_number *now = &walk->now->scalars[id];
		const bool unread = before->unknown || now->unknown;
		const struct cpc_finding finding = {
			.code = unread ? CPC_FINDING_UNREAD : CPC_FINDING_UNEQUAL,
			.about = CPC_ABOUT_SCALAR,
			.scalar = (uint8_t)id,
			.a = before->value,
			.b = now->value,
			.a_unknown = before->unknown,
			.b_unknown = now->unknown,
		};

		if (!cpc_scalar_in_text((enum cpc_scalar_id)id) || cpc_scalars[id].rule == CPC_SCALAR_LAYOUT)
			continue;
		if (before->unknown != now->unknown || (!unread && before->value != now->value))
			tell(walk, &finding);
	}
}

/** The components that a fingerprint names: XCR0's, and those of XSS that it keeps. */
static uint64_t named(const struct cpc_fingerprint *fingerprint)
{
	return cpc_fingerprint_xcr0(fingerprint) | fingerprint->words[CPC_LD_1_ECX];
}

static void walk_component(const struct walk *walk, unsigned int index)
{
	static const struct cpc_component none;
	const struct cpc_component *before = cpc_fingerprint_component(walk->before, index);
	const struct cpc_component *now = cpc_fingerprint_component(walk->now, index);
	const struct cpc_component *a = before ? before : &none;
	const struct cpc_component *b = now ? now : &none;
	const struct cpc_finding finding = {
		.code = CPC_FINDING_LAYOUT,
		.about = CPC_ABOUT_COMPONENT,
		.component = (uint8_t)index,
		.a = a->offset,
		.b = b->offset,
		.a_size = a->size,
		.b_size = b->size,
	};

	/* One that came or went with its bit has been told of as that. */
	if (!before != !now && (named(walk->before) ^ named(walk->now)) >> index & 1U)
		return;
	if (!before != !now || a->offset != b->offset || a->size != b->size)
		tell(walk, &finding);
}

static void walk_layout(const struct walk *walk)
{
	const struct cpc_finding unread = {
		.code = CPC_FINDING_UNREAD,
		.about = CPC_ABOUT_SCALAR,
		.scalar = CPC_S_xs,
		.a_unknown = walk->before->layout_unknown,
		.b_unknown = walk->now->layout_unknown,
	};

	if (unread.a_unknown != unread.b_unknown)
		tell(walk, &unread);
	if (unread.a_unknown || unread.b_unknown)
		return;
	for (unsigned int index = 0; index < CPC_COMPONENTS_MAX; index++)
		walk_component(walk, index);
}

void cpc_each_difference(const struct cpc_fingerprint *before, const struct cpc_fingerprint *now,
			 void (*visit)(void *context, const struct cpc_finding *finding), void *context)
{
	static const struct cpc_finding vendor = { .code = CPC_FINDING_VENDOR, .about = CPC_ABOUT_VENDOR };
	static const struct cpc_finding foreign = { .code = CPC_FINDING_FOREIGN, .about = CPC_ABOUT_FOREIGN };
	const struct walk walk = { .before = before, .now = now, .visit = visit, .context = context };

	if (memcmp(before->vendor, now->vendor, sizeof(now->vendor)) != 0) {
		tell(&walk, &vendor);
		return;
	}
	walk_words(&walk);
	walk_scalars(&walk);
	walk_layout(&walk);
	if (strcmp(before->foreign, now->foreign) != 0)
		tell(&walk, &foreign);
}
