/* SPDX-License-Identifier: MIT */
/* Open addressing over rows that keep their whole hash, so that growing and most misses compare no text. */
#include "fleet_keys.h"

#include <stdlib.h>
#include <string.h>

struct key {
	uint64_t hash;
	char *text; /**< NULL: a free slot */
	size_t length;
	size_t class;
};

struct cpc_fleet_keys {
	struct key *slots;
	size_t slot_count; /**< a power of two */
	size_t count;
	uint64_t seed;
};

#define SLOTS_FIRST 64

uint64_t cpc_hash_seed(const void *table)
{
	const uint64_t heap = (uint64_t)(uintptr_t)table;
	const uint64_t stack = (uint64_t)(uintptr_t)&table;

	return (heap * UINT64_C(0xbf58476d1ce4e5b9)) ^ (stack * UINT64_C(0x94d049bb133111eb));
}

/** Eight bytes at a time: a fleet of a million lines hashes a quarter of a gigabyte. */
uint64_t cpc_hash_of(const char *text, size_t length, uint64_t seed)
{
	uint64_t hash = seed ^ (length * UINT64_C(0x9e3779b97f4a7c15));

	while (length) {
		const size_t taken = length < sizeof(uint64_t) ? length : sizeof(uint64_t);
		uint64_t block = 0;

		memcpy(&block, text, taken);
		hash = (hash ^ block) * UINT64_C(0x9fb21c651e98df25);
		hash ^= hash >> 32;
		text += taken;
		length -= taken;
	}
	return hash;
}

/** The slot of a text: its own, or the free one where it belongs. There always is a free one. */
static struct key *slot_of(struct key *slots, size_t slot_count, uint64_t hash, const char *text, size_t length)
{
	for (size_t at = (size_t)hash;; at++) {
		struct key *slot = &slots[at & (slot_count - 1)];

		if (!slot->text ||
		    (slot->hash == hash && slot->length == length && memcmp(slot->text, text, length) == 0))
			return slot;
	}
}

/** At most half of the slots are taken. */
static bool grow(struct cpc_fleet_keys *keys)
{
	const size_t slot_count = keys->slot_count * 2;
	struct key *slots;

	if ((keys->count + 1) * 2 <= keys->slot_count)
		return true;
	slots = calloc(slot_count, sizeof(*slots));
	if (!slots)
		return false;
	for (size_t i = 0; i < keys->slot_count; i++) {
		const struct key *key = &keys->slots[i];

		if (key->text)
			*slot_of(slots, slot_count, key->hash, key->text, key->length) = *key;
	}
	free(keys->slots);
	keys->slots = slots;
	keys->slot_count = slot_count;
	return true;
}

struct cpc_fleet_keys *cpc_fleet_keys_new(void)
{
	struct cpc_fleet_keys *keys = calloc(1, sizeof(*keys));

	if (!keys)
		return NULL;
	keys->seed = cpc_hash_seed(keys);
	keys->slots = calloc(SLOTS_FIRST, sizeof(*keys->slots));
	keys->slot_count = SLOTS_FIRST;
	if (keys->slots)
		return keys;
	free(keys);
	return NULL;
}

void cpc_fleet_keys_free(struct cpc_fleet_keys *keys)
{
	if (!keys)
		return;
	for (size_t i = 0; i < keys->slot_count; i++)
		free(keys->slots[i].text);
	free(keys->slots);
	free(keys);
}

bool cpc_fleet_keys_find(const struct cpc_fleet_keys *keys, const char *text, size_t length, size_t *ret_class)
{
	const struct key *slot =
		slot_of(keys->slots, keys->slot_count, cpc_hash_of(text, length, keys->seed), text, length);

	if (!slot->text)
		return false;
	*ret_class = slot->class;
	return true;
}

bool cpc_fleet_keys_add(struct cpc_fleet_keys *keys, const char *text, size_t length, size_t class)
{
	const uint64_t hash = cpc_hash_of(text, length, keys->seed);
	/* Never of no bytes: a NULL text is a free slot. */
	char *copy = malloc(length + 1);

	if (!copy || !grow(keys)) {
		free(copy);
		return false;
	}
	memcpy(copy, text, length);
	*slot_of(keys->slots, keys->slot_count, hash, text, length) =
		(struct key){ .hash = hash, .text = copy, .length = length, .class = class };
	keys->count++;
	return true;
}
