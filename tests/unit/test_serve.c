/* SPDX-License-Identifier: MIT */
/* The parts of the server that need no client; tests/e2e/serve.sh has the rest. */
#include "support.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "framing.h"
#include "listen.h"
#include "query.h"
#include "routes.h"
#include "serve.h"

#define FINGERPRINT "cpc1:GenuineIntel:6.106.6:1:pa=46"

static void decodes_a_query(void **state)
{
	static const struct {
		const char *value;
		const char *text; /* NULL: refused */
	} rows[] = {
		{ "", "" },
		{ "kvm", "kvm" },
		{ "cpc1%3Aa%3ab", "cpc1:a:b" },
		{ "2.240.100 5.340.40", "2.240.100+5.340.40" },
		{ "2.240.100%2B5", "2.240.100+5" },
		{ "a%20b", "a b" },
		{ "a%2520b", "a%20b" },
		{ "%", NULL },
		{ "%4", NULL },
		{ "%4g", NULL },
		{ "%g4", NULL },
		{ "a%00b", NULL },
		{ "a%0ab", NULL },
		{ "a\nb", NULL },
		{ "%c3%a4", NULL },
		{ "\xc3\xa4", NULL },
		{ "0123456789012345678", "0123456789012345678" },
		{ "01234567890123456789", NULL },
	};
	char text[20];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		assert_int_equal(cpc_query_decode(rows[i].value, text, sizeof(text)), rows[i].text != NULL);
		if (rows[i].text)
			assert_string_equal(text, rows[i].text);
	}
}

static void matches_entity_tags(void **state)
{
	static const struct {
		const char *header;
		bool matches;
	} rows[] = {
		{ NULL, false },
		{ "", false },
		{ "\"abc\"", true },
		{ "W/\"abc\"", true },
		{ "*", true },
		{ " \"x\" , \"abc\"", true },
		{ "\"x\",W/\"abc\",\"y\"", true },
		{ "\"x\", \"y\"", false },
		{ "abc", false },
		{ "\"abc", false },
		{ "\"abcd\"", false },
		{ ",,,", false },
		{ "W/", false },
		{ "* ", true },
		{ "\"x\", *", false },
		{ "*, \"x\"", false },
		{ "\"x,*,y\"", false },
		{ "\"x,\"abc\",y\"", false },
		{ "\"x\"\"abc\"", false },
		{ "\"x y\", \"abc\"", false },
		{ "w/\"abc\"", false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(cpc_etag_matches(rows[i].header, "\"abc\"", true), rows[i].matches);
	assert_true(cpc_etag_matches("W/\"abc\", \"abc\"", "\"abc\"", false));
	assert_false(cpc_etag_matches("W/\"abc\"", "\"abc\"", false));
}

static void reads_addresses(void **state)
{
	static const char *const good[] = { "127.0.0.1:0", "127.9.9.9:65535",  "localhost:80",
					    "[::1]:10789", "0.0.0.0:80",       "192.0.2.1:80",
					    "[::]:80",	   "[2001:db8::1]:80", "unix:/run/x" };
	static const char *const bad[] = {
		"",
		":",
		"127.0.0.1",
		"127.0.0.1:",
		":80",
		"127.0.0.1:65536",
		"127.0.0.1:-1",
		"127.0.0.1:+1",
		"127.0.0.1:80x",
		"127.0.0.1:000080",
		"127.1:80",
		"::1:80",
		"[::1]",
		"[::1]80",
		"[::1",
		"[]:80",
		"[127.0.0.1]:80",
		"example.org:80",
		"[::ffff:127.0.0.1]:80",
		"[fe80::1%lo]:80",
		"unix:",
		"unix:run/x",
		"unix:@x",
		"Unix:/run/x",
		"http://127.0.0.1:80",
		"[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0001]:80",
	};
	struct cpc_socket_address address;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		assert_int_equal(cpc_listen_parse(good[i], &address, NULL), CPC_OK);
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(cpc_listen_parse(bad[i], &address, NULL), CPC_USAGE);
}

static void has_sound_routes(void **state)
{
	(void)state;
	for (size_t i = 0; i < cpc_route_count; i++) {
		assert_ptr_equal(cpc_route_at(cpc_routes[i].path), &cpc_routes[i]);
		assert_int_equal(cpc_routes[i].methods & (CPC_GET | CPC_HEAD), CPC_GET | CPC_HEAD);
		assert_non_null(cpc_routes[i].answer);
		assert_non_null(cpc_routes[i].read.id);
		assert_non_null(cpc_routes[i].read.summary);
		assert_int_equal(cpc_routes[i].post.id != NULL, (cpc_routes[i].methods & CPC_POST) != 0);
		assert_true(cpc_routes[i].alternatives < CPC_API_CONTENTS_MAX);
	}
	assert_null(cpc_route_at("/v1/report/"));
	assert_null(cpc_route_at(""));
	assert_int_equal(cpc_method_named("get"), 0);
	assert_string_equal(cpc_route_allow(cpc_route_at("/v1/compare")), "GET, HEAD, POST");
}

static void finds_framing_faults(void **state)
{
	const struct cpc_framing plain = { .hosts = 1 };
	const struct cpc_framing faults[] = {
		{ .hosts = 0 },
		{ .hosts = 2 },
		{ .hosts = 1, .lengths = 2 },
		{ .hosts = 1, .lengths = 1, .encodings = 1, .chunked = true },
		{ .hosts = 1, .encodings = 2, .chunked = true },
		{ .hosts = 1, .encodings = 1 },
		{ .hosts = 1, .malformed = CPC_FAULT_VALUE },
	};

	(void)state;
	assert_int_equal(cpc_framing_fault(&plain, "HTTP/1.1"), CPC_FAULT_NONE);
	assert_int_equal(cpc_framing_fault(&faults[0], "HTTP/1.0"), CPC_FAULT_NONE);
	for (size_t i = 0; i < COUNT(faults); i++)
		assert_int_not_equal(cpc_framing_fault(&faults[i], "HTTP/1.1"), CPC_FAULT_NONE);
	assert_false(cpc_framing_has_body(&plain));
	assert_false(cpc_framing_has_body(&(struct cpc_framing){ .lengths = 1 }));
	assert_true(cpc_framing_has_body(&(struct cpc_framing){ .lengths = 1, .length = 1 }));
	assert_true(cpc_framing_has_body(&(struct cpc_framing){ .encodings = 1 }));
}

/* A report of a fingerprint alone; the capture is the caller's. */
static void make_report(struct cpc_capture *capture, struct cpc_report *report)
{
	*capture = (struct cpc_capture){ .origin = CPC_ORIGIN_FINGERPRINT,
					 .cpuinfo_vmx = CPC_UNKNOWN,
					 .cpuinfo_svm = CPC_UNKNOWN,
					 .cpuinfo_ept = CPC_UNKNOWN,
					 .cpuinfo_npt = CPC_UNKNOWN };
	assert_int_equal(cpc_fingerprint_parse(FINGERPRINT, strlen(FINGERPRINT), &capture->fingerprint, NULL), CPC_OK);
	cpc_report_of(capture, report);
}

/* Ask the server for a path; the whole answer, as text. */
static void ask(const struct cpc_server *server, const char *path, char *ret_answer, size_t size)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	char request[128];
	unsigned int port;
	size_t length = 0;
	ssize_t got;

	assert_int_equal(sscanf(cpc_server_url(server, 0), "http://127.0.0.1:%u/", &port), 1);
	address.sin_port = htons((uint16_t)port);
	int client = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(client, (struct sockaddr *)&address, sizeof(address)), 0);
	int written =
		snprintf(request, sizeof(request), "GET %s HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", path);
	assert_int_equal(write(client, request, (size_t)written), written);
	while (length + 1 < size && (got = read(client, ret_answer + length, size - 1 - length)) > 0)
		length += (size_t)got;
	ret_answer[length] = '\0';
	close(client);
}

static enum cpc_status start(const char *const *listen, size_t count, const struct cpc_report *report,
			     struct cpc_server **ret_server, struct cpc_error *reterr)
{
	const struct cpc_serving serving = { .listen = listen, .listen_count = count };

	return cpc_server_start(&serving, &(struct cpc_published){ .report = report }, ret_server, reterr);
}

static void serves_a_fingerprint_alone(void **state)
{
	static const char *const listen[] = { "127.0.0.1:0", "127.0.0.1:0" };
	struct cpc_capture capture;
	struct cpc_report report;
	struct cpc_server *server = NULL;
	char answer[8192];

	(void)state;
	make_report(&capture, &report);
	assert_int_equal(start(listen, 2, &report, &server, NULL), CPC_OK);
	/* It borrowed for the call only. */
	memset(&report, 0x5a, sizeof(report));
	memset(&capture, 0x5a, sizeof(capture));
	assert_non_null(cpc_server_url(server, 1));
	assert_null(cpc_server_url(server, 2));
	ask(server, "/v1/fingerprint", answer, sizeof(answer));
	assert_non_null(strstr(answer, FINGERPRINT));
	ask(server, "/v1/snapshot", answer, sizeof(answer));
	assert_memory_equal(answer, "HTTP/1.1 404 ", 13);
	ask(server, "/v1/compare?with=" FINGERPRINT, answer, sizeof(answer));
	assert_non_null(strstr(answer, "\"schema\": \"cpucompat/comparison/1\""));
	cpc_server_stop(server);
}

static void updates_and_stops(void **state)
{
	static const char *const listen[] = { "127.0.0.1:0" };
	struct cpc_capture capture;
	struct cpc_report report;
	struct cpc_server *server = NULL;
	char answer[8192];

	(void)state;
	make_report(&capture, &report);
	assert_int_equal(start(listen, 1, &report, &server, NULL), CPC_OK);
	report.fingerprint.stepping = 15;
	assert_int_equal(cpc_server_update(server, &(struct cpc_published){ .report = &report }, NULL), CPC_OK);
	ask(server, "/v1/fingerprint", answer, sizeof(answer));
	assert_non_null(strstr(answer, "cpc1:GenuineIntel:6.106.15:"));
	cpc_server_stop(server);
	cpc_server_stop(NULL);
}

static void refuses_a_taken_port(void **state)
{
	static const char *const first[] = { "127.0.0.1:0" };
	const char *second[] = { "127.0.0.1:0", NULL };
	struct cpc_capture capture;
	struct cpc_report report;
	struct cpc_server *server = NULL;
	struct cpc_server *other = NULL;
	struct cpc_error error;
	char address[64];

	(void)state;
	make_report(&capture, &report);
	assert_int_equal(start(first, 0, &report, &server, NULL), CPC_USAGE);
	assert_int_equal(start(first, CPC_LISTEN_MAX + 1, &report, &server, NULL), CPC_USAGE);
	assert_int_equal(start(first, 1, &report, &server, NULL), CPC_OK);
	snprintf(address, sizeof(address), "%s", cpc_server_url(server, 0) + strlen("http://"));
	*strchr(address, '/') = '\0';
	second[1] = address;
	assert_int_equal(start(second, 2, &report, &other, &error), CPC_UNAVAILABLE);
	assert_non_null(strstr(error.what, address));
	assert_non_null(strstr(error.what, "already in use"));
	assert_null(other);
	cpc_server_stop(server);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(decodes_a_query),	cmocka_unit_test(matches_entity_tags),
		cmocka_unit_test(reads_addresses),	cmocka_unit_test(has_sound_routes),
		cmocka_unit_test(finds_framing_faults), cmocka_unit_test(serves_a_fingerprint_alone),
		cmocka_unit_test(updates_and_stops),	cmocka_unit_test(refuses_a_taken_port),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
