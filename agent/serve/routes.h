/* SPDX-License-Identifier: MIT */
#ifndef CPC_ROUTES_H
#define CPC_ROUTES_H

#include <stdbool.h>
#include <stddef.h>

#include <microhttpd.h>

#include "openapi.h"
#include "replies.h"
#include "schema.h"

/** Methods of a route, a bit each. HEAD goes wherever GET does. */
enum cpc_method { CPC_GET = 1, CPC_HEAD = 2, CPC_POST = 4 };

struct cpc_route;

/** A whole request, ready to be answered. Borrows everything. */
struct cpc_request {
	struct MHD_Connection *connection;
	const struct cpc_route *route;
	enum cpc_method method;
	const struct cpc_replies *replies;
	const char *body; /**< of a POST; not NUL-terminated, NULL where empty */
	size_t body_length;
};

/** A row of the table in routes.c. */
struct cpc_route {
	unsigned int methods;
	const char *path; /**< matched byte for byte: no escapes, no trailing slash */
	/** Queue an answer. MHD_NO closes the connection. */
	enum MHD_Result (*answer)(const struct cpc_request *request);
	enum cpc_reply_id reply;   /**< for cpc_answer_prepared() */
	unsigned int alternatives; /**< so many replies after it are other representations, for Accept to choose */
	const struct cpc_shape_names *formats; /**< the replies from it on by name, for the first parameter to choose */
	struct cpc_api_operation read;	       /**< GET, and HEAD */
	struct cpc_api_operation post;
	const struct cpc_schema *schema; /**< of what a 200 holds; NULL where that is no JSON */
	/** Why there may be nothing to print here, as a sentence: 404; NULL where there always is something. */
	const char *lacks;
};

extern const struct cpc_route cpc_routes[];
extern const size_t cpc_route_count;

/** The row of a path, or NULL. */
const struct cpc_route *cpc_route_at(const char *path);

/** The method of that name; 0 for all others. */
unsigned int cpc_method_named(const char *name);

/** What Allow says of a route. */
const char *cpc_route_allow(const struct cpc_route *route);

/** Where a query of /v1/compare has its parameters. */
enum { CPC_COMPARE_POLICY, CPC_COMPARE_WITH };

/** Handlers. */
enum MHD_Result cpc_answer_prepared(const struct cpc_request *request);
enum MHD_Result cpc_answer_compare(const struct cpc_request *request);

#endif
