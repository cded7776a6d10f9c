/* SPDX-License-Identifier: MIT */
/* A document that is written piece by piece reads as one that was built whole. */
#include "json_stream.h"
#include "support.h"

/** Random JSON, small: every kind of value, empty objects and arrays among them. */
static json_t *some_value(uint64_t *random, int depth)
{
	const uint32_t kind = random_below(random, depth > 3 ? 4 : 6);
	json_t *value;

	if (kind == 0)
		return json_null();
	if (kind == 1)
		return json_integer((json_int_t)random_below(random, 1000) - 500);
	if (kind == 2)
		return json_string("a \"quoted\"\nword\\ \x01 \xc3\xa9");
	if (kind == 3)
		return json_boolean(random_below(random, 2));
	value = kind == 4 ? json_array() : json_object();
	for (uint32_t i = random_below(random, 4); i > 0; i--) {
		const char key[] = { 'k', '"', (char)('a' + i), '\0' };

		if (kind == 4)
			json_array_append_new(value, some_value(random, depth + 1));
		else
			json_object_set_new(value, key, some_value(random, depth + 1));
	}
	return value;
}

/** Write a value, now whole and now opened and written member by member. */
static void write_value(struct cpc_json_stream *stream, const char *key, json_t *value, uint64_t *random)
{
	const char *member_key;
	json_t *member;
	size_t i;

	if (random_below(random, 2) || !(json_is_object(value) || json_is_array(value))) {
		cpc_json_write(stream, key, json_incref(value));
		return;
	}
	cpc_json_open(stream, key, json_is_object(value) ? '{' : '[');
	if (json_is_object(value))
		json_object_foreach(value, member_key, member) write_value(stream, member_key, member, random);
	else
		json_array_foreach(value, i, member) write_value(stream, NULL, member, random);
	cpc_json_close(stream, json_is_object(value) ? '}' : ']');
}

static void reads_as_if_built_whole(void **state)
{
	uint64_t random = 5;

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct cpc_json whole = cpc_json_start("a/b/1");
		struct cpc_buffer expected = { 0 };
		struct cpc_buffer out = { 0 };
		struct cpc_json_stream stream = cpc_json_stream_start("a/b/1", &out);

		for (uint32_t i = random_below(&random, 5); i > 0; i--) {
			const char key[] = { (char)('a' + i), '\0' };
			json_t *value = some_value(&random, 0);

			write_value(&stream, key, value, &random);
			cpc_json_put(&whole, whole.root, key, value);
		}
		assert_int_equal(cpc_json_finish(&whole, &expected, NULL), CPC_OK);
		assert_int_equal(cpc_json_stream_finish(&stream, NULL), CPC_OK);
		assert_string_equal(out.bytes, expected.bytes);
		cpc_buffer_free(&out);
		cpc_buffer_free(&expected);
	}
}

static void leaves_an_element_to_its_caller(void **state)
{
	struct cpc_buffer out = { 0 };
	struct cpc_json_stream stream = cpc_json_stream_start("a/b/1", &out);

	(void)state;
	cpc_json_open(&stream, "rows", '[');
	cpc_buffer_puts(cpc_json_element(&stream), "[1,2]");
	cpc_buffer_puts(cpc_json_element(&stream), "[3]");
	cpc_json_close(&stream, ']');
	cpc_json_write(&stream, "end", json_true());
	assert_int_equal(cpc_json_stream_finish(&stream, NULL), CPC_OK);
	assert_string_equal(out.bytes, "{\n  \"schema\": \"a/b/1\",\n  \"rows\": [\n    [1,2],\n    [3]\n  ],\n"
				       "  \"end\": true\n}\n");
	cpc_buffer_free(&out);
}

/* What could not be made is a document that could not be made. */
static void notices_what_there_was_no_memory_for(void **state)
{
	struct cpc_buffer out = { 0 };
	struct cpc_json_stream stream = cpc_json_stream_start("a/b/1", &out);

	(void)state;
	cpc_json_write(&stream, "value", NULL);
	assert_int_equal(cpc_json_stream_finish(&stream, NULL), CPC_INTERNAL);
	cpc_buffer_free(&out);
	stream = cpc_json_stream_start("a/b/1", &out);
	stream.json.failed = true;
	assert_int_equal(cpc_json_stream_finish(&stream, NULL), CPC_INTERNAL);
	cpc_buffer_free(&out);
	stream = cpc_json_stream_start("a/b/1", &out);
	out.failed = true;
	assert_int_equal(cpc_json_stream_finish(&stream, NULL), CPC_INTERNAL);
	cpc_buffer_free(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_as_if_built_whole),
		cmocka_unit_test(leaves_an_element_to_its_caller),
		cmocka_unit_test(notices_what_there_was_no_memory_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
