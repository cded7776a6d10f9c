/* SPDX-License-Identifier: MIT */
/* A text has one number, and a number one text, through every growth. */
#include "support.h"

#include <cpucompat/interned.h>

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
	for (uint32_t i = 0; i < COUNT(numbers); i++) {
		size_t length;

		assert_int_equal(numbers[i], i);
		assert_int_equal((uintptr_t)cpc_interned_text(&interned, i, &length) % sizeof(uint32_t), 0);
	}
	free(large);
	cpc_interned_free(&interned);
}

/* Texts that were made to agree agree for one seed, which is not a table's. */
static void hashes_what_nobody_can_guess(void **state)
{
	static const char a[] = "YwsorLO7WE^hr3/9";
	static const char b[] = "hDs.NeoK<i0QT0Xh";
	struct cpc_interned interned = { .count = 0 };
	uint32_t number;
	size_t same = 0;

	(void)state;
	assert_int_equal(cpc_hash_of(a, sizeof(a), 0), cpc_hash_of(b, sizeof(b), 0));
	for (uint64_t bit = 0; bit < 64; bit++)
		same += cpc_hash_of(a, sizeof(a), UINT64_C(1) << bit) == cpc_hash_of(b, sizeof(b), UINT64_C(1) << bit);
	/* The highest bit alone changes both alike. */
	assert_in_range(same, 0, 8);
	assert_true(cpc_hash_seed(a) != cpc_hash_seed(b));
	assert_true(cpc_interned_add(&interned, a, sizeof(a), &number));
	assert_true(interned.seed != 0);
	assert_int_equal(interned.texts[0].hash, (uint32_t)cpc_hash_of(a, sizeof(a), interned.seed));
	assert_true(cpc_interned_add(&interned, b, sizeof(b), &number));
	assert_true(interned.texts[0].hash != interned.texts[1].hash);
	cpc_interned_free(&interned);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(numbers_in_order),
		cmocka_unit_test(takes_any_bytes),
		cmocka_unit_test(hashes_what_nobody_can_guess),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
