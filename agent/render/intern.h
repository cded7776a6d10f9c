/* SPDX-License-Identifier: MIT */
/*
 * Byte strings, each kept once and called by its number.
 */
#ifndef CPC_INTERN_H
#define CPC_INTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Zero-initialise; release with cpc_intern_free(). */
struct cpc_intern {
	struct cpc_interned {
		const void *bytes; /**< NUL-terminated beyond their length, aligned for any type; owned */
		size_t length;
		uint64_t hash;
	} * items; /**< by number, in the order of their first coming */
	size_t count;
	size_t room;
	uint32_t *slots; /**< numbers + 1, by hash; 0: free; owned */
	size_t slot_count;
	bool failed; /**< memory ran out: numbers mean nothing any more */
};

/** The number of these bytes, which are copied where they are new; 0 without memory, and `failed` stays set. */
uint32_t cpc_intern(struct cpc_intern *intern, const void *bytes, size_t length);

void cpc_intern_free(struct cpc_intern *intern);

#endif
