/* SPDX-License-Identifier: MIT */
#ifndef CPC_FLEET_PUBLISHED_H
#define CPC_FLEET_PUBLISHED_H

#include <cpucompat/fleet.h>

/**
 * The fleet of an agent and the peers that answer it, asked under the policy that peers are compared by. The first
 * class is the agent's host's. CPC_BAD_DATA above `max` classes, CPC_INTERNAL without memory, and then there is nothing
 * to release.
 */
enum cpc_status cpc_fleet_of_published(const struct cpc_published *published, size_t max, struct cpc_fleet *ret_fleet,
				       struct cpc_fleet_answers *ret_answers, struct cpc_error *reterr);

#endif
