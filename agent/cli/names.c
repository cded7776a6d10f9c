/* SPDX-License-Identifier: MIT */
/* The tables' names, and which of them somebody probably meant. */
#include "cli_inside.h"

#include <ctype.h>
#include <string.h>

#include <cpucompat/catalogue.h>

#define WORD_MAX 63

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

static const char *command_at(size_t n)
{
	return cli_commands[n].name;
}

/* Names, then aliases, of which most are empty and so near nothing. */
static const char *catalogue_at(size_t n)
{
	return n < cpc_catalogue_count ? cpc_catalogue[n].name : cpc_catalogue[n - cpc_catalogue_count].alias;
}

struct cli_names cli_policy_names(void)
{
	return (struct cli_names){ CPC_POLICY_COUNT, policy_at };
}

struct cli_names cli_report_format_names(void)
{
	return (struct cli_names){ cpc_report_format_count, report_format_at };
}

struct cli_names cli_comparison_format_names(void)
{
	return (struct cli_names){ cpc_comparison_format_count, comparison_format_at };
}

struct cli_names cli_baseline_format_names(void)
{
	return (struct cli_names){ cpc_baseline_format_count, baseline_format_at };
}

struct cli_names cli_catalogue_format_names(void)
{
	return (struct cli_names){ cpc_catalogue_format_count, catalogue_format_at };
}

struct cli_names cli_command_names(void)
{
	return (struct cli_names){ cli_command_count, command_at };
}

struct cli_names cli_catalogue_names(void)
{
	return (struct cli_names){ 2 * cpc_catalogue_count, catalogue_at };
}

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Wagner and Fischer's, one row at a time. */
size_t cli_distance(const char *a, const char *b)
{
	const size_t a_length = strnlen(a, WORD_MAX);
	const size_t b_length = strnlen(b, WORD_MAX);
	size_t row[WORD_MAX + 1];

	for (size_t j = 0; j <= b_length; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			bool differs = tolower((unsigned char)a[i - 1]) != tolower((unsigned char)b[j - 1]);
			size_t above = row[j];

			row[j] = least(above + 1, row[j - 1] + 1, diagonal + differs);
			diagonal = above;
		}
	}
	return row[b_length];
}

static size_t common_prefix(const char *a, const char *b)
{
	size_t length = 0;

	while (a[length] && tolower((unsigned char)a[length]) == tolower((unsigned char)b[length]))
		length++;
	return length;
}

bool cli_nearer(const char *word, const char *name, struct cli_near *near)
{
	const size_t length = strnlen(word, WORD_MAX);
	const size_t limit = length / 3 < 2 ? 3 : length / 3 + 1;
	const size_t prefix = common_prefix(word, name);
	const size_t distance = length >= 2 && !word[prefix] ? 1 : cli_distance(word, name);

	/* A word of which every letter would be replaced is near nothing. */
	if (distance >= limit || distance >= length)
		return false;
	/* Of model numbers that are equally far, that which begins alike is meant. */
	if (near->found && (distance > near->distance || (distance == near->distance && prefix <= near->prefix)))
		return false;
	*near = (struct cli_near){ .found = true, .distance = distance, .prefix = prefix };
	return true;
}

const char *cli_nearest(const char *word, struct cli_names names)
{
	struct cli_near near = { 0 };
	const char *nearest = NULL;

	for (size_t i = 0; i < names.count; i++) {
		if (cli_nearer(word, names.at(i), &near))
			nearest = names.at(i);
	}
	return nearest;
}

int cli_unknown(const char *what, const char *word, struct cli_names names)
{
	const char *nearest = cli_nearest(word, names);
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
