/* SPDX-License-Identifier: MIT */
#include "routes.h"

#include <string.h>

#include "query.h"
#include "respond.h"

#define READ (CPC_GET | CPC_HEAD)

const struct cpc_route cpc_routes[] = {
	{ .path = "/", .methods = READ, .answer = cpc_answer_prepared, .reply = CPC_REPLY_PAGE },
	{ .path = "/v1/report", .methods = READ, .answer = cpc_answer_prepared, .reply = CPC_REPLY_REPORT },
	{ .path = "/v1/fingerprint", .methods = READ, .answer = cpc_answer_prepared, .reply = CPC_REPLY_FINGERPRINT },
	{ .path = "/v1/snapshot", .methods = READ, .answer = cpc_answer_prepared, .reply = CPC_REPLY_SNAPSHOT },
	{ .path = "/v1/compare", .methods = READ | CPC_POST, .answer = cpc_answer_compare },
	{ .path = "/metrics", .methods = READ, .answer = cpc_answer_prepared, .reply = CPC_REPLY_METRICS },
	{ .path = "/healthz", .methods = READ, .answer = cpc_answer_prepared, .reply = CPC_REPLY_HEALTH },
	{ .path = "/readyz", .methods = READ, .answer = cpc_answer_prepared, .reply = CPC_REPLY_READY },
};
const size_t cpc_route_count = sizeof(cpc_routes) / sizeof(*cpc_routes);

const struct cpc_route *cpc_route_at(const char *path)
{
	for (size_t i = 0; i < cpc_route_count; i++)
		if (strcmp(cpc_routes[i].path, path) == 0)
			return &cpc_routes[i];
	return NULL;
}

unsigned int cpc_method_named(const char *name)
{
	if (strcmp(name, MHD_HTTP_METHOD_GET) == 0)
		return CPC_GET;
	if (strcmp(name, MHD_HTTP_METHOD_HEAD) == 0)
		return CPC_HEAD;
	return strcmp(name, MHD_HTTP_METHOD_POST) == 0 ? CPC_POST : 0;
}

const char *cpc_route_allow(const struct cpc_route *route)
{
	return route->methods & CPC_POST ? "GET, HEAD, POST" : "GET, HEAD";
}

enum MHD_Result cpc_answer_prepared(const struct cpc_request *request)
{
	const struct cpc_reply *reply = &request->replies->items[request->route->reply];
	const char *known =
		MHD_lookup_connection_value(request->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_IF_NONE_MATCH);

	if (!reply->response)
		return cpc_respond_problem(request->connection, MHD_HTTP_NOT_FOUND,
					   "What this agent serves was made from a fingerprint and holds nothing to "
					   "print here.");
	/* The library sends no body with a 304, so the one response does for both. */
	return MHD_queue_response(request->connection,
				  cpc_etag_matches(known, reply->etag) ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK,
				  reply->response);
}
