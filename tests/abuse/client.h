/* SPDX-License-Identifier: MIT */
#ifndef CPC_TESTS_CLIENT_H
#define CPC_TESTS_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#define REQUEST "GET /v1/fingerprint HTTP/1.1\r\nHost: a\r\n\r\n"
#define ANSWER_SIZE 16384

double now_ms(void);
void nap(double milliseconds);

/* A socket that connects to the agent, or -1; flags of socket(2). */
int dial(int flags);

void say(int descriptor, const char *bytes, size_t length);

/* Read until the end of the stream, or for so long; false where it did not end. */
bool hear(int descriptor, char ret_answer[static ANSWER_SIZE], double milliseconds);

/* Sorts them. */
double quantile(double *values, size_t count, double q);

/* The modes; see client.c. Each returns the exit code. */
int burst(size_t count);
int slow(size_t count, double gap, double seconds);
int idle(size_t count, double seconds);
int flood(double seconds);
int framings(const char *path);
int steady(double seconds, double limit);
int endless(double seconds);
int late(void);
int half(void);
int pipeline(size_t count);

#endif
