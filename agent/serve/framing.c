/* SPDX-License-Identifier: MIT */
/*
 * Where a request says that it ends, for those who have to know whether a body comes. The faults are
 * those that wire.c finds before the parser; here they are looked for once more, in what libmicrohttpd (0.9.75,
 * strict or not) has made of the headers, for a build that can only link its shared library and so has no wire. That
 * finds repeated headers and lengths, control characters, lengths beside chunked; not what the parser has hidden.
 */
#include "framing.h"

#include <string.h>
#include <strings.h>

static bool parse_length(const char *text, uint64_t *ret_length)
{
	uint64_t length = 0;

	if (*text == '\0')
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9')
			return false;
		uint64_t digit = (uint64_t)(*text - '0');
		length = length > (UINT64_MAX - digit) / 10 ? UINT64_MAX : length * 10 + digit;
	}
	*ret_length = length;
	return true;
}

static bool has_control(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (((unsigned char)text[i] < 0x20 && text[i] != '\t') || text[i] == 0x7f)
			return true;
	return false;
}

static enum MHD_Result look(void *context, enum MHD_ValueKind kind, const char *key, size_t key_size, const char *value,
			    size_t value_size)
{
	struct cpc_framing *framing = context;

	(void)kind;
	if (!value)
		value = "";
	if (has_control(key, key_size) || has_control(value, value_size))
		framing->malformed = CPC_FAULT_VALUE;
	if (strcasecmp(key, MHD_HTTP_HEADER_HOST) == 0) {
		framing->hosts++;
	} else if (strcasecmp(key, MHD_HTTP_HEADER_CONTENT_LENGTH) == 0) {
		framing->lengths++;
		if (!parse_length(value, &framing->length))
			framing->malformed = CPC_FAULT_LENGTH;
	} else if (strcasecmp(key, MHD_HTTP_HEADER_TRANSFER_ENCODING) == 0) {
		framing->encodings++;
		framing->chunked = strcasecmp(value, "chunked") == 0;
	} else if (strcasecmp(key, MHD_HTTP_HEADER_EXPECT) == 0) {
		framing->waits = true;
	}
	return MHD_YES;
}

void cpc_framing_of(struct MHD_Connection *connection, struct cpc_framing *ret_framing)
{
	*ret_framing = (struct cpc_framing){ .hosts = 0 };
	MHD_get_connection_values_n(connection, MHD_HEADER_KIND, look, ret_framing);
}

enum cpc_fault cpc_framing_fault(const struct cpc_framing *framing, const char *version)
{
	const bool old = strcmp(version, MHD_HTTP_VERSION_1_0) == 0;

	if (!old && strcmp(version, MHD_HTTP_VERSION_1_1) != 0)
		return CPC_FAULT_VERSION;
	if (framing->hosts > 1)
		return CPC_FAULT_HOSTS;
	if (framing->hosts == 0 && !old)
		return CPC_FAULT_NO_HOST;
	if (framing->lengths > 1)
		return CPC_FAULT_LENGTHS;
	if (framing->encodings && framing->lengths)
		return CPC_FAULT_LENGTH_AND_ENCODING;
	if (framing->encodings > 1)
		return CPC_FAULT_ENCODINGS;
	if (framing->encodings && !framing->chunked)
		return CPC_FAULT_ENCODING;
	return framing->malformed;
}

bool cpc_framing_has_body(const struct cpc_framing *framing)
{
	return framing->encodings || (framing->lengths && framing->length);
}
