/* SPDX-License-Identifier: MIT */
/* The table finds what was added, and nothing else, through every growth. */
#include "support.h"

#include "../../agent/core/fleet_keys.h"

static void finds_what_was_added(void **state)
{
	struct cpc_fleet_keys *keys = cpc_fleet_keys_new();
	char text[32];
	size_t class;

	(void)state;
	for (size_t i = 0; i < 5000; i++) {
		const size_t length = (size_t)snprintf(text, sizeof(text), "key %zu", i * 7919);

		assert_false(cpc_fleet_keys_find(keys, text, length, &class));
		assert_true(cpc_fleet_keys_add(keys, text, length, i));
	}
	for (size_t i = 0; i < 5000; i++) {
		const size_t length = (size_t)snprintf(text, sizeof(text), "key %zu", i * 7919);

		assert_true(cpc_fleet_keys_find(keys, text, length, &class));
		assert_int_equal(class, i);
		/* One byte less is another text, and so is one with a NUL behind it. */
		if (length > 5)
			assert_true(!cpc_fleet_keys_find(keys, text, length - 1, &class) || class != i);
		assert_false(cpc_fleet_keys_find(keys, text, length + 1, &class));
	}
	cpc_fleet_keys_free(keys);
	cpc_fleet_keys_free(NULL);
}

static void takes_any_bytes(void **state)
{
	struct cpc_fleet_keys *keys = cpc_fleet_keys_new();
	size_t class;

	(void)state;
	assert_true(cpc_fleet_keys_add(keys, "", 0, 3));
	assert_true(cpc_fleet_keys_add(keys, "\0", 1, 4));
	assert_true(cpc_fleet_keys_add(keys, "\0\0", 2, 5));
	assert_true(cpc_fleet_keys_find(keys, "", 0, &class));
	assert_int_equal(class, 3);
	assert_true(cpc_fleet_keys_find(keys, "\0", 1, &class));
	assert_int_equal(class, 4);
	assert_true(cpc_fleet_keys_find(keys, "\0\0", 2, &class));
	assert_int_equal(class, 5);
	cpc_fleet_keys_free(keys);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_what_was_added),
		cmocka_unit_test(takes_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
