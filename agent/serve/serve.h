/* SPDX-License-Identifier: MIT */
#ifndef CPC_SERVE_H
#define CPC_SERVE_H

#include <stdbool.h>
#include <stddef.h>

#include <cpucompat/peer.h>
#include <cpucompat/status.h>

#define CPC_LISTEN_DEFAULT "127.0.0.1:10789"
#define CPC_LISTEN_MAX 16

/** Rows of serving.public at most. */
#define CPC_PUBLIC_MAX 64

/** A running server: the only users of libmicrohttpd are behind it. */
struct cpc_server;

/**
 * Where, how and to whom to serve. Borrowed for the call that takes it, but for the functions and their
 * context, which live as long as the server. NULL, 0 and false where a thing is not wanted.
 *
 * An address that other machines can reach is refused without both a certificate and a credential (tokens,
 * or authorities of client certificates), unless `insecure` is set.
 */
struct cpc_serving {
	const char *const *listen; /**< `V4:PORT`, `[V6]:PORT`, `unix:PATH`; port 0 picks one */
	size_t listen_count;
	const int *inherited; /**< sockets that listen already, over TCP or unix; the server's from the start on */
	size_t inherited_count;
	unsigned int socket_mode; /**< of the files of unix sockets; 0: 0660 */
	const char *socket_group; /**< of those files: a name or a number */
	bool insecure;

	const char *tls_certificate; /**< file, PEM, its chain behind it; then TCP speaks TLS, loopback too */
	const char *tls_key;	     /**< file, PEM; with the certificate */
	const char *tls_client_ca;   /**< file, PEM: who may sign a client's certificate, which then is a credential */
	bool tls_client_required;    /**< a client without one gets no connection */

	const char *tokens;	   /**< file; see tokens.h */
	const char *const *public; /**< paths that need no credential, or `all`, or `none`; count 0: see access.h */
	size_t public_count;

	void (*log)(void *context, const char *line);  /**< one line a request, from the server's threads */
	void (*warn)(void *context, const char *line); /**< what somebody should look at, from the caller's thread */
	void *log_context;

	/** Called when every address is open and before the first thread starts: what needs privileges is done then. A
	 * failure of it is the server's. NULL for nothing. */
	enum cpc_status (*opened)(void *context, struct cpc_error *reterr);
	void *opened_context;
};

/** Whether the server would start with this, as far as that can be said without listening. */
enum cpc_status cpc_serving_check(const struct cpc_serving *serving, struct cpc_error *reterr);

/**
 * Start to listen on each address. Requests are answered by a thread of its own from
 * replies prepared for what is `published`, which is only borrowed for the call. Fails with
 * CPC_UNAVAILABLE where an address is taken, CPC_USAGE where it is none, or where others could reach it
 * and nothing keeps them out; files have the errors of access.h and tls.h. On failure inherited sockets are the
 * caller's again. The caller stops it with cpc_server_stop().
 */
enum cpc_status cpc_server_start(const struct cpc_serving *serving, const struct cpc_published *published,
				 struct cpc_server **ret_server, struct cpc_error *reterr);

/**
 * The address to open, "http://127.0.0.1:10789/", "https://..." or "unix:PATH", of the nth listener, inherited ones
 * first; NULL beyond. Lives as long as the server.
 */
const char *cpc_server_url(const struct cpc_server *server, size_t n);

/** Swap in the replies of a new report or of other peers; requests in flight keep the old ones. */
enum cpc_status cpc_server_update(struct cpc_server *server, const struct cpc_published *published,
				  struct cpc_error *reterr);

/**
 * Read the files of the certificate, its authorities and the tokens again, and take over who may read what and what is
 * logged. No connection is dropped: those that are there keep their TLS session, and their tokens and client
 * certificates are looked at anew. What cannot be had stays as it was, each part alone: a broken
 * certificate does not keep a token alive. Where it listens does not change. On failure
 * `reterr` has one reason, `serving.warn` the others.
 */
enum cpc_status cpc_server_reload(struct cpc_server *server, const struct cpc_serving *serving,
				  struct cpc_error *reterr);

/** Stop, and wait for requests in flight, for less than a second. Inherited sockets go on listening for whoever
 * else has them. NULL is fine. */
void cpc_server_stop(struct cpc_server *server);

#endif
