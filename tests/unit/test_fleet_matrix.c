/* SPDX-License-Identifier: MIT */
/* The matrix says of every pair what cpc_compare() says, and pools are what it makes them. */
#include <cpucompat/fleet.h>

#include "properties.h"

#define MANY 48

/* Of a common processor, so that many pairs are comparable; or any, of the random ones and the real ones. */
static struct cpc_fingerprint chosen(uint64_t *random)
{
	static const enum cpc_feature_id features[] = { CPC_F_avx, CPC_F_avx2, CPC_F_aes, CPC_F_rdrand };
	struct cpc_fingerprint fingerprint =
		plain_fingerprint(random_below(random, 4) ? "GenuineIntel" : "AuthenticAMD");

	if (random_below(random, 2))
		return *any_of(random);
	for (size_t i = 0; i < COUNT(features); i++)
		set_feature(&fingerprint, features[i], random_below(random, 2));
	if (random_below(random, 6) == 0)
		set_unread_10a(&fingerprint);
	return fingerprint;
}

/* Under every policy. */
static void agrees_with_compare(void **state)
{
	static struct cpc_fingerprint fingerprints[MANY];
	struct cpc_fleet fleet = { .count = 0 };
	uint64_t random = 20261126;

	(void)state;
	for (size_t i = 0; i < MANY; i++) {
		fingerprints[i] = chosen(&random);
		struct cpc_side side = side_of(&fingerprints[i]);
		if (random_below(&random, 3) == 0)
			side.kvm = random_below(&random, 2) ? &fingerprints[i] : any_of(&random);
		if (random_below(&random, 3) == 0)
			side.vantage = CPC_GUEST;
		if (random_below(&random, 5) == 0)
			side.requirements[CPC_SLAT] = CPC_ABSENT;
		assert_int_equal(cpc_fleet_add(&fleet, NULL, &side, NULL), CPC_OK);
	}
	uint8_t *verdicts = calloc(fleet.count, fleet.count);
	assert_non_null(verdicts);
	for (size_t p = 0; p < CPC_POLICY_COUNT; p++) {
		const struct cpc_policy *policy = &cpc_policies[p];

		cpc_fleet_matrix(&fleet, policy, verdicts);
		for (size_t i = 0; i < fleet.count * fleet.count; i++) {
			const struct cpc_side a = cpc_class_side(&fleet.classes[i / fleet.count]);
			const struct cpc_side b = cpc_class_side(&fleet.classes[i % fleet.count]);
			struct cpc_comparison comparison;

			if (i / fleet.count == i % fleet.count)
				continue;
			assert_int_equal(cpc_compare(&a, &b, policy, &comparison, NULL), CPC_OK);
			assert_int_equal(verdicts[i], comparison.a_to_b.verdict);
			cpc_comparison_free(&comparison);
		}
	}
	free(verdicts);
	cpc_fleet_free(&fleet);
}

/* One host is itself, read or not; of two, what was not read may differ. */
static void knows_hosts_of_one_class_apart(void **state)
{
	struct cpc_fingerprint fingerprint = plain_fingerprint("GenuineIntel");
	const struct cpc_side side = side_of(&fingerprint);
	struct cpc_fleet fleet = { .count = 0 };
	uint8_t verdict;

	(void)state;
	set_feature(&fingerprint, CPC_F_arch_capabilities, true);
	set_unread_10a(&fingerprint);
	assert_int_equal(cpc_fleet_add(&fleet, NULL, &side, NULL), CPC_OK);
	cpc_fleet_matrix(&fleet, cpc_policy_named("kvm"), &verdict);
	assert_int_equal(verdict, CPC_SAME);
	assert_int_equal(cpc_fleet_add(&fleet, NULL, &side, NULL), CPC_OK);
	cpc_fleet_matrix(&fleet, cpc_policy_named("kvm"), &verdict);
	assert_int_equal(verdict, CPC_VERDICT_UNKNOWN);
	cpc_fleet_free(&fleet);
}

static void pools_what_moves_both_ways(void **state)
{
	enum { N = 5 };
	/* 0 and 3 move both ways, 1 moves to them and not back, 2 to nobody; 4 not even among its own hosts. */
	static const uint8_t verdicts[N * N] = {
		CPC_SAME,	CPC_IMPOSSIBLE, CPC_IMPOSSIBLE, CPC_MIGRATABLE, CPC_MIGRATABLE,
		CPC_MIGRATABLE, CPC_SAME,	CPC_IMPOSSIBLE, CPC_MIGRATABLE, CPC_IMPOSSIBLE,
		CPC_IMPOSSIBLE, CPC_IMPOSSIBLE, CPC_SAME,	CPC_IMPOSSIBLE, CPC_IMPOSSIBLE,
		CPC_MIGRATABLE, CPC_IMPOSSIBLE, CPC_IMPOSSIBLE, CPC_SAME,	CPC_MIGRATABLE,
		CPC_MIGRATABLE, CPC_IMPOSSIBLE, CPC_IMPOSSIBLE, CPC_MIGRATABLE, CPC_VERDICT_UNKNOWN,
	};
	static const size_t expected[N] = { 0, 1, 2, 0, 3 };
	const struct cpc_fleet fleet = { .count = N };
	size_t pool_of[N];

	(void)state;
	assert_int_equal(cpc_fleet_pools(&fleet, verdicts, pool_of), 4);
	assert_memory_equal(pool_of, expected, sizeof(expected));
	assert_int_equal(cpc_fleet_pools(&(struct cpc_fleet){ .count = 0 }, verdicts, pool_of), 0);
}

/* Of random matrices, in which unread values break the equivalence: each class is in the first pool that takes it. */
static void takes_the_first_pool_that_fits(void **state)
{
	enum { N = 9 };
	const struct cpc_fleet fleet = { .count = N };
	uint64_t random = 11;

	(void)state;
	for (int round = 0; round < 5000; round++) {
		uint8_t verdicts[N * N];
		size_t pool_of[N];
		size_t pools = 0;

		for (size_t i = 0; i < COUNT(verdicts); i++)
			verdicts[i] = random_below(&random, 4) ? CPC_MIGRATABLE : CPC_VERDICT_UNKNOWN;
		assert_true(cpc_fleet_pools(&fleet, verdicts, pool_of) <= N);
		for (size_t i = 0; i < N; i++) {
			size_t first = 0;

			for (bool fits = false; first < pools && !fits; first += !fits) {
				fits = verdicts[i * N + i] == CPC_MIGRATABLE;
				for (size_t j = 0; j < i; j++)
					fits &= pool_of[j] != first || (verdicts[j * N + j] == CPC_MIGRATABLE &&
									verdicts[i * N + j] == CPC_MIGRATABLE &&
									verdicts[j * N + i] == CPC_MIGRATABLE);
			}
			assert_int_equal(pool_of[i], first);
			pools += first == pools;
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_compare),
		cmocka_unit_test(knows_hosts_of_one_class_apart),
		cmocka_unit_test(pools_what_moves_both_ways),
		cmocka_unit_test(takes_the_first_pool_that_fits),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
