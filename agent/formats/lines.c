/* SPDX-License-Identifier: MIT */
#include "lines.h"

#include <string.h>

struct cpc_lines cpc_lines_of(const char *bytes, size_t length)
{
	return (struct cpc_lines){ .next = bytes, .end = bytes + length };
}

bool cpc_lines_next(struct cpc_lines *lines, struct cpc_line *ret_line)
{
	const size_t left = (size_t)(lines->end - lines->next);
	const size_t window = left < CPC_LINE_MAX + 1 ? left : CPC_LINE_MAX + 1;
	const char *newline;

	if (!left || lines->too_long)
		return false;
	lines->number++;
	newline = memchr(lines->next, '\n', window);
	if (!newline && left > CPC_LINE_MAX) {
		lines->too_long = true;
		return false;
	}
	*ret_line = (struct cpc_line){
		.text = lines->next,
		.length = newline ? (size_t)(newline - lines->next) : left,
		.number = lines->number,
		.terminated = newline != NULL,
	};
	lines->next += ret_line->length + (newline ? 1 : 0);
	return true;
}

enum cpc_status cpc_lines_status(const struct cpc_lines *lines, struct cpc_error *reterr)
{
	if (!lines->too_long)
		return CPC_OK;
	return cpc_fail(reterr, CPC_BAD_DATA, lines->number, "line is longer than %d bytes", CPC_LINE_MAX);
}

bool cpc_lines_first(const char *bytes, size_t length, struct cpc_line *ret_line)
{
	struct cpc_lines lines = cpc_lines_of(bytes, length < CPC_RECOGNISE_MAX ? length : CPC_RECOGNISE_MAX);

	while (cpc_lines_next(&lines, ret_line)) {
		struct cpc_scan scan = cpc_scan_of(ret_line);

		if (scan.at < scan.end && *scan.at != '#')
			return true;
	}
	return false;
}

struct cpc_scan cpc_scan_of(const struct cpc_line *line)
{
	struct cpc_scan scan = { .at = line->text, .end = line->text + line->length };

	cpc_scan_blanks(&scan);
	return scan;
}

bool cpc_is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\f' || c == '\0';
}

int cpc_hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

void cpc_scan_blanks(struct cpc_scan *scan)
{
	while (scan->at < scan->end && cpc_is_blank(*scan->at))
		scan->at++;
}

bool cpc_scan_done(struct cpc_scan *scan)
{
	cpc_scan_blanks(scan);
	return scan->at == scan->end;
}

bool cpc_scan_text(struct cpc_scan *scan, const char *text)
{
	const size_t length = strlen(text);

	if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, text, length) != 0)
		return false;
	scan->at += length;
	return true;
}

bool cpc_scan_hex(struct cpc_scan *scan, unsigned int min, unsigned int max, uint64_t *ret_value)
{
	uint64_t value = 0;
	unsigned int digits = 0;

	for (; scan->at < scan->end && cpc_hex_digit(*scan->at) >= 0; scan->at++) {
		if (++digits > max)
			return false;
		value = value << 4 | (uint64_t)cpc_hex_digit(*scan->at);
	}
	if (digits < min)
		return false;
	*ret_value = value;
	return true;
}

bool cpc_scan_decimal(struct cpc_scan *scan, uint32_t *ret_value)
{
	uint32_t value = 0;
	unsigned int digits = 0;

	for (; scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9'; scan->at++) {
		if (++digits > 9)
			return false;
		value = value * 10 + (uint32_t)(*scan->at - '0');
	}
	if (!digits)
		return false;
	*ret_value = value;
	return true;
}
