/* SPDX-License-Identifier: MIT */
#include "manager.h"

#include <unistd.h>

#include "agent.h"
#include "log.h"
#include "status_line.h"

static void on_watchdog(void *context)
{
	struct cpc_agent *agent = context;

	cpc_notify_send(&agent->manager.notify, CPC_NOTIFY_WATCHDOG, NULL);
	cpc_loop_arm(&agent->loop, agent->manager.watchdog, agent->manager.notify.watchdog_ms);
}

enum cpc_status cpc_manager_begin(struct cpc_agent *agent, struct cpc_error *reterr)
{
	struct cpc_error error = { .status = CPC_INTERNAL };

	if (cpc_notify_open(&agent->manager.notify, &error))
		cpc_log_warning("%s", error.what);
	agent->manager.watchdog = cpc_loop_timer(&agent->loop, on_watchdog, agent);
	return cpc_inherit(&agent->manager.inherited, reterr);
}

void cpc_manager_ready(struct cpc_agent *agent)
{
	char line[CPC_STATUS_LINE_SIZE];

	cpc_status_line(agent->server, &agent->subject->report, line);
	cpc_notify_send(&agent->manager.notify, CPC_NOTIFY_READY, line);
	if (agent->manager.notify.watchdog_ms)
		on_watchdog(agent);
}

void cpc_manager_status(const struct cpc_agent *agent)
{
	char line[CPC_STATUS_LINE_SIZE];

	cpc_status_line(agent->server, &agent->subject->report, line);
	cpc_notify_send(&agent->manager.notify, NULL, line);
}

void cpc_manager_reloading(const struct cpc_agent *agent)
{
	cpc_notify_reloading(&agent->manager.notify);
}

void cpc_manager_stopping(const struct cpc_agent *agent)
{
	cpc_notify_send(&agent->manager.notify, CPC_NOTIFY_STOPPING, "stopping");
}

void cpc_manager_end(struct cpc_agent *agent)
{
	for (size_t i = 0; i < agent->manager.inherited.count; i++)
		close(agent->manager.inherited.descriptors[i]);
	agent->manager.inherited.count = 0;
	cpc_notify_free(&agent->manager.notify);
}
