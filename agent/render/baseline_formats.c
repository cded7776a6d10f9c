/* SPDX-License-Identifier: MIT */
#include "renderers.h"

#include <string.h>

const struct cpc_baseline_format cpc_baseline_formats[] = {
	{ .name = "text",
	  .content_type = "text/plain; charset=utf-8",
	  .wants_costs = true,
	  .render = cpc_baseline_text },
	{ .name = "json", .content_type = "application/json", .wants_costs = true, .render = cpc_baseline_json },
	{ .name = "fingerprint", .content_type = "text/plain; charset=utf-8", .render = cpc_baseline_fingerprint },
	{ .name = "libvirt", .content_type = "application/xml", .wants_cpu_map = true, .render = cpc_baseline_libvirt },
	{ .name = "qemu",
	  .content_type = "text/plain; charset=utf-8",
	  .wants_cpu_map = true,
	  .render = cpc_baseline_qemu },
};

const size_t cpc_baseline_format_count = sizeof(cpc_baseline_formats) / sizeof(*cpc_baseline_formats);

const struct cpc_baseline_format *cpc_baseline_format_named(const char *name)
{
	for (size_t i = 0; i < cpc_baseline_format_count; i++) {
		if (!strcmp(cpc_baseline_formats[i].name, name))
			return &cpc_baseline_formats[i];
	}
	return NULL;
}
