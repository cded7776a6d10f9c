/* SPDX-License-Identifier: MIT */
#ifndef CPC_CLOCK_H
#define CPC_CLOCK_H

#include <stdint.h>
#include <time.h>

/** Milliseconds of a clock that nobody sets: a jump of the time of day moves no deadline. */
static inline uint64_t cpc_now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

#endif
