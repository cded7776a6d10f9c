/* SPDX-License-Identifier: MIT */
/* Inside core: sums that stay at the largest number there is, so that what is beyond it is never taken for little. */
#ifndef CPC_SATURATE_H
#define CPC_SATURATE_H

#include <stdint.h>

static inline uint64_t cpc_sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

static inline uint64_t cpc_product(uint64_t a, uint64_t b)
{
	return b && a > UINT64_MAX / b ? UINT64_MAX : a * b;
}

#endif
