/* SPDX-License-Identifier: MIT */
/* VMs placed one after the other: what comes out is a placement, and it comes out nearly always where there is one. */
#include "placement_parts.h"

static void finds_nearly_all(void **state)
{
	size_t possible = 0, found = 0;
	uint64_t seed = 99;

	(void)state;
	for (size_t i = 0; i < 5000; i++) {
		struct packing_case one;
		struct cpc_packing packing;

		random_case(&seed, &one);
		packing = start_packing(&one, CPC_PLACE_STEPS);
		possible += is_possible(&one);
		if (cpc_packing_try(&packing)) {
			check_placed(&one.kinds, one.rooms, one.room_count, packing.items, packing.count);
			found++;
		}
		end_packing(&packing);
	}
	printf("%zu of %zu placements found\n", found, possible);
	assert_true(found <= possible);
	assert_true(found * 100 > possible * 95);
}

/** Without steps nothing is found, and nothing goes wrong; with few, what is found is whole. */
static void ends_where_steps_do(void **state)
{
	uint64_t seed = 5;
	size_t found = 0;

	(void)state;
	for (uint64_t steps = 0; steps < 60; steps++) {
		struct packing_case one;
		struct cpc_packing packing;

		random_case(&seed, &one);
		packing = start_packing(&one, steps);
		if (cpc_packing_try(&packing)) {
			assert_true(steps > 0);
			check_placed(&one.kinds, one.rooms, one.room_count, packing.items, packing.count);
			found++;
		}
		end_packing(&packing);
	}
	assert_true(found > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_nearly_all),
		cmocka_unit_test(ends_where_steps_do),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
