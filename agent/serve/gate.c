/* SPDX-License-Identifier: MIT */
#include "gate.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

/** Bytes of a path that are logged. */
#define LOGGED_PATH 200

void cpc_gate_open(struct cpc_gate *gate)
{
	*gate = (struct cpc_gate){ .access = NULL };
	pthread_mutex_init(&gate->lock, NULL);
}

void cpc_gate_close(struct cpc_gate *gate)
{
	cpc_access_release(gate->access);
	cpc_tls_release(gate->tls);
	pthread_mutex_destroy(&gate->lock);
}

void cpc_gate_set_access(struct cpc_gate *gate, struct cpc_access *access)
{
	pthread_mutex_lock(&gate->lock);
	struct cpc_access *old = gate->access;
	gate->access = access;
	pthread_mutex_unlock(&gate->lock);
	cpc_access_release(old);
}

void cpc_gate_set_tls(struct cpc_gate *gate, struct cpc_tls *tls)
{
	pthread_mutex_lock(&gate->lock);
	struct cpc_tls *old = gate->tls;
	gate->tls = tls;
	pthread_mutex_unlock(&gate->lock);
	cpc_tls_release(old);
}

static struct cpc_access *hold_access(struct cpc_gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	struct cpc_access *access = gate->access;
	atomic_fetch_add(&access->references, 1);
	pthread_mutex_unlock(&gate->lock);
	return access;
}

static struct cpc_tls *hold_tls(struct cpc_gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	struct cpc_tls *tls = cpc_tls_hold(gate->tls);
	pthread_mutex_unlock(&gate->lock);
	return tls;
}

static void *session_of(struct MHD_Connection *connection)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);

	return info ? info->tls_session : NULL;
}

bool cpc_gate_enter(const struct cpc_entrance *entrance, struct cpc_visitor *visitor, struct MHD_Connection *connection)
{
	*visitor = (struct cpc_visitor){ .entrance = entrance };
	if (!entrance->tls)
		return true;
	void *session = session_of(connection);
	visitor->tls = hold_tls(entrance->gate);
	return session && visitor->tls && cpc_tls_attach(visitor->tls, session);
}

void cpc_gate_leave(struct cpc_visitor *visitor, struct MHD_Connection *connection)
{
	void *session = visitor->tls ? session_of(connection) : NULL;

	if (session)
		cpc_tls_detach(session);
	cpc_tls_release(visitor->tls);
	cpc_access_release(visitor->access);
	*visitor = (struct cpc_visitor){ .entrance = NULL };
}

/**
 * Whether the client has shown a good certificate. Looked at once a connection, and again when
 * other credentials have come into force: who is not trusted any more has no old connection to hide in.
 */
static bool is_certified(struct cpc_visitor *visitor, struct MHD_Connection *connection)
{
	void *session = visitor->tls ? session_of(connection) : NULL;

	if (!session)
		return false;
	struct cpc_tls *now = hold_tls(visitor->entrance->gate);
	if (now && now != visitor->tls && cpc_tls_attach(now, session)) {
		struct cpc_tls *old = visitor->tls;
		visitor->tls = now;
		now = old;
		visitor->looked = false;
	}
	cpc_tls_release(now);
	if (!visitor->looked)
		visitor->certified = cpc_tls_knows_client(visitor->tls, session);
	visitor->looked = true;
	return visitor->certified;
}

void cpc_gate_begin(struct cpc_visitor *visitor)
{
	visitor->access = hold_access(visitor->entrance->gate);
	visitor->name = NULL;
	visitor->admission = CPC_ADMITTED;
}

bool cpc_gate_admit(struct cpc_visitor *visitor, struct MHD_Connection *connection, const char *path)
{
	if (!cpc_access_is_public(visitor->access, visitor->entrance->near, path) && !is_certified(visitor, connection))
		visitor->admission = cpc_access_admit(visitor->access, connection, &visitor->name);
	return visitor->admission == CPC_ADMITTED;
}

enum MHD_Result cpc_gate_refuse(const struct cpc_visitor *visitor, struct MHD_Connection *connection)
{
	return MHD_queue_response(connection, MHD_HTTP_UNAUTHORIZED, visitor->access->refusals[visitor->admission]);
}

/** "from ADDRESS:PORT", "from [V6]:PORT", or nothing for a unix socket, whose clients have no address. */
static void print_client(struct MHD_Connection *connection, char *ret_text, size_t size)
{
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
	const struct sockaddr *any = info ? info->client_addr : NULL;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	char host[INET6_ADDRSTRLEN];

	*ret_text = '\0';
	if (any && any->sa_family == AF_INET) {
		memcpy(&v4, any, sizeof(v4));
		if (inet_ntop(AF_INET, &v4.sin_addr, host, sizeof(host)))
			snprintf(ret_text, size, " from %s:%u", host, (unsigned int)ntohs(v4.sin_port));
	} else if (any && any->sa_family == AF_INET6) {
		memcpy(&v6, any, sizeof(v6));
		if (inet_ntop(AF_INET6, &v6.sin6_addr, host, sizeof(host)))
			snprintf(ret_text, size, " from [%s]:%u", host, (unsigned int)ntohs(v6.sin6_port));
	}
}

/** The path alone: what a query holds is the client's own business, and long. */
void cpc_gate_log(const struct cpc_visitor *visitor, struct MHD_Connection *connection, const char *method,
		  const char *path)
{
	const struct cpc_access *access = visitor->access;
	char client[80];
	char line[640];

	if (!access || !access->log)
		return;
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_HTTP_STATUS);
	if (!info)
		return;
	print_client(connection, client, sizeof(client));
	snprintf(line, sizeof(line), "%.20s %.*s%s %u%s on %s%s%s", method, LOGGED_PATH, path,
		 strlen(path) > LOGGED_PATH ? "..." : "", info->http_status, client, visitor->entrance->url,
		 visitor->name	      ? " as "
		 : visitor->certified ? " with a certificate"
				      : "",
		 visitor->name ? visitor->name : "");
	access->log(access->log_context, line);
}

void cpc_gate_done(struct cpc_visitor *visitor)
{
	cpc_access_release(visitor->access);
	visitor->access = NULL;
	visitor->name = NULL;
}
