/* SPDX-License-Identifier: MIT */
/*
 * From the headers of a request to the call of its handler. libmicrohttpd calls
 * once when the headers are there, then for each piece of the body, then to be answered. An
 * answer on the first call closes the connection, so that is kept for requests whose
 * body we will not read; all others are answered on the last call and the connection lives on.
 */
#include "service.h"

#include <string.h>
#include <sys/socket.h>

#include "accept.h"
#include "framing.h"
#include "respond.h"
#include "routes.h"

static struct cpc_replies *acquire(struct cpc_service *service)
{
	pthread_mutex_lock(&service->lock);
	struct cpc_replies *replies = service->replies;
	atomic_fetch_add(&replies->references, 1);
	pthread_mutex_unlock(&service->lock);
	return replies;
}

/** Answer a request that is whole, or that will not be read any further. */
static enum MHD_Result answer(struct cpc_service *service, struct MHD_Connection *connection, const char *url,
			      const char *method, const struct cpc_buffer *body)
{
	struct cpc_request request = {
		.connection = connection,
		.route = cpc_route_at(url),
		.method = cpc_method_named(method),
		.body = body->bytes,
		.body_length = body->length,
	};

	if (!request.route)
		return cpc_respond_problem(connection, MHD_HTTP_NOT_FOUND, "There is nothing at this address.");
	if (!(request.route->methods & request.method))
		return cpc_respond_not_allowed(connection, cpc_route_allow(request.route));
	struct cpc_replies *replies = acquire(service);
	request.replies = replies;
	enum MHD_Result result = request.route->answer(&request);
	cpc_replies_release(replies);
	return result;
}

static enum MHD_Result refuse(struct MHD_Connection *connection, const struct cpc_connection *own)
{
	const unsigned int http_status = own->refusal;

	if (http_status == MHD_HTTP_UNAUTHORIZED)
		return cpc_gate_refuse(&own->visitor, connection);
	if (http_status == MHD_HTTP_SERVICE_UNAVAILABLE)
		return cpc_respond_problem(connection, http_status, "Too many bodies are being read; try again.");
	return cpc_respond_problem(connection, MHD_HTTP_CONTENT_TOO_LARGE, "The body is larger than %zu bytes.",
				   CPC_BODY_MAX);
}

/** The headers are there. MHD_YES without an answer reads on. */
static enum MHD_Result begin(struct cpc_service *service, struct MHD_Connection *connection, const char *url,
			     const char *method, const char *version, struct cpc_connection *own)
{
	const struct cpc_buffer no_body = { .length = 0 };
	struct cpc_framing framing;

	cpc_framing_of(connection, &framing);
	cpc_guard_begin(&service->guard, own, !cpc_framing_has_body(&framing));
	const enum cpc_fault fault = cpc_framing_fault(&framing, version);
	if (fault)
		return cpc_respond_problem(connection, cpc_fault_rows[fault].http_status, "%s",
					   cpc_fault_rows[fault].detail);
	/* Before the path is looked at: who has no credential learns nothing of what is there. */
	if (!cpc_gate_admit(&own->visitor, connection, url))
		own->refusal = MHD_HTTP_UNAUTHORIZED;
	if (!cpc_framing_has_body(&framing))
		return MHD_YES;
	if (own->refusal)
		return framing.waits ? refuse(connection, own) : MHD_YES;
	const struct cpc_route *route = cpc_route_at(url);
	const unsigned int known = route ? route->methods & cpc_method_named(method) : 0;
	if (!known)
		return answer(service, connection, url, method, &no_body);
	if (known != CPC_POST)
		return cpc_respond_problem(connection, MHD_HTTP_BAD_REQUEST, "A %s takes no body here.", method);
	if (framing.length <= CPC_BODY_MAX)
		return MHD_YES;
	/* A client that is still sending would see its connection reset instead of the answer: hear it out. */
	own->refusal = MHD_HTTP_CONTENT_TOO_LARGE;
	return framing.waits ? refuse(connection, own) : MHD_YES;
}

static void forget_body(struct cpc_service *service, struct cpc_connection *own)
{
	atomic_fetch_sub(&service->body_bytes, own->body.length);
	cpc_buffer_free(&own->body);
}

/** Keep a piece of the body, or find that there will be none. */
static void take(struct cpc_service *service, struct cpc_connection *own, const char *bytes, size_t length)
{
	if (own->refusal)
		return;
	if (own->body.length + length > CPC_BODY_MAX) {
		own->refusal = MHD_HTTP_CONTENT_TOO_LARGE;
	} else if (atomic_fetch_add(&service->body_bytes, length) + length > CPC_BODIES_MAX) {
		atomic_fetch_sub(&service->body_bytes, length);
		own->refusal = MHD_HTTP_SERVICE_UNAVAILABLE;
	} else {
		cpc_buffer_add(&own->body, bytes, length);
		if (!own->body.failed)
			return;
		atomic_fetch_sub(&service->body_bytes, length);
		own->refusal = MHD_HTTP_SERVICE_UNAVAILABLE;
	}
	forget_body(service, own);
}

/** The first call for a request. */
static enum MHD_Result meet(struct cpc_service *service, struct MHD_Connection *connection, const char *url,
			    const char *method, const char *version, void **context)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	struct cpc_connection *own = info ? info->socket_context : NULL;

	if (!own)
		return MHD_NO;
	*context = own;
	own->refusal = 0;
	cpc_gate_begin(&own->visitor);
	return begin(service, connection, url, method, version, own);
}

enum MHD_Result cpc_service_request(void *context_of_service, struct MHD_Connection *connection, const char *url,
				    const char *method, const char *version, const char *upload, size_t *upload_size,
				    void **context)
{
	struct cpc_service *service = context_of_service;
	struct cpc_connection *own = *context;
	enum MHD_Result result;

	if (own && *upload_size) {
		take(service, own, upload, *upload_size);
		*upload_size = 0;
		return MHD_YES;
	}
	if (!own) {
		result = meet(service, connection, url, method, version, context);
	} else {
		if (own->body.length || own->refusal)
			cpc_guard_begin(&service->guard, own, true);
		result = own->refusal ? refuse(connection, own) : answer(service, connection, url, method, &own->body);
	}
	own = *context;
	if (own)
		cpc_gate_log(&own->visitor, connection, method, url);
	return result;
}

void cpc_service_completed(void *context_of_service, struct MHD_Connection *connection, void **context,
			   enum MHD_RequestTerminationCode reason)
{
	struct cpc_service *service = context_of_service;
	struct cpc_connection *own = *context;

	(void)connection;
	(void)reason;
	if (!own)
		return;
	forget_body(service, own);
	cpc_gate_done(&own->visitor);
	cpc_guard_end(&service->guard, own);
	cpc_wire_answered(&own->wire, own->descriptor);
	*context = NULL;
}

void cpc_service_connection(void *context_of_way_in, struct MHD_Connection *connection, void **context,
			    enum MHD_ConnectionNotificationCode code)
{
	const struct cpc_way_in *way_in = context_of_way_in;
	struct cpc_guard *guard = &way_in->service->guard;
	struct cpc_connection *own = *context;

	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		if (own)
			cpc_gate_leave(&own->visitor, connection);
		cpc_guard_close(guard, own);
		*context = NULL;
		return;
	}
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
	own = info ? cpc_guard_open(guard, info->connect_fd) : NULL;
	if (own && !cpc_gate_enter(&way_in->entrance, &own->visitor, connection))
		shutdown(own->descriptor, SHUT_RDWR);
	*context = own;
	cpc_accept_more(way_in->service, connection);
}
