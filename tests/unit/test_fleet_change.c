/* SPDX-License-Identifier: MIT */
/* Who came, who went, who is another now; and those of whom that cannot be told. */
#include "change_support.h"

static void tells_who_came_and_went(void **state)
{
	struct two_fleets two;

	(void)state;
	compare_fleets(&two, "web01 avx;web02 avx;db01;old01 aes", "web01 avx;web02 avx aes;db01;new01 aes;new02 aes");
	assert_int_equal(two.change.shift_count, 5);
	const struct cpc_fleet_shift *shift = shift_of(&two.change, "web01");
	assert_int_equal(shift->before, 0);
	assert_int_equal(shift->now, 0);
	assert_false(shift->changed);
	shift = shift_of(&two.change, "web02");
	assert_true(shift->changed);
	assert_int_equal(shift->count, 1);
	assert_int_equal(shift->now, 1);
	assert_int_equal(shift->carries_on, CPC_MIGRATABLE);
	shift = shift_of(&two.change, "old01");
	assert_true(shift->now == CPC_NO_CLASS);
	assert_int_equal(shift->before, 2);
	shift = shift_of(&two.change, "new02");
	assert_true(shift->before == CPC_NO_CLASS);
	assert_int_equal(shift->count, 2);
	assert_string_equal(shift->names[0], "new01");
	/* Their class was there before, though they were not. */
	assert_int_equal(two.change.before_of[shift->now], 2);
	assert_true(two.change.before_of[1] == CPC_NO_CLASS);
	assert_int_equal(two.change.now_of[0], 0);
	assert_int_equal(two.change.ambiguous_count, 0);
	assert_int_equal(two.change.nameless_count, 0);
	forget_fleets(&two);
}

static void tells_whether_vms_carry_on(void **state)
{
	struct two_fleets two;

	(void)state;
	compare_fleets(&two, "web01 avx aes;web02 avx;web03", "web01 avx;web02 avx aes;web03 !");
	assert_int_equal(shift_of(&two.change, "web01")->carries_on, CPC_COMPATIBILITY_MODE);
	assert_int_equal(shift_of(&two.change, "web02")->carries_on, CPC_MIGRATABLE);
	assert_int_equal(shift_of(&two.change, "web03")->carries_on, CPC_IMPOSSIBLE);
	forget_fleets(&two);
}

/* Of a name that two hosts have, before or now, nobody guesses which is which. */
static void guesses_nothing_of_twins(void **state)
{
	static const struct {
		const char *name;
		size_t before;
		size_t now;
	} expected[] = { { "a", 1, 2 }, { "d", 2, 2 }, { "b", 2, 1 }, { "c", 2, 0 } };
	struct two_fleets two;

	(void)state;
	compare_fleets(&two, "a avx;b;b aes;c;c;d;d;e", "a;a avx;b aes;d;d;e avx");
	assert_int_equal(two.change.ambiguous_count, COUNT(expected));
	for (size_t i = 0; i < COUNT(expected); i++) {
		assert_string_equal(two.change.ambiguous[i].name, expected[i].name);
		assert_int_equal(two.change.ambiguous[i].before, expected[i].before);
		assert_int_equal(two.change.ambiguous[i].now, expected[i].now);
		assert_null(shift_of(&two.change, expected[i].name));
	}
	assert_int_equal(two.change.shift_count, 1);
	assert_true(shift_of(&two.change, "e")->changed);
	forget_fleets(&two);
}

static void counts_the_nameless(void **state)
{
	struct two_fleets two;

	(void)state;
	compare_fleets(&two, "- avx;- avx;- aes;-;web01", "- avx;- aes;- avx aes;web01");
	assert_int_equal(two.change.nameless_count, 3);
	assert_int_equal(two.change.nameless[0].before, 2);
	assert_int_equal(two.change.nameless[0].now, 1);
	/* web01 is of their class, which is still there. */
	assert_int_equal(two.change.nameless[1].before, 1);
	assert_int_equal(two.change.nameless[1].now, 0);
	assert_true(two.change.nameless[1].now_class != CPC_NO_CLASS);
	assert_true(two.change.nameless[2].before_class == CPC_NO_CLASS);
	assert_int_equal(two.change.nameless[2].now, 1);
	forget_fleets(&two);
}

static void tells_where_vms_have_fewer_places(void **state)
{
	struct two_fleets two;

	(void)state;
	compare_fleets(&two, "web01 avx;web02 avx;db01", "web01 avx;db01");
	assert_int_equal(two.change.reach_count, 2);
	assert_int_equal(two.change.reaches[0].before, 1);
	assert_int_equal(two.change.reaches[0].now, 0);
	assert_int_equal(two.change.reaches[1].before, 2);
	assert_int_equal(two.change.reaches[1].now, 1);
	forget_fleets(&two);
}

static void knows_when_nothing_changed(void **state)
{
	struct two_fleets two;

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		compare_fleets(&two, i ? "web01 avx;db01;-" : "", i ? "db01;-;web01 avx" : "");
		for (size_t n = 0; n < two.change.shift_count; n++)
			assert_false(two.change.shifts[n].changed);
		assert_int_equal(two.change.shift_count, i ? 2 : 0);
		assert_int_equal(two.change.ambiguous_count + two.change.nameless_count + two.change.verdict_count +
					 two.change.reach_count,
				 0);
		for (size_t n = 0; n < two.change.baseline_count; n++)
			assert_false(two.change.baselines[n].differs);
		forget_fleets(&two);
	}
}

/* A hundred thousand hosts by name, half of them another now: no work that goes with their square. */
static void takes_many_hosts(void **state)
{
	enum { MANY = 100000 };
	struct two_fleets two = { .fleets = { { .count = 0 } } };
	const struct cpc_fingerprint plain = plain_fingerprint("GenuineIntel");
	struct cpc_fingerprint other = plain;
	const struct cpc_side sides[] = { side_of(&plain), side_of(&other) };
	char *names[MANY];

	(void)state;
	set_feature(&other, CPC_F_avx, true);
	for (size_t i = 0; i < MANY; i++) {
		names[i] = malloc(16);
		assert_non_null(names[i]);
		snprintf(names[i], 16, "host%06zu", i);
	}
	assert_int_equal(cpc_fleet_add_alike(&two.fleets[0], &sides[0], names, MANY, MANY, NULL), CPC_OK);
	assert_int_equal(cpc_fleet_add_alike(&two.fleets[1], &sides[0], names, MANY / 2, MANY / 2, NULL), CPC_OK);
	assert_int_equal(cpc_fleet_add_alike(&two.fleets[1], &sides[1], names + MANY / 2, MANY / 2, MANY / 2, NULL),
			 CPC_OK);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(cpc_fleet_ask(&two.fleets[i], cpc_policy_named("kvm"), &two.answers[i], NULL), CPC_OK);
	assert_int_equal(cpc_fleet_change_of(&two.fleets[0], &two.answers[0], &two.fleets[1], &two.answers[1],
					     &two.change, NULL),
			 CPC_OK);
	assert_int_equal(two.change.shift_count, 2);
	assert_int_equal(two.change.shifts[1].count, MANY / 2);
	assert_string_equal(two.change.shifts[1].names[0], "host050000");
	forget_fleets(&two);
	for (size_t i = 0; i < MANY; i++)
		free(names[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tells_who_came_and_went),
		cmocka_unit_test(tells_whether_vms_carry_on),
		cmocka_unit_test(guesses_nothing_of_twins),
		cmocka_unit_test(counts_the_nameless),
		cmocka_unit_test(tells_where_vms_have_fewer_places),
		cmocka_unit_test(knows_when_nothing_changed),
		cmocka_unit_test(takes_many_hosts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
