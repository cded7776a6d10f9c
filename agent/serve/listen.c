/* SPDX-License-Identifier: MIT */
#include "listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BACKLOG 511

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

static bool parse_v6(const char *host, in_port_t port, struct cpc_socket_address *address)
{
	address->u.v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6, .sin6_port = port };
	address->length = sizeof(address->u.v6);
	return inet_pton(AF_INET6, host, &address->u.v6.sin6_addr) == 1;
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

static bool is_loopback(const struct cpc_socket_address *address)
{
	if (address->u.any.sa_family == AF_INET6)
		return IN6_IS_ADDR_LOOPBACK(&address->u.v6.sin6_addr);
	return ntohl(address->u.v4.sin_addr.s_addr) >> 24 == 127;
}

enum cpc_status cpc_listen_parse(const char *text, struct cpc_socket_address *ret_address, struct cpc_error *reterr)
{
	struct cpc_socket_address address = { .length = 0 };
	char host[INET6_ADDRSTRLEN];
	const char *port_text;
	in_port_t port;
	bool v6;

	if (!split(text, host, &port_text, &v6) || !parse_port(port_text, &port) ||
	    !(v6 ? parse_v6(host, port, &address) : parse_v4(host, port, &address)))
		return cpc_fail(reterr, CPC_USAGE, 0,
				"%.60s: not an address to listen on; write 127.0.0.1:10789 or [::1]:10789", text);
	if (!is_loopback(&address))
		return cpc_fail(reterr, CPC_USAGE, 0,
				"%.60s: others could reach it, and this version has no access control; "
				"listen on 127.0.0.1 or [::1]",
				text);
	*ret_address = address;
	return CPC_OK;
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

/** Where the socket really is. */
static bool print_url(int descriptor, char ret_url[static CPC_URL_SIZE])
{
	struct cpc_socket_address address = { .length = sizeof(address.u) };
	char host[INET6_ADDRSTRLEN];

	if (getsockname(descriptor, &address.u.any, &address.length))
		return false;
	bool v6 = address.u.any.sa_family == AF_INET6;
	const void *number = v6 ? (const void *)&address.u.v6.sin6_addr : (const void *)&address.u.v4.sin_addr;
	in_port_t port = v6 ? address.u.v6.sin6_port : address.u.v4.sin_port;
	if (!inet_ntop(address.u.any.sa_family, number, host, sizeof(host)))
		return false;
	snprintf(ret_url, CPC_URL_SIZE, v6 ? "http://[%s]:%u/" : "http://%s:%u/", host, (unsigned int)ntohs(port));
	return true;
}

static int open_socket(const struct cpc_socket_address *address)
{
	const int on = 1;
	int descriptor = socket(address->u.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (descriptor < 0)
		return -1;
	/* On Linux this forgives sockets in TIME_WAIT and nothing else: a second listener is refused all the same. */
	setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (bind(descriptor, &address->u.any, address->length) || listen(descriptor, BACKLOG)) {
		int error = errno;
		close(descriptor);
		errno = error;
		return -1;
	}
	return descriptor;
}

enum cpc_status cpc_listen(const char *text, int *ret_descriptor, char ret_url[static CPC_URL_SIZE],
			   struct cpc_error *reterr)
{
	struct cpc_socket_address address;
	enum cpc_status status = cpc_listen_parse(text, &address, reterr);

	if (status)
		return status;
	int descriptor = open_socket(&address);
	if (descriptor < 0)
		return refused(text, reterr);
	if (!print_url(descriptor, ret_url)) {
		close(descriptor);
		return refused(text, reterr);
	}
	*ret_descriptor = descriptor;
	return CPC_OK;
}
