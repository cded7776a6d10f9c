/* SPDX-License-Identifier: MIT */
/* What must hold of the meet of any two fingerprints. */
#include "properties.h"

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
		cmocka_unit_test(test_meet_idempotent),
		cmocka_unit_test(test_meet_is_a_bound),
		cmocka_unit_test(test_meet_is_greatest),
		cmocka_unit_test(test_meet_associative),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
