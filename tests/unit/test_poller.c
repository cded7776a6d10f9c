/* SPDX-License-Identifier: MIT */
/* The poller against servers that do what no agent would, and one that does what all do. */
#include "support.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "poller.h"

#define TARGETS_MAX 64
#define WAIT_SECONDS 30

/* A server of one scripted answer after another; the last one is repeated. */
struct server {
	int descriptor;
	char address[64];
	const char *heads[4]; /* NULL: accept, and say nothing */
	size_t body_bytes;    /* of `x`, after each head */
	unsigned int gap_ms;  /* between bytes of the body; 0: all at once */
	char request[2048];   /* the last one */
	size_t count;
	pthread_t thread;
	pthread_mutex_t lock;
};

static void send_slowly(int client, size_t count, unsigned int gap_ms)
{
	const struct timespec gap = { .tv_nsec = (long)gap_ms * 1000000 };

	for (size_t i = 0; i < count && send(client, "x", 1, MSG_NOSIGNAL) == 1; i++)
		nanosleep(&gap, NULL);
}

static void send_all(int client, size_t count)
{
	char piece[65536];
	ssize_t sent = 1;

	memset(piece, 'x', sizeof(piece));
	for (size_t left = count; left > 0 && sent > 0; left -= (size_t)sent)
		sent = send(client, piece, left < sizeof(piece) ? left : sizeof(piece), MSG_NOSIGNAL);
}

static void answer(struct server *server, int client)
{
	char request[2048] = "";
	const ssize_t got = recv(client, request, sizeof(request) - 1, 0);
	const char *head = NULL;

	pthread_mutex_lock(&server->lock);
	memcpy(server->request, request, sizeof(request));
	for (size_t i = 0; i <= server->count && i < COUNT(server->heads) && server->heads[i]; i++)
		head = server->heads[i];
	server->count++;
	pthread_mutex_unlock(&server->lock);
	if (!head || got <= 0) {
		poll(&(struct pollfd){ .fd = client, .events = POLLIN }, 1, 5000);
		return;
	}
	if (send(client, head, strlen(head), MSG_NOSIGNAL) < 0)
		return;
	if (server->gap_ms)
		send_slowly(client, server->body_bytes, server->gap_ms);
	else if (!strstr(head, " 304 "))
		send_all(client, server->body_bytes);
}

static void *serve(void *context)
{
	struct server *server = context;

	for (;;) {
		const int client = accept(server->descriptor, NULL, NULL);

		if (client < 0)
			return NULL;
		answer(server, client);
		close(client);
	}
}

static void start_server(struct server *server)
{
	struct sockaddr_in name = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(name);

	pthread_mutex_init(&server->lock, NULL);
	server->descriptor = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(bind(server->descriptor, (struct sockaddr *)&name, sizeof(name)), 0);
	assert_int_equal(listen(server->descriptor, 8), 0);
	assert_int_equal(getsockname(server->descriptor, (struct sockaddr *)&name, &length), 0);
	snprintf(server->address, sizeof(server->address), "http://127.0.0.1:%u", (unsigned int)ntohs(name.sin_port));
	assert_int_equal(pthread_create(&server->thread, NULL, serve, server), 0);
}

static void stop_server(struct server *server)
{
	shutdown(server->descriptor, SHUT_RDWR);
	pthread_join(server->thread, NULL);
	close(server->descriptor);
	pthread_mutex_destroy(&server->lock);
}

/* What the poller told of each target. */
struct told {
	pthread_mutex_t lock;
	pthread_cond_t more;
	bool believes;	       /* what the callback returns */
	unsigned int stall_ms; /* how long the first answer keeps the poller's thread */
	struct {
		size_t count;
		enum cpc_poll_result results[8];
		char what[192];
		size_t length;
		char first[8];
	} targets[TARGETS_MAX];
};

static void init_told(struct told *told)
{
	*told = (struct told){ .believes = true };
	pthread_mutex_init(&told->lock, NULL);
	pthread_cond_init(&told->more, NULL);
}

static bool hear(void *context, const struct cpc_poll_answer *got)
{
	struct told *told = context;

	pthread_mutex_lock(&told->lock);
	const bool believes = told->believes;
	const size_t count = told->targets[got->target].count;
	if (count < 8)
		told->targets[got->target].results[count] = got->result;
	told->targets[got->target].count++;
	told->targets[got->target].length = got->length;
	if (got->result == CPC_POLL_FAILED)
		memcpy(told->targets[got->target].what, got->error->what, sizeof(got->error->what));
	if (got->result == CPC_POLL_ANSWERED)
		snprintf(told->targets[got->target].first, 8, "%.7s", got->bytes);
	const unsigned int stall_ms = told->stall_ms;
	told->stall_ms = 0;
	pthread_cond_broadcast(&told->more);
	pthread_mutex_unlock(&told->lock);
	poll(NULL, 0, (int)stall_ms);
	return believes;
}

/* Until the poller has told so many times of a target. */
static void await(struct told *told, size_t target, size_t count)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += WAIT_SECONDS;
	pthread_mutex_lock(&told->lock);
	while (told->targets[target].count < count)
		if (pthread_cond_timedwait(&told->more, &told->lock, &until))
			fail_msg("target %zu was heard of %zu times, not %zu", target, told->targets[target].count,
				 count);
	pthread_mutex_unlock(&told->lock);
}

static struct cpc_poller *ask(struct told *told, const struct cpc_poll_target *targets, size_t count,
			      unsigned int interval)
{
	const struct cpc_polling polling = {
		.targets = targets,
		.count = count,
		.interval_seconds = interval,
		.answered = hear,
		.context = told,
	};
	struct cpc_poller *poller = NULL;
	struct cpc_error error;

	if (cpc_poller_start(&polling, &poller, &error))
		fail_msg("%s", error.what);
	return poller;
}

#define OK "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nETag: \"abc\"\r\n\r\n"
#define UNCHANGED "HTTP/1.1 304 Not Modified\r\nETag: \"abc\"\r\n\r\n"

static void asks_again_with_its_tag_and_token(void **state)
{
	struct server server = { .heads = { OK, UNCHANGED }, .body_bytes = 3 };
	struct told told;
	char request[2048];

	(void)state;
	setenv("http_proxy", "http://127.0.0.1:1/", 1);
	init_told(&told);
	start_server(&server);
	const struct cpc_poll_target target = { server.address, "s3cret" };
	struct cpc_poller *poller = ask(&told, &target, 1, 1);
	await(&told, 0, 2);
	cpc_poller_stop(poller);
	unsetenv("http_proxy");
	memcpy(request, server.request, sizeof(request));
	stop_server(&server);
	assert_int_equal(told.targets[0].results[0], CPC_POLL_ANSWERED);
	assert_string_equal(told.targets[0].first, "xxx");
	assert_int_equal(told.targets[0].results[1], CPC_POLL_UNCHANGED);
	assert_memory_equal(request, "GET /v1/report HTTP/1.1\r\n", 25);
	assert_non_null(strstr(request, "\r\nIf-None-Match: \"abc\"\r\n"));
	assert_non_null(strstr(request, "\r\nAuthorization: Bearer s3cret\r\n"));
	assert_null(strstr(request, "Accept-Encoding"));
}

/* A body that made no sense is not what a 304 may stand for. */
static void forgets_the_tag_of_nonsense(void **state)
{
	struct server server = { .heads = { OK, OK }, .body_bytes = 3 };
	struct told told;

	(void)state;
	init_told(&told);
	told.believes = false;
	start_server(&server);
	const struct cpc_poll_target target = { server.address, NULL };
	struct cpc_poller *poller = ask(&told, &target, 1, 1);
	await(&told, 0, 2);
	cpc_poller_stop(poller);
	stop_server(&server);
	assert_null(strstr(server.request, "If-None-Match"));
	assert_null(strstr(server.request, "Authorization"));
}

static void survives_strange_servers(void **state)
{
	static char long_head[50000] = "HTTP/1.1 200 OK\r\nX: ";
	static const char zipped[] = "HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\n";
	struct {
		struct server server;
		const char *what; /* NULL: its bytes are told as they came */
	} rows[] = {
		{ { .heads = { OK }, .body_bytes = 3 }, NULL },
		{ { .heads = { zipped }, .body_bytes = 3 }, NULL },
		{ { .heads = { "HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\n" }, .body_bytes = 1 },
		  "HTTP status 404" },
		{ { .heads = { "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n" } },
		  "HTTP status 302, a redirect" },
		{ { .heads = { UNCHANGED } }, "HTTP status 304 instead of 200" },
		{ { .heads = { "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" }, .body_bytes = 3U << 20 },
		  "larger than a report" },
		{ { .heads = { "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n" }, .body_bytes = 1000 },
		  "larger than a report" },
		{ { .heads = { "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n" }, .body_bytes = 5 }, "" },
		{ { .heads = { long_head }, .body_bytes = 1 }, "the headers of its answer are larger" },
		{ { .heads = { "SSH-2.0-OpenSSH_9.2\r\n" } }, "" },
		{ { .heads = { "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n" }, .body_bytes = 1000, .gap_ms = 200 },
		  "in time" },
		{ { .heads = { NULL } }, "in time" },
	};
	struct cpc_poll_target targets[COUNT(rows) + 2] = { { NULL, NULL } };
	struct told told;

	(void)state;
	memset(long_head + strlen(long_head), 'a', sizeof(long_head) - strlen(long_head) - 5);
	memcpy(long_head + sizeof(long_head) - 5, "\r\n\r\n", 5);
	init_told(&told);
	for (size_t i = 0; i < COUNT(rows); i++) {
		start_server(&rows[i].server);
		targets[i].address = rows[i].server.address;
	}
	targets[COUNT(rows)].address = "http://127.0.0.1:1";
	targets[COUNT(rows) + 1].address = "unix:/nonexistent/socket";
	struct cpc_poller *poller = ask(&told, targets, COUNT(targets), 3);
	for (size_t i = 0; i < COUNT(targets); i++)
		await(&told, i, 1);
	cpc_poller_stop(poller);
	for (size_t i = 0; i < COUNT(rows); i++) {
		stop_server(&rows[i].server);
		assert_int_equal(told.targets[i].results[0], rows[i].what ? CPC_POLL_FAILED : CPC_POLL_ANSWERED);
		if (rows[i].what && (!told.targets[i].what[0] || !strstr(told.targets[i].what, rows[i].what)))
			fail_msg("%zu: no '%s' in '%s'", i, rows[i].what, told.targets[i].what);
	}
	assert_string_equal(told.targets[COUNT(rows)].what, "connection refused");
	assert_string_equal(told.targets[COUNT(rows) + 1].what, "no such socket");
	assert_string_equal(told.targets[1].first, "xxx");
}

/* More silent agents than there are places for: one that answers is asked in every interval all the same. */
static void does_not_let_the_silent_starve_the_good(void **state)
{
	struct server silent = { .heads = { NULL } };
	struct server good = { .heads = { OK }, .body_bytes = 3 };
	struct cpc_poll_target targets[CPC_POLLS_MAX + 17];
	struct told told;

	(void)state;
	init_told(&told);
	start_server(&silent);
	start_server(&good);
	for (size_t i = 0; i < COUNT(targets); i++)
		targets[i] = (struct cpc_poll_target){ i ? silent.address : good.address, NULL };
	struct cpc_poller *poller = ask(&told, targets, COUNT(targets), 2);
	await(&told, 0, 5);
	cpc_poller_stop(poller);
	for (size_t i = 0; i < 5; i++)
		assert_int_equal(told.targets[0].results[i], CPC_POLL_ANSWERED);
	for (size_t i = 1; i < COUNT(targets); i++)
		assert_true(told.targets[i].count <= 5);
	stop_server(&good);
	stop_server(&silent);
}

/* What keeps this thread from running is nobody else's slowness: who was being asked meanwhile is asked again. */
static void blames_nobody_for_its_own_sleep(void **state)
{
	struct server first = { .heads = { OK }, .body_bytes = 3, .gap_ms = 100 };
	struct server second = { .heads = { OK }, .body_bytes = 3, .gap_ms = 150 };
	struct server silent = { .heads = { NULL } };
	struct told told;

	(void)state;
	init_told(&told);
	told.stall_ms = 2000;
	start_server(&first);
	start_server(&second);
	start_server(&silent);
	const struct cpc_poll_target targets[] = { { first.address, NULL },
						   { second.address, NULL },
						   { silent.address, NULL } };
	struct cpc_poller *poller = ask(&told, targets, COUNT(targets), 1);
	for (size_t i = 0; i < COUNT(targets); i++)
		await(&told, i, 1);
	cpc_poller_stop(poller);
	stop_server(&first);
	stop_server(&second);
	stop_server(&silent);
	assert_int_equal(told.targets[0].results[0], CPC_POLL_ANSWERED);
	assert_int_equal(told.targets[1].results[0], CPC_POLL_ANSWERED);
	assert_int_equal(told.targets[2].results[0], CPC_POLL_FAILED);
}

static void stops_at_once(void **state)
{
	struct server silent = { .heads = { NULL } };
	struct timespec before;
	struct timespec after;
	struct told told;

	(void)state;
	init_told(&told);
	start_server(&silent);
	const struct cpc_poll_target target = { silent.address, NULL };
	struct cpc_poller *poller = ask(&told, &target, 1, 60);
	nanosleep(&(struct timespec){ .tv_nsec = 200000000 }, NULL);
	clock_gettime(CLOCK_MONOTONIC, &before);
	cpc_poller_stop(poller);
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_true(after.tv_sec - before.tv_sec < 3);
	assert_int_equal(told.targets[0].count, 0);
	stop_server(&silent);
	cpc_poller_stop(NULL);
}

static void refuses_a_bad_address(void **state)
{
	const struct cpc_poll_target targets[] = { { "http://a", NULL }, { "ftp://a", NULL } };
	const struct cpc_polling polling = { .targets = targets, .count = 2, .interval_seconds = 60, .answered = hear };
	struct cpc_poller *poller = NULL;
	struct cpc_error error;

	(void)state;
	assert_int_equal(cpc_poller_start(&polling, &poller, &error), CPC_USAGE);
	assert_null(poller);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(asks_again_with_its_tag_and_token),
		cmocka_unit_test(forgets_the_tag_of_nonsense),
		cmocka_unit_test(survives_strange_servers),
		cmocka_unit_test(does_not_let_the_silent_starve_the_good),
		cmocka_unit_test(blames_nobody_for_its_own_sleep),
		cmocka_unit_test(stops_at_once),
		cmocka_unit_test(refuses_a_bad_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
