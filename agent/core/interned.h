/* SPDX-License-Identifier: MIT */
#ifndef CPC_INTERNED_H
#define CPC_INTERNED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Texts, each kept once and known by its number: 0, 1, 2, in the order in which they came. Zero-initialise. */
struct cpc_interned {
	char *bytes; /**< of all texts, one behind the other */
	size_t length;
	size_t room;
	struct cpc_interned_text {
		size_t at;
		uint32_t length;
		uint32_t hash;
	} * texts;
	size_t text_room;
	uint32_t *slots; /**< numbers plus one; 0: free */
	size_t slot_count;
	uint32_t count;
	uint64_t seed; /**< of the hashes */
};

/** Whether the text is there, as `*ret_number`. */
bool cpc_interned_find(const struct cpc_interned *interned, const char *text, size_t length, uint32_t *ret_number);

/** Find it or copy it in. False without memory, or room for its number; then everything is as it was. */
bool cpc_interned_add(struct cpc_interned *interned, const char *text, size_t length, uint32_t *ret_number);

/** A text, without a NUL behind it; good until the next one is added. */
const char *cpc_interned_text(const struct cpc_interned *interned, uint32_t number, size_t *ret_length);

void cpc_interned_free(struct cpc_interned *interned);

#endif
