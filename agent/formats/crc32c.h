/* SPDX-License-Identifier: MIT */
#ifndef CPC_CRC32C_H
#define CPC_CRC32C_H

#include <stddef.h>
#include <stdint.h>

/** CRC-32C (Castagnoli; RFC 3720, B.4) of nothing. */
#define CPC_CRC32C_START UINT32_C(0)

/** Of what `crc` is of, followed by these bytes. */
uint32_t cpc_crc32c(uint32_t crc, const void *bytes, size_t length);

#endif
