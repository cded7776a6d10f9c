/* SPDX-License-Identifier: MIT */
/*
 * What the readers of disk images share: bounded reads that note what went wrong, numbers of either byte order, texts
 * and UUIDs.
 */
#ifndef CPC_DISK_READER_INSIDE_H
#define CPC_DISK_READER_INSIDE_H

#include "disk.h"

/** Bytes of a VHD's footer, the only signature at a file's end. */
#define CPC_DISK_VHD_FOOTER 512U

struct cpc_disk_reader {
	const struct cpc_disk_source *source;
	struct cpc_disk *disk;
	/** The file's first and last bytes, read once: what a file is and what is in it come from the same bytes. */
	uint8_t head[CPC_DISK_VHD_FOOTER];
	uint8_t tail[CPC_DISK_VHD_FOOTER];
	size_t ends; /**< how many there are of each: fewer only where the file is smaller */
};

/** Whether `length` bytes at `offset` lie within the first `size`. */
static inline bool cpc_disk_within(uint64_t offset, uint64_t length, uint64_t size)
{
	return offset <= size && length <= size - offset;
}

/** Whether two stretches share a byte. */
static inline bool cpc_disk_overlap(uint64_t a, uint64_t a_length, uint64_t b, uint64_t b_length)
{
	return a_length && b_length && (a < b ? b - a < a_length : a - b < b_length);
}

static inline bool cpc_disk_power_of_two(uint64_t value)
{
	return value && !(value & (value - 1));
}

static inline uint32_t cpc_disk_be16(const uint8_t *at)
{
	return (uint32_t)at[0] << 8 | at[1];
}

static inline uint32_t cpc_disk_be32(const uint8_t *at)
{
	return cpc_disk_be16(at) << 16 | cpc_disk_be16(at + 2);
}

static inline uint64_t cpc_disk_be64(const uint8_t *at)
{
	return (uint64_t)cpc_disk_be32(at) << 32 | cpc_disk_be32(at + 4);
}

static inline uint32_t cpc_disk_le16(const uint8_t *at)
{
	return (uint32_t)at[1] << 8 | at[0];
}

static inline uint32_t cpc_disk_le32(const uint8_t *at)
{
	return cpc_disk_le16(at + 2) << 16 | cpc_disk_le16(at);
}

static inline uint64_t cpc_disk_le64(const uint8_t *at)
{
	return (uint64_t)cpc_disk_le32(at + 4) << 32 | cpc_disk_le32(at);
}

/** Note what is wrong. One that is `fatal` leaves the image of no use; false, so that a check can end with it. */
bool cpc_disk_wrong(struct cpc_disk_reader *reader, enum cpc_disk_part part, enum cpc_disk_fault_code code,
		    uint64_t offset, bool fatal);

/** A part that was looked at and found without fault so far. */
void cpc_disk_right(struct cpc_disk_reader *reader, enum cpc_disk_part part);

/** Read all of `length` bytes of a part. Where that fails it is noted, and `bytes` are of no meaning. */
bool cpc_disk_fetch(struct cpc_disk_reader *reader, enum cpc_disk_part part, uint64_t offset, void *bytes,
		    size_t length, bool fatal);

/** A table that says where things lie. */
struct cpc_disk_table {
	enum cpc_disk_part part;
	uint64_t offset;
	uint64_t count; /**< of entries */
	size_t width;	/**< of an entry in bytes: 4 or 8 */
	/** Look at the entry of that number; false: it is bad, and that was noted. */
	bool (*entry)(struct cpc_disk_reader *reader, const struct cpc_disk_table *table, uint64_t number,
		      const uint8_t *bytes);
	const void *context;
};

/** How much of a table is looked at, in bytes. */
#define CPC_DISK_TABLE_MAX (128U << 10)

/** Look at the first entries of a table, up to the first bad one. The table must lie within the file. */
void cpc_disk_walk(struct cpc_disk_reader *reader, const struct cpc_disk_table *table);

/**
 * Put a text where texts are kept: UTF-16 of so many bytes, up to the first NUL. One that is too long is noted, at
 * `offset`, and not kept.
 */
void cpc_disk_utf16(struct cpc_disk_reader *reader, enum cpc_disk_part part, enum cpc_disk_text text,
		    const uint8_t *bytes, size_t length, bool big_endian, uint64_t offset);
/** The same of UTF-8, or of bytes that claim to be. */
void cpc_disk_utf8(struct cpc_disk_reader *reader, enum cpc_disk_part part, enum cpc_disk_text text,
		   const uint8_t *bytes, size_t length, uint64_t offset);

/** 16 bytes in the order in which a UUID is written. */
void cpc_disk_uuid(char ret_id[static CPC_DISK_ID_SIZE], const uint8_t bytes[static 16]);
/** 16 bytes in the order of Microsoft's GUID. */
void cpc_disk_guid(char ret_id[static CPC_DISK_ID_SIZE], const uint8_t bytes[static 16]);

/* The formats. Each is called for an image that has its signature. */
void cpc_disk_read_vhd(struct cpc_disk_reader *reader);
void cpc_disk_read_vhdx(struct cpc_disk_reader *reader);
void cpc_disk_read_qcow2(struct cpc_disk_reader *reader);

/** Whether the file ends in a VHD's footer whose checksum fits. */
bool cpc_disk_vhd_footer_fits(const struct cpc_disk_reader *reader);
/** Whether it begins or ends like a VHD. */
bool cpc_disk_vhd_recognise(const struct cpc_disk_reader *reader);

#endif
