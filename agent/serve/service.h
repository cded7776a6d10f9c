/* SPDX-License-Identifier: MIT */
#ifndef CPC_SERVICE_H
#define CPC_SERVICE_H

#include <pthread.h>
#include <stdatomic.h>

#include <microhttpd.h>

#include "gate.h"
#include "guard.h"
#include "replies.h"

/** Bounds of a request's body, and of all bodies that are being read. */
#define CPC_BODY_MAX ((size_t)1 << 20)
#define CPC_BODIES_MAX ((size_t)32 << 20)

/** What every request needs, whichever listener it came in by. */
struct cpc_service {
	struct cpc_guard guard;
	struct cpc_gate gate;
	pthread_mutex_t lock; /**< of `replies`: held for as long as it takes to count a reference */
	struct cpc_replies *replies;
	atomic_size_t body_bytes;
	atomic_uint handed; /**< connections that cpc_accept_more() has accepted and that are not open yet */
};

/** A way into the service. */
struct cpc_way_in {
	struct cpc_service *service;
	struct cpc_entrance entrance;
};

/** libmicrohttpd's callbacks; the closure is the service, and that of cpc_service_connection() the way in. */
enum MHD_Result cpc_service_request(void *service, struct MHD_Connection *connection, const char *url,
				    const char *method, const char *version, const char *upload, size_t *upload_size,
				    void **context);
void cpc_service_completed(void *service, struct MHD_Connection *connection, void **context,
			   enum MHD_RequestTerminationCode reason);
void cpc_service_connection(void *way_in, struct MHD_Connection *connection, void **context,
			    enum MHD_ConnectionNotificationCode code);

#endif
