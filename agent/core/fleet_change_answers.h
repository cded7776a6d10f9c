/* SPDX-License-Identifier: MIT */
/* Inside core: the part of a change that is about what was asked of both fleets. */
#ifndef CPC_FLEET_CHANGE_ANSWERS_H
#define CPC_FLEET_CHANGE_ANSWERS_H

#include <cpucompat/fleet_change.h>

/** Baselines, pools, and verdicts between hosts that stay; classes are matched and shifts made already. CPC_INTERNAL
 * without memory. */
enum cpc_status cpc_change_answers(struct cpc_fleet_change *change, struct cpc_error *reterr);

#endif
