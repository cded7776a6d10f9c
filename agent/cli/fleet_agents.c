/* SPDX-License-Identifier: MIT */
/* Agents' addresses, from arguments and from lists of them, asked beside each other and folded in their order. */
#include "cli_inside.h"
#include "fleet_inside.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "lines.h"
#include "peer_line.h"
#include "span.h"
#include "token.h"

/** Longest line of a list. */
#define LINE_SIZE 4096

/** Descriptors of everything else: streams, and what libcurl is woken with. */
#define DESCRIPTORS_ELSE 12

/** Agents that are asked. */
struct agents {
	struct cli_reading *reading;
	struct cpc_fetch_target *targets;
	struct cpc_peer_line *lines; /**< of a list: one a target; NULL: arguments */
	size_t count;
	size_t room;
	bool warned_of_file;
	bool warned_of_way;
};

static enum cpc_status fold_body(struct agents *agents, size_t target, const struct cpc_buffer *body,
				 struct cpc_error *reterr)
{
	struct cli_source from;
	enum cpc_status status = cli_source_of_bytes(agents->targets[target].address, body, &from, reterr);

	if (status)
		return status;
	if (agents->lines && *agents->lines[target].name && from.captures.count == 1)
		cpc_span_copy(from.names[0], CLI_NAME_SIZE,
			      (struct cpc_span){ agents->lines[target].name, strlen(agents->lines[target].name) });
	return cli_fold_source(agents->reading, &from);
}

/** What the list calls it, where it does. */
static const char *name_of(const struct agents *agents, size_t target)
{
	const char *name = agents->lines ? agents->lines[target].name : "";

	return *name ? name : agents->targets[target].address;
}

static bool answered(void *context, size_t target, const struct cpc_buffer *body, const struct cpc_error *why)
{
	struct agents *agents = context;
	struct cpc_error error = *why;
	enum cpc_status status = why->status;

	if (body)
		status = fold_body(agents, target, body, &error);
	if (status && status != CPC_INTERNAL)
		status = cli_note_unreadable(agents->reading, name_of(agents, target), &error);
	return !status;
}

static void tick(void *context, size_t answers)
{
	struct agents *agents = context;

	if (cli_progress_due(&agents->reading->progress))
		cli_progress_show(&agents->reading->progress, CLI_PROGRESS "; %zu of %zu agents",
				  CLI_PROGRESS_OF(agents->reading), answers, agents->count);
}

/** Without a descriptor a question fails, as if its agent were away: no more of them than there are descriptors for. */
size_t cli_fetches_most(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) ||
	    limit.rlim_cur >= DESCRIPTORS_ELSE + CPC_FETCHES_MAX * CPC_FETCH_DESCRIPTORS)
		return CPC_FETCHES_MAX;
	if (limit.rlim_cur < DESCRIPTORS_ELSE + CPC_FETCH_DESCRIPTORS)
		return 1;
	return (size_t)(limit.rlim_cur - DESCRIPTORS_ELSE) / CPC_FETCH_DESCRIPTORS;
}

static enum cpc_status ask(struct agents *agents)
{
	const struct cpc_fetching fetching = { .client = &agents->reading->options->client,
					       .targets = agents->targets,
					       .count = agents->count,
					       .most = cli_fetches_most(),
					       .answered = answered,
					       .tick = tick,
					       .context = agents };
	struct cpc_error error = { .status = CPC_INTERNAL };
	enum cpc_status status = agents->count ? cpc_fetch_reports(&fetching, &error) : CPC_OK;

	/* Without libcurl none of them was asked. */
	if (status && status != CPC_INTERNAL) {
		status = CPC_OK;
		for (size_t i = 0; i < agents->count && !status; i++)
			status = cli_note_unreadable(agents->reading, name_of(agents, i), &error);
	}
	return status;
}

enum cpc_status cli_fold_agents(struct cli_reading *reading, char *const *addresses, size_t count)
{
	struct agents agents = { .reading = reading, .count = count };
	enum cpc_status status = CPC_INTERNAL;

	agents.targets = calloc(count + 1, sizeof(*agents.targets));
	for (size_t i = 0; agents.targets && i < count; i++)
		agents.targets[i].address = addresses[i];
	if (agents.targets)
		status = ask(&agents);
	free(agents.targets);
	return status;
}

/** Whether one of the first two words is an address. */
bool cli_is_host_list(const char *bytes, size_t length)
{
	char text[LINE_SIZE];
	struct cpc_line line;
	struct cpc_span rest;

	if (!cpc_lines_first(bytes, length, &line) || line.length >= sizeof(text))
		return false;
	cpc_span_copy(text, sizeof(text), (struct cpc_span){ line.text, line.length });
	rest = (struct cpc_span){ text, strlen(text) };
	for (int i = 0; i < 2; i++) {
		const struct cpc_span word = cpc_span_next_word(&rest);

		if (word.length && cpc_is_address(word.text))
			return true;
	}
	return false;
}

static bool make_room(struct agents *agents)
{
	const size_t room = agents->room ? agents->room * 2 : 64;
	struct cpc_peer_line *lines;
	struct cpc_fetch_target *targets;

	if (agents->count < agents->room)
		return true;
	lines = realloc(agents->lines, room * sizeof(*lines));
	if (!lines)
		return false;
	agents->lines = lines;
	targets = realloc(agents->targets, room * sizeof(*targets));
	if (!targets)
		return false;
	agents->targets = targets;
	agents->room = room;
	return true;
}

static enum cpc_status give_token(struct agents *agents, const struct cpc_peer_line *line,
				  struct cpc_fetch_target *target, struct cpc_error *reterr)
{
	struct cpc_client client = agents->reading->options->client;
	bool exposed = false;
	char *token = NULL;

	if (line->token_file) {
		const enum cpc_status status = cpc_token_read("token-file", line->token_file, &token, &exposed, reterr);

		if (status)
			return status;
		target->token = token;
		client.token = token;
	}
	cli_progress_erase(&agents->reading->progress);
	if (exposed && !agents->warned_of_file) {
		cli_complain(CPC_OK, "warning: token-file %s can be read by others than its owner; chmod 600 it",
			     line->token_file);
		agents->warned_of_file = true;
	}
	if (!agents->warned_of_way)
		agents->warned_of_way = cli_warn_of_plain_text(&client, line->address);
	return CPC_OK;
}

/** What a line holds, as a target; what is none is told by its error. */
static enum cpc_status take_line(struct agents *agents, const struct cpc_line *from, struct cpc_error *reterr)
{
	const struct cpc_span span = cpc_span_trim((struct cpc_span){ from->text, from->length });
	struct cpc_peer_line line = { .name = NULL };
	struct cpc_fetch_target target = { .token = NULL };
	enum cpc_status status = CPC_OK;
	char text[LINE_SIZE];

	if (!span.length || *span.text == '#')
		return CPC_OK;
	if (span.length >= sizeof(text))
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "longer than any [NAME] ADDRESS");
	memcpy(text, span.text, span.length);
	text[span.length] = '\0';
	/* What comes behind a NUL would not be seen. */
	if (strlen(text) != span.length)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "holds a NUL");
	status = cpc_host_line_parse(text, &line, reterr);
	if (!status)
		status = give_token(agents, &line, &target, reterr);
	if (!status && !make_room(agents))
		status = cpc_out_of_memory(reterr);
	if (status) {
		cpc_token_free((char *)target.token);
		cpc_peer_line_free(&line);
		return status;
	}
	target.address = line.address;
	agents->lines[agents->count] = line;
	agents->targets[agents->count++] = target;
	return CPC_OK;
}

static enum cpc_status take_lines(struct agents *agents, const char *source, const struct cpc_buffer *bytes)
{
	struct cpc_lines lines = cpc_lines_of(bytes->bytes, bytes->length);
	enum cpc_status status = CPC_OK;
	struct cpc_error error = { .status = CPC_INTERNAL };
	struct cpc_line line;

	while (!status && cpc_lines_next(&lines, &line)) {
		status = take_line(agents, &line, &error);
		error.line = line.number;
		if (status && status != CPC_INTERNAL)
			status = cli_note_unreadable(agents->reading, source, &error);
	}
	if (!status && cpc_lines_status(&lines, &error))
		status = cli_note_end(agents->reading, source, &error);
	return status;
}

enum cpc_status cli_fold_host_list(struct cli_reading *reading, const char *source, const struct cpc_buffer *bytes)
{
	struct agents agents = { .reading = reading };
	enum cpc_status status = take_lines(&agents, source, bytes);

	if (!status)
		status = ask(&agents);
	for (size_t i = 0; i < agents.count; i++) {
		cpc_token_free((char *)agents.targets[i].token);
		cpc_peer_line_free(&agents.lines[i]);
	}
	free(agents.targets);
	free(agents.lines);
	return status;
}
