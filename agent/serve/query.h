/* SPDX-License-Identifier: MIT */
#ifndef CPC_QUERY_H
#define CPC_QUERY_H

#include <stdbool.h>
#include <stddef.h>

/**
 * Decode the value of a query parameter, once. libmicrohttpd has already turned
 * every `+` into a blank (and refuses real blanks in a request line), and a
 * fingerprint is full of `+`, so a blank is a `+` here. False where it does not fit, for broken escapes,
 * and for anything but printable ASCII. `ret_text` is then unspecified.
 */
bool cpc_query_decode(const char *value, char *ret_text, size_t size);

/** Whether an If-None-Match header (RFC 9110, 13.1.2) names this entity tag, quotes included. NULL does not. */
bool cpc_etag_matches(const char *header, const char *etag);

#endif
