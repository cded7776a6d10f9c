/* SPDX-License-Identifier: MIT */
#ifndef CPUCOMPAT_INTERNED_H
#define CPUCOMPAT_INTERNED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Texts of any bytes, each kept once and known by its number: 0, 1, 2, in the order in which they came.
 * Zero-initialise; release with cpc_interned_free(). One thread at a time.
 */
struct cpc_interned {
	char *bytes; /**< of all texts, one behind the other, each as aligned as a uint32_t */
	size_t length;
	size_t room;
	struct cpc_interned_text {
		size_t at;
		uint32_t length;
		uint32_t hash;
	} * texts;
	uint32_t *slots; /**< numbers plus one; 0: free */
	size_t slot_count;
	uint32_t count;
	uint64_t seed; /**< of the hashes */
};

/**
 * A number that nobody who chooses texts knows: else a server could send a million that all belong in one slot. It is
 * where this process has the table, which differs from run to run, so what depends on it must be no output.
 */
uint64_t cpc_hash_seed(const void *table);

/** A hash of any bytes. */
uint64_t cpc_hash_of(const char *text, size_t length, uint64_t seed);

/** Whether the text is there, as `*ret_number`, which is else untouched. */
bool cpc_interned_find(const struct cpc_interned *interned, const char *text, size_t length, uint32_t *ret_number);

/** Find it or copy it in. False without memory, or room for its number; then everything is as it was. */
bool cpc_interned_add(struct cpc_interned *interned, const char *text, size_t length, uint32_t *ret_number);

/** A text, without a NUL behind it; good until the next one is added. */
const char *cpc_interned_text(const struct cpc_interned *interned, uint32_t number, size_t *ret_length);

void cpc_interned_free(struct cpc_interned *interned);

#endif
