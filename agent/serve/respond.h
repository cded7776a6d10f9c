/* SPDX-License-Identifier: MIT */
#ifndef CPC_RESPOND_H
#define CPC_RESPOND_H

#include <stdbool.h>

#include <microhttpd.h>

#include <cpucompat/buffer.h>

/** False without memory, or where libmicrohttpd finds the value malformed. */
bool cpc_add_header(struct MHD_Response *response, const char *name, const char *value);

/** A response that takes the bytes of `body` over; NULL without memory, and then the caller still has them. */
struct MHD_Response *cpc_make_response(struct cpc_buffer *body, const char *content_type);

/** Answer a request with a body of its own; the bytes are taken over in any case. MHD_NO closes the connection. */
enum MHD_Result cpc_respond(struct MHD_Connection *connection, unsigned int http_status, const char *content_type,
			    struct cpc_buffer *body);

/** Answer with an RFC 9457 problem document. */
__attribute__((format(printf, 3, 4))) enum MHD_Result
cpc_respond_problem(struct MHD_Connection *connection, unsigned int http_status, const char *format, ...);

/** The same for 405, which has to tell the methods that would do. */
enum MHD_Result cpc_respond_not_allowed(struct MHD_Connection *connection, const char *allow);

/** A 401 that any number of requests may be answered with; NULL without memory. `challenge` is what WWW-Authenticate
 * says. */
struct MHD_Response *cpc_make_unauthorized(const char *challenge, const char *detail);

#endif
