/* SPDX-License-Identifier: MIT */
#include "site_transport.h"

#include <stdio.h>
#include <string.h>

/* Names of devices in the path of a disk's link into /sys/devices, by their beginnings, the most telling first: a Fibre
 * Channel adapter that is passed to a guest by virtio would have both. */
static const struct {
	const char *prefix;
	enum cpc_transport transport;
} devices[] = {
	{ "rport-", CPC_TRANSPORT_FIBRE_CHANNEL },
	{ "session", CPC_TRANSPORT_ISCSI },
	{ "end_device-", CPC_TRANSPORT_SAS },
	{ "usb", CPC_TRANSPORT_LOCAL },
	{ "ata", CPC_TRANSPORT_LOCAL },
	{ "mmc", CPC_TRANSPORT_LOCAL },
	{ "fw", CPC_TRANSPORT_LOCAL },
	{ "ndbus", CPC_TRANSPORT_LOCAL }, /* memory that stays */
	{ "floppy.", CPC_TRANSPORT_LOCAL },
	{ "cciss", CPC_TRANSPORT_LOCAL },
	{ "virtio", CPC_TRANSPORT_PARAVIRTUAL },
	{ "vbd-", CPC_TRANSPORT_PARAVIRTUAL },
};

/* Classes that a host adapter of the SCSI layer is in, by its name: hostN. */
static const struct {
	const char *class;
	enum cpc_transport transport;
} classes[] = {
	{ "/sys/class/fc_host", CPC_TRANSPORT_FIBRE_CHANNEL },
	{ "/sys/class/iscsi_host", CPC_TRANSPORT_ISCSI },
	{ "/sys/class/sas_host", CPC_TRANSPORT_SAS },
};

/* Drivers of host adapters, as they call themselves in proc_name. What an adapter makes of the disks behind it is its
 * own, whatever the disks are. */
static const struct {
	const char *driver;
	enum cpc_transport transport;
} drivers[] = {
	{ "virtio_scsi", CPC_TRANSPORT_PARAVIRTUAL },
	{ "storvsc_host", CPC_TRANSPORT_PARAVIRTUAL },
	{ "vmw_pvscsi", CPC_TRANSPORT_PARAVIRTUAL },
	{ "scsifront", CPC_TRANSPORT_PARAVIRTUAL },
	{ "ahci", CPC_TRANSPORT_LOCAL },
	{ "ata_piix", CPC_TRANSPORT_LOCAL },
	{ "usb-storage", CPC_TRANSPORT_LOCAL },
	{ "uas", CPC_TRANSPORT_LOCAL },
	{ "megaraid_sas", CPC_TRANSPORT_LOCAL },
	{ "megaraid", CPC_TRANSPORT_LOCAL },
	{ "smartpqi", CPC_TRANSPORT_LOCAL },
	{ "hpsa", CPC_TRANSPORT_LOCAL },
	{ "aacraid", CPC_TRANSPORT_LOCAL },
	{ "arcmsr", CPC_TRANSPORT_LOCAL },
	{ "3w-9xxx", CPC_TRANSPORT_LOCAL },
	{ "3w-sas", CPC_TRANSPORT_LOCAL },
	{ "iscsi_tcp", CPC_TRANSPORT_ISCSI },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* "ata" is "ata3" and not "atalanta": a number follows, or what belongs to the prefix. */
static bool is_device(const char *name, size_t length, const char *prefix)
{
	const size_t start = strlen(prefix);

	return length > start && strncmp(name, prefix, start) == 0 && name[start] >= '0' && name[start] <= '9';
}

static bool has_device(const char *path, const char *prefix)
{
	while (*path) {
		const size_t length = strcspn(path, "/");

		if (is_device(path, length, prefix))
			return true;
		path += length + (path[length] == '/');
	}
	return false;
}

static enum cpc_transport by_path(const char *path)
{
	for (size_t i = 0; i < COUNT(devices); i++)
		if (has_device(path, devices[i].prefix))
			return devices[i].transport;
	return CPC_TRANSPORT_UNKNOWN;
}

/* Of "5:0:0:1", a device of the SCSI layer, the host that it hangs from. */
static enum cpc_transport by_host(const struct cpc_entry *disk)
{
	char address[CPC_SHORT_SIZE];
	char name[CPC_SHORT_SIZE];
	char driver[CPC_SHORT_SIZE];
	struct cpc_entry host;
	size_t digits;

	if (cpc_entry_link(disk, "device", address, sizeof(address)) <= 0)
		return CPC_TRANSPORT_UNKNOWN;
	digits = strspn(address, "0123456789");
	if (!digits || address[digits] != ':')
		return CPC_TRANSPORT_UNKNOWN;
	(void)snprintf(name, sizeof(name), "host%.*s", (int)(digits < 10 ? digits : 10), address);
	if (cpc_entry_of(&host, disk->sysroot, "/sys/class/scsi_host", name) &&
	    cpc_entry_word(&host, "proc_name", driver, sizeof(driver)) > 0)
		for (size_t i = 0; i < COUNT(drivers); i++)
			if (strcmp(driver, drivers[i].driver) == 0)
				return drivers[i].transport;
	for (size_t i = 0; i < COUNT(classes); i++)
		if (cpc_entry_of(&host, disk->sysroot, classes[i].class, name) && cpc_entry_has(&host, ""))
			return classes[i].transport;
	return CPC_TRANSPORT_UNKNOWN;
}

bool cpc_site_is_sata(const char *sysroot, const char *end_device)
{
	char protocols[CPC_SHORT_SIZE];
	struct cpc_entry device;

	return cpc_entry_of(&device, sysroot, "/sys/class/sas_device", end_device) &&
	       cpc_entry_word(&device, "target_port_protocols", protocols, sizeof(protocols)) > 0 &&
	       !strstr(protocols, "ssp") && (strstr(protocols, "sata") || strstr(protocols, "stp"));
}

/* The end device of SAS in a path. */
static bool leads_to_sata(const char *sysroot, const char *path)
{
	const char *start = strstr(path, "/end_device-");
	char name[CPC_SHORT_SIZE];

	if (!start)
		return false;
	start++;
	(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(start, "/"), start);
	return cpc_site_is_sata(sysroot, name);
}

enum cpc_transport cpc_site_transport_of(const struct cpc_entry *disk)
{
	static const char *const links[] = { "", "device" };
	char target[CPC_ENTRY_PATH_SIZE];
	enum cpc_transport transport = CPC_TRANSPORT_UNKNOWN;

	/* The disk's own link has the whole path; in a copy that has no links its device's may have a part. */
	for (size_t i = 0; i < COUNT(links) && transport == CPC_TRANSPORT_UNKNOWN; i++)
		if (cpc_entry_target(disk, links[i], target, sizeof(target)) > 0)
			transport = by_path(target);
	if (transport == CPC_TRANSPORT_SAS && leads_to_sata(disk->sysroot, target))
		return CPC_TRANSPORT_LOCAL;
	return transport == CPC_TRANSPORT_UNKNOWN ? by_host(disk) : transport;
}
