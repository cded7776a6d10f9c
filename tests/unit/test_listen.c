/* SPDX-License-Identifier: MIT */
/* Sockets as they are opened and taken over, and a server that is given each kind. */
#include "support.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "listen.h"
#include "serve.h"

#define FINGERPRINT "cpc1:GenuineIntel:6.106.6:1:pa=46"

static const struct cpc_listen_options plain = { .tls = false };

static char folder[] = "/tmp/cpc-listen-XXXXXX";
static char path[64];
static char address[80];

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/socket", folder);
	snprintf(address, sizeof(address), "unix:%s", path);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

/* A socket that is bound and may listen, as somebody else would make it. */
static int bound(int family, bool listens)
{
	struct cpc_socket_address where;
	const int descriptor = socket(family, SOCK_STREAM, 0);

	assert_int_equal(cpc_listen_parse(family == AF_UNIX    ? address
					  : family == AF_INET6 ? "[::1]:0"
							       : "127.0.0.1:0",
					  &where, NULL),
			 CPC_OK);
	assert_true(descriptor >= 0);
	if (bind(descriptor, &where.u.any, where.length)) {
		close(descriptor);
		return -1;
	}
	if (listens)
		assert_int_equal(listen(descriptor, 5), 0);
	return descriptor;
}

static void makes_a_file_with_its_mode(void **state)
{
	struct cpc_listen_options options = { .mode = 0600 };
	struct cpc_listening listening;
	struct cpc_error error;
	struct stat found;
	char number[16];

	(void)state;
	assert_int_equal(cpc_listen(address, &plain, &listening, &error), CPC_OK);
	assert_string_equal(listening.url, address);
	assert_true(listening.near);
	assert_false(listening.tls);
	assert_int_equal(stat(path, &found), 0);
	assert_int_equal(found.st_mode, S_IFSOCK | CPC_SOCKET_MODE_DEFAULT);
	cpc_listen_close(&listening);
	assert_int_equal(stat(path, &found), -1);
	snprintf(number, sizeof(number), "%u", (unsigned int)getegid());
	options.group = number;
	options.tls = true;
	assert_int_equal(cpc_listen(address, &options, &listening, &error), CPC_OK);
	assert_false(listening.tls);
	assert_int_equal(stat(path, &found), 0);
	assert_int_equal(found.st_mode, S_IFSOCK | 0600);
	assert_int_equal(found.st_gid, getegid());
	cpc_listen_close(&listening);
	options.group = "no-such-group";
	assert_int_equal(cpc_listen(address, &options, &listening, &error), CPC_USAGE);
	assert_non_null(strstr(error.what, "no-such-group"));
}

static void replaces_a_dead_socket_alone(void **state)
{
	struct cpc_listening listening;
	struct cpc_listening second;
	struct cpc_error error;
	struct stat found;

	(void)state;
	close(bound(AF_UNIX, true));
	assert_int_equal(stat(path, &found), 0);
	assert_int_equal(cpc_listen(address, &plain, &listening, &error), CPC_OK);
	assert_int_equal(cpc_listen(address, &plain, &second, &error), CPC_UNAVAILABLE);
	assert_non_null(strstr(error.what, "already in use"));
	cpc_listen_close(&listening);
	const int file = open(path, O_CREAT | O_WRONLY | O_EXCL, 0600);
	assert_true(file >= 0);
	close(file);
	assert_int_equal(cpc_listen(address, &plain, &listening, &error), CPC_UNAVAILABLE);
	assert_non_null(strstr(error.what, "is no socket"));
	assert_int_equal(unlink(path), 0);
}

/* Somebody has moved our file away and put another in its place. */
static void leaves_another_file_alone(void **state)
{
	struct cpc_listening listening;

	(void)state;
	assert_int_equal(cpc_listen(address, &plain, &listening, NULL), CPC_OK);
	/* The old inode must not be the new one's: it stays in use. */
	assert_int_equal(unlink(path), 0);
	const int other = bound(AF_UNIX, true);
	cpc_listen_close(&listening);
	assert_int_equal(access(path, F_OK), 0);
	close(other);
	assert_int_equal(unlink(path), 0);
}

static void says_why_a_path_will_not_do(void **state)
{
	struct cpc_listening listening;
	struct cpc_error error;
	char text[200] = "unix:/tmp/";

	(void)state;
	memset(text + strlen(text), 'a', 107 - 5);
	assert_int_equal(cpc_listen(text, &plain, &listening, &error), CPC_OK);
	assert_int_equal(strlen(listening.url), 5 + 107);
	cpc_listen_close(&listening);
	strcat(text, "a");
	assert_int_equal(cpc_listen(text, &plain, &listening, &error), CPC_USAGE);
	assert_non_null(strstr(error.what, "107"));
	assert_int_equal(cpc_listen("unix:/nonexistent/socket", &plain, &listening, &error), CPC_UNAVAILABLE);
}

static void refuses_far_addresses(void **state)
{
	static const char *const far_addresses[] = { "0.0.0.0:0", "192.0.2.1:0", "[::]:0", "[2001:db8::1]:0" };
	const struct cpc_listen_options allowed = { .far = true };
	struct cpc_listening listening;
	struct cpc_error error;

	(void)state;
	for (size_t i = 0; i < COUNT(far_addresses); i++) {
		assert_int_equal(cpc_listen(far_addresses[i], &plain, &listening, &error), CPC_USAGE);
		assert_int_equal(cpc_listen_check(far_addresses[i], &plain, &error), CPC_USAGE);
		assert_non_null(strstr(error.what, "insecure"));
		assert_non_null(strstr(error.what, "tls-certificate"));
		assert_int_equal(cpc_listen_check(far_addresses[i], &allowed, &error), CPC_OK);
	}
	/* Nobody has that address (RFC 5737): it was tried. */
	assert_int_equal(cpc_listen("192.0.2.1:0", &allowed, &listening, &error), CPC_UNAVAILABLE);
}

/* The server refuses the same, whatever half of a protection there is. */
static void takes_both_halves(void **state)
{
	static const char *const far_address[] = { "0.0.0.0:0" };
	static const char *const near_address[] = { "127.0.0.1:0" };
	struct cpc_serving serving = { .listen = far_address, .listen_count = 1 };
	struct cpc_error error;

	(void)state;
	assert_int_equal(cpc_serving_check(&serving, &error), CPC_USAGE);
	serving.tokens = "/dev/null";
	assert_int_equal(cpc_serving_check(&serving, &error), CPC_USAGE);
	serving.tokens = NULL;
	serving.tls_certificate = serving.tls_key = "/nonexistent";
	assert_int_equal(cpc_serving_check(&serving, &error), CPC_USAGE);
	assert_non_null(strstr(error.what, "others could reach it"));
	serving.tls_certificate = serving.tls_key = NULL;
	serving.insecure = true;
	assert_int_equal(cpc_serving_check(&serving, &error), CPC_OK);
	serving.insecure = false;
	serving.listen = near_address;
	assert_int_equal(cpc_serving_check(&serving, &error), CPC_OK);
	serving.tls_key = "/nonexistent";
	assert_int_equal(cpc_serving_check(&serving, &error), CPC_USAGE);
	assert_non_null(strstr(error.what, "go together"));
	serving.tls_key = NULL;
	serving.tls_client_ca = "/nonexistent";
	assert_int_equal(cpc_serving_check(&serving, &error), CPC_USAGE);
	serving.tls_client_ca = NULL;
	serving.tls_client_required = true;
	assert_int_equal(cpc_serving_check(&serving, &error), CPC_USAGE);
}

static void inherits_listening_sockets_alone(void **state)
{
	struct cpc_listening listening;
	struct cpc_error error;
	const int unbound = bound(AF_INET, false);
	const int datagrams = socket(AF_INET, SOCK_DGRAM, 0);
	const int listens = bound(AF_UNIX, true);

	(void)state;
	assert_int_equal(cpc_listen_inherit(unbound, &plain, &listening, &error), CPC_USAGE);
	assert_int_equal(cpc_listen_inherit(datagrams, &plain, &listening, &error), CPC_USAGE);
	assert_int_equal(cpc_listen_inherit(-1, &plain, &listening, &error), CPC_USAGE);
	assert_int_equal(cpc_listen_inherit(listens, &plain, &listening, &error), CPC_OK);
	assert_string_equal(listening.url, address);
	assert_true(listening.near && listening.inherited);
	assert_true(fcntl(listens, F_GETFL) & O_NONBLOCK);
	assert_int_equal(fcntl(listens, F_GETFD), FD_CLOEXEC);
	cpc_listen_close(&listening);
	/* The file is whose it was. */
	assert_int_equal(access(path, F_OK), 0);
	assert_int_equal(unlink(path), 0);
	close(unbound);
	close(datagrams);
}

static void inherits_no_far_socket(void **state)
{
	const struct cpc_listen_options allowed = { .far = true, .tls = true };
	struct sockaddr_in far = { .sin_family = AF_INET };
	const int on = 1;
	struct cpc_listening listening;
	struct cpc_error error;
	const int descriptor = socket(AF_INET, SOCK_STREAM, 0);

	(void)state;
	/* Far, and yet nobody reaches it: RFC 5737's addresses are not this machine's. */
	assert_int_equal(inet_pton(AF_INET, "192.0.2.1", &far.sin_addr), 1);
	assert_int_equal(setsockopt(descriptor, IPPROTO_IP, IP_FREEBIND, &on, sizeof(on)), 0);
	assert_int_equal(bind(descriptor, (struct sockaddr *)&far, sizeof(far)), 0);
	assert_int_equal(listen(descriptor, 5), 0);
	assert_int_equal(cpc_listen_inherit(descriptor, &plain, &listening, &error), CPC_USAGE);
	assert_non_null(strstr(error.what, "others could reach it"));
	assert_int_equal(cpc_listen_inherit(descriptor, &allowed, &listening, &error), CPC_OK);
	assert_memory_equal(listening.url, "https://192.0.2.1:", 18);
	assert_false(listening.near);
	cpc_listen_close(&listening);
}

static void ask_health(const struct cpc_socket_address *where)
{
	static const char request[] = "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
	char answer[16] = "";
	const int client = socket(where->u.any.sa_family, SOCK_STREAM, 0);

	assert_int_equal(connect(client, &where->u.any, where->length), 0);
	assert_int_equal(write(client, request, sizeof(request) - 1), sizeof(request) - 1);
	assert_int_equal(recv(client, answer, 13, MSG_WAITALL), 13);
	assert_string_equal(answer, "HTTP/1.1 200 ");
	close(client);
}

static void serves_on_inherited_sockets(void **state)
{
	int sockets[3] = { bound(AF_UNIX, true), bound(AF_INET, true), bound(AF_INET6, true) };
	const size_t count = sockets[2] < 0 ? 2 : 3; /* a machine may be without the other family */
	const int kept = dup(sockets[1]);
	const struct cpc_serving serving = { .inherited = sockets, .inherited_count = count };
	struct cpc_fingerprint fingerprint = parsed(FINGERPRINT);
	struct cpc_capture capture = { .origin = CPC_ORIGIN_FINGERPRINT, .fingerprint = fingerprint };
	struct cpc_report report;
	struct cpc_server *server = NULL;

	(void)state;
	cpc_report_of(&capture, &report);
	assert_int_equal(cpc_server_start(&serving, &(struct cpc_published){ .report = &report }, &server, NULL),
			 CPC_OK);
	assert_string_equal(cpc_server_url(server, 0), address);
	assert_null(cpc_server_url(server, count));
	struct cpc_socket_address where = { .length = sizeof(where.u) };
	for (size_t i = 0; i < count; i++) {
		where.length = sizeof(where.u);
		assert_int_equal(getsockname(sockets[i], &where.u.any, &where.length), 0);
		ask_health(&where);
	}
	where.length = sizeof(where.u);
	assert_int_equal(getsockname(kept, &where.u.any, &where.length), 0);
	cpc_server_stop(server);
	assert_int_equal(fcntl(sockets[1], F_GETFD), -1);
	assert_int_equal(access(path, F_OK), 0);
	unlink(path);
	/* Whoever else has the socket still listens: the next agent answers. */
	const int client = socket(AF_INET, SOCK_STREAM, 0);
	assert_int_equal(connect(client, &where.u.any, where.length), 0);
	close(client);
	close(kept);
}

static void gives_inherited_sockets_back(void **state)
{
	static const char *const bad[] = { "127.0.0.1:0", "example.org:80" };
	const int inherited[] = { bound(AF_INET, true) };
	const struct cpc_serving serving = {
		.inherited = inherited, .inherited_count = 1, .listen = bad, .listen_count = 2
	};
	struct cpc_capture capture = { .origin = CPC_ORIGIN_FINGERPRINT, .fingerprint = parsed(FINGERPRINT) };
	struct cpc_report report;
	struct cpc_server *server = NULL;
	struct cpc_error error;

	(void)state;
	cpc_report_of(&capture, &report);
	assert_int_equal(cpc_server_start(&serving, &(struct cpc_published){ .report = &report }, &server, &error),
			 CPC_USAGE);
	assert_null(server);
	assert_true(fcntl(inherited[0], F_GETFD) >= 0);
	close(inherited[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(makes_a_file_with_its_mode),
		cmocka_unit_test(replaces_a_dead_socket_alone),
		cmocka_unit_test(leaves_another_file_alone),
		cmocka_unit_test(says_why_a_path_will_not_do),
		cmocka_unit_test(refuses_far_addresses),
		cmocka_unit_test(takes_both_halves),
		cmocka_unit_test(inherits_listening_sockets_alone),
		cmocka_unit_test(inherits_no_far_socket),
		cmocka_unit_test(serves_on_inherited_sockets),
		cmocka_unit_test(gives_inherited_sockets_back),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
