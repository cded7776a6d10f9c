/* SPDX-License-Identifier: MIT */
/* The formats of a fleet: a row each. */
#include <string.h>

#include "renderers.h"

const struct cpc_fleet_format cpc_fleet_formats[] = {
	{ .name = "text",
	  .content_type = "text/plain; charset=utf-8",
	  .tells_changes = true,
	  .render = cpc_fleet_text },
	{ .name = "json", .content_type = "application/json", .tells_changes = true, .render = cpc_fleet_json },
	{ .name = "csv", .content_type = "text/csv; charset=utf-8; header=present", .render = cpc_fleet_csv },
	{ .name = "html", .content_type = "text/html; charset=utf-8", .render = cpc_fleet_html },
};
const size_t cpc_fleet_format_count = sizeof(cpc_fleet_formats) / sizeof(cpc_fleet_formats[0]);

const struct cpc_fleet_format *cpc_fleet_format_named(const char *name)
{
	for (size_t i = 0; i < cpc_fleet_format_count; i++)
		if (strcmp(cpc_fleet_formats[i].name, name) == 0)
			return &cpc_fleet_formats[i];
	return NULL;
}
