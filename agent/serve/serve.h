/* SPDX-License-Identifier: MIT */
#ifndef CPC_SERVE_H
#define CPC_SERVE_H

#include <stddef.h>

#include <cpucompat/peer.h>
#include <cpucompat/status.h>

#define CPC_LISTEN_DEFAULT "127.0.0.1:10789"
#define CPC_LISTEN_MAX 16

/** A running server: the only users of libmicrohttpd are behind it. */
struct cpc_server;

/** Where and how to serve. Borrowed for the call that takes it. */
struct cpc_serving {
	const char *const *listen; /**< `HOST:PORT`, `[V6]:PORT`; port 0 picks one */
	size_t listen_count;	   /**< 1 to CPC_LISTEN_MAX */
};

/**
 * Start to listen on each address. Requests are answered by a thread of its own from
 * replies prepared for what is `published`, which is only borrowed for the call. Fails with
 * CPC_UNAVAILABLE where an address is taken, CPC_USAGE where it is none. The
 * caller stops it with cpc_server_stop().
 */
enum cpc_status cpc_server_start(const struct cpc_serving *serving, const struct cpc_published *published,
				 struct cpc_server **ret_server, struct cpc_error *reterr);

/** The address to open, "http://127.0.0.1:10789/", of the nth listener; NULL beyond. Lives as long as the server. */
const char *cpc_server_url(const struct cpc_server *server, size_t n);

/** Swap in the replies of a new report or of other peers; requests in flight keep the old ones. */
enum cpc_status cpc_server_update(struct cpc_server *server, const struct cpc_published *published,
				  struct cpc_error *reterr);

/** Stop, and wait for requests in flight, for less than a second. NULL is fine. */
void cpc_server_stop(struct cpc_server *server);

#endif
