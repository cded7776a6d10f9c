/* SPDX-License-Identifier: MIT */
/* Inside core. */
#ifndef CPC_BITS_H
#define CPC_BITS_H

#include <stddef.h>
#include <stdint.h>

/** How many are set. */
static inline size_t cpc_count_bits(uint32_t bits)
{
	size_t count = 0;

	for (; bits; bits &= bits - 1)
		count++;
	return count;
}

#endif
