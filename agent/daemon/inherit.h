/* SPDX-License-Identifier: MIT */
/*
 * Sockets that the service manager opened for the agent (socket activation), by the protocol
 * of sd_listen_fds(3): LISTEN_FDS descriptors from 3 on, for the process of LISTEN_PID.
 */
#ifndef CPC_INHERIT_H
#define CPC_INHERIT_H

#include <stddef.h>

#include <cpucompat/status.h>

#define CPC_INHERIT_MAX 16

/** Descriptors of listening stream sockets, open for as long as nobody has taken them over. */
struct cpc_inherited {
	int descriptors[CPC_INHERIT_MAX];
	size_t count;
};

/**
 * Take LISTEN_FDS, LISTEN_PID and LISTEN_FDNAMES out of the environment, and look at each
 * descriptor that they speak of; it becomes close-on-exec and non-blocking. Before the first
 * thread starts. Nothing for us is CPC_OK and none. CPC_USAGE where the variables make no sense, or a descriptor
 * is not a listening stream socket of IPv4, IPv6 or the unix family; `ret_inherited` is then left alone.
 */
enum cpc_status cpc_inherit(struct cpc_inherited *ret_inherited, struct cpc_error *reterr);

#endif
