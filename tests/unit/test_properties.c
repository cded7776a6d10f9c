/* SPDX-License-Identifier: MIT */
/* What must hold of the order on all fingerprints, and of their texts. */
#include "properties.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),    cmocka_unit_test(test_reflexive),
		cmocka_unit_test(test_agreement),     cmocka_unit_test(test_transitive),
		cmocka_unit_test(test_antisymmetric),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
