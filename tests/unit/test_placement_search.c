/* SPDX-License-Identifier: MIT */
/* The search by itself: it leaves nothing out, and where its steps end it says that it does not know. */
#include "placement_parts.h"

static void leaves_nothing_out(void **state)
{
	uint64_t seed = 123;
	size_t possible = 0;

	(void)state;
	for (size_t i = 0; i < 10000; i++) {
		struct packing_case one;
		struct cpc_packing packing;
		enum cpc_fit fit;

		random_case(&seed, &one);
		packing = start_packing(&one, CPC_PLACE_STEPS);
		fit = cpc_packing_search(&packing);
		assert_int_equal(fit, is_possible(&one) ? CPC_FITS : CPC_FITS_NOT);
		if (fit == CPC_FITS)
			check_placed(&one.kinds, one.rooms, one.room_count, packing.items, packing.count);
		possible += fit == CPC_FITS;
		end_packing(&packing);
	}
	printf("%zu of 10000 fit\n", possible);
	assert_true(possible > 1000 && possible < 9000);
}

static void ends_where_steps_do(void **state)
{
	uint64_t seed = 321;
	size_t unknown = 0;

	(void)state;
	for (size_t i = 0; i < 2000; i++) {
		struct packing_case one;
		struct cpc_packing packing;
		enum cpc_fit fit;

		random_case(&seed, &one);
		packing = start_packing(&one, random_below(&seed, 60));
		fit = cpc_packing_search(&packing);
		/* What it says it knows is so. */
		if (fit != CPC_FIT_UNKNOWN)
			assert_int_equal(fit, is_possible(&one) ? CPC_FITS : CPC_FITS_NOT);
		unknown += fit == CPC_FIT_UNKNOWN;
		end_packing(&packing);
	}
	printf("%zu of 2000 not known\n", unknown);
	assert_true(unknown > 100 && unknown < 1900);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_nothing_out),
		cmocka_unit_test(ends_where_steps_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
