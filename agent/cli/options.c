/* SPDX-License-Identifier: MIT */
#include "cli_inside.h"

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include <cpucompat/ready.h>

#include "matchers.h"

/** Longest --timeout: an hour. */
#define TIMEOUT_MAX 3600

/** The values that getopt_long() returns; above any character. */
enum {
	VALUE_FORMAT = 0x100,
	VALUE_POLICY,
	VALUE_FROM,
	VALUE_TIMING,
	VALUE_VERBOSE,
	VALUE_CPU_MAP,
	VALUE_HELP,
	VALUE_ACCEPTS,
	VALUE_ACCEPTED_BY,
	VALUE_MATCH,
	VALUE_TOKEN_FILE,
	VALUE_CA,
	VALUE_TIMEOUT,
	VALUE_SINCE,
	VALUE_ADD,
	VALUE_REMOVE,
	VALUE_ORDER,
	VALUE_ASSUME,
	VALUE_DISK,
	VALUE_SYSROOT,
	VALUE_ACTIVE,
	VALUE_UPDATE_NAME
};

static const struct {
	unsigned int accepted; /**< enum cli_option; 0: always */
	struct option option;
} all_options[] = {
	{ CLI_FORMAT, { "format", required_argument, NULL, VALUE_FORMAT } },
	{ CLI_POLICY, { "policy", required_argument, NULL, VALUE_POLICY } },
	{ CLI_FROM, { "from", required_argument, NULL, VALUE_FROM } },
	{ CLI_ACCEPTS, { "accepts", required_argument, NULL, VALUE_ACCEPTS } },
	{ CLI_ACCEPTS, { "accepted-by", required_argument, NULL, VALUE_ACCEPTED_BY } },
	{ CLI_TIMING, { "timing", no_argument, NULL, VALUE_TIMING } },
	{ CLI_MATCH, { "match", required_argument, NULL, VALUE_MATCH } },
	{ CLI_CLIENT, { "token-file", required_argument, NULL, VALUE_TOKEN_FILE } },
	{ CLI_CLIENT, { "ca", required_argument, NULL, VALUE_CA } },
	{ CLI_CLIENT, { "timeout", required_argument, NULL, VALUE_TIMEOUT } },
	{ CLI_PLAN, { "since", required_argument, NULL, VALUE_SINCE } },
	{ CLI_PLAN, { "add", required_argument, NULL, VALUE_ADD } },
	{ CLI_PLAN, { "remove", required_argument, NULL, VALUE_REMOVE } },
	{ CLI_PLAN, { "order", no_argument, NULL, VALUE_ORDER } },
	{ CLI_READY, { "assume", required_argument, NULL, VALUE_ASSUME } },
	{ CLI_READY, { "disk", required_argument, NULL, VALUE_DISK } },
	{ CLI_READY, { "sysroot", required_argument, NULL, VALUE_SYSROOT } },
	{ CLI_READY, { "active", no_argument, NULL, VALUE_ACTIVE } },
	{ CLI_READY, { "update-name", required_argument, NULL, VALUE_UPDATE_NAME } },
	{ CLI_CPU_MAP, { "cpu-map", required_argument, NULL, VALUE_CPU_MAP } },
	{ CLI_VERBOSE, { "verbose", no_argument, NULL, VALUE_VERBOSE } },
	{ 0, { "help", no_argument, NULL, VALUE_HELP } },
};

#define OPTION_COUNT (sizeof(all_options) / sizeof(*all_options))

/** Those of one subcommand, ended by a zero row. */
static void select_options(unsigned int accepts, struct option ret_options[static OPTION_COUNT + 1])
{
	size_t count = 0;

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		if (!all_options[i].accepted || all_options[i].accepted & accepts)
			ret_options[count++] = all_options[i].option;
	}
	ret_options[count] = (struct option){ 0 };
}

/** What getopt_long() refused, as the user wrote it, and what is accepted. */
static enum cpc_status refuse(const struct cli_command *command, const struct option *options, int answer, char **argv)
{
	const char *word = argv[optind - 1];
	struct cpc_buffer list = { 0 };

	for (const struct option *option = options; option->name; option++)
		cpc_buffer_printf(&list, "%s--%s", option == options ? "" : ", ", option->name);
	if (answer == ':')
		cli_complain(CPC_USAGE, "%s: option '%s' needs a value", command->name, word);
	else if (optopt > 0xFF)
		cli_complain(CPC_USAGE, "%s: option '%.*s' takes no value", command->name, (int)strcspn(word, "="),
			     word);
	else if (optopt)
		cli_complain(CPC_USAGE, "%s: unknown option '-%c'; use one of: %s", command->name, optopt,
			     list.bytes ? list.bytes : "");
	else
		cli_complain(CPC_USAGE, "%s: unknown option '%.*s'; use one of: %s", command->name,
			     (int)strcspn(word, "="), word, list.bytes ? list.bytes : "");
	cpc_buffer_free(&list);
	return CPC_USAGE;
}

static enum cpc_status take_match(const char *text, struct cli_options *options)
{
	struct cpc_error error;

	if (options->match_count == CLI_MATCHES_MAX)
		return (enum cpc_status)cli_complain(CPC_USAGE, "more than %d times --match; join some with a comma",
						     CLI_MATCHES_MAX);
	if (cpc_matchers_check(text, &error))
		return (enum cpc_status)cli_complain(CPC_USAGE, "--match: %s", error.what);
	options->matches[options->match_count++] = text;
	return CPC_OK;
}

static enum cpc_status take_timeout(const char *text, struct cli_options *options)
{
	char *end;
	const long seconds = strtol(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || seconds < 1 || seconds > TIMEOUT_MAX)
		return (enum cpc_status)cli_complain(CPC_USAGE, "--timeout takes seconds, from 1 to %d, not '%s'",
						     TIMEOUT_MAX, text);
	options->client.timeout_ms = seconds * 1000;
	return CPC_OK;
}

static enum cpc_status take_value(const char *option, const char *text, struct cli_values *values)
{
	if (values->count == CLI_PLAN_MAX)
		return (enum cpc_status)cli_complain(CPC_USAGE, "%s is given more than %d times", option, CLI_PLAN_MAX);
	values->items[values->count++] = text;
	return CPC_OK;
}

static enum cpc_status take_row(const char *name, struct cli_options *options)
{
	const enum cpc_ready_row_id row = cpc_ready_row_named(name);

	if (row == CPC_ROW_COUNT)
		return (enum cpc_status)cli_unknown("row", name, cli_ready_row_names());
	options->assumed |= UINT32_C(1) << row;
	return CPC_OK;
}

static enum cpc_status take(int answer, struct cli_options *options)
{
	switch (answer) {
	case VALUE_FORMAT:
		options->format = optarg;
		break;
	case VALUE_POLICY:
		options->policy = cpc_policy_named(optarg);
		if (!options->policy)
			return (enum cpc_status)cli_unknown("policy", optarg, cli_policy_names());
		break;
	case VALUE_FROM:
		options->from = optarg;
		break;
	case VALUE_CPU_MAP:
		options->cpu_map = optarg;
		break;
	case VALUE_ACCEPTS:
		options->accepts = optarg;
		break;
	case VALUE_ACCEPTED_BY:
		options->accepted_by = optarg;
		break;
	case VALUE_TOKEN_FILE:
		options->token_file = optarg;
		break;
	case VALUE_CA:
		options->ca = optarg;
		break;
	case VALUE_TIMEOUT:
		return take_timeout(optarg, options);
	case VALUE_MATCH:
		return take_match(optarg, options);
	case VALUE_SINCE:
		options->since = optarg;
		break;
	case VALUE_ADD:
		return take_value("--add", optarg, &options->add);
	case VALUE_REMOVE:
		return take_value("--remove", optarg, &options->remove);
	case VALUE_ASSUME:
		return take_row(optarg, options);
	case VALUE_DISK:
		return take_value("--disk", optarg, &options->disks);
	case VALUE_SYSROOT:
		options->sysroot = optarg;
		break;
	case VALUE_ACTIVE:
		options->active = true;
		break;
	case VALUE_UPDATE_NAME:
		options->update_name = optarg;
		break;
	case VALUE_ORDER:
		options->order = true;
		break;
	case VALUE_TIMING:
		options->timing = true;
		break;
	case VALUE_VERBOSE:
	case 'v':
		options->verbose = true;
		break;
	default:
		options->help = true;
		break;
	}
	return CPC_OK;
}

enum cpc_status cli_parse(const struct cli_command *command, int argc, char **argv, struct cli_options *ret_options)
{
	const char *const letters = command->accepts & CLI_VERBOSE ? ":hv" : ":h";
	struct option options[OPTION_COUNT + 1];
	int answer;

	*ret_options = (struct cli_options){ .format = "text", .policy = cpc_policy_named(CPC_POLICY_DEFAULT) };
	select_options(command->accepts, options);
	/* 0 rather than 1 makes glibc forget an earlier scan, musl likewise. */
	optind = 0;
	opterr = 0;
	while ((answer = getopt_long(argc, argv, letters, options, NULL)) != -1) {
		enum cpc_status status;

		if (answer == '?' || answer == ':')
			return refuse(command, options, answer, argv);
		status = take(answer, ret_options);
		if (status)
			return status;
	}
	ret_options->arguments = argv + optind;
	ret_options->argument_count = (size_t)(argc - optind);
	return CPC_OK;
}
