/* SPDX-License-Identifier: MIT */
/*
 * The table of disk images' formats, and the one entrance to their readers.
 *
 * Signatures at the start come first. A VHD of fixed size has nothing of its own there, only what the guest wrote, and
 * any image may end in bytes that a guest chose: a file that bears two signatures is said to, for whoever reads it by
 * the other one sees another disk.
 */
#include "disk_reader.h"

#include <string.h>

struct row {
	enum cpc_disk_format format;
	size_t offset; /* of the signature */
	const char *signature;
	size_t length;
	void (*read)(struct cpc_disk_reader *reader); /* NULL: known by its signature alone */
};

#define SIGNATURE(text) .signature = (text), .length = sizeof(text) - 1

static const struct row rows[] = {
	{ .format = CPC_DISK_FORMAT_VHDX, SIGNATURE("vhdxfile"), .read = cpc_disk_read_vhdx },
	/* Version 1 is another format. */
	{ .format = CPC_DISK_FORMAT_QCOW, SIGNATURE("QFI\xfb\0\0\0\1") },
	{ .format = CPC_DISK_FORMAT_QCOW2, SIGNATURE("QFI\xfb"), .read = cpc_disk_read_qcow2 },
	{ .format = CPC_DISK_FORMAT_QED, SIGNATURE("QED\0") },
	{ .format = CPC_DISK_FORMAT_VMDK, SIGNATURE("KDMV") },
	{ .format = CPC_DISK_FORMAT_VMDK, SIGNATURE("COWD") },
	{ .format = CPC_DISK_FORMAT_VMDK, SIGNATURE("# Disk Descript") },
	{ .format = CPC_DISK_FORMAT_VDI, .offset = 64, SIGNATURE("\x7f\x10\xda\xbe") },
	{ .format = CPC_DISK_FORMAT_PARALLELS, SIGNATURE("WithoutFreeSpace") },
	{ .format = CPC_DISK_FORMAT_PARALLELS, SIGNATURE("WithouFreSpacExt") },
	{ .format = CPC_DISK_FORMAT_LUKS, SIGNATURE("LUKS\xba\xbe") },
};

static const struct row *row_of(const struct cpc_disk_reader *reader)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (rows[i].offset + rows[i].length <= reader->ends &&
		    memcmp(reader->head + rows[i].offset, rows[i].signature, rows[i].length) == 0)
			return &rows[i];
	return NULL;
}

void cpc_disk_read(const struct cpc_disk_source *source, struct cpc_disk *ret_disk)
{
	struct cpc_disk_reader reader = { .source = source, .disk = ret_disk };
	const struct row *row;
	bool whole;

	memset(ret_disk, 0, sizeof(*ret_disk));
	ret_disk->file_size = source->size;
	reader.ends = source->size < sizeof(reader.head) ? (size_t)source->size : sizeof(reader.head);
	if (!cpc_disk_fetch(&reader, CPC_DISK_PART_FILE, 0, reader.head, reader.ends, true))
		return;
	row = row_of(&reader);
	/* What no signature was seen in is raw only if all places for signatures could be read. */
	whole = cpc_disk_fetch(&reader, CPC_DISK_PART_FILE, source->size - reader.ends, reader.tail, reader.ends, !row);
	if (row) {
		ret_disk->format = row->format;
		if (whole && cpc_disk_vhd_footer_fits(&reader))
			cpc_disk_wrong(&reader, CPC_DISK_PART_FILE, CPC_DISK_FAULT_AMBIGUOUS,
				       source->size - CPC_DISK_VHD_FOOTER, false);
		if (row->read)
			row->read(&reader);
	} else if (!whole) {
		return;
	} else if (cpc_disk_vhd_recognise(&reader)) {
		ret_disk->format = CPC_DISK_FORMAT_VHD;
		cpc_disk_read_vhd(&reader);
	} else {
		ret_disk->format = CPC_DISK_FORMAT_RAW;
		ret_disk->size = (struct cpc_disk_size){ .known = true, .bytes = source->size };
	}
	cpc_disk_right(&reader, CPC_DISK_PART_FILE);
}
