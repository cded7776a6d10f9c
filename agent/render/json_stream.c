/* SPDX-License-Identifier: MIT */
#include "json_stream.h"

#include <string.h>

#define INDENT 2

struct cpc_json_stream cpc_json_stream_start(const char *schema, struct cpc_buffer *out)
{
	struct cpc_json_stream stream = { .out = out, .depth = 1 };

	cpc_buffer_puts(out, "{");
	cpc_json_write(&stream, "schema", json_string(schema));
	return stream;
}

static void new_line(struct cpc_buffer *out, unsigned int depth)
{
	cpc_buffer_puts(out, "\n");
	for (unsigned int i = 0; i < depth * INDENT; i++)
		cpc_buffer_puts(out, " ");
}

/** Of a piece that begins `depth` deep. No string of JSON holds a newline as it is, so each begins a line. */
static int add_indented(const char *bytes, size_t length, void *context)
{
	const struct cpc_json_stream *stream = context;

	while (length) {
		const char *newline = memchr(bytes, '\n', length);
		const size_t taken = newline ? (size_t)(newline - bytes) : length;

		cpc_buffer_add(stream->out, bytes, taken);
		if (newline)
			new_line(stream->out, stream->depth);
		bytes += taken + (newline != NULL);
		length -= taken + (newline != NULL);
	}
	return 0;
}

static void add_value(struct cpc_json_stream *stream, const json_t *value)
{
	if (json_dump_callback(value, add_indented, stream,
			       JSON_INDENT(INDENT) | JSON_PRESERVE_ORDER | JSON_ENCODE_ANY))
		stream->json.failed = true;
}

struct cpc_buffer *cpc_json_element(struct cpc_json_stream *stream)
{
	if (stream->filled)
		cpc_buffer_puts(stream->out, ",");
	new_line(stream->out, stream->depth);
	stream->filled = true;
	return stream->out;
}

static void begin(struct cpc_json_stream *stream, const char *key)
{
	json_t *text = key ? json_string(key) : NULL;

	cpc_json_element(stream);
	if (!key)
		return;
	add_value(stream, text);
	cpc_buffer_puts(stream->out, ": ");
	json_decref(text);
}

void cpc_json_write(struct cpc_json_stream *stream, const char *key, json_t *value)
{
	begin(stream, key);
	add_value(stream, value);
	json_decref(value);
}

void cpc_json_open(struct cpc_json_stream *stream, const char *key, char bracket)
{
	begin(stream, key);
	cpc_buffer_add(stream->out, &bracket, 1);
	stream->depth++;
	stream->filled = false;
}

void cpc_json_close(struct cpc_json_stream *stream, char bracket)
{
	stream->depth--;
	if (stream->filled)
		new_line(stream->out, stream->depth);
	cpc_buffer_add(stream->out, &bracket, 1);
	stream->filled = true;
}

enum cpc_status cpc_json_stream_finish(struct cpc_json_stream *stream, struct cpc_error *reterr)
{
	cpc_json_close(stream, '}');
	cpc_buffer_puts(stream->out, "\n");
	if (stream->json.failed || stream->out->failed)
		return cpc_out_of_memory(reterr);
	return CPC_OK;
}
