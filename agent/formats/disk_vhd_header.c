/* SPDX-License-Identifier: MIT */
/*
 * VHD: the dynamic disk header, the blocks and the parent.
 */
#include "disk_vhd.h"

#include <string.h>

#define HEADER 1024U
#define SECTOR 512U
#define UNUSED_BLOCK UINT32_MAX
/* Longer than any text that is kept, were all of it ASCII. */
#define LOCATOR_MAX 4096U

/* Where in the header. */
enum {
	TABLE_OFFSET = 16,
	HEADER_VERSION = 24,
	TABLE_ENTRIES = 28,
	BLOCK_SIZE = 32,
	CHECKSUM = 36,
	PARENT_ID = 40,
	PARENT_NAME = 64,
	LOCATORS = 576,
};
#define PARENT_NAME_LENGTH 512U
#define LOCATOR_COUNT 8U
#define LOCATOR_SIZE 24U

struct header {
	const uint8_t *bytes;
	uint64_t offset;
	uint64_t end; /* of what it may point at */
};

static bool wrong(struct cpc_disk_reader *reader, enum cpc_disk_fault_code code, const struct header *header,
		  uint64_t field)
{
	return cpc_disk_wrong(reader, CPC_DISK_PART_VHD_HEADER, code, header->offset + field, true);
}

static bool check_header(struct cpc_disk_reader *reader, const struct header *header)
{
	const uint8_t *bytes = header->bytes;
	const uint32_t block = cpc_disk_be32(bytes + BLOCK_SIZE);

	if (memcmp(bytes, "cxsparse", 8) != 0)
		return wrong(reader, CPC_DISK_FAULT_SIGNATURE, header, 0);
	if (cpc_disk_vhd_sum(bytes, HEADER, CHECKSUM) != cpc_disk_be32(bytes + CHECKSUM))
		return wrong(reader, CPC_DISK_FAULT_CHECKSUM, header, CHECKSUM);
	if (cpc_disk_be16(bytes + HEADER_VERSION) != 1)
		return wrong(reader, CPC_DISK_FAULT_VERSION, header, HEADER_VERSION);
	if (!cpc_disk_power_of_two(block) || block < SECTOR)
		return wrong(reader, CPC_DISK_FAULT_VALUE, header, BLOCK_SIZE);
	/* Both below 2^32. */
	if ((uint64_t)cpc_disk_be32(bytes + TABLE_ENTRIES) * block < reader->disk->size.bytes)
		return wrong(reader, CPC_DISK_FAULT_VALUE, header, TABLE_ENTRIES);
	cpc_disk_right(reader, CPC_DISK_PART_VHD_HEADER);
	return true;
}

static bool check_block(struct cpc_disk_reader *reader, const struct cpc_disk_table *table, uint64_t number,
			const uint8_t *bytes)
{
	const struct header *header = table->context;
	const uint32_t sector = cpc_disk_be32(bytes);
	const uint32_t block = reader->disk->block_size;
	/* A bit a sector, in whole sectors. */
	const uint64_t bitmap = (block / SECTOR / 8 + SECTOR - 1) / SECTOR * SECTOR;

	if (sector == UNUSED_BLOCK || cpc_disk_within((uint64_t)sector * SECTOR, bitmap + block, header->end))
		return true;
	return cpc_disk_wrong(reader, table->part, CPC_DISK_FAULT_OUTSIDE, table->offset + number * table->width, true);
}

static void check_blocks(struct cpc_disk_reader *reader, const struct header *header)
{
	const struct cpc_disk_table table = {
		.part = CPC_DISK_PART_VHD_BLOCKS,
		.offset = cpc_disk_be64(header->bytes + TABLE_OFFSET),
		.count = cpc_disk_be32(header->bytes + TABLE_ENTRIES),
		.width = 4,
		.entry = check_block,
		.context = header,
	};
	const uint64_t length = table.count * table.width;

	if (!cpc_disk_within(table.offset, length, header->end))
		wrong(reader, CPC_DISK_FAULT_OUTSIDE, header, TABLE_OFFSET);
	else if (table.offset < CPC_DISK_VHD_FOOTER || cpc_disk_overlap(table.offset, length, header->offset, HEADER))
		wrong(reader, CPC_DISK_FAULT_OVERLAP, header, TABLE_OFFSET);
	else
		cpc_disk_walk(reader, &table);
}

/* One of the eight places that say where the parent is. */
static void read_locator(struct cpc_disk_reader *reader, const struct header *header, size_t number)
{
	static const struct {
		char code[5];
		enum cpc_disk_text text;
	} known[] = {
		{ "W2ku", CPC_DISK_TEXT_PARENT_ABSOLUTE },
		{ "W2ru", CPC_DISK_TEXT_PARENT_RELATIVE },
		{ "MacX", CPC_DISK_TEXT_PARENT_URL },
	};
	const size_t place = LOCATORS + number * LOCATOR_SIZE;
	const uint8_t *locator = header->bytes + place;
	const uint32_t length = cpc_disk_be32(locator + 8);
	const uint64_t offset = cpc_disk_be64(locator + 16);
	uint8_t text[LOCATOR_MAX];

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (memcmp(locator, known[i].code, 4) != 0)
			continue;
		if (reader->disk->texts[known[i].text][0])
			cpc_disk_wrong(reader, CPC_DISK_PART_VHD_PARENT, CPC_DISK_FAULT_DUPLICATE,
				       header->offset + place, false);
		else if (!cpc_disk_within(offset, length, header->end))
			cpc_disk_wrong(reader, CPC_DISK_PART_VHD_PARENT, CPC_DISK_FAULT_OUTSIDE,
				       header->offset + place + 16, false);
		else if (length > sizeof(text))
			cpc_disk_wrong(reader, CPC_DISK_PART_VHD_PARENT, CPC_DISK_FAULT_TOO_LONG,
				       header->offset + place + 8, false);
		else if (!cpc_disk_fetch(reader, CPC_DISK_PART_VHD_PARENT, offset, text, length, false))
			;
		else if (known[i].text == CPC_DISK_TEXT_PARENT_URL)
			cpc_disk_utf8(reader, CPC_DISK_PART_VHD_PARENT, known[i].text, text, length, offset);
		else
			cpc_disk_utf16(reader, CPC_DISK_PART_VHD_PARENT, known[i].text, text, length, false, offset);
	}
}

static void read_parent(struct cpc_disk_reader *reader, const struct header *header)
{
	static const uint8_t none[16];
	const uint8_t *id = header->bytes + PARENT_ID;
	const struct cpc_disk *disk = reader->disk;

	if (memcmp(id, none, sizeof(none)) == 0)
		cpc_disk_wrong(reader, CPC_DISK_PART_VHD_PARENT, CPC_DISK_FAULT_MISSING, header->offset + PARENT_ID,
			       true);
	else
		cpc_disk_uuid(reader->disk->ids[CPC_DISK_ID_PARENT], id);
	cpc_disk_utf16(reader, CPC_DISK_PART_VHD_PARENT, CPC_DISK_TEXT_PARENT_NAME, header->bytes + PARENT_NAME,
		       PARENT_NAME_LENGTH, true, header->offset + PARENT_NAME);
	for (size_t i = 0; i < LOCATOR_COUNT; i++)
		read_locator(reader, header, i);
	if (!disk->texts[CPC_DISK_TEXT_PARENT_NAME][0] && !disk->texts[CPC_DISK_TEXT_PARENT_ABSOLUTE][0] &&
	    !disk->texts[CPC_DISK_TEXT_PARENT_RELATIVE][0] && !disk->texts[CPC_DISK_TEXT_PARENT_URL][0])
		cpc_disk_wrong(reader, CPC_DISK_PART_VHD_PARENT, CPC_DISK_FAULT_MISSING, header->offset + LOCATORS,
			       true);
	cpc_disk_right(reader, CPC_DISK_PART_VHD_PARENT);
}

void cpc_disk_read_vhd_header(struct cpc_disk_reader *reader, uint64_t offset, uint64_t field, uint64_t end)
{
	uint8_t bytes[HEADER];
	const struct header header = { .bytes = bytes, .offset = offset, .end = end };

	if (!cpc_disk_within(offset, HEADER, end)) {
		cpc_disk_wrong(reader, CPC_DISK_PART_VHD_HEADER, CPC_DISK_FAULT_OUTSIDE, field, true);
		return;
	}
	if (offset < CPC_DISK_VHD_FOOTER) {
		cpc_disk_wrong(reader, CPC_DISK_PART_VHD_HEADER, CPC_DISK_FAULT_OVERLAP, field, true);
		return;
	}
	if (!cpc_disk_fetch(reader, CPC_DISK_PART_VHD_HEADER, offset, bytes, HEADER, true) ||
	    !check_header(reader, &header))
		return;
	reader->disk->block_size = cpc_disk_be32(bytes + BLOCK_SIZE);
	check_blocks(reader, &header);
	if (reader->disk->kind == CPC_DISK_KIND_DIFFERENCING)
		read_parent(reader, &header);
}
