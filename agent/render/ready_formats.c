/* SPDX-License-Identifier: MIT */
#include "renderers.h"

#include <string.h>

const struct cpc_ready_format cpc_ready_formats[] = {
	{ .name = "text", .content_type = "text/plain; charset=utf-8", .render = cpc_ready_text },
	{ .name = "json", .content_type = "application/json", .render = cpc_ready_json },
};

const size_t cpc_ready_format_count = sizeof(cpc_ready_formats) / sizeof(*cpc_ready_formats);

const struct cpc_ready_format *cpc_ready_format_named(const char *name)
{
	for (size_t i = 0; i < cpc_ready_format_count; i++) {
		if (!strcmp(cpc_ready_formats[i].name, name))
			return &cpc_ready_formats[i];
	}
	return NULL;
}
