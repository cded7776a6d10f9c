/* SPDX-License-Identifier: MIT */
/*
 * Fingerprints to hold laws against: random ones made of plausible parts, and those
 * of the corpus where it is there. The random source is fixed: a failure comes back.
 */
#ifndef CPC_TEST_PROPERTIES_H
#define CPC_TEST_PROPERTIES_H

#include "corpus.h"

#include <cpucompat/catalogue.h>

#include "formats.h"

#define RANDOM_COUNT 400
#define TRIPLES 20000

struct pool {
	struct cpc_fingerprint *items;
	size_t count;
};

static struct pool pool;

static inline void pool_add(const struct cpc_fingerprint *fingerprint)
{
	if ((pool.count & (pool.count - 1)) == 0) {
		pool.items = realloc(pool.items, (pool.count ? pool.count * 2 : 1) * sizeof(*pool.items));
		assert_non_null(pool.items);
	}
	pool.items[pool.count++] = *fingerprint;
}

/* Sparse differences: from a common processor, so that many pairs are comparable. */
static inline void random_words(uint64_t *state, struct cpc_fingerprint *fingerprint)
{
	uint32_t canonical[CPC_WORD_COUNT];

	cpc_canonical_masks(canonical);
	for (unsigned int word = 0; word < CPC_WORD_COUNT; word++)
		fingerprint->words[word] = canonical[word] & 0x5a5a5a5a;
	for (uint32_t i = random_below(state, 6); i; i--) {
		const uint32_t word = random_below(state, CPC_WORD_COUNT);

		fingerprint->words[word] ^= canonical[word] & (UINT32_C(1) << random_below(state, 32));
	}
	if (random_below(state, 8) == 0)
		set_unread_10a(fingerprint);
	if (random_below(state, 8) == 0) {
		fingerprint->word_count = CPC_WORD_COUNT + 1 + random_below(state, 3);
		fingerprint->words[fingerprint->word_count - 1] = random_below(state, 4);
	}
}

static inline void random_numbers(uint64_t *state, struct cpc_fingerprint *fingerprint)
{
	static const uint64_t pa[] = { 39, 46, 52 };

	fingerprint->scalars[CPC_S_pa].value = pa[random_below(state, COUNT(pa))];
	fingerprint->scalars[CPC_S_la].value = random_below(state, 6) ? 48 : 57;
	fingerprint->scalars[CPC_S_clf].value = 64;
	fingerprint->scalars[CPC_S_rap].value = random_below(state, 2) * 32;
	if (random_below(state, 16) == 0)
		fingerprint->scalars[CPC_S_pa] = (struct cpc_number){ .unknown = true };
	if (random_below(state, 16) == 0)
		strcpy(fingerprint->foreign, "zz=1");
}

/* Whole states, as processors have them, each of them in one of two places. */
static inline void random_layout(uint64_t *state, struct cpc_fingerprint *fingerprint)
{
	static const enum cpc_xstate states[] = { CPC_XSTATE_AVX, CPC_XSTATE_MPX, CPC_XSTATE_AVX512, CPC_XSTATE_PKRU,
						  CPC_XSTATE_AMX };
	uint64_t components = 0;

	fingerprint->words[CPC_LD_0_EAX] = 3;
	fingerprint->words[CPC_LD_0_EDX] = 0;
	fingerprint->words[CPC_LD_1_ECX] = 0;
	for (size_t i = 0; i < COUNT(states); i++)
		if (random_below(state, 4))
			components |= cpc_xstate_components(states[i]);
	for (uint8_t i = 2; i < CPC_COMPONENTS_MAX; i++)
		if (components >> i & 1U)
			add_component(fingerprint, i, 64U * i + (random_below(state, 8) ? 0 : 2048), 64);
	/* What needs a state that is not there is not there. */
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++) {
		const uint64_t needs = cpc_xstate_components(cpc_features[i].xstate);

		if (cpc_features[i].reg < CPC_WORD_COUNT && (needs & components) != needs)
			set_feature(fingerprint, (enum cpc_feature_id)i, false);
	}
	fingerprint->scalars[CPC_S_amxp].value = (components >> 17 & 3) == 3 ? 1 + random_below(state, 2) : 0;
	if (random_below(state, 24) == 0) {
		fingerprint->layout_unknown = true;
		fingerprint->layout_count = 0;
	}
}

static inline void add_random(void)
{
	uint64_t state = UINT64_C(0x9e3779b97f4a7c15);

	for (int i = 0; i < RANDOM_COUNT; i++) {
		struct cpc_fingerprint fingerprint = { .vendor = "GenuineIntel", .word_count = CPC_WORD_COUNT };

		if (random_below(&state, 4) == 0)
			memcpy(fingerprint.vendor, "AuthenticAMD", 12);
		fingerprint.family = 6;
		fingerprint.model = random_below(&state, 4);
		fingerprint.stepping = random_below(&state, 4);
		random_words(&state, &fingerprint);
		random_numbers(&state, &fingerprint);
		random_layout(&state, &fingerprint);
		pool_add(&fingerprint);
	}
}

static inline void add_file(const char *path)
{
	struct cpc_captures captures;
	size_t length;
	char *bytes = corpus_read(path, 0, &length);

	assert_non_null(bytes);
	if (cpc_read(bytes, length, &captures, NULL) == CPC_OK) {
		struct cpc_report report;

		cpc_report_of(&captures.items[0], &report);
		pool_add(&report.fingerprint);
	}
	cpc_captures_free(&captures);
	free(bytes);
}

static inline int setup(void **state)
{
	struct corpus_paths paths = { 0 };
	char dumps[PATH_MAX];

	(void)state;
	add_random();
	for (size_t i = 0; i < cpc_catalogue_count; i++) {
		const struct cpc_fingerprint row = parsed(cpc_catalogue[i].fingerprint);

		pool_add(&row);
	}
	if (corpus_path("corpus/dumps", dumps))
		corpus_list(dumps, ".txt", &paths);
	for (size_t i = 0; i < paths.count; i++)
		add_file(paths.items[i]);
	printf("%d random fingerprints, %zu of the catalogue, %zu of the corpus%s\n", RANDOM_COUNT, cpc_catalogue_count,
	       pool.count - RANDOM_COUNT - cpc_catalogue_count, paths.count ? "" : " (it is not there)");
	corpus_free(&paths);
	return 0;
}

static inline int teardown(void **state)
{
	(void)state;
	free(pool.items);
	return 0;
}

static inline bool is_whole(const struct cpc_fingerprint *fingerprint)
{
	bool unknown = fingerprint->layout_unknown;

	for (size_t i = 0; i < COUNT(fingerprint->unread); i++)
		unknown |= fingerprint->unread[i] != 0;
	for (size_t i = 0; i < CPC_SCALAR_COUNT; i++)
		unknown |= fingerprint->scalars[i].unknown;
	return !unknown;
}

/* Each made once: of a vendor's lists, AMD's and Hygon's or those of all others. */
static inline const struct cpc_lens *lens_of(const struct cpc_policy *policy, const struct cpc_fingerprint *fingerprint)
{
	static struct cpc_lens lenses[CPC_POLICY_COUNT][2];
	const bool amd = memcmp(fingerprint->vendor, "AuthenticAMD", 12) == 0 ||
			 memcmp(fingerprint->vendor, "HygonGenuine", 12) == 0;
	struct cpc_lens *lens = &lenses[policy - cpc_policies][amd];

	if (!lens->policy)
		cpc_lens_of(policy, fingerprint->vendor, false, lens);
	return lens;
}

static inline enum cpc_verdict verdict_of(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b,
					  const struct cpc_policy *policy)
{
	const struct cpc_side sides[] = { side_of(a), side_of(b) };

	return cpc_verdict_of(&sides[0], &sides[1], lens_of(policy, a));
}

static inline void show(const struct cpc_fingerprint *fingerprint)
{
	char text[CPC_FINGERPRINT_SIZE];

	cpc_fingerprint_print(fingerprint, text);
	printf("%s\n", text);
}

static inline const struct cpc_fingerprint *any_of(uint64_t *random)
{
	return &pool.items[random_below(random, (uint32_t)pool.count)];
}

#endif
