/* SPDX-License-Identifier: MIT */
/* The service manager that started the agent: what it hands over, and what it is told. For the main thread. */
#ifndef CPC_MANAGER_H
#define CPC_MANAGER_H

#include <stddef.h>

#include <cpucompat/status.h>

#include "inherit.h"
#include "notify.h"

struct cpc_agent;

/** Part of struct cpc_agent; cpc_manager_begin() fills it. */
struct cpc_manager {
	struct cpc_notify notify;
	struct cpc_inherited inherited; /**< until the server has taken them over */
	size_t watchdog;		/**< timer */
};

/** Read what the manager left in the environment, before anything else. What cannot be told to it is a warning; sockets
 * that cannot be used are an error. */
enum cpc_status cpc_manager_begin(struct cpc_agent *agent, struct cpc_error *reterr);

/** The agent serves, or serves again after cpc_manager_reloading(). Starts the watchdog. */
void cpc_manager_ready(struct cpc_agent *agent);

/** Something that the status line shows may have changed. */
void cpc_manager_status(const struct cpc_agent *agent);

/** The agent reads its configuration and probes again. */
void cpc_manager_reloading(const struct cpc_agent *agent);

/** The agent stops, for a reason of its own or because it was told. */
void cpc_manager_stopping(const struct cpc_agent *agent);

/** Close what is left. */
void cpc_manager_end(struct cpc_agent *agent);

#endif
