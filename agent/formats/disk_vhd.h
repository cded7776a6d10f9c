/* SPDX-License-Identifier: MIT */
/*
 * VHD in two files: the footers, and what comes after the copy of one.
 */
#ifndef CPC_DISK_VHD_H
#define CPC_DISK_VHD_H

#include "disk_reader.h"

/** Ones' complement of the sum of all bytes but the checksum's own four, which begin at `field`. */
uint32_t cpc_disk_vhd_sum(const uint8_t *bytes, size_t length, size_t field);

/**
 * The dynamic header at `offset`, as the field at `field` says, with the block table and, of a differencing disk, the
 * parent. `end` is where the footer begins, or the file ends. Kind and size must be known.
 */
void cpc_disk_read_vhd_header(struct cpc_disk_reader *reader, uint64_t offset, uint64_t field, uint64_t end);

#endif
