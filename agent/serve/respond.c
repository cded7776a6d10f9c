/* SPDX-License-Identifier: MIT */
#include "respond.h"

#include <stdarg.h>
#include <stdio.h>

#include "render.h"

bool cpc_add_header(struct MHD_Response *response, const char *name, const char *value)
{
	return MHD_add_response_header(response, name, value) == MHD_YES;
}

struct MHD_Response *cpc_make_response(struct cpc_buffer *body, const char *content_type)
{
	struct MHD_Response *response =
		MHD_create_response_from_buffer(body->length, body->bytes, MHD_RESPMEM_MUST_FREE);

	if (!response)
		return NULL;
	*body = (struct cpc_buffer){ .length = 0 };
	if (cpc_add_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, content_type) &&
	    cpc_add_header(response, "X-Content-Type-Options", "nosniff"))
		return response;
	MHD_destroy_response(response);
	return NULL;
}

static enum MHD_Result queue(struct MHD_Connection *connection, unsigned int http_status, const char *allow,
			     struct MHD_Response *response)
{
	enum MHD_Result result = MHD_NO;

	if (!response)
		return MHD_NO;
	if ((!allow || cpc_add_header(response, MHD_HTTP_HEADER_ALLOW, allow)) &&
	    cpc_add_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store"))
		result = MHD_queue_response(connection, http_status, response);
	MHD_destroy_response(response);
	return result;
}

enum MHD_Result cpc_respond(struct MHD_Connection *connection, unsigned int http_status, const char *content_type,
			    struct cpc_buffer *body)
{
	struct MHD_Response *response = body->failed ? NULL : cpc_make_response(body, content_type);

	cpc_buffer_free(body);
	return queue(connection, http_status, NULL, response);
}

/** NULL without memory. */
static struct MHD_Response *make_problem(unsigned int http_status, const char *detail)
{
	struct cpc_buffer body = { .length = 0 };
	struct MHD_Response *response = NULL;

	if (!cpc_render_problem(http_status, MHD_get_reason_phrase_for(http_status), detail, &body))
		response = cpc_make_response(&body, "application/problem+json");
	cpc_buffer_free(&body);
	return response;
}

enum MHD_Result cpc_respond_problem(struct MHD_Connection *connection, unsigned int http_status, const char *format,
				    ...)
{
	char detail[320];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(detail, sizeof(detail), format, arguments);
	va_end(arguments);
	return queue(connection, http_status, NULL, make_problem(http_status, detail));
}

enum MHD_Result cpc_respond_not_allowed(struct MHD_Connection *connection, const char *allow)
{
	const unsigned int http_status = MHD_HTTP_METHOD_NOT_ALLOWED;
	char detail[96];

	snprintf(detail, sizeof(detail), "This address takes %s.", allow);
	return queue(connection, http_status, allow, make_problem(http_status, detail));
}

struct MHD_Response *cpc_make_unauthorized(const char *challenge, const char *detail)
{
	struct MHD_Response *response = make_problem(MHD_HTTP_UNAUTHORIZED, detail);

	if (!response || (cpc_add_header(response, MHD_HTTP_HEADER_WWW_AUTHENTICATE, challenge) &&
			  cpc_add_header(response, MHD_HTTP_HEADER_CACHE_CONTROL, "no-store")))
		return response;
	MHD_destroy_response(response);
	return NULL;
}
