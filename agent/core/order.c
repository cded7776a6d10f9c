/* SPDX-License-Identifier: MIT */
/*
 * "A moves to B" as a partial order: word by word, scalar by scalar, component by
 * component. What cannot be known is told apart from what is not so, and counts
 * only where it could change the answer.
 */
#include "order.h"

#include <assert.h>
#include <string.h>

/* What the order says of one word, a bit for a bit. */
struct bits {
	uint32_t missing; /* needed, and the destination lacks it */
	uint32_t extra;	  /* must match, and the destination alone has it */
	uint32_t unequal;
	uint32_t blocked;
	uint32_t required; /* the policy demands it of every host, and the destination lacks it */
	uint32_t unread;   /* compared, and not read on one side at least */
	uint32_t unsure;   /* not read, and some value would stand in the way */
	uint32_t differs;  /* compared, and not known to be equal */
	uint32_t apart;	   /* compared, and known to differ */
};

static const uint32_t all_bits[CPC_WORDS_MAX] = {
#define ONES UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX
	ONES, ONES, ONES, ONES, ONES, ONES, ONES, ONES, ONES, ONES, ONES, ONES, ONES, ONES, ONES, ONES,
#undef ONES
};
static const uint32_t no_bits[CPC_WORDS_MAX];

/* As many words as fingerprints have for years to come. */
#define CPC_WORDS_USUAL 32U
static_assert(CPC_WORD_COUNT <= CPC_WORDS_USUAL, "ours are among the usual ones");

/*
 * A bit that was not read is zero in `words`. It stands in the way for certain where
 * what was read is enough; it might where some value of it would.
 */
static inline struct bits bits_of(const struct cpc_pair *pair, unsigned int i, uint32_t a_unread, uint32_t b_unread)
{
	const struct cpc_lens *lens = pair->lens;
	const uint32_t a = pair->a->words[i];
	const uint32_t b = pair->b->words[i];
	const uint32_t need = lens->need[i] & pair->keep[i];
	const uint32_t equal = lens->equal[i] & pair->keep[i];
	const uint32_t block = lens->block[i] & pair->keep[i];
	const uint32_t matched = lens->matched[i] & need;
	const uint32_t hard = need & ~pair->supplied[i];
	const uint32_t compared = lens->compared[i];
	const uint32_t unread = a_unread | b_unread;
	const uint32_t may_have = a | a_unread;

	return (struct bits){
		.missing = a & ~b & hard & ~unread,
		.extra = b & ~a & matched & ~unread,
		.unequal = (a ^ b) & equal & ~unread,
		.blocked = a & block,
		.required = lens->required[i] & ~b & ~b_unread,
		.unread = unread & compared,
		.unsure = (unread & ((hard & may_have & ~b) | (matched & ~a & (b | b_unread)) | equal)) |
			  (a_unread & block) | (lens->required[i] & b_unread),
		.differs = ((a ^ b) | unread) & compared,
		.apart = (a ^ b) & ~unread & compared,
	};
}

/* XCR0 as far as it was read, and what of it was not. */
static uint64_t unread_xcr0(const uint32_t *unread)
{
	return unread[CPC_LD_0_EAX] | (uint64_t)unread[CPC_LD_0_EDX] << 32;
}

/* Components of the source that are not in everybody's way. */
struct unused {
	uint64_t idle;	   /* no guest of the source can switch them on: in nobody's */
	uint64_t doubtful; /* it was not read whether a guest can */
};

static struct unused unused_of(const struct cpc_pair *pair)
{
	const uint64_t usable = cpc_fingerprint_usable(pair->a, &pair->lens->xstates);
	const uint64_t xcr0 = cpc_fingerprint_xcr0(pair->a);

	return (struct unused){
		.idle = xcr0 & ~usable,
		.doubtful = xcr0 & usable & ~cpc_fingerprint_surely_usable(pair->a, &pair->lens->xstates),
	};
}

/*
 * The usual question, where needed bits alone can refuse. The loop has no branch and no
 * call and a length that the compiler knows, so that it takes several words in a step;
 * XCR0, whose bits need not all count, is asked apart.
 */
static inline void order_needed(const struct cpc_pair *pair, const uint32_t *a_unread, const uint32_t *b_unread,
				unsigned int count)
{
	const struct cpc_lens *lens = pair->lens;
	const uint64_t a_xcr0 = cpc_fingerprint_xcr0(pair->a);
	const uint64_t b_xcr0 = cpc_fingerprint_xcr0(pair->b);
	const uint64_t a_may = a_xcr0 | unread_xcr0(a_unread);
	uint64_t missing_xcr0 = a_xcr0 & ~b_xcr0 & ~unread_xcr0(b_unread) & pair->hard->xcr0;
	uint64_t unsure_xcr0 = (unread_xcr0(a_unread) | unread_xcr0(b_unread)) & a_may & ~b_xcr0 & pair->hard->xcr0;
	const uint32_t *hard = pair->hard->words;
	uint32_t missing = 0;
	uint32_t unsure = 0;
	uint32_t differs = 0;

	/* Most pairs end here. */
	for (unsigned int i = 0; i < count; i++)
		missing |= pair->a->words[i] & hard[i] & ~(pair->b->words[i] | b_unread[i]);
	if (missing) {
		pair->tally->refused = true;
		pair->tally->apart = true;
		pair->tally->differs = true;
		return;
	}
	for (unsigned int i = 0; i < count; i++) {
		const uint32_t a = pair->a->words[i];
		const uint32_t b = pair->b->words[i];
		const uint32_t unread = a_unread[i] | b_unread[i];

		unsure |= (a | a_unread[i]) & hard[i] & ~b & unread;
		differs |= ((a ^ b) | unread) & lens->compared[i];
	}
	if (missing_xcr0 | unsure_xcr0) {
		const struct unused unused = unused_of(pair);

		unsure_xcr0 = (unsure_xcr0 | (missing_xcr0 & unused.doubtful)) & ~unused.idle;
		missing_xcr0 &= ~(unused.idle | unused.doubtful);
	}
	pair->tally->refused |= missing_xcr0 != 0;
	pair->tally->apart |= missing_xcr0 != 0;
	pair->tally->unsure |= (unsure | unsure_xcr0) != 0;
	pair->tally->differs |= differs != 0;
}

/* Every rule; of a known length for the same reason. */
static inline void order_bits(const struct cpc_pair *pair, const uint32_t *a_unread, const uint32_t *b_unread,
			      unsigned int count)
{
	uint32_t refused = 0;
	uint32_t rigid = 0;
	uint32_t unsure = 0;
	uint32_t differs = 0;
	uint32_t apart = 0;

	for (unsigned int i = 0; i < count; i++) {
		const struct bits bits = bits_of(pair, i, a_unread[i], b_unread[i]);

		refused |= bits.missing | bits.extra | bits.unequal | bits.blocked | bits.required;
		rigid |= bits.unequal | bits.required;
		unsure |= bits.unsure;
		differs |= bits.differs;
		apart |= bits.apart;
	}
	pair->tally->refused |= refused != 0;
	pair->tally->rigid |= rigid != 0;
	pair->tally->unsure |= unsure != 0;
	pair->tally->differs |= differs != 0;
	pair->tally->apart |= apart != 0;
}

static void note(const struct cpc_pair *pair, enum cpc_finding_code code, enum cpc_weight weight, unsigned int word,
		 uint32_t bits)
{
	if (bits && !cpc_findings_add_bits(pair->tally->findings, code, weight, word, bits, pair->a, pair->b))
		pair->tally->failed = true;
}

static void note_unread_word(const struct cpc_pair *pair, unsigned int word, uint32_t a_unread, uint32_t b_unread,
			     enum cpc_weight weight)
{
	const struct cpc_finding finding = {
		.code = CPC_FINDING_UNREAD,
		.weight = weight,
		.about = CPC_ABOUT_WORD,
		.word = (uint16_t)word,
		.a_unknown = a_unread != 0,
		.b_unknown = b_unread != 0,
		.mitigation = word < CPC_WORD_COUNT && cpc_registers[word].place >= CPC_PLACE_MSR_LO,
		.a = pair->a->words[word],
		.b = pair->b->words[word],
	};

	cpc_tally_add(pair->tally, &finding);
}

/* The named ones of these bits. */
static uint32_t named(unsigned int word, uint32_t bits)
{
	uint32_t names = 0;

	for (unsigned int bit = 0; bit < 32; bit++)
		if (bits >> bit & 1U && word < CPC_WORD_COUNT && cpc_feature_at((enum cpc_register)word, bit))
			names |= UINT32_C(1) << bit;
	return names;
}

/*
 * What was not read of a word: the word as a whole, or those of its bits that could
 * stand in the way, and the word once for all of them that have no name.
 */
static void note_unread(const struct cpc_pair *pair, unsigned int word, const struct bits *bits, uint32_t a_unread,
			uint32_t b_unread)
{
	const struct cpc_lens *lens = pair->lens;
	const uint32_t compared =
		lens->need[word] | lens->any[word] | lens->hint[word] | lens->equal[word] | lens->block[word];
	const uint32_t names = named(word, bits->unsure);

	if (!bits->unread)
		return;
	if (bits->unread == compared || !bits->unsure) {
		note_unread_word(pair, word, a_unread & compared, b_unread & compared,
				 bits->unsure ? CPC_WARNING : CPC_NOTE);
		return;
	}
	note(pair, CPC_FINDING_UNREAD, CPC_WARNING, word, names);
	if (bits->unsure & ~names)
		note_unread_word(pair, word, a_unread & bits->unsure & ~names, b_unread & bits->unsure & ~names,
				 CPC_WARNING);
}

static void note_word(const struct cpc_pair *pair, unsigned int word, uint32_t a_unread, uint32_t b_unread)
{
	const struct cpc_lens *lens = pair->lens;
	const struct bits bits = bits_of(pair, word, a_unread, b_unread);
	const uint32_t read = ~(a_unread | b_unread);
	const uint32_t a = pair->a->words[word];
	const uint32_t b = pair->b->words[word];

	note_unread(pair, word, &bits, a_unread, b_unread);
	note(pair, CPC_FINDING_LACKS_REQUIRED, CPC_REFUSAL, word, bits.required & ~bits.missing);
	note(pair, CPC_FINDING_MISSING, CPC_REFUSAL, word, bits.missing);
	note(pair, CPC_FINDING_EXTRA, CPC_REFUSAL, word, bits.extra);
	note(pair, CPC_FINDING_UNEQUAL, CPC_REFUSAL, word, bits.unequal);
	note(pair, CPC_FINDING_BLOCKED, CPC_REFUSAL, word, bits.blocked);
	note(pair, CPC_FINDING_BAD_NEWS, CPC_WARNING, word, (a ^ b) & lens->any[word] & read);
	note(pair, CPC_FINDING_SUPPLIED, CPC_NOTE, word, a & ~b & lens->need[word] & pair->supplied[word] & read);
	note(pair, CPC_FINDING_HINT, CPC_NOTE, word, a & ~b & lens->hint[word] & read);
}

static void order_words(const struct cpc_pair *pair)
{
	const unsigned int count =
		pair->a->word_count > pair->b->word_count ? pair->a->word_count : pair->b->word_count;
	const uint32_t *a_unread = pair->itself ? no_bits : pair->a->unread;
	const uint32_t *b_unread = pair->itself ? no_bits : pair->b->unread;

	/* Beyond both counts all words are zero, so a fixed length that covers them asks the same question. */
	if (!pair->lens->plain || pair->keep != all_bits || pair->tally->findings) {
		if (count <= CPC_WORDS_USUAL)
			order_bits(pair, a_unread, b_unread, CPC_WORDS_USUAL);
		else
			order_bits(pair, a_unread, b_unread, CPC_WORDS_MAX);
	} else if (count <= CPC_WORDS_USUAL)
		order_needed(pair, a_unread, b_unread, CPC_WORDS_USUAL);
	else
		order_needed(pair, a_unread, b_unread, CPC_WORDS_MAX);
	for (unsigned int word = 0; pair->tally->findings && word < count; word++)
		note_word(pair, word, a_unread[word], b_unread[word]);
}

/* A component of the source alone that its guests may or may not be able to switch on. */
static void order_doubtful(const struct cpc_pair *pair, uint64_t doubtful)
{
	const uint64_t kept = pair->keep[CPC_LD_0_EAX] | (uint64_t)pair->keep[CPC_LD_0_EDX] << 32;
	const struct cpc_finding finding = {
		.code = CPC_FINDING_UNREAD,
		.weight = CPC_WARNING,
		.about = CPC_ABOUT_SCALAR,
		.scalar = CPC_S_xs,
		.a_unknown = true,
	};

	if (pair->itself || !(doubtful & ~cpc_fingerprint_xcr0(pair->b) & pair->hard->xcr0 & kept))
		return;
	pair->tally->differs = true;
	pair->tally->unsure = true;
	cpc_tally_add(pair->tally, &finding);
}

static void order(struct cpc_pair *pair)
{
	const bool plain = pair->lens->plain && pair->keep == all_bits;
	const struct cpc_tally *tally = pair->tally;
	uint32_t keep[CPC_WORDS_MAX];

	pair->itself = pair->a == pair->b;
	if (!plain || tally->findings) {
		const struct unused unused = unused_of(pair);
		const uint64_t left_out = unused.idle | unused.doubtful;

		order_doubtful(pair, unused.doubtful);
		if (left_out) {
			memcpy(keep, pair->keep, sizeof(keep));
			keep[CPC_LD_0_EAX] &= ~(uint32_t)left_out;
			keep[CPC_LD_0_EDX] &= ~(uint32_t)(left_out >> 32);
			pair->keep = keep;
		}
	}
	order_words(pair);
	/* Numbers refuse or leave it open, as words do: to one who does not ask why they are nothing new. */
	if (tally->findings || !(plain ? tally->refused : tally->rigid))
		cpc_order_scalars(pair);
}

/* The question as the policy asks it of two hosts. */
static struct cpc_pair pair_of(const struct cpc_fingerprint *source, const struct cpc_fingerprint *destination,
			       const struct cpc_lens *lens, struct cpc_tally *tally)
{
	return (struct cpc_pair){
		.a = source,
		.b = destination,
		.lens = lens,
		.keep = all_bits,
		.supplied = lens->supplied,
		.hard = &lens->hard,
		.tally = tally,
	};
}

void cpc_order(const struct cpc_fingerprint *source, const struct cpc_fingerprint *destination,
	       const struct cpc_lens *lens, struct cpc_tally *tally)
{
	struct cpc_pair pair = pair_of(source, destination, lens, tally);

	order(&pair);
}

void cpc_order_offered(const struct cpc_fingerprint *source, const struct cpc_fingerprint *destination,
		       const struct cpc_lens *lens, struct cpc_tally *tally)
{
	struct cpc_pair pair = pair_of(source, destination, lens, tally);

	pair.supplied = no_bits;
	pair.hard = &lens->hard_offered;
	order(&pair);
}

void cpc_order_kept(const struct cpc_fingerprint *source, const struct cpc_fingerprint *destination,
		    const struct cpc_lens *lens, struct cpc_tally *tally)
{
	struct cpc_pair pair = pair_of(source, destination, lens, tally);

	pair.keep = lens->keep;
	pair.clf_forced = lens->policy->forced_clf != 0;
	order(&pair);
}
