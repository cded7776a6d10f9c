/* SPDX-License-Identifier: MIT */
#ifndef CPC_GUARD_H
#define CPC_GUARD_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cpucompat/buffer.h>

#include "gate.h"
#include "wire.h"

/** Milliseconds that a client has for the head of a request, again for its body, and again for taking the answer. */
#define CPC_DEADLINE_MS 10000

/** Milliseconds between the answer that a client was too late and the end of the connection. */
#define CPC_CUT_MS 1000

/** Connections in the order of their deadlines, which is that of their coming: all are given the same time. */
struct cpc_queue {
	struct cpc_connection *first;
	struct cpc_connection *last;
};

/** One connection. The guard owns it; the wire and the fields of the request belong to the thread that serves it. */
struct cpc_connection {
	int descriptor;
	bool busy;		 /**< between the head of a request and the end of its answer */
	struct cpc_queue *queue; /**< that it waits in; NULL once it has been shut down */
	uint64_t deadline;
	struct cpc_connection *before;
	struct cpc_connection *after; /**< also the next free one */

	struct cpc_wire wire;
	struct cpc_buffer body; /**< of the request that is being read */
	unsigned int refusal;	/**< HTTP status that the request will get whatever follows, or 0 */

	struct cpc_visitor visitor; /**< of the connection as a whole */
};

/**
 * Keeps room for those who behave. A client that is too slow is answered 408 and
 * cut: libmicrohttpd's own timeout is for inactivity alone, so a byte a second would hold a connection
 * for ever. When all places are taken, a new client gets that of the one which has waited longest
 * without a whole request. One thread for all connections, asleep while there are none.
 * Every function is safe from any thread, and takes the same time however many connections there are.
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
	size_t peak; /**< most that were open since memory was last given back */

	struct cpc_queue waiting; /**< for a request or the rest of one */
	struct cpc_queue serving; /**< their request is whole */
	struct cpc_queue cut;	  /**< told that they are late */

	struct cpc_connection *connections;
	size_t connection_count;
	size_t used_count; /**< those behind have never been touched, and so cost no memory */
	struct cpc_connection *free;
};

/** Make room for so many connections and start the thread. 0 or negative errno. */
int cpc_guard_start(struct cpc_guard *guard, size_t connection_count);

/** Join the thread and release everything. Every connection must be closed by then. */
void cpc_guard_stop(struct cpc_guard *guard);

/** A new connection; NULL where there is no room, and then its descriptor has been shut down. */
struct cpc_connection *cpc_guard_open(struct cpc_guard *guard, int descriptor);

/** How many connections may be accepted at once, so that there is room even where all take the places of others. */
size_t cpc_guard_batch(const struct cpc_guard *guard);

/** The head of a request has come, or, if it is `whole`, all of it: a new deadline. */
void cpc_guard_begin(struct cpc_guard *guard, struct cpc_connection *connection, bool whole);

/** The request is over: a new deadline for the next one. */
void cpc_guard_end(struct cpc_guard *guard, struct cpc_connection *connection);

/** Before the descriptor is closed. NULL is fine. */
void cpc_guard_close(struct cpc_guard *guard, struct cpc_connection *connection);

/** Wait until no request is under way, or for so long. */
void cpc_guard_drain(struct cpc_guard *guard, unsigned int milliseconds);

#endif
