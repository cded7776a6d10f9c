/* SPDX-License-Identifier: MIT */
#ifndef CPC_PEER_HOST_H
#define CPC_PEER_HOST_H

#include <cpucompat/peer.h>

/**
 * What is worth keeping of a peer's answer, which must be a report. All bytes are foreign. The caller
 * releases it with cpc_peer_host_free(). CPC_BAD_DATA where it is no report, or one that
 * contradicts itself; CPC_INTERNAL without memory. Safe from any thread.
 */
enum cpc_status cpc_peer_host_read(const char *bytes, size_t length, struct cpc_peer_host **ret_host,
				   struct cpc_error *reterr);

#endif
