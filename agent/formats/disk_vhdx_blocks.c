/* SPDX-License-Identifier: MIT */
/*
 * VHDX: the block allocation table. After each so many entries of data blocks comes one of a block of sector bitmaps,
 * used or not. ([MS-VHDX] 2.5)
 */
#include "disk_vhdx.h"

/* A bit a sector, in a block of 1 MiB. */
#define SECTORS_A_BITMAP (UINT64_C(1) << 23)

/* States of a data block's entry; those of a bitmap's are two of them. */
enum { NOT_PRESENT = 0, UNDEFINED = 1, ZERO = 2, UNMAPPED = 3, PRESENT = 6, PARTLY_PRESENT = 7 };

/* How many data blocks there are before each bitmap. */
static uint64_t chunk_ratio(const struct cpc_disk *disk)
{
	/* 2^23 * 512 to 2^23 * 4096, by 2^20 to 2^28: 16 to 32768 */
	return SECTORS_A_BITMAP * disk->logical_sector / disk->block_size;
}

/* Disks have at most 64 TiB and blocks at least 1 MiB, so this is below 2^27. */
static uint64_t entry_count(const struct cpc_disk *disk)
{
	const uint64_t ratio = chunk_ratio(disk);
	const uint64_t blocks = (disk->size.bytes + disk->block_size - 1) / disk->block_size;

	if (!blocks)
		return 0;
	return disk->kind == CPC_DISK_KIND_DIFFERENCING ? (blocks + ratio - 1) / ratio * (ratio + 1)
							: blocks + (blocks - 1) / ratio;
}

static bool is_state(unsigned int state, bool bitmap, bool differencing)
{
	switch (state) {
	case NOT_PRESENT:
	case PRESENT:
		return true;
	case UNDEFINED:
	case ZERO:
	case UNMAPPED:
		return !bitmap;
	case PARTLY_PRESENT:
		return !bitmap && differencing;
	default:
		return false;
	}
}

static bool check_entry(struct cpc_disk_reader *reader, const struct cpc_disk_table *table, uint64_t number,
			const uint8_t *bytes)
{
	const struct cpc_disk *disk = reader->disk;
	const uint64_t ratio = chunk_ratio(disk);
	const bool bitmap = number % (ratio + 1) == ratio;
	const uint64_t entry = cpc_disk_le64(bytes);
	const uint64_t offset = entry & ~(CPC_VHDX_MIB - 1);
	const uint64_t length = bitmap ? CPC_VHDX_MIB : disk->block_size;
	const unsigned int state = entry & 7;
	const uint64_t at = table->offset + number * table->width;

	if (!is_state(state, bitmap, disk->kind == CPC_DISK_KIND_DIFFERENCING))
		return cpc_disk_wrong(reader, table->part, CPC_DISK_FAULT_VALUE, at, true);
	if (state != PRESENT && state != PARTLY_PRESENT)
		return true;
	if (offset < CPC_VHDX_MIB)
		return cpc_disk_wrong(reader, table->part, CPC_DISK_FAULT_OVERLAP, at, true);
	if (!cpc_disk_within(offset, length, reader->source->size))
		return cpc_disk_wrong(reader, table->part, CPC_DISK_FAULT_OUTSIDE, at, true);
	return true;
}

void cpc_disk_read_vhdx_blocks(struct cpc_disk_reader *reader, const struct cpc_vhdx_region *region)
{
	const struct cpc_disk_table table = {
		.part = CPC_DISK_PART_VHDX_BLOCKS,
		.offset = region->offset,
		.count = entry_count(reader->disk),
		.width = 8,
		.entry = check_entry,
	};

	if (table.count * table.width > region->length)
		cpc_disk_wrong(reader, table.part, CPC_DISK_FAULT_SHORT, region->field, true);
	else
		cpc_disk_walk(reader, &table);
}
