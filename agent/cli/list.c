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

/** Where rows are not cut into lines, they are one line each. */
static bool is_wrapped(const struct cpc_text *text)
{
	return text->style->width < INT_MAX / 2;
}

/** A further part of a policy's row: on a line of its own where there are lines. */
static void part(struct cpc_text *text)
{
	if (is_wrapped(text)) {
		cpc_text_newline(text);
		cpc_text_to(text, 6);
	} else {
		cpc_text_puts(text, ";");
	}
}

static void list_policy(struct cpc_text *text, const struct cpc_policy *policy)
{
	text->tint = CPC_TINT_STRONG;
	cell(text, policy->name, 22);
	text->tint = CPC_TINT_PLAIN;
	cell(text, cpc_sureness_name(cpc_policy_sure(policy)), 34);
	cpc_text_wrap(text, 34, policy->title);
	part(text);
	cpc_text_wrapf(text, 8, "%s: %s", cpc_sureness_name(policy->sure), policy->sources);
	if (policy->mode_sure) {
		part(text);
		cpc_text_wrapf(text, 8, "%s, %s: %s", policy->mode_name, cpc_sureness_name(policy->mode_sure),
			       policy->mode_sources);
	}
	cpc_text_newline(text);
}

/** A detail of a policy, with what it is called. */
static void detail(struct cpc_text *text, const char *name)
{
	cpc_text_to(text, 6);
	cell(text, name, 24);
}

static void list_detail(struct cpc_text *text, const char *name, const struct cpc_feature_list *list)
{
	if (!list->count)
		return;
	detail(text, name);
	for (size_t i = 0; i < list->count; i++)
		cpc_text_word(text, 24, cpc_features[list->ids[i]].name);
	cpc_text_newline(text);
}

static void considers_detail(struct cpc_text *text, const struct cpc_policy *policy)
{
	if (policy->considers == CPC_CONSIDERS_LISTED)
		return;
	detail(text, "compares");
	cpc_text_wrap(text, 24,
		      policy->considers == CPC_CONSIDERS_ALL
			      ? "every bit that is kept, named or not"
			      : "every bit that QEMU has a name for, and the XSAVE components");
	cpc_text_newline(text);
}

/** What the mode hides of what is compared on processors of a vendor. */
static void hidden_detail(struct cpc_text *text, const char *name, const struct cpc_policy *policy, const char *vendor)
{
	struct cpc_lens lens;

	if (policy->mode != CPC_MODE_KEEP)
		return;
	cpc_lens_of(policy, vendor, false, &lens);
	detail(text, name);
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++) {
		const struct cpc_feature *feature = &cpc_features[i];

		if (feature->reg < CPC_WORD_COUNT && lens.compared[feature->reg] >> feature->bit & 1U &&
		    !cpc_policy_keeps(policy, vendor, feature))
			cpc_text_word(text, 24, feature->name);
	}
	cpc_text_newline(text);
}

static void mode_details(struct cpc_text *text, const struct cpc_policy *policy)
{
	if (policy->mode == CPC_MODE_NONE)
		return;
	detail(text, "mode");
	cpc_text_wrapf(text, 24, "%s%s", policy->mode_name,
		       policy->mode == CPC_MODE_MEET ? ": shows what both hosts have" : "");
	cpc_text_newline(text);
	list_detail(text, "  shows on Intel", &policy->keep_intel);
	list_detail(text, "  shows on AMD", &policy->keep_amd);
	hidden_detail(text, "  hides on Intel", policy, "GenuineIntel");
	hidden_detail(text, "  hides on AMD", policy, "AuthenticAMD");
}

static void scalar_detail(struct cpc_text *text, const char *name, const struct cpc_policy *policy,
			  enum cpc_scalar_weight weight)
{
	bool any = false;

	for (size_t i = 0; i < CPC_SCALAR_COUNT; i++) {
		if (policy->scalars[i] != weight)
			continue;
		if (!any)
			detail(text, name);
		any = true;
		cpc_text_word(text, 24, cpc_scalars[i].name);
	}
	if (any)
		cpc_text_newline(text);
}

static void host_details(struct cpc_text *text, const struct cpc_policy *policy)
{
	detail(text, "every host needs");
	for (unsigned int i = 0; i < CPC_REQUIREMENT_COUNT; i++)
		if (policy->requires >> i & 1U)
			cpc_text_word(text, 24, cpc_requirement_key((enum cpc_requirement_id)i));
	cpc_text_newline(text);
	list_detail(text, "every host has", &policy->required);
	if (policy->guest_pa) {
		detail(text, "address bits");
		cpc_text_wrapf(text, 24, "guests get %u at most", policy->guest_pa);
		cpc_text_newline(text);
	}
	if (policy->hosts_max) {
		detail(text, "hosts in a cluster");
		cpc_text_wrapf(text, 24, "%u at most", policy->hosts_max);
		cpc_text_newline(text);
	}
}

static void list_details(struct cpc_text *text, const struct cpc_policy *policy)
{
	considers_detail(text, policy);
	list_detail(text, "compares", &policy->listed);
	list_detail(text, "  and on Intel", &policy->listed_intel);
	list_detail(text, "  and on AMD", &policy->listed_amd);
	list_detail(text, "  whatever they mean", &policy->needed);
	list_detail(text, "  both ways", &policy->matched);
	list_detail(text, "inferred of these", &policy->inferred);
	list_detail(text, "supplies", &policy->supplied);
	list_detail(text, "withholds", &policy->withheld);
	scalar_detail(text, "numbers that refuse", policy, CPC_SCALAR_REFUSES);
	scalar_detail(text, "numbers that warn", policy, CPC_SCALAR_WARNS);
	mode_details(text, policy);
	host_details(text, policy);
	cpc_text_newline(text);
}

static void list_policies(struct cpc_text *text)
{
	for (size_t i = 0; i < CPC_POLICY_COUNT; i++) {
		list_policy(text, &cpc_policies[i]);
		if (text->style->verbose)
			list_details(text, &cpc_policies[i]);
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

/** The formats of a command, if it has any. */
static void format_line(struct cpc_text *text, const struct cli_command *command)
{
	struct cpc_names names;

	if (!command->formats)
		return;
	names = command->formats();
	cpc_text_to(text, 2);
	cell(text, command->name, 13);
	for (size_t i = 0; i < names.count; i++)
		cpc_text_word(text, 13, names.at(i));
	cpc_text_newline(text);
}

static void list_formats(struct cpc_text *text)
{
	cpc_text_heading(text, "Printed (--format)");
	for (size_t i = 0; i < cli_command_count; i++)
		format_line(text, &cli_commands[i]);
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

static struct cpc_names subject_names(void)
{
	return (struct cpc_names){ sizeof(subjects) / sizeof(*subjects), subject_at };
}

int cli_list(const struct cli_options *options)
{
	struct cpc_style style = cli_style(options);
	struct cpc_buffer out = { 0 };
	struct cpc_text text = cpc_text_start(&out, &style);

	if (options->argument_count != 1)
		return cli_complain(CPC_USAGE, "list: one of policies, features, scalars and formats is wanted");
	if (!isatty(STDOUT_FILENO))
		style.width = INT_MAX / 2; /* is_wrapped() */
	for (size_t i = 0; i < subject_names().count; i++) {
		if (strcmp(subjects[i].name, options->arguments[0]))
			continue;
		subjects[i].list(&text);
		return cli_write(&out, CPC_OK);
	}
	return cli_unknown("list", options->arguments[0], subject_names());
}
