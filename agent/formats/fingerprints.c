/* SPDX-License-Identifier: MIT */
/*
 * Fingerprints, one a line; blank lines and `#` comments between them.
 */
#include "lines.h"
#include "reader.h"

/*
 * A capture is kilobytes and a fingerprint may be 30 bytes, so the length of the
 * input alone is no bound on memory. No fleet keeps so many hosts in one file.
 */
#define FINGERPRINTS_MAX 16384

bool cpc_fingerprints_recognise(const char *bytes, size_t length)
{
	struct cpc_line line;
	struct cpc_scan scan;
	uint32_t version;

	/* Any version: that a fingerprint is foreign is for the parser to say. */
	if (!cpc_lines_first(bytes, length, &line))
		return false;
	scan = cpc_scan_of(&line);
	return cpc_scan_text(&scan, "cpc") && cpc_scan_decimal(&scan, &version) && cpc_scan_text(&scan, ":");
}

static enum cpc_status read_line(const struct cpc_line *line, struct cpc_captures *captures, struct cpc_error *reterr)
{
	struct cpc_scan scan = cpc_scan_of(line);
	struct cpc_fingerprint fingerprint;
	struct cpc_capture *capture;
	enum cpc_status status;

	if (scan.at == scan.end || *scan.at == '#')
		return CPC_OK;
	while (cpc_is_blank(scan.end[-1]))
		scan.end--;
	status = cpc_fingerprint_parse(scan.at, (size_t)(scan.end - scan.at), &fingerprint, reterr);
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
