/* SPDX-License-Identifier: MIT */
/* GET and POST /v1/compare: this host is a, what the client gave is b. No address that a client names is ever fetched.
 */
#include <stdlib.h>
#include <string.h>

#include <cpucompat/compare.h>
#include <cpucompat/policy.h>

#include "formats.h"
#include "query.h"
#include "render.h"
#include "respond.h"
#include "routes.h"

/** Longest policy name that is looked for. */
#define POLICY_SIZE 64

/** Longest body of fingerprints that is read: one and its comments. */
#define LIST_MAX ((size_t)4 * CPC_FINGERPRINT_SIZE)

static enum cpc_status find_policy(const char *value, const struct cpc_policy **ret_policy, struct cpc_error *reterr)
{
	char name[POLICY_SIZE];

	if (!value) {
		*ret_policy = cpc_policy_named(CPC_POLICY_DEFAULT);
		return CPC_OK;
	}
	if (!cpc_query_decode(value, name, sizeof(name)))
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "The parameter \"policy\" is no policy's name.");
	*ret_policy = cpc_policy_named(name);
	if (*ret_policy)
		return CPC_OK;
	return cpc_fail(reterr, CPC_BAD_DATA, 0, "There is no policy \"%s\"; `cpucompat list policies` names them all.",
			name);
}

/** The value as the client wrote it, before libmicrohttpd made blanks of its `+`. */
static bool verbatim(const char *value, char ret_text[static CPC_FINGERPRINT_SIZE])
{
	const size_t length = strlen(value);

	if (length >= CPC_FINGERPRINT_SIZE)
		return false;
	for (size_t i = 0; i <= length; i++)
		ret_text[i] = value[i] == ' ' ? '+' : value[i];
	return true;
}

/**
 * The fingerprint of a query. A vendor's blank is `%20` within the text itself, so
 * a client that encodes sends `%2520`; one that pastes the text as it stands sends
 * `%20`, which decodes to something that never is a fingerprint, and is then taken as it stands.
 */
static enum cpc_status read_query(const char *value, struct cpc_captures *captures, struct cpc_error *reterr)
{
	char text[CPC_FINGERPRINT_SIZE];
	struct cpc_fingerprint fingerprint;

	if (!cpc_query_decode(value, text, sizeof(text)))
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "not a percent-encoded fingerprint");
	enum cpc_status status = cpc_fingerprint_parse(text, strlen(text), &fingerprint, reterr);
	if (status && (!verbatim(value, text) || cpc_fingerprint_parse(text, strlen(text), &fingerprint, NULL)))
		return status;
	return cpc_read(text, strlen(text), captures, reterr);
}

/** Whether a body is a list of fingerprints too long to hold but one: each would take memory a hundredfold. */
static bool is_long_list(const char *bytes, size_t length)
{
	const struct cpc_format *format = length > LIST_MAX ? cpc_format_of(bytes, length) : NULL;

	return format && strcmp(format->name, "fingerprint") == 0;
}

static enum cpc_status read_body(const struct cpc_request *request, struct cpc_captures *captures,
				 struct cpc_error *reterr)
{
	const char *body = request->body ? request->body : "";

	if (is_long_list(body, request->body_length))
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "holds many hosts; send one");
	enum cpc_status status = cpc_read(body, request->body_length, captures, reterr);
	if (!status && captures->count != 1)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "holds %zu hosts; send one", captures->count);
	return status;
}

static enum cpc_status compare(const struct cpc_request *request, const struct cpc_capture *given,
			       const struct cpc_policy *policy, struct cpc_buffer *out, struct cpc_error *reterr)
{
	const struct cpc_report *own = &request->replies->report;
	const struct cpc_comparison_format *format = cpc_comparison_format_named("json");
	const struct cpc_style style = { .verbose = true, .width = 120 };
	struct cpc_comparison comparison;
	struct cpc_report report;

	if (!format)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "no format named json");
	cpc_report_of(given, &report);
	const struct cpc_side a = cpc_side_of(own);
	const struct cpc_side b = cpc_side_of(&report);
	enum cpc_status status = cpc_compare(&a, &b, policy, &comparison, reterr);
	if (!status) {
		const struct cpc_comparison_view view = {
			.a_name = own->capture->host_name[0] ? own->capture->host_name : "self",
			.b_name = request->method == CPC_POST ? "body" : "with",
			.a = own,
			.b = &report,
			.comparison = &comparison,
		};
		status = format->render(&view, &style, out, reterr);
	}
	cpc_comparison_free(&comparison);
	return status;
}

static enum MHD_Result refuse(const struct cpc_request *request, const char *subject, const struct cpc_error *error)
{
	const unsigned int http_status =
		error->status == CPC_INTERNAL ? MHD_HTTP_INTERNAL_SERVER_ERROR : MHD_HTTP_BAD_REQUEST;

	if (error->line)
		return cpc_respond_problem(request->connection, http_status, "%s: line %zu: %s", subject, error->line,
					   error->what);
	return cpc_respond_problem(request->connection, http_status, "%s%s%s", subject, *subject ? ": " : "",
				   error->what);
}

/** With a good policy: read the other side and answer. */
static enum MHD_Result answer(const struct cpc_request *request, const char *with, const struct cpc_policy *policy)
{
	const bool post = request->method == CPC_POST;
	struct cpc_captures captures = { .count = 0 };
	struct cpc_buffer out = { .length = 0 };
	struct cpc_error error = { .status = CPC_INTERNAL };
	const char *subject = post ? "body" : "with";
	enum cpc_status status = post ? read_body(request, &captures, &error) : read_query(with, &captures, &error);

	if (!status) {
		subject = "";
		status = compare(request, &captures.items[0], policy, &out, &error);
	}
	cpc_captures_free(&captures);
	if (!status)
		return cpc_respond(request->connection, MHD_HTTP_OK, "application/json", &out);
	cpc_buffer_free(&out);
	return refuse(request, subject, &error);
}

enum MHD_Result cpc_answer_compare(const struct cpc_request *request)
{
	const struct cpc_route *route = request->route;
	const struct cpc_policy *policy = NULL;
	struct cpc_query query;
	struct cpc_error error = { .status = CPC_INTERNAL };

	if (cpc_query_read(request->connection, request->method == CPC_POST ? &route->post : &route->read, &query,
			   &error) ||
	    find_policy(query.values[CPC_COMPARE_POLICY], &policy, &error))
		return refuse(request, "", &error);
	return answer(request, query.values[CPC_COMPARE_WITH], policy);
}
