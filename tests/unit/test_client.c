/* SPDX-License-Identifier: MIT */
/* The client against servers that do what no agent would. */
#include "support.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "address.h"
#include "client.h"

/* Who asks: without a token, believing whom the system trusts. */
static const struct cpc_client nobody;

static void recognises_addresses(void **state)
{
	static const char *const yes[] = { "http://a", "https://a:1/x", "HTTP://a", "unix:/run/x", "unix:" };
	static const char *const no[] = { "",
					  "self",
					  "-",
					  "@x",
					  "http:/a",
					  "httpx://a",
					  "/unix:/x",
					  "ftp://a",
					  "host.json",
					  "cpc1:GenuineIntel:6.1.1:1:pa=36",
					  "prometheus+http://a" };

	(void)state;
	for (size_t i = 0; i < COUNT(yes); i++)
		assert_true(cpc_is_address(yes[i]));
	for (size_t i = 0; i < COUNT(no); i++)
		assert_false(cpc_is_address(no[i]));
}

/* What is said to be near must be: a name that begins like a loopback address is anybody's. */
static void knows_what_goes_over_the_network(void **state)
{
	static const char *const exposed[] = { "http://a",
					       "HTTP://a:1/x",
					       "http://127.0.0.1.example.org",
					       "http://127.example.org:80/",
					       "http://localhost.example.org",
					       "http://[::1].example.org",
					       "http://127.0.0.1@example.org",
					       "http://128.0.0.1",
					       "http://192.0.2.127",
					       "prometheus+http://127.x/prefix" };
	static const char *const near[] = { "https://a",
					    "unix:/run/x",
					    "http://localhost",
					    "http://LOCALHOST:1",
					    "http://localhost/x",
					    "http://127.0.0.1",
					    "http://127.1.2.3:10789/",
					    "http://u:p@127.0.0.1:1",
					    "http://[::1]",
					    "http://[::1]:1/x",
					    "prometheus+http://127.0.0.1:9090/a",
					    "prometheus+https://a" };

	(void)state;
	for (size_t i = 0; i < COUNT(exposed); i++)
		if (!cpc_address_is_exposed(exposed[i]))
			fail_msg("%s", exposed[i]);
	for (size_t i = 0; i < COUNT(near); i++)
		if (cpc_address_is_exposed(near[i]))
			fail_msg("%s", near[i]);
}

static void takes_addresses_apart(void **state)
{
	static const struct {
		const char *text;
		const char *url;
		const char *socket_path;
		const char *name;
	} rows[] = {
		{ "http://a", "http://a/v1/report", "", "http://a" },
		{ "http://a:10789/", "http://a:10789/v1/report", "", "http://a:10789" },
		{ "https://[::1]:1", "https://[::1]:1/v1/report", "", "https://[::1]:1" },
		{ "http://a/v1/report", "http://a/v1/report", "", "http://a" },
		{ "http://a/b@c", "http://a/b@c", "", "http://a" },
		{ "http://u:p@a", "http://u:p@a/v1/report", "", "http://a" },
		{ "http://u:p@q@a:1/x", "http://u:p@q@a:1/x", "", "http://a:1" },
		{ "http://a\nb", "http://a\nb/v1/report", "", "http://a?b" },
		{ "unix:/run/c.sock", "http://localhost/v1/report", "/run/c.sock", "unix:/run/c.sock" },
	};
	struct cpc_address address;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(cpc_address_parse(rows[i].text, &address, NULL), CPC_OK);
		assert_string_equal(address.url, rows[i].url);
		assert_string_equal(address.socket_path, rows[i].socket_path);
		assert_string_equal(address.name, rows[i].name);
	}
}

static void refuses_bad_addresses(void **state)
{
	char long_text[CPC_ADDRESS_MAX + 16];

	(void)state;
	memset(long_text, 'a', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	memcpy(long_text, "http://", 7);
	const char *const texts[] = { "http://", "http:///x", "http://u:secret@", "http://u:secret@/x",
				      "unix:",	 "self",      long_text,	  "http://u:secret@a:port" };

	for (size_t i = 0; i < COUNT(texts); i++) {
		struct cpc_buffer body = { .length = 0 };
		struct cpc_error error;
		assert_int_equal(cpc_fetch_report(&nobody, texts[i], &body, &error), CPC_USAGE);
		assert_null(strstr(error.what, "secret"));
		assert_null(body.bytes);
	}
}

/* A listening socket on a port that the kernel picked. */
static int listen_somewhere(char address[static 64])
{
	struct sockaddr_in name = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t length = sizeof(name);
	int descriptor = socket(AF_INET, SOCK_STREAM, 0);

	assert_int_equal(bind(descriptor, (struct sockaddr *)&name, sizeof(name)), 0);
	assert_int_equal(listen(descriptor, 8), 0);
	assert_int_equal(getsockname(descriptor, (struct sockaddr *)&name, &length), 0);
	snprintf(address, 64, "http://u:secret@127.0.0.1:%u", (unsigned int)ntohs(name.sin_port));
	return descriptor;
}

/* One answer to one client: a head, and then so many bytes. */
struct server {
	int descriptor;
	const char *head;
	size_t body_bytes;
	char request[1024];
	pthread_t thread;
};

static void *serve_one(void *argument)
{
	struct server *server = argument;
	static char piece[65536];
	int client = accept(server->descriptor, NULL, NULL);
	ssize_t got = recv(client, server->request, sizeof(server->request) - 1, 0);
	ssize_t sent = got > 0 ? send(client, server->head, strlen(server->head), MSG_NOSIGNAL) : -1;

	memset(piece, 'x', sizeof(piece));
	for (size_t left = server->body_bytes; left > 0 && sent > 0; left -= (size_t)sent)
		sent = send(client, piece, left < sizeof(piece) ? left : sizeof(piece), MSG_NOSIGNAL);
	close(client);
	close(server->descriptor);
	return NULL;
}

static void start(struct server *server, const char *head, size_t body_bytes)
{
	server->head = head;
	server->body_bytes = body_bytes;
	memset(server->request, 0, sizeof(server->request));
	assert_int_equal(pthread_create(&server->thread, NULL, serve_one, server), 0);
}

/* One client after the other, each of which gets a head and, of a 200, two bytes. */
struct turns {
	int descriptor;
	const char *const *heads;
	size_t count;
	char requests[2][1024];
};

static void *serve_turns(void *argument)
{
	struct turns *turns = argument;

	for (size_t i = 0; i < turns->count; i++) {
		const int client = accept(turns->descriptor, NULL, NULL);
		const char *head = turns->heads[i];
		ssize_t got = recv(client, turns->requests[i], sizeof(turns->requests[i]) - 1, 0);

		if (got > 0)
			got = send(client, head, strlen(head), MSG_NOSIGNAL);
		if (got > 0 && strstr(head, " 200 "))
			got = send(client, "{}", 2, MSG_NOSIGNAL);
		close(client);
	}
	return NULL;
}

struct ask_result {
	enum cpc_status status;
	size_t length;
};

static bool keep_status(void *context, size_t target, const struct cpc_buffer *body, const struct cpc_error *error)
{
	struct ask_result *result = context;

	assert_int_equal(target, 0);
	result->status = body ? CPC_OK : error->status;
	result->length = body ? body->length : 0;
	return true;
}

static void explains_a_closed_port(void **state)
{
	struct cpc_buffer body = { .length = 0 };
	struct cpc_error error;
	char address[64];
	char expected[128];

	(void)state;
	close(listen_somewhere(address));
	assert_int_equal(cpc_fetch_report(&nobody, address, &body, &error), CPC_UNAVAILABLE);
	snprintf(expected, sizeof(expected), "http://%s: connection refused; is cpucompatd running there?",
		 strchr(address, '@') + 1);
	assert_string_equal(error.what, expected);
	assert_int_equal(cpc_fetch_report(&nobody, "unix:/nonexistent/socket", &body, &error), CPC_UNAVAILABLE);
	assert_string_equal(error.what, "unix:/nonexistent/socket: no such socket; is cpucompatd running there?");
	assert_null(body.bytes);
}

static void fetches_a_report(void **state)
{
	struct cpc_buffer body = { .length = 0 };
	struct server server;
	char address[64];

	(void)state;
	setenv("http_proxy", "http://127.0.0.1:1/", 1);
	server.descriptor = listen_somewhere(address);
	start(&server, "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n", 3);
	assert_int_equal(cpc_fetch_report(&nobody, address, &body, NULL), CPC_OK);
	pthread_join(server.thread, NULL);
	unsetenv("http_proxy");
	assert_string_equal(body.bytes, "xxx");
	assert_memory_equal(server.request, "GET /v1/report HTTP/1.1\r\n", 25);
	cpc_buffer_free(&body);
}

static void fetches_from_a_unix_socket(void **state)
{
	struct cpc_buffer body = { .length = 0 };
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	struct server server;
	char address[64];

	(void)state;
	snprintf(name.sun_path, sizeof(name.sun_path), "/tmp/cpc-test-client-%ld", (long)getpid());
	snprintf(address, sizeof(address), "unix:%.50s", name.sun_path);
	server.descriptor = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_int_equal(bind(server.descriptor, (struct sockaddr *)&name, sizeof(name)), 0);
	assert_int_equal(listen(server.descriptor, 1), 0);
	start(&server, "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n", 1);
	assert_int_equal(cpc_fetch_report(&nobody, address, &body, NULL), CPC_OK);
	pthread_join(server.thread, NULL);
	unlink(name.sun_path);
	assert_int_equal(body.length, 1);
	cpc_buffer_free(&body);
}

/* An address takes the table's path where it has none; who has no table is asked for the report. */
static void asks_an_older_agent_for_its_report(void **state)
{
	static const char none[] = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
	static const char some[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n";
	static const char lost[] = "HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
	static const struct {
		const char *path;
		const char *heads[2];
		const char *asked[2]; /* NULL: not again */
		enum cpc_status status;
	} rows[] = {
		{ "", { some }, { "/v1/ready" }, CPC_OK },
		{ "/", { none, some }, { "/v1/ready", "/v1/report" }, CPC_OK },
		{ "", { none, none }, { "/v1/ready", "/v1/report" }, CPC_UNAVAILABLE },
		{ "", { none, lost }, { "/v1/ready", "/v1/report" }, CPC_UNAVAILABLE },
		{ "", { lost }, { "/v1/ready" }, CPC_UNAVAILABLE },
		{ "/v1/report", { some }, { "/v1/report" }, CPC_OK },
		{ "/x", { none }, { "/x" }, CPC_UNAVAILABLE },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct ask_result result = { .status = CPC_INTERNAL };
		struct turns turns = { .heads = rows[i].heads, .count = rows[i].asked[1] ? 2 : 1 };
		char address[80];
		const struct cpc_fetch_target target = { .address = address };
		const struct cpc_fetching fetching = { .client = &nobody,
						       .targets = &target,
						       .count = 1,
						       .what = CPC_FETCH_READY,
						       .answered = keep_status,
						       .context = &result };
		pthread_t thread;

		turns.descriptor = listen_somewhere(address);
		strcat(address, rows[i].path);
		assert_int_equal(pthread_create(&thread, NULL, serve_turns, &turns), 0);
		assert_int_equal(cpc_fetch_reports(&fetching, NULL), CPC_OK);
		pthread_join(thread, NULL);
		close(turns.descriptor);
		assert_int_equal(result.status, rows[i].status);
		assert_int_equal(result.length, rows[i].status ? 0 : 2);
		for (size_t n = 0; n < turns.count; n++) {
			char line[80];

			snprintf(line, sizeof(line), "GET %s HTTP/1.1\r\n", rows[i].asked[n]);
			if (strncmp(turns.requests[n], line, strlen(line)) != 0)
				fail_msg("row %zu: %s", i, turns.requests[n]);
		}
	}
}

static void refuses_strange_answers(void **state)
{
	static const struct {
		const char *head;
		size_t body_bytes;
		const char *what;
	} rows[] = {
		{ "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n", 17U << 20, "larger than 16777216 bytes" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n", 17U << 20, "larger than 16777216 bytes" },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n", 5, "is it a cpucompatd?" },
		{ "HTTP/1.1 404 Not Found\r\nContent-Length: 1\r\n\r\n", 1, "HTTP status 404" },
		{ "HTTP/1.1 204 No Content\r\n\r\n", 0, "HTTP status 204" },
		{ "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n", 0, "redirect" },
		{ "SSH-2.0-OpenSSH_9.2\r\n", 0, "is it a cpucompatd?" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cpc_buffer body = { .length = 0 };
		struct server server;
		struct cpc_error error;
		char address[64];
		server.descriptor = listen_somewhere(address);
		start(&server, rows[i].head, rows[i].body_bytes);
		assert_int_equal(cpc_fetch_report(&nobody, address, &body, &error), CPC_UNAVAILABLE);
		pthread_join(server.thread, NULL);
		assert_non_null(strstr(error.what, rows[i].what));
		assert_null(strstr(error.what, "secret"));
		assert_null(body.bytes);
	}
}

/* It is not for its body that it is refused. */
static void refuses_endless_headers(void **state)
{
	struct cpc_buffer head = { .length = 0 };
	struct cpc_buffer body = { .length = 0 };
	struct server server;
	struct cpc_error error;
	char address[64];

	(void)state;
	cpc_buffer_puts(&head, "HTTP/1.1 200 OK\r\n");
	for (unsigned int i = 0; i < 600; i++)
		cpc_buffer_puts(&head,
				"X-Filler: 0123456789012345678901234567890123456789012345678901234567890123\r\n");
	cpc_buffer_puts(&head, "\r\n");
	server.descriptor = listen_somewhere(address);
	start(&server, head.bytes, 1);
	assert_int_equal(cpc_fetch_report(&nobody, address, &body, &error), CPC_UNAVAILABLE);
	pthread_join(server.thread, NULL);
	assert_non_null(strstr(error.what, "the headers of its answer are larger"));
	assert_null(body.bytes);
	cpc_buffer_free(&head);
}

/* Clients that are told so many bytes each, one after the other. */
struct fat_server {
	int descriptor;
	size_t clients;
	atomic_size_t accepted;
	size_t accepted_before_the_first;
};

#define FAT_BYTES ((size_t)15 << 20)

static void *serve_fat(void *argument)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
	static char piece[65536];
	struct fat_server *server = argument;
	char request[1024];

	memset(piece, 'x', sizeof(piece));
	for (size_t i = 0; i < server->clients; i++) {
		const int client = accept(server->descriptor, NULL, NULL);
		ssize_t sent = recv(client, request, sizeof(request), 0);

		atomic_fetch_add(&server->accepted, 1);
		if (sent > 0)
			sent = send(client, head, sizeof(head) - 1, MSG_NOSIGNAL);
		for (size_t left = FAT_BYTES; left > 0 && sent > 0; left -= (size_t)sent)
			sent = send(client, piece, left < sizeof(piece) ? left : sizeof(piece), MSG_NOSIGNAL);
		close(client);
	}
	return NULL;
}

static bool count_fat(void *context, size_t target, const struct cpc_buffer *body, const struct cpc_error *error)
{
	struct fat_server *server = context;

	(void)error;
	if (target == 0) {
		assert_null(body);
		server->accepted_before_the_first = atomic_load(&server->accepted);
	} else if (body) {
		assert_int_equal(body->length, FAT_BYTES);
	}
	return true;
}

/* Those behind one that is silent are not all kept: of 15 MiB each, five are more than 64. */
static void keeps_few_answers_that_wait(void **state)
{
	enum { CLIENTS = 12 };
	const struct cpc_client client = { .timeout_ms = 3000 };
	struct fat_server server = { .clients = CLIENTS };
	struct cpc_fetch_target targets[1 + CLIENTS];
	const struct cpc_fetching fetching = { .client = &client,
					       .targets = targets,
					       .count = COUNT(targets),
					       .most = 2,
					       .answered = count_fat,
					       .context = &server };
	char silent[64];
	char fat[64];
	const int silence = listen_somewhere(silent);
	pthread_t thread;

	(void)state;
	server.descriptor = listen_somewhere(fat);
	for (size_t i = 0; i < COUNT(targets); i++)
		targets[i] = (struct cpc_fetch_target){ .address = i ? fat : silent };
	assert_int_equal(pthread_create(&thread, NULL, serve_fat, &server), 0);
	assert_int_equal(cpc_fetch_reports(&fetching, NULL), CPC_OK);
	pthread_join(thread, NULL);
	assert_in_range(server.accepted_before_the_first, 0, 5);
	close(server.descriptor);
	close(silence);
}

/* Accepts into the backlog and never answers: the bound is 10 seconds. */
static void gives_up_on_silence(void **state)
{
	struct cpc_buffer body = { .length = 0 };
	struct cpc_error error;
	char address[64];
	int descriptor = listen_somewhere(address);
	time_t begin = time(NULL);

	(void)state;
	assert_int_equal(cpc_fetch_report(&nobody, address, &body, &error), CPC_UNAVAILABLE);
	assert_in_range(time(NULL) - begin, 8, 13);
	assert_non_null(strstr(error.what, "in time"));
	close(descriptor);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(recognises_addresses),
		cmocka_unit_test(knows_what_goes_over_the_network),
		cmocka_unit_test(takes_addresses_apart),
		cmocka_unit_test(refuses_bad_addresses),
		cmocka_unit_test(explains_a_closed_port),
		cmocka_unit_test(fetches_a_report),
		cmocka_unit_test(fetches_from_a_unix_socket),
		cmocka_unit_test(refuses_strange_answers),
		cmocka_unit_test(asks_an_older_agent_for_its_report),
		cmocka_unit_test(refuses_endless_headers),
		cmocka_unit_test(keeps_few_answers_that_wait),
		cmocka_unit_test(gives_up_on_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
