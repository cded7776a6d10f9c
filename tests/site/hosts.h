/* SPDX-License-Identifier: MIT */
/*
 * Hosts of every sort, as folders of their /proc, /sys and /etc, for tests of the site's probes and of the table that
 * is made of them. A host is a row of `hosts` and what makes it.
 */
#ifndef CPC_SITE_HOSTS_H
#define CPC_SITE_HOSTS_H

#include "servers.h"

static inline void make_kvm_guest(const char *root)
{
	put_machine(root, &(struct machine){ .sockets = 1, .cores = 2, .threads = 1, .gib = 4, .gib_available = 3 });
	put_system(root);
	put_nic(root, &(struct nic){ .name = "ens3",
				     .device = "pci0000:00/0000:00:03.0/virtio0",
				     .driver = "virtio_net",
				     .speed = -1 });
	put_nic(root,
		&(struct nic){
			.name = "ens4", .device = "pci0000:00/0000:00:04.0", .driver = "ixgbevf", .speed = 10000 });
	put_virtio_disk(root, "vda", "pci0000:00/0000:00:05.0/virtio1", 20 * GIB_SECTORS);
	put_virtual_disk(root, "loop0", NULL);
}

#define VMBUS "LNXSYSTM:00/LNXSYBUS:00/PNP0A03:00/device:07/VMBUS:01"

/* A network and a disk of Hyper-V; what the host says of itself by its key-value pairs is not here. */
static inline void make_hyperv_guest(const char *root)
{
	put_machine(root, &(struct machine){ .sockets = 1, .cores = 2, .threads = 1, .gib = 8, .gib_available = 6 });
	put_system(root);
	put_nic(root, &(struct nic){ .name = "eth0",
				     .device = VMBUS "/0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
				     .driver = "hv_netvsc",
				     .speed = 10000 });
	put_disk(root,
		 &(struct disk){ .name = "sda",
				 .device = VMBUS "/f8b3781a-1e82-4818-a1c3-63d806ec15bb/host0/target0:0:0/0:0:0:0",
				 .naa = "60022480a1b2c3d4e5f60718293a4b5c",
				 .sectors = 40 * GIB_SECTORS });
	put_class(root, "scsi_host", "host0", VMBUS "/f8b3781a-1e82-4818-a1c3-63d806ec15bb/host0/scsi_host/host0");
	put_line(at(root, "/sys/class/scsi_host/host0/proc_name"), "storvsc_host");
}

/* It sees the memory and processors of the machine, its own end of a wire, and no device. */
static inline void make_container(const char *root)
{
	put_machine(root, &(struct machine){ .sockets = 1, .cores = 8, .threads = 1, .gib = 32, .gib_available = 20 });
	put_system(root);
	put_nic(root, &(struct nic){ .name = "eth0", .speed = 10000 });
	put_line(at(root, "/run/systemd/container"), "podman");
}

static inline void make_empty(const char *root)
{
	put_folder(root);
}

#define HOSTILE_ENTRIES 10000

static inline void make_hostile_net(const char *root)
{
	static const uint8_t binary[] = { 0xff, 0xfe, 0x00, 0x31, 0x0a, 0x80, 0x00, 0x1b };
	const char *evil = "eth\x1b[31m\nX";
	char longest[256];

	memset(longest, 'w', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	/* More than the list holds, and they come before the others by name. */
	for (unsigned int i = 0; i < 300; i++)
		put_bytes(at(root, "/sys/class/net/cali%u", i), "", 0);
	put_bytes(at(root, "/sys/class/net/%s/flags", evil), binary, sizeof(binary));
	put_fifo(at(root, "/sys/class/net/%s/speed", evil));
	put_huge(at(root, "/sys/class/net/%s/carrier", evil), (off_t)1 << 30);
	put_link(at(root, "/sys/class/net/%s/device", evil), "device");
	put_link(at(root, "/sys/class/net/%s/master", evil), "../\x01\x02\x7f");
	put_bytes(at(root, "/sys/class/net/%s/uevent", evil), binary, sizeof(binary));
	put_fifo(at(root, "/sys/class/net/%s/bonding", longest));
	put_link(at(root, "/sys/class/net/loop"), "loop");
	put_line(at(root, "/sys/class/net/file"), "no folder");
	put_line(at(root, "/sys/class/net/bond0/bonding/mode"), "\x1b]0;evil\x07 with a title 4");
	put_line(at(root, "/sys/class/net/bond0/speed"), "99999999999999999999999999");
	put_line(at(root, "/sys/class/net/bond0/flags"), "0xffffffffffffffffffffffff");
}

static inline void make_hostile_storage(const char *root)
{
	static const uint8_t lies[] = { 0x00, 0x83, 0xff, 0xff, 0x01, 0x03, 0x00, 0xff, 0x60, 0x01 };
	static const char *const itself[] = { "dm-0", NULL };

	/* Files, which take no room: so many folders would take half a minute to remove. */
	for (unsigned int i = 0; i < HOSTILE_ENTRIES; i++)
		put_bytes(at(root, "/sys/class/sas_host/host%u", i), "", 0);
	put_link(at(root, "/sys/class/fc_host"), "fc_host");
	put_huge(at(root, "/sys/class/iscsi_session/session1/targetname"), (off_t)1 << 30);
	put_link(at(root, "/sys/class/iscsi_session/session1/device"), ".");
	put_fifo(at(root, "/sys/class/iscsi_session/session1/state"));
	put_link(at(root, "/sys/class/sas_port/port-0:0/device"), "../port-0:0");
	put_fifo(at(root, "/sys/class/nvme/nvme0/transport"));
	put_line(at(root, "/sys/class/nvme/nvme1/transport"), "tcp");
	put_line(at(root, "/sys/class/nvme/nvme1/address"), "traddr=,trsvcid,,=,host_iface=\x1b[2J,traddr");
	put_huge(at(root, "/sys/block/sda/device/inquiry"), (off_t)1 << 30);
	put_bytes(at(root, "/sys/block/sda/device/vpd_pg83"), lies, sizeof(lies));
	put_fifo(at(root, "/sys/block/sda/device/state"));
	put_line(at(root, "/sys/block/sda/size"), "18446744073709551615");
	put_fifo(at(root, "/sys/block/sdb/device/inquiry"));
	put_link(at(root, "/sys/block/sdb/device/vpd_pg83"), "vpd_pg83");
	put_link(at(root, "/sys/block/sdb/holders"), ".");
	put_link(at(root, "/sys/block/sdc"), "sdc");
	put_link(at(root, "/sys/block/nvme0n1/device"), "nvme-subsys-of-nobody");
	put_multipath(root, "dm-0", "mpath-\x1b[31m", -1, itself);
}

static inline void make_hostile(const char *root)
{
	static const uint8_t binary[] = { '0', '-', 0xff, 0x00, 0xfe, '9' };

	put_huge(at(root, "/proc/meminfo"), (off_t)1 << 30);
	put_fifo(at(root, "/proc/loadavg"));
	put_bytes(at(root, "/sys/devices/system/cpu/online"), binary, sizeof(binary));
	put_line(at(root, "/sys/kernel/mm/hugepages/hugepages-99999999999999999999kB/nr_hugepages"), "1");
	put_line(at(root, "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"), "18446744073709551615");
	put_link(at(root, "/etc/os-release"), "os-release");
	put_fifo(at(root, "/etc/resolv.conf"));
	put_fifo(at(root, "/proc/sys/kernel/osrelease"));
	put_bytes(at(root, "/etc/krb5.keytab"), binary, sizeof(binary));
	make_hostile_net(root);
	make_hostile_storage(root);
}

/* Links to the machine that looks at it: one that follows them finds this one's files. */
static inline void make_leading_out(const char *root)
{
	static const char *const files[] = {
		"/proc/meminfo",   "/proc/loadavg",    "/proc/cpuinfo",	 "/proc/sys/kernel/osrelease",
		"/etc/os-release", "/etc/resolv.conf", "/sys/class/net", "/sys/devices/system/cpu",
		"/sys/block",	   "/sys/class/nvme",  "/proc/1",	 "/sys/module",
	};

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		put_link(at(root, "%s", files[i]),
			 i % 2 ? at("/proc/self/root", "%s", files[i])
			       : at("../../../../../../../../../../proc/self/root", "%s", files[i]));
}

struct host {
	const char *name;
	void (*make)(const char *root);
};

static const struct host hosts[] = {
	{ "server", make_server },
	{ "bonds", make_bonds },
	{ "sriov", make_sriov },
	{ "fc", make_fibre_channel },
	{ "fc-lost", make_fibre_channel_lost },
	{ "sas", make_sas },
	{ "iscsi", make_iscsi },
	{ "hyperv-guest", make_hyperv_guest },
	{ "kvm-guest", make_kvm_guest },
	{ "container", make_container },
	{ "empty", make_empty },
	{ "hostile", make_hostile },
	{ "leading-out", make_leading_out },
};

#define HOST_COUNT (sizeof(hosts) / sizeof(hosts[0]))

/* Make a host by its name; ends the program where there is none of that name. */
static inline void make_host(const char *name, const char *root)
{
	for (size_t i = 0; i < HOST_COUNT; i++) {
		if (strcmp(hosts[i].name, name) == 0) {
			hosts[i].make(root);
			return;
		}
	}
	errno = ENOENT;
	folder_fail(name);
}

#endif
