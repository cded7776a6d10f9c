/* SPDX-License-Identifier: MIT */
/* The tables' names. */
#include "cli_inside.h"

#include <cpucompat/catalogue.h>

static const char *policy_at(size_t n)
{
	return cpc_policies[n].name;
}

static const char *report_format_at(size_t n)
{
	return cpc_report_formats[n].name;
}

static const char *comparison_format_at(size_t n)
{
	return cpc_comparison_formats[n].name;
}

static const char *baseline_format_at(size_t n)
{
	return cpc_baseline_formats[n].name;
}

static const char *catalogue_format_at(size_t n)
{
	return cpc_catalogue_formats[n].name;
}

static const char *ready_format_at(size_t n)
{
	return cpc_ready_formats[n].name;
}

static const char *plan_format_at(size_t n)
{
	return cpc_plan_formats[n].name;
}

static const char *ready_row_at(size_t n)
{
	return cpc_ready_row_name((enum cpc_ready_row_id)n);
}

static const char *fleet_format_at(size_t n)
{
	return cpc_fleet_formats[n].name;
}

static const char *command_at(size_t n)
{
	return cli_commands[n].name;
}

/* Names, then aliases, of which most are empty and so near nothing. */
static const char *catalogue_at(size_t n)
{
	return n < cpc_catalogue_count ? cpc_catalogue[n].name : cpc_catalogue[n - cpc_catalogue_count].alias;
}

struct cpc_names cli_policy_names(void)
{
	return (struct cpc_names){ CPC_POLICY_COUNT, policy_at };
}

struct cpc_names cli_report_format_names(void)
{
	return (struct cpc_names){ cpc_report_format_count, report_format_at };
}

struct cpc_names cli_comparison_format_names(void)
{
	return (struct cpc_names){ cpc_comparison_format_count, comparison_format_at };
}

struct cpc_names cli_baseline_format_names(void)
{
	return (struct cpc_names){ cpc_baseline_format_count, baseline_format_at };
}

struct cpc_names cli_catalogue_format_names(void)
{
	return (struct cpc_names){ cpc_catalogue_format_count, catalogue_format_at };
}

struct cpc_names cli_fleet_format_names(void)
{
	return (struct cpc_names){ cpc_fleet_format_count, fleet_format_at };
}

struct cpc_names cli_ready_format_names(void)
{
	return (struct cpc_names){ cpc_ready_format_count, ready_format_at };
}

struct cpc_names cli_plan_format_names(void)
{
	return (struct cpc_names){ cpc_plan_format_count, plan_format_at };
}

struct cpc_names cli_ready_row_names(void)
{
	return (struct cpc_names){ CPC_ROW_COUNT, ready_row_at };
}

struct cpc_names cli_command_names(void)
{
	return (struct cpc_names){ cli_command_count, command_at };
}

struct cpc_names cli_catalogue_names(void)
{
	return (struct cpc_names){ 2 * cpc_catalogue_count, catalogue_at };
}

int cli_unknown(const char *what, const char *word, struct cpc_names names)
{
	const char *nearest = cpc_nearest(word, names);
	struct cpc_buffer list = { 0 };
	int code;

	for (size_t i = 0; i < names.count; i++)
		cpc_buffer_printf(&list, "%s%s", i ? ", " : "", names.at(i));
	if (nearest)
		code = cli_complain(CPC_USAGE, "unknown %s '%s': did you mean '%s'? use one of: %s", what, word,
				    nearest, list.bytes ? list.bytes : "");
	else
		code = cli_complain(CPC_USAGE, "unknown %s '%s': use one of: %s", what, word,
				    list.bytes ? list.bytes : "");
	cpc_buffer_free(&list);
	return code;
}
