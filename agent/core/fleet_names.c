/* SPDX-License-Identifier: MIT */
/* Hosts by name. A fleet may have a hundred thousand, so nothing here compares each with each. */
#include <cpucompat/fleet_change.h>

#include <stdlib.h>
#include <string.h>

#include <cpucompat/interned.h>

size_t cpc_fleet_name_count(const struct cpc_fleet *fleet)
{
	size_t count = 0;

	for (size_t i = 0; i < fleet->count; i++)
		count += fleet->classes[i].name_count;
	return count;
}

/** A power of two of which at most half is taken, and one is always free. */
static size_t slots_for(size_t count)
{
	size_t slots = 2;

	while (slots <= count * 2)
		slots *= 2;
	return slots;
}

struct slot {
	const char *name; /**< NULL: free */
	size_t class;
	size_t times;
};

struct cpc_host_index {
	size_t slot_count;
	uint64_t seed;
	struct slot slots[];
};

static size_t place_of(const struct cpc_host_index *index, const char *name)
{
	size_t at = (size_t)cpc_hash_of(name, strlen(name), index->seed) & (index->slot_count - 1);

	while (index->slots[at].name && strcmp(index->slots[at].name, name) != 0)
		at = (at + 1) & (index->slot_count - 1);
	return at;
}

struct cpc_host_index *cpc_host_index_new(const struct cpc_fleet *fleet)
{
	const size_t slot_count = slots_for(cpc_fleet_name_count(fleet));
	struct cpc_host_index *index = calloc(1, sizeof(*index) + slot_count * sizeof(index->slots[0]));

	if (!index)
		return NULL;
	index->slot_count = slot_count;
	index->seed = cpc_hash_seed(index);
	for (size_t i = 0; i < fleet->count; i++) {
		for (size_t n = 0; n < fleet->classes[i].name_count; n++) {
			const char *name = fleet->classes[i].names[n];
			struct slot *slot = &index->slots[place_of(index, name)];

			if (!slot->name)
				*slot = (struct slot){ .name = name, .class = i };
			slot->times++;
		}
	}
	return index;
}

void cpc_host_index_free(struct cpc_host_index *index)
{
	free(index);
}

size_t cpc_host_index_find(const struct cpc_host_index *index, const char *name, size_t *ret_class)
{
	const struct slot *slot = &index->slots[place_of(index, name)];

	if (!slot->name)
		return 0;
	*ret_class = slot->class;
	return slot->times;
}

/*
 * Twins are few, and names may be a million: first only hashes are kept, with the lowest bit set once
 * one comes twice. Names whose hashes agree and that differ fall out when the few are sorted.
 */
#define TWICE UINT64_C(1)

/** Never 0, which is a free slot. */
static uint64_t marked(const char *name, uint64_t seed)
{
	return (cpc_hash_of(name, strlen(name), seed) | 2) & ~TWICE;
}

static uint64_t *hash_place(uint64_t *hashes, size_t slot_count, uint64_t hash)
{
	size_t at = (size_t)(hash >> 2) & (slot_count - 1);

	while (hashes[at] && (hashes[at] & ~TWICE) != hash)
		at = (at + 1) & (slot_count - 1);
	return &hashes[at];
}

/** Mark every hash that comes twice; whether any does. */
static bool mark_hashes(const struct cpc_fleet *fleet, uint64_t *hashes, size_t slot_count, uint64_t seed)
{
	bool any = false;

	for (size_t i = 0; i < fleet->count; i++) {
		for (size_t n = 0; n < fleet->classes[i].name_count; n++) {
			const uint64_t hash = marked(fleet->classes[i].names[n], seed);
			uint64_t *place = hash_place(hashes, slot_count, hash);

			any = any || *place;
			*place = *place ? hash | TWICE : hash;
		}
	}
	return any;
}

/** Every host whose hash is marked: so many, and with `ret_hosts` which. */
static size_t collect(const struct cpc_fleet *fleet, uint64_t *hashes, size_t slot_count, uint64_t seed,
		      struct cpc_named_host *ret_hosts)
{
	size_t count = 0;

	for (size_t i = 0; i < fleet->count; i++) {
		for (size_t n = 0; n < fleet->classes[i].name_count; n++) {
			const char *name = fleet->classes[i].names[n];

			if (!(*hash_place(hashes, slot_count, marked(name, seed)) & TWICE))
				continue;
			if (ret_hosts)
				ret_hosts[count] = (struct cpc_named_host){ .name = name, .class = i };
			count++;
		}
	}
	return count;
}

static int by_name(const void *left, const void *right)
{
	const struct cpc_named_host *a = left;
	const struct cpc_named_host *b = right;
	const int order = strcmp(a->name, b->name);

	return order ? order : (a->class > b->class) - (a->class < b->class);
}

/** Sort, and drop those that are alone after all. Returns how many are left. */
static size_t keep_twins(struct cpc_named_host *hosts, size_t count)
{
	size_t kept = 0;

	qsort(hosts, count, sizeof(*hosts), by_name);
	for (size_t i = 0; i < count;) {
		size_t end = i + 1;

		while (end < count && strcmp(hosts[end].name, hosts[i].name) == 0)
			end++;
		if (end - i > 1) {
			memmove(&hosts[kept], &hosts[i], (end - i) * sizeof(*hosts));
			kept += end - i;
		}
		i = end;
	}
	return kept;
}

enum cpc_status cpc_fleet_twins(const struct cpc_fleet *fleet, struct cpc_named_host **ret_twins, size_t *ret_count,
				struct cpc_error *reterr)
{
	const size_t slot_count = slots_for(cpc_fleet_name_count(fleet));
	uint64_t *hashes = calloc(slot_count, sizeof(*hashes));
	const uint64_t seed = cpc_hash_seed(hashes);
	struct cpc_named_host *twins = NULL;
	size_t count = 0;

	if (!hashes)
		return cpc_out_of_memory(reterr);
	if (mark_hashes(fleet, hashes, slot_count, seed)) {
		count = collect(fleet, hashes, slot_count, seed, NULL);
		twins = calloc(count, sizeof(*twins));
		if (!twins) {
			free(hashes);
			return cpc_out_of_memory(reterr);
		}
		collect(fleet, hashes, slot_count, seed, twins);
		count = keep_twins(twins, count);
	}
	free(hashes);
	*ret_twins = twins;
	*ret_count = count;
	return CPC_OK;
}
