/* SPDX-License-Identifier: MIT */
#include "splitter.h"

#include <string.h>

/** Depths: of the members of the document, of those of `data`, of the elements of `result`. */
enum { IN_DOCUMENT = 1, IN_DATA = 2, IN_RESULT = 3 };

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static enum cpc_split stop(struct cpc_splitter *splitter, enum cpc_split state)
{
	if (splitter->state == CPC_SPLIT_OK)
		splitter->state = state;
	return splitter->state;
}

/** Keep bytes: of the element that is under way, or of the envelope. */
static void keep(struct cpc_splitter *splitter, const char *bytes, size_t length)
{
	struct cpc_buffer *to = splitter->in_element ? &splitter->part : &splitter->envelope;

	if (splitter->in_element) {
		splitter->element_length += length;
		/* What is too long is passed over, and what of it was kept is of no use. */
		if (splitter->element_length > CPC_ELEMENT_MAX)
			return;
	} else if (length > CPC_ENVELOPE_MAX - to->length) {
		stop(splitter, CPC_SPLIT_MALFORMED);
		return;
	}
	cpc_buffer_add(to, bytes, length);
	if (to->failed)
		stop(splitter, CPC_SPLIT_NO_MEMORY);
}

static void end_element(struct cpc_splitter *splitter)
{
	const bool whole = splitter->element_length <= CPC_ELEMENT_MAX;

	splitter->in_element = false;
	splitter->place = CPC_SPLIT_AFTER_ELEMENT;
	splitter->count++;
	if (!splitter->element(splitter->context, whole ? splitter->part.bytes : NULL, splitter->element_length))
		stop(splitter, CPC_SPLIT_ENDED);
	splitter->part.length = 0;
}

static void begin_element(struct cpc_splitter *splitter)
{
	if (splitter->place == CPC_SPLIT_AFTER_ELEMENT)
		stop(splitter, CPC_SPLIT_MALFORMED);
	splitter->in_element = true;
	splitter->element_length = 0;
	splitter->part.length = 0;
}

static bool last_text_is(const struct cpc_splitter *splitter, const char *key)
{
	return splitter->key_length == strlen(key) && memcmp(splitter->key, key, splitter->key_length) == 0;
}

/** The text between quotes, so far as it can be a key that is looked for. */
static void note_text(struct cpc_splitter *splitter, const char *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		if (splitter->key_length < sizeof(splitter->key))
			splitter->key[splitter->key_length] = bytes[i];
		if (splitter->key_length <= sizeof(splitter->key))
			splitter->key_length++;
	}
}

/** How many bytes of a text come before the quote that ends it, or the next backslash. */
static size_t plain_length(const char *bytes, size_t length)
{
	const char *quote = memchr(bytes, '"', length);
	const size_t end = quote ? (size_t)(quote - bytes) : length;
	const char *backslash = memchr(bytes, '\\', end);

	return backslash ? (size_t)(backslash - bytes) : end;
}

/** The rest of a text, up to and with the quote that ends it. Returns how many bytes that is. */
static size_t take_text(struct cpc_splitter *splitter, const char *bytes, size_t length)
{
	size_t n = 0;

	while (n < length && splitter->in_text) {
		if (splitter->escaped) {
			splitter->escaped = false;
			n++;
			continue;
		}
		n += plain_length(bytes + n, length - n);
		if (n == length)
			break;
		splitter->escaped = bytes[n] == '\\';
		splitter->in_text = splitter->escaped;
		n++;
	}
	if (!splitter->in_element)
		note_text(splitter, bytes, splitter->in_text ? n : n - 1);
	keep(splitter, bytes, n);
	return n;
}

static void begin_result(struct cpc_splitter *splitter)
{
	splitter->in_result = true;
	splitter->place = CPC_SPLIT_FIRST;
}

static void open_one(struct cpc_splitter *splitter, char c)
{
	keep(splitter, &c, 1);
	splitter->depth++;
	if (splitter->in_element)
		return;
	if (splitter->depth == IN_DATA && c == '{' && last_text_is(splitter, "data"))
		splitter->in_data = true;
	else if (splitter->depth == IN_RESULT && splitter->in_data && c == '[' && last_text_is(splitter, "result"))
		begin_result(splitter);
	splitter->key_length = 0;
}

static void close_one(struct cpc_splitter *splitter, char c)
{
	if (splitter->in_result && splitter->depth == IN_RESULT) {
		/* The array itself: after its last element, which may be a number. */
		if (splitter->in_element)
			end_element(splitter);
		if (c != ']' || splitter->place == CPC_SPLIT_AFTER_COMMA) {
			stop(splitter, CPC_SPLIT_MALFORMED);
			return;
		}
		splitter->in_result = false;
	}
	if (splitter->depth == 0) {
		stop(splitter, CPC_SPLIT_MALFORMED);
		return;
	}
	keep(splitter, &c, 1);
	splitter->depth--;
	if (splitter->in_element && splitter->depth == IN_RESULT)
		end_element(splitter);
	if (splitter->depth < IN_DATA)
		splitter->in_data = false;
}

/** Between two elements. */
static void next_element(struct cpc_splitter *splitter)
{
	if (splitter->in_element)
		end_element(splitter);
	else if (splitter->place != CPC_SPLIT_AFTER_ELEMENT)
		stop(splitter, CPC_SPLIT_MALFORMED);
	splitter->place = CPC_SPLIT_AFTER_COMMA;
}

/** A character outside of texts. */
static void take(struct cpc_splitter *splitter, char c)
{
	const bool among_elements = splitter->in_result && splitter->depth == IN_RESULT;

	if (among_elements && c == ',') {
		next_element(splitter);
		return;
	}
	if (c == ']' || c == '}') {
		close_one(splitter, c);
		return;
	}
	if (among_elements && !splitter->in_element && is_blank(c))
		return;
	if (among_elements && !splitter->in_element)
		begin_element(splitter);
	/* What is no object is no answer; and a page for people begins with something else. */
	if (splitter->depth == 0 && c != '{' && !is_blank(c)) {
		stop(splitter, CPC_SPLIT_MALFORMED);
		return;
	}
	if (c == '{' || c == '[') {
		open_one(splitter, c);
		return;
	}
	keep(splitter, &c, 1);
	if (c == '"') {
		splitter->in_text = true;
		if (!splitter->in_element)
			splitter->key_length = 0;
	}
}

enum cpc_split cpc_splitter_feed(struct cpc_splitter *splitter, const char *bytes, size_t length)
{
	size_t at = 0;

	while (at < length && splitter->state == CPC_SPLIT_OK) {
		if (splitter->in_text)
			at += take_text(splitter, bytes + at, length - at);
		else
			take(splitter, bytes[at++]);
	}
	return splitter->state;
}

void cpc_splitter_free(struct cpc_splitter *splitter)
{
	cpc_buffer_free(&splitter->envelope);
	cpc_buffer_free(&splitter->part);
}
