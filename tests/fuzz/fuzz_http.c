/* SPDX-License-Identifier: MIT */
/*
 * Any bytes on a connection of a real server, down to the handlers: whatever comes, every answer is HTTP with a status
 * that the contract knows, the connection ends, and no descriptor stays behind.
 */
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cpucompat/fingerprint.h>
#include <cpucompat/report.h>

#include "serve.h"

#define FINGERPRINT                                                                                                    \
	"cpc1:GenuineIntel:6.106.6:77fab203-fcbf9ff-4-d19f2ffb-808-bc000400:pa=46,la=57,clf=64,xs=2.240.100+5.440.40"

/* Longer than any deadline of the server. */
#define PATIENCE_MS 30000

/* Descriptors that may be on their way out. */
#define SLACK 8

#define ROUNDS_BETWEEN_COUNTS 256

struct answer {
	char *bytes;
	size_t length;
};

static struct cpc_server *server;
static struct sockaddr_in address = { .sin_family = AF_INET };
static size_t descriptors;

static size_t count_descriptors(void)
{
	DIR *folder = opendir("/proc/self/fd");
	size_t count = 0;

	while (folder && readdir(folder))
		count++;
	if (folder)
		closedir(folder);
	return count;
}

static void stop(void)
{
	cpc_server_stop(server);
	server = NULL;
}

static void start(void)
{
	static const char *const listen[] = { "127.0.0.1:0" };
	const struct cpc_serving serving = { .listen = listen, .listen_count = 1 };
	static struct cpc_capture capture = { .origin = CPC_ORIGIN_FINGERPRINT };
	struct cpc_report report;
	unsigned int port;

	if (cpc_fingerprint_parse(FINGERPRINT, strlen(FINGERPRINT), &capture.fingerprint, NULL))
		abort();
	cpc_report_of(&capture, &report);
	if (cpc_server_start(&serving, &(struct cpc_published){ .report = &report }, &server, NULL) ||
	    sscanf(cpc_server_url(server, 0), "http://127.0.0.1:%u/", &port) != 1)
		abort();
	address.sin_port = htons((uint16_t)port);
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	descriptors = count_descriptors();
	if (atexit(stop))
		abort();
}

/* Send what the server takes, and read until it closes. */
static void converse(int client, const uint8_t *data, size_t size, struct answer *answer)
{
	size_t sent = 0;
	bool finished = false;
	ssize_t got = 1;

	while (got > 0) {
		struct pollfd polled = { .fd = client, .events = (short)(finished ? POLLIN : POLLIN | POLLOUT) };

		const int ready = poll(&polled, 1, PATIENCE_MS);

		/* libFuzzer has a timer of its own, which interrupts. */
		if (ready < 0 && errno == EINTR)
			continue;
		if (ready != 1)
			abort();
		if (!finished && (polled.revents & (POLLOUT | POLLERR))) {
			const ssize_t more = send(client, data + sent, size - sent, MSG_NOSIGNAL | MSG_DONTWAIT);

			sent += more > 0 ? (size_t)more : 0;
			finished = more < 0 || sent == size;
			if (finished)
				shutdown(client, SHUT_WR);
			continue;
		}
		answer->bytes = realloc(answer->bytes, answer->length + 65536);
		if (!answer->bytes)
			abort();
		got = recv(client, answer->bytes + answer->length, 65536, 0);
		answer->length += got > 0 ? (size_t)got : 0;
	}
}

static bool begins(const struct answer *answer, size_t at, const char *text)
{
	return answer->length - at >= strlen(text) && memcmp(answer->bytes + at, text, strlen(text)) == 0;
}

static bool is_known(unsigned int status)
{
	static const unsigned int known[] = { 100, 200, 304, 400, 401, 403, 404, 405, 408, 411, 412,
					      413, 414, 417, 421, 429, 431, 500, 501, 503, 505 };

	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (known[i] == status)
			return true;
	return false;
}

/* The head of an answer: its end, or 0 where it was cut. */
static size_t check_head(const struct answer *answer, size_t at, size_t *ret_body)
{
	const char *end = memmem(answer->bytes + at, answer->length - at, "\r\n\r\n", 4);
	const char *length;
	unsigned int status;
	char head[4096];

	if (!end)
		return 0;
	const size_t size = (size_t)(end - (answer->bytes + at)) + 2;
	if (size >= sizeof(head))
		abort();
	memcpy(head, answer->bytes + at, size);
	head[size] = '\0';
	for (const char *c = head; *c; c++)
		if (((unsigned char)*c < ' ' && *c != '\r' && *c != '\n') || (unsigned char)*c > '~')
			abort();
	if (sscanf(head, "HTTP/1.1 %3u ", &status) != 1 || !is_known(status))
		abort();
	length = strstr(head, "\r\nContent-Length: ");
	*ret_body = length && status != 304 ? strtoul(length + strlen("\r\nContent-Length: "), NULL, 10) : 0;
	return at + size + 2;
}

/* One answer behind the other. HEAD's have the length of a body and none: then the next answer follows, or the end. */
static void check_answers(const struct answer *answer)
{
	size_t at = 0;

	while (at < answer->length) {
		size_t body = 0;

		if (!begins(answer, at, "HTTP/1.1 "))
			abort();
		at = check_head(answer, at, &body);
		/* A client that sends on into a closed connection may lose the rest. */
		if (!at || at == answer->length)
			return;
		if (begins(answer, at, "HTTP/1.1 "))
			continue;
		if (body > answer->length - at)
			return;
		at += body;
	}
}

/* The server closes after it has answered, so it is given a moment. */
static void check_descriptors(void)
{
	static unsigned int rounds;

	if (++rounds % ROUNDS_BETWEEN_COUNTS)
		return;
	for (int tries = 0; tries < 100; tries++) {
		if (count_descriptors() <= descriptors + SLACK)
			return;
		poll(NULL, 0, 100);
	}
	abort();
}

/* libFuzzer's timer interrupts connect() as well, and what then becomes of the socket nobody needs to know. */
static int connect_again(void)
{
	for (;;) {
		const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

		if (client < 0)
			abort();
		if (!connect(client, (struct sockaddr *)&address, sizeof(address)))
			return client;
		if (errno != EINTR)
			abort();
		close(client);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct answer answer = { .length = 0 };

	if (!server)
		start();
	const int client = connect_again();

	converse(client, data, size, &answer);
	close(client);
	check_answers(&answer);
	free(answer.bytes);
	check_descriptors();
	return 0;
}
