/* SPDX-License-Identifier: MIT */
/*
 * Who may ask for what. A path is public or it is not, by the listener that a request came in by: near ones
 * (loopback, unix sockets) show all and far ones /healthz alone, unless `public` says
 * otherwise. What is not public takes a credential: a bearer token, or a client
 * certificate that was verified. Where far addresses are open without any credential (`insecure`), they
 * show all as well: nobody could give one.
 *
 * The credential is looked at before the path is, so that who has none learns nothing of what is there.
 * A guess costs a digest and a comparison with every row, no memory and no wait; a token is to
 * be long and random, and nobody is locked out.
 */
#ifndef CPC_ACCESS_H
#define CPC_ACCESS_H

#include <stdatomic.h>
#include <stdbool.h>

#include <microhttpd.h>

#include <cpucompat/status.h>

#include "routes.h"
#include "serve.h"
#include "tokens.h"

/** Paths that need no credential. */
struct cpc_public {
	bool all;
	uint64_t routes; /**< a bit for each row of the table of routes */
};

/** What a credential was. */
enum cpc_admission { CPC_ADMITTED, CPC_NO_CREDENTIAL, CPC_BAD_CREDENTIAL, CPC_ADMISSION_COUNT };

/** All of it, as it was read at one time. Immutable but for the count. */
struct cpc_access {
	atomic_uint references;
	struct cpc_tokens tokens;
	struct cpc_public near;
	struct cpc_public far;
	struct MHD_Response *refusals[CPC_ADMISSION_COUNT]; /**< 401, made once, so that it costs little */
	void (*log)(void *context, const char *line);	    /**< NULL: requests are not logged */
	void *log_context;
};

/** Whether anything is configured that a client could show. */
bool cpc_access_has_credential(const struct cpc_serving *serving);

/** Read it, with the one reference of the caller. The errors of cpc_secret_read() and cpc_tokens_parse(), CPC_USAGE for
 * a `public` that is no path. */
enum cpc_status cpc_access_make(const struct cpc_serving *serving, struct cpc_access **ret_access,
				struct cpc_error *reterr);

/** Give a reference back; the last one releases it. NULL is fine. */
void cpc_access_release(struct cpc_access *access);

/** Whether a path may be read without a credential. */
bool cpc_access_is_public(const struct cpc_access *access, bool near, const char *path);

/** Look at the Authorization header of a request. `ret_name` says whose token it is; it lives as long as `access`. */
enum cpc_admission cpc_access_admit(const struct cpc_access *access, struct MHD_Connection *connection,
				    const char **ret_name);

#endif
