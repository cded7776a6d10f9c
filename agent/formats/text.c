/* SPDX-License-Identifier: MIT */
#include "text.h"

#include <stdbool.h>
#include <string.h>

/* Length of the UTF-8 character that starts with this byte; the text is known to be valid. */
static size_t character_length(unsigned char first)
{
	if (first < 0x80)
		return 1;
	if (first < 0xe0)
		return 2;
	return first < 0xf0 ? 3 : 4;
}

/*
 * Characters that turn the direction of a line or break it (U+200E, U+200F, U+2028 to
 * U+202E, U+2066 to U+2069): a name that holds them could rewrite the answer around it.
 */
static bool steers_layout(const unsigned char *at)
{
	if (at[0] != 0xe2)
		return false;
	if (at[1] == 0x80)
		return at[2] == 0x8e || at[2] == 0x8f || (at[2] >= 0xa8 && at[2] <= 0xae);
	return at[1] == 0x81 && at[2] >= 0xa6 && at[2] <= 0xa9;
}

static bool steers(const unsigned char *at)
{
	return at[0] < 0x20 || at[0] == 0x7f || (at[0] == 0xc2 && at[1] < 0xa0) || steers_layout(at);
}

void cpc_text_copy(char *ret_text, size_t size, const char *utf8)
{
	const size_t total = strlen(utf8);
	size_t length = 0;

	for (size_t at = 0, step; at < total; at += step) {
		const unsigned char first = (unsigned char)utf8[at];

		step = character_length(first);
		if (step > total - at)
			break;
		if (steers((const unsigned char *)utf8 + at))
			continue;
		if (length + step >= size)
			break;
		memcpy(ret_text + length, utf8 + at, step);
		length += step;
	}
	ret_text[length] = '\0';
}

static char printable(char c)
{
	return c >= ' ' && c <= '~' ? c : '?';
}

void cpc_text_printable(char *ret_text, size_t size, const char *text)
{
	size_t length = 0;

	for (; text[length] && length + 1 < size; length++)
		ret_text[length] = printable(text[length]);
	ret_text[length] = '\0';
}

size_t cpc_text_mark(const char *bytes, size_t length)
{
	return length >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3) ? 3 : 0;
}

void cpc_text_quote(char ret_quote[static CPC_QUOTE_SIZE], const char *bytes, size_t length)
{
	const size_t room = CPC_QUOTE_SIZE - sizeof("...");
	const size_t shown = length <= room ? length : room;

	for (size_t i = 0; i < shown; i++)
		ret_quote[i] = printable(bytes[i]);
	memcpy(ret_quote + shown, length > room ? "..." : "", length > room ? sizeof("...") : 1);
}
