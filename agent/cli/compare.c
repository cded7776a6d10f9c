/* SPDX-License-Identifier: MIT */
#include "cli_inside.h"

#include <stdio.h>
#include <string.h>

#include <cpucompat/compare.h>

static int render(const struct cli_source *a, const struct cli_source *b, const struct cpc_comparison_format *format,
		  const struct cli_options *options)
{
	const struct cpc_side a_side = cpc_side_of(&a->reports[0]);
	const struct cpc_side b_side = cpc_side_of(&b->reports[0]);
	const struct cpc_style style = cli_style(options);
	struct cpc_comparison comparison = { 0 };
	struct cpc_comparison_view view = { .a_name = a->names[0],
					    .b_name = b->names[0],
					    .a = &a->reports[0],
					    .b = &b->reports[0],
					    .comparison = &comparison };
	struct cpc_buffer out = { 0 };
	struct cpc_error error;
	enum cpc_status status = cpc_compare(&a_side, &b_side, options->policy, &comparison, &error);
	int code = cpc_verdict_exit(comparison.a_to_b.verdict);

	if (!status)
		status = format->render(&view, &style, &out, &error);
	cpc_comparison_free(&comparison);
	if (!status)
		return cli_write(&out, code);
	cpc_buffer_free(&out);
	return cli_fail("compare", &error);
}

/* By its SOURCE; a fingerprint, which is nobody's name, keeps its id and gets a number. */
static void name_apart(const char *source, const char *number, char name[static CLI_NAME_SIZE])
{
	const size_t length = strlen(name);

	if (cli_is_fingerprint(source))
		snprintf(name + length, CLI_NAME_SIZE - length, "%s", number);
	else
		cli_name_source(source, name);
}

int cli_compare(const struct cli_options *options)
{
	const struct cpc_comparison_format *format = cpc_comparison_format_named(options->format);
	struct cpc_error error;
	struct cli_source a;
	struct cli_source b;
	int code;

	if (options->argument_count != 2)
		return cli_complain(CPC_USAGE,
				    "compare: two SOURCEs are wanted, not %zu; for example: "
				    "cpucompat compare self other.json",
				    options->argument_count);
	if (cli_stdin_twice(options->arguments, options->argument_count))
		return cli_complain(CPC_USAGE,
				    "compare: standard input can be read only once; save one of the two to a file");
	if (cli_source_open_one(&options->client, options->arguments[0], &a, &error))
		return cli_fail(options->arguments[0], &error);
	/*
	 * A host compared with itself is one host, not two that happen to look alike. A
	 * fingerprint names no host: two that look alike may both have written it.
	 */
	if (strcmp(options->arguments[0], options->arguments[1]) == 0 && !cli_is_fingerprint(options->arguments[0])) {
		code = render(&a, &a, format, options);
		cli_source_close(&a);
		return code;
	}
	if (cli_source_open_one(&options->client, options->arguments[1], &b, &error)) {
		cli_source_close(&a);
		return cli_fail(options->arguments[1], &error);
	}
	/* Two hosts of one name would make an answer that nobody can read. */
	if (strcmp(a.names[0], b.names[0]) == 0) {
		name_apart(options->arguments[0], "#1", a.names[0]);
		name_apart(options->arguments[1], "#2", b.names[0]);
	}
	code = render(&a, &b, format, options);
	cli_source_close(&a);
	cli_source_close(&b);
	return code;
}
