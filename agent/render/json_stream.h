/* SPDX-License-Identifier: MIT */
/*
 * JSON documents that are too large to be built whole: written piece by piece, each released once
 * it is written. What comes out reads as cpc_json_finish() would have it.
 *
 *	struct cpc_json_stream stream = cpc_json_stream_start("cpucompat/fleet/1", out);
 *
 *	cpc_json_write(&stream, "hosts", json_integer(3));
 *	cpc_json_open(&stream, "classes", '[');
 *	for each class
 *		cpc_json_write(&stream, NULL, class(&stream.json, ...));
 *	cpc_json_close(&stream, ']');
 *	return cpc_json_stream_finish(&stream, reterr);
 */
#ifndef CPC_JSON_STREAM_H
#define CPC_JSON_STREAM_H

#include "json.h"

/** What runs out of memory sets `json.failed`, or `failed` of the buffer; cpc_json_stream_finish() looks at both. */
struct cpc_json_stream {
	struct cpc_buffer *out; /**< borrowed */
	struct cpc_json json;	/**< for the calls of json.h that build a piece; it has no root */
	unsigned int depth;	/**< objects and arrays that are open */
	bool filled;		/**< something is in the innermost of them already */
};

/** Open a document, an object whose first key is `schema`, at the end of `out`. */
struct cpc_json_stream cpc_json_stream_start(const char *schema, struct cpc_buffer *out);

/** Write a value and release it: a member of the innermost object, or with a NULL key an element of the innermost
 * array. A NULL value is one for which there was no memory. */
void cpc_json_write(struct cpc_json_stream *stream, const char *key, json_t *value);

/** Open an object ('{') or an array ('[') there. */
void cpc_json_open(struct cpc_json_stream *stream, const char *key, char bracket);
/** Close the innermost, with its other bracket. */
void cpc_json_close(struct cpc_json_stream *stream, char bracket);

/** Begin an element of the innermost array that the caller writes into the buffer himself, as JSON and on one line. */
struct cpc_buffer *cpc_json_element(struct cpc_json_stream *stream);

/** Close the document and write a newline. CPC_INTERNAL where memory ran out. */
enum cpc_status cpc_json_stream_finish(struct cpc_json_stream *stream, struct cpc_error *reterr);

#endif
