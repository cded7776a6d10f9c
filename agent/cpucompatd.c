/* SPDX-License-Identifier: MIT */
/* The agent: read what it is told, serve until a signal says stop. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static int print_help(void)
{
	struct cpc_buffer out = { .length = 0 };

	cpc_settings_help(&out);
	const bool printed = !out.failed && fputs(out.bytes, stdout) >= 0;
	cpc_buffer_free(&out);
	return printed;
}

static int print(enum cpc_command_line command)
{
	const bool printed = command == CPC_PRINT_HELP ? print_help() : puts("cpucompatd " CPC_VERSION) >= 0;

	if (printed && fflush(stdout) == 0)
		return EXIT_SUCCESS;
	cpc_log_error("standard output: %s; make room or write elsewhere", strerror(errno));
	return CPC_INTERNAL;
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

int main(int argc, char **argv)
{
	struct cpc_agent agent = { .server = NULL };
	struct cpc_error error = { .status = CPC_INTERNAL };
	enum cpc_command_line command = CPC_RUN;

	if (!cpc_open_standard_streams())
		return CPC_INTERNAL;
	const bool refused = cpc_settings_parse(argc, argv, &agent.settings, &command, &error) != CPC_OK;
	if (!refused && command == CPC_RUN)
		return run(&agent);
	const int code = refused ? complain(&error) : print(command);
	cpc_settings_free(&agent.settings);
	return code;
}
