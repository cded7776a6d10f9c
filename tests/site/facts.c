/* SPDX-License-Identifier: MIT */
/*
 * What the probes of ports and disks find, a fact a line, for tests/e2e/site_network.sh and for looking at: of this
 * machine, or of one whose files are in a folder:
 *
 *	site_facts [FOLDER]
 */
#include "print.h"
#include "site_inside.h"

int main(int argc, char **argv)
{
	static enum cpc_probe_status (*const probes[])(const struct cpc_site_env *env, struct cpc_site *site,
						       struct cpc_site_result *result) = {
		[CPC_SITE_MEMORY] = cpc_site_memory,
		[CPC_SITE_NETWORK_PORTS] = cpc_site_network_ports,
		[CPC_SITE_STORAGE_PORTS] = cpc_site_storage_ports,
		[CPC_SITE_VOLUMES] = cpc_site_volumes,
	};
	struct cpc_site site = { .port_count = 0 };
	struct cpc_site_env env;

	if (argc > 2)
		return 64;
	/* Of the root as of any other folder: these probes read files only. */
	cpc_site_env_replay(&env, argc == 2 ? argv[1] : "");
	for (size_t i = 0; i < sizeof(probes) / sizeof(probes[0]); i++)
		site.results[i].status = probes[i](&env, &site, &site.results[i]);
	print_site(stdout, &site);
	cpc_site_free(&site);
	return 0;
}
