/* SPDX-License-Identifier: MIT */
/*
 * Fail every allocation of a running server once, in turn, in whichever of its threads it is, those of
 * libmicrohttpd with them where it is linked in. A server that does not start says so; one that runs answers with
 * what it should, with 500 or 503, or closes the connection, and then serves on as if nothing had been.
 */
#include "refuse.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include "serve.h"

static const char text[] = "cpc1:GenuineIntel:6.106.6:1:pa=46";

static struct cpc_capture capture = { .origin = CPC_ORIGIN_FINGERPRINT };
static struct cpc_report report;
static const struct cpc_published published = { .report = &report };
static const char *const listen_at[] = { "127.0.0.1:0" };
static const struct cpc_serving serving = { .listen = listen_at, .listen_count = 1 };

static int setup(void **state)
{
	(void)state;
	capture.fingerprint = parsed(text);
	cpc_report_of(&capture, &report);
	return 0;
}

/* The status of the answer to a request; 0 where the connection was closed without one. */
static int ask(const struct cpc_server *server, const char *request)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	char answer[65536];
	unsigned int port;
	size_t length = 0;
	ssize_t got;
	int status = 0;

	assert_int_equal(sscanf(cpc_server_url(server, 0), "http://127.0.0.1:%u/", &port), 1);
	address.sin_port = htons((uint16_t)port);
	assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof(address)), 0);
	(void)send(client, request, strlen(request), MSG_NOSIGNAL);
	while (length + 1 < sizeof(answer) && (got = read(client, answer + length, sizeof(answer) - 1 - length)) > 0)
		length += (size_t)got;
	answer[length] = '\0';
	close(client);
	(void)sscanf(answer, "HTTP/1.1 %d ", &status);
	return status;
}

static struct cpc_server *start(void)
{
	struct cpc_server *server = NULL;

	assert_int_equal(cpc_server_start(&serving, &published, &server, NULL), CPC_OK);
	return server;
}

static void starts_or_says_why_not(void **state)
{
	size_t refused = 0;

	(void)state;
	/* A start renders every document, which test_allocations.c does one by one: here each 23rd is enough. */
	for (long n = 0;; n += n < 100 ? 1 : 23) {
		struct cpc_server *server = NULL;
		struct cpc_error error = { .what = "" };

		arm(n);
		const enum cpc_status status = cpc_server_start(&serving, &published, &server, &error);
		const bool was = disarm();
		if (status) {
			assert_true(was);
			assert_true(status == CPC_INTERNAL || status == CPC_UNAVAILABLE);
			assert_true(error.what[0] != '\0');
			assert_null(server);
			refused++;
			continue;
		}
		assert_int_equal(ask(server, "GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), 200);
		cpc_server_stop(server);
		if (!was)
			break;
	}
	assert_true(refused > 50);
}

static void serves_on(void **state)
{
	static const struct {
		const char *request;
		int status;
	} rows[] = {
		{ "GET /v1/report HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 200 },
		{ "GET /nothing HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 404 },
		{ "PUT /v1/report HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", 405 },
		{ "GET /v1/compare?policy=kvm&with=cpc1:GenuineIntel:6.1.1:1:pa=36 HTTP/1.1\r\nHost: a\r\n"
		  "Connection: close\r\n\r\n",
		  200 },
		{ "POST /v1/compare HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\nConnection: close\r\n\r\n"
		  "cpc1:GenuineIntel:6.1.1:1:pa=3",
		  200 },
		{ "POST /v1/compare HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
		  "1e\r\ncpc1:GenuineIntel:6.1.1:1:pa=3\r\n0\r\n\r\n",
		  200 },
		{ "GET /healthz HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400 },
	};
	struct cpc_server *server = start();
	size_t refused = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(ask(server, rows[i].request), rows[i].status);
		/* The connection's own allocations come first, whichever thread does them. */
		for (long n = 0;; n++) {
			arm(n);
			const int status = ask(server, rows[i].request);
			if (!disarm()) {
				assert_int_equal(status, rows[i].status);
				break;
			}
			if (status != rows[i].status && status != 0 && status != 500 && status != 503)
				fail_msg("%zu, allocation %ld refused: status %d", i, n, status);
			assert_int_equal(ask(server, rows[i].request), rows[i].status);
			refused++;
		}
	}
	assert_true(refused > 100);
	cpc_server_stop(server);
}

/* An update that fails leaves what was served, whole. */
static void keeps_what_it_has(void **state)
{
	struct cpc_server *server = start();
	size_t refused = 0;

	(void)state;
	for (long n = 0;; n += n < 100 ? 1 : 23) {
		arm(n);
		const enum cpc_status status = cpc_server_update(server, &published, NULL);
		const bool was = disarm();

		assert_true(status == CPC_OK || (was && status == CPC_INTERNAL));
		assert_int_equal(ask(server, "GET /v1/peers HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"), 200);
		refused += status != CPC_OK;
		if (!was)
			break;
	}
	assert_true(refused > 50);
	cpc_server_stop(server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(starts_or_says_why_not),
		cmocka_unit_test(serves_on),
		cmocka_unit_test(keeps_what_it_has),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
