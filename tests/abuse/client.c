/* SPDX-License-Identifier: MIT */
/*
 * Clients that an agent should not be asked to serve, and one that measures what the others do to it. Loopback only.
 *
 *	abuse_client PORT framings FILE               send every row; each must get 400 and a closed connection
 *	abuse_client PORT burst COUNT                 connect so many at once; all must be answered
 *	abuse_client PORT slow COUNT GAP_MS SECONDS   hold so many, each sending a byte of a header every so often
 *	abuse_client PORT idle COUNT SECONDS          hold so many; each has been answered once and says nothing more
 *	abuse_client PORT flood SECONDS               connect as fast as it goes, say nothing, never close first
 *	abuse_client PORT steady SECONDS              behave: a request every 5 ms, by turns kept alive and on a new
 *connection abuse_client PORT endless SECONDS             a chunked body that never ends, as fast as it goes
 *	abuse_client PORT half                        half-closed sockets, within a request and behind one
 *	abuse_client PORT pipeline COUNT              so many requests in one write, and a fault behind them
 *
 * Prints one line of what happened. Exit code 1 where an agent did wrong.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "framings.h"

#define REQUEST "GET /v1/fingerprint HTTP/1.1\r\nHost: a\r\n\r\n"
#define ANSWER_SIZE 16384

static uint16_t port;

static double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static void nap(double milliseconds)
{
	const struct timespec time = {
		.tv_sec = (time_t)(milliseconds / 1e3),
		.tv_nsec = (long)(milliseconds * 1e6) % 1000000000,
	};

	if (milliseconds > 0)
		nanosleep(&time, NULL);
}

/* A socket that connects, or -1. */
static int dial(int flags)
{
	const struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	const int descriptor = socket(AF_INET, SOCK_STREAM | flags, 0);

	if (descriptor >= 0 && connect(descriptor, (const struct sockaddr *)&address, sizeof(address)) != 0 &&
	    errno != EINPROGRESS) {
		close(descriptor);
		return -1;
	}
	return descriptor;
}

static void say(int descriptor, const char *bytes, size_t length)
{
	while (length) {
		const ssize_t sent = send(descriptor, bytes, length, MSG_NOSIGNAL);
		if (sent <= 0)
			return;
		bytes += sent;
		length -= (size_t)sent;
	}
}

/* Read until the end of the stream, or for so long; false where it did not end. */
static bool hear(int descriptor, char ret_answer[static ANSWER_SIZE], double milliseconds)
{
	const double until = now_ms() + milliseconds;
	size_t length = 0;
	ssize_t got = 1;

	while (got > 0 && length + 1 < ANSWER_SIZE) {
		struct pollfd poller = { .fd = descriptor, .events = POLLIN };
		const double left = until - now_ms();
		if (left <= 0 || poll(&poller, 1, (int)left + 1) <= 0)
			break;
		got = recv(descriptor, ret_answer + length, ANSWER_SIZE - 1 - length, 0);
		if (got > 0)
			length += (size_t)got;
	}
	ret_answer[length] = '\0';
	return got == 0;
}

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

static int framings(const char *path)
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

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;

	return (x > y) - (x < y);
}

static double quantile(double *values, size_t count, double q)
{
	qsort(values, count, sizeof(*values), by_value);
	return count ? values[(size_t)((double)(count - 1) * q)] : 0;
}

/* Connections that are polled together. */
struct crowd {
	struct pollfd *pollers;
	double *times;
	size_t count;
};

static struct crowd gather(size_t count)
{
	const struct rlimit many = { .rlim_cur = 65536, .rlim_max = 65536 };
	struct rlimit limit;

	setrlimit(RLIMIT_NOFILE, &many);
	if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur < count + 16) {
		fprintf(stderr, "too few descriptors for %zu connections\n", count);
		exit(71);
	}
	struct crowd crowd = { calloc(count, sizeof(*crowd.pollers)), calloc(count, sizeof(*crowd.times)), count };
	if (!crowd.pollers || !crowd.times)
		exit(71);
	for (size_t i = 0; i < count; i++)
		crowd.pollers[i].fd = -1;
	return crowd;
}

/* One step of a member of a burst; true when it has been answered. */
static bool burst_step(struct pollfd *poller)
{
	char answer[ANSWER_SIZE];

	if (poller->revents & POLLOUT) {
		say(poller->fd, REQUEST, strlen(REQUEST));
		poller->events = POLLIN;
		return false;
	}
	return (poller->revents & POLLIN) && recv(poller->fd, answer, sizeof(answer), 0) > 15 &&
	       memcmp(answer, "HTTP/1.1 200 OK", 15) == 0;
}

static int burst(size_t count)
{
	struct crowd crowd = gather(count);
	const double begin = now_ms();
	size_t answered = 0;

	for (size_t i = 0; i < count; i++)
		crowd.pollers[i] = (struct pollfd){ .fd = dial(SOCK_NONBLOCK), .events = POLLOUT };
	while (answered < count && now_ms() - begin < 10000) {
		if (poll(crowd.pollers, count, 1000) <= 0)
			continue;
		for (size_t i = 0; i < count; i++) {
			struct pollfd *poller = &crowd.pollers[i];
			if (poller->fd < 0 || !poller->revents || !burst_step(poller))
				continue;
			close(poller->fd);
			poller->fd = -1;
			crowd.times[answered++] = now_ms() - begin;
		}
	}
	printf("%zu of %zu answered, median %.1f ms, last %.1f ms\n", answered, count,
	       quantile(crowd.times, answered, 0.5), quantile(crowd.times, answered, 1));
	return answered != count;
}

/* What became of slow clients. */
struct fates {
	size_t late; /* answered 408 */
	size_t closed;
	size_t replaced;
};

static void renew(struct pollfd *poller, const char *text, struct fates *fates)
{
	char answer[ANSWER_SIZE] = { 0 };

	if (poller->fd >= 0) {
		const ssize_t got = recv(poller->fd, answer, sizeof(answer) - 1, MSG_DONTWAIT);
		if (got < 0 && errno == EAGAIN)
			return;
		fates->late += strncmp(answer, "HTTP/1.1 408 ", 13) == 0;
		fates->closed += got <= 0;
		fates->replaced++;
		close(poller->fd);
	}
	poller->fd = dial(0);
	poller->events = POLLIN;
	say(poller->fd, text, strlen(text));
}

static int slow(size_t count, double gap, double seconds)
{
	struct crowd crowd = gather(count);
	struct fates fates = { .late = 0 };
	const double begin = now_ms();

	for (double turn = begin; turn < begin + seconds * 1e3; turn += gap) {
		for (size_t i = 0; i < count; i++) {
			if (crowd.pollers[i].fd < 0)
				renew(&crowd.pollers[i], "GET /healthz HTTP/1.1\r\nHost: a\r\nX: ", &fates);
			else
				(void)send(crowd.pollers[i].fd, "a", 1, MSG_NOSIGNAL | MSG_DONTWAIT);
		}
		while (now_ms() < turn + gap) {
			if (poll(crowd.pollers, count, 50) <= 0)
				continue;
			for (size_t i = 0; i < count; i++)
				if (crowd.pollers[i].revents)
					renew(&crowd.pollers[i], "GET /healthz HTTP/1.1\r\nHost: a\r\nX: ", &fates);
		}
	}
	printf("%zu held for %.0f s; %zu ended: %zu with 408, %zu without a word\n", count, seconds, fates.replaced,
	       fates.late, fates.closed);
	return 0;
}

static int idle(size_t count, double seconds)
{
	struct crowd crowd = gather(count);
	char answer[ANSWER_SIZE];
	size_t answered = 0;
	size_t ended = 0;

	for (size_t i = 0; i < count; i++) {
		crowd.pollers[i].fd = dial(0);
		say(crowd.pollers[i].fd, REQUEST, strlen(REQUEST));
		answered += recv(crowd.pollers[i].fd, answer, sizeof(answer), 0) > 0;
	}
	nap(seconds * 1e3);
	for (size_t i = 0; i < count; i++)
		ended += recv(crowd.pollers[i].fd, answer, sizeof(answer), MSG_DONTWAIT) == 0;
	printf("%zu of %zu answered and held for %.0f s; %zu closed without a word\n", answered, count, seconds, ended);
	return answered != count;
}

static int flood(double seconds)
{
	struct crowd crowd = gather(8192);
	const double begin = now_ms();
	size_t made = 0;

	while (now_ms() - begin < seconds * 1e3) {
		int *place = &crowd.pollers[made % crowd.count].fd;
		if (*place >= 0)
			close(*place);
		*place = dial(SOCK_NONBLOCK);
		made += *place >= 0;
		/* The kernel drops what its queue has no room for; without a pause all others would wait on it. */
		if (made % 16 == 0)
			nap(4);
	}
	printf("%zu connections in %.0f s\n", made, seconds);
	return 0;
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

static int steady(double seconds)
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
	printf("%zu answered, %zu failed, p50 %.2f ms, p99 %.2f ms, worst %.2f ms\n", count, failed,
	       quantile(times, count, 0.5), quantile(times, count, 0.99), quantile(times, count, 1));
	return failed != 0 || count == 0 || quantile(times, count, 0.99) >= 50;
}

static int endless(double seconds)
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

static int half(void)
{
	const bool good =
		half_closed(REQUEST, "HTTP/1.1 200 ") & half_closed("", "") &
		half_closed("GET /healthz HT", "HTTP/1.1 400 ") &
		half_closed("GET /healthz HTTP/1.1\r\nHost: a\r\n", "HTTP/1.1 400 ") &
		half_closed("POST /v1/compare HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nabc", "HTTP/1.1 400 ");

	puts(good ? "answered behind a request, 400 within one" : "not as it should be");
	return !good;
}

static int pipeline(size_t count)
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

int main(int argc, char **argv)
{
	const char *const mode = argc > 2 ? argv[2] : "";
	const double first = argc > 3 ? strtod(argv[3], NULL) : 0;
	const double third = argc > 5 ? strtod(argv[5], NULL) : 0;

	signal(SIGPIPE, SIG_IGN);
	if (argc > 1)
		port = (uint16_t)strtoul(argv[1], NULL, 10);
	if (strcmp(mode, "framings") == 0 && argc == 4)
		return framings(argv[3]);
	if (strcmp(mode, "burst") == 0 && argc == 4)
		return burst((size_t)first);
	if (strcmp(mode, "slow") == 0 && argc == 6)
		return slow((size_t)first, strtod(argv[4], NULL), third);
	if (strcmp(mode, "idle") == 0 && argc == 5)
		return idle((size_t)first, strtod(argv[4], NULL));
	if (strcmp(mode, "flood") == 0 && argc == 4)
		return flood(first);
	if (strcmp(mode, "steady") == 0 && argc == 4)
		return steady(first);
	if (strcmp(mode, "endless") == 0 && argc == 4)
		return endless(first);
	if (strcmp(mode, "half") == 0 && argc == 3)
		return half();
	if (strcmp(mode, "pipeline") == 0 && argc == 4)
		return pipeline((size_t)first);
	fprintf(stderr, "usage: abuse_client PORT MODE ARGUMENT...; see the head of its source\n");
	return 64;
}
