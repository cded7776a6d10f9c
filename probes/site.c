/* SPDX-License-Identifier: MIT */
/* The table of the site's probes. */
#include "site_inside.h"

static const struct cpc_site_probe probes[CPC_SITE_PROBE_COUNT] = {
	[CPC_SITE_MEMORY] = { .run = cpc_site_memory },
	[CPC_SITE_NETWORK_PORTS] = { .run = cpc_site_network_ports },
	[CPC_SITE_STORAGE_PORTS] = { .run = cpc_site_storage_ports },
	[CPC_SITE_VOLUMES] = { .run = cpc_site_volumes },
	[CPC_SITE_HOST_SYSTEM] = { .run = cpc_site_host_system },
	[CPC_SITE_GUEST_SYSTEM] = { .run = cpc_site_guest_system },
	[CPC_SITE_DIRECTORY] = { .run = cpc_site_directory },
	[CPC_SITE_DNS] = { .run = cpc_site_dns },
};

void cpc_probe_site(const struct cpc_site_env *env, struct cpc_site *ret_site)
{
	struct cpc_site site = { .port_count = 0 };

	for (unsigned int id = 0; id < CPC_SITE_PROBE_COUNT; id++) {
		struct cpc_site_result *result = &site.results[id];
		const uint64_t start = env->now(env->context);

		result->status = probes[id].run(env, &site, result);
		result->nanoseconds = env->now(env->context) - start;
	}
	*ret_site = site;
}
