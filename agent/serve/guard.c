/* SPDX-License-Identifier: MIT */
/*
 * The deadline of a connection is armed when it is accepted, when the headers of
 * a request have come and when its answer has gone. A descriptor is shut down, not
 * closed: the serving thread sees the end of the stream and closes it itself.
 * It tells us before it does, so that we never shut down somebody else's descriptor.
 */
#include "guard.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

static uint64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void wait_until(struct cpc_guard *guard, uint64_t deadline)
{
	struct timespec until = {
		.tv_sec = (time_t)(deadline / 1000),
		.tv_nsec = (long)(deadline % 1000) * 1000000,
	};

	pthread_cond_timedwait(&guard->changed, &guard->lock, &until);
}

/** Cut what is late. Returns the next deadline: a connection that opens later has a later one, so nobody need wake us.
 */
static uint64_t cut_late(struct cpc_guard *guard, uint64_t now)
{
	uint64_t next = UINT64_MAX;

	for (size_t i = 0; i < guard->connection_count; i++) {
		struct cpc_connection *connection = &guard->connections[i];
		if (!connection->open)
			continue;
		if (connection->deadline <= now) {
			shutdown(connection->descriptor, SHUT_RDWR);
			connection->deadline = UINT64_MAX;
		}
		if (connection->deadline < next)
			next = connection->deadline;
	}
	return next;
}

static void *watch(void *argument)
{
	struct cpc_guard *guard = argument;

	pthread_mutex_lock(&guard->lock);
	while (!guard->stopping) {
		uint64_t next = guard->open_count ? cut_late(guard, now_ms()) : UINT64_MAX;
		guard->asleep = next == UINT64_MAX;
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
	for (size_t i = connection_count; i-- > 0;) {
		guard->connections[i].next_free = guard->free;
		guard->free = &guard->connections[i];
	}
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

struct cpc_connection *cpc_guard_open(struct cpc_guard *guard, int descriptor)
{
	pthread_mutex_lock(&guard->lock);
	struct cpc_connection *connection = guard->free;
	if (connection) {
		guard->free = connection->next_free;
		*connection = (struct cpc_connection){ .descriptor = descriptor,
						       .open = true,
						       .deadline = now_ms() + CPC_DEADLINE_MS };
		guard->open_count++;
		if (guard->asleep)
			pthread_cond_broadcast(&guard->changed);
	} else {
		shutdown(descriptor, SHUT_RDWR);
	}
	pthread_mutex_unlock(&guard->lock);
	return connection;
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

static void arm(struct cpc_guard *guard, struct cpc_connection *connection, bool busy)
{
	pthread_mutex_lock(&guard->lock);
	if (connection->deadline != UINT64_MAX)
		connection->deadline = now_ms() + CPC_DEADLINE_MS;
	set_busy(guard, connection, busy);
	pthread_mutex_unlock(&guard->lock);
}

void cpc_guard_begin(struct cpc_guard *guard, struct cpc_connection *connection)
{
	arm(guard, connection, true);
}

void cpc_guard_end(struct cpc_guard *guard, struct cpc_connection *connection)
{
	arm(guard, connection, false);
}

void cpc_guard_close(struct cpc_guard *guard, struct cpc_connection *connection)
{
	if (!connection)
		return;
	pthread_mutex_lock(&guard->lock);
	set_busy(guard, connection, false);
	cpc_buffer_free(&connection->body);
	connection->open = false;
	connection->next_free = guard->free;
	guard->free = connection;
	guard->open_count--;
	pthread_mutex_unlock(&guard->lock);
}

void cpc_guard_drain(struct cpc_guard *guard, unsigned int milliseconds)
{
	uint64_t deadline = now_ms() + milliseconds;

	pthread_mutex_lock(&guard->lock);
	guard->draining = true;
	while (guard->busy_count && now_ms() < deadline)
		wait_until(guard, deadline);
	pthread_mutex_unlock(&guard->lock);
}
