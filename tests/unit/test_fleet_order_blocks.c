/* SPDX-License-Identifier: MIT */
/* VMs that have nowhere to go: the nearest host, and why it does not take them. */
#include <cpucompat/fleet_order.h>

#include "support.h"

static void add_host(struct cpc_fleet *fleet, const char *name, const char *features, bool read)
{
	struct cpc_fingerprint fingerprint = plain_fingerprint("GenuineIntel");
	const struct cpc_side side = side_of(&fingerprint);

	apply_features(&fingerprint, features);
	if (!read)
		set_unread_10a(&fingerprint);
	assert_int_equal(cpc_fleet_add(fleet, name, &side, NULL), CPC_OK);
}

static void says_what_is_nearest(void **state)
{
	const struct cpc_named_host leaving = { .name = "new01", .class = 0 };
	struct cpc_fleet fleet = { .count = 0 };
	struct cpc_fleet_answers answers;
	struct cpc_fleet_order order;

	(void)state;
	add_host(&fleet, "new01", "avx aes rdrand", true);
	add_host(&fleet, "old01", "", true);
	add_host(&fleet, "mid01", "aes rdrand", true);
	assert_int_equal(cpc_fleet_ask(&fleet, cpc_policy_named("kvm"), &answers, NULL), CPC_OK);
	const struct cpc_order_plan plan = {
		.fleet = &fleet, .present = &fleet, .answers = &answers, .leaving = &leaving, .leaving_count = 1
	};
	assert_int_equal(cpc_fleet_order_of(&plan, &order, NULL), CPC_OK);
	assert_int_equal(order.verdict, CPC_IMPOSSIBLE);
	assert_int_equal(order.block_count, 1);
	assert_int_equal(order.blocks[0].nearest, 2);
	assert_int_equal(order.blocks[0].obstacles, 1);
	assert_int_equal(order.blocks[0].reasons.count, 1);
	assert_string_equal(order.blocks[0].reasons.items[0].feature->name, "avx");
	cpc_fleet_order_free(&order);
	cpc_fleet_answers_free(&answers);
	cpc_fleet_free(&fleet);
}

/* Two of one class that may differ in what was not read: that, and nothing else, is in the way. */
static void says_what_was_not_read(void **state)
{
	struct cpc_fleet fleet = { .count = 0 };
	struct cpc_fleet_answers answers;
	struct cpc_fleet_order order;

	(void)state;
	add_host(&fleet, "web01", "arch_capabilities", false);
	add_host(&fleet, "web02", "arch_capabilities", false);
	assert_int_equal(fleet.count, 1);
	assert_int_equal(cpc_fleet_ask(&fleet, cpc_policy_named("kvm"), &answers, NULL), CPC_OK);
	const struct cpc_order_plan plan = { .fleet = &fleet, .present = &fleet, .answers = &answers };
	assert_int_equal(cpc_fleet_order_of(&plan, &order, NULL), CPC_OK);
	assert_int_equal(order.verdict, CPC_VERDICT_UNKNOWN);
	assert_int_equal(order.block_count, 1);
	assert_int_equal(order.blocks[0].hosts, 2);
	assert_int_equal(order.blocks[0].nearest, 0);
	assert_true(order.blocks[0].reasons.count > 0);
	for (size_t i = 0; i < order.blocks[0].reasons.count; i++)
		assert_int_equal(order.blocks[0].reasons.items[i].code, CPC_FINDING_UNREAD);
	cpc_fleet_order_free(&order);
	cpc_fleet_answers_free(&answers);
	cpc_fleet_free(&fleet);
}

/* One that is known to lack something is not named where another might take them. */
static void prefers_what_is_open(void **state)
{
	const struct cpc_named_host leaving = { .name = "web01", .class = 0 };
	struct cpc_fleet fleet = { .count = 0 };
	struct cpc_fleet_answers answers;
	struct cpc_fleet_order order;

	(void)state;
	add_host(&fleet, "web01", "arch_capabilities avx", true);
	add_host(&fleet, "old01", "arch_capabilities", true);
	add_host(&fleet, "web02", "arch_capabilities avx", false);
	set_feature(&fleet.classes[0].fingerprint, CPC_F_rdcl_no, true);
	assert_int_equal(cpc_fleet_ask(&fleet, cpc_policy_named("kvm"), &answers, NULL), CPC_OK);
	const struct cpc_order_plan plan = {
		.fleet = &fleet, .present = &fleet, .answers = &answers, .leaving = &leaving, .leaving_count = 1
	};
	assert_int_equal(cpc_fleet_order_of(&plan, &order, NULL), CPC_OK);
	assert_int_equal(order.verdict, CPC_VERDICT_UNKNOWN);
	assert_int_equal(order.blocks[0].nearest, 2);
	cpc_fleet_order_free(&order);
	cpc_fleet_answers_free(&answers);
	cpc_fleet_free(&fleet);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(says_what_is_nearest),
		cmocka_unit_test(says_what_was_not_read),
		cmocka_unit_test(prefers_what_is_open),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
