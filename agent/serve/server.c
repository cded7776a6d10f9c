/* SPDX-License-Identifier: MIT */
#include "serve.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "descriptors.h"
#include "listen.h"
#include "service.h"

/** Most connections of all listeners together. */
#define CONNECTIONS_MAX ((size_t)4096)

/** Of each. Beyond 32 KiB libmicrohttpd maps it, so that it goes back to the kernel when the connection ends. */
#define CONNECTION_MEMORY ((size_t)36 << 10)

/** How long requests under way may take once the server is to stop. */
#define DRAIN_MS 500U

struct listener {
	struct MHD_Daemon *daemon;
	/** Its descriptor is the daemon's while that runs, and -1 here; ours again once the daemon is quiet. */
	struct cpc_listening socket;
	struct cpc_way_in way_in;
};

struct cpc_server {
	struct cpc_service service;
	struct listener listeners[CPC_LISTEN_MAX];
	size_t count;
	bool far; /**< other machines reach one of them */
};

/** Escapes stay as they came: paths are matched byte for byte, and a query is decoded once, by its handler. */
static size_t keep_escapes(void *context, struct MHD_Connection *connection, char *text)
{
	(void)context;
	(void)connection;
	return strlen(text);
}

/** The library would write a line for every bad request. */
static void ignore(void *context, const char *format, va_list arguments)
{
	(void)context;
	(void)format;
	(void)arguments;
}

/*
 * Never an epoll mode, nor MHD_USE_AUTO, which picks it: with exactly 128 connections
 * ready it waits out the idle timeout before it serves them (0.9.75 and 1.0.1). No timeout
 * of its own: that is for inactivity alone, and would close without a word what the guard answers with 408.
 */
static struct MHD_Daemon *start_daemon(struct listener *listener)
{
	struct cpc_service *service = listener->way_in.service;
	unsigned int flags = MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_ITC;
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)(uintptr_t)cpc_tls_priorities },
		{ MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)(uintptr_t)cpc_tls_no_certificate() },
		{ MHD_OPTION_END, 0, NULL },
	};
#if MHD_VERSION >= 0x01000000
	const enum MHD_OPTION strictness = MHD_OPTION_CLIENT_DISCIPLINE_LVL;
#else
	const enum MHD_OPTION strictness = MHD_OPTION_STRICT_FOR_CLIENT;
#endif
	if (listener->socket.tls)
		flags |= MHD_USE_TLS;
	/* clang-format off */
	return MHD_start_daemon(flags, 0, NULL, NULL,
				cpc_service_request, service,
				MHD_OPTION_EXTERNAL_LOGGER, ignore, NULL,
				MHD_OPTION_LISTEN_SOCKET, listener->socket.descriptor,
				MHD_OPTION_CONNECTION_LIMIT, (unsigned int)service->guard.connection_count,
				MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY,
				strictness, 1,
				MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
				MHD_OPTION_NOTIFY_COMPLETED, cpc_service_completed, service,
				MHD_OPTION_NOTIFY_CONNECTION, cpc_service_connection, &listener->way_in,
				MHD_OPTION_ARRAY, listener->socket.tls ? tls : &tls[2],
				MHD_OPTION_END);
	/* clang-format on */
}

/** Whether other machines may reach it: not without encryption and a credential, unless that was said to be wanted. */
static bool may_be_far(const struct cpc_serving *serving)
{
	return serving->insecure || (serving->tls_certificate && cpc_access_has_credential(serving));
}

static struct cpc_listen_options options_of(const struct cpc_serving *serving)
{
	return (struct cpc_listen_options){
		.tls = serving->tls_certificate != NULL,
		.far = may_be_far(serving),
		.mode = serving->socket_mode,
		.group = serving->socket_group,
	};
}

static enum cpc_status open_all(struct cpc_server *server, const struct cpc_serving *serving, struct cpc_error *reterr)
{
	const struct cpc_listen_options options = options_of(serving);
	const size_t inherited = serving->inherited_count;

	for (; server->count < inherited + serving->listen_count; server->count++) {
		const size_t i = server->count;
		struct listener *listener = &server->listeners[i];
		enum cpc_status status =
			i < inherited ? cpc_listen_inherit(serving->inherited[i], &options, &listener->socket, reterr)
				      : cpc_listen(serving->listen[i - inherited], &options, &listener->socket, reterr);
		if (status)
			return status;
		listener->way_in.service = &server->service;
		listener->way_in.entrance = (struct cpc_entrance){ .gate = &server->service.gate,
								   .near = listener->socket.near,
								   .tls = listener->socket.tls,
								   .url = listener->socket.url };
		server->far |= !listener->socket.near;
	}
	return CPC_OK;
}

static enum cpc_status serve_all(struct cpc_server *server, struct cpc_error *reterr)
{
	for (size_t i = 0; i < server->count; i++) {
		struct listener *listener = &server->listeners[i];
		listener->daemon = start_daemon(listener);
		if (!listener->daemon)
			return cpc_fail(reterr, CPC_INTERNAL, 0, "%s: libmicrohttpd would not start",
					listener->socket.url);
		listener->socket.descriptor = -1;
	}
	return CPC_OK;
}

/** Whatever of the service and the listeners is there. The guard runs. */
static void stop_daemons(struct cpc_server *server)
{
	for (size_t i = 0; i < server->count; i++) {
		struct listener *listener = &server->listeners[i];
		if (!listener->daemon)
			continue;
		listener->socket.descriptor = MHD_quiesce_daemon(listener->daemon);
		/* New clients are refused at once instead of waiting for an accept that never comes; those of a socket
		 * that somebody else has too wait for the next agent. */
		if (listener->socket.descriptor >= 0 && !listener->socket.inherited)
			shutdown(listener->socket.descriptor, SHUT_RD);
	}
	cpc_guard_drain(&server->service.guard, DRAIN_MS);
	for (size_t i = 0; i < server->count; i++)
		if (server->listeners[i].daemon)
			MHD_stop_daemon(server->listeners[i].daemon);
}

/** `failed`: inherited sockets are the caller's again. */
static void release(struct cpc_server *server, bool failed)
{
	for (size_t i = 0; i < server->count; i++)
		if (!failed || !server->listeners[i].socket.inherited)
			cpc_listen_close(&server->listeners[i].socket);
	cpc_gate_close(&server->service.gate);
	cpc_replies_release(server->service.replies);
	pthread_mutex_destroy(&server->service.lock);
	free(server);
}

static void warn(const struct cpc_serving *serving, const char *line)
{
	if (serving->warn)
		serving->warn(serving->log_context, line);
}

static void warn_of_far(const struct cpc_server *server, const struct cpc_serving *serving)
{
	char line[240];

	for (size_t i = 0; i < server->count; i++) {
		const struct cpc_listening *socket = &server->listeners[i].socket;

		if (socket->near || (socket->tls && cpc_access_has_credential(serving)))
			continue;
		snprintf(line, sizeof(line), "%s: others can reach it, %s%s: insecure was asked for", socket->url,
			 socket->tls ? "encrypted" : "unencrypted",
			 cpc_access_has_credential(serving) ? "" : ", without a credential");
		warn(serving, line);
	}
}

/** Read all files. */
static enum cpc_status open_gate(struct cpc_gate *gate, const struct cpc_serving *serving, struct cpc_error *reterr)
{
	struct cpc_error error = { .status = CPC_INTERNAL };
	struct cpc_access *access = NULL;
	struct cpc_tls *tls = NULL;
	enum cpc_status status = cpc_access_make(serving, &access, reterr);

	if (!status)
		status = cpc_tls_load(serving, &tls, reterr);
	if (status) {
		cpc_access_release(access);
		return status;
	}
	/* A clock that is not set yet should not keep a host silent. */
	if (tls && !cpc_tls_is_current(tls, &error))
		warn(serving, error.what);
	cpc_gate_set_access(gate, access);
	cpc_gate_set_tls(gate, tls);
	return CPC_OK;
}

static enum cpc_status start(struct cpc_server *server, const struct cpc_serving *serving,
			     const struct cpc_published *published, struct cpc_error *reterr)
{
	/* Raises a limit, which `opened` may forbid. */
	const size_t connection_count = cpc_descriptors_for_connections(CONNECTIONS_MAX);
	enum cpc_status status = open_gate(&server->service.gate, serving, reterr);

	if (!status)
		status = open_all(server, serving, reterr);
	if (!status && serving->opened)
		status = serving->opened(serving->opened_context, reterr);
	if (status)
		return status;
	warn_of_far(server, serving);
	status = cpc_replies_make(published, &server->service.replies, reterr);
	if (status)
		return status;
	/* What documents are made of is several times as large as they are, and the allocator would keep it. */
	malloc_trim(0);
	int error = cpc_guard_start(&server->service.guard, connection_count);
	if (error)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "no thread for the server: %s", strerror(-error));
	status = serve_all(server, reterr);
	if (status) {
		stop_daemons(server);
		cpc_guard_stop(&server->service.guard);
	}
	return status;
}

static enum cpc_status check_count(const struct cpc_serving *serving, struct cpc_error *reterr)
{
	const size_t count = serving->listen_count + serving->inherited_count;

	if (count > 0 && count <= CPC_LISTEN_MAX)
		return CPC_OK;
	return cpc_fail(reterr, CPC_USAGE, 0, "between 1 and %d addresses to listen on, not %zu", CPC_LISTEN_MAX,
			count);
}

enum cpc_status cpc_server_start(const struct cpc_serving *serving, const struct cpc_published *published,
				 struct cpc_server **ret_server, struct cpc_error *reterr)
{
	enum cpc_status status = check_count(serving, reterr);
	if (status)
		return status;
	struct cpc_server *server = calloc(1, sizeof(*server));
	if (!server)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	pthread_mutex_init(&server->service.lock, NULL);
	cpc_gate_open(&server->service.gate);
	status = start(server, serving, published, reterr);
	if (status) {
		release(server, true);
		return status;
	}
	*ret_server = server;
	return CPC_OK;
}

const char *cpc_server_url(const struct cpc_server *server, size_t n)
{
	return n < server->count ? server->listeners[n].socket.url : NULL;
}

enum cpc_status cpc_server_update(struct cpc_server *server, const struct cpc_published *published,
				  struct cpc_error *reterr)
{
	struct cpc_replies *replies = NULL;
	enum cpc_status status = cpc_replies_make(published, &replies, reterr);

	if (status)
		return status;
	pthread_mutex_lock(&server->service.lock);
	struct cpc_replies *old = server->service.replies;
	server->service.replies = replies;
	pthread_mutex_unlock(&server->service.lock);
	cpc_replies_release(old);
	malloc_trim(0);
	return CPC_OK;
}

static enum cpc_status reload_tls(struct cpc_server *server, const struct cpc_serving *serving,
				  struct cpc_error *reterr)
{
	const bool had = server->service.gate.tls != NULL;
	struct cpc_tls *tls = NULL;
	enum cpc_status status = cpc_tls_load(serving, &tls, reterr);

	if (status)
		return status;
	if (had != (tls != NULL))
		status = cpc_fail(reterr, CPC_USAGE, 0, "tls-certificate is %s; that takes effect at the next start",
				  had ? "gone" : "new");
	else if (tls && !cpc_tls_is_current(tls, reterr))
		status = CPC_BAD_DATA;
	if (status)
		cpc_tls_release(tls);
	else
		cpc_gate_set_tls(&server->service.gate, tls);
	return status;
}

static enum cpc_status reload_access(struct cpc_server *server, const struct cpc_serving *serving,
				     struct cpc_error *reterr)
{
	struct cpc_access *access = NULL;

	if (server->far && !may_be_far(serving))
		return cpc_fail(reterr, CPC_USAGE, 0,
				"others can reach this agent; who may ask stays as it was, without tokens or "
				"tls-client-ca or insecure");
	enum cpc_status status = cpc_access_make(serving, &access, reterr);
	if (!status)
		cpc_gate_set_access(&server->service.gate, access);
	return status;
}

enum cpc_status cpc_server_reload(struct cpc_server *server, const struct cpc_serving *serving,
				  struct cpc_error *reterr)
{
	struct cpc_error error = { .status = CPC_INTERNAL };
	enum cpc_status access = reload_access(server, serving, reterr);
	enum cpc_status tls = reload_tls(server, serving, access ? &error : reterr);

	if (access && tls)
		warn(serving, error.what);
	return access ? access : tls;
}

enum cpc_status cpc_serving_check(const struct cpc_serving *serving, struct cpc_error *reterr)
{
	const struct cpc_listen_options options = options_of(serving);
	struct cpc_gate gate = { .access = NULL };
	enum cpc_status status = check_count(serving, reterr);

	for (size_t i = 0; i < serving->listen_count && !status; i++)
		status = cpc_listen_check(serving->listen[i], &options, reterr);
	if (status)
		return status;
	cpc_gate_open(&gate);
	status = open_gate(&gate, serving, reterr);
	cpc_gate_close(&gate);
	return status;
}

void cpc_server_stop(struct cpc_server *server)
{
	if (!server)
		return;
	stop_daemons(server);
	cpc_guard_stop(&server->service.guard);
	release(server, false);
}
