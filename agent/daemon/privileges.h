/* SPDX-License-Identifier: MIT */
/* What takes privilege is done first, and then there is none. */
#ifndef CPC_PRIVILEGES_H
#define CPC_PRIVILEGES_H

#include <cpucompat/status.h>

struct cpc_agent;

/** Open the devices that later probes need. Those that cannot be opened are left out: their probes say so. */
enum cpc_status cpc_privileges_use(struct cpc_agent *agent, struct cpc_error *reterr);

/** Give up privileges and what serving does not need, and log in which state that leaves the agent. */
enum cpc_status cpc_privileges_drop(struct cpc_agent *agent, struct cpc_error *reterr);

#endif
