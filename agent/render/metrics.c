/* SPDX-License-Identifier: MIT */
#include "metrics.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "escape.h"

/** Room for a number. */
#define NUMBER_SIZE 48

/** How OpenMetrics calls a type, and what of the samples' names is not the family's (OpenMetrics 1.0.0, "Suffixes"). */
static const struct {
	const char *name;
	const char *plain_name; /**< in Prometheus' text, whose families have their samples' names */
	const char *suffix;
} types[] = {
	[CPC_GAUGE] = { .name = "gauge", .plain_name = "gauge", .suffix = "" },
	[CPC_COUNTER] = { .name = "counter", .plain_name = "counter", .suffix = "_total" },
	[CPC_INFO] = { .name = "info", .plain_name = "gauge", .suffix = "_info" },
};

void cpc_metrics_family(struct cpc_metrics *metrics, const struct cpc_family *family)
{
	const bool open = metrics->exposition == CPC_OPENMETRICS;
	const size_t suffix = open ? strlen(types[family->type].suffix) : 0;
	const int length = (int)(strlen(family->name) - suffix);

	cpc_buffer_printf(metrics->out, "# HELP %.*s %s\n# TYPE %.*s %s\n", length, family->name, family->help, length,
			  family->name, open ? types[family->type].name : types[family->type].plain_name);
	if (open && family->unit)
		cpc_buffer_printf(metrics->out, "# UNIT %.*s %s\n", length, family->name, family->unit);
}

void cpc_metrics_sample(struct cpc_metrics *metrics, const struct cpc_family *family, const struct cpc_label *labels,
			const char *format, ...)
{
	char number[NUMBER_SIZE];
	va_list arguments;

	cpc_buffer_puts(metrics->out, family->name);
	for (size_t i = 0; labels && labels[i].name; i++) {
		cpc_buffer_printf(metrics->out, "%s%s=\"", i ? "," : "{", labels[i].name);
		cpc_add_label(metrics->out, labels[i].value);
		cpc_buffer_puts(metrics->out, labels[i + 1].name ? "\"" : "\"}");
	}
	va_start(arguments, format);
	vsnprintf(number, sizeof(number), format, arguments);
	va_end(arguments);
	cpc_buffer_printf(metrics->out, " %s\n", number);
}

void cpc_metrics_end(struct cpc_metrics *metrics)
{
	if (metrics->exposition == CPC_OPENMETRICS)
		cpc_buffer_puts(metrics->out, "# EOF\n");
}
