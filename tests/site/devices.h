/* SPDX-License-Identifier: MIT */
/* Ports and disks of a machine, made as the kernel lays them out below /sys: a device is a folder of /sys/devices, what
 * a class or /sys/block has of it is a link there. */
#ifndef CPC_SITE_DEVICES_H
#define CPC_SITE_DEVICES_H

#include "folder.h"

/* Where a path below `depth` folders begins: "../../". */
static inline const char *up_from(const char *path)
{
	static char dots[3 * 64 + 1];
	size_t length = 0;

	for (; *path && length + 3 < sizeof(dots); path++)
		if (*path == '/' && path[1])
			length += (size_t)snprintf(dots + length, sizeof(dots) - length, "../");
	dots[length] = '\0';
	return dots;
}

/* An entry of a class: a folder of /sys/devices and the link to it. */
static inline void put_class(const char *root, const char *class, const char *name, const char *device)
{
	char target[PATH_MAX];

	put_folder(at(root, "/sys/devices/%s", device));
	(void)snprintf(target, sizeof(target), "../../devices/%.2000s", device);
	put_link(at(root, "/sys/class/%s/%s", class, name), target);
}

struct nic {
	const char *name;
	const char *device; /* below /sys/devices; NULL: it is made of nothing */
	const char *driver;
	const char *master;
	const char *plug;   /* phys_port_id */
	const char *physfn; /* the last component of its physical function's address */
	long long speed;    /* 0: the file cannot be read */
	int down;	    /* administratively; the carrier cannot be read then */
	int no_carrier;
	long long functions, functions_max; /* of SR-IOV, where max is not 0 */
};

static inline void put_nic(const char *root, const struct nic *nic)
{
	char home[PATH_MAX];
	char target[PATH_MAX];
	char device[PATH_MAX];

	(void)snprintf(device, sizeof(device), "%.1000s", nic->device ? nic->device : "virtual");
	(void)snprintf(home, sizeof(home), "%.1000s/net/%.255s", device, nic->name);
	put_class(root, "net", nic->name, home);
	put_number(at(root, "/sys/devices/%s/type", home), 1);
	put_line(at(root, "/sys/devices/%s/flags", home), nic->down ? "0x1002" : "0x1003");
	if (!nic->down)
		put_number(at(root, "/sys/devices/%s/carrier", home), !nic->no_carrier);
	if (nic->speed)
		put_number(at(root, "/sys/devices/%s/speed", home), nic->speed);
	if (nic->plug)
		put_line(at(root, "/sys/devices/%s/phys_port_id", home), nic->plug);
	if (nic->master) {
		(void)snprintf(target, sizeof(target), "%s../../devices/virtual/net/%.255s", up_from(home),
			       nic->master);
		put_link(at(root, "/sys/devices/%s/master", home), target);
	}
	if (!nic->device)
		return;
	(void)snprintf(target, sizeof(target), "../../../%.255s",
		       strrchr(device, '/') ? strrchr(device, '/') + 1 : device);
	put_link(at(root, "/sys/devices/%s/device", home), target);
	if (nic->driver && access(at(root, "/sys/devices/%s/driver", device), F_OK)) {
		(void)snprintf(target, sizeof(target), "%s../../bus/pci/drivers/%.255s", up_from(device), nic->driver);
		put_folder(at(root, "/sys/bus/pci/drivers/%s", nic->driver));
		put_link(at(root, "/sys/devices/%s/driver", device), target);
	}
	if (nic->physfn) {
		(void)snprintf(target, sizeof(target), "../%.255s", nic->physfn);
		put_link(at(root, "/sys/devices/%s/physfn", device), target);
	}
	if (nic->functions_max) {
		put_number(at(root, "/sys/devices/%s/sriov_numvfs", device), nic->functions);
		put_number(at(root, "/sys/devices/%s/sriov_totalvfs", device), nic->functions_max);
	}
}

static inline void put_bond(const char *root, const char *name, const char *mode, long long speed)
{
	put_nic(root, &(struct nic){ .name = name, .speed = speed });
	put_line(at(root, "/sys/class/net/%s/bonding/mode", name), mode);
	put_line(at(root, "/sys/class/net/%s/bonding/mii_status", name), "up");
}

static inline void put_bridge(const char *root, const char *name)
{
	put_nic(root, &(struct nic){ .name = name });
	put_line(at(root, "/sys/class/net/%s/bridge/bridge_id", name), "8000.020000000001");
}

static inline void put_loopback(const char *root)
{
	put_nic(root, &(struct nic){ .name = "lo" });
	put_number(at(root, "/sys/class/net/lo/type"), 772);
}

struct fibre_channel {
	const char *name; /* host7 */
	const char *device;
	const char *port_name;
	const char *state;
	const char *speed;
	const char *type;
};

static inline void put_fibre_channel(const char *root, const struct fibre_channel *port)
{
	put_class(root, "fc_host", port->name, at("", "%s/%s/fc_host/%s", port->device, port->name, port->name));
	put_line(at(root, "/sys/class/fc_host/%s/port_name", port->name), port->port_name);
	put_line(at(root, "/sys/class/fc_host/%s/port_state", port->name), port->state);
	put_line(at(root, "/sys/class/fc_host/%s/speed", port->name), port->speed);
	put_line(at(root, "/sys/class/fc_host/%s/port_type", port->name),
		 port->type ? port->type : "NPort (fabric via point-to-point)");
	put_class(root, "scsi_host", port->name, at("", "%s/%s/scsi_host/%s", port->device, port->name, port->name));
	put_line(at(root, "/sys/class/scsi_host/%s/proc_name", port->name), "qla2xxx");
}

struct disk {
	const char *name;
	const char *device; /* below /sys/devices, with the device of the SCSI layer at its end: ".../1:0:2:0" */
	const char *state;  /* NULL: running */
	const char *naa;    /* 16 or 32 hex digits, or NULL: no page 0x83 */
	long long sectors;
	int version; /* of INQUIRY; 0: SPC-3 */
	int type;
	int without_inquiry; /* an old kernel: only scsi_level */
};

static inline size_t put_hex(uint8_t *bytes, const char *hex)
{
	size_t count = 0;

	for (; hex[0] && hex[1]; hex += 2, count++) {
		const char digits[] = { hex[0], hex[1], '\0' };

		bytes[count] = (uint8_t)strtoul(digits, NULL, 16);
	}
	return count;
}

/* A page 0x83 as arrays have it: the vendor's name, the port's own number, and the logical unit's. */
static inline void put_identification(const char *path, const char *naa)
{
	static const char vendor[] = "LIO-ORG block1:3f2b";
	uint8_t page[256] = { 0x00, 0x83 };
	size_t length = 4;

	page[length] = 0x02;
	page[length + 1] = 0x01;
	page[length + 3] = sizeof(vendor) - 1;
	memcpy(page + length + 4, vendor, sizeof(vendor) - 1);
	length += 4 + sizeof(vendor) - 1;
	memcpy(page + length, "\x61\x93\x00\x08\x50\x01\x40\x5a\xbc\xde\xf0\x01", 12);
	length += 12;
	page[length] = 0x01;
	page[length + 1] = 0x03;
	page[length + 3] = (uint8_t)put_hex(page + length + 4, naa);
	length += 4U + page[length + 3];
	page[3] = (uint8_t)(length - 4);
	put_bytes(path, page, length);
}

static inline void put_disk(const char *root, const struct disk *disk)
{
	const int version = disk->version ? disk->version : 5;
	const uint8_t inquiry[36] = { (uint8_t)disk->type, 0, (uint8_t)version, 2, 31 };
	const char *address = strrchr(disk->device, '/') + 1;
	char device[PATH_MAX];
	char target[PATH_MAX];

	(void)snprintf(device, sizeof(device), "/sys/devices/%.2000s", disk->device);
	put_line(at(root, "%s/state", device), disk->state ? disk->state : "running");
	put_number(at(root, "%s/type", device), disk->type);
	put_number(at(root, "%s/scsi_level", device), version + 1);
	if (!disk->without_inquiry)
		put_bytes(at(root, "%s/inquiry", device), inquiry, sizeof(inquiry));
	if (disk->naa)
		put_identification(at(root, "%s/vpd_pg83", device), disk->naa);
	put_number(at(root, "%s/block/%s/size", device, disk->name), disk->sectors);
	put_number(at(root, "%s/block/%s/hidden", device, disk->name), 0);
	put_folder(at(root, "%s/block/%s/holders", device, disk->name));
	put_folder(at(root, "%s/block/%s/slaves", device, disk->name));
	(void)snprintf(target, sizeof(target), "../../../%.255s", address);
	put_link(at(root, "%s/block/%s/device", device, disk->name), target);
	(void)snprintf(target, sizeof(target), "../devices/%.2000s/block/%.255s", disk->device, disk->name);
	put_link(at(root, "/sys/block/%s", disk->name), target);
}

/* A multipath of disks that are there, NULL at their end. */
static inline void put_multipath(const char *root, const char *name, const char *uuid, long long sectors,
				 const char *const *disks)
{
	const char *home = "/sys/devices/virtual/block";

	put_line(at(root, "%s/%s/dm/uuid", home, name), uuid);
	put_number(at(root, "%s/%s/size", home, name), sectors);
	put_folder(at(root, "%s/%s/slaves", home, name));
	put_link(at(root, "/sys/block/%s", name), at("", "../devices/virtual/block/%s", name));
	for (; *disks; disks++) {
		put_link(at(root, "%s/%s/slaves/%s", home, name, *disks), at("", "../../../../../block/%s", *disks));
		put_link(at(root, "/sys/block/%s/holders/%s", *disks, name), at("", "../../%s", name));
	}
}

/* A disk that is made of something else, or of nothing. */
static inline void put_virtual_disk(const char *root, const char *name, const char *uuid)
{
	put_number(at(root, "/sys/devices/virtual/block/%s/size", name), 2048);
	if (uuid)
		put_line(at(root, "/sys/devices/virtual/block/%s/dm/uuid", name), uuid);
	put_link(at(root, "/sys/block/%s", name), at("", "../devices/virtual/block/%s", name));
}

/* A paravirtual disk: no device of the SCSI layer. */
static inline void put_virtio_disk(const char *root, const char *name, const char *device, long long sectors)
{
	char target[PATH_MAX];

	put_number(at(root, "/sys/devices/%s/block/%s/size", device, name), sectors);
	put_folder(at(root, "/sys/devices/%s/block/%s/holders", device, name));
	(void)snprintf(target, sizeof(target), "../../../%.255s", strrchr(device, '/') + 1);
	put_link(at(root, "/sys/devices/%s/block/%s/device", device, name), target);
	put_link(at(root, "/sys/block/%s", name), at("", "../devices/%s/block/%s", device, name));
}

#endif
