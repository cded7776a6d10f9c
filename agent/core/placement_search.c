/* SPDX-License-Identifier: MIT */
/*
 * Every placement: kind by kind, the largest first, host by host, every number of VMs that the host takes. What cannot
 * end well is not begun: fewer VMs on a host than the hosts behind it leave over, more memory or virtual CPUs wanted by
 * the kinds to come than all hosts have left, and placements that only exchange hosts which were alike before this kind
 * was placed.
 */
#include "placement_inside.h"

#include <stdlib.h>
#include <string.h>

#include "saturate.h"

struct search {
	struct cpc_packing *packing;
	struct cpc_room *before; /**< kind * rooms: what each had before the kind was placed */
	uint32_t *placed;	 /**< kind * rooms */
	uint64_t *memory;	 /**< by kind: of it and all behind it */
	uint64_t *vcpus;
};

/** The most of a kind that a room may have: no more than one before it that was alike. */
static uint32_t most_of(const struct search *search, size_t kind, size_t room, uint32_t wait)
{
	const struct cpc_packing *packing = search->packing;
	const struct cpc_room *before = &search->before[kind * packing->room_count];
	const uint32_t *placed = &search->placed[kind * packing->room_count];
	const uint32_t most = cpc_room_takes(&packing->left[room], &packing->kinds->items[kind], wait);

	for (size_t i = room; i-- > 0;) {
		if (cpc_room_is_alike(&before[i], &before[room]))
			return placed[i] < most ? placed[i] : most;
	}
	return most;
}

/** How many the rooms from one on take. */
static uint64_t taken_from(const struct search *search, size_t kind, size_t room, uint32_t wait)
{
	const struct cpc_packing *packing = search->packing;
	uint64_t taken = 0;

	for (; room < packing->room_count && taken < wait; room++)
		taken += cpc_room_takes(&packing->left[room], &packing->kinds->items[kind], wait);
	return taken;
}

static enum cpc_fit place_kind(struct search *search, size_t kind);

static enum cpc_fit place_rest(struct search *search, size_t kind, size_t room, uint32_t wait)
{
	struct cpc_packing *packing = search->packing;
	uint32_t *here = &search->placed[kind * packing->room_count + room];
	uint64_t behind;
	uint32_t most;

	if (!wait)
		return place_kind(search, kind + 1);
	if (room == packing->room_count)
		return CPC_FITS_NOT;
	if (packing->steps < packing->room_count)
		return CPC_FIT_UNKNOWN;
	packing->steps -= packing->room_count;
	most = most_of(search, kind, room, wait);
	behind = taken_from(search, kind, room + 1, wait);
	for (uint32_t count = most;; count--) {
		enum cpc_fit fit;

		if (count + behind < wait)
			return CPC_FITS_NOT;
		*here = count;
		cpc_room_give(&packing->left[room], &packing->kinds->items[kind], count);
		fit = place_rest(search, kind, room + 1, wait - count);
		cpc_room_take_back(&packing->left[room], &packing->kinds->items[kind], count);
		if (fit != CPC_FITS_NOT)
			return fit;
		*here = 0;
		if (!count)
			return CPC_FITS_NOT;
	}
}

static enum cpc_fit place_kind(struct search *search, size_t kind)
{
	struct cpc_packing *packing = search->packing;
	uint64_t memory = 0, vcpus = 0;

	if (kind == packing->kinds->count)
		return CPC_FITS;
	for (size_t i = 0; i < packing->room_count; i++) {
		memory = cpc_sum(memory, packing->left[i].memory);
		vcpus = cpc_sum(vcpus, packing->left[i].vcpus);
	}
	if (memory < search->memory[kind] || vcpus < search->vcpus[kind])
		return CPC_FITS_NOT;
	memcpy(&search->before[kind * packing->room_count], packing->left,
	       packing->room_count * sizeof(*packing->left));
	memset(&search->placed[kind * packing->room_count], 0, packing->room_count * sizeof(*search->placed));
	return place_rest(search, kind, 0, packing->kinds->items[kind].count);
}

static void add_up(struct search *search)
{
	const struct cpc_vm_kinds *kinds = search->packing->kinds;
	uint64_t memory = 0, vcpus = 0;

	for (size_t i = kinds->count; i-- > 0;) {
		const struct cpc_vm_kind *kind = &kinds->items[i];

		memory = cpc_sum(memory, cpc_product(kind->memory, kind->count));
		vcpus = cpc_sum(vcpus, cpc_product(kind->vcpus, kind->count));
		search->memory[i] = memory;
		search->vcpus[i] = vcpus;
	}
}

static void note_all(const struct search *search)
{
	struct cpc_packing *packing = search->packing;

	for (size_t kind = 0; kind < packing->kinds->count; kind++) {
		for (size_t room = 0; room < packing->room_count; room++) {
			const uint32_t count = search->placed[kind * packing->room_count + room];

			if (count)
				cpc_packing_note(packing, kind, room, count);
		}
	}
}

enum cpc_fit cpc_packing_search(struct cpc_packing *packing)
{
	const size_t kinds = packing->kinds->count;
	const size_t cells = kinds * packing->room_count;
	struct search search = { .packing = packing };
	enum cpc_fit fit = CPC_FIT_UNKNOWN;

	if (kinds > CPC_SEARCH_MAX || packing->room_count > CPC_SEARCH_MAX || cells > CPC_SEARCH_MAX)
		return fit;
	search.before = calloc(cells + 1, sizeof(*search.before));
	search.placed = calloc(cells + 1, sizeof(*search.placed));
	search.memory = calloc(kinds + 1, sizeof(*search.memory));
	search.vcpus = calloc(kinds + 1, sizeof(*search.vcpus));
	if (!search.before || !search.placed || !search.memory || !search.vcpus) {
		packing->starved = true;
	} else {
		add_up(&search);
		fit = place_kind(&search, 0);
		if (fit == CPC_FITS)
			note_all(&search);
	}
	free(search.before);
	free(search.placed);
	free(search.memory);
	free(search.vcpus);
	return fit;
}
