/* SPDX-License-Identifier: MIT */
#ifndef CPC_LOCKDOWN_H
#define CPC_LOCKDOWN_H

#include <stdbool.h>

#include <cpucompat/status.h>

#include "call_filter.h"

struct cpc_lockdown {
	bool filter; /**< whether to filter system calls, as well */
	struct cpc_call_filter calls;
};

/**
 * Give up, for good, what is not needed to go on: every capability in every set (the bounding set where the process
 * may), gaining any by exec (no_new_privs), being looked into by others or leaving a core behind (its memory may hold
 * keys), and system calls. Call it when everything that takes privilege is open and before the first thread starts:
 * capabilities are the calling thread's, and inherited. User and group stay as they are.
 */
enum cpc_status cpc_lockdown(const struct cpc_lockdown *wanted, struct cpc_error *reterr);

#endif
