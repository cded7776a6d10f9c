/* SPDX-License-Identifier: MIT */
/* Saved requirement tables: whatever they hold, the sites that come out of them can be judged. */
#include <stdint.h>
#include <stdlib.h>

#include <cpucompat/ready.h>

#include "ready_document.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void judge(const struct cpc_ready_document *document)
{
	static const struct cpc_capture capture;
	struct cpc_ready_host *hosts = calloc(document->count, sizeof(*hosts));
	struct cpc_report *report = calloc(1, sizeof(*report));
	struct cpc_ready ready;

	if (!hosts || !report)
		abort();
	cpc_report_of(&capture, report);
	for (size_t i = 0; i < document->count; i++)
		hosts[i] = (struct cpc_ready_host){ .name = document->hosts[i].name,
						    .report = report,
						    .site = document->hosts[i].has_site ? &document->hosts[i].site
											: NULL };
	for (size_t i = 0; i < CPC_POLICY_COUNT; i += 6) {
		if (cpc_ready_judge(&cpc_policies[i], hosts, document->count, 0, &ready, NULL))
			continue;
		/* Nobody knows of a processor: that row is not met. */
		if (ready.rows[CPC_ROW_PROCESSOR].verdicts[CPC_MINIMUM] == CPC_MET)
			abort();
		cpc_ready_free(&ready);
	}
	free(hosts);
	free(report);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct cpc_ready_document document;

	(void)cpc_ready_document_recognise((const char *)data, size);
	/* Pairs are compared, and their number grows with the square. */
	if (!cpc_ready_document_read((const char *)data, size, &document, NULL) && document.count <= 4)
		judge(&document);
	cpc_ready_document_free(&document);
	return 0;
}
