/* SPDX-License-Identifier: MIT */
#ifndef CPC_GUARD_H
#define CPC_GUARD_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cpucompat/buffer.h>

#include "gate.h"

/** Milliseconds that a client has for the headers of a request, and again for its body and for taking the answer. */
#define CPC_DEADLINE_MS 10000

/** One connection. The guard owns it; the fields of the request belong to the thread that serves it. */
struct cpc_connection {
	int descriptor;
	bool open;
	bool busy; /**< between the headers of a request and the end of its answer */
	uint64_t deadline;
	struct cpc_connection *next_free;

	struct cpc_buffer body; /**< of the request that is being read */
	unsigned int refusal;	/**< HTTP status that the request will get whatever follows, or 0 */

	struct cpc_visitor visitor; /**< of the connection as a whole */
};

/**
 * Cuts connections whose client is too slow. libmicrohttpd's own timeout is for
 * inactivity alone, so a byte a second would hold a connection for ever. One
 * thread for all connections, asleep while there are none. Every function is safe from any thread.
 */
struct cpc_guard {
	pthread_mutex_t lock;
	pthread_cond_t changed;
	pthread_t thread;
	bool stopping;
	bool asleep;   /**< the thread waits without a deadline */
	bool draining; /**< somebody waits for the last request */
	size_t open_count;
	size_t busy_count;
	struct cpc_connection *connections;
	size_t connection_count;
	struct cpc_connection *free;
};

/** Make room for so many connections and start the thread. 0 or negative errno. */
int cpc_guard_start(struct cpc_guard *guard, size_t connection_count);

/** Join the thread and release everything. Every connection must be closed by then. */
void cpc_guard_stop(struct cpc_guard *guard);

/** A new connection; NULL where there is no room, and then its descriptor has been shut down. */
struct cpc_connection *cpc_guard_open(struct cpc_guard *guard, int descriptor);

/** The headers of a request have come: a new deadline. */
void cpc_guard_begin(struct cpc_guard *guard, struct cpc_connection *connection);

/** The request is over: a new deadline for the next one. */
void cpc_guard_end(struct cpc_guard *guard, struct cpc_connection *connection);

/** Before the descriptor is closed. NULL is fine. */
void cpc_guard_close(struct cpc_guard *guard, struct cpc_connection *connection);

/** Wait until no request is under way, or for so long. */
void cpc_guard_drain(struct cpc_guard *guard, unsigned int milliseconds);

#endif
