/* SPDX-License-Identifier: MIT */
/* Inside core: a placement that is being looked for. */
#ifndef CPC_PLACEMENT_INSIDE_H
#define CPC_PLACEMENT_INSIDE_H

#include <cpucompat/placement.h>

/** Hosts that are visited while a placement is looked for, in each of the two ways. */
#define CPC_PLACE_STEPS UINT64_C(4000000)

/** Kinds times hosts above which not every placement is tried: it also bounds how deep calls go. */
#define CPC_SEARCH_MAX 4096

struct cpc_packing {
	const struct cpc_vm_kinds *kinds;
	const struct cpc_room *rooms;
	size_t room_count;
	struct cpc_room *left; /**< of each room */
	uint32_t *wait;	       /**< of each kind: VMs that are not placed */
	uint64_t steps;	       /**< left to take */
	struct cpc_placed *items;
	size_t count;
	bool starved; /**< of memory */
};

static inline bool cpc_room_is_alike(const struct cpc_room *a, const struct cpc_room *b)
{
	return a->memory == b->memory && a->vcpus == b->vcpus && a->cpus == b->cpus;
}

/** How many VMs like this, at most `count`, a room takes. */
static inline uint32_t cpc_room_takes(const struct cpc_room *room, const struct cpc_vm_kind *kind, uint32_t count)
{
	uint64_t most = count;

	if (kind->vcpus > room->cpus)
		return 0;
	if (kind->memory && room->memory / kind->memory < most)
		most = room->memory / kind->memory;
	if (kind->vcpus && room->vcpus / kind->vcpus < most)
		most = room->vcpus / kind->vcpus;
	return (uint32_t)most;
}

static inline void cpc_room_give(struct cpc_room *room, const struct cpc_vm_kind *kind, uint32_t count)
{
	room->memory -= kind->memory * count;
	room->vcpus -= (uint64_t)kind->vcpus * count;
}

static inline void cpc_room_take_back(struct cpc_room *room, const struct cpc_vm_kind *kind, uint32_t count)
{
	room->memory += kind->memory * count;
	room->vcpus += (uint64_t)kind->vcpus * count;
}

/** Write down that a room has VMs. */
void cpc_packing_note(struct cpc_packing *packing, size_t kind, size_t room, uint32_t count);

/** Empty all rooms again; `steps` stay as they are. */
void cpc_packing_reset(struct cpc_packing *packing);

/** A bound that proves that they do not fit, or CPC_BY_PLACEMENT: none does. */
enum cpc_fit_reason cpc_packing_bound(const struct cpc_vm_kinds *kinds, const struct cpc_room *rooms, size_t room_count,
				      size_t *ret_kind);

/** Try some orders in which VMs are placed one after the other (placement_orders.c). True: all have a place. */
bool cpc_packing_try(struct cpc_packing *packing);

/** Try every placement, but those that only exchange equal hosts (placement_search.c). */
enum cpc_fit cpc_packing_search(struct cpc_packing *packing);

#endif
