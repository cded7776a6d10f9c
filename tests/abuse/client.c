/* SPDX-License-Identifier: MIT */
/*
 * Clients that an agent should not be asked to serve, and one that measures what the others do to it. Loopback only.
 *
 *	abuse_client PORT MODE ARGUMENT...
 *
 *	framings FILE               send every row; each must get 400 and a closed connection
 *	burst COUNT                 connect so many at once; all must be answered
 *	slow COUNT GAP_MS SECONDS   hold so many, each sending a byte of a header every so often
 *	idle COUNT SECONDS          hold so many; each has been answered once and says nothing more
 *	flood SECONDS               connect as fast as it goes, say nothing, never close first
 *	steady SECONDS LIMIT_MS     behave: a request every 5 ms, by turns kept alive and on a
 *	                            new connection; 99 of 100 must be answered within that limit
 *	endless SECONDS             a chunked body that never ends, as fast as it goes
 *	late                        say nothing, or half a request, and wait for the end
 *	half                        half-closed sockets, within a request and behind one
 *	pipeline COUNT              so many requests in one write, and a fault behind them
 *
 * Prints one line of what happened. Exit code 1 where an agent did wrong.
 */
#include "client.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static uint16_t port;

double now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

void nap(double milliseconds)
{
	const struct timespec time = {
		.tv_sec = (time_t)(milliseconds / 1e3),
		.tv_nsec = (long)(milliseconds * 1e6) % 1000000000,
	};

	if (milliseconds > 0)
		nanosleep(&time, NULL);
}

/* A socket that connects, or -1. */
int dial(int flags)
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

void say(int descriptor, const char *bytes, size_t length)
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
bool hear(int descriptor, char ret_answer[static ANSWER_SIZE], double milliseconds)
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

static int by_value(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;

	return (x > y) - (x < y);
}

double quantile(double *values, size_t count, double q)
{
	qsort(values, count, sizeof(*values), by_value);
	return count ? values[(size_t)((double)(count - 1) * q)] : 0;
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
	if (strcmp(mode, "steady") == 0 && argc == 5)
		return steady(first, strtod(argv[4], NULL));
	if (strcmp(mode, "endless") == 0 && argc == 4)
		return endless(first);
	if (strcmp(mode, "late") == 0 && argc == 3)
		return late();
	if (strcmp(mode, "half") == 0 && argc == 3)
		return half();
	if (strcmp(mode, "pipeline") == 0 && argc == 4)
		return pipeline((size_t)first);
	fprintf(stderr, "usage: abuse_client PORT MODE ARGUMENT...; see the head of its source\n");
	return 64;
}
