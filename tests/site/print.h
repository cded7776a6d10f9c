/* SPDX-License-Identifier: MIT */
/* What the probes of memory, ports and disks found, a fact a line. */
#ifndef CPC_SITE_PRINT_H
#define CPC_SITE_PRINT_H

#include <inttypes.h>
#include <stdio.h>

#include <cpucompat/site.h>

static const char *const probe_statuses[] = {
	[CPC_PROBE_OK] = "ok",
	[CPC_PROBE_ABSENT] = "absent",
	[CPC_PROBE_DENIED] = "denied",
	[CPC_PROBE_FAILED] = "failed",
};

static const char *const tristate_words[] = { [CPC_UNKNOWN] = "?", [CPC_CLEAR] = "no", [CPC_SET] = "yes" };

static inline void print_number(FILE *out, const char *key, struct cpc_measurement number)
{
	if (number.known)
		fprintf(out, " %s=%" PRIu64, key, number.value);
}

static inline void print_text(FILE *out, const char *key, const char *text)
{
	if (text[0])
		fprintf(out, " %s='%s'", key, text);
}

static inline void print_memory(FILE *out, const struct cpc_site_memory *memory)
{
	fprintf(out, "memory");
	print_number(out, "total", memory->total);
	print_number(out, "available", memory->available);
	print_number(out, "huge_page", memory->huge_page);
	print_number(out, "huge_pages", memory->huge_pages);
	print_number(out, "huge_pages_free", memory->huge_pages_free);
	print_number(out, "huge_bytes", memory->huge_bytes);
	print_number(out, "huge_bytes_free", memory->huge_bytes_free);
	print_number(out, "cpus", memory->cpus);
	print_number(out, "cores", memory->cores);
	print_number(out, "sockets", memory->sockets);
	print_number(out, "load", memory->load);
	fprintf(out, "\n");
}

static inline void print_port(FILE *out, const struct cpc_port *port)
{
	fprintf(out, "port %s %s up=%s carrier=%s", port->name, cpc_port_kind_name(port->kind),
		tristate_words[port->up], tristate_words[port->carrier]);
	print_number(out, "speed", port->speed);
	print_text(out, "driver", port->driver);
	print_text(out, "master", port->master);
	print_text(out, "mode", port->mode);
	print_text(out, "slot", port->slot);
	print_text(out, "plug", port->plug);
	print_number(out, "virtual_functions", port->virtual_functions);
	print_number(out, "virtual_functions_max", port->virtual_functions_max);
	fprintf(out, "\n");
}

static inline void print_storage_port(FILE *out, const struct cpc_storage_port *port)
{
	fprintf(out, "storage_port %s %s usable=%s", port->name, cpc_transport_name(port->transport),
		tristate_words[port->usable]);
	print_text(out, "identity", port->identity);
	print_text(out, "through", port->through);
	print_text(out, "portal", port->portal);
	print_text(out, "state", port->state);
	print_text(out, "speed", port->speed);
	fprintf(out, "%s\n", port->shares_plug ? " shares_plug" : "");
}

static inline void print_volume(FILE *out, const struct cpc_volume *volume)
{
	fprintf(out, "volume %s %s", volume->name, cpc_transport_name(volume->transport));
	print_text(out, "identity", volume->identity);
	print_number(out, "bytes", volume->bytes);
	print_number(out, "spc", volume->spc);
	print_number(out, "paths", volume->paths);
	print_number(out, "paths_usable", volume->paths_usable);
	fprintf(out, " reservations=%s\n", tristate_words[volume->reservations]);
}

static inline void print_site(FILE *out, const struct cpc_site *site)
{
	for (unsigned int id = CPC_SITE_MEMORY; id <= CPC_SITE_VOLUMES; id++) {
		fprintf(out, "probe %s %s", cpc_site_probe_name(id), probe_statuses[site->results[id].status]);
		print_text(out, "needs", site->results[id].needs);
		fprintf(out, "\n");
	}
	print_memory(out, &site->memory);
	for (size_t i = 0; i < site->port_count; i++)
		print_port(out, &site->ports[i]);
	for (size_t i = 0; i < site->storage_port_count; i++)
		print_storage_port(out, &site->storage_ports[i]);
	for (size_t i = 0; i < site->volume_count; i++)
		print_volume(out, &site->volumes[i]);
	fprintf(out, "left_out %zu %zu %zu\n", site->ports_left_out, site->storage_ports_left_out,
		site->volumes_left_out);
}

#endif
