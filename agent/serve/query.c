/* SPDX-License-Identifier: MIT */
#include "query.h"

#include <string.h>

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/** The character at `*at`, escaped or not; `*at` moves behind it. -1 for a broken escape. */
static int take(const char **at)
{
	const char *from = *at;

	if (*from != '%') {
		*at += 1;
		return *from == ' ' ? '+' : (unsigned char)*from;
	}
	int high = hex_digit(from[1]);
	int low = high < 0 ? -1 : hex_digit(from[2]);
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

bool cpc_etag_matches(const char *header, const char *etag)
{
	const size_t etag_length = strlen(etag);

	while (header && *header) {
		header += strspn(header, " \t,");
		if (strncmp(header, "W/", 2) == 0)
			header += 2;
		size_t length = strcspn(header, " \t,");
		if ((length == 1 && *header == '*') || (length == etag_length && strncmp(header, etag, length) == 0))
			return true;
		header += length;
	}
	return false;
}
