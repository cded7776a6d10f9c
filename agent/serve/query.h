/* SPDX-License-Identifier: MIT */
#ifndef CPC_QUERY_H
#define CPC_QUERY_H

#include <stdbool.h>
#include <stddef.h>

#include <microhttpd.h>

#include <cpucompat/status.h>

#include "openapi.h"

/** What a query gave for each parameter of its operation, as it came; NULL for those that it did not give. */
struct cpc_query {
	const char *values[CPC_API_PARAMETERS_MAX];
};

/**
 * Read the query of a request. CPC_BAD_DATA, and the sentence that the client gets, where it gives
 * a parameter that the operation does not have, one twice, or lacks one that it must give. The values live as long
 * as the request.
 */
enum cpc_status cpc_query_read(struct MHD_Connection *connection, const struct cpc_api_operation *operation,
			       struct cpc_query *ret_query, struct cpc_error *reterr);

/**
 * Decode the value of a query parameter, once. libmicrohttpd has already turned
 * every `+` into a blank (and refuses real blanks in a request line), and a
 * fingerprint is full of `+`, so a blank is a `+` here. False where it does not fit, for broken escapes,
 * and for anything but printable ASCII. `ret_text` is then unspecified.
 */
bool cpc_query_decode(const char *value, char *ret_text, size_t size);

/**
 * Whether an If-None-Match or If-Match header (RFC 9110, 13.1) names this entity tag, quotes included. NULL does
 * not. A weak tag is taken for the strong one where `weakly` says so: If-None-Match compares like that.
 */
bool cpc_etag_matches(const char *header, const char *etag, bool weakly);

#endif
