/* SPDX-License-Identifier: MIT */
/*
 * What the probes of ports and disks find, a fact a line, for tests/e2e/site_network.sh and for looking at: of this
 * machine, or of one whose files are in a folder:
 *
 *	site_facts [FOLDER]
 */
#include <inttypes.h>
#include <stdio.h>

#include "site_inside.h"

static const char *const statuses[] = {
	[CPC_PROBE_OK] = "ok",
	[CPC_PROBE_ABSENT] = "absent",
	[CPC_PROBE_DENIED] = "denied",
	[CPC_PROBE_FAILED] = "failed",
};

static const char *const tristates[] = { [CPC_UNKNOWN] = "?", [CPC_CLEAR] = "no", [CPC_SET] = "yes" };

static void print_number(const char *key, struct cpc_measurement number)
{
	if (number.known)
		printf(" %s=%" PRIu64, key, number.value);
}

static void print_text(const char *key, const char *text)
{
	if (text[0])
		printf(" %s='%s'", key, text);
}

static void print_memory(const struct cpc_memory *memory)
{
	printf("memory");
	print_number("total", memory->total);
	print_number("available", memory->available);
	print_number("huge_page", memory->huge_page);
	print_number("huge_pages", memory->huge_pages);
	print_number("huge_pages_free", memory->huge_pages_free);
	print_number("huge_bytes", memory->huge_bytes);
	print_number("huge_bytes_free", memory->huge_bytes_free);
	print_number("cpus", memory->cpus);
	print_number("cores", memory->cores);
	print_number("sockets", memory->sockets);
	print_number("load", memory->load);
	printf("\n");
}

static void print_port(const struct cpc_port *port)
{
	printf("port %s %s up=%s carrier=%s", port->name, cpc_port_kind_name(port->kind), tristates[port->up],
	       tristates[port->carrier]);
	print_number("speed", port->speed);
	print_text("driver", port->driver);
	print_text("master", port->master);
	print_text("mode", port->mode);
	print_text("slot", port->slot);
	print_text("plug", port->plug);
	print_number("virtual_functions", port->virtual_functions);
	print_number("virtual_functions_max", port->virtual_functions_max);
	printf("\n");
}

static void print_storage_port(const struct cpc_storage_port *port)
{
	printf("storage_port %s %s usable=%s", port->name, cpc_transport_name(port->transport),
	       tristates[port->usable]);
	print_text("identity", port->identity);
	print_text("through", port->through);
	print_text("portal", port->portal);
	print_text("state", port->state);
	print_text("speed", port->speed);
	printf("%s\n", port->shares_plug ? " shares_plug" : "");
}

static void print_volume(const struct cpc_volume *volume)
{
	printf("volume %s %s", volume->name, cpc_transport_name(volume->transport));
	print_text("identity", volume->identity);
	print_number("bytes", volume->bytes);
	print_number("spc", volume->spc);
	print_number("paths", volume->paths);
	print_number("paths_usable", volume->paths_usable);
	printf(" reservations=%s\n", tristates[volume->reservations]);
}

static void print(const struct cpc_site *site)
{
	for (unsigned int id = CPC_SITE_MEMORY; id <= CPC_SITE_VOLUMES; id++) {
		printf("probe %s %s", cpc_site_probe_name(id), statuses[site->results[id].status]);
		print_text("needs", site->results[id].needs);
		printf("\n");
	}
	print_memory(&site->memory);
	for (size_t i = 0; i < site->port_count; i++)
		print_port(&site->ports[i]);
	for (size_t i = 0; i < site->storage_port_count; i++)
		print_storage_port(&site->storage_ports[i]);
	for (size_t i = 0; i < site->volume_count; i++)
		print_volume(&site->volumes[i]);
	printf("left_out %zu %zu %zu\n", site->ports_left_out, site->storage_ports_left_out, site->volumes_left_out);
}

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
	print(&site);
	cpc_site_free(&site);
	return 0;
}
