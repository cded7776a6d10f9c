/* SPDX-License-Identifier: MIT */
/* Inside core. */
#ifndef CPC_GROW_H
#define CPC_GROW_H

#include <stdlib.h>

/**
 * The array with room for one more than the `count` items that it has; its room is the next power of two, so that need
 * not be kept. NULL without memory, and then the array is as it was.
 */
static inline void *cpc_grown(void *items, size_t count, size_t size)
{
	if (count & (count - 1))
		return items;
	return realloc(items, (count ? count * 2 : 1) * size);
}

#endif
