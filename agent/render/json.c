/* SPDX-License-Identifier: MIT */
#include "json.h"

#include <stdio.h>

#include "render.h"

struct cpc_json cpc_json_start(const char *schema)
{
	struct cpc_json json = { .root = json_object() };

	cpc_json_put(&json, json.root, "schema", json_string(schema));
	return json;
}

static int add_to_buffer(const char *bytes, size_t length, void *buffer)
{
	cpc_buffer_add(buffer, bytes, length);
	return 0;
}

enum cpc_status cpc_json_finish(struct cpc_json *json, struct cpc_buffer *out, struct cpc_error *reterr)
{
	bool failed = json->failed;

	if (!failed)
		failed = json_dump_callback(json->root, add_to_buffer, out, JSON_INDENT(2) | JSON_PRESERVE_ORDER) != 0;
	cpc_buffer_puts(out, "\n");
	json_decref(json->root);
	json->root = NULL;
	if (failed || out->failed)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	return CPC_OK;
}

void cpc_json_put(struct cpc_json *json, json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value))
		json->failed = true;
}

void cpc_json_append(struct cpc_json *json, json_t *array, json_t *value)
{
	if (json_array_append_new(array, value))
		json->failed = true;
}

json_t *cpc_json_object(struct cpc_json *json, json_t *object, const char *key)
{
	cpc_json_put(json, object, key, json_object());
	return json_object_get(object, key);
}

json_t *cpc_json_array(struct cpc_json *json, json_t *object, const char *key)
{
	cpc_json_put(json, object, key, json_array());
	return json_object_get(object, key);
}

json_t *cpc_json_text(const char *text)
{
	struct cpc_buffer escaped = { 0 };
	json_t *value = json_string(text);

	if (value)
		return value;
	for (; *text; text++)
		cpc_buffer_printf(&escaped, (unsigned char)*text < 0x80 ? "%c" : "%%%02X", (unsigned char)*text);
	if (!escaped.failed)
		value = json_string(escaped.bytes);
	cpc_buffer_free(&escaped);
	return value;
}

/* By hand: a report has more than a thousand of these, and printf() is slow at them. */
json_t *cpc_json_hex(uint64_t value)
{
	char text[2 + 16];
	size_t at = sizeof(text);

	do {
		text[--at] = "0123456789abcdef"[value & 0xf];
		value >>= 4;
	} while (value);
	text[--at] = 'x';
	text[--at] = '0';
	return json_stringn_nocheck(text + at, sizeof(text) - at);
}

json_t *cpc_json_number(struct cpc_number number)
{
	/* JSON's numbers are signed 64-bit here. What does not fit is nothing that was counted: better no number than
	 * another. */
	return number.unknown || number.value > INT64_MAX ? json_null() : json_integer((json_int_t)number.value);
}

json_t *cpc_json_count(uint64_t value)
{
	return cpc_json_number((struct cpc_number){ .value = value });
}

json_t *cpc_json_measurement(struct cpc_measurement value)
{
	return cpc_json_number((struct cpc_number){ .unknown = !value.known, .value = value.value });
}

json_t *cpc_json_tristate(enum cpc_tristate value)
{
	return value == CPC_UNKNOWN ? json_null() : json_boolean(value == CPC_SET);
}

json_t *cpc_json_fingerprint(struct cpc_json *json, const struct cpc_fingerprint *fingerprint)
{
	json_t *object = json_object();
	char text[CPC_FINGERPRINT_SIZE];
	char id[CPC_ID_SIZE];

	cpc_fingerprint_id(fingerprint, id);
	cpc_json_put(json, object, "id", json_string(id));
	cpc_fingerprint_silicon_id(fingerprint, id);
	cpc_json_put(json, object, "silicon", json_string(id));
	cpc_fingerprint_print(fingerprint, text);
	cpc_json_put(json, object, "text", json_string(text));
	cpc_json_put(json, object, "complete", json_boolean(cpc_fingerprint_complete(fingerprint)));
	return object;
}

json_t *cpc_json_partial(struct cpc_json *json, const struct cpc_fingerprint *fingerprint)
{
	json_t *rows = json_array();

	for (unsigned int word = 0; word < fingerprint->word_count; word++) {
		json_t *row;

		if (!cpc_word_unread(fingerprint, word))
			continue;
		row = json_array();
		cpc_json_append(json, row, json_integer((json_int_t)word));
		cpc_json_append(json, row, cpc_json_hex(fingerprint->words[word]));
		cpc_json_append(json, row, cpc_json_hex(fingerprint->unread[word]));
		cpc_json_append(json, rows, row);
	}
	return rows;
}
