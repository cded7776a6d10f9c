/* SPDX-License-Identifier: MIT */
/* Many clients at once. */
#include "client.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

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

static void disperse(struct crowd *crowd)
{
	free(crowd->pollers);
	free(crowd->times);
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

int burst(size_t count)
{
	struct crowd crowd = gather(count);
	double *begins = calloc(count, sizeof(*begins));
	const double begin = now_ms();
	size_t answered = 0;

	for (size_t i = 0; begins && i < count; i++) {
		begins[i] = now_ms();
		crowd.pollers[i] = (struct pollfd){ .fd = dial(SOCK_NONBLOCK), .events = POLLOUT };
	}
	while (answered < count && now_ms() - begin < 10000) {
		if (poll(crowd.pollers, count, 1000) <= 0)
			continue;
		for (size_t i = 0; i < count; i++) {
			struct pollfd *poller = &crowd.pollers[i];
			if (poller->fd < 0 || !poller->revents || !burst_step(poller))
				continue;
			/* Closed later: that is no part of what is measured. */
			poller->fd = -1 - poller->fd;
			crowd.times[answered++] = now_ms() - begins[i];
		}
	}
	printf("%zu of %zu answered, median %.1f ms, worst %.1f ms, all in %.1f ms\n", answered, count,
	       quantile(crowd.times, answered, 0.5), quantile(crowd.times, answered, 1), now_ms() - begin);
	free(begins);
	disperse(&crowd);
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

int slow(size_t count, double gap, double seconds)
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
	disperse(&crowd);
	return 0;
}

int idle(size_t count, double seconds)
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
	disperse(&crowd);
	return answered != count;
}

int flood(double seconds)
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
	disperse(&crowd);
	return 0;
}
