/* SPDX-License-Identifier: MIT */
#include "cli_inside.h"

int cli_probe(const struct cli_options *options)
{
	const struct cpc_report_format *format = cpc_report_format_named(options->format);
	const char *source = options->from ? options->from : "self";
	const struct cpc_style style = cli_style(options);
	struct cpc_buffer out = { 0 };
	struct cpc_error error;
	struct cli_source from;

	if (options->argument_count)
		return cli_complain(CPC_USAGE, "probe: unexpected argument '%s'; a SOURCE is given as --from SOURCE",
				    options->arguments[0]);
	if (cli_source_open_one(&options->client, source, &from, &error))
		return cli_fail(source, &error);
	if (format->render(&from.reports[0], &style, &out, &error)) {
		cli_source_close(&from);
		cpc_buffer_free(&out);
		return cli_fail(source, &error);
	}
	cli_source_close(&from);
	return cli_write(&out, CPC_OK);
}
