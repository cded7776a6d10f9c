/* SPDX-License-Identifier: MIT */
/* A text has one number, and a number one text, through every growth. */
#include "support.h"

#include "../../agent/core/interned.h"

static void numbers_in_order(void **state)
{
	struct cpc_interned interned = { .count = 0 };
	char text[32];
	uint32_t number;
	size_t length;

	(void)state;
	assert_false(cpc_interned_find(&interned, "", 0, &number));
	for (int round = 0; round < 2; round++) {
		for (uint32_t i = 0; i < 5000; i++) {
			length = (size_t)snprintf(text, sizeof(text), "text %u", i * 7919);
			assert_int_equal(cpc_interned_find(&interned, text, length, &number), round);
			assert_true(cpc_interned_add(&interned, text, length, &number));
			assert_int_equal(number, i);
			assert_false(cpc_interned_find(&interned, text, length + 1, &number));
		}
	}
	assert_int_equal(interned.count, 5000);
	for (uint32_t i = 0; i < 5000; i++) {
		const size_t expected = (size_t)snprintf(text, sizeof(text), "text %u", i * 7919);
		const char *found = cpc_interned_text(&interned, i, &length);

		assert_int_equal(length, expected);
		assert_memory_equal(found, text, length);
	}
	cpc_interned_free(&interned);
	cpc_interned_free(&interned);
}

static void takes_any_bytes(void **state)
{
	struct cpc_interned interned = { .count = 0 };
	uint32_t numbers[4];
	char *large = calloc(1, 100000);

	(void)state;
	assert_true(cpc_interned_add(&interned, "", 0, &numbers[0]));
	assert_true(cpc_interned_add(&interned, "\0", 1, &numbers[1]));
	assert_true(cpc_interned_add(&interned, "\0\0", 2, &numbers[2]));
	assert_true(cpc_interned_add(&interned, large, 100000, &numbers[3]));
	for (uint32_t i = 0; i < COUNT(numbers); i++)
		assert_int_equal(numbers[i], i);
	free(large);
	cpc_interned_free(&interned);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_in_order),
		cmocka_unit_test(takes_any_bytes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
