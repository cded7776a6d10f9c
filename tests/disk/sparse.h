/* SPDX-License-Identifier: MIT */
/*
 * A file of any size of which only some bytes are written, in memory: what unit tests and the fuzz target give to the
 * reader of disk images. As bytes it is
 *
 *	flags (1), size (8), misfortune (2), then pieces of offset (8), length (2) and as many bytes
 *
 * with numbers in little-endian. Pieces that come later lie over those before.
 */
#ifndef CPC_TEST_SPARSE_H
#define CPC_TEST_SPARSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "disk.h"

#define SPARSE_PIECES 512
#define SPARSE_BYTES 65536
#define SPARSE_START 11

/* Flags. */
enum { SPARSE_MEND = 1, SPARSE_SHRINKS = 2, SPARSE_FAILS = 4, SPARSE_DRIBBLES = 8 };

struct sparse {
	uint64_t size;
	struct {
		uint64_t offset;
		size_t at, length;
	} pieces[SPARSE_PIECES];
	size_t count;
	uint8_t bytes[SPARSE_BYTES];
	size_t used;
	/* How reading goes: well, until so many reads were made. */
	uint8_t flags;
	uint64_t misfortune;
	/* What was read, and whether any of it was not to be. */
	uint64_t reads, total;
	bool strayed;
};

static inline bool sparse_put(struct sparse *image, uint64_t offset, const void *bytes, size_t length)
{
	if (image->count == SPARSE_PIECES || length > SPARSE_BYTES - image->used)
		return false;
	image->pieces[image->count].offset = offset;
	image->pieces[image->count].at = image->used;
	image->pieces[image->count++].length = length;
	if (length)
		memcpy(image->bytes + image->used, bytes, length);
	image->used += length;
	return true;
}

/* The bytes as they are written, within the size or not. */
static inline void sparse_get(const struct sparse *image, uint64_t offset, void *ret_bytes, size_t length)
{
	uint8_t *to = ret_bytes;

	memset(to, 0, length);
	for (size_t i = 0; i < image->count; i++) {
		const uint64_t from = image->pieces[i].offset;
		const uint8_t *bytes = image->bytes + image->pieces[i].at;
		uint64_t skip = from < offset ? offset - from : 0;
		uint64_t gap = from > offset ? from - offset : 0;
		uint64_t count;

		if (skip >= image->pieces[i].length || gap >= length)
			continue;
		count = image->pieces[i].length - skip;
		if (count > length - gap)
			count = length - gap;
		memcpy(to + gap, bytes + skip, (size_t)count);
	}
}

static inline ptrdiff_t sparse_read(void *context, uint64_t offset, void *bytes, size_t length)
{
	struct sparse *image = context;
	const bool unlucky = image->reads++ >= image->misfortune;

	image->total += length;
	if (!length || length > CPC_DISK_PIECE_MAX || offset > image->size || length > image->size - offset)
		image->strayed = true;
	if (unlucky && image->flags & SPARSE_FAILS)
		return -1;
	if (unlucky && image->flags & SPARSE_SHRINKS)
		return 0;
	if (unlucky && image->flags & SPARSE_DRIBBLES && length > 1)
		length /= 2;
	sparse_get(image, offset, bytes, length);
	return (ptrdiff_t)length;
}

static inline struct cpc_disk_source sparse_source(struct sparse *image)
{
	image->reads = 0;
	image->total = 0;
	image->strayed = false;
	return (struct cpc_disk_source){ .read = sparse_read, .context = image, .size = image->size };
}

static inline uint64_t sparse_number(const uint8_t *at, size_t length)
{
	uint64_t value = 0;

	while (length--)
		value = value << 8 | at[length];
	return value;
}

static inline void sparse_parse(struct sparse *ret_image, const uint8_t *data, size_t size)
{
	size_t at = SPARSE_START;

	ret_image->count = 0;
	ret_image->used = 0;
	ret_image->flags = size > 0 ? data[0] : 0;
	ret_image->size = size >= 9 ? sparse_number(data + 1, 8) : 0;
	ret_image->misfortune = size >= SPARSE_START ? sparse_number(data + 9, 2) : 0;
	while (at + 10 <= size) {
		size_t length = (size_t)sparse_number(data + at + 8, 2);

		if (length > size - at - 10)
			length = size - at - 10;
		if (!sparse_put(ret_image, sparse_number(data + at, 8), data + at + 10, length))
			return;
		at += 10 + length;
	}
}

#endif
