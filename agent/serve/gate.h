/* SPDX-License-Identifier: MIT */
/*
 * The door that every connection and request comes through: by which listener, with which TLS credentials,
 * admitted or not, and logged if that is wanted. What may change on SIGHUP lies here, held by counted
 * references: a request ends under the rules that it began with.
 */
#ifndef CPC_GATE_H
#define CPC_GATE_H

#include <pthread.h>
#include <stdbool.h>

#include <microhttpd.h>

#include "access.h"
#include "tls.h"

/** What is in force now. */
struct cpc_gate {
	pthread_mutex_t lock; /**< held for as long as it takes to count a reference */
	struct cpc_access *access;
	struct cpc_tls *tls; /**< NULL: no listener speaks TLS */
};

/** One listener, as its connections see it. Immutable. */
struct cpc_entrance {
	struct cpc_gate *gate;
	bool near;
	bool tls;
	const char *url;
};

/** Who is on the other side of a connection; zeroed while nobody is. Belongs to the thread that serves it. */
struct cpc_visitor {
	const struct cpc_entrance *entrance;
	struct cpc_tls *tls; /**< the credentials of the session; held */
	bool looked;	     /**< `certified` is known, under those credentials */
	bool certified;	     /**< has shown a client certificate that was verified */

	struct cpc_access *access; /**< of the request that is under way; held */
	enum cpc_admission admission;
	const char *name; /**< whose token came with it; NULL without one */
};

/** Make one, with nothing in force yet. */
void cpc_gate_open(struct cpc_gate *gate);

/** Release what is in force. No connection is left by then. */
void cpc_gate_close(struct cpc_gate *gate);

/** Put others in force; the references become the gate's. Any thread. */
void cpc_gate_set_access(struct cpc_gate *gate, struct cpc_access *access);
void cpc_gate_set_tls(struct cpc_gate *gate, struct cpc_tls *tls);

/** A connection begins. False where it cannot be served. */
bool cpc_gate_enter(const struct cpc_entrance *entrance, struct cpc_visitor *visitor,
		    struct MHD_Connection *connection);

/** A connection ends. */
void cpc_gate_leave(struct cpc_visitor *visitor, struct MHD_Connection *connection);

/** A request begins, under the rules that are in force now. */
void cpc_gate_begin(struct cpc_visitor *visitor);

/** Whether a request that has begun is admitted; where not, cpc_gate_refuse() is its answer. */
bool cpc_gate_admit(struct cpc_visitor *visitor, struct MHD_Connection *connection, const char *path);

enum MHD_Result cpc_gate_refuse(const struct cpc_visitor *visitor, struct MHD_Connection *connection);

/** Log a request that has just been answered, if that is wanted. */
void cpc_gate_log(const struct cpc_visitor *visitor, struct MHD_Connection *connection, const char *method,
		  const char *path);

/** A request is over. */
void cpc_gate_done(struct cpc_visitor *visitor);

#endif
