/* SPDX-License-Identifier: MIT */
/* What the table of routes promises, and what may come instead. tests/openapi/ holds a running agent to both. */
#include "api.h"

#include "openapi.h"
#include "routes.h"

#define ROUTES_MAX 32

static const struct cpc_api_failure failures[] = {
	{ .status = 400,
	  .scope = CPC_API_ON_ALL,
	  .form = CPC_API_PROBLEM | CPC_API_LIBRARY,
	  .what = "The query or the body is not what this takes, or the request is malformed; then the connection ends "
		  "with it." },
	{ .status = 401,
	  .scope = CPC_API_ON_ALL,
	  .form = CPC_API_PROBLEM,
	  .header = "WWW-Authenticate",
	  .what = "The agent wants a credential to be asked this, and none of those that came is one." },
	{ .status = 404,
	  .scope = CPC_API_ON_LACKING,
	  .form = CPC_API_PROBLEM,
	  .what = "There is nothing at this address, or nothing to print there." },
	{ .status = 405,
	  .scope = CPC_API_ON_ALL,
	  .form = CPC_API_PROBLEM,
	  .header = "Allow",
	  .what = "Any other method." },
	{ .status = 412,
	  .scope = CPC_API_ON_CONDITIONAL,
	  .form = CPC_API_PROBLEM,
	  .what = "If-Match does not name the representation as it is." },
	{ .status = 408,
	  .scope = CPC_API_ON_ALL,
	  .form = CPC_API_PROBLEM,
	  .what = "The request did not come within 10 seconds, or its body within another 10; the connection ends." },
	{ .status = 413, .scope = CPC_API_ON_POST, .form = CPC_API_PROBLEM, .what = "The body is larger than 1 MiB." },
	{ .status = 414,
	  .scope = CPC_API_ON_ALL,
	  .form = CPC_API_PROBLEM | CPC_API_LIBRARY,
	  .what = "The request line is too long." },
	{ .status = 431,
	  .scope = CPC_API_ON_ALL,
	  .form = CPC_API_PROBLEM | CPC_API_LIBRARY,
	  .what = "The headers are too long or too many." },
	{ .status = 500, .scope = CPC_API_ON_MADE, .form = CPC_API_PROBLEM, .what = "The agent is out of memory." },
	{ .status = 503, .scope = CPC_API_ON_POST, .form = CPC_API_PROBLEM, .what = "Too many bodies are being read." },
};

static struct cpc_api_route describe(const struct cpc_route *route)
{
	struct cpc_api_route described = {
		.path = route->path,
		.read = route->read,
		.post = route->post,
		.conditional = route->answer == cpc_answer_prepared,
		.may_lack = route->lacks != NULL,
	};

	for (unsigned int i = 0; i <= route->alternatives && i < CPC_API_CONTENTS_MAX; i++) {
		described.contents[i].schema = route->schema;
		described.contents[i].type =
			described.conditional ? cpc_reply_content_type(route->reply + i) : "application/json";
		described.content_count++;
	}
	return described;
}

enum cpc_status cpc_api_render(const struct cpc_published *published, struct cpc_buffer *out, struct cpc_error *reterr)
{
	struct cpc_api_route routes[ROUTES_MAX];
	const struct cpc_api api = {
		.routes = routes,
		.route_count = cpc_route_count,
		.failures = failures,
		.failure_count = sizeof(failures) / sizeof(*failures),
	};

	(void)published;
	if (cpc_route_count > ROUTES_MAX)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "more than %d routes", ROUTES_MAX);
	for (size_t i = 0; i < cpc_route_count; i++)
		routes[i] = describe(&cpc_routes[i]);
	return cpc_render_openapi(&api, out, reterr);
}
