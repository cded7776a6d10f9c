/* SPDX-License-Identifier: MIT */
/* A copy is the fleet, less those that leave. */
#include <cpucompat/fleet.h>

#include "support.h"

static void make_fleet(struct cpc_fleet *fleet)
{
	static const struct {
		const char *name;
		const char *features;
	} hosts[] = { { "web01", "avx" }, { "db01", "" }, { "web02", "avx" }, { NULL, "avx" }, { "lab01", "aes" } };

	for (size_t i = 0; i < COUNT(hosts); i++) {
		struct cpc_fingerprint fingerprint = plain_fingerprint("GenuineIntel");
		struct cpc_side side = side_of(&fingerprint);

		apply_features(&fingerprint, hosts[i].features);
		side.kvm = i == 1 ? &fingerprint : NULL;
		side.requirements[CPC_SLAT] = i == 4 ? CPC_ABSENT : CPC_PRESENT;
		assert_int_equal(cpc_fleet_add(fleet, hosts[i].name, &side, NULL), CPC_OK);
	}
}

static void copies_everything(void **state)
{
	struct cpc_fleet fleet = { .count = 0 };
	const struct cpc_fingerprint fingerprint = plain_fingerprint("GenuineIntel");
	const struct cpc_side side = side_of(&fingerprint);
	struct cpc_fleet copy;
	size_t class;

	(void)state;
	make_fleet(&fleet);
	assert_int_equal(cpc_fleet_copy(&fleet, NULL, 0, &copy, NULL), CPC_OK);
	assert_int_equal(copy.hosts, fleet.hosts);
	assert_int_equal(copy.count, fleet.count);
	for (size_t i = 0; i < copy.count; i++) {
		const struct cpc_side of = cpc_class_side(&fleet.classes[i]);

		assert_true(cpc_fleet_find(&copy, &of, &class));
		assert_int_equal(class, i);
		assert_int_equal(copy.classes[i].count, fleet.classes[i].count);
		assert_int_equal(copy.classes[i].name_count, fleet.classes[i].name_count);
		for (size_t n = 0; n < copy.classes[i].name_count; n++)
			assert_string_equal(copy.classes[i].names[n], fleet.classes[i].names[n]);
	}
	cpc_fleet_free(&copy);
	cpc_fleet_free(&fleet);
	assert_int_equal(cpc_fleet_copy(&fleet, NULL, 0, &copy, NULL), CPC_OK);
	assert_int_equal(copy.hosts, 0);
	assert_false(cpc_fleet_find(&copy, &side, &class));
	cpc_fleet_free(&copy);
}

static void leaves_some_out(void **state)
{
	static const struct cpc_named_host without[] = { { "db01", 1 }, { "web02", 0 }, { "web01", 2 } };
	struct cpc_fleet fleet = { .count = 0 };
	struct cpc_fleet copy;

	(void)state;
	make_fleet(&fleet);
	assert_int_equal(cpc_fleet_copy(&fleet, without, COUNT(without), &copy, NULL), CPC_OK);
	/* web01 is of another class than that: it stays. */
	assert_int_equal(copy.hosts, 3);
	assert_int_equal(copy.count, 2);
	assert_int_equal(copy.classes[0].count, 2);
	assert_int_equal(copy.classes[0].name_count, 1);
	assert_string_equal(copy.classes[0].names[0], "web01");
	assert_string_equal(copy.classes[1].names[0], "lab01");
	assert_int_equal(copy.classes[1].requirements[CPC_SLAT], CPC_ABSENT);
	cpc_fleet_free(&copy);
	cpc_fleet_free(&fleet);
}

static void counts_those_that_are_alike(void **state)
{
	char first[] = "a";
	char second[] = "b";
	char *const names[] = { first, second };
	const struct cpc_fingerprint fingerprint = plain_fingerprint("GenuineIntel");
	const struct cpc_side side = side_of(&fingerprint);
	struct cpc_fleet fleet = { .count = 0 };

	(void)state;
	assert_int_equal(cpc_fleet_add_alike(&fleet, &side, names, 0, 0, NULL), CPC_OK);
	assert_int_equal(fleet.count, 0);
	assert_int_equal(cpc_fleet_add_alike(&fleet, &side, names, 2, 1000000, NULL), CPC_OK);
	assert_int_equal(cpc_fleet_add_alike(&fleet, &side, names, 0, 5, NULL), CPC_OK);
	assert_int_equal(fleet.count, 1);
	assert_int_equal(fleet.hosts, 1000005);
	assert_int_equal(fleet.classes[0].count, 1000005);
	assert_int_equal(fleet.classes[0].name_count, 2);
	cpc_fleet_free(&fleet);
}

static void counts_in_another(void **state)
{
	struct cpc_fleet fleet = { .count = 0 };
	struct cpc_fleet sum = { .count = 0 };

	(void)state;
	make_fleet(&fleet);
	assert_int_equal(cpc_fleet_add_fleet(&sum, &fleet, NULL), CPC_OK);
	assert_int_equal(cpc_fleet_add_fleet(&sum, &fleet, NULL), CPC_OK);
	assert_int_equal(sum.hosts, 2 * fleet.hosts);
	assert_int_equal(sum.count, fleet.count);
	for (size_t i = 0; i < sum.count; i++) {
		assert_int_equal(sum.classes[i].count, 2 * fleet.classes[i].count);
		assert_int_equal(sum.classes[i].name_count, 2 * fleet.classes[i].name_count);
	}
	cpc_fleet_free(&sum);
	cpc_fleet_free(&fleet);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(copies_everything),
		cmocka_unit_test(leaves_some_out),
		cmocka_unit_test(counts_in_another),
		cmocka_unit_test(counts_those_that_are_alike),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
