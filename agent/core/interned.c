/* SPDX-License-Identifier: MIT */
/* Open addressing over numbers: of a million names it costs a few bytes each beside the names. */
#include <cpucompat/interned.h>

#include <stdlib.h>
#include <string.h>

#include "grow.h"

#define SLOTS_FIRST 64
#define BYTES_FIRST 4096

/** Numbers are stored plus one. */
#define COUNT_MAX (UINT32_MAX - 1)

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

static uint32_t hash_of(const struct cpc_interned *interned, const char *text, size_t length)
{
	return (uint32_t)cpc_hash_of(text, length, interned->seed);
}

static bool is_at(const struct cpc_interned *interned, uint32_t number, uint32_t hash, const char *text, size_t length)
{
	const struct cpc_interned_text *at = &interned->texts[number];

	return at->hash == hash && at->length == length && memcmp(interned->bytes + at->at, text, length) == 0;
}

/** The slot of a text: its own, or the free one where it belongs. There always is a free one. */
static uint32_t *slot_of(const struct cpc_interned *interned, uint32_t hash, const char *text, size_t length)
{
	for (size_t at = hash;; at++) {
		uint32_t *slot = &interned->slots[at & (interned->slot_count - 1)];

		if (!*slot || is_at(interned, *slot - 1, hash, text, length))
			return slot;
	}
}

bool cpc_interned_find(const struct cpc_interned *interned, const char *text, size_t length, uint32_t *ret_number)
{
	const uint32_t *slot;

	if (!interned->slot_count)
		return false;
	slot = slot_of(interned, hash_of(interned, text, length), text, length);
	if (!*slot)
		return false;
	*ret_number = *slot - 1;
	return true;
}

/** At most half of the slots are taken. */
static bool grow_slots(struct cpc_interned *interned)
{
	const size_t slot_count = interned->slot_count ? interned->slot_count * 2 : SLOTS_FIRST;
	uint32_t *slots;

	if (((size_t)interned->count + 1) * 2 <= interned->slot_count)
		return true;
	slots = calloc(slot_count, sizeof(*slots));
	if (!slots)
		return false;
	if (!interned->slots)
		interned->seed = cpc_hash_seed(slots);
	for (uint32_t number = 0; number < interned->count; number++) {
		size_t at = interned->texts[number].hash;

		while (slots[at & (slot_count - 1)])
			at++;
		slots[at & (slot_count - 1)] = number + 1;
	}
	free(interned->slots);
	interned->slots = slots;
	interned->slot_count = slot_count;
	return true;
}

static bool grow_texts(struct cpc_interned *interned)
{
	struct cpc_interned_text *texts = cpc_grown(interned->texts, interned->count, sizeof(*texts));

	if (!texts)
		return false;
	interned->texts = texts;
	return true;
}

/** Where the next text begins: what is interned may be numbers that are read in place. */
static size_t next_place(const struct cpc_interned *interned)
{
	const size_t align = sizeof(uint32_t);

	return (interned->length + align - 1) / align * align;
}

/** Room up to `end`. */
static bool grow_bytes(struct cpc_interned *interned, size_t end)
{
	size_t room = interned->room ? interned->room : BYTES_FIRST;
	char *bytes;

	if (interned->bytes && end <= interned->room)
		return true;
	while (room < end)
		room *= 2;
	bytes = realloc(interned->bytes, room);
	if (!bytes)
		return false;
	interned->bytes = bytes;
	interned->room = room;
	return true;
}

bool cpc_interned_add(struct cpc_interned *interned, const char *text, size_t length, uint32_t *ret_number)
{
	uint32_t hash;
	const size_t at = next_place(interned);

	if (cpc_interned_find(interned, text, length, ret_number))
		return true;
	if (interned->count == COUNT_MAX || length > UINT32_MAX || !grow_slots(interned) || !grow_texts(interned) ||
	    !grow_bytes(interned, at + length))
		return false;
	hash = hash_of(interned, text, length);
	*slot_of(interned, hash, text, length) = interned->count + 1;
	memcpy(interned->bytes + at, text, length);
	interned->texts[interned->count] =
		(struct cpc_interned_text){ .at = at, .length = (uint32_t)length, .hash = hash };
	interned->length = at + length;
	*ret_number = interned->count++;
	return true;
}

const char *cpc_interned_text(const struct cpc_interned *interned, uint32_t number, size_t *ret_length)
{
	*ret_length = interned->texts[number].length;
	return interned->bytes + interned->texts[number].at;
}

void cpc_interned_free(struct cpc_interned *interned)
{
	free(interned->bytes);
	free(interned->texts);
	free(interned->slots);
	*interned = (struct cpc_interned){ .count = 0 };
}
