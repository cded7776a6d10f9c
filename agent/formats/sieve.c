/* SPDX-License-Identifier: MIT */
/*
 * One walk over the bytes, that knows of JSON only what strings and brackets are. A fleet of 2,000 classes has a
 * matrix of four million strings, which jansson would spend half a gigabyte on.
 */
#include "sieve.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct walk {
	const char *const *wanted;
	size_t depth;
	bool in_string;
	bool escaped;
	bool at_key; /**< the next string of the outermost object is a key */
	bool leaves_out;
	const char *key; /**< where the last key of the outermost object begins */
	size_t key_length;
};

static bool is_wanted(const struct walk *walk)
{
	for (const char *const *name = walk->wanted; *name; name++)
		if (strlen(*name) == walk->key_length && memcmp(*name, walk->key, walk->key_length) == 0)
			return true;
	return false;
}

static void walk_string(struct walk *walk, const char *at)
{
	if (walk->escaped) {
		walk->escaped = false;
	} else if (*at == '\\') {
		walk->escaped = true;
	} else if (*at == '"') {
		walk->in_string = false;
		if (walk->at_key)
			walk->key_length = (size_t)(at - walk->key);
	}
}

static void begin_string(struct walk *walk, const char *at)
{
	walk->in_string = true;
	if (walk->at_key)
		walk->key = at + 1;
}

/** Whether a value begins behind this byte that is to be left out. */
static bool step(struct walk *walk, const char *at)
{
	switch (*at) {
	case '"':
		begin_string(walk, at);
		break;
	case '{':
	case '[':
		walk->depth++;
		walk->at_key = walk->depth == 1;
		break;
	case '}':
	case ']':
		walk->depth -= walk->depth > 0;
		walk->leaves_out = walk->leaves_out && walk->depth > 0;
		break;
	case ',':
		walk->at_key = walk->depth == 1;
		walk->leaves_out = walk->leaves_out && walk->depth > 1;
		break;
	case ':':
		if (walk->depth != 1 || !walk->at_key)
			break;
		walk->at_key = false;
		return walk->key && !is_wanted(walk);
	default:
		break;
	}
	return false;
}

char *cpc_sieve(const char *bytes, size_t length, const char *const *wanted, size_t *ret_length)
{
	struct walk walk = { .wanted = wanted };
	/* A member is a colon at least, and its value a byte; what is not written to is never there. */
	char *text = malloc(2 * length + 1);
	size_t at = 0;

	if (!text)
		return NULL;
	for (size_t i = 0; i < length; i++) {
		bool begins = false;

		if (walk.in_string)
			walk_string(&walk, &bytes[i]);
		else
			begins = step(&walk, &bytes[i]);
		if (!walk.leaves_out || bytes[i] == '\n')
			text[at++] = bytes[i];
		if (begins) {
			text[at++] = '0';
			walk.leaves_out = true;
		}
	}
	*ret_length = at;
	return text;
}
