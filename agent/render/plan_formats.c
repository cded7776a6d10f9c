/* SPDX-License-Identifier: MIT */
#include "renderers.h"

#include <string.h>

const struct cpc_plan_format cpc_plan_formats[] = {
	{ .name = "text", .content_type = "text/plain; charset=utf-8", .render = cpc_plan_text },
	{ .name = "json", .content_type = "application/json", .render = cpc_plan_json },
};

const size_t cpc_plan_format_count = sizeof(cpc_plan_formats) / sizeof(*cpc_plan_formats);

const struct cpc_plan_format *cpc_plan_format_named(const char *name)
{
	for (size_t i = 0; i < cpc_plan_format_count; i++) {
		if (!strcmp(cpc_plan_formats[i].name, name))
			return &cpc_plan_formats[i];
	}
	return NULL;
}
