/* SPDX-License-Identifier: MIT */
/* What is left of a document when its greatest members are left out. */
#include "sieve.h"

#include "support.h"

static void leaves_out_what_nobody_wants(void **state)
{
	static const char *const wanted[] = { "a", "b", NULL };
	static const struct {
		const char *text;
		const char *left;
	} rows[] = {
		{ "{\"a\":1,\"c\":[[\"=\",\">\"],{\"a\":2}],\"b\":{\"c\":3}}", "{\"a\":1,\"c\":0,\"b\":{\"c\":3}}" },
		{ "{\"c\": \"}]\\\"a\\\\\", \"a\": 1}", "{\"c\":0, \"a\": 1}" },
		{ "{\"c\": \"\\\\\"}", "{\"c\":0}" },
		{ "{\"c\":\n[1,\n2],\n\"a\":\"c\"}\n", "{\"c\":0\n\n,\n\"a\":\"c\"}\n" },
		{ "{\"a\":[\"c\",{\"c\":1}],\"c\":1}", "{\"a\":[\"c\",{\"c\":1}],\"c\":0}" },
		/* Cut off: what is missing is missing afterwards. */
		{ "{\"c\":[1,2", "{\"c\":0" },
		{ "{\"c\":\"x", "{\"c\":0" },
		{ "{\"c\":1", "{\"c\":0" },
		{ "{\"a\":[1", "{\"a\":[1" },
		{ "{}", "{}" },
		{ "", "" },
		{ "}}}]]]{\"c\":1}", "}}}]]]{\"c\":0}" },
		{ "[\"c\":1]", "[\"c\":0]" },
		{ ":::", ":::" },
		{ "{:,:,:", "{:,:,:" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		size_t length = 0;
		char *left = cpc_sieve(rows[i].text, strlen(rows[i].text), wanted, &length);

		assert_non_null(left);
		if (length != strlen(rows[i].left) || memcmp(left, rows[i].left, length) != 0)
			fail_msg("%s: %.*s", rows[i].text, (int)length, left);
		free(left);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(leaves_out_what_nobody_wants),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
