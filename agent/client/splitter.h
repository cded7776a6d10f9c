/* SPDX-License-Identifier: MIT */
/*
 * A JSON document that is too large to be held, cut up as it comes: the elements of the array `data.result` are given
 * away one by one, and what is left, with an empty array in their place, is kept. What the pieces hold is not looked
 * at: whoever parses them finds what is wrong in them.
 */
#ifndef CPC_SPLITTER_H
#define CPC_SPLITTER_H

#include <stdbool.h>
#include <stddef.h>

#include <cpucompat/buffer.h>

/** Longest element that is given away as it is: a fingerprint has at most 4.6 KB, and labels are short. */
#define CPC_ELEMENT_MAX ((size_t)64 << 10)

/** Longest rest: a status, and warnings. */
#define CPC_ENVELOPE_MAX ((size_t)1 << 20)

enum cpc_split {
	CPC_SPLIT_OK,
	CPC_SPLIT_MALFORMED, /**< this is no such document */
	CPC_SPLIT_ENDED,     /**< `element` wanted no more */
	CPC_SPLIT_NO_MEMORY,
};

/** Zero-initialise, and set the first two; release with cpc_splitter_free(). */
struct cpc_splitter {
	/** Called for each element; `bytes` is NULL for one that is longer than CPC_ELEMENT_MAX. False: no more. */
	bool (*element)(void *context, const char *bytes, size_t length);
	void *context;
	struct cpc_buffer envelope;
	size_t count; /**< elements so far */

	/* Its own. */
	enum cpc_split state;	/**< once it is not OK it stays so */
	struct cpc_buffer part; /**< of an element, as far as it came */
	size_t depth;		/**< of what is open */
	bool in_data;		/**< within `data` */
	bool in_result;		/**< within `data.result` */
	size_t element_length;	/**< whatever is kept of it */
	char key[8];		/**< the last text of the depth that matters, cut */
	size_t key_length;
	bool in_text;
	bool escaped;
	bool in_element;
	enum { CPC_SPLIT_FIRST, CPC_SPLIT_AFTER_ELEMENT, CPC_SPLIT_AFTER_COMMA } place;
};

/** Take the next piece. Returns the state. */
enum cpc_split cpc_splitter_feed(struct cpc_splitter *splitter, const char *bytes, size_t length);

void cpc_splitter_free(struct cpc_splitter *splitter);

#endif
