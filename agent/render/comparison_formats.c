/* SPDX-License-Identifier: MIT */
#include "renderers.h"

#include <string.h>

const struct cpc_comparison_format cpc_comparison_formats[] = {
	{ .name = "text", .content_type = "text/plain; charset=utf-8", .render = cpc_comparison_text },
	{ .name = "json", .content_type = "application/json", .render = cpc_comparison_json },
};

const size_t cpc_comparison_format_count = sizeof(cpc_comparison_formats) / sizeof(*cpc_comparison_formats);

const struct cpc_comparison_format *cpc_comparison_format_named(const char *name)
{
	for (size_t i = 0; i < cpc_comparison_format_count; i++) {
		if (!strcmp(cpc_comparison_formats[i].name, name))
			return &cpc_comparison_formats[i];
	}
	return NULL;
}
