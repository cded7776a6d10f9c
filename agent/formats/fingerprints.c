/* SPDX-License-Identifier: MIT */
/*
 * Fingerprints, one a line, each with the name of its host before it or without; blank lines and
 * `#` comments between them.
 */
#include "list.h"
#include "reader.h"

/*
 * A capture is kilobytes and a fingerprint may be 30 bytes, so the length of the
 * input alone is no bound on memory. What takes more of them (fleet) reads line by line.
 */
#define FINGERPRINTS_MAX 16384

/** `cpc`, a number and a colon. Any version: that a fingerprint is foreign is for its parser to say. */
static bool starts_fingerprint(struct cpc_span span)
{
	struct cpc_scan scan = { .at = span.text, .end = span.text + span.length };
	uint32_t version;

	return cpc_scan_text(&scan, "cpc") && cpc_scan_decimal(&scan, &version) && cpc_scan_text(&scan, ":");
}

bool cpc_listed_of(const struct cpc_line *line, struct cpc_listed *ret_listed)
{
	const struct cpc_span whole = cpc_span_trim((struct cpc_span){ .text = line->text, .length = line->length });
	struct cpc_span rest = whole;

	if (whole.length == 0 || whole.text[0] == '#')
		return false;
	*ret_listed = (struct cpc_listed){ .text = whole, .line = line->number };
	if (starts_fingerprint(whole))
		return true;
	const struct cpc_span name = cpc_span_next_word(&rest);
	rest = cpc_span_trim(rest);
	if (rest.length == 0)
		return true;
	ret_listed->name = name;
	ret_listed->text = rest;
	return true;
}

bool cpc_fingerprints_recognise(const char *bytes, size_t length)
{
	struct cpc_line line;
	struct cpc_listed listed;

	return cpc_lines_first(bytes, length, &line) && cpc_listed_of(&line, &listed) &&
	       starts_fingerprint(listed.text);
}

static enum cpc_status read_line(const struct cpc_line *line, struct cpc_captures *captures, struct cpc_error *reterr)
{
	struct cpc_fingerprint fingerprint;
	struct cpc_capture *capture;
	struct cpc_listed listed;
	enum cpc_status status;

	if (!cpc_listed_of(line, &listed))
		return CPC_OK;
	status = cpc_fingerprint_parse(listed.text.text, listed.text.length, &fingerprint, reterr);
	if (status) {
		if (reterr)
			reterr->line = line->number;
		return status;
	}
	if (captures->count >= FINGERPRINTS_MAX)
		return cpc_fail(reterr, CPC_BAD_DATA, line->number, "more than %d fingerprints", FINGERPRINTS_MAX);
	capture = cpc_captures_start(captures, CPC_ORIGIN_FINGERPRINT);
	if (!capture)
		return cpc_fail(reterr, CPC_INTERNAL, line->number, "out of memory");
	capture->fingerprint = fingerprint;
	cpc_span_copy(capture->host_name, sizeof(capture->host_name), listed.name);
	return CPC_OK;
}

enum cpc_status cpc_fingerprints_read(const char *bytes, size_t length, struct cpc_captures *captures,
				      struct cpc_error *reterr)
{
	struct cpc_lines lines = cpc_lines_of(bytes, length);
	struct cpc_line line;
	enum cpc_status status = CPC_OK;

	while (status == CPC_OK && cpc_lines_next(&lines, &line))
		status = read_line(&line, captures, reterr);
	return status ? status : cpc_lines_status(&lines, reterr);
}
