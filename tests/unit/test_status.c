/* SPDX-License-Identifier: MIT */
/* Errors: written whole, cut to their room, and free of what could steer a terminal. */
#include "support.h"

#include <cpucompat/status.h>

static void test_values_are_exit_codes(void **state)
{
	(void)state;
	assert_int_equal(CPC_OK, 0);
	assert_int_equal(CPC_USAGE, 64);
	assert_int_equal(CPC_BAD_DATA, 65);
	assert_int_equal(CPC_NO_INPUT, 66);
	assert_int_equal(CPC_UNAVAILABLE, 69);
	assert_int_equal(CPC_INTERNAL, 70);
	assert_int_equal(CPC_DENIED, 77);
}

static void test_fills_everything(void **state)
{
	struct cpc_error error = { .status = CPC_OK, .line = 99, .what = "before" };

	(void)state;
	assert_int_equal(cpc_fail(&error, CPC_BAD_DATA, 7, "%s and %d", "one", 2), CPC_BAD_DATA);
	assert_int_equal(error.status, CPC_BAD_DATA);
	assert_int_equal(error.line, 7);
	assert_string_equal(error.what, "one and 2");
}

static void test_needs_no_error_struct(void **state)
{
	(void)state;
	assert_int_equal(cpc_fail(NULL, CPC_DENIED, 0, "%s", "nobody listens"), CPC_DENIED);
}

static void test_long_texts_are_cut(void **state)
{
	struct cpc_error error = { 0 };
	char text[1000];

	(void)state;
	memset(text, 'a', sizeof(text));
	text[sizeof(text) - 1] = '\0';
	cpc_fail(&error, CPC_INTERNAL, 0, "%s", text);
	assert_int_equal(strlen(error.what), sizeof(error.what) - 1);
}

static void test_no_control_characters(void **state)
{
	struct cpc_error error = { 0 };

	(void)state;
	cpc_fail(&error, CPC_BAD_DATA, 0, "%s", "a\x1b[31mb\nc\td\x7f");
	assert_string_equal(error.what, "a?[31mb?c?d?");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_are_exit_codes), cmocka_unit_test(test_fills_everything),
		cmocka_unit_test(test_needs_no_error_struct), cmocka_unit_test(test_long_texts_are_cut),
		cmocka_unit_test(test_no_control_characters),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
