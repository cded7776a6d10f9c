/* SPDX-License-Identifier: MIT */
#include "renderers.h"

#include <string.h>

const struct cpc_catalogue_format cpc_catalogue_formats[] = {
	{ .name = "text", .content_type = "text/plain; charset=utf-8", .render = cpc_catalogue_text },
	{ .name = "json", .content_type = "application/json", .render = cpc_catalogue_json },
};

const size_t cpc_catalogue_format_count = sizeof(cpc_catalogue_formats) / sizeof(*cpc_catalogue_formats);

const struct cpc_catalogue_format *cpc_catalogue_format_named(const char *name)
{
	for (size_t i = 0; i < cpc_catalogue_format_count; i++) {
		if (!strcmp(cpc_catalogue_formats[i].name, name))
			return &cpc_catalogue_formats[i];
	}
	return NULL;
}
