/* SPDX-License-Identifier: MIT */
#ifndef CPC_PEER_TEXT_H
#define CPC_PEER_TEXT_H

#include <cpucompat/peer.h>

#include "describe.h"

/** A time as a capture has it: RFC 3339, UTC, to the second; "" where it is none of our days. Returns `ret_text`. */
const char *cpc_time_text(int64_t seconds, char ret_text[static CPC_TIME_SIZE]);

/** "GenuineIntel 6.106.6 Ice Lake-SP" */
void cpc_peer_cpu(const struct cpc_peer_host *host, char ret_line[static CPC_LINE_SIZE]);

#endif
