/* SPDX-License-Identifier: MIT */
#include "disk_reader.h"

bool cpc_disk_wrong(struct cpc_disk_reader *reader, enum cpc_disk_part part, enum cpc_disk_fault_code code,
		    uint64_t offset, bool fatal)
{
	const struct cpc_disk_fault fault = { .part = part, .code = code, .offset = offset, .fatal = fatal };

	cpc_disk_add_fault(reader->disk, &fault);
	return false;
}

void cpc_disk_right(struct cpc_disk_reader *reader, enum cpc_disk_part part)
{
	if (reader->disk->checks[part] == CPC_DISK_UNCHECKED)
		reader->disk->checks[part] = CPC_DISK_GOOD;
}

bool cpc_disk_fetch(struct cpc_disk_reader *reader, enum cpc_disk_part part, uint64_t offset, void *bytes,
		    size_t length, bool fatal)
{
	const struct cpc_disk_source *source = reader->source;
	uint8_t *to = bytes;

	if (!cpc_disk_within(offset, length, source->size))
		return cpc_disk_wrong(reader, part, CPC_DISK_FAULT_SHORT, offset, fatal);
	while (length) {
		const size_t piece = length < CPC_DISK_PIECE_MAX ? length : CPC_DISK_PIECE_MAX;
		const ptrdiff_t got = source->read(source->context, offset, to, piece);

		if (got < 0 || (size_t)got > piece)
			return cpc_disk_wrong(reader, part, CPC_DISK_FAULT_UNREADABLE, offset, fatal);
		if (!got)
			return cpc_disk_wrong(reader, part, CPC_DISK_FAULT_SHRANK, offset, fatal);
		to += got;
		offset += (size_t)got;
		length -= (size_t)got;
	}
	return true;
}

void cpc_disk_walk(struct cpc_disk_reader *reader, const struct cpc_disk_table *table)
{
	const uint64_t most = CPC_DISK_TABLE_MAX / table->width;
	const uint64_t count = table->count < most ? table->count : most;
	uint8_t piece[CPC_DISK_PIECE_MAX];

	for (uint64_t number = 0; number < count;) {
		const uint64_t left = (count - number) * table->width;
		const size_t length = left < sizeof(piece) ? (size_t)left : sizeof(piece);

		if (!cpc_disk_fetch(reader, table->part, table->offset + number * table->width, piece, length, true))
			return;
		for (size_t at = 0; at < length; at += table->width)
			if (!table->entry(reader, table, number++, piece + at))
				return;
	}
	cpc_disk_right(reader, table->part);
	if (count < table->count && reader->disk->checks[table->part] == CPC_DISK_GOOD)
		reader->disk->checks[table->part] = CPC_DISK_PARTLY;
}
