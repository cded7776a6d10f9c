/* SPDX-License-Identifier: MIT */
#ifndef CPC_LISTEN_H
#define CPC_LISTEN_H

#include <netinet/in.h>
#include <sys/socket.h>

#include <cpucompat/status.h>

/** Room for "http://[::1]:65535/" and a NUL. */
#define CPC_URL_SIZE 80

/** A numeric address, as the system calls want it. */
struct cpc_socket_address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} u;
	socklen_t length;
};

/**
 * Read `HOST:PORT` or `[V6]:PORT`: a numeric loopback address or `localhost`.
 * No name is resolved. Anything else is CPC_USAGE; so are addresses that others can
 * reach, until there is TLS and access control.
 */
enum cpc_status cpc_listen_parse(const char *text, struct cpc_socket_address *ret_address, struct cpc_error *reterr);

/**
 * Open a non-blocking listening socket; the caller closes it. `ret_url` says where,
 * with the port that was picked for port 0. CPC_UNAVAILABLE where the address is taken,
 * CPC_DENIED where this user may not have the port.
 */
enum cpc_status cpc_listen(const char *text, int *ret_descriptor, char ret_url[static CPC_URL_SIZE],
			   struct cpc_error *reterr);

#endif
