/* SPDX-License-Identifier: MIT */
/*
 * What a SCSI device says of itself, from bytes that the kernel kept of it (/sys/block/NAME/device/inquiry and
 * vpd_pg83) or that it was asked for. Foreign bytes: no length in them is believed. Pure functions, for any thread.
 */
#ifndef CPC_SCSI_H
#define CPC_SCSI_H

#include <stddef.h>
#include <stdint.h>

#include <cpucompat/site.h>

/** Of the answer to INQUIRY as much as is read (SPC-6, 6.7.2: 36 bytes that every device has), and of a VPD page. */
#define CPC_SCSI_INQUIRY_SIZE 96
#define CPC_SCSI_VPD_SIZE 4096

/** Device types (SPC-6, table 148) that hold blocks. */
enum cpc_scsi_type {
	CPC_SCSI_DISK = 0x00,
	CPC_SCSI_OPTICAL = 0x07,
	CPC_SCSI_REDUCED_BLOCK = 0x0e,
	CPC_SCSI_ZONED = 0x14,
};

struct cpc_scsi_inquiry {
	uint8_t type;	 /**< peripheral device type, 5 bits */
	uint8_t version; /**< byte 2: 5 is SPC-3; 0 claims no standard */
};

/** Read standard INQUIRY data. 0, or -EINVAL: too short, or no device is there (qualifier 3); `ret` is then untouched.
 */
int cpc_scsi_inquiry_read(const uint8_t *bytes, size_t length, struct cpc_scsi_inquiry *ret);

/**
 * The logical unit's identity, from VPD page 0x83 (SPC-6, 7.7.6), as the kernel's own wwid writes it: "naa.", "eui.",
 * "t10." and what follows, lower case. Of several the one that names the most: registered NAA before EUI-64, that
 * before a NAA that somebody assigned locally, and T10 last. Never cut, for then two would look like one: what is no
 * text is written in hex; what would not fit, and what is all zeros, is passed over. 0, or -ENOENT: there is none;
 * `ret_identity` is then "".
 */
int cpc_scsi_identity(const uint8_t *bytes, size_t length, char ret_identity[static CPC_IDENTITY_SIZE]);

#endif
