/* SPDX-License-Identifier: MIT */
#include "cli_inside.h"

#include <stdlib.h>
#include <string.h>

#include <cpucompat/candidate.h>

#include "catalogue_words.h"

/** The hosts that rows are asked about; one that was not named stays empty. */
struct hosts {
	struct cli_source accepts;
	struct cli_source accepted_by;
};

static const struct cpc_report *report_of(const struct cli_source *source)
{
	return source->captures.count ? &source->reports[0] : NULL;
}

static int open_host(const struct cpc_client *client, const char *source, struct cli_source *host)
{
	struct cpc_error error;

	if (source && cli_source_open_one(client, source, host, &error))
		return cli_fail(source, &error);
	return CPC_OK;
}

static int ask(struct cpc_candidate *candidates, size_t count, const struct hosts *hosts,
	       const struct cpc_policy *policy)
{
	const struct cpc_report *accepts = report_of(&hosts->accepts);
	const struct cpc_report *accepted_by = report_of(&hosts->accepted_by);
	struct cpc_error error;

	for (size_t i = 0; i < count && (accepts || accepted_by); i++) {
		if (cpc_candidate_ask(&candidates[i], accepts, accepted_by, policy, &error))
			return cli_fail(candidates[i].row->name, &error);
	}
	return CPC_OK;
}

static int render(const struct cpc_candidate *candidates, size_t count, const struct hosts *hosts,
		  const struct cli_options *options)
{
	const struct cpc_catalogue_format *format = cpc_catalogue_format_named(options->format);
	const struct cpc_style style = cli_style(options);
	const struct cpc_catalogue_view view = {
		.policy = options->policy,
		.accepts = { hosts->accepts.names ? hosts->accepts.names[0] : NULL, report_of(&hosts->accepts) },
		.accepted_by = { hosts->accepted_by.names ? hosts->accepted_by.names[0] : NULL,
				 report_of(&hosts->accepted_by) },
		.candidates = candidates,
		.count = count,
	};
	struct cpc_buffer out = { 0 };
	struct cpc_error error;

	if (!format->render(&view, &style, &out, &error))
		return cli_write(&out, CPC_OK);
	cpc_buffer_free(&out);
	return cli_fail("catalogue", &error);
}

/* The rows that hold every word, first in the list. Complains where there is none. */
static int select_rows(const struct cli_options *options, struct cpc_candidate *candidates, size_t *ret_count)
{
	for (size_t i = 0; i < cpc_catalogue_count; i++)
		candidates[i] = cpc_candidate_of(&cpc_catalogue[i]);
	return cli_catalogue_select(options->arguments, options->argument_count, candidates, cpc_catalogue_count,
				    ret_count);
}

static bool is_stdin(const char *source)
{
	return source && !strcmp(source, "-");
}

int cli_catalogue(const struct cli_options *options)
{
	struct cpc_candidate *candidates;
	struct hosts hosts = { 0 };
	size_t count = 0;
	int code;

	if (is_stdin(options->accepts) && is_stdin(options->accepted_by))
		return cli_complain(CPC_USAGE,
				    "catalogue: standard input can be read only once; save one of them to a file");
	candidates = calloc(cpc_catalogue_count, sizeof(*candidates));
	if (!candidates)
		return cli_complain(CPC_INTERNAL, "out of memory");
	code = select_rows(options, candidates, &count);
	if (!code)
		code = open_host(&options->client, options->accepts, &hosts.accepts);
	if (!code)
		code = open_host(&options->client, options->accepted_by, &hosts.accepted_by);
	if (!code)
		code = ask(candidates, count, &hosts, options->policy);
	if (!code)
		code = render(candidates, count, &hosts, options);
	cli_source_close(&hosts.accepts);
	cli_source_close(&hosts.accepted_by);
	for (size_t i = 0; i < count; i++)
		cpc_candidate_free(&candidates[i]);
	free(candidates);
	return code;
}
