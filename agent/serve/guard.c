/* SPDX-License-Identifier: MIT */
/*
 * The deadline of a connection is armed when it is accepted, when the head of a request has come, when
 * all of it has, and when its answer has gone. A descriptor is shut down, not closed: the serving
 * thread sees the end of the stream and closes it itself. It tells us before it does, so that we
 * never shut down somebody else's descriptor.
 *
 * A connection that is shut down to make room keeps its entry until then. For those few
 * there are more entries than connections that are let live: see spare().
 */
#include "guard.h"

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <sys/socket.h>

#include "clock.h"

/** So many connections at once are a flood: what it took is given back to the kernel when it is over. */
#define FLOOD 256

static void append(struct cpc_queue *queue, struct cpc_connection *connection, uint64_t deadline)
{
	connection->queue = queue;
	connection->deadline = deadline;
	connection->before = queue->last;
	connection->after = NULL;
	*(queue->last ? &queue->last->after : &queue->first) = connection;
	queue->last = connection;
}

static void take_out(struct cpc_connection *connection)
{
	struct cpc_queue *queue = connection->queue;

	if (!queue)
		return;
	*(connection->before ? &connection->before->after : &queue->first) = connection->after;
	*(connection->after ? &connection->after->before : &queue->last) = connection->before;
	connection->queue = NULL;
}

static void wait_until(struct cpc_guard *guard, uint64_t deadline)
{
	struct timespec until = {
		.tv_sec = (time_t)(deadline / 1000),
		.tv_nsec = (long)(deadline % 1000) * 1000000,
	};

	pthread_cond_timedwait(&guard->changed, &guard->lock, &until);
}

static void end(struct cpc_connection *connection)
{
	take_out(connection);
	shutdown(connection->descriptor, SHUT_RDWR);
}

static bool is_late(const struct cpc_queue *queue, uint64_t now)
{
	return queue->first && queue->first->deadline <= now;
}

static void cut_late(struct cpc_guard *guard, uint64_t now)
{
	while (is_late(&guard->waiting, now)) {
		struct cpc_connection *connection = guard->waiting.first;
		take_out(connection);
		if (cpc_wire_expire(&connection->wire, connection->descriptor))
			append(&guard->cut, connection, now + CPC_CUT_MS);
	}
	while (is_late(&guard->serving, now))
		end(guard->serving.first);
	while (is_late(&guard->cut, now))
		end(guard->cut.first);
}

/** The next deadline. A connection that opens later has a later one, so nobody need wake us. */
static uint64_t next_deadline(const struct cpc_guard *guard)
{
	const struct cpc_queue *const queues[] = { &guard->waiting, &guard->serving, &guard->cut };
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < sizeof(queues) / sizeof(queues[0]); i++)
		if (queues[i]->first && queues[i]->first->deadline < next)
			next = queues[i]->first->deadline;
	return next;
}

/** After a flood. The allocator keeps what it was given back, and would for years. */
static void give_memory_back(struct cpc_guard *guard)
{
	if (guard->peak < FLOOD || guard->open_count > guard->peak / 8)
		return;
	guard->peak = guard->open_count;
	pthread_mutex_unlock(&guard->lock);
	malloc_trim(0);
	pthread_mutex_lock(&guard->lock);
}

static void *watch(void *argument)
{
	struct cpc_guard *guard = argument;

	pthread_mutex_lock(&guard->lock);
	while (!guard->stopping) {
		cut_late(guard, cpc_now_ms());
		give_memory_back(guard);
		const uint64_t next = next_deadline(guard);
		guard->asleep = next == UINT64_MAX;
		if (guard->stopping)
			break;
		if (guard->asleep)
			pthread_cond_wait(&guard->changed, &guard->lock);
		else
			wait_until(guard, next);
	}
	pthread_mutex_unlock(&guard->lock);
	return NULL;
}

static int make_condition(pthread_cond_t *ret_condition)
{
	pthread_condattr_t attributes;
	int error = pthread_condattr_init(&attributes);

	if (error)
		return -error;
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	error = pthread_cond_init(ret_condition, &attributes);
	pthread_condattr_destroy(&attributes);
	return -error;
}

static int start_thread(struct cpc_guard *guard)
{
	int error = make_condition(&guard->changed);

	if (error)
		return error;
	pthread_mutex_init(&guard->lock, NULL);
	error = pthread_create(&guard->thread, NULL, watch, guard);
	if (!error)
		return 0;
	pthread_cond_destroy(&guard->changed);
	pthread_mutex_destroy(&guard->lock);
	return -error;
}

int cpc_guard_start(struct cpc_guard *guard, size_t connection_count)
{
	*guard = (struct cpc_guard){ .connection_count = connection_count };
	guard->connections = calloc(connection_count, sizeof(*guard->connections));
	if (!guard->connections)
		return -ENOMEM;
	int error = start_thread(guard);
	if (error)
		free(guard->connections);
	return error;
}

void cpc_guard_stop(struct cpc_guard *guard)
{
	pthread_mutex_lock(&guard->lock);
	guard->stopping = true;
	pthread_cond_broadcast(&guard->changed);
	pthread_mutex_unlock(&guard->lock);
	pthread_join(guard->thread, NULL);
	pthread_cond_destroy(&guard->changed);
	pthread_mutex_destroy(&guard->lock);
	free(guard->connections);
}

/** Entries for connections that have been shut down and not closed yet. */
static size_t spare(const struct cpc_guard *guard)
{
	return guard->connection_count / 16 + 1;
}

static struct cpc_connection *find_free(struct cpc_guard *guard)
{
	struct cpc_connection *connection = guard->free;

	if (connection)
		guard->free = connection->after;
	else if (guard->used_count < guard->connection_count)
		connection = &guard->connections[guard->used_count++];
	return connection;
}

/** A connection for a descriptor; NULL where there is no room for it. */
static struct cpc_connection *admit(struct cpc_guard *guard, int descriptor)
{
	if (guard->open_count >= guard->connection_count - spare(guard) && guard->waiting.first)
		end(guard->waiting.first);
	struct cpc_connection *connection = find_free(guard);
	if (!connection)
		return NULL;
	*connection = (struct cpc_connection){ .descriptor = descriptor };
	if (cpc_wire_open(&connection->wire, descriptor))
		return connection;
	connection->after = guard->free;
	guard->free = connection;
	return NULL;
}

struct cpc_connection *cpc_guard_open(struct cpc_guard *guard, int descriptor)
{
	pthread_mutex_lock(&guard->lock);
	struct cpc_connection *connection = admit(guard, descriptor);
	if (connection) {
		append(&guard->waiting, connection, cpc_now_ms() + CPC_DEADLINE_MS);
		if (++guard->open_count > guard->peak)
			guard->peak = guard->open_count;
		if (guard->asleep)
			pthread_cond_broadcast(&guard->changed);
	} else {
		shutdown(descriptor, SHUT_RDWR);
	}
	pthread_mutex_unlock(&guard->lock);
	return connection;
}

/* Those of the last batch are closed only after this one has come, and one more is on its way. */
size_t cpc_guard_batch(const struct cpc_guard *guard)
{
	return spare(guard) / 4;
}

static void set_busy(struct cpc_guard *guard, struct cpc_connection *connection, bool busy)
{
	if (connection->busy == busy)
		return;
	connection->busy = busy;
	if (busy)
		guard->busy_count++;
	else if (--guard->busy_count == 0 && guard->draining)
		pthread_cond_broadcast(&guard->changed);
}

/** A new deadline, unless the last one has passed. */
static void arm(struct cpc_guard *guard, struct cpc_connection *connection, struct cpc_queue *queue, bool busy)
{
	pthread_mutex_lock(&guard->lock);
	if (connection->queue && connection->queue != &guard->cut) {
		take_out(connection);
		append(queue, connection, cpc_now_ms() + CPC_DEADLINE_MS);
	}
	set_busy(guard, connection, busy);
	pthread_mutex_unlock(&guard->lock);
}

void cpc_guard_begin(struct cpc_guard *guard, struct cpc_connection *connection, bool whole)
{
	arm(guard, connection, whole ? &guard->serving : &guard->waiting, true);
}

void cpc_guard_end(struct cpc_guard *guard, struct cpc_connection *connection)
{
	arm(guard, connection, &guard->waiting, false);
}

void cpc_guard_close(struct cpc_guard *guard, struct cpc_connection *connection)
{
	if (!connection)
		return;
	pthread_mutex_lock(&guard->lock);
	take_out(connection);
	set_busy(guard, connection, false);
	cpc_wire_close(connection->descriptor);
	cpc_buffer_free(&connection->body);
	connection->after = guard->free;
	guard->free = connection;
	guard->open_count--;
	pthread_mutex_unlock(&guard->lock);
}

void cpc_guard_drain(struct cpc_guard *guard, unsigned int milliseconds)
{
	uint64_t deadline = cpc_now_ms() + milliseconds;

	pthread_mutex_lock(&guard->lock);
	guard->draining = true;
	while (guard->busy_count && cpc_now_ms() < deadline)
		wait_until(guard, deadline);
	pthread_mutex_unlock(&guard->lock);
}
