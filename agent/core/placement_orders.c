/* SPDX-License-Identifier: MIT */
/*
 * Placing VMs one after the other: the largest first, by several measures of large, each into the first host that takes
 * it and into the one that it leaves the least of; and host by host, each filled with what goes best with what it has
 * left. (First fit decreasing and best fit decreasing; and for several dimensions the dot product of R. Panigrahy et
 * al., Heuristics for Vector Bin Packing, 2011.)
 */
#include "placement_inside.h"

#include <stdlib.h>

/** What a kind needs of all there is, in 65536ths: so much that products of two fit, and so little that order alone may
 * rest on it. */
struct share {
	uint64_t memory;
	uint64_t vcpus;
};

static uint64_t share_of(uint64_t part, uint64_t whole)
{
	/* Within 32 bits, so that nothing overflows. */
	while (whole >> 32) {
		whole >>= 1;
		part >>= 1;
	}
	return whole ? (part << 16) / whole : 0;
}

static struct share shares(const struct cpc_packing *packing, uint64_t memory, uint64_t vcpus)
{
	return (struct share){ share_of(memory, packing->kinds->memory), share_of(vcpus, packing->kinds->vcpus) };
}

enum measure { BY_MEMORY, BY_VCPUS, BY_LARGER, BY_BOTH, MEASURE_COUNT };

struct ranked {
	size_t kind;
	uint64_t first;
	uint64_t second;
};

static int by_rank(const void *left, const void *right)
{
	const struct ranked *a = left, *b = right;

	if (a->first != b->first)
		return a->first < b->first ? 1 : -1;
	if (a->second != b->second)
		return a->second < b->second ? 1 : -1;
	return a->kind < b->kind ? -1 : 1;
}

static void rank(const struct cpc_packing *packing, enum measure measure, struct ranked *ret_ranked)
{
	for (size_t i = 0; i < packing->kinds->count; i++) {
		const struct cpc_vm_kind *kind = &packing->kinds->items[i];
		const struct share share = shares(packing, kind->memory, kind->vcpus);
		struct ranked *ranked = &ret_ranked[i];

		*ranked = (struct ranked){ .kind = i, .first = kind->memory, .second = kind->vcpus };
		if (measure == BY_VCPUS)
			*ranked = (struct ranked){ .kind = i, .first = kind->vcpus, .second = kind->memory };
		else if (measure == BY_LARGER)
			ranked->first = share.memory > share.vcpus ? share.memory : share.vcpus;
		else if (measure == BY_BOTH)
			ranked->first = share.memory + share.vcpus;
	}
	qsort(ret_ranked, packing->kinds->count, sizeof(*ret_ranked), by_rank);
}

/** False where steps ran out. */
static bool step(struct cpc_packing *packing)
{
	if (!packing->steps)
		return false;
	packing->steps--;
	return true;
}

static void put(struct cpc_packing *packing, size_t kind, size_t room, uint32_t count)
{
	if (!count)
		return;
	cpc_room_give(&packing->left[room], &packing->kinds->items[kind], count);
	packing->wait[kind] -= count;
	cpc_packing_note(packing, kind, room, count);
}

static bool put_first(struct cpc_packing *packing, size_t kind)
{
	for (size_t room = 0; room < packing->room_count && packing->wait[kind]; room++) {
		if (!step(packing))
			return false;
		put(packing, kind, room,
		    cpc_room_takes(&packing->left[room], &packing->kinds->items[kind], packing->wait[kind]));
	}
	return !packing->wait[kind];
}

/** The room that takes it and has the least left, both counted alike; or the number of rooms. */
static size_t best_room(struct cpc_packing *packing, size_t kind)
{
	size_t best = packing->room_count;
	uint64_t least = 0;

	for (size_t room = 0; room < packing->room_count && step(packing); room++) {
		const struct cpc_room *left = &packing->left[room];
		const struct share share = shares(packing, left->memory, left->vcpus);

		if (!cpc_room_takes(left, &packing->kinds->items[kind], 1))
			continue;
		if (best == packing->room_count || share.memory + share.vcpus < least) {
			best = room;
			least = share.memory + share.vcpus;
		}
	}
	return best;
}

static bool put_best(struct cpc_packing *packing, size_t kind)
{
	while (packing->wait[kind]) {
		const size_t room = best_room(packing, kind);

		if (room == packing->room_count)
			return false;
		put(packing, kind, room,
		    cpc_room_takes(&packing->left[room], &packing->kinds->items[kind], packing->wait[kind]));
	}
	return true;
}

static bool put_all(struct cpc_packing *packing, const struct ranked *ranked,
		    bool (*put_kind)(struct cpc_packing *packing, size_t kind))
{
	cpc_packing_reset(packing);
	for (size_t i = 0; i < packing->kinds->count; i++) {
		if (!put_kind(packing, ranked[i].kind))
			return false;
	}
	return true;
}

/** The kind that goes best with what a room has left, or the number of kinds. */
static size_t best_kind(struct cpc_packing *packing, size_t room)
{
	const struct cpc_room *left = &packing->left[room];
	const struct share has = shares(packing, left->memory, left->vcpus);
	size_t best = packing->kinds->count;
	uint64_t most = 0;

	for (size_t i = 0; i < packing->kinds->count && step(packing); i++) {
		const struct cpc_vm_kind *kind = &packing->kinds->items[i];
		const struct share needs = shares(packing, kind->memory, kind->vcpus);
		const uint64_t product = needs.memory * has.memory + needs.vcpus * has.vcpus;

		if (!packing->wait[i] || !cpc_room_takes(left, kind, 1))
			continue;
		if (best == packing->kinds->count || product > most) {
			best = i;
			most = product;
		}
	}
	return best;
}

static bool fill_rooms(struct cpc_packing *packing)
{
	cpc_packing_reset(packing);
	for (size_t room = 0; room < packing->room_count; room++) {
		size_t kind;

		while ((kind = best_kind(packing, room)) < packing->kinds->count)
			put(packing, kind, room, 1);
	}
	for (size_t i = 0; i < packing->kinds->count; i++) {
		if (packing->wait[i])
			return false;
	}
	return true;
}

bool cpc_packing_try(struct cpc_packing *packing)
{
	struct ranked *ranked = calloc(packing->kinds->count ? packing->kinds->count : 1, sizeof(*ranked));
	bool placed = false;

	if (!ranked) {
		packing->starved = true;
		return false;
	}
	for (unsigned int measure = 0; measure < MEASURE_COUNT && !placed; measure++) {
		rank(packing, measure, ranked);
		placed = put_all(packing, ranked, put_first) || put_all(packing, ranked, put_best);
	}
	free(ranked);
	return placed || fill_rooms(packing);
}
