/* SPDX-License-Identifier: MIT */
/*
 * Bounds first, for they are proofs that cost nothing; then orders in which VMs are placed one after the other, which
 * find a placement nearly always where there is one; then the search, which is for the rest.
 */
#include "placement_inside.h"

#include <string.h>

#include "grow.h"
#include "saturate.h"

const char *cpc_fit_name(enum cpc_fit fit)
{
	static const char *const names[] = {
		[CPC_FITS] = "fits", [CPC_FIT_UNKNOWN] = "cannot-tell", [CPC_FITS_NOT] = "does-not-fit"
	};

	return names[fit];
}

const char *cpc_fit_reason_name(enum cpc_fit_reason reason)
{
	static const char *const names[CPC_FIT_REASON_COUNT] = {
		[CPC_BY_PLACEMENT] = "placement",  [CPC_BY_NO_HOST] = "no-host", [CPC_BY_LIMIT] = "platform-limit",
		[CPC_BY_LARGEST] = "largest-vm",   [CPC_BY_MEMORY] = "memory",	 [CPC_BY_VCPUS] = "vcpus",
		[CPC_BY_COUNT] = "large-vms",	   [CPC_BY_SEARCH] = "search",	 [CPC_BY_EFFORT] = "effort",
		[CPC_BY_CORES] = "cores-not-told", [CPC_BY_NOTHING] = "no-vms",
	};

	return names[reason];
}

static int by_size(const void *left, const void *right)
{
	const struct cpc_vm_kind *a = left, *b = right;

	if (a->memory != b->memory)
		return a->memory < b->memory ? 1 : -1;
	return a->vcpus < b->vcpus ? 1 : a->vcpus > b->vcpus ? -1 : 0;
}

enum cpc_status cpc_vm_kinds_of(const struct cpc_vms *vms, const struct cpc_overhead *overhead,
				struct cpc_vm_kinds *ret_kinds, struct cpc_error *reterr)
{
	const struct cpc_sourced *most = &overhead->host_vms_max;
	struct cpc_vm_kinds kinds = { .beyond = cpc_is_beyond(vms, overhead) };

	if (most->source && most->value)
		kinds.hosts_min = (vms->total + most->value - 1) / most->value;
	kinds.items = calloc(vms->count ? vms->count : 1, sizeof(*kinds.items));
	if (!kinds.items)
		return cpc_out_of_memory(reterr);
	for (size_t i = 0; i < vms->count; i++) {
		const struct cpc_vm *vm = &vms->items[i];
		struct cpc_vm_kind *kind = &kinds.items[i];

		*kind = (struct cpc_vm_kind){ cpc_vm_takes(vm, overhead), vm->vcpus, vm->count };
		kinds.memory = cpc_sum(kinds.memory, cpc_product(kind->memory, kind->count));
		kinds.vcpus += (uint64_t)kind->vcpus * kind->count;
	}
	qsort(kinds.items, vms->count, sizeof(*kinds.items), by_size);
	for (size_t i = 0; i < vms->count; i++) {
		if (kinds.count && !by_size(&kinds.items[kinds.count - 1], &kinds.items[i]))
			kinds.items[kinds.count - 1].count += kinds.items[i].count;
		else
			kinds.items[kinds.count++] = kinds.items[i];
	}
	*ret_kinds = kinds;
	return CPC_OK;
}

void cpc_vm_kinds_free(struct cpc_vm_kinds *kinds)
{
	free(kinds->items);
	*kinds = (struct cpc_vm_kinds){ .count = 0 };
}

struct cpc_room cpc_room_of(uint64_t memory, uint64_t cpus, const struct cpc_overhead *overhead)
{
	const uint64_t keeps = overhead->host.value;
	const uint64_t shares = overhead->vcpus_per_cpu.value;

	return (struct cpc_room){ .memory = memory > keeps ? memory - keeps : 0,
				  .vcpus =
					  cpus > UINT64_MAX / (shares ? shares : 1) ? UINT64_MAX : cpus * shares / 1000,
				  .cpus = cpus };
}

/** Whether hosts take all the VMs that need as much as this kind in that respect: each of them is taken for one that
 * needs just that much, and nothing else. */
static bool is_too_many(const struct cpc_vm_kinds *kinds, const struct cpc_room *rooms, size_t room_count,
			const struct cpc_vm_kind *least)
{
	uint64_t wanted = 0, taken = 0;

	for (size_t i = 0; i < kinds->count; i++) {
		if (kinds->items[i].memory >= least->memory && kinds->items[i].vcpus >= least->vcpus)
			wanted += kinds->items[i].count;
	}
	for (size_t i = 0; i < room_count && taken < wanted; i++)
		taken += cpc_room_takes(&rooms[i], least, (uint32_t)wanted);
	return taken < wanted;
}

/** Each kind as it is, by its memory alone and by its virtual CPUs alone. */
static bool is_bound(const struct cpc_vm_kinds *kinds, const struct cpc_room *rooms, size_t room_count, size_t kind)
{
	const struct cpc_vm_kind *whole = &kinds->items[kind];
	const struct cpc_vm_kind memory = { .memory = whole->memory };
	const struct cpc_vm_kind vcpus = { .vcpus = whole->vcpus };

	return is_too_many(kinds, rooms, room_count, whole) || is_too_many(kinds, rooms, room_count, &memory) ||
	       is_too_many(kinds, rooms, room_count, &vcpus);
}

static bool is_homeless(const struct cpc_room *rooms, size_t room_count, const struct cpc_vm_kind *kind)
{
	for (size_t i = 0; i < room_count; i++) {
		if (cpc_room_takes(&rooms[i], kind, 1))
			return false;
	}
	return true;
}

enum cpc_fit_reason cpc_packing_bound(const struct cpc_vm_kinds *kinds, const struct cpc_room *rooms, size_t room_count,
				      size_t *ret_kind)
{
	/* The last bound takes a step for each pair of kinds and each kind and host: of so many kinds it is left out.
	 */
	const size_t kinds_max = 1024;
	uint64_t memory = 0, vcpus = 0;

	if (!kinds->count)
		return CPC_BY_PLACEMENT;
	if (!room_count)
		return CPC_BY_NO_HOST;
	if (kinds->beyond || room_count < kinds->hosts_min)
		return CPC_BY_LIMIT;
	for (*ret_kind = 0; *ret_kind < kinds->count; ++*ret_kind) {
		if (is_homeless(rooms, room_count, &kinds->items[*ret_kind]))
			return CPC_BY_LARGEST;
	}
	for (size_t i = 0; i < room_count; i++) {
		memory = cpc_sum(memory, rooms[i].memory);
		vcpus = cpc_sum(vcpus, rooms[i].vcpus);
	}
	*ret_kind = 0;
	if (memory < kinds->memory)
		return CPC_BY_MEMORY;
	if (vcpus < kinds->vcpus)
		return CPC_BY_VCPUS;
	for (; *ret_kind < kinds->count && kinds->count <= kinds_max; ++*ret_kind) {
		if (is_bound(kinds, rooms, room_count, *ret_kind))
			return CPC_BY_COUNT;
	}
	*ret_kind = 0;
	return CPC_BY_PLACEMENT;
}

void cpc_packing_note(struct cpc_packing *packing, size_t kind, size_t room, uint32_t count)
{
	struct cpc_placed *items = cpc_grown(packing->items, packing->count, sizeof(*items));

	if (!items) {
		packing->starved = true;
		return;
	}
	packing->items = items;
	items[packing->count++] = (struct cpc_placed){ kind, room, count };
}

void cpc_packing_reset(struct cpc_packing *packing)
{
	memcpy(packing->left, packing->rooms, packing->room_count * sizeof(*packing->left));
	for (size_t i = 0; i < packing->kinds->count; i++)
		packing->wait[i] = packing->kinds->items[i].count;
	free(packing->items);
	packing->items = NULL;
	packing->count = 0;
}

static enum cpc_fit look(struct cpc_packing *packing, enum cpc_fit_reason *ret_reason)
{
	enum cpc_fit fit;

	/* The first order always ends, however many there are. */
	packing->steps = CPC_PLACE_STEPS + (uint64_t)packing->kinds->count * packing->room_count;
	*ret_reason = CPC_BY_PLACEMENT;
	if (cpc_packing_try(packing))
		return CPC_FITS;
	packing->steps = CPC_PLACE_STEPS;
	cpc_packing_reset(packing);
	fit = cpc_packing_search(packing);
	if (fit != CPC_FITS)
		*ret_reason = fit == CPC_FITS_NOT ? CPC_BY_SEARCH : CPC_BY_EFFORT;
	return fit;
}

enum cpc_status cpc_place(const struct cpc_vm_kinds *kinds, const struct cpc_room *rooms, size_t room_count,
			  struct cpc_placement *ret_placement, struct cpc_error *reterr)
{
	struct cpc_packing packing = { .kinds = kinds, .rooms = rooms, .room_count = room_count };
	struct cpc_placement placement = { .fit = CPC_FITS_NOT };
	enum cpc_status status = CPC_OK;

	placement.reason = cpc_packing_bound(kinds, rooms, room_count, &placement.kind);
	if (placement.reason == CPC_BY_PLACEMENT) {
		packing.left = calloc(room_count ? room_count : 1, sizeof(*packing.left));
		packing.wait = calloc(kinds->count ? kinds->count : 1, sizeof(*packing.wait));
		if (packing.left && packing.wait)
			placement.fit = look(&packing, &placement.reason);
		if (!packing.left || !packing.wait || packing.starved)
			status = cpc_out_of_memory(reterr);
	}
	if (!status && placement.fit == CPC_FITS) {
		placement.items = packing.items;
		placement.count = packing.count;
		packing.items = NULL;
	}
	free(packing.items);
	free(packing.left);
	free(packing.wait);
	if (!status)
		*ret_placement = placement;
	return status;
}

void cpc_placement_free(struct cpc_placement *placement)
{
	free(placement->items);
	*placement = (struct cpc_placement){ .count = 0 };
}
