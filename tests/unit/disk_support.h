/* SPDX-License-Identifier: MIT */
/* What the tests of disk images' readers share: an image made by hand, read, and what is expected of it. */
#ifndef CPC_TEST_DISK_SUPPORT_H
#define CPC_TEST_DISK_SUPPORT_H

#include "support.h"

#include "images.h"

/* A part's or fault's enumerator by its short name. */
#define PART(id) CPC_DISK_PART_##id
#define CODE(id) CPC_DISK_FAULT_##id

static struct sparse image;
static struct cpc_disk disk;

static inline void start(void)
{
	memset(&image, 0, sizeof(image));
}

static inline void read_image(void)
{
	const struct cpc_disk_source source = sparse_source(&image);

	cpc_disk_read(&source, &disk);
	assert_false(image.strayed);
	assert_true(image.total <= CPC_DISK_READ_MAX);
}

static inline void print_faults(const char *what)
{
	print_message("%s: %s, %s\n", what, cpc_disk_format_name(disk.format), cpc_disk_kind_name(disk.kind));
	for (size_t i = 0; i < disk.fault_count; i++)
		print_message("  %s %s at %llu%s\n", cpc_disk_part_name(disk.faults[i].part),
			      cpc_disk_fault_name(disk.faults[i].code), (unsigned long long)disk.faults[i].offset,
			      disk.faults[i].fatal ? ", fatal" : "");
}

static inline bool has_fault(enum cpc_disk_part part, enum cpc_disk_fault_code code, uint64_t offset, bool fatal)
{
	for (size_t i = 0; i < disk.fault_count; i++)
		if (disk.faults[i].part == part && disk.faults[i].code == code && disk.faults[i].offset == offset &&
		    disk.faults[i].fatal == fatal)
			return disk.checks[part] == CPC_DISK_BAD;
	return false;
}

static inline void assert_undamaged(enum cpc_disk_format format, enum cpc_disk_kind kind)
{
	if (cpc_disk_damaged(&disk))
		print_faults("damaged");
	assert_false(cpc_disk_damaged(&disk));
	assert_false(disk.fatal);
	assert_int_equal(disk.format, format);
	assert_int_equal(disk.kind, kind);
}

static inline void assert_size(uint64_t bytes)
{
	assert_true(disk.size.known);
	assert_int_equal(disk.size.bytes, bytes);
}

/* One thing done to a good image, and the fault that it makes: the only one, but for what follows from it. */
struct damage {
	const char *what;
	uint64_t offset; /* where to write */
	size_t length;	 /* of a number; 0: cut the file to `offset` bytes */
	uint64_t value;
	enum cpc_disk_part part;
	enum cpc_disk_fault_code code;
	uint64_t at;
	bool fatal;    /* to the disk */
	bool unsealed; /* the checksums stay as they were */
	bool also;     /* others follow, and may be what is fatal */
};

/* `make` makes the image, `put` writes numbers, `seal` makes the checksums right again. */
static inline void check_damages(const struct damage *rows, size_t count, void (*make)(void),
				 void (*put)(struct sparse *, uint64_t, size_t, uint64_t),
				 void (*seal)(struct sparse *))
{
	for (size_t i = 0; i < count; i++) {
		const struct damage *row = &rows[i];

		start();
		make();
		if (row->length)
			put(&image, row->offset, row->length, row->value);
		else
			image.size = row->offset;
		if (!row->unsealed)
			seal(&image);
		read_image();
		if ((!has_fault(row->part, row->code, row->at, row->fatal) &&
		     !(row->also && has_fault(row->part, row->code, row->at, false))) ||
		    (!row->also && disk.fault_count != 1) || disk.fatal != row->fatal) {
			print_faults(row->what);
			fail_msg("%s: wanted %s %s at %llu%s", row->what, cpc_disk_part_name(row->part),
				 cpc_disk_fault_name(row->code), (unsigned long long)row->at,
				 row->fatal ? ", fatal" : "");
		}
	}
}

/* How far apart bytes are that are flipped after the first ones, which are fields. */
#define FLIP_FIELDS 128
#define FLIP_STEP 61

/* Whatever byte is flipped within a stretch that a checksum covers, the part is bad. */
static inline void check_flips(void (*make)(void), uint64_t offset, size_t length, enum cpc_disk_part part, bool fatal)
{
	size_t count, used;

	start();
	make();
	count = image.count;
	used = image.used;
	for (uint64_t at = offset; at < offset + length; at += at - offset < FLIP_FIELDS ? 1 : FLIP_STEP) {
		uint8_t byte;

		image.count = count;
		image.used = used;
		sparse_get(&image, at, &byte, 1);
		byte ^= 0x10;
		assert_true(sparse_put(&image, at, &byte, 1));
		read_image();
		if (disk.checks[part] != CPC_DISK_BAD || disk.fatal != fatal) {
			print_faults("flipped");
			fail_msg("byte %llu flipped: %s is %s%s", (unsigned long long)at, cpc_disk_part_name(part),
				 cpc_disk_check_name(disk.checks[part]), disk.fatal ? ", fatal" : "");
		}
	}
}

#endif
