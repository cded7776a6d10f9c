/* SPDX-License-Identifier: MIT */
#ifndef CPC_SECRET_H
#define CPC_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include <cpucompat/status.h>

/** Longest file that is read: a bundle of every public authority is a quarter of it. */
#define CPC_SECRET_MAX ((size_t)1 << 20)

/** A file that may hold a secret. */
struct cpc_secret {
	char *bytes; /**< NUL-terminated beyond `length` */
	size_t length;
	bool open_to_group; /**< the file's group may read it */
	bool open_to_all;   /**< everybody on this machine may */
};

/** Read the whole of a regular file; `what` names it in errors. CPC_NO_INPUT, CPC_DENIED, or CPC_BAD_DATA where it is
 * longer than CPC_SECRET_MAX. */
enum cpc_status cpc_secret_read(const char *what, const char *path, struct cpc_secret *ret_secret,
				struct cpc_error *reterr);

/** Overwrite and release it. */
void cpc_secret_forget(struct cpc_secret *file);

#endif
