/* SPDX-License-Identifier: MIT */
#include "inherit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "number.h"

/** SD_LISTEN_FDS_START. */
#define FIRST 3

static bool option(int descriptor, int name, int *ret_value)
{
	socklen_t length = sizeof(*ret_value);

	return getsockopt(descriptor, SOL_SOCKET, name, ret_value, &length) == 0;
}

static enum cpc_status refuse(int descriptor, const char *why, struct cpc_error *reterr)
{
	return cpc_fail(
		reterr, CPC_USAGE, 0,
		"descriptor %d from the service manager %s; it has to be a socket of ListenStream= with Accept=no",
		descriptor, why);
}

static enum cpc_status look_at(int descriptor, struct cpc_error *reterr)
{
	int type;
	int listening;
	int domain;

	if (fcntl(descriptor, F_GETFD) < 0)
		return refuse(descriptor, "is not open", reterr);
	if (!option(descriptor, SO_TYPE, &type) || !option(descriptor, SO_ACCEPTCONN, &listening) ||
	    !option(descriptor, SO_DOMAIN, &domain))
		return refuse(descriptor, "is not a socket", reterr);
	if (type != SOCK_STREAM)
		return refuse(descriptor, "is not a stream socket", reterr);
	if (!listening)
		return refuse(descriptor, "does not listen", reterr);
	if (domain != AF_INET && domain != AF_INET6 && domain != AF_UNIX)
		return refuse(descriptor, "is of a family that carries no HTTP", reterr);
	return CPC_OK;
}

/** Both flags are the descriptor's or its open file's: the manager does the same with its copy, and minds neither. */
static bool set_flags(int descriptor)
{
	const int flags = fcntl(descriptor, F_GETFL);

	return flags >= 0 && fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 &&
	       fcntl(descriptor, F_SETFD, FD_CLOEXEC) == 0;
}

static enum cpc_status take(const char *count_text, struct cpc_inherited *ret_inherited, struct cpc_error *reterr)
{
	struct cpc_inherited inherited = { .count = 0 };
	uint64_t count;

	if (!cpc_parse_number(count_text, &count))
		return cpc_fail(reterr, CPC_USAGE, 0, "LISTEN_FDS=%.60s: not a number", count_text);
	if (count > CPC_INHERIT_MAX)
		return cpc_fail(reterr, CPC_USAGE, 0, "LISTEN_FDS=%.60s: more than %d sockets", count_text,
				CPC_INHERIT_MAX);
	while (inherited.count < count) {
		const int descriptor = FIRST + (int)inherited.count;
		enum cpc_status status = look_at(descriptor, reterr);

		if (status)
			return status;
		if (!set_flags(descriptor))
			return cpc_fail(reterr, CPC_INTERNAL, 0, "descriptor %d: %s", descriptor, strerror(errno));
		inherited.descriptors[inherited.count++] = descriptor;
	}
	*ret_inherited = inherited;
	return CPC_OK;
}

enum cpc_status cpc_inherit(struct cpc_inherited *ret_inherited, struct cpc_error *reterr)
{
	const char *pid_text = getenv("LISTEN_PID");
	const char *count_text = getenv("LISTEN_FDS");
	enum cpc_status status = CPC_OK;
	uint64_t pid;

	/* Another's pid is no error: the variables are then left over from a parent that was activated. */
	if (pid_text && count_text) {
		if (!cpc_parse_number(pid_text, &pid))
			status = cpc_fail(reterr, CPC_USAGE, 0, "LISTEN_PID=%.60s: not a number", pid_text);
		else if (pid == (uint64_t)getpid())
			status = take(count_text, ret_inherited, reterr);
	}
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return status;
}
