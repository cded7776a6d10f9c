/* SPDX-License-Identifier: MIT */
/* One client at a time. */
#include "client.h"

#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "framings.h"

static size_t count_answers(const char *answer)
{
	size_t count = 0;

	for (const char *at = answer; (at = strstr(at, "HTTP/1.1 ")); at += 9)
		count += at[9] >= '1' && at[9] <= '5';
	return count;
}

/* Send bytes on a connection of their own: 400, once, and the end? */
static bool is_refused(const char *name, const char *bytes, size_t length)
{
	char answer[ANSWER_SIZE];
	const int descriptor = dial(0);

	say(descriptor, bytes, length);
	const bool ended = hear(descriptor, answer, 5000);
	close(descriptor);
	if (ended && strncmp(answer, "HTTP/1.1 400 ", 13) == 0 && count_answers(answer) == 1 &&
	    strstr(answer, "\r\nConnection: close\r\n") && strstr(answer, "application/problem+json"))
		return true;
	printf("%s: %s, and the connection %s\n", name, answer[0] ? strtok(answer, "\r") : "no answer",
	       ended ? "ends" : "lives");
	return false;
}

int framings(const char *path)
{
	struct framing framing;
	size_t count = 0;
	size_t refused = 0;
	FILE *file = fopen(path, "r");

	if (!file)
		return 66;
	for (; framing_next(file, &framing); count++)
		refused += is_refused(framing.name, framing.bytes, framing.length);
	fclose(file);
	printf("%zu of %zu refused with 400 and closed\n", refused, count);
	return refused != count;
}

/* One request; how long it took, or -1. */
static double ask(int descriptor)
{
	char answer[ANSWER_SIZE];
	const double begin = now_ms();
	const struct timeval patience = { .tv_sec = 10 };

	setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	say(descriptor, REQUEST, strlen(REQUEST));
	const ssize_t got = recv(descriptor, answer, sizeof(answer), 0);
	return got > 15 && memcmp(answer, "HTTP/1.1 200 OK", 15) == 0 ? now_ms() - begin : -1;
}

int steady(double seconds, double limit)
{
	const size_t most = (size_t)(seconds * 200) + 2;
	double *times = calloc(most, sizeof(*times));
	const double begin = now_ms();
	int kept = dial(0);
	size_t count = 0;
	size_t failed = 0;

	for (size_t i = 0; times && i < most && now_ms() - begin < seconds * 1e3; i++) {
		const double turn = now_ms();
		const int descriptor = i % 2 ? dial(0) : kept;
		double time = ask(descriptor);
		if (i % 2)
			close(descriptor);
		if (time >= 0)
			times[count++] = i % 2 ? now_ms() - turn : time;
		else
			failed++;
		if (time < 0 && i % 2 == 0) {
			close(kept);
			kept = dial(0);
		}
		nap(turn + 5 - now_ms());
	}
	const double p99 = quantile(times, count, 0.99);
	printf("%zu answered, %zu failed, p50 %.2f ms, p99 %.2f ms, worst %.2f ms\n", count, failed,
	       quantile(times, count, 0.5), p99, quantile(times, count, 1));
	free(times);
	close(kept);
	return failed != 0 || count == 0 || p99 >= limit;
}

int endless(double seconds)
{
	static const char head[] = "POST /v1/compare HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
	static char chunk[4096 + 8];
	char answer[ANSWER_SIZE];
	const int descriptor = dial(0);
	const double begin = now_ms();
	double sent = 0;

	memcpy(chunk, "1000\r\n", 6);
	memset(chunk + 6, 'a', 4096);
	memcpy(chunk + 6 + 4096, "\r\n", 2);
	say(descriptor, head, sizeof(head) - 1);
	while (now_ms() - begin < seconds * 1e3 && send(descriptor, chunk, sizeof(chunk), MSG_NOSIGNAL) > 0) {
		sent += sizeof(chunk);
		nap(0.2);
	}
	const double took = now_ms() - begin;
	hear(descriptor, answer, 2000);
	printf("%.0f MB in %.1f s, then: %s\n", sent / 1e6, took / 1e3,
	       answer[0] ? strtok(answer, "\r") : "closed without an answer");
	return took >= seconds * 1e3;
}

/* Send bytes, close that half, and see whether the answer begins so. */
static bool half_closed(const char *bytes, const char *expected)
{
	char answer[ANSWER_SIZE];
	const int descriptor = dial(0);

	say(descriptor, bytes, strlen(bytes));
	shutdown(descriptor, SHUT_WR);
	const bool ended = hear(descriptor, answer, 5000);
	close(descriptor);
	if (ended && strncmp(answer, expected, strlen(expected)) == 0 && (expected[0] || !answer[0]))
		return true;
	printf("half-closed behind %zu bytes: %s\n", strlen(bytes), answer[0] ? strtok(answer, "\r") : "no answer");
	return false;
}

int half(void)
{
	static const struct {
		const char *bytes;
		const char *expected;
	} rows[] = {
		{ REQUEST, "HTTP/1.1 200 " },
		{ "", "" },
		{ "GET /healthz HT", "HTTP/1.1 400 " },
		{ "GET /healthz HTTP/1.1\r\nHost: a\r\n", "HTTP/1.1 400 " },
		{ "POST /v1/compare HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", "HTTP/1.1 400 " },
	};
	bool good = true;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!half_closed(rows[i].bytes, rows[i].expected))
			good = false;
	puts(good ? "answered behind a request, 400 within one" : "not as it should be");
	return !good;
}

int pipeline(size_t count)
{
	static const char fault[] = "GET /metrics HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n";
	static char answer[1 << 20];
	const int descriptor = dial(0);
	char *text = calloc(count + 1, strlen(REQUEST) + sizeof(fault));
	size_t length = 0;
	ssize_t got;

	if (!text)
		return 71;
	for (size_t i = 0; i < count; i++)
		strcat(text, "GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n");
	strcat(text, fault);
	say(descriptor, text, strlen(text));
	free(text);
	while ((got = recv(descriptor, answer + length, sizeof(answer) - 1 - length, 0)) > 0)
		length += (size_t)got;
	close(descriptor);
	const size_t answers = count_answers(answer);
	const char *last = strstr(answer, "HTTP/1.1 400 ");
	printf("%zu answers to %zu requests and a fault, which %s\n", answers, count, last ? "got 400" : "got nothing");
	return answers != count + 1 || !last || got != 0;
}

/* Whether what came in `answer` at that time is right: `expected`, not before the deadline. */
static bool is_in_time(const char *what, const char *answer, const char *expected, double took)
{
	const bool right = strncmp(answer, expected, strlen(expected)) == 0 && (expected[0] || !answer[0]);

	printf("%s: %.12s after %.1f s; ", what, answer[0] ? answer : "no word", took / 1e3);
	return right && took > 9000;
}

int late(void)
{
	static const struct {
		const char *what;
		const char *bytes;
		const char *expected;
	} rows[] = {
		{ "nothing", "", "" },
		{ "half a head", "GET /healthz HTTP/1.1\r\nHost: a\r\n", "HTTP/1.1 408 " },
		{ "half a body", "POST /v1/compare HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc",
		  "HTTP/1.1 408 " },
		{ "half a chunk", "POST /v1/compare HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nabc",
		  "HTTP/1.1 408 " },
	};
	int descriptors[sizeof(rows) / sizeof(rows[0])];
	char answer[ANSWER_SIZE];
	const double begin = now_ms();
	bool good = true;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		descriptors[i] = dial(0);
		say(descriptors[i], rows[i].bytes, strlen(rows[i].bytes));
	}
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		good &= hear(descriptors[i], answer, 60000);
		good &= is_in_time(rows[i].what, answer, rows[i].expected, now_ms() - begin);
		close(descriptors[i]);
	}
	puts("each was closed then");
	return !good;
}
