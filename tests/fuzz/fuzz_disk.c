/* SPDX-License-Identifier: MIT */
/*
 * Disk images, written sparsely (tests/disk/sparse.h): whatever they say, and however reading goes, the reader keeps
 * within its bounds, and what it tells is whole. An input may ask for its checksums to be mended, without which nothing
 * behind them would ever be reached.
 */
#include <stdlib.h>

#include "crc32c.h"
#include "images.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* UTF-8 without control characters, of shortest forms. */
static void check_text(const char text[static CPC_DISK_TEXT_SIZE])
{
	const uint8_t *at = (const uint8_t *)text;

	require(memchr(text, '\0', CPC_DISK_TEXT_SIZE) != NULL);
	while (*at) {
		const size_t more = *at < 0x80 ? 0 : *at < 0xe0 ? 1 : *at < 0xf0 ? 2 : 3;

		require(*at >= 0x20 && *at != 0x7f && (*at < 0x80 || *at >= 0xc2) && *at < 0xf5);
		require(*at != 0xc2 || at[1] >= 0xa0);
		require((*at != 0xe0 || at[1] >= 0xa0) && (*at != 0xed || at[1] < 0xa0));
		require((*at != 0xf0 || at[1] >= 0x90) && (*at != 0xf4 || at[1] < 0x90));
		for (size_t i = 1; i <= more; i++)
			require(at[i] >> 6 == 2);
		at += more + 1;
	}
}

static void check_id(const char id[static CPC_DISK_ID_SIZE])
{
	if (!id[0])
		return;
	for (size_t i = 0; i < CPC_DISK_ID_SIZE - 1; i++)
		require(i == 8 || i == 13 || i == 18 || i == 23 ? id[i] == '-'
								: strchr("0123456789abcdef", id[i]) != NULL);
	require(id[CPC_DISK_ID_SIZE - 1] == '\0');
}

static void check_faults(const struct cpc_disk *disk)
{
	bool bad[CPC_DISK_PART_COUNT] = { false };
	bool fatal = false;

	require(disk->fault_count <= CPC_DISK_FAULTS_MAX);
	require(!disk->faults_left_out || disk->fault_count == CPC_DISK_FAULTS_MAX);
	for (size_t i = 0; i < disk->fault_count; i++) {
		const struct cpc_disk_fault *fault = &disk->faults[i];

		require(fault->part < CPC_DISK_PART_COUNT && fault->code < CPC_DISK_FAULT_COUNT);
		bad[fault->part] = true;
		fatal |= fault->fatal;
	}
	for (size_t i = 0; i < CPC_DISK_PART_COUNT && !disk->faults_left_out; i++)
		require(bad[i] == (disk->checks[i] == CPC_DISK_BAD));
	require(fatal == disk->fatal || disk->faults_left_out);
	require(cpc_disk_damaged(disk) || !disk->fatal);
}

static void check(const struct sparse *image, const struct cpc_disk *disk)
{
	require(!image->strayed && image->total <= CPC_DISK_READ_MAX);
	require(disk->format < CPC_DISK_FORMAT_COUNT && disk->kind < CPC_DISK_KIND_COUNT);
	require(disk->file_size == image->size);
	for (size_t i = 0; i < CPC_DISK_TEXT_COUNT; i++)
		check_text(disk->texts[i]);
	for (size_t i = 0; i < CPC_DISK_ID_COUNT; i++)
		check_id(disk->ids[i]);
	check_faults(disk);
	/* What is read and not past use says what it is. */
	if (!disk->fatal && disk->format >= CPC_DISK_FORMAT_VHD && disk->format <= CPC_DISK_FORMAT_QCOW2)
		require(disk->kind != CPC_DISK_KIND_UNKNOWN && disk->size.known && disk->version);
	if (disk->format == CPC_DISK_FORMAT_UNREAD)
		require(disk->fatal);
	if (disk->format == CPC_DISK_FORMAT_RAW)
		require(!cpc_disk_damaged(disk) && disk->kind == CPC_DISK_KIND_UNKNOWN);
}

static void check_same(const struct cpc_disk *a, const struct cpc_disk *b)
{
	require(a->format == b->format && a->kind == b->kind && a->size.known == b->size.known);
	require(a->size.bytes == b->size.bytes && a->fault_count == b->fault_count && a->fatal == b->fatal);
	require(memcmp(a->texts, b->texts, sizeof(a->texts)) == 0 && memcmp(a->ids, b->ids, sizeof(a->ids)) == 0);
	require(memcmp(a->checks, b->checks, sizeof(a->checks)) == 0);
}

/* The test's own way to make this sum is slower by half, and most of an input's time goes into it. */
static void mend_vhdx(struct sparse *image, uint64_t offset, size_t length)
{
	uint32_t crc = CPC_CRC32C_START;

	put_le(image, offset + 4, 4, 0);
	for (size_t at = 0; at < length; at += CPC_DISK_PIECE_MAX) {
		uint8_t bytes[CPC_DISK_PIECE_MAX];

		sparse_get(image, offset + at, bytes, sizeof(bytes));
		crc = cpc_crc32c(crc, bytes, sizeof(bytes));
	}
	put_le(image, offset + 4, 4, crc);
}

static void mend(struct sparse *image)
{
	uint8_t start[8];

	sparse_get(image, 0, start, sizeof(start));
	if (memcmp(start, "vhdxfile", 8) == 0) {
		mend_vhdx(image, 64 * KIB, 4 * KIB);
		mend_vhdx(image, 128 * KIB, 4 * KIB);
		mend_vhdx(image, 192 * KIB, 64 * KIB);
		mend_vhdx(image, 256 * KIB, 64 * KIB);
	} else if (memcmp(start, "QFI", 3) != 0 && image->size >= 512) {
		vhd_seal_all(image);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct sparse *image = malloc(sizeof(*image));
	struct cpc_disk *disk = malloc(2 * sizeof(*disk));
	struct cpc_disk_source source;

	if (image && disk) {
		sparse_parse(image, data, size);
		if (image->flags & SPARSE_MEND)
			mend(image);
		source = sparse_source(image);
		cpc_disk_read(&source, disk);
		check(image, disk);
		/* Once more, which gives the same. Not of those that take longest. */
		if (!(image->flags & SPARSE_MEND)) {
			source = sparse_source(image);
			cpc_disk_read(&source, disk + 1);
			check_same(disk, disk + 1);
		}
	}
	free(disk);
	free(image);
	return 0;
}
