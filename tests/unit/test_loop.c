/* SPDX-License-Identifier: MIT */
/*
 * The main loop, by a clock that moves only when the loop waits: the linker sends poll and clock_gettime here
 * (tests/CMakeLists.txt), so that times are exact, and a wake-up with nothing due is seen.
 */
#include "support.h"

#include <errno.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include "loop.h"

int __real_poll(struct pollfd *polled, nfds_t count, int timeout);
int __wrap_poll(struct pollfd *polled, nfds_t count, int timeout);
int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_now);

static struct {
	uint64_t now; /* milliseconds */
	size_t polls;
	size_t interrupted; /* how many polls more end with EINTR */
	struct cpc_loop *loop;
	char trace[256]; /* what was called, and when */
} fake;

int __wrap_clock_gettime(clockid_t clock, struct timespec *ret_now)
{
	assert_int_equal(clock, CLOCK_MONOTONIC);
	*ret_now =
		(struct timespec){ .tv_sec = (time_t)(fake.now / 1000), .tv_nsec = (long)(fake.now % 1000) * 1000000 };
	return 0;
}

/** What is readable is; else the time that is waited for has come. Waiting for ever ends the test's loop. */
int __wrap_poll(struct pollfd *polled, nfds_t count, int timeout)
{
	fake.polls++;
	assert_true(fake.polls < 10000);
	if (fake.interrupted) {
		fake.interrupted--;
		errno = EINTR;
		return -1;
	}
	const int ready = __real_poll(polled, count, 0);
	if (ready == 0 && timeout < 0)
		cpc_loop_stop(fake.loop);
	else if (ready == 0)
		fake.now += (uint64_t)timeout;
	return ready;
}

static void begin(struct cpc_loop *loop)
{
	memset(&fake, 0, sizeof(fake));
	fake.now = 1000000;
	fake.loop = loop;
}

static void trace(const char *name)
{
	const size_t length = strlen(fake.trace);

	snprintf(fake.trace + length, sizeof(fake.trace) - length, "%s@%u ", name, (unsigned int)(fake.now - 1000000));
}

static void expire_a(void *context)
{
	(void)context;
	trace("a");
}

static void expire_b(void *context)
{
	(void)context;
	trace("b");
}

static void sleeps_for_ever_with_nothing_due(void **state)
{
	struct cpc_loop loop = { .stopping = false };
	int ends[2];

	(void)state;
	begin(&loop);
	assert_int_equal(pipe(ends), 0);
	cpc_loop_watch(&loop, ends[0], expire_a, NULL);
	cpc_loop_timer(&loop, expire_b, NULL);
	cpc_loop_run(&loop);
	assert_int_equal(fake.polls, 1);
	assert_string_equal(fake.trace, "");
	close(ends[0]);
	close(ends[1]);
}

static void calls_timers_once_and_in_time(void **state)
{
	struct cpc_loop loop = { .stopping = false };

	(void)state;
	begin(&loop);
	const size_t a = cpc_loop_timer(&loop, expire_a, NULL);
	const size_t b = cpc_loop_timer(&loop, expire_b, NULL);
	cpc_loop_arm(&loop, a, 300);
	cpc_loop_arm(&loop, b, 200);
	cpc_loop_run(&loop);
	assert_string_equal(fake.trace, "b@200 a@300 ");
	/* Two that came, and the one that waits for ever: no wake-up besides. */
	assert_int_equal(fake.polls, 3);
}

static void stops_and_rearms_timers(void **state)
{
	struct cpc_loop loop = { .stopping = false };

	(void)state;
	begin(&loop);
	const size_t a = cpc_loop_timer(&loop, expire_a, NULL);
	const size_t b = cpc_loop_timer(&loop, expire_b, NULL);
	cpc_loop_arm(&loop, a, 100);
	cpc_loop_arm(&loop, b, 200);
	cpc_loop_arm(&loop, a, 700);
	cpc_loop_arm(&loop, b, CPC_TIMER_OFF);
	cpc_loop_run(&loop);
	assert_string_equal(fake.trace, "a@700 ");
	assert_int_equal(fake.polls, 2);
}

struct every {
	struct cpc_loop *loop;
	size_t timer;
	unsigned int left;
};

static void tick(void *context)
{
	struct every *every = context;

	trace("t");
	if (--every->left)
		cpc_loop_arm(every->loop, every->timer, 1000);
}

/** As an interval is made: armed again by its own call. */
static void rearms_from_within(void **state)
{
	struct cpc_loop loop = { .stopping = false };
	struct every every = { .loop = &loop, .left = 3 };

	(void)state;
	begin(&loop);
	every.timer = cpc_loop_timer(&loop, tick, &every);
	cpc_loop_arm(&loop, every.timer, 0);
	cpc_loop_run(&loop);
	assert_string_equal(fake.trace, "t@0 t@1000 t@2000 ");
	assert_int_equal(fake.polls, 4);
}

/** Longer than poll(2) can wait: 60 days in steps, and on time. */
static void waits_longer_than_poll_can(void **state)
{
	const uint64_t days = UINT64_C(60) * 24 * 3600 * 1000;
	struct cpc_loop loop = { .stopping = false };

	(void)state;
	begin(&loop);
	cpc_loop_arm(&loop, cpc_loop_timer(&loop, expire_a, NULL), days);
	cpc_loop_run(&loop);
	assert_int_equal(fake.now, 1000000 + days);
	assert_int_equal(fake.polls, days / INT32_MAX + 2);
	assert_true(fake.trace[0] == 'a');
}

struct end {
	struct cpc_loop *loop;
	int reads;
	const char *name;
};

static void take_byte(void *context)
{
	struct end *end = context;
	char byte;

	assert_int_equal(read(end->reads, &byte, 1), 1);
	trace(end->name);
	if (byte == 's')
		cpc_loop_stop(end->loop);
}

static void calls_each_descriptor_that_is_ready(void **state)
{
	struct cpc_loop loop = { .stopping = false };
	struct end ends[CPC_LOOP_MAX];
	int writes[CPC_LOOP_MAX];
	char names[CPC_LOOP_MAX][2];

	(void)state;
	begin(&loop);
	for (size_t i = 0; i < CPC_LOOP_MAX; i++) {
		int both[2];

		assert_int_equal(pipe(both), 0);
		names[i][0] = (char)('0' + i);
		names[i][1] = '\0';
		writes[i] = both[1];
		ends[i] = (struct end){ .loop = &loop, .reads = both[0], .name = names[i] };
		cpc_loop_watch(&loop, both[0], take_byte, &ends[i]);
	}
	assert_int_equal(write(writes[1], "xx", 2), 2);
	assert_int_equal(write(writes[7], "x", 1), 1);
	cpc_loop_run(&loop);
	/* Both, then what is left of the first, then nothing: three times. */
	assert_string_equal(fake.trace, "1@0 7@0 1@0 ");
	assert_int_equal(fake.polls, 3);
	for (size_t i = 0; i < CPC_LOOP_MAX; i++) {
		close(ends[i].reads);
		close(writes[i]);
	}
}

/** A stop is heeded before the next call, of a descriptor or a timer. */
static void stops_at_once(void **state)
{
	struct cpc_loop loop = { .stopping = false };
	int both[2];

	(void)state;
	begin(&loop);
	assert_int_equal(pipe(both), 0);
	struct end end = { .loop = &loop, .reads = both[0], .name = "x" };
	cpc_loop_watch(&loop, both[0], take_byte, &end);
	cpc_loop_watch(&loop, both[0], take_byte, &end);
	cpc_loop_arm(&loop, cpc_loop_timer(&loop, expire_a, NULL), 0);
	assert_int_equal(write(both[1], "ss", 2), 2);
	cpc_loop_run(&loop);
	assert_string_equal(fake.trace, "x@0 ");
	assert_int_equal(fake.polls, 1);
	close(both[0]);
	close(both[1]);
}

static void stop(void *context)
{
	cpc_loop_stop(context);
}

/** A descriptor that nobody writes to any more is ready too, so that it can be closed. */
static void tells_of_a_broken_descriptor(void **state)
{
	struct cpc_loop loop = { .stopping = false };
	int both[2];

	(void)state;
	begin(&loop);
	assert_int_equal(pipe(both), 0);
	close(both[1]);
	cpc_loop_watch(&loop, both[0], stop, &loop);
	cpc_loop_run(&loop);
	assert_int_equal(fake.polls, 1);
	close(both[0]);
}

static void leave_alone(void *context)
{
	const struct end *end = context;

	trace(end->name);
	cpc_loop_unwatch(end->loop, end->reads);
}

/** A descriptor that is broken for good wakes nobody twice, nor those whose turn comes after it in the same round. */
static void leaves_a_descriptor_alone(void **state)
{
	struct cpc_loop loop = { .stopping = false };
	int both[2];

	(void)state;
	begin(&loop);
	assert_int_equal(pipe(both), 0);
	close(both[1]);
	struct end end = { .loop = &loop, .reads = both[0], .name = "x" };
	cpc_loop_watch(&loop, both[0], leave_alone, &end);
	cpc_loop_watch(&loop, both[0], leave_alone, &end);
	cpc_loop_arm(&loop, cpc_loop_timer(&loop, expire_a, NULL), 50);
	cpc_loop_run(&loop);
	assert_string_equal(fake.trace, "x@0 a@50 ");
	assert_int_equal(fake.polls, 3);
	close(both[0]);
}

static void goes_on_after_a_signal(void **state)
{
	struct cpc_loop loop = { .stopping = false };

	(void)state;
	begin(&loop);
	fake.interrupted = 3;
	cpc_loop_arm(&loop, cpc_loop_timer(&loop, expire_a, NULL), 50);
	cpc_loop_run(&loop);
	assert_string_equal(fake.trace, "a@50 ");
	assert_int_equal(fake.polls, 3 + 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sleeps_for_ever_with_nothing_due),
		cmocka_unit_test(calls_timers_once_and_in_time),
		cmocka_unit_test(stops_and_rearms_timers),
		cmocka_unit_test(rearms_from_within),
		cmocka_unit_test(waits_longer_than_poll_can),
		cmocka_unit_test(calls_each_descriptor_that_is_ready),
		cmocka_unit_test(stops_at_once),
		cmocka_unit_test(tells_of_a_broken_descriptor),
		cmocka_unit_test(leaves_a_descriptor_alone),
		cmocka_unit_test(goes_on_after_a_signal),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
