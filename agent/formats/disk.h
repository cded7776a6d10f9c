/* SPDX-License-Identifier: MIT */
/*
 * The reader of virtual disk images: VHD, VHDX and qcow2 are read and checked, others named. All bytes are foreign: no
 * count, size or offset in them is believed. Whoever opens the file gives a way to read it.
 */
#ifndef CPC_DISK_READER_H
#define CPC_DISK_READER_H

#include <cpucompat/disk.h>

/** No image makes the reader read more than this, however large it is and whatever it says. */
#define CPC_DISK_READ_MAX (512U << 10)

/** No single read is longer. */
#define CPC_DISK_PIECE_MAX 4096U

/** A file, or what stands for one. */
struct cpc_disk_source {
	/**
	 * Read up to `length` bytes at `offset`, as pread(2) does: how many there were, fewer than asked only where the
	 * file ends now; negative where reading fails. Never called past `size`, nor for more than CPC_DISK_PIECE_MAX.
	 */
	ptrdiff_t (*read)(void *context, uint64_t offset, void *bytes, size_t length);
	void *context;
	uint64_t size; /**< in bytes, when it was opened */
};

/**
 * Read what an image says of itself. There is no failure: what could not be read, or is wrong, is among the faults. An
 * image that bears no known signature is RAW, an empty one too. Allocates nothing; thread-safe as far as the source is.
 */
void cpc_disk_read(const struct cpc_disk_source *source, struct cpc_disk *ret_disk);

#endif
