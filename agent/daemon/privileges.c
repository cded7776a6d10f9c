/* SPDX-License-Identifier: MIT */
#include "privileges.h"

#include <string.h>
#include <unistd.h>

#include "agent.h"
#include "lockdown.h"
#include "log.h"
#include "probes.h"

enum cpc_status cpc_privileges_use(struct cpc_agent *agent, struct cpc_error *reterr)
{
	struct cpc_devices *devices = cpc_devices_open("");

	if (!devices)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	if (devices->msrs_open && devices->msrs_open < devices->cpus_online)
		cpc_log_warning("the MSRs of %zu of %zu CPUs are open, those of the others stay unread; "
				"raise LimitNOFILE= if descriptors are short",
				devices->msrs_open, devices->cpus_online);
	agent->devices = devices;
	return CPC_OK;
}

static bool listens_at_files(const struct cpc_texts *listen)
{
	for (size_t i = 0; i < listen->count; i++)
		if (strncmp(listen->items[i], "unix:", strlen("unix:")) == 0)
			return true;
	return false;
}

enum cpc_status cpc_privileges_drop(void *context, struct cpc_error *reterr)
{
	struct cpc_agent *agent = context;
	const struct cpc_lockdown wanted = {
		.filter = !agent->settings.no_sandbox,
		.calls = { .unlink = listens_at_files(&agent->settings.listen),
			   .client = agent->settings.peer.count > 0 },
	};
	enum cpc_status status = cpc_lockdown(&wanted, reterr);

	if (status)
		return status;
	agent->filtered = wanted.filter;
	agent->asks = wanted.calls.client;
	if (geteuid() == 0)
		cpc_log_notice("running as root, without its capabilities; a user of its own, as in "
			       "cpucompatd.service, is better");
	if (agent->settings.no_sandbox)
		cpc_log_warning("system calls are not filtered (no-sandbox)");
	cpc_devices_settle(agent->devices);
	return CPC_OK;
}
