/* SPDX-License-Identifier: MIT */
/* Name servers of a test's own on loopback: one that behaves as it is told, in a child process. */
#ifndef CPC_TEST_DNS_SUPPORT_H
#define CPC_TEST_DNS_SUPPORT_H

#include "support.h"

#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "dns_client.h"
#include "site.h"

/* What a server does with a question. */
enum manner {
	ANSWERS,    /* one record of what was asked */
	SILENT,	    /* nothing */
	GARBAGE,    /* bytes that are no message */
	SHORT,	    /* less than a head */
	WRONG_ID,   /* an answer to another question */
	WRONG_NAME, /* an answer about another name */
	FLOODS,	    /* wrong answers, without an end */
	TRUNCATED,  /* says that there are records, and has none */
	SLOW,	    /* the right answer after a second and a half */
	REFUSES,
	FAILS,
	KNOWS_NO_UPDATE, /* else the right answer */
	KEEPS,		 /* takes what is added, and not away */
	FORGETS,	 /* takes what is added, and says nothing */
	MANNER_COUNT
};

#define QUESTION_SIZE 512

static inline size_t question_end(const unsigned char *packet, size_t length)
{
	size_t at = 12;

	while (at < length && packet[at])
		at += packet[at] + 1U;
	return at + 5 < length ? at + 5 : length;
}

/* One record behind the question: the zone is the name without its first label, its primary is the zone itself. */
static inline size_t answer_to(unsigned char *packet, size_t length)
{
	const size_t end = question_end(packet, length);
	const unsigned int type = packet[end - 3];
	const unsigned char zone = (unsigned char)(12 + 1 + packet[12]);
	unsigned char record[64] = { 0xc0, 12, 0, (unsigned char)type, 0, 1, 0, 0, 0, 60, 0 };
	size_t size = 11;

	if (type == CPC_DNS_SOA) {
		static const unsigned char numbers[20] = { 0, 0, 0, 1 };

		record[1] = packet[12] ? zone : 12;
		record[size++] = 2 + 2 + sizeof(numbers);
		for (int i = 0; i < 2; i++) {
			record[size++] = 0xc0;
			record[size++] = record[1];
		}
		memcpy(record + size, numbers, sizeof(numbers));
		size += sizeof(numbers);
	} else if (type == CPC_DNS_A) {
		memcpy(record + size, "\x04\x7f\x00\x00\x01", 5);
		size += 5;
	} else {
		memcpy(record + size, "\x08\x00\x00\x00\x64\x01\x85\xc0\x0c", 9);
		size += 9;
	}
	packet[2] |= 0x80;
	packet[3] = 0x80;
	packet[5] = 1;
	memcpy(packet + 6, "\x00\x01\x00\x00\x00\x00", 6);
	memcpy(packet + end, record, size);
	return end + size;
}

/* Only a head, with a code. */
static inline size_t head(unsigned char *packet, unsigned char code)
{
	packet[2] |= 0x80;
	packet[3] = code;
	memset(packet + 4, 0, 8);
	return 12;
}

static inline size_t answer_update(enum manner manner, unsigned char *packet)
{
	const bool adds = packet[7] == 1; /* on a condition */

	switch (manner) {
	case KNOWS_NO_UPDATE:
		return head(packet, 4);
	case KEEPS:
		return head(packet, adds ? 0 : 5);
	case FORGETS:
		return adds ? 0 : head(packet, 0);
	default:
		return head(packet, 0);
	}
}

/* The answer in the question's place: its length, 0 for none. */
static inline size_t behave(enum manner manner, unsigned char *packet, size_t length)
{
	const bool update = (packet[2] >> 3 & 0xf) == 5;

	switch (manner) {
	case SILENT:
		return 0;
	case GARBAGE:
		memset(packet, 0xa5, 200);
		return 200;
	case SHORT:
		return 5;
	case WRONG_ID:
	case FLOODS:
		packet[0] ^= 0xff;
		return answer_to(packet, length);
	case WRONG_NAME:
		packet[13] ^= 1;
		return answer_to(packet, length);
	case TRUNCATED:
		(void)answer_to(packet, length);
		packet[2] |= 0x02;
		packet[7] = 0;
		return question_end(packet, length);
	case REFUSES:
		return head(packet, 5);
	case FAILS:
		return head(packet, 2);
	case SLOW:
		(void)nanosleep(&(struct timespec){ .tv_sec = 1, .tv_nsec = 500000000 }, NULL);
		return answer_to(packet, length);
	default:
		return update ? answer_update(manner, packet) : answer_to(packet, length);
	}
}

static inline void serve(int fd, enum manner manner)
{
	for (;;) {
		unsigned char packet[2 * QUESTION_SIZE];
		struct sockaddr_in from;
		socklen_t size = sizeof(from);
		const ssize_t got = recvfrom(fd, packet, QUESTION_SIZE, 0, (struct sockaddr *)(void *)&from, &size);
		size_t length = got < 12 ? 0 : behave(manner, packet, (size_t)got);

		if (!length)
			continue;
		/* For as long as the asker may wait, and in pauses that leave it its processor. */
		for (int times = manner == FLOODS ? 2000 : 1; times; times--) {
			(void)sendto(fd, packet, length, 0, (const struct sockaddr *)(const void *)&from, size);
			if (manner == FLOODS)
				(void)nanosleep(&(struct timespec){ .tv_nsec = 2000000 }, NULL);
		}
	}
}

/* A socket on loopback; port 0 picks one. */
static inline int open_server(uint16_t port, struct sockaddr_in *ret_address)
{
	const int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	socklen_t size = sizeof(*ret_address);

	*ret_address = (struct sockaddr_in){ .sin_family = AF_INET,
					     .sin_port = htons(port),
					     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	if (fd < 0 || bind(fd, (const struct sockaddr *)(const void *)ret_address, sizeof(*ret_address)) ||
	    getsockname(fd, (struct sockaddr *)(void *)ret_address, &size))
		return -1;
	return fd;
}

/* It ends with the test, and by stop_server(). */
static inline pid_t start_server(enum manner manner, uint16_t port, struct sockaddr_in *ret_address)
{
	const int fd = open_server(port, ret_address);
	const pid_t parent = getpid();
	const pid_t child = fd < 0 ? -1 : fork();

	if (child == 0) {
		if (getppid() == parent)
			(void)alarm(60);
		serve(fd, manner);
	}
	if (fd >= 0)
		(void)close(fd);
	return child;
}

static inline void stop_server(pid_t server)
{
	(void)kill(server, SIGKILL);
	(void)waitpid(server, NULL, 0);
}

static inline double seconds_now(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

#endif
