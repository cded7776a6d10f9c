/* SPDX-License-Identifier: MIT */
/* Small packings: random ones, what is true of a placement, and every placement tried in the plainest way. */
#ifndef CPC_TEST_PLACEMENT_SUPPORT_H
#define CPC_TEST_PLACEMENT_SUPPORT_H

#include <cpucompat/placement.h>

#include "support.h"

#define CASE_KINDS 6
#define CASE_ROOMS 5
#define CASE_VMS 9

struct packing_case {
	struct cpc_vm_kind items[CASE_KINDS];
	struct cpc_vm_kinds kinds;
	struct cpc_room rooms[CASE_ROOMS];
	size_t room_count;
};

static inline int by_size(const void *left, const void *right)
{
	const struct cpc_vm_kind *a = left, *b = right;

	if (a->memory != b->memory)
		return a->memory < b->memory ? 1 : -1;
	return a->vcpus < b->vcpus ? 1 : a->vcpus > b->vcpus ? -1 : 0;
}

static inline void seal_case(struct packing_case *one)
{
	qsort(one->items, one->kinds.count, sizeof(*one->items), by_size);
	one->kinds.items = one->items;
	one->kinds.memory = one->kinds.vcpus = 0;
	for (size_t i = 0; i < one->kinds.count; i++) {
		one->kinds.memory += one->items[i].memory * one->items[i].count;
		one->kinds.vcpus += (uint64_t)one->items[i].vcpus * one->items[i].count;
	}
}

/** At most CASE_VMS VMs on hosts that have about as much as they need. */
static inline void random_case(uint64_t *state, struct packing_case *ret_case)
{
	const uint32_t vms = 1 + random_below(state, CASE_VMS);
	const bool alike = random_below(state, 2);
	uint32_t memory = 0, vcpus = 0, left = vms;
	struct packing_case one = { .kinds.count = 0 };

	while (left && one.kinds.count < CASE_KINDS) {
		struct cpc_vm_kind *kind = &one.items[one.kinds.count++];
		const uint32_t most = one.kinds.count == CASE_KINDS ? left : 1 + random_below(state, left);

		*kind = (struct cpc_vm_kind){ 1 + random_below(state, 12), 1 + random_below(state, 5), most };
		memory += (uint32_t)kind->memory * most;
		vcpus += kind->vcpus * most;
		left -= most;
	}
	one.room_count = 1 + random_below(state, CASE_ROOMS);
	for (size_t i = 0; i < one.room_count; i++) {
		const uint32_t share = (uint32_t)one.room_count;

		one.rooms[i] = alike && i ? one.rooms[0]
					  : (struct cpc_room){ memory / share + random_below(state, 5),
							       vcpus / share + random_below(state, 5),
							       3 + random_below(state, 4) };
	}
	seal_case(&one);
	*ret_case = one;
	ret_case->kinds.items = ret_case->items;
}

/** Every VM by itself on every host, from the last to the first. */
static inline bool any_placement(const struct packing_case *one, struct cpc_room *rooms, size_t kind, uint32_t nth)
{
	const struct cpc_vm_kind *vm;

	if (kind == one->kinds.count)
		return true;
	vm = &one->items[kind];
	if (nth == vm->count)
		return any_placement(one, rooms, kind + 1, 0);
	for (size_t i = one->room_count; i-- > 0;) {
		bool placed;

		if (rooms[i].memory < vm->memory || rooms[i].vcpus < vm->vcpus || rooms[i].cpus < vm->vcpus)
			continue;
		rooms[i].memory -= vm->memory;
		rooms[i].vcpus -= vm->vcpus;
		placed = any_placement(one, rooms, kind, nth + 1);
		rooms[i].memory += vm->memory;
		rooms[i].vcpus += vm->vcpus;
		if (placed)
			return true;
	}
	return false;
}

static inline bool is_possible(const struct packing_case *one)
{
	struct cpc_room rooms[CASE_ROOMS];

	memcpy(rooms, one->rooms, sizeof(rooms));
	return any_placement(one, rooms, 0, 0);
}

/** Every VM is in it once, and no host has more than it takes. */
static inline void check_placed(const struct cpc_vm_kinds *kinds, const struct cpc_room *rooms, size_t room_count,
				const struct cpc_placed *items, size_t count)
{
	uint32_t *placed = calloc(kinds->count + 1, sizeof(*placed));
	struct cpc_room *left = calloc(room_count + 1, sizeof(*left));

	assert_non_null(placed);
	assert_non_null(left);
	memcpy(left, rooms, room_count * sizeof(*left));
	for (size_t i = 0; i < count; i++) {
		const struct cpc_vm_kind *kind = &kinds->items[items[i].kind];
		struct cpc_room *room = &left[items[i].room];

		assert_true(items[i].kind < kinds->count && items[i].room < room_count && items[i].count);
		assert_true(kind->memory * items[i].count <= room->memory);
		assert_true((uint64_t)kind->vcpus * items[i].count <= room->vcpus);
		assert_true(kind->vcpus <= room->cpus);
		room->memory -= kind->memory * items[i].count;
		room->vcpus -= (uint64_t)kind->vcpus * items[i].count;
		placed[items[i].kind] += items[i].count;
	}
	for (size_t i = 0; i < kinds->count; i++)
		assert_int_equal(placed[i], kinds->items[i].count);
	free(placed);
	free(left);
}

#endif
