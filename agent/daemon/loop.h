/* SPDX-License-Identifier: MIT */
/*
 * What the main thread waits for: descriptors that become readable, and times that
 * come. With nothing due it sleeps for ever. Everything here is for the main thread alone; other
 * threads wake it through an eventfd that is one of the descriptors.
 */
#ifndef CPC_LOOP_H
#define CPC_LOOP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CPC_LOOP_MAX 8

/** As the time of a timer: it does not run. */
#define CPC_TIMER_OFF UINT64_MAX

struct cpc_loop {
	struct cpc_watched {
		int descriptor;
		void (*ready)(void *context);
		void *context;
	} watched[CPC_LOOP_MAX];
	size_t watched_count;
	struct cpc_timer {
		uint64_t due; /**< milliseconds of CLOCK_MONOTONIC, or CPC_TIMER_OFF */
		void (*expired)(void *context);
		void *context;
	} timers[CPC_LOOP_MAX];
	size_t timer_count;
	bool stopping;
};

/** Milliseconds of CLOCK_MONOTONIC. */
uint64_t cpc_loop_now(void);

/** Call `ready` whenever the descriptor, which the caller keeps, is readable or broken. It must read or unwatch it. */
void cpc_loop_watch(struct cpc_loop *loop, int descriptor, void (*ready)(void *context), void *context);

/** Never call for the descriptor again. */
void cpc_loop_unwatch(struct cpc_loop *loop, int descriptor);

/** Make a timer, not yet running; its number is for cpc_loop_arm(). */
size_t cpc_loop_timer(struct cpc_loop *loop, void (*expired)(void *context), void *context);

/** Let a timer expire in so many milliseconds; CPC_TIMER_OFF stops it. It expires once an arming. */
void cpc_loop_arm(struct cpc_loop *loop, size_t timer, uint64_t milliseconds);

/** Wait and call until cpc_loop_stop(). */
void cpc_loop_run(struct cpc_loop *loop);

/** Return from cpc_loop_run() once the present call has returned. */
void cpc_loop_stop(struct cpc_loop *loop);

#endif
