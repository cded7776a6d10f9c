/* SPDX-License-Identifier: MIT */
/* What changed in baselines, pools and verdicts. */
#include "change_support.h"

static bool has(const uint32_t words[static CPC_WORDS_MAX], enum cpc_feature_id id)
{
	return words[cpc_features[id].reg] >> cpc_features[id].bit & 1U;
}

static void compares_baselines(void **state)
{
	struct two_fleets two;

	(void)state;
	compare_fleets(&two, "web01 avx;db01 aes;lab01 !", "web01 avx;web02 avx rdrand;arm01 !aes;arm02 !aes avx");
	assert_int_equal(two.change.baseline_count, 2);
	/* Without db01 it gains avx. */
	assert_true(two.change.baselines[0].differs);
	assert_int_equal(two.change.baselines[0].gained_bits, 1);
	assert_int_equal(two.change.baselines[0].lost_bits, 0);
	assert_true(has(two.change.baselines[0].gained, CPC_F_avx));
	assert_true(has(two.change.baselines[1].gained, CPC_F_aes));
	forget_fleets(&two);
	compare_fleets(&two, "web01 avx aes", "web01 avx aes;db01 aes;lab01 !");
	assert_true(has(two.change.baselines[0].lost, CPC_F_avx));
	assert_int_equal(two.change.baselines[0].gained_bits, 0);
	assert_true(two.change.baselines[1].before == CPC_NO_CLASS);
	forget_fleets(&two);
	compare_fleets(&two, "web01 avx;lab01 !", "web01 avx");
	assert_int_equal(two.change.baseline_count, 2);
	assert_false(two.change.baselines[0].differs);
	assert_true(two.change.baselines[1].now == CPC_NO_CLASS);
	forget_fleets(&two);
}

/* A hint is nothing that a VM needs, so two classes that differ in it are one pool. */
static void compares_pools(void **state)
{
	static const struct {
		const char *before;
		const char *now;
		const char *gone; /**< of each pool */
		const char *new;
	} rows[] = {
		{ "a avx;b aes", "b aes;a avx", "--", "--" },
		{ "a avx;b aes", "a avx;b aes;c avx", "--", "--" },
		{ "a avx;b avx erms", "a avx", "g", "n" },
		{ "a avx", "a avx;b avx erms", "g", "n" },
		{ "a avx;c", "a avx;b avx erms;c", "g-", "n-" },
		{ "a avx;b avx erms;c", "b avx erms;a avx;c", "--", "--" },
		{ "a avx", "b aes", "g", "n" },
		{ "", "b aes", "", "n" },
		{ "b aes", "", "g", "" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct two_fleets two;

		compare_fleets(&two, rows[i].before, rows[i].now);
		assert_int_equal(two.answers[0].pool_count, strlen(rows[i].gone));
		assert_int_equal(two.answers[1].pool_count, strlen(rows[i].new));
		for (size_t n = 0; n < two.answers[0].pool_count; n++)
			assert_int_equal(two.change.pool_gone[n], rows[i].gone[n] == 'g');
		for (size_t n = 0; n < two.answers[1].pool_count; n++)
			assert_int_equal(two.change.pool_new[n], rows[i].new[n] == 'n');
		forget_fleets(&two);
	}
}

static const struct cpc_verdict_change *verdict_between(const struct cpc_fleet_change *change, const char *from,
							const char *to)
{
	for (size_t i = 0; i < change->verdict_count; i++)
		if (&change->shifts[change->verdicts[i].from] == shift_of(change, from) &&
		    &change->shifts[change->verdicts[i].to] == shift_of(change, to))
			return &change->verdicts[i];
	return NULL;
}

static void compares_verdicts(void **state)
{
	struct two_fleets two;

	(void)state;
	/* b loses avx, and c comes: a can no longer move there, and b's VMs can. */
	compare_fleets(&two, "a avx;b avx", "a avx;b;c avx");
	assert_int_equal(two.change.verdict_count, 2);
	assert_int_equal(verdict_between(&two.change, "a", "b")->before, CPC_SAME);
	assert_int_equal(verdict_between(&two.change, "a", "b")->now, CPC_COMPATIBILITY_MODE);
	assert_int_equal(verdict_between(&two.change, "b", "a")->now, CPC_MIGRATABLE);
	forget_fleets(&two);
	/* Both changed, and each pair is told of once. */
	compare_fleets(&two, "a avx;b", "a;b avx");
	assert_int_equal(two.change.verdict_count, 2);
	assert_int_equal(verdict_between(&two.change, "a", "b")->now, CPC_MIGRATABLE);
	assert_int_equal(verdict_between(&two.change, "b", "a")->now, CPC_COMPATIBILITY_MODE);
	forget_fleets(&two);
	/* Both changed alike. */
	compare_fleets(&two, "a avx;b avx;c aes", "a;b;c aes");
	assert_int_equal(two.change.verdict_count, 1);
	assert_int_equal(verdict_between(&two.change, "a", "c")->now, CPC_MIGRATABLE);
	forget_fleets(&two);
}

static void lists_so_many_verdicts(void **state)
{
	struct two_fleets two = { .fleets = { { .count = 0 } } };

	(void)state;
	/* Every subset of seven features, each host having its neighbour's later: many verdicts change. */
	for (size_t fleet = 0; fleet < 2; fleet++) {
		for (unsigned int i = 0; i < 128; i++) {
			static const enum cpc_feature_id features[] = { CPC_F_avx,   CPC_F_aes,	  CPC_F_rdrand,
									CPC_F_f16c,  CPC_F_movbe, CPC_F_fma,
									CPC_F_popcnt };
			const unsigned int set = fleet ? (i + 1) % 128 : i;
			struct cpc_fingerprint fingerprint = plain_fingerprint("GenuineIntel");
			const struct cpc_side side = side_of(&fingerprint);
			char name[16];

			for (unsigned int f = 0; f < COUNT(features); f++)
				set_feature(&fingerprint, features[f], set >> f & 1U);
			snprintf(name, sizeof(name), "h%u", i);
			assert_int_equal(cpc_fleet_add(&two.fleets[fleet], name, &side, NULL), CPC_OK);
		}
		assert_int_equal(cpc_fleet_ask(&two.fleets[fleet], cpc_policy_named("kvm"), &two.answers[fleet], NULL),
				 CPC_OK);
	}
	assert_int_equal(cpc_fleet_change_of(&two.fleets[0], &two.answers[0], &two.fleets[1], &two.answers[1],
					     &two.change, NULL),
			 CPC_OK);
	size_t differ = 0;
	for (unsigned int i = 0; i < 128; i++)
		for (unsigned int j = 0; j < 128; j++)
			differ += i != j && !(i & ~j) != !((i + 1) % 128 & ~((j + 1) % 128));
	assert_int_equal(two.change.verdict_count, CPC_VERDICT_CHANGES_MAX);
	assert_int_equal(two.change.verdict_count + two.change.verdicts_more, differ);
	forget_fleets(&two);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(compares_baselines),
		cmocka_unit_test(compares_pools),
		cmocka_unit_test(compares_verdicts),
		cmocka_unit_test(lists_so_many_verdicts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
