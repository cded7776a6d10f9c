/* SPDX-License-Identifier: MIT */
/*
 * Files that hold disk images, opened so that nothing in the way can stall or change anything.
 */
#ifndef CPC_DISK_FILE_H
#define CPC_DISK_FILE_H

#include <cpucompat/status.h>

#include "disk.h"

/** An open file. `source` reads it, and points back here: the struct must stay where it is. */
struct cpc_disk_file {
	int fd;
	bool device; /**< a block device: what a machine uses directly is no image */
	struct cpc_disk_source source;
};

/**
 * Open a regular file or a block device for reading. Others are refused unopened: CPC_BAD_DATA; what is missing is
 * CPC_NO_INPUT, what may not be read CPC_DENIED. On success close it with cpc_disk_file_close().
 */
enum cpc_status cpc_disk_file_open(const char *path, struct cpc_disk_file *ret_file, struct cpc_error *reterr);

void cpc_disk_file_close(struct cpc_disk_file *file);

#endif
