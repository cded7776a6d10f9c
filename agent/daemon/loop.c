/* SPDX-License-Identifier: MIT */
#include "loop.h"

#include <assert.h>
#include <poll.h>
#include <time.h>

uint64_t cpc_loop_now(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

void cpc_loop_watch(struct cpc_loop *loop, int descriptor, void (*ready)(void *context), void *context)
{
	assert(loop->watched_count < CPC_LOOP_MAX);
	loop->watched[loop->watched_count++] =
		(struct cpc_watched){ .descriptor = descriptor, .ready = ready, .context = context };
}

/* Its place stays, for the loop may be walking over the places right now; poll(2) looks at no negative descriptor. */
void cpc_loop_unwatch(struct cpc_loop *loop, int descriptor)
{
	for (size_t i = 0; i < loop->watched_count; i++)
		if (loop->watched[i].descriptor == descriptor)
			loop->watched[i].descriptor = -1;
}

size_t cpc_loop_timer(struct cpc_loop *loop, void (*expired)(void *context), void *context)
{
	assert(loop->timer_count < CPC_LOOP_MAX);
	loop->timers[loop->timer_count] =
		(struct cpc_timer){ .due = CPC_TIMER_OFF, .expired = expired, .context = context };
	return loop->timer_count++;
}

void cpc_loop_arm(struct cpc_loop *loop, size_t timer, uint64_t milliseconds)
{
	loop->timers[timer].due = milliseconds == CPC_TIMER_OFF ? CPC_TIMER_OFF : cpc_loop_now() + milliseconds;
}

/** Milliseconds until the next timer, as poll(2) takes them: -1 for ever. Rounded up by the clock's own grain. */
static int until_next(const struct cpc_loop *loop)
{
	uint64_t next = CPC_TIMER_OFF;

	for (size_t i = 0; i < loop->timer_count; i++)
		if (loop->timers[i].due < next)
			next = loop->timers[i].due;
	if (next == CPC_TIMER_OFF)
		return -1;
	const uint64_t now = cpc_loop_now();
	if (next <= now)
		return 0;
	return next - now > INT32_MAX ? INT32_MAX : (int)(next - now);
}

static void call_expired(struct cpc_loop *loop)
{
	const uint64_t now = cpc_loop_now();

	for (size_t i = 0; i < loop->timer_count && !loop->stopping; i++) {
		struct cpc_timer *timer = &loop->timers[i];

		if (timer->due > now)
			continue;
		timer->due = CPC_TIMER_OFF;
		timer->expired(timer->context);
	}
}

void cpc_loop_run(struct cpc_loop *loop)
{
	struct pollfd polled[CPC_LOOP_MAX];

	while (!loop->stopping) {
		const size_t count = loop->watched_count;

		for (size_t i = 0; i < count; i++)
			polled[i] = (struct pollfd){ .fd = loop->watched[i].descriptor, .events = POLLIN };
		const int ready = poll(polled, count, until_next(loop));
		for (size_t i = 0; ready > 0 && i < count && !loop->stopping; i++)
			if (polled[i].revents && loop->watched[i].descriptor >= 0)
				loop->watched[i].ready(loop->watched[i].context);
		call_expired(loop);
	}
}

void cpc_loop_stop(struct cpc_loop *loop)
{
	loop->stopping = true;
}
