/* SPDX-License-Identifier: MIT */
/*
 * The table of formats, and the one entrance to them.
 */
#include "formats.h"

#include <stdlib.h>
#include <string.h>

#include "lines.h"
#include "list.h"
#include "reader.h"
#include "text.h"

const struct cpc_format cpc_formats[] = {
	{
		.name = "report",
		.meaning = "a JSON report of ours (cpucompat/report/1)",
		.recognise = cpc_report_recognise,
		.read = cpc_report_read,
	},
	{
		.name = "fingerprint",
		.meaning = "fingerprints, one a line, each with its host's name before it or without",
		.recognise = cpc_fingerprints_recognise,
		.read = cpc_fingerprints_read,
	},
	{
		.name = "cpuid -r",
		.meaning = "what `cpuid -r` prints, feature MSRs appended or not",
		.recognise = cpc_cpuid_r_recognise,
		.read = cpc_cpuid_r_read,
	},
	{
		.name = "libcpuid",
		.meaning = "libcpuid's raw text (cpuid_tool --save)",
		.recognise = cpc_libcpuid_recognise,
		.read = cpc_libcpuid_read,
	},
	{
		.name = "libvirt",
		.meaning = "libvirt's <cpudata>, MSRs included",
		.recognise = cpc_libvirt_recognise,
		.read = cpc_libvirt_read,
	},
	{
		.name = "cpuinfo",
		.meaning = "/proc/cpuinfo of Linux: a partial view, the rest is unknown",
		.recognise = cpc_cpuinfo_recognise,
		.read = cpc_cpuinfo_read,
	},
	{
		.name = "aida64",
		.meaning = "AIDA64, EVEREST and InstLatx64 text",
		.recognise = cpc_aida64_recognise,
		.read = cpc_aida64_read,
	},
};

const size_t cpc_format_count = sizeof(cpc_formats) / sizeof(cpc_formats[0]);

static bool starts_with(const char *bytes, size_t length, const char *magic, size_t magic_length)
{
	return length >= magic_length && memcmp(bytes, magic, magic_length) == 0;
}

/* What can be said of a file before any reader looks at it; NULL where nothing. */
static const char *hopeless(const char *bytes, size_t length)
{
	size_t blanks = 0;

	if (!length)
		return "is empty";
	if (starts_with(bytes, length, "\xff\xfe", 2) || starts_with(bytes, length, "\xfe\xff", 2))
		return "is UTF-16 text: save it as UTF-8 or ASCII";
	if (starts_with(bytes, length,
			"\x7f"
			"ELF",
			4))
		return "is a program, not a CPUID dump, a report or a fingerprint";
	while (blanks < length && (cpc_is_blank(bytes[blanks]) || bytes[blanks] == '\n'))
		blanks++;
	return blanks == length && !memchr(bytes, '\0', length) ? "is empty but for blanks" : NULL;
}

/* Control characters that no text has. Bytes above 127 may be any code page's letters. */
static bool looks_binary(const char *bytes, size_t length)
{
	for (size_t i = 0; i < length && i < CPC_RECOGNISE_MAX; i++)
		if ((bytes[i] >= 0 && bytes[i] < '\t') || (bytes[i] > '\r' && bytes[i] < ' ') || bytes[i] == 0x7f)
			return true;
	return false;
}

static enum cpc_status unknown_format(const char *bytes, size_t length, struct cpc_error *reterr)
{
	struct cpc_line line;
	char quote[CPC_QUOTE_SIZE];

	if (looks_binary(bytes, length))
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "is binary, not a CPUID dump, a report or a fingerprint");
	if (!cpc_lines_first(bytes, length, &line))
		return cpc_fail(reterr, CPC_BAD_DATA, 0,
				"holds neither a CPUID dump nor a report nor a fingerprint, only comments");
	cpc_text_quote(quote, line.text, line.length);
	return cpc_fail(reterr, CPC_BAD_DATA, line.number,
			"is neither a CPUID dump nor a report nor a fingerprint: it begins with \"%s\"", quote);
}

const struct cpc_format *cpc_format_of(const char *bytes, size_t length)
{
	for (size_t i = 0; i < cpc_format_count; i++)
		if (cpc_formats[i].recognise(bytes, length))
			return &cpc_formats[i];
	return NULL;
}

enum cpc_status cpc_read(const char *bytes, size_t length, struct cpc_captures *ret_captures, struct cpc_error *reterr)
{
	struct cpc_captures captures = { 0 };
	const struct cpc_format *format;
	enum cpc_status status;
	const char *why;
	size_t mark;

	*ret_captures = captures;
	if (length > CPC_INPUT_MAX)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "is larger than %u MiB", CPC_INPUT_MAX >> 20);
	mark = cpc_text_mark(bytes, length);
	bytes += mark;
	length -= mark;
	why = hopeless(bytes, length);
	if (why)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "%s", why);
	format = cpc_format_of(bytes, length);
	if (!format)
		return unknown_format(bytes, length, reterr);
	status = format->read(bytes, length, &captures, reterr);
	if (status)
		cpc_captures_free(&captures);
	*ret_captures = captures;
	return status;
}

void cpc_captures_free(struct cpc_captures *captures)
{
	if (!captures)
		return;
	for (size_t i = 0; i < captures->count; i++)
		cpc_capture_free(&captures->items[i]);
	free(captures->items);
	*captures = (struct cpc_captures){ 0 };
}

struct cpc_capture *cpc_captures_add(struct cpc_captures *captures)
{
	const size_t count = captures->count;

	/* Room is the next power of two, so it need not be kept. */
	if ((count & (count - 1)) == 0) {
		const size_t room = count ? count * 2 : 1;
		struct cpc_capture *items = realloc(captures->items, room * sizeof(*items));

		if (!items)
			return NULL;
		captures->items = items;
	}
	captures->count++;
	captures->items[count] = (struct cpc_capture){ 0 };
	return &captures->items[count];
}

struct cpc_capture *cpc_captures_start(struct cpc_captures *captures, enum cpc_origin origin)
{
	struct cpc_capture *capture = cpc_captures_add(captures);

	if (capture)
		capture->origin = origin;
	return capture;
}
