/* SPDX-License-Identifier: MIT */
/*
 * VHDX: the metadata table, and the items that say what the disk is.
 */
#include "disk_vhdx.h"

#include <string.h>

#define TABLE (64U << 10)
#define ENTRIES_MAX 2047U
#define ENTRY 32U
#define ITEM_MAX (UINT32_C(1) << 20)
#define DISK_MAX (UINT64_C(64) << 40)

/* Where in the table. */
enum { ENTRY_COUNT = 10 };

/* Where in an entry. */
enum { OFFSET = 16, LENGTH = 20, FLAGS = 24 };
#define REQUIRED 4U

enum item { FILE_PARAMETERS, DISK_SIZE, DISK_ID, LOGICAL_SECTOR, PHYSICAL_SECTOR, PARENT, ITEM_COUNT };

static const struct {
	struct cpc_vhdx_guid guid;
	uint32_t length; /* 0: any */
} items[ITEM_COUNT] = {
	[FILE_PARAMETERS] = { CPC_VHDX_GUID(caa16737, fa36, 4d43, b3b6, 33f0aa44e76b), 8 },
	[DISK_SIZE] = { CPC_VHDX_GUID(2fa54224, cd1b, 4876, b211, 5dbed83bf4b8), 8 },
	[DISK_ID] = { CPC_VHDX_GUID(beca12ab, b2e6, 4523, 93ef, c309e000c746), 16 },
	[LOGICAL_SECTOR] = { CPC_VHDX_GUID(8141bf1d, a96f, 4709, ba47, f233a8faab5f), 4 },
	[PHYSICAL_SECTOR] = { CPC_VHDX_GUID(cda348c7, 445d, 4471, 9cc9, e9885251c556), 4 },
	[PARENT] = { CPC_VHDX_GUID(a8d35f2d, b30b, 454d, abf7, d3d84834ab0c), 0 },
};

/* Where an item lies in the file; offset 0: it is not there. */
struct place {
	uint64_t offset;
	uint32_t length;
};

static bool wrong(struct cpc_disk_reader *reader, enum cpc_disk_fault_code code, uint64_t offset)
{
	return cpc_disk_wrong(reader, CPC_DISK_PART_VHDX_METADATA, code, offset, true);
}

static enum item item_of(const uint8_t *guid)
{
	enum item item = 0;

	while (item < ITEM_COUNT && memcmp(items[item].guid.bytes, guid, 16) != 0)
		item++;
	return item;
}

static bool read_entry(struct cpc_disk_reader *reader, const struct cpc_vhdx_region *region, uint64_t at,
		       struct place places[static ITEM_COUNT])
{
	uint8_t entry[ENTRY];
	enum item item;
	uint32_t offset, length;

	if (!cpc_disk_fetch(reader, CPC_DISK_PART_VHDX_METADATA, at, entry, sizeof(entry), true))
		return false;
	item = item_of(entry);
	offset = cpc_disk_le32(entry + OFFSET);
	length = cpc_disk_le32(entry + LENGTH);
	if (item == ITEM_COUNT)
		return !(cpc_disk_le32(entry + FLAGS) & REQUIRED) || wrong(reader, CPC_DISK_FAULT_UNKNOWN, at);
	if (places[item].offset)
		return wrong(reader, CPC_DISK_FAULT_DUPLICATE, at);
	if (!length || length > ITEM_MAX || (items[item].length && length != items[item].length))
		return wrong(reader, CPC_DISK_FAULT_VALUE, at + LENGTH);
	if (offset < TABLE)
		return wrong(reader, CPC_DISK_FAULT_OVERLAP, at + OFFSET);
	if (!cpc_disk_within(offset, length, region->length))
		return wrong(reader, CPC_DISK_FAULT_OUTSIDE, at + OFFSET);
	places[item] = (struct place){ .offset = region->offset + offset, .length = length };
	return true;
}

static bool read_table(struct cpc_disk_reader *reader, const struct cpc_vhdx_region *region,
		       struct place places[static ITEM_COUNT])
{
	uint8_t start[ENTRY]; /* of which the table's own header takes one's place */
	uint32_t count;

	if (!cpc_disk_fetch(reader, CPC_DISK_PART_VHDX_METADATA, region->offset, start, sizeof(start), true))
		return false;
	if (memcmp(start, "metadata", 8) != 0)
		return wrong(reader, CPC_DISK_FAULT_SIGNATURE, region->offset);
	count = cpc_disk_le16(start + ENTRY_COUNT);
	if (count > ENTRIES_MAX)
		return wrong(reader, CPC_DISK_FAULT_TOO_MANY, region->offset + ENTRY_COUNT);
	for (uint32_t i = 1; i <= count; i++)
		if (!read_entry(reader, region, region->offset + (uint64_t)i * ENTRY, places))
			return false;
	for (enum item item = 0; item < PARENT; item++)
		if (!places[item].offset)
			return wrong(reader, CPC_DISK_FAULT_MISSING, region->offset);
	return true;
}

static bool is_sector(uint32_t bytes)
{
	return bytes == 512 || bytes == 4096;
}

/* An item of 4, 8 or 16 bytes. */
static bool get(struct cpc_disk_reader *reader, const struct place *place, uint8_t bytes[static 16])
{
	return cpc_disk_fetch(reader, CPC_DISK_PART_VHDX_METADATA, place->offset, bytes, place->length, true);
}

static bool read_sizes(struct cpc_disk_reader *reader, const struct place places[static ITEM_COUNT])
{
	struct cpc_disk *disk = reader->disk;
	uint8_t bytes[16];
	uint64_t size;
	uint32_t logical, physical;

	if (!get(reader, &places[LOGICAL_SECTOR], bytes))
		return false;
	logical = cpc_disk_le32(bytes);
	if (!is_sector(logical))
		return wrong(reader, CPC_DISK_FAULT_VALUE, places[LOGICAL_SECTOR].offset);
	if (!get(reader, &places[PHYSICAL_SECTOR], bytes))
		return false;
	physical = cpc_disk_le32(bytes);
	if (!is_sector(physical))
		return wrong(reader, CPC_DISK_FAULT_VALUE, places[PHYSICAL_SECTOR].offset);
	if (!get(reader, &places[DISK_SIZE], bytes))
		return false;
	size = cpc_disk_le64(bytes);
	/* One of nothing would be no disk. */
	if (!size || size % logical || size > DISK_MAX)
		return wrong(reader, CPC_DISK_FAULT_VALUE, places[DISK_SIZE].offset);
	disk->logical_sector = logical;
	disk->physical_sector = physical;
	disk->size = (struct cpc_disk_size){ .known = true, .bytes = size };
	return true;
}

static bool read_parameters(struct cpc_disk_reader *reader, const struct place places[static ITEM_COUNT])
{
	const struct place *place = &places[FILE_PARAMETERS];
	struct cpc_disk *disk = reader->disk;
	uint8_t bytes[16];
	uint32_t block, flags;

	if (!get(reader, place, bytes))
		return false;
	block = cpc_disk_le32(bytes);
	flags = cpc_disk_le32(bytes + 4);
	if (!cpc_disk_power_of_two(block) || block < CPC_VHDX_MIB || block > 256 * CPC_VHDX_MIB)
		return wrong(reader, CPC_DISK_FAULT_VALUE, place->offset);
	disk->block_size = block;
	disk->kind = flags & 2 ? CPC_DISK_KIND_DIFFERENCING : flags & 1 ? CPC_DISK_KIND_FIXED : CPC_DISK_KIND_DYNAMIC;
	return true;
}

bool cpc_disk_read_vhdx_metadata(struct cpc_disk_reader *reader, const struct cpc_vhdx_region *region)
{
	struct place places[ITEM_COUNT] = { { .offset = 0 } };
	uint8_t id[16];

	if (!read_table(reader, region, places) || !read_sizes(reader, places) || !read_parameters(reader, places) ||
	    !get(reader, &places[DISK_ID], id))
		return false;
	reader->disk->cipher = CPC_DISK_CIPHER_NONE;
	cpc_disk_guid(reader->disk->ids[CPC_DISK_ID_DISK], id);
	if (reader->disk->kind == CPC_DISK_KIND_DIFFERENCING) {
		if (!places[PARENT].offset)
			return wrong(reader, CPC_DISK_FAULT_MISSING, region->offset);
		cpc_disk_read_vhdx_parent(reader, places[PARENT].offset, places[PARENT].length);
	}
	cpc_disk_right(reader, CPC_DISK_PART_VHDX_METADATA);
	return true;
}
