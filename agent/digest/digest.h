/* SPDX-License-Identifier: MIT */
#ifndef CPC_DIGEST_H
#define CPC_DIGEST_H

#include <stddef.h>

#define CPC_DIGEST_SIZE 32

/** SHA-256. */
void cpc_digest(const void *bytes, size_t length, unsigned char ret_digest[static CPC_DIGEST_SIZE]);

#endif
