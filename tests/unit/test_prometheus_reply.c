/* SPDX-License-Identifier: MIT */
/* Answers of Prometheus and of what is none, cut at every byte. */
#include "support.h"

#include <cpucompat/buffer.h>

#include "matchers.h"
#include "prometheus_reply.h"

#define OLD "cpc1:GenuineIntel:6.26.5:98a201-fcbf9ff:pa=40,la=48,clf=64"
#define OF(instance, view, text)                                                                                       \
	"{\"metric\":{\"instance\":\"" instance "\",\"job\":\"j\",\"view\":\"" view "\",\"fingerprint\":\"" text       \
	"\"},\"value\":[1,\"2.5\"]}"
#define VECTOR(result) "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[" result "]}}"

/* What came of an answer, a line each. */
static struct cpc_buffer got;

static bool sighted(void *context, const struct cpc_sighting *sighting)
{
	(void)context;
	cpc_buffer_printf(&got, "%.*s{%.*s} %s %.1f %.*s %s\n", (int)sighting->name_length, sighting->name,
			  (int)sighting->labels_length, sighting->labels, cpc_view_name(sighting->view), sighting->time,
			  (int)sighting->text_length, sighting->text, sighting->id ? sighting->id : "-");
	return true;
}

static bool unreadable(void *context, const char *name, const char *why)
{
	(void)context;
	cpc_buffer_printf(&got, "%.40s: %s\n", name, why);
	return true;
}

static bool warned(void *context, const char *warning)
{
	(void)context;
	cpc_buffer_printf(&got, "warning: %s\n", warning);
	return true;
}

static const struct cpc_series_sink sink = { .sighted = sighted, .unreadable = unreadable, .warned = warned };

/* In pieces of so many bytes, the first of another length. What is fed lies in a block of its own length. */
static enum cpc_status read_in(const char *bytes, size_t length, size_t first, size_t piece, long http_status,
			       struct cpc_error *reterr)
{
	struct cpc_prometheus_reply reply = { .sink = &sink };
	enum cpc_status status;
	bool more = true;

	cpc_buffer_free(&got);
	cpc_buffer_puts(&got, "");
	for (size_t at = 0, take = first; at < length && more; at += take, take = piece) {
		if (take > length - at)
			take = length - at;
		char *copy = malloc(take ? take : 1);
		memcpy(copy, bytes + at, take);
		more = cpc_prometheus_reply_feed(&reply, copy, take);
		free(copy);
	}
	status = cpc_prometheus_reply_end(&reply, http_status, reterr);
	cpc_prometheus_reply_free(&reply);
	return status;
}

static void reads_series(void **state)
{
	static const struct {
		const char *answer;
		const char *expected;
	} rows[] = {
		{ VECTOR(""), "" },
		{ VECTOR(" \n"), "" },
		{ VECTOR(OF("a", "cpuid", OLD)), "a{job=\"j\"} cpuid 2.5 " OLD " -\n" },
		{ VECTOR(OF("a", "kvm", OLD) " ,\n" OF("b", "cpuid", "x")),
		  "a{job=\"j\"} kvm 2.5 " OLD " -\nb{job=\"j\"} cpuid 2.5 x -\n" },
		/* The data before the status, labels in any order, texts with brackets and escapes. */
		{ "{\"data\":{\"result\":[{\"value\":[0,\"7\"],\"metric\":{\"z\":\"]}\\\"\\\\\",\"view\":\"cpuid\","
		  "\"id\":\"i\","
		  "\"fingerprint\":\"f\",\"a\":\"[{\",\"instance\":\"h\"}}],\"resultType\":\"vector\"},\"status\":"
		  "\"success\"}",
		  "h{a=\"[{\",z=\"]}\\\"\\\\\"} cpuid 7.0 f i\n" },
		{ "{\"status\":\"success\",\"warnings\":[\"a\\u001bb\",7],\"data\":{\"resultType\":\"vector\","
		  "\"result\":[]}}",
		  "warning: a?b\nwarning: ?\n" },
		{ VECTOR("1,\"x\",null,[1,[2]],{}"),
		  "a series: it is no JSON\na series: it is no JSON\na series: it is no JSON\n"
		  "a series: it has no labels\na series: it has no labels\n" },
		{ VECTOR("{\"metric\":{\"instance\":\"a\",\"view\":\"cpuid\"},\"value\":[1,\"2\"]}"),
		  "a: it has no label fingerprint; is that cpucompat's metric?\n" },
		{ VECTOR("{\"metric\":{\"instance\":\"a\",\"fingerprint\":\"x\"}}"),
		  "a: it has no label view; is that cpucompat's metric?\n" },
		{ VECTOR(OF("a", "guest", "x")), "a: its view is none that this program knows; a newer agent's?\n" },
		{ VECTOR("{\"metric\":{\"instance\":7,\"view\":\"cpuid\",\"fingerprint\":\"x\"}}"),
		  "a series: a label that is no text\n" },
		{ VECTOR("{\"metric\":{\"view\":\"cpuid\",\"fingerprint\":\"x\",\"job\":\"\"},\"value\":[1,\"NaN\"]}"),
		  "{job=\"\"} cpuid -1.0 x -\n" },
		{ VECTOR("{\"metric\":{\"view\":\"cpuid\",\"fingerprint\":\"x\"},\"value\":[1,\"-3\"]}"),
		  "{} cpuid -1.0 x -\n" },
		{ VECTOR("{\"metric\":{\"view\":\"cpuid\",\"fingerprint\":\"x\",\"view\":\"kvm\"}}"),
		  "a series: it is no JSON\n" },
		{ VECTOR("{\"metric\":{]}"), "a series: it is no JSON\n" },
		{ VECTOR("{\"metric\":{\"instance\":\"a\\u0000b\"}}"), "a series: it is no JSON\n" },
	};
	struct cpc_error error;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const size_t length = strlen(rows[i].answer);

		for (size_t first = 0; first <= length; first++) {
			if (read_in(rows[i].answer, length, first, length, 200, &error))
				fail_msg("%s: %s", rows[i].answer, error.what);
			assert_string_equal(got.bytes, rows[i].expected);
		}
		assert_int_equal(read_in(rows[i].answer, length, 1, 1, 200, &error), CPC_OK);
		assert_string_equal(got.bytes, rows[i].expected);
	}
}

static void explains_what_is_no_answer(void **state)
{
	static const struct {
		const char *answer;
		long http_status;
		enum cpc_status status;
		const char *what;
	} rows[] = {
		{ "", 200, CPC_UNAVAILABLE, "no whole JSON" },
		{ "<!DOCTYPE html><html>{\"status\":\"success\"}", 200, CPC_UNAVAILABLE, "a login page" },
		{ "<html>", 401, CPC_UNAVAILABLE, "HTTP status 401: it wants a token; give --token-file FILE" },
		{ "", 403, CPC_UNAVAILABLE, "--token-file" },
		{ "404 page not found\n", 404, CPC_UNAVAILABLE, "does its address have a prefix?" },
		{ "", 302, CPC_UNAVAILABLE, "a redirect, which is not followed" },
		{ "busy", 503, CPC_UNAVAILABLE, "HTTP status 503 instead of 200" },
		{ "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"unknown \\u001b[1m\\n<b>\"}", 400,
		  CPC_UNAVAILABLE, "HTTP status 400: unknown ?[1m?<b>" },
		{ "{\"status\":\"error\",\"error\":\"too many samples\"}", 422, CPC_UNAVAILABLE,
		  "HTTP status 422: too many samples" },
		{ "{\"status\":\"error\",\"error\":\"x\"}", 200, CPC_UNAVAILABLE, "HTTP status 200: x" },
		{ "{\"status\":\"error\",\"error\":7}", 503, CPC_UNAVAILABLE, "HTTP status 503 instead" },
		{ VECTOR(""), 206, CPC_UNAVAILABLE, "HTTP status 206" },
		{ "{\"status\":\"success\",\"data\":{\"resultType\":\"scalar\",\"result\":[1,\"2\"]}}", 200,
		  CPC_BAD_DATA, "no instant vector" },
		{ "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":{}}}", 200, CPC_BAD_DATA,
		  "no instant vector" },
		{ "{\"status\":\"success\",\"data\":{\"resultType\":\"vector\"}}", 200, CPC_BAD_DATA,
		  "no instant vector" },
		{ "{\"status\":\"success\"}", 200, CPC_BAD_DATA, "no instant vector" },
		{ "{}", 200, CPC_UNAVAILABLE, "no whole JSON" },
		{ "[]", 200, CPC_UNAVAILABLE, "no whole JSON" },
		{ VECTOR("") "}", 200, CPC_UNAVAILABLE, "no whole JSON" },
		{ VECTOR("") "{}", 200, CPC_UNAVAILABLE, "no whole JSON" },
		{ VECTOR(","), 200, CPC_UNAVAILABLE, "no whole JSON" },
		{ VECTOR("{},"), 200, CPC_UNAVAILABLE, "no whole JSON" },
		{ VECTOR("{},,{}"), 200, CPC_UNAVAILABLE, "no whole JSON" },
		{ VECTOR("{}{}"), 200, CPC_UNAVAILABLE, "no whole JSON" },
		{ VECTOR("{}}"), 200, CPC_UNAVAILABLE, "no whole JSON" },
		{ "{\"status\":\"success\",\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[]}}",
		  200, CPC_UNAVAILABLE, "no whole JSON" },
	};
	struct cpc_error error;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const size_t length = strlen(rows[i].answer);
		const enum cpc_status status = read_in(rows[i].answer, length, length, 1, rows[i].http_status, &error);

		if (status != rows[i].status || !strstr(error.what, rows[i].what))
			fail_msg("%s: %d, %s", rows[i].answer, (int)status, error.what);
		assert_int_equal(read_in(rows[i].answer, length, 1, 1, rows[i].http_status, &error), rows[i].status);
	}
}

/* Whatever is missing at the end, it is no answer. */
static void takes_no_half_answers(void **state)
{
	static const char whole[] = VECTOR(OF("a", "cpuid", OLD) "," OF("b", "kvm", OLD));
	struct cpc_error error;

	(void)state;
	for (size_t length = 0; length < sizeof(whole) - 1; length++) {
		assert_int_equal(read_in(whole, length, length, 1, 200, &error), CPC_UNAVAILABLE);
		assert_non_null(strstr(error.what, "no whole JSON"));
	}
}

static void repeat(struct cpc_buffer *out, const char *text, size_t times)
{
	for (size_t i = 0; i < times; i++)
		cpc_buffer_puts(out, text);
}

/* What is too long costs its own row where it is one, and no memory. */
static void bounds_what_it_keeps(void **state)
{
	struct cpc_buffer answer = { .length = 0 };
	struct cpc_error error;

	(void)state;
	cpc_buffer_puts(
		&answer,
		"{\"status\":\"success\",\"data\":{\"resultType\":\"vector\",\"result\":[{\"metric\":{\"instance\":\"");
	repeat(&answer, "x", 1 << 20);
	cpc_buffer_puts(&answer, "\"}}," OF("b", "cpuid", "y") ",{\"metric\":{\"instance\":\"");
	repeat(&answer, "i", 257);
	cpc_buffer_puts(&answer,
			"\",\"view\":\"cpuid\",\"fingerprint\":\"x\"}},{\"metric\":{\"instance\":\"c\",\"l\":\"");
	repeat(&answer, "l", 2000);
	cpc_buffer_puts(&answer, "\",\"view\":\"cpuid\",\"fingerprint\":\"x\"}},{\"metric\":{\"instance\":\"d\"");
	for (int i = 0; i < 65; i++)
		cpc_buffer_printf(&answer, ",\"l%d\":\"\"", i);
	cpc_buffer_puts(&answer, "}}]}}");
	assert_int_equal(read_in(answer.bytes, answer.length, 1, 4096, 200, &error), CPC_OK);
	assert_string_equal(
		got.bytes,
		"a series: it is longer than any of ours\n"
		"b{job=\"j\"} cpuid 2.5 y -\n"
		"iiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiiii: an instance that is longer than hosts' names are\n"
		"c: labels that are longer than hosts' are\n"
		"d: more labels than hosts have\n");
	cpc_buffer_free(&answer);
	/* The rest is bounded too. */
	cpc_buffer_puts(&answer, "{\"status\":\"success\",\"warnings\":[\"");
	repeat(&answer, "w", CPC_ENVELOPE_MAX);
	assert_int_equal(read_in(answer.bytes, answer.length, 1, 4096, 200, &error), CPC_UNAVAILABLE);
	cpc_buffer_free(&answer);
	repeat(&answer, " ", CPC_ENVELOPE_MAX + 1);
	assert_int_equal(read_in(answer.bytes, answer.length, 1, 4096, 200, &error), CPC_UNAVAILABLE);
	cpc_buffer_free(&answer);
	cpc_buffer_free(&got);
}

static void checks_matchers(void **state)
{
	static const char *const good[] = {
		"a=\"\"",     "cluster=\"a\",job=~\"x.*\"", " a != \"b\" , _c1!~\"\\\"}\" ", "a=\"}\"",
		"a=\"\\\\\"", "a=\"\xc3\xa4,b=c\""
	};
	static const char *const bad[] = {
		"",
		"a",
		"a=b",
		"a=\"b",
		"a=\"b\\\"",
		"a=\"b\\",
		"a=\"b\"}",
		"a=\"b\",",
		",a=\"b\"",
		"a=\"b\",,c=\"d\"",
		"a==\"b\"",
		"1a=\"b\"",
		"a=\"b\" c=\"d\"",
		"a='b'",
		"{a=\"b\"}",
		"a=\"b\"})+up({c=\"d\"",
		"a=\"b\nc\"",
		"a=\"\\\nc\"",
		"a=`b`",
		"a>\"b\"",
		"a.b=\"c\"",
		"a=\"b\"#",
	};
	struct cpc_error error;
	char long_text[CPC_MATCHERS_MAX + 8];

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++)
		if (cpc_matchers_check(good[i], &error))
			fail_msg("%s: %s", good[i], error.what);
	for (size_t i = 0; i < COUNT(bad); i++)
		if (cpc_matchers_check(bad[i], &error) != CPC_USAGE)
			fail_msg("%s is taken", bad[i]);
	memset(long_text, 'x', sizeof(long_text) - 1);
	memcpy(long_text, "a=\"", 3);
	memcpy(long_text + sizeof(long_text) - 2, "\"", 2);
	assert_int_equal(cpc_matchers_check(long_text, &error), CPC_USAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_series),		 cmocka_unit_test(explains_what_is_no_answer),
		cmocka_unit_test(takes_no_half_answers), cmocka_unit_test(bounds_what_it_keeps),
		cmocka_unit_test(checks_matchers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
