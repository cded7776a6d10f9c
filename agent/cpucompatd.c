/* SPDX-License-Identifier: MIT */
/* The agent: read what it is told, serve until a signal says stop. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "agent.h"
#include "log.h"
#include "standard_streams.h"

static int complain(const struct cpc_error *error)
{
	if (error->line)
		cpc_log_error("line %zu: %s", error->line, error->what);
	else
		cpc_log_error("%s", error->what);
	return (int)error->status;
}

static int printed(bool well)
{
	if (well && fflush(stdout) == 0)
		return EXIT_SUCCESS;
	cpc_log_error("standard output: %s; make room or write elsewhere", strerror(errno));
	return CPC_INTERNAL;
}

static int print_help(void)
{
	struct cpc_buffer out = { .length = 0 };

	cpc_settings_help(&out);
	const int code = printed(!out.failed && fputs(out.bytes, stdout) >= 0);
	cpc_buffer_free(&out);
	return code;
}

/** Say that all is well, and where it was read from. */
static int check(const struct cpc_settings *settings)
{
	struct cpc_error error = { .status = CPC_INTERNAL };
	const char *file = cpc_settings_file(settings);

	if (cpc_agent_check(settings, &error))
		return complain(&error);
	if (!file)
		return printed(puts("ok; no file is read") >= 0);
	const bool exists = access(file, F_OK) == 0;
	return printed(printf(exists ? "%s: ok\n" : "ok; %s does not exist\n", file) >= 0);
}

static int run(struct cpc_agent *agent)
{
	struct cpc_error error = { .status = CPC_INTERNAL };
	int code = EXIT_SUCCESS;

	if (cpc_agent_start(agent, &error))
		code = complain(&error);
	else
		cpc_agent_run(agent);
	cpc_agent_free(agent);
	return code;
}

/** Do what the command line asks for; the agent, and so its settings, are released. */
static int act(enum cpc_command_line command, struct cpc_agent *agent)
{
	int code = EXIT_SUCCESS;

	switch (command) {
	case CPC_RUN:
		return run(agent);
	case CPC_CHECK:
		code = check(&agent->settings);
		break;
	case CPC_PRINT_HELP:
		code = print_help();
		break;
	case CPC_PRINT_VERSION:
		code = printed(puts("cpucompatd " CPC_VERSION) >= 0);
		break;
	}
	cpc_settings_free(&agent->settings);
	return code;
}

int main(int argc, char **argv)
{
	struct cpc_agent agent = { .server = NULL };
	struct cpc_error error = { .status = CPC_INTERNAL };
	enum cpc_command_line command = CPC_RUN;

	if (!cpc_open_standard_streams())
		return CPC_INTERNAL;
	if (cpc_settings_load(argc, argv, &agent.settings, &command, &error)) {
		cpc_settings_free(&agent.settings);
		return complain(&error);
	}
	return act(command, &agent);
}
