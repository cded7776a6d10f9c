/* SPDX-License-Identifier: MIT */
#include "serve.h"

#include <stdarg.h>
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
	int descriptor; /**< ours again once the daemon is quiet; -1 while it is the daemon's */
	char url[CPC_URL_SIZE];
};

struct cpc_server {
	struct cpc_service service;
	struct listener listeners[CPC_LISTEN_MAX];
	size_t count;
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
static struct MHD_Daemon *start_daemon(struct cpc_service *service, int descriptor)
{
#if MHD_VERSION >= 0x01000000
	const enum MHD_OPTION strictness = MHD_OPTION_CLIENT_DISCIPLINE_LVL;
#else
	const enum MHD_OPTION strictness = MHD_OPTION_STRICT_FOR_CLIENT;
#endif
	/* clang-format off */
	return MHD_start_daemon(MHD_USE_POLL_INTERNAL_THREAD | MHD_USE_ITC, 0, NULL, NULL,
				cpc_service_request, service,
				MHD_OPTION_EXTERNAL_LOGGER, ignore, NULL,
				MHD_OPTION_LISTEN_SOCKET, descriptor,
				MHD_OPTION_CONNECTION_LIMIT, (unsigned int)service->guard.connection_count,
				MHD_OPTION_CONNECTION_MEMORY_LIMIT, CONNECTION_MEMORY,
				strictness, 1,
				MHD_OPTION_UNESCAPE_CALLBACK, keep_escapes, NULL,
				MHD_OPTION_NOTIFY_COMPLETED, cpc_service_completed, service,
				MHD_OPTION_NOTIFY_CONNECTION, cpc_service_connection, service,
				MHD_OPTION_END);
	/* clang-format on */
}

static enum cpc_status open_all(struct cpc_server *server, const struct cpc_serving *serving, struct cpc_error *reterr)
{
	for (; server->count < serving->listen_count; server->count++) {
		struct listener *listener = &server->listeners[server->count];
		enum cpc_status status =
			cpc_listen(serving->listen[server->count], &listener->descriptor, listener->url, reterr);
		if (status)
			return status;
	}
	return CPC_OK;
}

static enum cpc_status serve_all(struct cpc_server *server, struct cpc_error *reterr)
{
	for (size_t i = 0; i < server->count; i++) {
		struct listener *listener = &server->listeners[i];
		listener->daemon = start_daemon(&server->service, listener->descriptor);
		if (!listener->daemon)
			return cpc_fail(reterr, CPC_INTERNAL, 0, "%s: libmicrohttpd would not start", listener->url);
		listener->descriptor = -1;
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
		listener->descriptor = MHD_quiesce_daemon(listener->daemon);
		/* New clients are refused at once instead of waiting for an accept that never comes. */
		if (listener->descriptor >= 0)
			shutdown(listener->descriptor, SHUT_RD);
	}
	cpc_guard_drain(&server->service.guard, DRAIN_MS);
	for (size_t i = 0; i < server->count; i++)
		if (server->listeners[i].daemon)
			MHD_stop_daemon(server->listeners[i].daemon);
}

static void release(struct cpc_server *server)
{
	for (size_t i = 0; i < server->count; i++)
		if (server->listeners[i].descriptor >= 0)
			close(server->listeners[i].descriptor);
	cpc_replies_release(server->service.replies);
	pthread_mutex_destroy(&server->service.lock);
	free(server);
}

static enum cpc_status start(struct cpc_server *server, const struct cpc_serving *serving,
			     const struct cpc_report *report, struct cpc_error *reterr)
{
	enum cpc_status status = open_all(server, serving, reterr);

	if (status)
		return status;
	status = cpc_replies_make(report, &server->service.replies, reterr);
	if (status)
		return status;
	int error = cpc_guard_start(&server->service.guard, cpc_descriptors_for_connections(CONNECTIONS_MAX));
	if (error)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "no thread for the server: %s", strerror(-error));
	status = serve_all(server, reterr);
	if (status) {
		stop_daemons(server);
		cpc_guard_stop(&server->service.guard);
	}
	return status;
}

enum cpc_status cpc_server_start(const struct cpc_serving *serving, const struct cpc_report *report,
				 struct cpc_server **ret_server, struct cpc_error *reterr)
{
	if (serving->listen_count == 0 || serving->listen_count > CPC_LISTEN_MAX)
		return cpc_fail(reterr, CPC_USAGE, 0, "between 1 and %d addresses to listen on, not %zu",
				CPC_LISTEN_MAX, serving->listen_count);
	struct cpc_server *server = calloc(1, sizeof(*server));
	if (!server)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	pthread_mutex_init(&server->service.lock, NULL);
	enum cpc_status status = start(server, serving, report, reterr);
	if (status) {
		release(server);
		return status;
	}
	*ret_server = server;
	return CPC_OK;
}

const char *cpc_server_url(const struct cpc_server *server, size_t n)
{
	return n < server->count ? server->listeners[n].url : NULL;
}

enum cpc_status cpc_server_update(struct cpc_server *server, const struct cpc_report *report, struct cpc_error *reterr)
{
	struct cpc_replies *replies = NULL;
	enum cpc_status status = cpc_replies_make(report, &replies, reterr);

	if (status)
		return status;
	pthread_mutex_lock(&server->service.lock);
	struct cpc_replies *old = server->service.replies;
	server->service.replies = replies;
	pthread_mutex_unlock(&server->service.lock);
	cpc_replies_release(old);
	return CPC_OK;
}

void cpc_server_stop(struct cpc_server *server)
{
	if (!server)
		return;
	stop_daemons(server);
	cpc_guard_stop(&server->service.guard);
	release(server);
}
