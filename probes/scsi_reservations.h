/* SPDX-License-Identifier: MIT */
/* Whether a disk does persistent reservations, asked by commands that change nothing. */
#ifndef CPC_SCSI_RESERVATIONS_H
#define CPC_SCSI_RESERVATIONS_H

#include <stdbool.h>
#include <stddef.h>

/** Sense data that is looked at. */
#define CPC_SENSE_SIZE 32

/**
 * What a command's end says: 1 the disk does them, 0 it does not; -EOPNOTSUPP it does not know this question, and may
 * know another; -EBUSY not now; -EIO else. `status` is SAM's, `sense` what came with it (SPC-3, 4.5).
 */
int cpc_scsi_answer(unsigned char status, const unsigned char *sense, size_t length);

/**
 * Ask a disk, by its name below /dev: PERSISTENT RESERVE IN with REPORT CAPABILITIES, or READ KEYS of those that know
 * no such (SPC-3, 6.11). 1, 0, or negative errno: -EACCES not permitted, -ENOSYS no SCSI disk, -ENOENT, -EINVAL no
 * name of one; or as above. Takes ten seconds at most, where the disk does not answer; as long as the kernel keeps
 * commands for a path to come back, where the disk's state is "blocked".
 */
int cpc_scsi_reservations(const char *disk);

#endif
