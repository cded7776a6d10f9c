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

/* Drivers of host adapters, as they call themselves in proc_name. */
static const struct {
	const char *driver;
	enum cpc_transport transport;
} drivers[] = {
	{ "virtio_scsi", CPC_TRANSPORT_PARAVIRTUAL },
	{ "storvsc", CPC_TRANSPORT_PARAVIRTUAL },
	{ "vmw_pvscsi", CPC_TRANSPORT_PARAVIRTUAL },
	{ "xen-scsifront", CPC_TRANSPORT_PARAVIRTUAL },
	{ "ahci", CPC_TRANSPORT_LOCAL },
	{ "ata_piix", CPC_TRANSPORT_LOCAL },
	{ "usb-storage", CPC_TRANSPORT_LOCAL },
	{ "uas", CPC_TRANSPORT_LOCAL },
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
	for (size_t i = 0; i < COUNT(classes); i++)
		if (cpc_entry_of(&host, disk->sysroot, classes[i].class, name) && cpc_entry_has(&host, ""))
			return classes[i].transport;
	if (!cpc_entry_of(&host, disk->sysroot, "/sys/class/scsi_host", name))
		return CPC_TRANSPORT_UNKNOWN;
	(void)cpc_entry_word(&host, "proc_name", driver, sizeof(driver));
	for (size_t i = 0; i < COUNT(drivers); i++)
		if (strcmp(driver, drivers[i].driver) == 0)
			return drivers[i].transport;
	return CPC_TRANSPORT_UNKNOWN;
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
	return transport == CPC_TRANSPORT_UNKNOWN ? by_host(disk) : transport;
}
