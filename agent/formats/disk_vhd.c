/* SPDX-License-Identifier: MIT */
/*
 * VHD. Its footer is the last sector; where blocks are allocated, a copy of the footer comes first, followed by the
 * dynamic header, the block allocation table and the blocks. Numbers are big-endian.
 *
 * Either footer will do. Of the header there is one.
 */
#include "disk_reader.h"

#include <string.h>

#include "disk_vhd.h"

/* Of images that Virtual PC 2003 and before made ("Hard Disk Footer Format"). */
#define OLD_FOOTER 511U

enum { FIXED = 2, DYNAMIC = 3, DIFFERENCING = 4 };

static const char cookie[] = { 'c', 'o', 'n', 'e', 'c', 't', 'i', 'x' };

/* Where in a footer, or in its copy. */
enum {
	FEATURES = 8,
	FORMAT_VERSION = 12,
	DATA_OFFSET = 16,
	CREATOR = 28,
	CURRENT_SIZE = 48,
	TYPE = 60,
	CHECKSUM = 64,
	UNIQUE_ID = 68,
	SAVED = 84,
};

/* Bytes, where they lie, and whether they can be believed. */
struct footer {
	const uint8_t *bytes;
	size_t length;
	uint64_t offset;
	bool good;
};

uint32_t cpc_disk_vhd_sum(const uint8_t *bytes, size_t length, size_t field)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < length; i++)
		if (i < field || i >= field + 4)
			sum += bytes[i];
	return ~sum;
}

/* How long the footer at the end is, by where its cookie stands; 0: there is none. */
static size_t end_footer(const struct cpc_disk_reader *reader)
{
	static const size_t lengths[] = { CPC_DISK_VHD_FOOTER, OLD_FOOTER };

	for (size_t i = 0; i < 2; i++)
		if (reader->ends >= lengths[i] &&
		    memcmp(reader->tail + reader->ends - lengths[i], cookie, sizeof(cookie)) == 0)
			return lengths[i];
	return 0;
}

static bool has_copy(const struct cpc_disk_reader *reader)
{
	return reader->ends == sizeof(reader->head) && memcmp(reader->head, cookie, sizeof(cookie)) == 0;
}

bool cpc_disk_vhd_recognise(const struct cpc_disk_reader *reader)
{
	return end_footer(reader) || has_copy(reader);
}

bool cpc_disk_vhd_footer_fits(const struct cpc_disk_reader *reader)
{
	return end_footer(reader) == sizeof(reader->tail) &&
	       cpc_disk_vhd_sum(reader->tail, sizeof(reader->tail), CHECKSUM) == cpc_disk_be32(reader->tail + CHECKSUM);
}

/* Whether what was read is a footer. What is wrong with it is not fatal yet: there may be the other. */
static void check_footer(struct cpc_disk_reader *reader, enum cpc_disk_part part, struct footer *footer)
{
	const uint8_t *bytes = footer->bytes;
	const uint32_t type = cpc_disk_be32(bytes + TYPE);

	footer->good = true;
	if (cpc_disk_vhd_sum(bytes, footer->length, CHECKSUM) != cpc_disk_be32(bytes + CHECKSUM)) {
		/* Then none of its fields can be believed, and what they say is not worth a word. */
		footer->good = cpc_disk_wrong(reader, part, CPC_DISK_FAULT_CHECKSUM, footer->offset + CHECKSUM, false);
		return;
	}
	if (cpc_disk_be16(bytes + FORMAT_VERSION) != 1)
		footer->good =
			cpc_disk_wrong(reader, part, CPC_DISK_FAULT_VERSION, footer->offset + FORMAT_VERSION, false);
	if (type < FIXED || type > DIFFERENCING ||
	    (part == CPC_DISK_PART_VHD_FOOTER_COPY && type == FIXED)) /* which has no copy */
		footer->good = cpc_disk_wrong(reader, part, CPC_DISK_FAULT_VALUE, footer->offset + TYPE, false);
	if (cpc_disk_be64(bytes + CURRENT_SIZE) % 512)
		footer->good = cpc_disk_wrong(reader, part, CPC_DISK_FAULT_VALUE, footer->offset + CURRENT_SIZE, false);
	cpc_disk_right(reader, part);
}

static void read_end(struct cpc_disk_reader *reader, struct footer *footer)
{
	footer->length = end_footer(reader);
	footer->offset = reader->source->size - footer->length;
	footer->bytes = reader->tail + reader->ends - footer->length;
	if (footer->length)
		check_footer(reader, CPC_DISK_PART_VHD_FOOTER, footer);
	else
		cpc_disk_wrong(reader, CPC_DISK_PART_VHD_FOOTER, CPC_DISK_FAULT_MISSING, footer->offset, false);
}

static void read_copy(struct cpc_disk_reader *reader, struct footer *copy)
{
	copy->length = sizeof(reader->head);
	copy->bytes = reader->head;
	if (has_copy(reader))
		check_footer(reader, CPC_DISK_PART_VHD_FOOTER_COPY, copy);
	else
		cpc_disk_wrong(reader, CPC_DISK_PART_VHD_FOOTER_COPY, CPC_DISK_FAULT_SIGNATURE, 0, false);
}

static void tell_footer(struct cpc_disk_reader *reader, const struct footer *footer)
{
	static const enum cpc_disk_kind kinds[] = {
		[FIXED] = CPC_DISK_KIND_FIXED,
		[DYNAMIC] = CPC_DISK_KIND_DYNAMIC,
		[DIFFERENCING] = CPC_DISK_KIND_DIFFERENCING,
	};
	struct cpc_disk *disk = reader->disk;
	const uint8_t *bytes = footer->bytes;

	disk->kind = kinds[cpc_disk_be32(bytes + TYPE)];
	disk->version = cpc_disk_be16(bytes + FORMAT_VERSION);
	disk->size = (struct cpc_disk_size){ .known = true, .bytes = cpc_disk_be64(bytes + CURRENT_SIZE) };
	disk->logical_sector = 512;
	disk->physical_sector = 512;
	disk->cipher = CPC_DISK_CIPHER_NONE;
	disk->states[CPC_DISK_STATE_SAVED] = bytes[SAVED] != 0;
	disk->states[CPC_DISK_STATE_TEMPORARY] = bytes[FEATURES + 3] & 1;
	cpc_disk_utf8(reader, CPC_DISK_PART_VHD_FOOTER, CPC_DISK_TEXT_CREATOR, bytes + CREATOR, 4,
		      footer->offset + CREATOR);
	cpc_disk_uuid(disk->ids[CPC_DISK_ID_DISK], bytes + UNIQUE_ID);
}

/* The data of a fixed one are what comes before the footer. */
static void check_fixed(struct cpc_disk_reader *reader, const struct footer *footer)
{
	const uint64_t size = reader->disk->size.bytes;
	const uint64_t where = footer->offset + CURRENT_SIZE;

	if (size > footer->offset)
		cpc_disk_wrong(reader, CPC_DISK_PART_VHD_FOOTER, CPC_DISK_FAULT_OUTSIDE, where, true);
	else if (size < footer->offset)
		cpc_disk_wrong(reader, CPC_DISK_PART_VHD_FOOTER, CPC_DISK_FAULT_DIFFERS, where, false);
}

void cpc_disk_read_vhd(struct cpc_disk_reader *reader)
{
	struct footer footer = { .good = false };
	struct footer copy = { .good = false };
	const struct footer *used = &footer;

	read_end(reader, &footer);
	if (footer.good && cpc_disk_be32(footer.bytes + TYPE) == FIXED) {
		tell_footer(reader, &footer);
		check_fixed(reader, &footer);
		return;
	}
	/* At the start of a fixed one lie the guest's own data, which are no fault. */
	if (footer.good || has_copy(reader))
		read_copy(reader, &copy);
	if (!footer.good && !copy.good) {
		cpc_disk_wrong(reader, CPC_DISK_PART_VHD_FOOTER, CPC_DISK_FAULT_NO_COPY, footer.offset, true);
		return;
	}
	if (!footer.good)
		used = &copy;
	else if (copy.good && memcmp(footer.bytes, copy.bytes, footer.length) != 0)
		cpc_disk_wrong(reader, CPC_DISK_PART_VHD_FOOTER_COPY, CPC_DISK_FAULT_DIFFERS, 0, false);
	tell_footer(reader, used);
	cpc_disk_read_vhd_header(reader, cpc_disk_be64(used->bytes + DATA_OFFSET), used->offset + DATA_OFFSET,
				 footer.offset);
}
