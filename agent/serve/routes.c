/* SPDX-License-Identifier: MIT */
#include "routes.h"

#include <string.h>
#include <strings.h>

#include <cpucompat/policy.h>

#include "negotiate.h"
#include "query.h"
#include "respond.h"

/** Longest name of a format that is looked for. */
#define FORMAT_SIZE 32

#define READ (CPC_GET | CPC_HEAD)
#define PREPARED .methods = READ, .answer = cpc_answer_prepared

#define POLICY                                                                                                         \
	{                                                                                                              \
		.name = "policy", .what = "how the platform decides; " CPC_POLICY_DEFAULT " where none is given",      \
		.shape = &cpc_shape_policy                                                                             \
	}

static const struct cpc_api_parameter compare_parameters[CPC_API_PARAMETERS_MAX + 1] = {
	[CPC_COMPARE_POLICY] = POLICY,
	[CPC_COMPARE_WITH] = { .name = "with",
			       .required = true,
			       .what = "the other host's fingerprint, /v1/compare?with=FINGERPRINT",
			       .shape = &cpc_shape_fingerprint },
};

static const struct cpc_api_parameter post_parameters[CPC_API_PARAMETERS_MAX + 1] = {
	[CPC_COMPARE_POLICY] = POLICY,
};

static const struct cpc_api_parameter peers_parameters[CPC_API_PARAMETERS_MAX + 1] = {
	{ .name = "format",
	  .what = "http_sd for the list that Prometheus takes; json where none is given",
	  .shape = &cpc_shape_peers_format },
};

const struct cpc_route cpc_routes[] = {
	{ .path = "/", PREPARED, .reply = CPC_REPLY_PAGE, .read = { .id = "page", .summary = "A page for people" } },
	{ .path = "/v1/report",
	  PREPARED,
	  .reply = CPC_REPLY_REPORT,
	  .schema = &cpc_schema_report,
	  .read = { .id = "report", .summary = "All that is known of this host's processor" } },
	{ .path = "/v1/fingerprint",
	  PREPARED,
	  .reply = CPC_REPLY_FINGERPRINT,
	  .read = { .id = "fingerprint", .summary = "The line that comparisons are made of" } },
	{ .path = "/v1/snapshot",
	  PREPARED,
	  .reply = CPC_REPLY_SNAPSHOT,
	  .lacks = "What this agent serves was made from a fingerprint and holds no leaves to print.",
	  .read = { .id = "snapshot", .summary = "Every CPUID answer, as `cpuid -r` prints them" } },
	{ .path = "/v1/compare",
	  .methods = READ | CPC_POST,
	  .answer = cpc_answer_compare,
	  .schema = &cpc_schema_comparison,
	  .read = { .id = "compare",
		    .summary = "This host, a, compared with the fingerprint of another, b",
		    .parameters = compare_parameters },
	  .post = { .id = "compare_body",
		    .summary = "This host, a, compared with the host in the body, b",
		    .parameters = post_parameters,
		    .body = "A report, a CPUID dump of any format that cpucompat reads, or one fingerprint: recognised "
			    "by content, whatever Content-Type says." } },
	{ .path = "/v1/peers",
	  PREPARED,
	  .reply = CPC_REPLY_PEERS,
	  .formats = &cpc_shape_peers_format.names,
	  .schema = &cpc_schema_peers,
	  .read = { .id = "peers",
		    .summary = "The configured peers, and how their hosts and this one relate",
		    .parameters = peers_parameters } },
	{ .path = "/v1/fleet",
	  PREPARED,
	  .reply = CPC_REPLY_FLEET,
	  .lacks = "There are too many different hosts among the peers; `cpucompat fleet` takes any number.",
	  .schema = &cpc_schema_fleet,
	  .read = { .id = "fleet", .summary = "This host and the peers that answer, as a fleet" } },
	{ .path = "/v1/ready",
	  PREPARED,
	  .reply = CPC_REPLY_TABLE,
	  .schema = &cpc_schema_ready,
	  .read = { .id = "ready_table",
		    .summary = "What live migration asks of this host, and what was found on it" } },
	{ .path = "/metrics",
	  PREPARED,
	  .reply = CPC_REPLY_METRICS,
	  .alternatives = 1,
	  .read = { .id = "metrics", .summary = "The same for Prometheus: its text, or OpenMetrics by Accept" } },
	{ .path = "/healthz",
	  PREPARED,
	  .reply = CPC_REPLY_HEALTH,
	  .read = { .id = "health", .summary = "The agent answers" } },
	{ .path = "/readyz",
	  PREPARED,
	  .reply = CPC_REPLY_READY,
	  .read = { .id = "ready", .summary = "The agent has a fingerprint" } },
	{ .path = "/openapi.json",
	  PREPARED,
	  .reply = CPC_REPLY_OPENAPI,
	  .schema = &cpc_schema_openapi,
	  .read = { .id = "openapi", .summary = "This contract" } },
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

/** What Accept says of each representation of a route. */
struct choice {
	const struct cpc_route *route;
	struct cpc_preference preferences[CPC_API_CONTENTS_MAX];
};

static enum MHD_Result read_accept(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct choice *choice = context;

	(void)kind;
	if (!value || strcasecmp(name, MHD_HTTP_HEADER_ACCEPT) != 0)
		return MHD_YES;
	for (unsigned int i = 0; i <= choice->route->alternatives; i++)
		cpc_preference_read(&choice->preferences[i], value, cpc_reply_content_type(choice->route->reply + i));
	return MHD_YES;
}

/** The representation that the client likes best; the first where it says nothing, or likes none. */
static const struct cpc_reply *choose(const struct cpc_request *request)
{
	const struct cpc_reply *first = &request->replies->items[request->route->reply];
	struct choice choice = { .route = request->route };
	unsigned int best = 0;

	if (!request->route->alternatives)
		return first;
	MHD_get_connection_values(request->connection, MHD_HEADER_KIND, read_accept, &choice);
	for (unsigned int i = 1; i <= request->route->alternatives; i++)
		if (cpc_preference_beats(&choice.preferences[i], &choice.preferences[best]))
			best = i;
	return first + best;
}

/** The reply of the format that a query names; NULL where there is none of that name. */
static const struct cpc_reply *named(const struct cpc_request *request, const char *value)
{
	const struct cpc_shape_names *formats = request->route->formats;
	char name[FORMAT_SIZE];

	for (unsigned int i = formats->first; cpc_query_decode(value, name, sizeof(name)) && i <= formats->last; i++)
		if (strcmp(formats->of(i), name) == 0)
			return &request->replies->items[request->route->reply + i];
	return NULL;
}

/** What a request makes of an entity tag (RFC 9110, 13.1); a header may come in several lines. */
struct conditions {
	const char *etag;
	bool none_match; /**< If-None-Match names it */
	bool has_match;	 /**< there is an If-Match ... */
	bool match;	 /**< ... that names it */
};

static enum MHD_Result read_condition(void *context, enum MHD_ValueKind kind, const char *name, const char *value)
{
	struct conditions *conditions = context;

	(void)kind;
	if (strcasecmp(name, MHD_HTTP_HEADER_IF_NONE_MATCH) == 0) {
		conditions->none_match |= cpc_etag_matches(value, conditions->etag, true);
	} else if (strcasecmp(name, MHD_HTTP_HEADER_IF_MATCH) == 0) {
		conditions->has_match = true;
		conditions->match |= cpc_etag_matches(value, conditions->etag, false);
	}
	return MHD_YES;
}

enum MHD_Result cpc_answer_prepared(const struct cpc_request *request)
{
	const struct cpc_reply *reply = choose(request);
	struct conditions conditions = { .etag = NULL };
	struct cpc_query query;
	struct cpc_error error;

	if (cpc_query_read(request->connection, &request->route->read, &query, &error))
		return cpc_respond_problem(request->connection, MHD_HTTP_BAD_REQUEST, "%s", error.what);
	if (request->route->formats && query.values[0])
		reply = named(request, query.values[0]);
	if (!reply)
		return cpc_respond_problem(request->connection, MHD_HTTP_BAD_REQUEST,
					   "There is no such format; /openapi.json names them all.");
	conditions.etag = reply->etag;
	if (!reply->response)
		return cpc_respond_problem(request->connection, MHD_HTTP_NOT_FOUND, "%s",
					   request->route->lacks ? request->route->lacks
								 : "There is nothing to print here.");
	MHD_get_connection_values(request->connection, MHD_HEADER_KIND, read_condition, &conditions);
	if (conditions.has_match && !conditions.match)
		return cpc_respond_problem(request->connection, MHD_HTTP_PRECONDITION_FAILED,
					   "If-Match names another representation than this: %s.", reply->etag);
	/* The library sends no body with a 304, so the one response does for both. */
	return MHD_queue_response(request->connection, conditions.none_match ? MHD_HTTP_NOT_MODIFIED : MHD_HTTP_OK,
				  reply->response);
}
