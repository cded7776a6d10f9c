/* SPDX-License-Identifier: MIT */
/* A service manager's side of sd_notify(3): a socket, an environment, and what arrives. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "notify.h"
#include "support.h"

struct manager {
	int descriptor;
	char name[64]; /**< as NOTIFY_SOCKET has it */
	char got[1024];
};

static void listen_at(struct manager *manager, const char *format)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(manager->name, sizeof(manager->name), format, (int)getpid());
	const size_t length = strlen(manager->name);
	memcpy(address.sun_path, manager->name, length);
	if (manager->name[0] == '@')
		address.sun_path[0] = '\0';
	else
		unlink(manager->name);
	manager->descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	assert_true(manager->descriptor >= 0);
	assert_int_equal(bind(manager->descriptor, (struct sockaddr *)&address,
			      (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (manager->name[0] == '/'))),
			 0);
}

static void hang_up(struct manager *manager)
{
	close(manager->descriptor);
	if (manager->name[0] == '/')
		unlink(manager->name);
}

/** The next datagram, or "". */
static const char *next(struct manager *manager)
{
	const ssize_t length = recv(manager->descriptor, manager->got, sizeof(manager->got) - 1, 0);

	manager->got[length > 0 ? length : 0] = '\0';
	return manager->got;
}

static void set_environment(const char *name, const char *limit, const char *pid)
{
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	if (name)
		setenv("NOTIFY_SOCKET", name, 1);
	if (limit)
		setenv("WATCHDOG_USEC", limit, 1);
	if (pid)
		setenv("WATCHDOG_PID", pid, 1);
}

static void tells_everything(struct manager *manager)
{
	struct cpc_notify notify;
	struct cpc_error error;
	uint64_t microseconds;
	struct timespec now;

	set_environment(manager->name, NULL, NULL);
	assert_int_equal(cpc_notify_open(&notify, &error), CPC_OK);
	assert_null(getenv("NOTIFY_SOCKET"));
	assert_int_equal(notify.watchdog_ms, 0);
	cpc_notify_send(&notify, CPC_NOTIFY_READY, "serving\nMAINPID=1 \x1b here");
	assert_string_equal(next(manager), "READY=1\nSTATUS=serving MAINPID=1   here\n");
	cpc_notify_send(&notify, NULL, "busy");
	assert_string_equal(next(manager), "STATUS=busy\n");
	cpc_notify_send(&notify, CPC_NOTIFY_WATCHDOG, NULL);
	assert_string_equal(next(manager), "WATCHDOG=1\n");
	cpc_notify_reloading(&notify);
	clock_gettime(CLOCK_MONOTONIC, &now);
	assert_int_equal(sscanf(next(manager), "RELOADING=1\nMONOTONIC_USEC=%" SCNu64 "\n", &microseconds), 1);
	assert_true(microseconds <= (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
	assert_true(microseconds + 10000000 > (uint64_t)now.tv_sec * 1000000);
	cpc_notify_send(&notify, CPC_NOTIFY_STOPPING, NULL);
	assert_string_equal(next(manager), "STOPPING=1\n");
	cpc_notify_free(&notify);
	cpc_notify_send(&notify, CPC_NOTIFY_READY, NULL);
	assert_string_equal(next(manager), "");
}

static void speaks_to_a_path(void **state)
{
	struct manager manager;

	(void)state;
	listen_at(&manager, "/tmp/cpc-notify-%d");
	tells_everything(&manager);
	hang_up(&manager);
}

static void speaks_to_an_abstract_name(void **state)
{
	struct manager manager;

	(void)state;
	listen_at(&manager, "@cpc-notify-%d");
	tells_everything(&manager);
	hang_up(&manager);
}

static void cuts_a_long_status(void **state)
{
	struct cpc_notify notify;
	struct cpc_error error;
	struct manager manager;
	char status[4000];

	(void)state;
	listen_at(&manager, "@cpc-notify-%d");
	set_environment(manager.name, NULL, NULL);
	assert_int_equal(cpc_notify_open(&notify, &error), CPC_OK);
	memset(status, 'x', sizeof(status));
	status[sizeof(status) - 1] = '\0';
	cpc_notify_send(&notify, CPC_NOTIFY_READY, status);
	assert_int_equal(strlen(next(&manager)), strlen("READY=1\nSTATUS=\n") + 500);
	cpc_notify_free(&notify);
	hang_up(&manager);
}

static void a_manager_that_is_not_there_costs_nothing(void **state)
{
	struct cpc_notify notify;
	struct cpc_error error;
	struct manager manager;

	(void)state;
	set_environment(NULL, "1000000", NULL);
	assert_int_equal(cpc_notify_open(&notify, &error), CPC_OK);
	assert_int_equal(notify.descriptor, -1);
	assert_int_equal(notify.watchdog_ms, 0);
	assert_null(getenv("WATCHDOG_USEC"));
	cpc_notify_send(&notify, CPC_NOTIFY_READY, "x");
	cpc_notify_reloading(&notify);
	cpc_notify_free(&notify);
	/* Gone, and back under the same name. */
	listen_at(&manager, "/tmp/cpc-notify-%d");
	set_environment(manager.name, NULL, NULL);
	assert_int_equal(cpc_notify_open(&notify, &error), CPC_OK);
	hang_up(&manager);
	cpc_notify_send(&notify, CPC_NOTIFY_READY, "x");
	listen_at(&manager, "/tmp/cpc-notify-%d");
	cpc_notify_send(&notify, CPC_NOTIFY_STOPPING, NULL);
	assert_string_equal(next(&manager), "STOPPING=1\n");
	/* Its queue is full: nobody waits. */
	for (int i = 0; i < 2000; i++)
		cpc_notify_send(&notify, CPC_NOTIFY_WATCHDOG, NULL);
	cpc_notify_free(&notify);
	hang_up(&manager);
}

static void watchdog_is_ours_or_is_not(void **state)
{
	static const struct {
		const char *limit;
		int pid; /**< 0 none, 1 ours, 2 another's, 3 nonsense */
		enum cpc_status status;
		uint64_t milliseconds;
	} rows[] = {
		{ "3000000", 0, CPC_OK, 1500 }, { "3000000", 1, CPC_OK, 1500 },
		{ "3000000", 2, CPC_OK, 0 },	{ "3000000", 3, CPC_OK, 0 },
		{ "0", 0, CPC_OK, 0 },		{ "1", 1, CPC_OK, 1 },
		{ "-1", 1, CPC_USAGE, 0 },	{ "3 s", 1, CPC_USAGE, 0 },
		{ "", 1, CPC_USAGE, 0 },	{ "9999999999999999999999", 1, CPC_USAGE, 0 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		struct cpc_notify notify;
		struct cpc_error error;
		char own[16];
		const char *const pids[] = { NULL, own, "1", "1x" };

		snprintf(own, sizeof(own), "%d", (int)getpid());
		set_environment("@cpc-nobody", rows[i].limit, pids[rows[i].pid]);
		assert_int_equal(cpc_notify_open(&notify, &error), rows[i].status);
		assert_int_equal(notify.watchdog_ms, rows[i].milliseconds);
		assert_null(getenv("WATCHDOG_USEC"));
		assert_null(getenv("WATCHDOG_PID"));
		cpc_notify_free(&notify);
	}
}

static void refuses_what_is_no_address(void **state)
{
	/* A byte longer than an address. */
	char endless[sizeof(((struct sockaddr_un *)NULL)->sun_path) + 1];
	const char *const names[] = { "relative", "@", "/", "vsock:2:9000", endless };

	memset(endless, '/', sizeof(endless) - 1);
	endless[sizeof(endless) - 1] = '\0';
	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++) {
		struct cpc_notify notify;
		struct cpc_error error;

		set_environment(names[i], NULL, NULL);
		assert_int_equal(cpc_notify_open(&notify, &error), CPC_USAGE);
		assert_int_equal(notify.descriptor, -1);
		assert_null(getenv("NOTIFY_SOCKET"));
		cpc_notify_send(&notify, CPC_NOTIFY_READY, NULL);
		cpc_notify_free(&notify);
	}
	set_environment("", NULL, NULL);
	struct cpc_notify notify;
	assert_int_equal(cpc_notify_open(&notify, NULL), CPC_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(speaks_to_a_path),
		cmocka_unit_test(speaks_to_an_abstract_name),
		cmocka_unit_test(cuts_a_long_status),
		cmocka_unit_test(a_manager_that_is_not_there_costs_nothing),
		cmocka_unit_test(watchdog_is_ours_or_is_not),
		cmocka_unit_test(refuses_what_is_no_address),
	};

	return cmocka_run_group_tests_name("notify", tests, NULL, NULL);
}
