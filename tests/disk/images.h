/* SPDX-License-Identifier: MIT */
/*
 * Disk images made by hand from the specifications, as small as they can be, with right checksums.
 */
#ifndef CPC_TEST_IMAGES_H
#define CPC_TEST_IMAGES_H

#include "sparse.h"

#define MIB (UINT64_C(1) << 20)
#define KIB UINT64_C(1024)

static inline void put_be(struct sparse *image, uint64_t offset, size_t length, uint64_t value)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < length; i++)
		bytes[i] = (uint8_t)(value >> 8 * (length - 1 - i));
	(void)sparse_put(image, offset, bytes, length);
}

static inline void put_le(struct sparse *image, uint64_t offset, size_t length, uint64_t value)
{
	uint8_t bytes[8];

	for (size_t i = 0; i < length; i++)
		bytes[i] = (uint8_t)(value >> 8 * i);
	(void)sparse_put(image, offset, bytes, length);
}

static inline void put_text(struct sparse *image, uint64_t offset, const char *text)
{
	(void)sparse_put(image, offset, text, strlen(text));
}

/* ASCII as UTF-16; how many bytes it took. */
static inline size_t put_utf16(struct sparse *image, uint64_t offset, const char *text, bool big_endian)
{
	const size_t length = strlen(text);
	uint8_t bytes[2 * 512] = { 0 };

	for (size_t i = 0; i < length; i++)
		bytes[2 * i + big_endian] = (uint8_t)text[i];
	(void)sparse_put(image, offset, bytes, 2 * length);
	return 2 * length;
}

static inline void put_bytes_from(struct sparse *image, uint64_t offset, uint8_t first, size_t length)
{
	uint8_t bytes[16];

	for (size_t i = 0; i < length; i++)
		bytes[i] = (uint8_t)(first + i);
	(void)sparse_put(image, offset, bytes, length);
}

/* VHD's checksum of what lies at `offset`, into its field. */
static inline void vhd_seal(struct sparse *image, uint64_t offset, size_t length, size_t field)
{
	uint8_t bytes[1024];
	uint32_t sum = 0;

	put_be(image, offset + field, 4, 0);
	sparse_get(image, offset, bytes, length);
	for (size_t i = 0; i < length; i++)
		sum += bytes[i];
	put_be(image, offset + field, 4, ~sum);
}

/* CRC-32C of what lies at `offset`, a bit at a time, into the field at 4. */
static inline void vhdx_seal(struct sparse *image, uint64_t offset, size_t length)
{
	uint32_t crc = UINT32_MAX;

	put_le(image, offset + 4, 4, 0);
	for (size_t at = 0; at < length; at += 4096) {
		uint8_t bytes[4096];

		sparse_get(image, offset + at, bytes, sizeof(bytes));
		for (size_t i = 0; i < sizeof(bytes); i++) {
			crc ^= bytes[i];
			for (int bit = 0; bit < 8; bit++)
				crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0x82f63b78) : 0);
		}
	}
	put_le(image, offset + 4, 4, ~crc);
}

/* A footer of that type (2 fixed, 3 dynamic, 4 differencing), unsealed. */
static inline void vhd_footer(struct sparse *image, uint64_t offset, uint32_t type, uint64_t disk)
{
	put_text(image, offset, "conectix");
	put_be(image, offset + 8, 4, 2);
	put_be(image, offset + 12, 4, 0x10000);
	put_be(image, offset + 16, 8, type == 2 ? UINT64_MAX : 512);
	put_text(image, offset + 28, "win ");
	put_text(image, offset + 36, "Wi2k");
	put_be(image, offset + 40, 8, disk);
	put_be(image, offset + 48, 8, disk);
	put_be(image, offset + 60, 4, type);
	put_bytes_from(image, offset + 68, 0x10, 16);
}

/* Seal whatever checksums a VHD has. */
static inline void vhd_seal_all(struct sparse *image)
{
	uint8_t type[4];
	const uint64_t end = image->size - 512;

	vhd_seal(image, end, 512, 64);
	sparse_get(image, end + 60, type, 4);
	if (type[3] == 2)
		return;
	vhd_seal(image, 0, 512, 64);
	vhd_seal(image, 512, 1024, 36);
}

static inline void vhd_fixed(struct sparse *image, uint64_t disk)
{
	image->size = disk + 512;
	vhd_footer(image, disk, 2, disk);
	vhd_seal_all(image);
}

/* A disk of `blocks` blocks of 2 MiB, of which the first is there. */
static inline void vhd_dynamic(struct sparse *image, uint32_t type, uint32_t blocks)
{
	const uint64_t table = 1536;
	const uint64_t data = (table + 4 * (uint64_t)blocks + 511) / 512 * 512;

	image->size = data + 512 + 2 * MIB + 512;
	vhd_footer(image, 0, type, blocks * 2 * MIB);
	vhd_footer(image, image->size - 512, type, blocks * 2 * MIB);
	put_text(image, 512, "cxsparse");
	put_be(image, 512 + 8, 8, UINT64_MAX);
	put_be(image, 512 + 16, 8, table);
	put_be(image, 512 + 24, 4, 0x10000);
	put_be(image, 512 + 28, 4, blocks);
	put_be(image, 512 + 32, 4, 2 * MIB);
	put_be(image, table, 4, data / 512);
	for (uint32_t i = 1; i < blocks; i++)
		put_be(image, table + 4 * i, 4, UINT32_MAX);
	vhd_seal_all(image);
}

static inline void vhd_locator(struct sparse *image, unsigned int number, const char *code, uint64_t offset,
			       uint64_t length)
{
	const uint64_t at = 512 + 576 + 24 * number;

	put_text(image, at, code);
	put_be(image, at + 4, 4, 512);
	put_be(image, at + 8, 4, length);
	put_be(image, at + 16, 8, offset);
}

/* Its parent is named in every way that there is; texts lie where blocks would. */
static inline void vhd_differencing(struct sparse *image)
{
	static const char url[] = "file://localhost/disks/base.vhd";

	vhd_dynamic(image, 4, 4);
	put_be(image, 1536, 4, UINT32_MAX);
	put_bytes_from(image, 512 + 40, 0xa0, 16);
	put_utf16(image, 512 + 64, "base.vhd", true);
	vhd_locator(image, 0, "W2ru", 4096, put_utf16(image, 4096, ".\\base.vhd", false));
	vhd_locator(image, 1, "W2ku", 8192, put_utf16(image, 8192, "C:\\disks\\base.vhd", false));
	vhd_locator(image, 2, "MacX", 16384, sizeof(url) - 1);
	put_text(image, 16384, url);
	vhd_seal_all(image);
}

/* The places that these images have; anything goes that the specification allows. */
#define VHDX_LOG (1 * MIB)
#define VHDX_METADATA (2 * MIB)
#define VHDX_BLOCKS (3 * MIB)
#define VHDX_DATA (4 * MIB)
#define VHDX_ITEMS (VHDX_METADATA + 64 * KIB)
#define VHDX_PARENT (VHDX_ITEMS + 256)

static inline void put_guid(struct sparse *image, uint64_t offset, uint32_t a, uint16_t b, uint16_t c, uint64_t d)
{
	put_le(image, offset, 4, a);
	put_le(image, offset + 4, 2, b);
	put_le(image, offset + 6, 2, c);
	put_be(image, offset + 8, 8, d);
}

static inline void vhdx_header(struct sparse *image, uint64_t offset, uint64_t sequence)
{
	put_text(image, offset, "head");
	put_le(image, offset + 8, 8, sequence);
	put_bytes_from(image, offset + 16, 0x20, 16);
	put_bytes_from(image, offset + 32, 0x40, 16);
	put_le(image, offset + 66, 2, 1);
	put_le(image, offset + 68, 4, MIB);
	put_le(image, offset + 72, 8, VHDX_LOG);
}

static inline void vhdx_regions(struct sparse *image, uint64_t offset)
{
	put_text(image, offset, "regi");
	put_le(image, offset + 8, 4, 2);
	put_guid(image, offset + 16, 0x2dc27766, 0xf623, 0x4200, 0x9d64115e9bfd4a08);
	put_le(image, offset + 32, 8, VHDX_BLOCKS);
	put_le(image, offset + 40, 4, MIB);
	put_le(image, offset + 44, 4, 1);
	put_guid(image, offset + 48, 0x8b7ca206, 0x4790, 0x4b9a, 0xb8fe575f050f886e);
	put_le(image, offset + 64, 8, VHDX_METADATA);
	put_le(image, offset + 72, 4, MIB);
	put_le(image, offset + 76, 4, 1);
}

/* Entry `number`, of an item that lies `offset` bytes after VHDX_ITEMS. */
static inline void vhdx_entry(struct sparse *image, unsigned int number, uint64_t offset, uint32_t length)
{
	const uint64_t at = VHDX_METADATA + 32 * (number + 1);

	put_le(image, at + 16, 4, 64 * KIB + offset);
	put_le(image, at + 20, 4, length);
	put_le(image, at + 24, 4, 4);
}

static inline void vhdx_metadata(struct sparse *image, uint32_t flags, uint64_t disk)
{
	const uint64_t entries = VHDX_METADATA + 32;

	put_text(image, VHDX_METADATA, "metadata");
	put_le(image, VHDX_METADATA + 10, 2, 5);
	put_guid(image, entries, 0xcaa16737, 0xfa36, 0x4d43, 0xb3b633f0aa44e76b);
	vhdx_entry(image, 0, 0, 8);
	put_guid(image, entries + 32, 0x2fa54224, 0xcd1b, 0x4876, 0xb2115dbed83bf4b8);
	vhdx_entry(image, 1, 8, 8);
	put_guid(image, entries + 64, 0xbeca12ab, 0xb2e6, 0x4523, 0x93efc309e000c746);
	vhdx_entry(image, 2, 16, 16);
	put_guid(image, entries + 96, 0x8141bf1d, 0xa96f, 0x4709, 0xba47f233a8faab5f);
	vhdx_entry(image, 3, 32, 4);
	put_guid(image, entries + 128, 0xcda348c7, 0x445d, 0x4471, 0x9cc9e9885251c556);
	vhdx_entry(image, 4, 36, 4);
	put_le(image, VHDX_ITEMS, 4, 2 * MIB);
	put_le(image, VHDX_ITEMS + 4, 4, flags);
	put_le(image, VHDX_ITEMS + 8, 8, disk);
	put_bytes_from(image, VHDX_ITEMS + 16, 0x60, 16);
	put_le(image, VHDX_ITEMS + 32, 4, 512);
	put_le(image, VHDX_ITEMS + 36, 4, 4096);
}

static inline void vhdx_seal_all(struct sparse *image)
{
	vhdx_seal(image, 64 * KIB, 4 * KIB);
	vhdx_seal(image, 128 * KIB, 4 * KIB);
	vhdx_seal(image, 192 * KIB, 64 * KIB);
	vhdx_seal(image, 256 * KIB, 64 * KIB);
}

/* A disk of `blocks` blocks of 2 MiB, of which the first is there; flags are 1 fixed, 2 differencing. */
static inline void vhdx(struct sparse *image, uint32_t flags, uint64_t blocks)
{
	image->size = VHDX_DATA + 2 * MIB;
	put_text(image, 0, "vhdxfile");
	put_utf16(image, 8, "by hand", false);
	vhdx_header(image, 64 * KIB, 7);
	vhdx_header(image, 128 * KIB, 8);
	vhdx_regions(image, 192 * KIB);
	vhdx_regions(image, 256 * KIB);
	vhdx_metadata(image, flags, blocks * 2 * MIB);
	put_le(image, VHDX_BLOCKS, 8, VHDX_DATA | 6);
	vhdx_seal_all(image);
}

/* A pair of the parent locator: the key and the value lie 128 and 512 bytes after its start, each with room for its
 * number. */
static inline void vhdx_pair(struct sparse *image, unsigned int number, const char *key, const char *value)
{
	const uint64_t at = VHDX_PARENT + 20 + 12 * number;
	const uint64_t key_at = 128 + 64 * number;
	const uint64_t value_at = 512 + 128 * number;

	put_le(image, at, 4, key_at);
	put_le(image, at + 4, 4, value_at);
	put_le(image, at + 8, 2, put_utf16(image, VHDX_PARENT + key_at, key, false));
	put_le(image, at + 10, 2, put_utf16(image, VHDX_PARENT + value_at, value, false));
	put_le(image, VHDX_PARENT + 18, 2, number + 1);
}

static inline void vhdx_differencing(struct sparse *image)
{
	const uint64_t entry = VHDX_METADATA + 32 * 6;

	vhdx(image, 2, 4);
	put_le(image, VHDX_METADATA + 10, 2, 6);
	put_guid(image, entry, 0xa8d35f2d, 0xb30b, 0x454d, 0xabf7d3d84834ab0c);
	vhdx_entry(image, 5, 256, 2048);
	put_guid(image, VHDX_PARENT, 0xb04aefb7, 0xd19e, 0x4a81, 0xb78925b8e9445913);
	vhdx_pair(image, 0, "parent_linkage", "{83ed0ec3-24c8-49a6-A959-5e4bd1288791}");
	vhdx_pair(image, 1, "parent_linkage2", "{00000000-0000-0000-0000-0000000000ff}");
	vhdx_pair(image, 2, "relative_path", ".\\base.vhdx");
	vhdx_pair(image, 3, "volume_path", "\\\\?\\Volume{1}\\base.vhdx");
	vhdx_pair(image, 4, "absolute_win32_path", "C:\\disks\\base.vhdx");
}

/* Clusters of 64 KiB: the header, one of reference counts, one of L1, one of L2. */
static inline void qcow2(struct sparse *image, uint32_t version, uint64_t disk)
{
	image->size = 4 * 64 * KIB;
	put_be(image, 0, 4, 0x514649fb);
	put_be(image, 4, 4, version);
	put_be(image, 20, 4, 16);
	put_be(image, 24, 8, disk);
	put_be(image, 36, 4, (disk + 512 * MIB - 1) / (512 * MIB));
	put_be(image, 40, 8, 128 * KIB);
	put_be(image, 48, 8, 64 * KIB);
	put_be(image, 56, 4, 1);
	put_be(image, 128 * KIB, 8, UINT64_C(1) << 63 | 192 * KIB);
	if (version == 3) {
		put_be(image, 96, 4, 4);
		put_be(image, 100, 4, 104);
	}
}

static inline void qcow2_extension(struct sparse *image, uint64_t offset, uint32_t type, const char *text)
{
	put_be(image, offset, 4, type);
	put_be(image, offset + 4, 4, strlen(text));
	put_text(image, offset + 8, text);
}

static inline void qcow2_backed(struct sparse *image)
{
	static const char name[] = "/disks/base.qcow2";

	qcow2(image, 3, 512 * MIB);
	put_be(image, 8, 8, 512);
	put_be(image, 16, 4, sizeof(name) - 1);
	put_text(image, 512, name);
	qcow2_extension(image, 104, 0xe2792aca, "qcow2");
	qcow2_extension(image, 120, 0x6803f857, "");
}

#endif
