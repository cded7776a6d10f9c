/* SPDX-License-Identifier: MIT */
/*
 * What must hold of all fingerprints: random ones made of plausible parts, and those
 * of the corpus where it is there. The random source is fixed: a failure comes back.
 */
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

static void pool_add(const struct cpc_fingerprint *fingerprint)
{
	if ((pool.count & (pool.count - 1)) == 0) {
		pool.items = realloc(pool.items, (pool.count ? pool.count * 2 : 1) * sizeof(*pool.items));
		assert_non_null(pool.items);
	}
	pool.items[pool.count++] = *fingerprint;
}

/* Sparse differences: from a common processor, so that many pairs are comparable. */
static void random_words(uint64_t *state, struct cpc_fingerprint *fingerprint)
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

static void random_numbers(uint64_t *state, struct cpc_fingerprint *fingerprint)
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
static void random_layout(uint64_t *state, struct cpc_fingerprint *fingerprint)
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

static void add_random(void)
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

static void add_file(const char *path)
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

static int setup(void **state)
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

static int teardown(void **state)
{
	(void)state;
	free(pool.items);
	return 0;
}

static bool is_whole(const struct cpc_fingerprint *fingerprint)
{
	bool unknown = fingerprint->layout_unknown;

	for (size_t i = 0; i < COUNT(fingerprint->unread); i++)
		unknown |= fingerprint->unread[i] != 0;
	for (size_t i = 0; i < CPC_SCALAR_COUNT; i++)
		unknown |= fingerprint->scalars[i].unknown;
	return !unknown;
}

/* Each made once: of a vendor's lists, AMD's and Hygon's or those of all others. */
static const struct cpc_lens *lens_of(const struct cpc_policy *policy, const struct cpc_fingerprint *fingerprint)
{
	static struct cpc_lens lenses[CPC_POLICY_COUNT][2];
	const bool amd = memcmp(fingerprint->vendor, "AuthenticAMD", 12) == 0 ||
			 memcmp(fingerprint->vendor, "HygonGenuine", 12) == 0;
	struct cpc_lens *lens = &lenses[policy - cpc_policies][amd];

	if (!lens->policy)
		cpc_lens_of(policy, fingerprint->vendor, false, lens);
	return lens;
}

static enum cpc_verdict verdict_of(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b,
				   const struct cpc_policy *policy)
{
	const struct cpc_side sides[] = { side_of(a), side_of(b) };

	return cpc_verdict_of(&sides[0], &sides[1], lens_of(policy, a));
}

static void show(const struct cpc_fingerprint *fingerprint)
{
	char text[CPC_FINGERPRINT_SIZE];

	cpc_fingerprint_print(fingerprint, text);
	printf("%s\n", text);
}

static void test_round_trip(void **state)
{
	(void)state;
	for (size_t i = 0; i < pool.count; i++) {
		char text[CPC_FINGERPRINT_SIZE];
		struct cpc_fingerprint back;

		cpc_fingerprint_print(&pool.items[i], text);
		back = parsed(text);
		assert_same_text(&back, &pool.items[i]);
	}
}

/* The same under every policy, unless the policy demands of a host what it has not; a copy too where all is known. */
static void test_reflexive(void **state)
{
	(void)state;
	for (size_t i = 0; i < pool.count; i++) {
		for (size_t j = 0; j < CPC_POLICY_COUNT; j++) {
			const struct cpc_policy *policy = &cpc_policies[j];
			const struct cpc_fingerprint copy = pool.items[i];
			const enum cpc_verdict self = verdict_of(&pool.items[i], &pool.items[i], policy);
			const enum cpc_verdict other = verdict_of(&pool.items[i], &copy, policy);

			if (self != CPC_SAME && !(policy->required.count && self == CPC_IMPOSSIBLE))
				fail_msg("%s: %s of itself", policy->name, cpc_verdict_name(self));
			if (is_whole(&copy))
				assert_int_equal(other, self);
		}
	}
}

static const struct cpc_fingerprint *any_of(uint64_t *random)
{
	return &pool.items[random_below(random, (uint32_t)pool.count)];
}

/* The verdict alone is the verdict of the comparison, and an unread value never makes `same`. */
static void test_agreement(void **state)
{
	uint64_t random = 88172645463325252U;

	(void)state;
	for (int i = 0; i < TRIPLES / 4; i++) {
		const struct cpc_fingerprint *a = any_of(&random);
		const struct cpc_fingerprint *b = any_of(&random);
		const struct cpc_policy *policy = &cpc_policies[random_below(&random, CPC_POLICY_COUNT)];
		const struct cpc_side sides[] = { side_of(a), side_of(b) };
		struct cpc_comparison comparison;

		assert_int_equal(cpc_compare(&sides[0], &sides[1], policy, &comparison, NULL), CPC_OK);
		assert_int_equal(comparison.a_to_b.verdict, verdict_of(a, b, policy));
		assert_int_equal(comparison.b_to_a.verdict, verdict_of(b, a, policy));
		assert_int_equal(comparison.relation,
				 cpc_relation_of(comparison.a_to_b.verdict, comparison.b_to_a.verdict));
		assert_int_equal(comparison.a_to_b.can_return, moves(comparison.b_to_a.verdict));
		for (size_t j = 0; j < comparison.a_to_b.findings.count; j++)
			if (comparison.a_to_b.findings.items[j].weight == CPC_REFUSAL)
				assert_false(moves(comparison.a_to_b.verdict));
		cpc_comparison_free(&comparison);
	}
}

/*
 * Any fingerprint; or, every other time, the given one with a few more bits, for two
 * that were drawn seldom compare.
 */
static const struct cpc_fingerprint *any_near(uint64_t *random, const struct cpc_fingerprint *near,
					      struct cpc_fingerprint *room)
{
	uint32_t masks[CPC_WORD_COUNT];

	if (random_below(random, 2))
		return any_of(random);
	cpc_canonical_masks(masks);
	*room = *near;
	for (uint32_t i = random_below(random, 3); i; i--) {
		const uint32_t word = random_below(random, CPC_WORD_COUNT);

		/* XSAVE components need places of their own; a word that was not read has no bits. */
		if (word != CPC_LD_0_EAX && word != CPC_LD_0_EDX && word != CPC_LD_1_ECX && !room->unread[word])
			room->words[word] |= masks[word] & UINT32_C(1) << random_below(random, 32);
	}
	return room;
}

static void test_transitive(void **state)
{
	uint64_t random = 1234567;

	(void)state;
	for (size_t p = 0; p < CPC_POLICY_COUNT; p++) {
		const struct cpc_policy *policy = &cpc_policies[p];
		size_t chains = 0;

		for (int i = 0; i < TRIPLES; i++) {
			struct cpc_fingerprint rooms[2];
			const struct cpc_fingerprint *a = any_of(&random);
			const struct cpc_fingerprint *b = any_near(&random, a, &rooms[0]);
			const struct cpc_fingerprint *c;

			if (!moves(verdict_of(a, b, policy)))
				continue;
			c = any_near(&random, b, &rooms[1]);
			if (!moves(verdict_of(b, c, policy)))
				continue;
			chains++;
			if (!moves(verdict_of(a, c, policy))) {
				show(a), show(b), show(c);
				fail_msg("%s: a moves to b and b to c, but a does not move to c", policy->name);
			}
		}
		printf("%s: %zu chains\n", policy->name, chains);
		assert_true(chains > 100);
	}
}

/* A number as a policy looks at it: it may give its guests a narrower one, and a width not told apart is `pa`. */
static uint64_t seen(const struct cpc_fingerprint *fingerprint, unsigned int id, const struct cpc_policy *policy)
{
	uint64_t value = fingerprint->scalars[id].value;

	if (cpc_scalars[id].zero_is_pa && !value)
		value = fingerprint->scalars[CPC_S_pa].value;
	return cpc_scalars[id].guest_pa && policy->guest_pa && value > policy->guest_pa ? policy->guest_pa : value;
}

/* The order is antisymmetric up to what the policy looks at: both ways means equal needs. */
static void test_antisymmetric(void **state)
{
	uint64_t random = 424242;
	size_t pairs[CPC_POLICY_COUNT] = { 0 };

	(void)state;
	for (int i = 0; i < 4 * TRIPLES; i++) {
		const struct cpc_policy *policy = &cpc_policies[(size_t)i % CPC_POLICY_COUNT];
		struct cpc_fingerprint room;
		const struct cpc_fingerprint *a = any_of(&random);
		const struct cpc_fingerprint *b = any_near(&random, a, &room);

		if (a == b || !moves(verdict_of(a, b, policy)) || !moves(verdict_of(b, a, policy)))
			continue;
		pairs[(size_t)i % CPC_POLICY_COUNT]++;
		for (unsigned int word = 0; word < CPC_WORDS_MAX; word++)
			assert_int_equal((a->words[word] ^ b->words[word]) & lens_of(policy, a)->need[word] &
						 ~lens_of(policy, a)->supplied[word],
					 0);
		for (unsigned int id = 0; id < CPC_SCALAR_COUNT; id++)
			if (policy->scalars[id] == CPC_SCALAR_REFUSES && cpc_scalars[id].rule != CPC_SCALAR_FLAGS)
				assert_int_equal(seen(a, id, policy), seen(b, id, policy));
	}
	for (size_t i = 0; i < CPC_POLICY_COUNT; i++)
		printf("%s: %zu pairs move both ways\n", cpc_policies[i].name, pairs[i]);
	for (size_t i = 0; i < CPC_POLICY_COUNT; i++)
		assert_true(pairs[i] > 30);
}

static bool meet_of(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b, struct cpc_fingerprint *ret_meet)
{
	return cpc_meet(a, b, ret_meet, NULL) == CPC_OK;
}

static void test_meet_idempotent(void **state)
{
	(void)state;
	for (size_t i = 0; i < pool.count; i++) {
		struct cpc_fingerprint meet;

		assert_true(meet_of(&pool.items[i], &pool.items[i], &meet));
		assert_same_text(&meet, &pool.items[i]);
	}
}

/* Where the mode is what both hosts have, a baseline is a bound under that policy and the greatest of them. */
static bool is_levelled(const struct cpc_policy *policy)
{
	return policy->mode == CPC_MODE_MEET && !policy->matched.count;
}

static void expect_bound(const struct cpc_policy *policy, const struct cpc_fingerprint *meet,
			 const struct cpc_fingerprint *host)
{
	const enum cpc_verdict verdict = verdict_of(meet, host, policy);

	if (moves(verdict))
		return;
	show(meet), show(host);
	fail_msg("%s: the meet of two does not move to one of them: %s", policy->name, cpc_verdict_name(verdict));
}

static void expect_bounds(const struct cpc_policy *policy)
{
	uint64_t random = 777;
	size_t meets = 0;

	for (int i = 0; i < TRIPLES; i++) {
		const struct cpc_fingerprint *a = any_of(&random);
		const struct cpc_fingerprint *b = any_of(&random);
		struct cpc_fingerprint meet;
		struct cpc_fingerprint back;

		if (cpc_meet_under(lens_of(policy, a), a, b, &meet, NULL)) {
			assert_int_not_equal(cpc_meet_under(lens_of(policy, a), b, a, &back, NULL), CPC_OK);
			continue;
		}
		assert_int_equal(cpc_meet_under(lens_of(policy, a), b, a, &back, NULL), CPC_OK);
		assert_same_text(&meet, &back);
		if (!is_whole(a) || !is_whole(b))
			continue;
		meets++;
		expect_bound(policy, &meet, a);
		expect_bound(policy, &meet, b);
	}
	assert_true(meets > 1000);
}

static void test_meet_is_a_bound(void **state)
{
	(void)state;
	for (size_t i = 0; i < CPC_POLICY_COUNT; i++)
		if (is_levelled(&cpc_policies[i]))
			expect_bounds(&cpc_policies[i]);
}

/* It is the greatest: what moves to both moves to their meet. */
static size_t expect_greatest(const struct cpc_policy *policy)
{
	uint64_t random = 31337;
	size_t found = 0;

	for (int i = 0; i < 8 * TRIPLES; i++) {
		const struct cpc_fingerprint *a = any_of(&random);
		const struct cpc_fingerprint *b = any_of(&random);
		const struct cpc_fingerprint *c = any_of(&random);
		struct cpc_fingerprint meet;

		if (!is_whole(a) || !is_whole(b) || !is_whole(c) || !moves(verdict_of(c, a, policy)) ||
		    !moves(verdict_of(c, b, policy)))
			continue;
		if (cpc_meet_under(lens_of(policy, a), a, b, &meet, NULL))
			continue;
		found++;
		if (!moves(verdict_of(c, &meet, policy))) {
			show(a), show(b), show(c), show(&meet);
			fail_msg("%s: c moves to a and b, but not to their meet", policy->name);
		}
	}
	return found;
}

static void test_meet_is_greatest(void **state)
{
	(void)state;
	for (size_t i = 0; i < CPC_POLICY_COUNT; i++)
		if (is_levelled(&cpc_policies[i]))
			assert_true(expect_greatest(&cpc_policies[i]) > 10);
}

/* Whether every state that a feature needs is there: not so in dumps that leave leaf 0xd out. */
static bool is_consistent(const struct cpc_fingerprint *fingerprint)
{
	const uint64_t components = cpc_fingerprint_xcr0(fingerprint) | fingerprint->words[CPC_LD_1_ECX];

	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++) {
		const struct cpc_feature *feature = &cpc_features[i];
		const uint64_t needs = cpc_xstate_components(feature->xstate);

		if (feature->reg < CPC_WORD_COUNT && (needs & components) != needs &&
		    cpc_fingerprint_bit(fingerprint, feature->reg, feature->bit) == CPC_SET)
			return false;
	}
	return !fingerprint->layout_unknown;
}

/*
 * Where a layout is not known, or a feature is there without its state, the meet of
 * the other two cannot know which states it loses, and the order counts.
 */
static void test_meet_associative(void **state)
{
	uint64_t random = 99991;
	size_t met = 0;

	(void)state;
	for (int i = 0; i < TRIPLES; i++) {
		const struct cpc_fingerprint *a = any_of(&random);
		const struct cpc_fingerprint *b = any_of(&random);
		const struct cpc_fingerprint *c = any_of(&random);
		struct cpc_fingerprint left;
		struct cpc_fingerprint right;
		char texts[2][CPC_FINGERPRINT_SIZE];
		const bool left_ok = meet_of(a, b, &left) && meet_of(&left, c, &left);
		const bool right_ok = meet_of(b, c, &right) && meet_of(a, &right, &right);

		if (!left_ok || !right_ok || !is_consistent(a) || !is_consistent(b) || !is_consistent(c))
			continue;
		met++;
		cpc_fingerprint_print(&left, texts[0]);
		cpc_fingerprint_print(&right, texts[1]);
		if (strcmp(texts[0], texts[1]) != 0) {
			show(a), show(b), show(c);
			fail_msg("(a b) c is %s, a (b c) is %s", texts[0], texts[1]);
		}
	}
	assert_true(met > 100);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),	 cmocka_unit_test(test_reflexive),
		cmocka_unit_test(test_agreement),	 cmocka_unit_test(test_transitive),
		cmocka_unit_test(test_antisymmetric),	 cmocka_unit_test(test_meet_idempotent),
		cmocka_unit_test(test_meet_is_a_bound),	 cmocka_unit_test(test_meet_is_greatest),
		cmocka_unit_test(test_meet_associative),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
