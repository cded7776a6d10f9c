/* SPDX-License-Identifier: MIT */
/*
 * Clients for tests/load.sh that have to be quick themselves:
 *
 *	bench_clients burst PORT COUNT PATH     so many connections at once; milliseconds until the last has its answer
 *	bench_clients first PORT PATH COMMAND   milliseconds from exec of COMMAND to its first answer; it is stopped
 *then
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CONNECTIONS_MAX 4096
#define PATIENCE_MS 15000

extern char **environ;

/** One of a burst. */
struct client {
	int descriptor;
	bool asked;
	bool answered;
};

static double now_ms(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static _Noreturn void give_up(const char *what)
{
	fprintf(stderr, "bench_clients: %s: %s\n", what, strerror(errno));
	exit(69);
}

static int connect_to(const char *port, int flags)
{
	const struct sockaddr_in address = { .sin_family = AF_INET,
					     .sin_port = htons((uint16_t)atoi(port)),
					     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	const int client = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);

	if (client < 0)
		give_up("socket");
	if (connect(client, (const struct sockaddr *)&address, sizeof(address)) && errno != EINPROGRESS) {
		close(client);
		return -1;
	}
	return client;
}

static size_t write_request(char *buffer, size_t size, const char *path)
{
	return (size_t)snprintf(buffer, size, "GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", path);
}

/** Send what is to be sent, read what has come. True once the answer has begun and ended. */
static bool advance(struct client *client, short events, const char *request, size_t length)
{
	char piece[65536];
	ssize_t got;

	if (!client->asked && (events & POLLOUT)) {
		if (send(client->descriptor, request, length, MSG_NOSIGNAL) != (ssize_t)length)
			give_up("send");
		client->asked = true;
	}
	if (!(events & (POLLIN | POLLHUP | POLLERR)))
		return false;
	while ((got = recv(client->descriptor, piece, sizeof(piece), MSG_DONTWAIT)) > 0)
		client->answered |= memcmp(piece, "HTTP/1.1 200", 12) == 0;
	if (got < 0 && errno == EAGAIN)
		return false;
	if (got < 0 || !client->answered)
		give_up("no answer");
	return true;
}

static int burst(const char *port, size_t count, const char *path)
{
	static struct client clients[CONNECTIONS_MAX];
	static struct pollfd polled[CONNECTIONS_MAX];
	char request[256];
	const size_t length = write_request(request, sizeof(request), path);
	size_t left = count;

	const double begin = now_ms();
	for (size_t i = 0; i < count; i++) {
		clients[i].descriptor = connect_to(port, SOCK_NONBLOCK);
		if (clients[i].descriptor < 0)
			give_up("connect");
		polled[i] = (struct pollfd){ .fd = clients[i].descriptor, .events = POLLIN | POLLOUT };
	}
	while (left) {
		if (poll(polled, count, PATIENCE_MS) <= 0)
			give_up("nothing comes");
		for (size_t i = 0; i < count; i++) {
			if (polled[i].fd < 0 || !polled[i].revents)
				continue;
			const bool done = advance(&clients[i], polled[i].revents, request, length);
			if (clients[i].asked)
				polled[i].events = POLLIN;
			if (!done)
				continue;
			close(polled[i].fd);
			polled[i].fd = -1;
			left--;
		}
	}
	printf("%.1f\n", now_ms() - begin);
	return 0;
}

/** Whether somebody answers. */
static bool is_answered(const char *port, const char *request, size_t length)
{
	char answer[16] = "";
	const int client = connect_to(port, 0);

	if (client < 0)
		return false;
	const bool answered = send(client, request, length, MSG_NOSIGNAL) == (ssize_t)length &&
			      recv(client, answer, sizeof(answer), MSG_WAITALL) == sizeof(answer) &&
			      memcmp(answer, "HTTP/1.1 200", 12) == 0;
	close(client);
	return answered;
}

static int first(const char *port, const char *path, char **command)
{
	char request[256];
	const size_t length = write_request(request, sizeof(request), path);
	const struct timespec pause = { .tv_nsec = 100000 };
	pid_t child;

	const double begin = now_ms();
	if (posix_spawnp(&child, command[0], NULL, NULL, command, environ))
		give_up(command[0]);
	while (!is_answered(port, request, length) && now_ms() - begin < PATIENCE_MS)
		nanosleep(&pause, NULL);
	const double end = now_ms();
	kill(child, SIGTERM);
	waitpid(child, NULL, 0);
	printf("%.2f\n", end - begin);
	return end - begin < PATIENCE_MS ? 0 : 69;
}

int main(int argc, char **argv)
{
	struct rlimit limit;

	/* Twice as many descriptors as connections, where that is allowed. */
	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	if (argc == 5 && strcmp(argv[1], "burst") == 0 && atoi(argv[3]) > 0 && atoi(argv[3]) <= CONNECTIONS_MAX)
		return burst(argv[2], (size_t)atoi(argv[3]), argv[4]);
	if (argc > 4 && strcmp(argv[1], "first") == 0)
		return first(argv[2], argv[3], argv + 4);
	fprintf(stderr, "usage: %s burst PORT COUNT PATH | first PORT PATH COMMAND [ARGUMENT]...\n", argv[0]);
	return 64;
}
