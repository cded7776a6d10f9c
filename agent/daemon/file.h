/* SPDX-License-Identifier: MIT */
#ifndef CPC_FILE_H
#define CPC_FILE_H

#include <stddef.h>

#include <cpucompat/buffer.h>
#include <cpucompat/status.h>

/**
 * Append the whole of a regular file. CPC_NO_INPUT where it cannot be opened or read, CPC_DENIED where that is not
 * permitted, CPC_BAD_DATA where it is a folder, a device or a pipe (none is waited for) or longer than `most` bytes,
 * CPC_INTERNAL without memory; `reterr` begins with the path.
 */
enum cpc_status cpc_file_read(const char *path, size_t most, struct cpc_buffer *out, struct cpc_error *reterr);

/** Fill `reterr` with an error in a file: FILE:LINE: what, or FILE: what without a line. Returns its status. */
enum cpc_status cpc_file_fail(struct cpc_error *reterr, const char *path, const struct cpc_error *error);

#endif
