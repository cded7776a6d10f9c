/* SPDX-License-Identifier: MIT */
#ifndef CPC_READY_PUBLISHED_H
#define CPC_READY_PUBLISHED_H

#include <cpucompat/peer.h>
#include <cpucompat/ready.h>

/** What an agent serves as the one host of its requirement table. Borrows it. */
struct cpc_ready_host cpc_ready_host_of_published(const struct cpc_published *published);

#endif
