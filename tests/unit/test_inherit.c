/* SPDX-License-Identifier: MIT */
/* Sockets handed over by sd_listen_fds(3): each case in a child, whose descriptors from 3 on are what the case says. */
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "inherit.h"
#include "support.h"

/** What lies at descriptor 3, 4, ... */
enum thing { NOTHING, TCP, TCP6, UNIX, DATAGRAM, UNLISTENING, FILE_, PIPE };

struct row {
	const char *pid; /**< "own" for the child's */
	const char *count;
	enum thing things[3];
	enum cpc_status status;
	size_t taken;
	const char *says;
};

static const struct row rows[] = {
	{ NULL, NULL, { TCP }, CPC_OK, 0, NULL },
	{ "own", NULL, { TCP }, CPC_OK, 0, NULL },
	{ NULL, "1", { TCP }, CPC_OK, 0, NULL },
	{ "1", "1", { TCP }, CPC_OK, 0, NULL },
	{ "own", "0", { TCP }, CPC_OK, 0, NULL },
	{ "own", "1", { TCP }, CPC_OK, 1, NULL },
	{ "own", "3", { TCP, TCP6, UNIX }, CPC_OK, 3, NULL },
	{ "own", "2", { UNIX, TCP, FILE_ }, CPC_OK, 2, NULL },
	{ "own", "2", { TCP, NOTHING }, CPC_USAGE, 0, "descriptor 4 from the service manager is not open" },
	{ "own", "1", { DATAGRAM }, CPC_USAGE, 0, "descriptor 3 from the service manager is not a stream socket" },
	{ "own", "1", { UNLISTENING }, CPC_USAGE, 0, "descriptor 3 from the service manager does not listen" },
	{ "own", "2", { TCP, FILE_ }, CPC_USAGE, 0, "descriptor 4 from the service manager is not a socket" },
	{ "own", "1", { PIPE }, CPC_USAGE, 0, "descriptor 3 from the service manager is not a socket" },
	{ "own", "17", { TCP }, CPC_USAGE, 0, "LISTEN_FDS=17: more than 16 sockets" },
	{ "own", "4294967297", { TCP }, CPC_USAGE, 0, "more than 16" },
	{ "own", "99999999999999999999", { TCP }, CPC_USAGE, 0, "not a number" },
	{ "own", "-1", { TCP }, CPC_USAGE, 0, "not a number" },
	{ "own", " 1", { TCP }, CPC_USAGE, 0, "not a number" },
	{ "own", "", { TCP }, CPC_USAGE, 0, "not a number" },
	{ "x", "1", { TCP }, CPC_USAGE, 0, "LISTEN_PID=x: not a number" },
};

static int open_tcp(int family, int type, bool listening)
{
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT };
	struct sockaddr_in v4 = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	const int descriptor = socket(family, type, 0);

	if (bind(descriptor, family == AF_INET6 ? (struct sockaddr *)&v6 : (struct sockaddr *)&v4,
		 family == AF_INET6 ? sizeof(v6) : sizeof(v4)) ||
	    (listening && listen(descriptor, 1)))
		_exit(90);
	return descriptor;
}

static int open_unix(void)
{
	/* Only a family: the kernel picks an abstract name. */
	const struct sockaddr_un address = { .sun_family = AF_UNIX };
	const int descriptor = socket(AF_UNIX, SOCK_STREAM, 0);

	if (bind(descriptor, (const struct sockaddr *)&address, sizeof(address.sun_family)) || listen(descriptor, 1))
		_exit(91);
	return descriptor;
}

static int open_thing(enum thing thing)
{
	int ends[2] = { -1, -1 };

	switch (thing) {
	case NOTHING:
		return -1;
	case TCP:
		return open_tcp(AF_INET, SOCK_STREAM, true);
	case TCP6:
		return open_tcp(AF_INET6, SOCK_STREAM, true);
	case UNIX:
		return open_unix();
	case DATAGRAM:
		return open_tcp(AF_INET, SOCK_DGRAM, false);
	case UNLISTENING:
		return open_tcp(AF_INET, SOCK_STREAM, false);
	case FILE_:
		return open("/dev/null", O_RDONLY);
	case PIPE:
		return pipe(ends) ? -1 : ends[0];
	}
	return -1;
}

static void lay_out(const struct row *row)
{
	int opened[3];

	for (int i = 0; i < 3; i++) {
		opened[i] = open_thing(row->things[i]);
		if (opened[i] >= 0)
			opened[i] = fcntl(opened[i], F_DUPFD, 50);
	}
	for (int i = 0; i < 3; i++) {
		close(3 + i);
		if (opened[i] >= 0)
			dup2(opened[i], 3 + i);
	}
}

static bool flags_are_set(int descriptor)
{
	return fcntl(descriptor, F_GETFD) == FD_CLOEXEC && fcntl(descriptor, F_GETFL) & O_NONBLOCK;
}

/** Exits with the number of what is not as it should be. */
static void run_child(const struct row *row)
{
	struct cpc_inherited inherited = { .count = 0 };
	struct cpc_error error = { .what = "" };
	char own[16];

	lay_out(row);
	snprintf(own, sizeof(own), "%d", (int)getpid());
	if (row->pid)
		setenv("LISTEN_PID", strcmp(row->pid, "own") == 0 ? own : row->pid, 1);
	if (row->count)
		setenv("LISTEN_FDS", row->count, 1);
	setenv("LISTEN_FDNAMES", "a:b", 1);
	if (cpc_inherit(&inherited, &error) != row->status)
		_exit(1);
	if (inherited.count != row->taken)
		_exit(2);
	for (size_t i = 0; i < inherited.count; i++)
		if (inherited.descriptors[i] != 3 + (int)i || !flags_are_set(inherited.descriptors[i]))
			_exit(3);
	if (getenv("LISTEN_PID") || getenv("LISTEN_FDS") || getenv("LISTEN_FDNAMES"))
		_exit(4);
	if (row->says && !strstr(error.what, row->says))
		_exit(5);
	_exit(0);
}

static void takes_listening_stream_sockets_alone(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		int status = 0;
		const pid_t child = fork();

		assert_true(child >= 0);
		if (!child)
			run_child(&rows[i]);
		assert_int_equal(waitpid(child, &status, 0), child);
		if (status)
			fail_msg("row %zu: status %#x", i, (unsigned int)status);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_listening_stream_sockets_alone),
	};

	return cmocka_run_group_tests_name("inherit", tests, NULL, NULL);
}
