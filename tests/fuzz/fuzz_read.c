/* SPDX-License-Identifier: MIT */
/* Any bytes through every reader: whatever comes, an answer in bounds and nothing leaked. */
#include <stdlib.h>

#include <cpucompat/report.h>

#include "formats.h"

/* Whatever was read, the report on it is bounded, and no line is disputed where there is no dispute. */
static void check_report(const struct cpc_capture *capture)
{
	struct cpc_report report;

	cpc_report_of(capture, &report);
	for (unsigned int id = 0; id < CPC_REQUIREMENT_COUNT; id++) {
		const struct cpc_requirement *requirement = &report.requirements[id];
		size_t disputed = 0;

		if (requirement->evidence_count > CPC_EVIDENCE_MAX)
			abort();
		for (size_t i = 0; i < requirement->evidence_count; i++)
			disputed += requirement->evidence[i].disputed;
		if (!requirement->disputed && disputed)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cpc_captures captures;
	struct cpc_error error = { 0 };
	const enum cpc_status status = cpc_read((const char *)data, size, &captures, &error);

	if (status != CPC_OK) {
		if (captures.items || captures.count || error.status != status || !error.what[0])
			abort();
		for (const char *c = error.what; *c; c++)
			if (*c < ' ' || *c > '~')
				abort();
		return 0;
	}
	if (!captures.count)
		abort();
	for (size_t i = 0; i < captures.count; i++) {
		const struct cpc_capture *capture = &captures.items[i];
		struct cpc_fingerprint fingerprint;
		char text[CPC_FINGERPRINT_SIZE];

		if ((capture->origin == CPC_ORIGIN_FINGERPRINT) != (capture->kind_count == 0))
			abort();
		/* A bit is known or unread, whatever the text was. */
		for (size_t word = 0; word < CPC_WORDS_MAX; word++)
			if (capture->fingerprint.words[word] & capture->fingerprint.unread[word])
				abort();
		for (size_t kind = 0; kind < capture->kind_count; kind++) {
			cpc_fingerprint_of(&capture->kinds[kind].snapshot, &fingerprint);
			(void)cpc_fingerprint_print(&fingerprint, text);
		}
		check_report(capture);
	}
	cpc_captures_free(&captures);
	return 0;
}
