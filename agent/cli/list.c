/* SPDX-License-Identifier: MIT */
/* What the tables hold: one line a row where standard output is no terminal, so that grep finds whole rows. */
#include "cli_inside.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "layout.h"

/** A cell: text, and blanks up to the next column. */
static void cell(struct cpc_text *text, const char *string, int next)
{
	cpc_text_puts(text, string);
	cpc_text_to(text, next);
}

static void last_cell(struct cpc_text *text, int column, const char *string)
{
	/* Where little room is left, it goes on under the first column. */
	int indent = text->style->width - column < 24 ? 6 : column;

	cpc_text_wrap(text, indent, string);
	cpc_text_newline(text);
}

static void list_policies(struct cpc_text *text)
{
	for (size_t i = 0; i < CPC_POLICY_COUNT; i++) {
		const struct cpc_policy *policy = &cpc_policies[i];

		text->tint = CPC_TINT_STRONG;
		cell(text, policy->name, 16);
		text->tint = CPC_TINT_PLAIN;
		cpc_text_wrapf(text, 16, "%s; %s: %s", policy->title, cpc_sureness_name(policy->sure), policy->sources);
		cpc_text_newline(text);
	}
}

static void list_features(struct cpc_text *text)
{
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++) {
		const struct cpc_feature *feature = &cpc_features[i];
		char where[CPC_WHERE_SIZE];

		cpc_where(feature->reg, feature->bit, where);
		cell(text, feature->name, 25);
		cell(text, where, 45);
		cell(text, cpc_rule_name(feature->rule), 52);
		cell(text, cpc_group_name(feature->group), 68);
		cell(text, cpc_sureness_name(feature->sure), 80);
		last_cell(text, 80, feature->meaning);
	}
}

static void list_scalars(struct cpc_text *text)
{
	for (unsigned int i = 0; i < CPC_SCALAR_COUNT; i++) {
		char where[CPC_WHERE_SIZE];

		cpc_scalar_where(i, where);
		cell(text, cpc_scalars[i].name, 17);
		cell(text, where, 39);
		cell(text, cpc_scalar_rule_name(cpc_scalars[i].rule), 48);
		last_cell(text, 48, cpc_scalars[i].meaning);
	}
}

static void format_line(struct cpc_text *text, const char *use, struct cli_names names)
{
	cell(text, use, 12);
	for (size_t i = 0; i < names.count; i++)
		cpc_text_word(text, 12, names.at(i));
	cpc_text_newline(text);
}

static void list_formats(struct cpc_text *text)
{
	cpc_text_heading(text, "Printed (--format)");
	format_line(text, "  probe", cli_report_format_names());
	format_line(text, "  compare", cli_comparison_format_names());
	format_line(text, "  baseline", cli_baseline_format_names());
	cpc_text_newline(text);
	cpc_text_heading(text, "Read, and recognised by content");
	for (size_t i = 0; i < cpc_format_count; i++) {
		cpc_text_puts(text, "  ");
		cell(text, cpc_formats[i].name, 24);
		last_cell(text, 24, cpc_formats[i].meaning);
	}
}

static const struct {
	const char *name;
	void (*list)(struct cpc_text *text);
} subjects[] = {
	{ "policies", list_policies },
	{ "features", list_features },
	{ "scalars", list_scalars },
	{ "formats", list_formats },
};

static const char *subject_at(size_t n)
{
	return subjects[n].name;
}

static struct cli_names subject_names(void)
{
	return (struct cli_names){ sizeof(subjects) / sizeof(*subjects), subject_at };
}

int cli_list(const struct cli_options *options)
{
	struct cpc_style style = cli_style(options);
	struct cpc_buffer out = { 0 };
	struct cpc_text text = cpc_text_start(&out, &style);

	if (options->argument_count != 1)
		return cli_complain(CPC_USAGE, "list: one of policies, features, scalars and formats is wanted");
	if (!isatty(STDOUT_FILENO))
		style.width = INT_MAX / 2;
	for (size_t i = 0; i < subject_names().count; i++) {
		if (strcmp(subjects[i].name, options->arguments[0]))
			continue;
		subjects[i].list(&text);
		return cli_write(&out, CPC_OK);
	}
	return cli_unknown("list", options->arguments[0], subject_names());
}
