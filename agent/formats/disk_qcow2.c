/* SPDX-License-Identifier: MIT */
/*
 * qcow2: the header, its extensions, the backing file's name and the first table. Numbers are big-endian. There is no
 * checksum: a value that cannot be is all that shows damage.
 */
#include "disk_reader.h"

#include <string.h>

#define HEADER_2 72U
#define HEADER_3 104U
#define NAME_MAX_LENGTH 1023U
/* As far as QEMU goes: "qcow2" is five. */
#define FORMAT_MAX_LENGTH 15U
#define SNAPSHOTS_MAX 65536U
/* Of an entry of the snapshots' table, without the texts in it. */
#define SNAPSHOT 40U
/* docs/interop/qcow2.txt knows five; each takes at least eight bytes. */
#define EXTENSIONS_MAX 32U
/* Bits 9 to 55 of an entry of L1. */
#define L1_OFFSET UINT64_C(0x00fffffffffffe00)

/* Where in the header. */
enum {
	VERSION = 4,
	BACKING_OFFSET = 8,
	BACKING_LENGTH = 16,
	CLUSTER_BITS = 20,
	SIZE = 24,
	CIPHER = 32,
	L1_ENTRIES = 36,
	L1_TABLE = 40,
	REFERENCES = 48,
	REFERENCE_CLUSTERS = 56,
	SNAPSHOTS = 60,
	SNAPSHOT_TABLE = 64,
	INCOMPATIBLE = 72,
	REFERENCE_ORDER = 96,
	HEADER_LENGTH = 100,
	COMPRESSION_TYPE = 104,
};

/* Bits of INCOMPATIBLE. */
enum { DIRTY = 1, CORRUPT = 2, EXTERNAL = 4, COMPRESSION = 8, EXTENDED_L2 = 16 };
#define INCOMPATIBLE_KNOWN UINT64_C(31)

/* Types of extensions. */
#define BACKING_FORMAT UINT32_C(0xe2792aca)
#define DATA_FILE UINT32_C(0x44415441)

struct header {
	uint8_t bytes[HEADER_3 + 1]; /* what a shorter one does not have is zero */
	uint64_t cluster;
	uint64_t length;
};

static bool wrong(struct cpc_disk_reader *reader, enum cpc_disk_part part, enum cpc_disk_fault_code code,
		  uint64_t offset)
{
	return cpc_disk_wrong(reader, part, code, offset, true);
}

static bool bad_header(struct cpc_disk_reader *reader, enum cpc_disk_fault_code code, uint64_t field)
{
	return wrong(reader, CPC_DISK_PART_QCOW2_HEADER, code, field);
}

static bool read_header(struct cpc_disk_reader *reader, struct header *header)
{
	uint32_t version, bits;

	*header = (struct header){ .length = HEADER_2 };
	if (!cpc_disk_fetch(reader, CPC_DISK_PART_QCOW2_HEADER, 0, header->bytes, HEADER_2, true))
		return false;
	version = cpc_disk_be32(header->bytes + VERSION);
	if (version != 2 && version != 3)
		return bad_header(reader, CPC_DISK_FAULT_VERSION, VERSION);
	reader->disk->version = version;
	bits = cpc_disk_be32(header->bytes + CLUSTER_BITS);
	if (bits < 9 || bits > 21) /* which is as far as QEMU goes */
		return bad_header(reader, CPC_DISK_FAULT_VALUE, CLUSTER_BITS);
	header->cluster = UINT64_C(1) << bits;
	if (version == 2)
		return true;
	if (!cpc_disk_fetch(reader, CPC_DISK_PART_QCOW2_HEADER, 0, header->bytes, HEADER_3, true))
		return false;
	header->length = cpc_disk_be32(header->bytes + HEADER_LENGTH);
	if (header->length < HEADER_3 || header->length % 8 || header->length > header->cluster)
		return bad_header(reader, CPC_DISK_FAULT_VALUE, HEADER_LENGTH);
	if (cpc_disk_be32(header->bytes + REFERENCE_ORDER) > 6)
		return bad_header(reader, CPC_DISK_FAULT_VALUE, REFERENCE_ORDER);
	return header->length == HEADER_3 || cpc_disk_fetch(reader, CPC_DISK_PART_QCOW2_HEADER, COMPRESSION_TYPE,
							    header->bytes + COMPRESSION_TYPE, 1, true);
}

static void tell_header(struct cpc_disk_reader *reader, const struct header *header)
{
	struct cpc_disk *disk = reader->disk;
	const uint64_t incompatible = cpc_disk_be64(header->bytes + INCOMPATIBLE);
	const uint32_t cipher = cpc_disk_be32(header->bytes + CIPHER);

	disk->kind = cpc_disk_be64(header->bytes + BACKING_OFFSET) ? CPC_DISK_KIND_DIFFERENCING : CPC_DISK_KIND_DYNAMIC;
	disk->size = (struct cpc_disk_size){ .known = true, .bytes = cpc_disk_be64(header->bytes + SIZE) };
	disk->block_size = (uint32_t)header->cluster;
	disk->states[CPC_DISK_STATE_DIRTY] = incompatible & DIRTY;
	disk->states[CPC_DISK_STATE_CORRUPT] = incompatible & CORRUPT;
	disk->states[CPC_DISK_STATE_EXTERNAL] = incompatible & EXTERNAL;
	if (incompatible & ~INCOMPATIBLE_KNOWN)
		bad_header(reader, CPC_DISK_FAULT_UNKNOWN, INCOMPATIBLE);
	/* 0 is zlib, 1 zstd; a bit says that it is not the first. */
	if (header->bytes[COMPRESSION_TYPE] > 1)
		bad_header(reader, CPC_DISK_FAULT_UNKNOWN, COMPRESSION_TYPE);
	else if (!header->bytes[COMPRESSION_TYPE] != !(incompatible & COMPRESSION))
		bad_header(reader, CPC_DISK_FAULT_VALUE, COMPRESSION_TYPE);
	if (incompatible & EXTENDED_L2 && header->cluster < 1U << 14)
		bad_header(reader, CPC_DISK_FAULT_VALUE, CLUSTER_BITS);
	if (cipher <= 2)
		disk->cipher = (enum cpc_disk_cipher[]){ CPC_DISK_CIPHER_NONE, CPC_DISK_CIPHER_AES,
							 CPC_DISK_CIPHER_LUKS }[cipher];
	else
		bad_header(reader, CPC_DISK_FAULT_VALUE, CIPHER);
}

static void read_backing(struct cpc_disk_reader *reader, const struct header *header)
{
	const uint64_t offset = cpc_disk_be64(header->bytes + BACKING_OFFSET);
	const uint32_t length = cpc_disk_be32(header->bytes + BACKING_LENGTH);
	uint8_t name[NAME_MAX_LENGTH];

	if (offset < header->length)
		wrong(reader, CPC_DISK_PART_QCOW2_BACKING, CPC_DISK_FAULT_OVERLAP, BACKING_OFFSET);
	else if (!length || length > sizeof(name))
		wrong(reader, CPC_DISK_PART_QCOW2_BACKING, CPC_DISK_FAULT_VALUE, BACKING_LENGTH);
	else if (!cpc_disk_within(offset, length, header->cluster))
		wrong(reader, CPC_DISK_PART_QCOW2_BACKING, CPC_DISK_FAULT_OUTSIDE, BACKING_OFFSET);
	else if (cpc_disk_fetch(reader, CPC_DISK_PART_QCOW2_BACKING, offset, name, length, true)) {
		cpc_disk_utf8(reader, CPC_DISK_PART_QCOW2_BACKING, CPC_DISK_TEXT_PARENT_NAME, name, length, offset);
		cpc_disk_right(reader, CPC_DISK_PART_QCOW2_BACKING);
	}
}

/* One extension; false: there is no next. */
static bool read_extension(struct cpc_disk_reader *reader, uint64_t *at, uint64_t end)
{
	uint8_t bytes[NAME_MAX_LENGTH];
	uint32_t type, length;

	if (!cpc_disk_within(*at, 8, end)) /* they may fill what there is, without an end */
		return false;
	if (!cpc_disk_fetch(reader, CPC_DISK_PART_QCOW2_HEADER, *at, bytes, 8, true))
		return false;
	type = cpc_disk_be32(bytes);
	length = cpc_disk_be32(bytes + 4);
	if (!type)
		return false;
	if (!cpc_disk_within(*at + 8, length, end))
		return bad_header(reader, CPC_DISK_FAULT_OUTSIDE, *at + 4);
	if (type == BACKING_FORMAT || type == DATA_FILE) {
		if (length > (type == BACKING_FORMAT ? FORMAT_MAX_LENGTH : sizeof(bytes)))
			return bad_header(reader, CPC_DISK_FAULT_TOO_LONG, *at + 4);
		if (!cpc_disk_fetch(reader, CPC_DISK_PART_QCOW2_HEADER, *at + 8, bytes, length, true))
			return false;
		cpc_disk_utf8(reader, CPC_DISK_PART_QCOW2_HEADER,
			      type == DATA_FILE ? CPC_DISK_TEXT_DATA_FILE : CPC_DISK_TEXT_PARENT_FORMAT, bytes, length,
			      *at + 8);
	}
	*at += 8 + (((uint64_t)length + 7) & ~UINT64_C(7));
	return true;
}

/* They lie between the header and the backing file's name, or the first cluster's end. */
static void read_extensions(struct cpc_disk_reader *reader, const struct header *header)
{
	const uint64_t backing = cpc_disk_be64(header->bytes + BACKING_OFFSET);
	uint64_t end = backing && backing < header->cluster ? backing : header->cluster;
	uint64_t at = header->length;

	if (end > reader->source->size)
		end = reader->source->size;
	for (size_t i = 0; read_extension(reader, &at, end); i++)
		if (i == EXTENSIONS_MAX) {
			bad_header(reader, CPC_DISK_FAULT_TOO_MANY, at);
			return;
		}
}

/* Whether a table that a field names lies in the file, at a cluster's start. An empty one does no harm. */
static bool check_table(struct cpc_disk_reader *reader, const struct header *header, uint64_t field, uint64_t length)
{
	const uint64_t offset = cpc_disk_be64(header->bytes + field);

	if (offset % header->cluster)
		return wrong(reader, CPC_DISK_PART_QCOW2_TABLES, CPC_DISK_FAULT_ALIGNMENT, field);
	if (length && offset < header->cluster)
		return wrong(reader, CPC_DISK_PART_QCOW2_TABLES, CPC_DISK_FAULT_OVERLAP, field);
	if (length && !cpc_disk_within(offset, length, reader->source->size))
		return wrong(reader, CPC_DISK_PART_QCOW2_TABLES, CPC_DISK_FAULT_OUTSIDE, field);
	return true;
}

static bool check_l1_entry(struct cpc_disk_reader *reader, const struct cpc_disk_table *table, uint64_t number,
			   const uint8_t *bytes)
{
	const struct header *header = table->context;
	const uint64_t offset = cpc_disk_be64(bytes) & L1_OFFSET;
	const uint64_t at = table->offset + number * table->width;

	if (offset % header->cluster)
		return wrong(reader, table->part, CPC_DISK_FAULT_ALIGNMENT, at);
	if (offset && !cpc_disk_within(offset, header->cluster, reader->source->size))
		return wrong(reader, table->part, CPC_DISK_FAULT_OUTSIDE, at);
	return true;
}

/* How many entries of L1 the disk needs: each is of a cluster of entries, of 8 or 16 bytes, of clusters. */
static uint64_t l1_entries(const struct header *header, uint64_t size)
{
	const bool extended = cpc_disk_be64(header->bytes + INCOMPATIBLE) & EXTENDED_L2;
	const uint64_t covered = header->cluster / (extended ? 16 : 8) * header->cluster;

	return size / covered + (size % covered != 0);
}

static void check_tables(struct cpc_disk_reader *reader, const struct header *header)
{
	const uint8_t *bytes = header->bytes;
	const struct cpc_disk_table l1 = {
		.part = CPC_DISK_PART_QCOW2_TABLES,
		.offset = cpc_disk_be64(bytes + L1_TABLE),
		.count = cpc_disk_be32(bytes + L1_ENTRIES),
		.width = 8,
		.entry = check_l1_entry,
		.context = header,
	};
	const uint32_t clusters = cpc_disk_be32(bytes + REFERENCE_CLUSTERS);
	const uint32_t snapshots = cpc_disk_be32(bytes + SNAPSHOTS);
	bool good = true;

	if (l1.count < l1_entries(header, reader->disk->size.bytes))
		good = wrong(reader, CPC_DISK_PART_QCOW2_TABLES, CPC_DISK_FAULT_VALUE, L1_ENTRIES);
	if (!clusters)
		good = wrong(reader, CPC_DISK_PART_QCOW2_TABLES, CPC_DISK_FAULT_VALUE, REFERENCE_CLUSTERS);
	else if (!check_table(reader, header, REFERENCES, clusters * header->cluster))
		good = false;
	if (snapshots > SNAPSHOTS_MAX)
		good = wrong(reader, CPC_DISK_PART_QCOW2_TABLES, CPC_DISK_FAULT_VALUE, SNAPSHOTS);
	else if (!check_table(reader, header, SNAPSHOT_TABLE, (uint64_t)snapshots * SNAPSHOT))
		good = false;
	if (!check_table(reader, header, L1_TABLE, l1.count * l1.width))
		good = false;
	if (good)
		cpc_disk_walk(reader, &l1);
}

void cpc_disk_read_qcow2(struct cpc_disk_reader *reader)
{
	struct header header;

	if (!read_header(reader, &header))
		return;
	tell_header(reader, &header);
	read_extensions(reader, &header);
	if (reader->disk->kind == CPC_DISK_KIND_DIFFERENCING)
		read_backing(reader, &header);
	check_tables(reader, &header);
	cpc_disk_right(reader, CPC_DISK_PART_QCOW2_HEADER);
}
