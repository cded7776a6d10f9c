/* SPDX-License-Identifier: MIT */
/* `cpucompat serve` replaces itself by the agent, so that this program links no server. */
#include "cli_inside.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define AGENT "cpucompatd"

/** The agent that was installed, or built, beside this program comes first. */
static void exec_beside(char **argv)
{
	char path[PATH_MAX];
	ssize_t length = readlink("/proc/self/exe", path, sizeof(path));
	size_t folder;

	if (length <= 0 || (size_t)length >= sizeof(path))
		return;
	folder = (size_t)length;
	while (folder && path[folder - 1] != '/')
		folder--;
	if (folder + sizeof(AGENT) > sizeof(path))
		return;
	memcpy(path + folder, AGENT, sizeof(AGENT));
	execv(path, argv);
}

int cli_serve(char **argv)
{
	static char name[] = AGENT;
	int error;

	argv[0] = name;
	exec_beside(argv);
	execvp(AGENT, argv);
	error = errno;
	return cli_complain(error == EACCES ? CPC_DENIED : CPC_NO_INPUT,
			    "serve: " AGENT " cannot be run: %s; install it beside cpucompat or in PATH",
			    strerror(error));
}
