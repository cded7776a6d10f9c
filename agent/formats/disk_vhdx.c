/* SPDX-License-Identifier: MIT */
/*
 * VHDX: the file identifier, two headers of which the younger good one holds, and the log.
 * Numbers are little-endian, texts UTF-16.
 *
 * Headers are written in turn, so that one of them may be bad after a crash and the other good. A log that is not empty
 * is to be replayed before anything else is believed; nobody can tell a machine that runs from one that crashed by it.
 */
#include "disk_vhdx.h"

#include <string.h>

#define KIB UINT64_C(1024)
#define HEADER 4096U

/* Where in a header. */
enum {
	CHECKSUM = CPC_VHDX_CHECKSUM,
	SEQUENCE = 8,
	DATA_WRITE = 32,
	LOG = 48,
	LOG_VERSION = 64,
	VERSION = 66,
	LOG_LENGTH = 68,
	LOG_OFFSET = 72,
};

/* A header, and whether it can be believed. */
struct header {
	uint8_t bytes[HEADER];
	uint64_t offset;
	bool good;
};

static void read_identifier(struct cpc_disk_reader *reader)
{
	uint8_t bytes[8 + 512];

	if (!cpc_disk_fetch(reader, CPC_DISK_PART_VHDX_IDENTIFIER, 0, bytes, sizeof(bytes), false))
		return;
	cpc_disk_utf16(reader, CPC_DISK_PART_VHDX_IDENTIFIER, CPC_DISK_TEXT_CREATOR, bytes + 8, sizeof(bytes) - 8,
		       false, 8);
	cpc_disk_right(reader, CPC_DISK_PART_VHDX_IDENTIFIER);
}

static bool check_header(struct cpc_disk_reader *reader, enum cpc_disk_part part, struct header *header)
{
	const uint8_t *bytes = header->bytes;
	const uint64_t at = header->offset;

	if (!cpc_disk_fetch(reader, part, at, header->bytes, HEADER, false))
		return false;
	if (memcmp(bytes, "head", 4) != 0)
		return cpc_disk_wrong(reader, part, CPC_DISK_FAULT_SIGNATURE, at, false);
	if (cpc_vhdx_sum(bytes, HEADER) != cpc_disk_le32(bytes + CHECKSUM))
		return cpc_disk_wrong(reader, part, CPC_DISK_FAULT_CHECKSUM, at + CHECKSUM, false);
	if (cpc_disk_le16(bytes + VERSION) != 1)
		return cpc_disk_wrong(reader, part, CPC_DISK_FAULT_VERSION, at + VERSION, false);
	cpc_disk_right(reader, part);
	return true;
}

/* The header that holds; NULL where none does. */
static const struct header *current_header(struct cpc_disk_reader *reader, struct header headers[static 2])
{
	uint64_t sequences[2];

	for (size_t i = 0; i < 2; i++) {
		headers[i].offset = 64 * KIB * (i + 1);
		headers[i].good = check_header(reader, i ? CPC_DISK_PART_VHDX_HEADER_2 : CPC_DISK_PART_VHDX_HEADER_1,
					       &headers[i]);
		sequences[i] = cpc_disk_le64(headers[i].bytes + SEQUENCE);
	}
	if (!headers[0].good && !headers[1].good) {
		cpc_disk_wrong(reader, CPC_DISK_PART_VHDX_HEADER_1, CPC_DISK_FAULT_NO_COPY, headers[0].offset, true);
		return NULL;
	}
	if (headers[0].good != headers[1].good)
		return &headers[headers[1].good];
	/* Disk2vhd writes the same header twice, which does no harm; of two that differ neither is the younger. */
	if (sequences[0] == sequences[1] && memcmp(headers[0].bytes, headers[1].bytes, HEADER) != 0) {
		cpc_disk_wrong(reader, CPC_DISK_PART_VHDX_HEADER_2, CPC_DISK_FAULT_DIFFERS,
			       headers[1].offset + SEQUENCE, true);
		return NULL;
	}
	return &headers[sequences[1] > sequences[0]];
}

static void read_log(struct cpc_disk_reader *reader, const struct header *header, struct cpc_vhdx_region *ret_log)
{
	static const uint8_t none[16];
	const uint8_t *bytes = header->bytes;

	*ret_log = (struct cpc_vhdx_region){
		.offset = cpc_disk_le64(bytes + LOG_OFFSET),
		.length = cpc_disk_le32(bytes + LOG_LENGTH),
		.field = header->offset + LOG_OFFSET,
	};
	reader->disk->states[CPC_DISK_STATE_LOG] = memcmp(bytes + LOG, none, sizeof(none)) != 0;
	if (cpc_disk_le16(bytes + LOG_VERSION) != 0 && reader->disk->states[CPC_DISK_STATE_LOG])
		cpc_disk_wrong(reader, CPC_DISK_PART_VHDX_LOG, CPC_DISK_FAULT_VERSION, header->offset + LOG_VERSION,
			       true);
	if (cpc_vhdx_check_region(reader, CPC_DISK_PART_VHDX_LOG, ret_log))
		cpc_disk_right(reader, CPC_DISK_PART_VHDX_LOG);
	else
		ret_log->length = 0;
}

/* Regions lie apart from one another and from the log. */
static bool are_apart(struct cpc_disk_reader *reader, const struct cpc_vhdx_region *log,
		      const struct cpc_vhdx_regions *regions)
{
	const struct {
		enum cpc_disk_part part;
		const struct cpc_vhdx_region *a, *b;
	} pairs[] = {
		{ CPC_DISK_PART_VHDX_METADATA, &regions->metadata, &regions->blocks },
		{ CPC_DISK_PART_VHDX_LOG, log, &regions->metadata },
		{ CPC_DISK_PART_VHDX_LOG, log, &regions->blocks },
	};
	bool apart = true;

	for (size_t i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		if (cpc_disk_overlap(pairs[i].a->offset, pairs[i].a->length, pairs[i].b->offset, pairs[i].b->length))
			apart = cpc_disk_wrong(reader, pairs[i].part, CPC_DISK_FAULT_OVERLAP, pairs[i].a->field, true);
	return apart;
}

void cpc_disk_read_vhdx(struct cpc_disk_reader *reader)
{
	struct header headers[2] = { { .good = false } };
	const struct header *header;
	struct cpc_vhdx_region log;
	struct cpc_vhdx_regions regions;

	read_identifier(reader);
	header = current_header(reader, headers);
	if (!header)
		return;
	reader->disk->version = cpc_disk_le16(header->bytes + VERSION);
	cpc_disk_guid(reader->disk->ids[CPC_DISK_ID_DATA], header->bytes + DATA_WRITE);
	read_log(reader, header, &log);
	if (!cpc_disk_read_vhdx_regions(reader, &regions) || !are_apart(reader, &log, &regions))
		return;
	if (cpc_disk_read_vhdx_metadata(reader, &regions.metadata))
		cpc_disk_read_vhdx_blocks(reader, &regions.blocks);
}
