/* SPDX-License-Identifier: MIT */
/* Buffers: what goes in comes out, NUL-terminated, whatever the growth; a failure stays. */
#include "support.h"

#include <cpucompat/buffer.h>

static void test_starts_empty(void **state)
{
	struct cpc_buffer buffer = { 0 };

	(void)state;
	cpc_buffer_free(&buffer);
	cpc_buffer_free(NULL);
	cpc_buffer_add(&buffer, NULL, 0);
	assert_false(buffer.failed);
	assert_int_equal(buffer.length, 0);
	assert_string_equal(buffer.bytes, "");
	cpc_buffer_free(&buffer);
	assert_null(buffer.bytes);
	assert_int_equal(buffer.room, 0);
}

static void test_appends(void **state)
{
	struct cpc_buffer buffer = { 0 };

	(void)state;
	cpc_buffer_puts(&buffer, "one ");
	cpc_buffer_add(&buffer, "two three", 4);
	cpc_buffer_printf(&buffer, "%d%s", 3, "!");
	cpc_buffer_printf(&buffer, "%s", "");
	assert_string_equal(buffer.bytes, "one two 3!");
	assert_int_equal(buffer.length, 10);
	cpc_buffer_free(&buffer);
}

static void test_keeps_nul_bytes(void **state)
{
	struct cpc_buffer buffer = { 0 };

	(void)state;
	cpc_buffer_add(&buffer, "a\0b", 3);
	cpc_buffer_puts(&buffer, "c");
	assert_int_equal(buffer.length, 4);
	assert_memory_equal(buffer.bytes, "a\0bc", 5);
	cpc_buffer_free(&buffer);
}

/* Every length around the steps of its growth, by each of the ways in. */
static void test_grows(void **state)
{
	char text[1100];

	(void)state;
	memset(text, 'x', sizeof(text));
	for (size_t length = 250; length < sizeof(text); length++) {
		struct cpc_buffer buffer = { 0 };

		cpc_buffer_add(&buffer, text, length / 2);
		cpc_buffer_printf(&buffer, "%.*s", (int)(length - length / 2), text);
		assert_int_equal(buffer.length, length);
		assert_int_equal(strlen(buffer.bytes), length);
		assert_true(buffer.length < buffer.room);
		cpc_buffer_free(&buffer);
	}
}

static void test_failure_stays(void **state)
{
	struct cpc_buffer buffer = { 0 };

	(void)state;
	cpc_buffer_puts(&buffer, "kept");
	cpc_buffer_add(&buffer, "never read", SIZE_MAX / 2);
	assert_true(buffer.failed);
	cpc_buffer_puts(&buffer, "more");
	cpc_buffer_printf(&buffer, "more");
	assert_true(buffer.failed);
	assert_string_equal(buffer.bytes, "kept");
	assert_int_equal(buffer.length, 4);
	cpc_buffer_free(&buffer);
	assert_false(buffer.failed);
}

/** What drained a buffer, and how often that still goes well. */
struct drained {
	struct cpc_buffer bytes;
	int left;
};

static bool take(void *context, const char *bytes, size_t length)
{
	struct drained *drained = context;

	cpc_buffer_add(&drained->bytes, bytes, length);
	return drained->left-- > 0;
}

/* What comes out of the drain and what is left are what went in, and there is never much of it. */
static void test_drains(void **state)
{
	struct drained drained = { .left = 10 };
	struct cpc_buffer buffer = { .drain = take, .drain_context = &drained };
	struct cpc_buffer expected = { 0 };

	(void)state;
	for (int i = 0; i < 600000; i++) {
		cpc_buffer_printf(&buffer, "%d,", i);
		cpc_buffer_printf(&expected, "%d,", i);
	}
	assert_false(buffer.failed);
	assert_true(buffer.room <= 1 << 21);
	assert_in_range(drained.left, 6, 8);
	cpc_buffer_add(&drained.bytes, buffer.bytes, buffer.length);
	assert_int_equal(drained.bytes.length, expected.length);
	assert_memory_equal(drained.bytes.bytes, expected.bytes, expected.length);
	cpc_buffer_free(&buffer);
	cpc_buffer_free(&expected);
	cpc_buffer_free(&drained.bytes);
}

static void test_drain_fails(void **state)
{
	struct drained drained = { .left = 1 };
	struct cpc_buffer buffer = { .drain = take, .drain_context = &drained };

	(void)state;
	for (int i = 0; i < 600000; i++)
		cpc_buffer_printf(&buffer, "%d,", i);
	assert_true(buffer.failed);
	assert_int_equal(buffer.length, 0);
	/* Not asked again. */
	assert_int_equal(drained.left, -1);
	cpc_buffer_free(&buffer);
	cpc_buffer_free(&drained.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_starts_empty),	cmocka_unit_test(test_appends),
		cmocka_unit_test(test_keeps_nul_bytes), cmocka_unit_test(test_grows),
		cmocka_unit_test(test_failure_stays),	cmocka_unit_test(test_drains),
		cmocka_unit_test(test_drain_fails),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
