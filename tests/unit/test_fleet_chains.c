/* SPDX-License-Identifier: MIT */
/* Chains hold what they promise, whatever the verdicts are, and miss nothing that a partial order has. */
#include <cpucompat/fleet.h>

#include "support.h"

static struct cpc_fleet_answers ask(const struct cpc_fleet *fleet, uint8_t *verdicts, size_t *pool_of)
{
	struct cpc_fleet_answers answers = { .verdicts = verdicts, .pool_of = pool_of };

	answers.pool_count = cpc_fleet_pools(fleet, verdicts, pool_of);
	assert_int_equal(cpc_fleet_chains(fleet, &answers, NULL), CPC_OK);
	return answers;
}

/** Every VM of `from` moves to every host of `to`, and none is known or thought to come back. */
static bool is_one_way(const struct cpc_fleet *fleet, const struct cpc_fleet_answers *answers, size_t from, size_t to)
{
	for (size_t i = 0; i < fleet->count; i++)
		for (size_t j = 0; j < fleet->count; j++) {
			const enum cpc_verdict there = answers->verdicts[i * fleet->count + j];
			const enum cpc_verdict back = answers->verdicts[j * fleet->count + i];

			if (answers->pool_of[i] == from && answers->pool_of[j] == to &&
			    (!moves(there) || moves(back) || back == CPC_VERDICT_UNKNOWN))
				return false;
		}
	return true;
}

static void assert_chains_hold(const struct cpc_fleet *fleet, const struct cpc_fleet_answers *answers)
{
	bool seen[16] = { false };

	for (size_t c = 0; c < answers->chain_count; c++) {
		const struct cpc_chain *chain = &answers->chains[c];

		assert_true(chain->length > 1);
		for (size_t i = 0; i < chain->length; i++) {
			assert_true(chain->pools[i] < answers->pool_count);
			assert_false(seen[chain->pools[i]]);
			seen[chain->pools[i]] = true;
			for (size_t j = i + 1; j < chain->length; j++)
				assert_true(is_one_way(fleet, answers, chain->pools[i], chain->pools[j]));
		}
	}
}

/** Subsets of four features, each by its bits: a partial order, in which whatever is left over stands apart. */
static void covers_a_partial_order(void **state)
{
	uint64_t random = 20261126;

	(void)state;
	for (unsigned int round = 0; round < 300; round++) {
		enum { N = 9 };
		const struct cpc_fleet fleet = { .count = N };
		unsigned int features[N];
		uint8_t verdicts[N * N];
		size_t pool_of[N];
		bool chained[N] = { false };

		for (size_t i = 0; i < N; i++)
			features[i] = random_below(&random, 16);
		for (size_t i = 0; i < N * N; i++)
			verdicts[i] = features[i / N] & ~features[i % N] ? CPC_IMPOSSIBLE : CPC_MIGRATABLE;
		struct cpc_fleet_answers answers = ask(&fleet, verdicts, pool_of);
		assert_chains_hold(&fleet, &answers);
		for (size_t c = 0; c < answers.chain_count; c++)
			for (size_t i = 0; i < answers.chains[c].length; i++)
				chained[answers.chains[c].pools[i]] = true;
		for (size_t i = 0; i < answers.pool_count; i++)
			for (size_t j = 0; j < answers.pool_count; j++)
				assert_true(i == j || chained[i] || chained[j] || !is_one_way(&fleet, &answers, i, j));
		cpc_fleet_chains_free(&answers);
	}
}

/** Verdicts that follow from nothing, as unread values make them. */
static void believes_no_verdict_to_be_transitive(void **state)
{
	uint64_t random = 5;
	size_t chains = 0;

	(void)state;
	for (unsigned int round = 0; round < 1000; round++) {
		const size_t count = 2 + random_below(&random, 7);
		const struct cpc_fleet fleet = { .count = count };
		uint8_t verdicts[8 * 8];
		size_t pool_of[8];

		for (size_t i = 0; i < count * count; i++)
			verdicts[i] = (uint8_t)random_below(&random, CPC_VERDICT_COUNT);
		struct cpc_fleet_answers answers = ask(&fleet, verdicts, pool_of);
		assert_chains_hold(&fleet, &answers);
		chains += answers.chain_count;
		cpc_fleet_chains_free(&answers);
	}
	assert_true(chains > 300);
}

static void strings_them_in_order(void **state)
{
	enum { N = 4 };
	/* 3 moves to 0 and 1, which are a pool, and all of them to 2; nothing comes back. */
	static uint8_t verdicts[N * N] = {
		CPC_SAME,	CPC_MIGRATABLE, CPC_MIGRATABLE, CPC_COMPATIBILITY_MODE,
		CPC_MIGRATABLE, CPC_SAME,	CPC_MIGRATABLE, CPC_IMPOSSIBLE,
		CPC_IMPOSSIBLE, CPC_IMPOSSIBLE, CPC_SAME,	CPC_IMPOSSIBLE,
		CPC_MIGRATABLE, CPC_MIGRATABLE, CPC_MIGRATABLE, CPC_SAME,
	};
	static const size_t expected[] = { 2, 0, 1 };
	const struct cpc_fleet fleet = { .count = N };
	size_t pool_of[N];
	struct cpc_fleet_answers answers = ask(&fleet, verdicts, pool_of);

	(void)state;
	assert_int_equal(answers.chain_count, 1);
	assert_int_equal(answers.chains[0].length, COUNT(expected));
	assert_memory_equal(answers.chains[0].pools, expected, sizeof(expected));
	cpc_fleet_chains_free(&answers);
	/* Where the way back is not known, nobody says that there is none. */
	verdicts[2 * N] = CPC_VERDICT_UNKNOWN;
	answers = ask(&fleet, verdicts, pool_of);
	assert_int_equal(answers.chains[0].length, 2);
	cpc_fleet_chains_free(&answers);
}

static void looks_among_so_many(void **state)
{
	const size_t count = CPC_CHAIN_POOLS_MAX + 1;
	uint8_t *verdicts = malloc(count * count);
	size_t *pool_of = calloc(count, sizeof(*pool_of));

	(void)state;
	assert_non_null(verdicts);
	assert_non_null(pool_of);
	/* Each moves to all that come later. */
	for (size_t i = 0; i < count * count; i++)
		verdicts[i] = i / count <= i % count ? CPC_MIGRATABLE : CPC_IMPOSSIBLE;
	for (size_t i = 0; i < 2; i++) {
		const struct cpc_fleet fleet = { .count = count };
		struct cpc_fleet_answers answers = { .verdicts = verdicts, .pool_of = pool_of, .pool_count = count };

		if (i == 0) {
			/* The last two are one pool, and so there are few enough. */
			for (size_t n = 0; n < count; n++)
				pool_of[n] = n < count - 2 ? n : count - 2;
			verdicts[count * count - 2] = CPC_MIGRATABLE;
			answers.pool_count--;
		} else {
			for (size_t n = 0; n < count; n++)
				pool_of[n] = n;
		}
		assert_int_equal(cpc_fleet_chains(&fleet, &answers, NULL), CPC_OK);
		assert_int_equal(answers.chains_known, i == 0);
		assert_int_equal(answers.chain_count, i == 0);
		if (i == 0)
			assert_int_equal(answers.chains[0].length, CPC_CHAIN_POOLS_MAX);
		cpc_fleet_chains_free(&answers);
	}
	free(pool_of);
	free(verdicts);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(covers_a_partial_order),
		cmocka_unit_test(believes_no_verdict_to_be_transitive),
		cmocka_unit_test(strings_them_in_order),
		cmocka_unit_test(looks_among_so_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
