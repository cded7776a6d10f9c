/* SPDX-License-Identifier: MIT */
/* Hosts by name: found, counted, and told where a name is not one host's. */
#include <cpucompat/fleet_change.h>

#include "support.h"

static void add(struct cpc_fleet *fleet, const char *name, const char *features)
{
	struct cpc_fingerprint fingerprint = plain_fingerprint("GenuineIntel");
	const struct cpc_side side = side_of(&fingerprint);

	apply_features(&fingerprint, features);
	assert_int_equal(cpc_fleet_add(fleet, name, &side, NULL), CPC_OK);
}

static void finds_every_name(void **state)
{
	struct cpc_fleet fleet = { .count = 0 };
	char name[32];
	size_t class = 7;

	(void)state;
	for (size_t i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "host%zu", i);
		add(&fleet, name, i % 3 ? "avx" : "");
	}
	add(&fleet, NULL, "aes");
	struct cpc_host_index *index = cpc_host_index_new(&fleet);
	assert_non_null(index);
	for (size_t i = 0; i < 5000; i++) {
		snprintf(name, sizeof(name), "host%zu", i);
		assert_int_equal(cpc_host_index_find(index, name, &class), 1);
		assert_int_equal(class, i % 3 > 0);
	}
	class = 7;
	assert_int_equal(cpc_host_index_find(index, "host5000", &class), 0);
	assert_int_equal(cpc_host_index_find(index, "", &class), 0);
	assert_int_equal(class, 7);
	cpc_host_index_free(index);
	cpc_host_index_free(NULL);
	cpc_fleet_free(&fleet);
}

static void tells_twins(void **state)
{
	static const struct {
		const char *name;
		size_t class;
	} expected[] = { { "db", 1 }, { "db", 2 }, { "web", 0 }, { "web", 0 }, { "web", 1 } };
	struct cpc_fleet fleet = { .count = 0 };
	struct cpc_named_host *twins = NULL;
	size_t count = 9;
	size_t class;

	(void)state;
	assert_int_equal(cpc_fleet_twins(&fleet, &twins, &count, NULL), CPC_OK);
	assert_int_equal(count, 0);
	assert_null(twins);
	add(&fleet, "web", "avx");
	add(&fleet, "lab", "avx");
	add(&fleet, NULL, "avx");
	add(&fleet, NULL, "avx");
	assert_int_equal(cpc_fleet_twins(&fleet, &twins, &count, NULL), CPC_OK);
	assert_int_equal(count, 0);
	assert_null(twins);
	add(&fleet, "web", "");
	add(&fleet, "db", "");
	add(&fleet, "web", "avx");
	add(&fleet, "db", "aes");
	assert_int_equal(cpc_fleet_twins(&fleet, &twins, &count, NULL), CPC_OK);
	assert_int_equal(count, COUNT(expected));
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(twins[i].name, expected[i].name);
		assert_int_equal(twins[i].class, expected[i].class);
	}
	free(twins);
	struct cpc_host_index *index = cpc_host_index_new(&fleet);
	assert_int_equal(cpc_host_index_find(index, "web", &class), 3);
	assert_int_equal(class, 0);
	cpc_host_index_free(index);
	cpc_fleet_free(&fleet);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_every_name),
		cmocka_unit_test(tells_twins),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
