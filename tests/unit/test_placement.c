/* SPDX-License-Identifier: MIT */
/* Whether VMs fit: each bound, each answer, and the same as every placement tried one by one. */
#include "placement_support.h"

#define GIB(n) (UINT64_C(n) << 30)

static struct cpc_placement place(const struct packing_case *one)
{
	struct cpc_placement placement;

	assert_int_equal(cpc_place(&one->kinds, one->rooms, one->room_count, &placement, NULL), CPC_OK);
	return placement;
}

static void bounds(void **state)
{
	static const struct {
		const char *what;
		struct cpc_vm_kind kinds[CASE_KINDS];
		struct cpc_room rooms[CASE_ROOMS];
		enum cpc_fit fit;
		enum cpc_fit_reason reason;
		size_t kind;
	} cases[] = {
		{ "no VM", { { 0 } }, { { 8, 8, 8 } }, CPC_FITS, CPC_BY_PLACEMENT, 0 },
		{ "neither", { { 0 } }, { { 0 } }, CPC_FITS, CPC_BY_PLACEMENT, 0 },
		{ "no host", { { 4, 1, 1 } }, { { 0 } }, CPC_FITS_NOT, CPC_BY_NO_HOST, 0 },
		{ "just", { { 4, 4, 2 } }, { { 8, 8, 4 } }, CPC_FITS, CPC_BY_PLACEMENT, 0 },
		{ "too large",
		  { { 4, 1, 1 }, { 3, 1, 1 } },
		  { { 3, 9, 9 }, { 3, 9, 9 } },
		  CPC_FITS_NOT,
		  CPC_BY_LARGEST,
		  0 },
		{ "too many vCPUs of one",
		  { { 4, 1, 1 }, { 3, 5, 1 } },
		  { { 9, 9, 4 } },
		  CPC_FITS_NOT,
		  CPC_BY_LARGEST,
		  1 },
		{ "memory here, CPUs there",
		  { { 4, 4, 1 } },
		  { { 9, 9, 2 }, { 2, 9, 9 } },
		  CPC_FITS_NOT,
		  CPC_BY_LARGEST,
		  0 },
		{ "memory", { { 3, 1, 4 } }, { { 6, 9, 9 }, { 5, 9, 9 } }, CPC_FITS_NOT, CPC_BY_MEMORY, 0 },
		{ "vCPUs", { { 3, 3, 4 } }, { { 9, 6, 9 }, { 9, 5, 9 } }, CPC_FITS_NOT, CPC_BY_VCPUS, 0 },
		{ "three in two", { { 4, 1, 3 } }, { { 7, 9, 9 }, { 7, 9, 9 } }, CPC_FITS_NOT, CPC_BY_COUNT, 0 },
		{ "three large of two kinds",
		  { { 5, 1, 1 }, { 4, 1, 2 } },
		  { { 7, 9, 9 }, { 7, 9, 9 } },
		  CPC_FITS_NOT,
		  CPC_BY_COUNT,
		  1 },
		{ "three wide ones", { { 1, 4, 3 } }, { { 9, 7, 9 }, { 9, 7, 9 } }, CPC_FITS_NOT, CPC_BY_COUNT, 0 },
		{ "one host for both, which takes one",
		  { { 6, 1, 1 }, { 1, 6, 1 } },
		  { { 6, 6, 6 }, { 5, 5, 5 } },
		  CPC_FITS_NOT,
		  CPC_BY_SEARCH,
		  0 },
		{ "pieces",
		  { { 5, 1, 2 }, { 4, 1, 2 }, { 3, 1, 3 } },
		  { { 9, 9, 9 }, { 9, 9, 9 }, { 9, 9, 9 } },
		  CPC_FITS,
		  CPC_BY_PLACEMENT,
		  0 },
		/* 6 6 4 4 4 in 12 and 12: sums, counts and every pair do; 6+6 leaves 12 for 4 4 4. */
		{ "largest first does not find it",
		  { { 6, 1, 2 }, { 4, 1, 3 } },
		  { { 12, 9, 9 }, { 12, 9, 9 } },
		  CPC_FITS,
		  CPC_BY_PLACEMENT,
		  0 },
		{ "only the search tells",
		  { { 4, 1, 4 }, { 3, 1, 1 } },
		  { { 10, 9, 9 }, { 10, 9, 9 } },
		  CPC_FITS_NOT,
		  CPC_BY_SEARCH,
		  0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct packing_case one = { .kinds.count = 0 };
		struct cpc_placement placement;

		for (size_t n = 0; n < CASE_KINDS && cases[i].kinds[n].count; n++)
			one.items[one.kinds.count++] = cases[i].kinds[n];
		for (size_t n = 0; n < CASE_ROOMS && cases[i].rooms[n].memory; n++)
			one.rooms[one.room_count++] = cases[i].rooms[n];
		seal_case(&one);
		placement = place(&one);
		if (placement.fit != cases[i].fit || placement.reason != cases[i].reason ||
		    placement.kind != cases[i].kind)
			fail_msg("%s: %s by %s, kind %zu", cases[i].what, cpc_fit_name(placement.fit),
				 cpc_fit_reason_name(placement.reason), placement.kind);
		cpc_placement_free(&placement);
	}
}

/** What is proven is true, and small cases are always proven. */
static void as_every_placement(void **state)
{
	size_t by[CPC_FIT_REASON_COUNT] = { 0 };
	uint64_t seed = 42;

	(void)state;
	for (size_t i = 0; i < 20000; i++) {
		struct cpc_placement placement;
		struct packing_case one;

		random_case(&seed, &one);
		placement = place(&one);
		if ((placement.fit == CPC_FITS) != is_possible(&one) || placement.fit == CPC_FIT_UNKNOWN)
			fail_msg("case %zu: %s by %s is not so", i, cpc_fit_name(placement.fit),
				 cpc_fit_reason_name(placement.reason));
		if (placement.fit == CPC_FITS)
			check_placed(&one.kinds, one.rooms, one.room_count, placement.items, placement.count);
		by[placement.reason]++;
		cpc_placement_free(&placement);
	}
	/* All that can decide did. */
	for (unsigned int reason = CPC_BY_PLACEMENT; reason <= CPC_BY_SEARCH; reason++) {
		printf("%s: %zu\n", cpc_fit_reason_name(reason), by[reason]);
		assert_true(reason == CPC_BY_NO_HOST || reason == CPC_BY_LIMIT || by[reason] > 50);
	}
}

/** A cluster as large as there are: what is found holds, and equal questions have equal answers. */
static void large_ones(void **state)
{
	struct cpc_vms vms = { .count = 0 };
	static struct cpc_room rooms[64];
	struct cpc_vm_kinds kinds;
	uint64_t seed = 7;

	(void)state;
	for (size_t i = 0; i < 3000; i++) {
		const struct cpc_vm vm = { .name = "vm",
					   .memory = (UINT64_C(512) << 20) * (1 + random_below(&seed, 40)),
					   .vcpus = 1 + random_below(&seed, 8),
					   .count = 1 };

		assert_int_equal(cpc_vms_add(&vms, &vm, NULL), CPC_OK);
	}
	assert_int_equal(cpc_vm_kinds_of(&vms, cpc_overhead_of(cpc_policy_named("hyperv-2025")), &kinds, NULL), CPC_OK);
	assert_true(kinds.count > 100 && kinds.count <= 320);
	for (uint64_t percent = 98; percent < 104; percent++) {
		struct cpc_placement first, again;

		for (size_t i = 0; i < COUNT(rooms); i++)
			rooms[i] = (struct cpc_room){ kinds.memory / COUNT(rooms) * percent / 100,
						      kinds.vcpus / COUNT(rooms) * (percent + 2) / 100, 64 };
		assert_int_equal(cpc_place(&kinds, rooms, COUNT(rooms), &first, NULL), CPC_OK);
		assert_int_equal(cpc_place(&kinds, rooms, COUNT(rooms), &again, NULL), CPC_OK);
		printf("%d%% of the memory: %s by %s\n", (int)percent, cpc_fit_name(first.fit),
		       cpc_fit_reason_name(first.reason));
		assert_int_equal(first.fit, again.fit);
		assert_int_equal(first.count, again.count);
		if (first.count)
			assert_memory_equal(first.items, again.items, first.count * sizeof(*first.items));
		if (first.fit == CPC_FITS)
			check_placed(&kinds, rooms, COUNT(rooms), first.items, first.count);
		if (percent < 100)
			assert_int_equal(first.fit, CPC_FITS_NOT);
		if (percent == 103)
			assert_int_equal(first.fit, CPC_FITS);
		cpc_placement_free(&first);
		cpc_placement_free(&again);
	}
	cpc_vm_kinds_free(&kinds);
	cpc_vms_free(&vms);
}

static void kinds_of_vms(void **state)
{
	static const struct cpc_vm named[] = {
		{ .name = "small", .memory = GIB(1), .vcpus = 1, .count = 2 },
		{ .name = "large", .memory = GIB(8), .vcpus = 4, .count = 1 },
		{ .name = "small too", .memory = GIB(1), .vcpus = 1, .count = 3 },
		{ .name = "wide", .memory = GIB(1), .vcpus = 2, .count = 1 },
	};
	const struct cpc_overhead nothing = { .vcpus_per_cpu = { .value = 1000 } };
	struct cpc_vms vms = { .count = 0 };
	struct cpc_vm_kinds kinds;

	(void)state;
	for (size_t i = 0; i < COUNT(named); i++)
		assert_int_equal(cpc_vms_add(&vms, &named[i], NULL), CPC_OK);
	assert_int_equal(cpc_vm_kinds_of(&vms, &nothing, &kinds, NULL), CPC_OK);
	assert_int_equal(kinds.count, 3);
	assert_int_equal(kinds.items[0].memory, GIB(8));
	assert_int_equal(kinds.items[1].vcpus, 2);
	assert_int_equal(kinds.items[2].count, 5);
	assert_int_equal(kinds.memory, GIB(14));
	assert_int_equal(kinds.vcpus, 11);
	cpc_vm_kinds_free(&kinds);
	cpc_vms_free(&vms);
}

static void rooms(void **state)
{
	const struct cpc_overhead overhead = { .host = { .value = GIB(2) }, .vcpus_per_cpu = { .value = 1500 } };
	struct cpc_room room = cpc_room_of(GIB(32), 3, &overhead);

	(void)state;
	assert_int_equal(room.memory, GIB(30));
	assert_int_equal(room.vcpus, 4);
	assert_int_equal(room.cpus, 3);
	/* What is beyond all measure is not taken for little, nor what is less than nothing for much. */
	assert_int_equal(cpc_room_of(GIB(1), 1, &overhead).memory, 0);
	assert_int_equal(cpc_room_of(0, UINT64_MAX, &overhead).vcpus, UINT64_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bounds),     cmocka_unit_test(as_every_placement),
		cmocka_unit_test(large_ones), cmocka_unit_test(kinds_of_vms),
		cmocka_unit_test(rooms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
