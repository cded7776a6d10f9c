/* SPDX-License-Identifier: MIT */
#include "query.h"

#include <stdio.h>
#include <string.h>

#include "lines.h"

/** The character at `*at`, escaped or not; `*at` moves behind it. -1 for a broken escape. */
static int take(const char **at)
{
	const char *from = *at;

	if (*from != '%') {
		*at += 1;
		return *from == ' ' ? '+' : (unsigned char)*from;
	}
	int high = cpc_hex_digit(from[1]);
	int low = high < 0 ? -1 : cpc_hex_digit(from[2]);
	*at += 3;
	return low < 0 ? -1 : high * 16 + low;
}

bool cpc_query_decode(const char *value, char *ret_text, size_t size)
{
	size_t length = 0;

	while (*value) {
		int c = take(&value);
		if (c < 0x20 || c > 0x7e || length + 1 >= size)
			return false;
		ret_text[length++] = (char)c;
	}
	if (size == 0)
		return false;
	ret_text[length] = '\0';
	return true;
}

/** Length of the entity tag at the beginning, quotes included; 0 where there is none (RFC 9110, 8.8.3). */
static size_t tag_length(const char *text)
{
	if (*text != '"')
		return 0;
	for (size_t length = 1; text[length] && (unsigned char)text[length] > ' ' && text[length] != 0x7f; length++)
		if (text[length] == '"')
			return length + 1;
	return 0;
}

bool cpc_etag_matches(const char *header, const char *etag, bool weakly)
{
	const size_t etag_length = strlen(etag);

	if (!header)
		return false;
	header += strspn(header, " \t");
	if (*header == '*')
		return header[1 + strspn(header + 1, " \t")] == '\0';
	for (;;) {
		header += strspn(header, " \t,");
		const bool weak = strncmp(header, "W/", 2) == 0;
		if (weak)
			header += 2;
		const size_t length = tag_length(header);
		if (length == 0)
			return false;
		if (length == etag_length && (weakly || !weak) && strncmp(header, etag, length) == 0)
			return true;
		header += length;
		/* Whatever is no list from here on names nothing. */
		if (*header && !strchr(" \t,", *header))
			return false;
	}
}

/** A query while libmicrohttpd tells it. */
struct reading {
	const struct cpc_api_parameter *parameters;
	struct cpc_query query;
	const char *unknown;
	const char *repeated;
};

static enum MHD_Result collect(void *context, enum MHD_ValueKind kind, const char *key, const char *value)
{
	struct reading *reading = context;
	const struct cpc_api_parameter *rows = reading->parameters;
	size_t i = 0;

	(void)kind;
	while (rows && rows[i].name && strcmp(rows[i].name, key) != 0)
		i++;
	if (!rows || !rows[i].name) {
		reading->unknown = key;
	} else {
		if (reading->query.values[i])
			reading->repeated = rows[i].name;
		reading->query.values[i] = value ? value : "";
	}
	return MHD_YES;
}

/** `with and policy`; "" for none. */
static void list_parameters(const struct cpc_api_parameter *parameters, char *ret_list, size_t size)
{
	size_t length = 0;

	*ret_list = '\0';
	for (size_t i = 0; parameters && parameters[i].name && length < size; i++)
		length += (size_t)snprintf(ret_list + length, size - length, "%s%s",
					   !i			    ? ""
					   : parameters[i + 1].name ? ", "
								    : " and ",
					   parameters[i].name);
}

static enum cpc_status refuse_unknown(const struct reading *reading, struct cpc_error *reterr)
{
	char list[80];
	char name[40] = "";

	list_parameters(reading->parameters, list, sizeof(list));
	/* A name that is not printable, or long, is not repeated. */
	const bool printable = cpc_query_decode(reading->unknown, name, sizeof(name));
	return cpc_fail(reterr, CPC_BAD_DATA, 0, "There is no parameter%s%s%s here; this takes %s.",
			printable ? " \"" : " like that", printable ? name : "", printable ? "\"" : "",
			*list ? list : "none");
}

enum cpc_status cpc_query_read(struct MHD_Connection *connection, const struct cpc_api_operation *operation,
			       struct cpc_query *ret_query, struct cpc_error *reterr)
{
	struct reading reading = { .parameters = operation->parameters };

	MHD_get_connection_values(connection, MHD_GET_ARGUMENT_KIND, collect, &reading);
	if (reading.repeated)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "The parameter \"%s\" is given twice.", reading.repeated);
	if (reading.unknown)
		return refuse_unknown(&reading, reterr);
	for (size_t i = 0; reading.parameters && reading.parameters[i].name; i++)
		if (reading.parameters[i].required && !reading.query.values[i])
			return cpc_fail(reterr, CPC_BAD_DATA, 0, "The parameter \"%s\" is missing: %s.",
					reading.parameters[i].name, reading.parameters[i].what);
	*ret_query = reading.query;
	return CPC_OK;
}
