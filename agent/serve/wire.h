/* SPDX-License-Identifier: MIT */
#ifndef CPC_WIRE_H
#define CPC_WIRE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "faults.h"
#include "scanner.h"

/** Descriptors from here on are not served. */
#define CPC_WIRE_DESCRIPTORS 16384

/** Milliseconds that a client has to take the answer to a fault and to stop sending. */
#define CPC_LINGER_MS 2000

/** What is known of the bytes of a connection. Its serving thread's alone, but for the atomics. Starts zeroed. */
struct cpc_wire {
	struct cpc_scanner scanner;
	enum cpc_fault fault; /**< to be answered once all requests before it are */
	bool ending;	      /**< a fault was answered: whatever still comes is thrown away */
	bool deaf;	      /**< shut down for reading */
	uint64_t until;	      /**< when `ending` ends, in cpc_now_ms() */
	atomic_bool reading;  /**< a request has begun and is not whole */
	atomic_bool late;     /**< and will not be waited for */
};

/** Whether the requests of this build are scanned before libmicrohttpd sees them. */
bool cpc_wire_scans(void);

/** Scan what comes in by a descriptor, until cpc_wire_close(). False where its number is too large. */
bool cpc_wire_open(struct cpc_wire *wire, int descriptor);

/** Forget the descriptor; before it is closed. */
void cpc_wire_close(int descriptor);

/** An answer has gone: by the serving thread. What was wrong behind it can be answered now. */
void cpc_wire_answered(struct cpc_wire *wire, int descriptor);

/**
 * The client was too slow; by any thread. Returns true where a request had begun: the serving thread
 * is woken and answers 408. Otherwise the connection is shut down.
 */
bool cpc_wire_expire(struct cpc_wire *wire, int descriptor);

#endif
