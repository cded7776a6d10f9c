/* SPDX-License-Identifier: MIT */
/*
 * A stream of requests has one meaning, however it is cut: whole, byte by byte, and
 * in pieces whose lengths come from its own bytes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "scanner.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct outcome {
	struct cpc_scanner scanner;
	size_t requests;
	size_t ended;
	size_t stopped;
};

static void feed(struct outcome *outcome, const char *bytes, size_t length, size_t offset)
{
	for (size_t at = 0; at < length;) {
		size_t used = 0;
		const enum cpc_scanned scan = cpc_scanner_feed(&outcome->scanner, bytes + at, length - at, &used);
		at += used;
		if (at > length || (scan == CPC_SCAN_MORE && at != length) || (scan == CPC_SCAN_END && used == 0))
			abort();
		if (scan == CPC_SCAN_FAULT) {
			if (outcome->stopped == SIZE_MAX)
				outcome->stopped = offset + at;
			return;
		}
		if (scan == CPC_SCAN_END) {
			outcome->requests++;
			outcome->ended = offset + at;
		}
	}
}

static void same(const struct outcome *a, const struct outcome *b)
{
	const struct cpc_scanner *x = &a->scanner;
	const struct cpc_scanner *y = &b->scanner;

	if (a->requests != b->requests || a->ended != b->ended || a->stopped != b->stopped)
		abort();
	if (x->state != y->state || x->fault != y->fault || x->left != y->left || x->head_length != y->head_length ||
	    x->text_length != y->text_length)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct outcome whole, single, pieces;
	const char *bytes = (const char *)data;

	memset(&whole, 0, sizeof(whole));
	whole.stopped = SIZE_MAX;
	single = pieces = whole;
	feed(&whole, bytes, size, 0);
	for (size_t at = 0; at < size; at++)
		feed(&single, bytes + at, 1, at);
	for (size_t at = 0; at < size;) {
		size_t length = 1 + data[at] % 29U;
		if (length > size - at)
			length = size - at;
		feed(&pieces, bytes + at, length, at);
		at += length;
	}
	same(&whole, &single);
	same(&whole, &pieces);
	return 0;
}
