/* SPDX-License-Identifier: MIT */
/* Addresses and sockets over TCP, and those that come from whoever started us; listen_file.c has unix sockets. */
#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool parse_port(const char *text, in_port_t *ret_port)
{
	unsigned int port = 0;

	if (*text == '\0' || strlen(text) > 5)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		port = port * 10 + (unsigned int)(*text - '0');
	}
	if (port > 65535)
		return false;
	*ret_port = htons((uint16_t)port);
	return true;
}

static bool parse_v4(const char *host, in_port_t port, struct cpc_socket_address *address)
{
	address->u.v4 = (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = port };
	address->length = sizeof(address->u.v4);
	return inet_pton(AF_INET, strcmp(host, "localhost") == 0 ? "127.0.0.1" : host, &address->u.v4.sin_addr) == 1;
}

/** A mapped IPv4 address is not taken: our sockets of the sixth version carry nothing of the fourth. */
static bool parse_v6(const char *host, in_port_t port, struct cpc_socket_address *address)
{
	address->u.v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = port };
	address->length = sizeof(address->u.v6);
	return inet_pton(AF_INET6, host, &address->u.v6.sin6_addr) == 1 &&
	       !IN6_IS_ADDR_V4MAPPED(&address->u.v6.sin6_addr);
}

/** Cut `[V6]:PORT` or `HOST:PORT` in two. */
static bool split(const char *text, char host[static INET6_ADDRSTRLEN], const char **ret_port, bool *ret_v6)
{
	bool v6 = text[0] == '[';
	const char *from = text + v6;
	const char *end = strchr(from, v6 ? ']' : ':');

	if (!end || end == from || (size_t)(end - from) >= INET6_ADDRSTRLEN || (v6 && end[1] != ':'))
		return false;
	memcpy(host, from, (size_t)(end - from));
	host[end - from] = '\0';
	*ret_port = end + 1 + v6;
	*ret_v6 = v6;
	return true;
}

static enum cpc_status parse_file(const char *path, struct cpc_socket_address *ret_address, struct cpc_error *reterr)
{
	struct cpc_socket_address address = { .u.local.sun_family = AF_UNIX };
	const size_t length = strlen(path);

	if (*path != '/' || length >= sizeof(address.u.local.sun_path))
		return cpc_fail(reterr, CPC_USAGE, 0,
				"unix:%.60s: not a socket to listen on; write unix: and an absolute path of up to %zu "
				"bytes",
				path, sizeof(address.u.local.sun_path) - 1);
	memcpy(address.u.local.sun_path, path, length + 1);
	address.length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + 1);
	*ret_address = address;
	return CPC_OK;
}

enum cpc_status cpc_listen_parse(const char *text, struct cpc_socket_address *ret_address, struct cpc_error *reterr)
{
	struct cpc_socket_address address = { .length = 0 };
	char host[INET6_ADDRSTRLEN];
	const char *port_text;
	in_port_t port;
	bool v6;

	if (strncmp(text, "unix:", 5) == 0)
		return parse_file(text + 5, ret_address, reterr);
	if (!split(text, host, &port_text, &v6) || !parse_port(port_text, &port) ||
	    !(v6 ? parse_v6(host, port, &address) : parse_v4(host, port, &address)))
		return cpc_fail(reterr, CPC_USAGE, 0,
				"%.60s: not an address to listen on; write 127.0.0.1:10789, [::1]:10789 or unix:PATH",
				text);
	*ret_address = address;
	return CPC_OK;
}

static bool is_near(const struct cpc_socket_address *address)
{
	if (address->u.any.sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&address->u.v6.sin6_addr);
	if (address->u.any.sa_family == AF_INET)
		return ntohl(address->u.v4.sin_addr.s_addr) >> 24 == 127;
	return true;
}

static enum cpc_status refuse_far(const char *what, struct cpc_error *reterr)
{
	return cpc_fail(reterr, CPC_USAGE, 0,
			"%.60s: others could reach it; give tls-certificate, tls-key and tokens or tls-client-ca, "
			"or say insecure",
			what);
}

/** An address that may be listened on. */
static enum cpc_status parse_allowed(const char *text, const struct cpc_listen_options *options,
				     struct cpc_socket_address *ret_address, struct cpc_error *reterr)
{
	enum cpc_status status = cpc_listen_parse(text, ret_address, reterr);

	return !status && !options->far && !is_near(ret_address) ? refuse_far(text, reterr) : status;
}

enum cpc_status cpc_listen_check(const char *text, const struct cpc_listen_options *options, struct cpc_error *reterr)
{
	struct cpc_socket_address address;
	gid_t group;
	enum cpc_status status = parse_allowed(text, options, &address, reterr);

	return !status && options->group ? cpc_group_named(options->group, &group, reterr) : status;
}

static enum cpc_status refused(const char *text, struct cpc_error *reterr)
{
	switch (errno) {
	case EADDRINUSE:
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0,
				"%.60s: address already in use; is another cpucompatd running?", text);
	case EACCES:
		return cpc_fail(reterr, CPC_DENIED, 0, "%.60s: not permitted; choose a port above 1023", text);
	default:
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "%.60s: %s; choose another address", text, strerror(errno));
	}
}

/** The path of a unix socket that somebody else has bound, which may be of no file or abstract (unix(7)). */
static void print_file_url(const struct cpc_socket_address *address, char ret_url[static CPC_URL_SIZE])
{
	const size_t offset = offsetof(struct sockaddr_un, sun_path);
	const size_t length = address->length > offset ? address->length - offset : 0;
	const char *path = address->u.local.sun_path;

	if (length == 0)
		snprintf(ret_url, CPC_URL_SIZE, "unix:");
	else if (path[0] == '\0')
		snprintf(ret_url, CPC_URL_SIZE, "unix:@%.*s", (int)length - 1, path + 1);
	else
		snprintf(ret_url, CPC_URL_SIZE, "unix:%.*s", (int)length, path);
}

static bool print_tcp_url(const struct cpc_socket_address *address, bool tls, char ret_url[static CPC_URL_SIZE])
{
	char host[INET6_ADDRSTRLEN];
	bool v6 = address->u.any.sa_family == AF_INET6;
	const void *number = v6 ? (const void *)&address->u.v6.sin6_addr : (const void *)&address->u.v4.sin_addr;
	in_port_t port = v6 ? address->u.v6.sin6_port : address->u.v4.sin_port;

	if (!inet_ntop(address->u.any.sa_family, number, host, sizeof(host)))
		return false;
	snprintf(ret_url, CPC_URL_SIZE, v6 ? "%s://[%s]:%u/" : "%s://%s:%u/", tls ? "https" : "http", host,
		 (unsigned int)ntohs(port));
	return true;
}

/** Where the socket really is, and what that means. */
static bool describe(int descriptor, bool tls, struct cpc_listening *ret_listening)
{
	struct cpc_socket_address address = { .length = sizeof(address.u) };

	if (getsockname(descriptor, &address.u.any, &address.length))
		return false;
	const int family = address.u.any.sa_family;
	ret_listening->descriptor = descriptor;
	ret_listening->near = is_near(&address);
	ret_listening->tls = tls && family != AF_UNIX;
	errno = EAFNOSUPPORT;
	if (family == AF_UNIX)
		print_file_url(&address, ret_listening->url);
	return family == AF_UNIX ||
	       ((family == AF_INET || family == AF_INET6) && print_tcp_url(&address, tls, ret_listening->url));
}

static int open_socket(const struct cpc_socket_address *address)
{
	const int on = 1;
	const int family = address->u.any.sa_family;
	int descriptor = socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (descriptor < 0)
		return -1;
	/* On Linux this forgives sockets in TIME_WAIT and nothing else: a second listener is refused all the same. */
	setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* Whatever the system's bindv6only says, [::]:PORT and 0.0.0.0:PORT go side by side. */
	if ((family == AF_INET6 && setsockopt(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on))) ||
	    bind(descriptor, &address->u.any, address->length) || listen(descriptor, CPC_BACKLOG)) {
		int error = errno;
		close(descriptor);
		errno = error;
		return -1;
	}
	return descriptor;
}

enum cpc_status cpc_listen(const char *text, const struct cpc_listen_options *options,
			   struct cpc_listening *ret_listening, struct cpc_error *reterr)
{
	struct cpc_listening listening = { .descriptor = -1 };
	struct cpc_socket_address address;
	enum cpc_status status = parse_allowed(text, options, &address, reterr);

	if (status)
		return status;
	if (address.u.any.sa_family == AF_UNIX) {
		status = cpc_listen_file(&address, options, &listening, reterr);
		if (status)
			return status;
	} else {
		listening.descriptor = open_socket(&address);
	}
	if (listening.descriptor < 0 || !describe(listening.descriptor, options->tls, &listening)) {
		status = refused(text, reterr);
		cpc_listen_close(&listening);
		return status;
	}
	*ret_listening = listening;
	return CPC_OK;
}

static bool is_listening_stream(int descriptor)
{
	int accepts = 0;
	int type = 0;
	socklen_t length = sizeof(int);

	if (getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &length))
		return false;
	length = sizeof(int);
	return accepts && getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) == 0 && type == SOCK_STREAM;
}

enum cpc_status cpc_listen_inherit(int descriptor, const struct cpc_listen_options *options,
				   struct cpc_listening *ret_listening, struct cpc_error *reterr)
{
	struct cpc_listening listening = { .inherited = true };

	if (!is_listening_stream(descriptor) || !describe(descriptor, options->tls, &listening))
		return cpc_fail(reterr, CPC_USAGE, 0,
				"descriptor %d: no stream socket that listens; ListenStream= makes one", descriptor);
	if (!options->far && !listening.near)
		return refuse_far(listening.url, reterr);
	const int flags = fcntl(descriptor, F_GETFL);
	if (flags < 0 || fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) || fcntl(descriptor, F_SETFD, FD_CLOEXEC))
		return cpc_fail(reterr, CPC_INTERNAL, 0, "%.60s: %s", listening.url, strerror(errno));
	*ret_listening = listening;
	return CPC_OK;
}
