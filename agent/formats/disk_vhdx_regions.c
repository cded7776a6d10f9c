/* SPDX-License-Identifier: MIT */
/*
 * VHDX: the region table at 192 KiB and its copy at 256 KiB.
 */
#include "disk_vhdx.h"

#include <string.h>

#include "crc32c.h"

#define TABLE (64U << 10)
#define ENTRIES_MAX 2047U
#define ENTRY 32U

/* Where in a table. */
enum { CHECKSUM = CPC_VHDX_CHECKSUM, ENTRY_COUNT = 8, ENTRIES = 16 };

/* Where in an entry. */
enum { OFFSET = 16, LENGTH = 24, REQUIRED = 28 };

static const struct cpc_vhdx_guid blocks_region = CPC_VHDX_GUID(2dc27766, f623, 4200, 9d64, 115e9bfd4a08);
static const struct cpc_vhdx_guid metadata_region = CPC_VHDX_GUID(8b7ca206, 4790, 4b9a, b8fe, 575f050f886e);

/* A copy of the table. */
struct table {
	enum cpc_disk_part part;
	uint64_t offset;
	uint8_t start[ENTRIES];
	uint32_t sum;
	bool good;
};

uint32_t cpc_vhdx_sum(const uint8_t *bytes, size_t length)
{
	static const uint8_t zero[4];
	uint32_t crc = cpc_crc32c(CPC_CRC32C_START, bytes, CHECKSUM);

	crc = cpc_crc32c(crc, zero, sizeof(zero));
	return cpc_crc32c(crc, bytes + CHECKSUM + sizeof(zero), length - CHECKSUM - sizeof(zero));
}

bool cpc_vhdx_check_region(struct cpc_disk_reader *reader, enum cpc_disk_part part,
			   const struct cpc_vhdx_region *region)
{
	if (region->offset % CPC_VHDX_MIB || region->length % CPC_VHDX_MIB)
		return cpc_disk_wrong(reader, part, CPC_DISK_FAULT_ALIGNMENT, region->field, true);
	if (region->offset < CPC_VHDX_MIB)
		return cpc_disk_wrong(reader, part, CPC_DISK_FAULT_OVERLAP, region->field, true);
	if (!cpc_disk_within(region->offset, region->length, reader->source->size))
		return cpc_disk_wrong(reader, part, CPC_DISK_FAULT_OUTSIDE, region->field, true);
	return true;
}

static bool sum_table(struct cpc_disk_reader *reader, struct table *table)
{
	uint8_t piece[CPC_DISK_PIECE_MAX];

	for (size_t at = 0; at < TABLE; at += sizeof(piece)) {
		if (!cpc_disk_fetch(reader, table->part, table->offset + at, piece, sizeof(piece), false))
			return false;
		if (!at) {
			memcpy(table->start, piece, ENTRIES);
			table->sum = cpc_vhdx_sum(piece, sizeof(piece));
		} else {
			table->sum = cpc_crc32c(table->sum, piece, sizeof(piece));
		}
	}
	return true;
}

/* One bad copy is not fatal. */
static bool check_table(struct cpc_disk_reader *reader, struct table *table)
{
	if (!sum_table(reader, table))
		return false;
	if (memcmp(table->start, "regi", 4) != 0)
		return cpc_disk_wrong(reader, table->part, CPC_DISK_FAULT_SIGNATURE, table->offset, false);
	if (table->sum != cpc_disk_le32(table->start + CHECKSUM))
		return cpc_disk_wrong(reader, table->part, CPC_DISK_FAULT_CHECKSUM, table->offset + CHECKSUM, false);
	cpc_disk_right(reader, table->part);
	return true;
}

static bool read_entry(struct cpc_disk_reader *reader, enum cpc_disk_part part, uint64_t offset,
		       struct cpc_vhdx_regions *regions)
{
	uint8_t entry[ENTRY];
	struct cpc_vhdx_region region;
	struct cpc_vhdx_region *known = NULL;

	if (!cpc_disk_fetch(reader, part, offset, entry, sizeof(entry), true))
		return false;
	region = (struct cpc_vhdx_region){
		.offset = cpc_disk_le64(entry + OFFSET),
		.length = cpc_disk_le32(entry + LENGTH),
		.field = offset + OFFSET,
	};
	if (memcmp(entry, blocks_region.bytes, sizeof(blocks_region)) == 0)
		known = &regions->blocks;
	else if (memcmp(entry, metadata_region.bytes, sizeof(metadata_region)) == 0)
		known = &regions->metadata;
	if (!known && cpc_disk_le32(entry + REQUIRED) & 1)
		return cpc_disk_wrong(reader, part, CPC_DISK_FAULT_UNKNOWN, offset, true);
	if (known && known->length)
		return cpc_disk_wrong(reader, part, CPC_DISK_FAULT_DUPLICATE, offset, true);
	if (!region.length)
		return cpc_disk_wrong(reader, part, CPC_DISK_FAULT_VALUE, offset + LENGTH, true);
	if (!cpc_vhdx_check_region(reader, part, &region))
		return false;
	if (known)
		*known = region;
	return true;
}

static bool read_table(struct cpc_disk_reader *reader, const struct table *table, struct cpc_vhdx_regions *regions)
{
	const uint32_t count = cpc_disk_le32(table->start + ENTRY_COUNT);

	if (count > ENTRIES_MAX)
		return cpc_disk_wrong(reader, table->part, CPC_DISK_FAULT_TOO_MANY, table->offset + ENTRY_COUNT, true);
	for (uint32_t i = 0; i < count; i++)
		if (!read_entry(reader, table->part, table->offset + ENTRIES + i * ENTRY, regions))
			return false;
	if (!regions->blocks.length || !regions->metadata.length)
		return cpc_disk_wrong(reader, table->part, CPC_DISK_FAULT_MISSING, table->offset + ENTRIES, true);
	return true;
}

bool cpc_disk_read_vhdx_regions(struct cpc_disk_reader *reader, struct cpc_vhdx_regions *ret_regions)
{
	struct table tables[] = {
		{ .part = CPC_DISK_PART_VHDX_REGIONS_1, .offset = UINT64_C(192) << 10 },
		{ .part = CPC_DISK_PART_VHDX_REGIONS_2, .offset = UINT64_C(256) << 10 },
	};

	*ret_regions = (struct cpc_vhdx_regions){ .blocks = { .length = 0 } };
	for (size_t i = 0; i < 2; i++)
		tables[i].good = check_table(reader, &tables[i]);
	if (!tables[0].good && !tables[1].good)
		return cpc_disk_wrong(reader, tables[0].part, CPC_DISK_FAULT_NO_COPY, tables[0].offset, true);
	/* Equal sums of equal lengths: who made them differ so did it on purpose, and the first one is used all the
	 * same. */
	if (tables[0].good && tables[1].good && tables[0].sum != tables[1].sum)
		cpc_disk_wrong(reader, tables[1].part, CPC_DISK_FAULT_DIFFERS, tables[1].offset, false);
	return read_table(reader, &tables[!tables[0].good], ret_regions);
}
