/* SPDX-License-Identifier: MIT */
#include "renderers.h"

#include <string.h>

const struct cpc_report_format cpc_report_formats[] = {
	{ .name = "text", .content_type = "text/plain; charset=utf-8", .render = cpc_report_text },
	{ .name = "json", .content_type = "application/json", .render = cpc_report_json },
	{ .name = "fingerprint", .content_type = "text/plain; charset=utf-8", .render = cpc_report_fingerprint },
	{ .name = "raw", .content_type = "text/plain; charset=utf-8", .render = cpc_report_raw },
	{ .name = "kvm-fingerprint",
	  .content_type = "text/plain; charset=utf-8",
	  .render = cpc_report_kvm_fingerprint },
	{ .name = "kvm-raw", .content_type = "text/plain; charset=utf-8", .render = cpc_report_kvm_raw },
	{ .name = "prometheus",
	  .content_type = "text/plain; version=0.0.4; charset=utf-8",
	  .render = cpc_report_prometheus },
	{ .name = "openmetrics",
	  .content_type = "application/openmetrics-text; version=1.0.0; charset=utf-8",
	  .render = cpc_report_openmetrics },
};

const size_t cpc_report_format_count = sizeof(cpc_report_formats) / sizeof(*cpc_report_formats);

const struct cpc_report_format *cpc_report_format_named(const char *name)
{
	for (size_t i = 0; i < cpc_report_format_count; i++) {
		if (!strcmp(cpc_report_formats[i].name, name))
			return &cpc_report_formats[i];
	}
	return NULL;
}

enum cpc_status cpc_rendered(const struct cpc_buffer *out, struct cpc_error *reterr)
{
	return out->failed ? cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory") : CPC_OK;
}
