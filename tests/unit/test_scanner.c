/* SPDX-License-Identifier: MIT */
/* What may reach libmicrohttpd, and that the verdict does not depend on how the stream is cut. */
#include "support.h"

#include "../abuse/framings.h"
#include "faults.h"
#include "scanner.h"

#define HEAD "GET /healthz HTTP/1.1\r\nHost: a\r\n"
#define POST "POST /v1/compare HTTP/1.1\r\nHost: a\r\n"

/* What a whole stream is: requests that ended, and why it goes no further. */
struct outcome {
	size_t requests;
	size_t ended; /* with this many bytes */
	enum cpc_fault fault;
	size_t fault_at;
	bool idle;
};

static void feed(struct cpc_scanner *scanner, const char *bytes, size_t length, size_t offset, struct outcome *outcome)
{
	for (size_t at = 0; at < length && !outcome->fault;) {
		size_t used = 0;
		const enum cpc_scanned scan = cpc_scanner_feed(scanner, bytes + at, length - at, &used);
		at += used;
		assert_true(at <= length);
		if (scan == CPC_SCAN_MORE)
			assert_int_equal(at, length);
		if (scan == CPC_SCAN_END) {
			outcome->requests++;
			outcome->ended = offset + at;
		}
		if (scan == CPC_SCAN_FAULT) {
			outcome->fault = (enum cpc_fault)scanner->fault;
			outcome->fault_at = offset + at;
		}
	}
}

/* From the heap and of just that length, so that a sanitizer sees every step too far. */
static void feed_copy(struct cpc_scanner *scanner, const char *bytes, size_t length, size_t offset,
		      struct outcome *outcome)
{
	char *copy = malloc(length + 1);

	assert_non_null(copy);
	memcpy(copy, bytes, length);
	feed(scanner, copy, length, offset, outcome);
	free(copy);
}

static struct outcome outcome_of(const char *bytes, size_t length, size_t cut)
{
	struct cpc_scanner scanner = { .state = 0 };
	struct outcome outcome = { .requests = 0 };

	feed_copy(&scanner, bytes, cut, 0, &outcome);
	feed_copy(&scanner, bytes + cut, length - cut, cut, &outcome);
	outcome.idle = cpc_scanner_idle(&scanner);
	return outcome;
}

static void assert_same_outcome(const struct outcome *a, const struct outcome *b)
{
	assert_int_equal(a->requests, b->requests);
	assert_int_equal(a->ended, b->ended);
	assert_int_equal(a->fault, b->fault);
	assert_int_equal(a->fault_at, b->fault_at);
	assert_int_equal(a->idle, b->idle);
}

/* The outcome, which is the same for every cut in two and for single bytes. */
static struct outcome check(const char *bytes, size_t length)
{
	const struct outcome whole = outcome_of(bytes, length, length);
	struct cpc_scanner scanner = { .state = 0 };
	struct outcome single = { .requests = 0 };

	for (size_t cut = 0; cut < length; cut++) {
		const struct outcome two = outcome_of(bytes, length, cut);
		assert_same_outcome(&whole, &two);
	}
	for (size_t at = 0; at < length; at++)
		feed(&scanner, bytes + at, 1, at, &single);
	single.idle = cpc_scanner_idle(&scanner);
	assert_same_outcome(&whole, &single);
	return whole;
}

static void refuses_every_framing(void **state)
{
	char path[4096];
	struct framing framing;
	size_t count = 0;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/tests/abuse/framings.txt", getenv("CPC_SOURCE"));
	FILE *file = fopen(path, "r");
	assert_non_null(file);
	while (framing_next(file, &framing)) {
		const struct outcome outcome = check(framing.bytes, framing.length);
		if (!outcome.fault || outcome.requests)
			fail_msg("%s: fault %d behind %zu requests", framing.name, (int)outcome.fault,
				 outcome.requests);
		assert_int_equal(cpc_fault_rows[outcome.fault].http_status, 400);
		count++;
	}
	fclose(file);
	assert_true(count >= 100);
}

static void finds_the_end_of_requests(void **state)
{
	static const struct {
		const char *bytes;
		size_t requests;
		size_t left; /* bytes of a request that goes on */
	} rows[] = {
		{ "", 0, 0 },
		{ HEAD "\r\n", 1, 0 },
		{ "GET /healthz HTTP/1.0\r\n\r\n", 1, 0 },
		{ "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 1, 0 },
		{ "GET /a%2Fb?x=%00&y=%&z=? HTTP/1.1\r\nHost: a\r\n\r\n", 1, 0 },
		{ "BREW /pot HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", 1, 0 },
		{ "GET / HTTP/1.1\r\nHost: \t a-b_c.example:8080 \t\r\n\r\n", 1, 0 },
		{ HEAD "X:\r\nY: \r\nZ:a\t b \r\nU: \xc3\xa4\r\n\r\n", 1, 0 },
		{ HEAD "Content-Lengths: x\r\nXContent-Length: 9\r\nTransfer-Encoding-And-More: x\r\n\r\n", 1, 0 },
		{ POST "Content-Length: 0\r\n\r\n" HEAD "\r\n", 2, 0 },
		{ POST "Content-Length: 5\r\n\r\nhello", 1, 0 },
		{ POST "content-length:\t 00005\r\n\r\nhell", 0, 66 },
		{ POST "Content-Length: 9223372036854775807\r\n\r\nhello", 0, 80 },
		{ POST "Content-Length: 5\r\n\r\nhello" HEAD "\r\n" HEAD, 2, sizeof(HEAD) - 1 },
		{ POST "Content-Length: 2\r\n\r\n\r\n" HEAD "\r\n", 2, 0 },
		{ "POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\na", 1, 0 },
		{ POST "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 1, 0 },
		{ POST "TRANSFER-ENCODING:Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n", 1, 0 },
		{ POST
		  "Transfer-Encoding: chunked\r\n\r\n0000000A\r\n0\r\n\r\n67890\r\n0f\r\n123456789012345\r\n00\r\n\r\n",
		  1, 0 },
		{ POST "Transfer-Encoding: chunked\r\n\r\nffffffff\r\nhello", 0, 81 },
		{ POST "Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n" HEAD "\r\n", 2, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct outcome outcome = check(rows[i].bytes, strlen(rows[i].bytes));
		if (outcome.fault || outcome.requests != rows[i].requests)
			fail_msg("%s: fault %d behind %zu requests", rows[i].bytes, (int)outcome.fault,
				 outcome.requests);
		assert_int_equal(strlen(rows[i].bytes) - outcome.ended, rows[i].left);
		assert_int_equal(outcome.idle, rows[i].left == 0);
	}
}

static void finds_a_fault_behind_good_requests(void **state)
{
	static const char bytes[] = HEAD "\r\n" POST "Content-Length: 5\r\n\r\nhello" HEAD "Host: b\r\n\r\n";

	(void)state;
	const struct outcome outcome = check(bytes, sizeof(bytes) - 1);
	assert_int_equal(outcome.requests, 2);
	assert_int_equal(outcome.fault, CPC_FAULT_HOSTS);
	assert_int_equal(outcome.ended, sizeof(bytes) - 1 - strlen(HEAD "Host: b\r\n\r\n"));
}

/* Nothing that follows makes it good again. */
static void stays_broken(void **state)
{
	struct cpc_scanner scanner = { .state = 0 };
	size_t used = 1;

	(void)state;
	assert_int_equal(cpc_scanner_feed(&scanner, "\n", 1, &used), CPC_SCAN_FAULT);
	assert_int_equal(used, 0);
	assert_int_equal(cpc_scanner_feed(&scanner, HEAD "\r\n", strlen(HEAD "\r\n"), &used), CPC_SCAN_FAULT);
	assert_int_equal(used, 0);
	assert_int_equal(scanner.fault, CPC_FAULT_METHOD);
	assert_false(cpc_scanner_idle(&scanner));
}

/* `before`, then `piece` so many times, then `after`. */
static struct outcome repeated(const char *before, const char *piece, size_t times, const char *after)
{
	struct cpc_scanner scanner = { .state = 0 };
	struct outcome outcome = { .requests = 0 };

	feed(&scanner, before, strlen(before), 0, &outcome);
	for (size_t i = 0; i < times; i++)
		feed(&scanner, piece, strlen(piece), 0, &outcome);
	feed(&scanner, after, strlen(after), 0, &outcome);
	return outcome;
}

static void holds_its_bounds(void **state)
{
	static const struct {
		const char *before;
		const char *piece;
		size_t times;
		const char *after;
		unsigned int http_status; /* 0: a request */
	} rows[] = {
		{ "GET /", "a", CPC_TARGET_MAX - 5, " HTTP/1.1\r\nHost: a\r\n\r\n", 0 },
		{ "GET /", "a", CPC_TARGET_MAX, " HTTP/1.1\r\nHost: a\r\n\r\n", 414 },
		{ "GET /?", "a&", CPC_PARAMETERS_MAX - 1, " HTTP/1.1\r\nHost: a\r\n\r\n", 0 },
		{ "GET /?", "a&", CPC_PARAMETERS_MAX, " HTTP/1.1\r\nHost: a\r\n\r\n", 414 },
		{ HEAD, "X: b\r\n", CPC_HEADERS_MAX - 1, "\r\n", 0 },
		{ HEAD, "X: b\r\n", CPC_HEADERS_MAX, "\r\n", 431 },
		{ HEAD "X: ", "a", CPC_HEAD_MAX - 39, "\r\n\r\n", 0 },
		{ HEAD "X: ", "a", CPC_HEAD_MAX - 38, "\r\n\r\n", 431 },
		{ HEAD, "X", CPC_HEAD_MAX, ": b\r\n\r\n", 431 },
		/* Of a value, no more than it takes to know it is kept; 256 and 512 characters come round to none. */
		{ HEAD "Transfer-Encoding: ", "chunked", 256, "\r\n\r\n", 400 },
		{ POST "Content-Length: ", "0", 512, "1\r\n\r\na", 0 },
		{ POST "Transfer-Encoding: chunked\r\n\r\n", "1\r\na\r\n", 100000, "0\r\n\r\n", 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct outcome outcome = repeated(rows[i].before, rows[i].piece, rows[i].times, rows[i].after);
		if (cpc_fault_rows[outcome.fault].http_status != rows[i].http_status)
			fail_msg("row %zu: fault %d", i, (int)outcome.fault);
		assert_int_equal(outcome.requests, rows[i].http_status == 0);
	}
}

static void has_an_answer_for_each_fault(void **state)
{
	(void)state;
	for (size_t i = CPC_FAULT_NONE + 1; i < CPC_FAULT_COUNT; i++) {
		const unsigned int status = cpc_fault_rows[i].http_status;
		assert_true(status == 400 || status == 408 || status == 414 || status == 431);
		assert_non_null(cpc_fault_rows[i].detail);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(refuses_every_framing),
		cmocka_unit_test(finds_the_end_of_requests),
		cmocka_unit_test(finds_a_fault_behind_good_requests),
		cmocka_unit_test(stays_broken),
		cmocka_unit_test(holds_its_bounds),
		cmocka_unit_test(has_an_answer_for_each_fault),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
