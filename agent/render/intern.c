/* SPDX-License-Identifier: MIT */
#include "intern.h"

#include <stdlib.h>
#include <string.h>

/** FNV-1a. What is interned is ours, not a client's: nobody gains by collisions. */
static uint64_t hash_of(const void *bytes, size_t length)
{
	const unsigned char *at = bytes;
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ at[i]) * UINT64_C(0x100000001b3);
	return hash;
}

/** Where it is, or the free slot where it would be. */
static uint32_t *slot_of(const struct cpc_intern *intern, const void *bytes, size_t length, uint64_t hash)
{
	for (size_t i = hash & (intern->slot_count - 1);; i = (i + 1) & (intern->slot_count - 1)) {
		const struct cpc_interned *item;

		if (!intern->slots[i])
			return &intern->slots[i];
		item = &intern->items[intern->slots[i] - 1];
		if (item->hash == hash && item->length == length && memcmp(item->bytes, bytes, length) == 0)
			return &intern->slots[i];
	}
}

static bool make_room(struct cpc_intern *intern)
{
	const size_t room = intern->room ? intern->room * 2 : 64;
	struct cpc_interned *items;
	uint32_t *slots;

	if (intern->count < intern->room)
		return true;
	slots = calloc(room * 2, sizeof(*slots));
	items = slots ? realloc(intern->items, room * sizeof(*items)) : NULL;
	if (!items) {
		free(slots);
		return false;
	}
	free(intern->slots);
	intern->items = items;
	intern->room = room;
	intern->slots = slots;
	intern->slot_count = room * 2;
	for (size_t i = 0; i < intern->count; i++)
		*slot_of(intern, items[i].bytes, items[i].length, items[i].hash) = (uint32_t)i + 1;
	return true;
}

uint32_t cpc_intern(struct cpc_intern *intern, const void *bytes, size_t length)
{
	const uint64_t hash = hash_of(bytes, length);
	uint32_t *slot;
	char *copy;

	if (intern->failed || !make_room(intern))
		goto failed;
	slot = slot_of(intern, bytes, length, hash);
	if (*slot)
		return *slot - 1;
	copy = malloc(length + 1);
	if (!copy)
		goto failed;
	memcpy(copy, bytes, length);
	copy[length] = '\0';
	intern->items[intern->count++] = (struct cpc_interned){ .bytes = copy, .length = length, .hash = hash };
	*slot = (uint32_t)intern->count;
	return *slot - 1;
failed:
	intern->failed = true;
	return 0;
}

void cpc_intern_free(struct cpc_intern *intern)
{
	for (size_t i = 0; i < intern->count; i++)
		free((void *)intern->items[i].bytes);
	free(intern->items);
	free(intern->slots);
	*intern = (struct cpc_intern){ .count = 0 };
}
