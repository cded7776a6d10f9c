/* SPDX-License-Identifier: MIT */
#include <cpucompat/site.h>

#include <stdlib.h>
#include <string.h>

#include "grow.h"

const char *cpc_site_probe_name(enum cpc_site_probe_id id)
{
	static const char *const names[CPC_SITE_PROBE_COUNT] = {
		[CPC_SITE_MEMORY] = "memory",
		[CPC_SITE_NETWORK_PORTS] = "network_ports",
		[CPC_SITE_STORAGE_PORTS] = "storage_ports",
		[CPC_SITE_VOLUMES] = "volumes",
		[CPC_SITE_HOST_SYSTEM] = "host_system",
		[CPC_SITE_GUEST_SYSTEM] = "guest_system",
		[CPC_SITE_DIRECTORY] = "directory",
		[CPC_SITE_DNS] = "dns",
	};

	return names[id];
}

const char *cpc_port_kind_name(enum cpc_port_kind kind)
{
	static const char *const names[CPC_PORT_KIND_COUNT] = {
		[CPC_PORT_PHYSICAL] = "physical",   [CPC_PORT_VIRTUAL_FUNCTION] = "virtual-function",
		[CPC_PORT_PARTITION] = "partition", [CPC_PORT_PARAVIRTUAL] = "paravirtual",
		[CPC_PORT_BOND] = "bond",	    [CPC_PORT_TEAM] = "team",
		[CPC_PORT_BRIDGE] = "bridge",	    [CPC_PORT_OTHER] = "other",
	};

	return names[kind];
}

const char *cpc_transport_name(enum cpc_transport transport)
{
	static const char *const names[CPC_TRANSPORT_COUNT] = {
		[CPC_TRANSPORT_UNKNOWN] = "unknown",
		[CPC_TRANSPORT_FIBRE_CHANNEL] = "fibre-channel",
		[CPC_TRANSPORT_SAS] = "sas",
		[CPC_TRANSPORT_ISCSI] = "iscsi",
		[CPC_TRANSPORT_NVME_FABRICS] = "nvme-fabrics",
		[CPC_TRANSPORT_LOCAL] = "local",
		[CPC_TRANSPORT_PARAVIRTUAL] = "paravirtual",
	};

	return names[transport];
}

static const struct cpc_vmbus_device vmbus_devices[] = {
#define CPC_VMBUS_DEVICE(id, what, wants, from)                                                                        \
	{ .class_id = (id), .device = (what), .driver = (wants), .source = (from) },
#include <cpucompat/vmbus.def>
#undef CPC_VMBUS_DEVICE
};

const struct cpc_vmbus_device *cpc_vmbus_device(const char *class_id)
{
	for (size_t i = 0; i < sizeof(vmbus_devices) / sizeof(vmbus_devices[0]); i++)
		if (strcmp(vmbus_devices[i].class_id, class_id) == 0)
			return &vmbus_devices[i];
	return NULL;
}

/** One more item of `size` bytes, zeroed, at the end of a list: the list, perhaps elsewhere, or NULL. */
static void *grow(void *items, size_t count, size_t size, size_t *left_out)
{
	char *grown;

	if (count == CPC_SITE_ITEMS_MAX) {
		(*left_out)++;
		return NULL;
	}
	grown = cpc_grown(items, count, size);
	if (grown)
		memset(grown + count * size, 0, size);
	return grown;
}

struct cpc_port *cpc_site_add_port(struct cpc_site *site)
{
	struct cpc_port *grown = grow(site->ports, site->port_count, sizeof(*grown), &site->ports_left_out);

	if (!grown)
		return NULL;
	site->ports = grown;
	return &grown[site->port_count++];
}

struct cpc_storage_port *cpc_site_add_storage_port(struct cpc_site *site)
{
	struct cpc_storage_port *grown =
		grow(site->storage_ports, site->storage_port_count, sizeof(*grown), &site->storage_ports_left_out);

	if (!grown)
		return NULL;
	site->storage_ports = grown;
	return &grown[site->storage_port_count++];
}

struct cpc_volume *cpc_site_add_volume(struct cpc_site *site)
{
	struct cpc_volume *grown = grow(site->volumes, site->volume_count, sizeof(*grown), &site->volumes_left_out);

	if (!grown)
		return NULL;
	site->volumes = grown;
	return &grown[site->volume_count++];
}

void cpc_site_free(struct cpc_site *site)
{
	if (!site)
		return;
	free(site->ports);
	free(site->storage_ports);
	free(site->volumes);
	*site = (struct cpc_site){ 0 };
}
