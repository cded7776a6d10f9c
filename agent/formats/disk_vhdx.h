/* SPDX-License-Identifier: MIT */
/*
 * VHDX in five files: headers; region tables; metadata; the parent locator; blocks.
 */
#ifndef CPC_DISK_VHDX_H
#define CPC_DISK_VHDX_H

#include "disk_reader.h"

#define CPC_VHDX_MIB (UINT64_C(1) << 20)

/** A stretch of the file, and the field that says so. */
struct cpc_vhdx_region {
	uint64_t offset;
	uint64_t length; /**< 0: there is none */
	uint64_t field;
};

/** A GUID as it lies in the file. */
struct cpc_vhdx_guid {
	uint8_t bytes[16];
};

/** From its five groups as they are written; the last two as one number. */
#define CPC_VHDX_GUID(a, b, c, d, e)                                                                                   \
	{                                                                                                              \
		{                                                                                                      \
			(uint8_t)(UINT32_C(0x##a)), (uint8_t)(UINT32_C(0x##a) >> 8), (uint8_t)(UINT32_C(0x##a) >> 16), \
				(uint8_t)(UINT32_C(0x##a) >> 24), (uint8_t)(0x##b & 0xff), (uint8_t)(0x##b >> 8),      \
				(uint8_t)(0x##c & 0xff), (uint8_t)(0x##c >> 8), (uint8_t)(0x##d >> 8),                 \
				(uint8_t)(0x##d & 0xff), (uint8_t)(UINT64_C(0x##e) >> 40),                             \
				(uint8_t)(UINT64_C(0x##e) >> 32), (uint8_t)(UINT64_C(0x##e) >> 24),                    \
				(uint8_t)(UINT64_C(0x##e) >> 16), (uint8_t)(UINT64_C(0x##e) >> 8),                     \
				(uint8_t)(UINT64_C(0x##e))                                                             \
		}                                                                                                      \
	}

/** Where headers and region tables have their checksum. */
#define CPC_VHDX_CHECKSUM 4U

/** The regions that every image has. */
struct cpc_vhdx_regions {
	struct cpc_vhdx_region blocks;
	struct cpc_vhdx_region metadata;
};

/** CRC-32C of the start of a header or region table, its checksum taken for zero. */
uint32_t cpc_vhdx_sum(const uint8_t *bytes, size_t length);

/** Whether a stretch begins and ends at a MiB, after the first, within the file; else that is noted. */
bool cpc_vhdx_check_region(struct cpc_disk_reader *reader, enum cpc_disk_part part,
			   const struct cpc_vhdx_region *region);

/** The region tables. True where one is good and names both regions. */
bool cpc_disk_read_vhdx_regions(struct cpc_disk_reader *reader, struct cpc_vhdx_regions *ret_regions);

/** The metadata: kind, sizes, the disk's id. True where all that must be there is there, and good. */
bool cpc_disk_read_vhdx_metadata(struct cpc_disk_reader *reader, const struct cpc_vhdx_region *region);

/** The parent locator, which lies at `offset`. */
void cpc_disk_read_vhdx_parent(struct cpc_disk_reader *reader, uint64_t offset, uint64_t length);

/** The block allocation table. Kind, sizes and sectors must be known. */
void cpc_disk_read_vhdx_blocks(struct cpc_disk_reader *reader, const struct cpc_vhdx_region *region);

#endif
