/* SPDX-License-Identifier: MIT */
/* Servers on bare metal of every sort, as hosts.h has them: what each is made of. */
#ifndef CPC_SITE_SERVERS_H
#define CPC_SITE_SERVERS_H

#include "devices.h"

#define NAA_SHARED "600140512345678aabbccddeeff00112"
#define NAA_WITNESS "600140512345678aabbccddeeff00113"
#define NAA_OWN "5000c500a1b2c3d4"
#define GIB_SECTORS 2097152LL
#define GIB_KIB 1048576LL

struct machine {
	unsigned int sockets;
	unsigned int cores;   /* of each socket */
	unsigned int threads; /* of each core */
	long long gib;
	long long gib_available;
	long long huge_gib; /* set aside in pages of 1 GiB */
};

/* CPUs are numbered as firmware mostly does: the second threads behind all the first. */
static inline void put_machine(const char *root, const struct machine *machine)
{
	const unsigned int cores = machine->sockets * machine->cores;
	char text[1024];

	(void)snprintf(text, sizeof(text),
		       "MemTotal:       %lld kB\nMemFree:        1024 kB\nMemAvailable:   %lld kB\n"
		       "HugePages_Total:       0\nHugePages_Free:        0\nHugepagesize:       2048 kB\n",
		       machine->gib * GIB_KIB, machine->gib_available * GIB_KIB);
	put_bytes(at(root, "/proc/meminfo"), text, strlen(text));
	put_line(at(root, "/proc/loadavg"), "0.50 1.25 2.00 3/456 7890");
	put_number(at(root, "/sys/kernel/mm/hugepages/hugepages-2048kB/nr_hugepages"), 0);
	put_number(at(root, "/sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages"), 0);
	put_number(at(root, "/sys/kernel/mm/hugepages/hugepages-1048576kB/nr_hugepages"), machine->huge_gib);
	put_number(at(root, "/sys/kernel/mm/hugepages/hugepages-1048576kB/free_hugepages"), machine->huge_gib / 2);
	put_line(at(root, "/sys/devices/system/cpu/online"), at("", "0-%u", cores * machine->threads - 1));
	for (unsigned int cpu = 0; cpu < cores * machine->threads; cpu++) {
		const unsigned int core = cpu % cores;

		put_line(at(root, "/sys/devices/system/cpu/cpu%u/topology/thread_siblings_list", cpu),
			 machine->threads > 1 ? at("", "%u,%u", core, core + cores) : at("", "%u", core));
		put_line(at(root, "/sys/devices/system/cpu/cpu%u/topology/core_siblings_list", cpu),
			 at("", "%u-%u", core / machine->cores * machine->cores,
			    (core / machine->cores + 1) * machine->cores - 1));
	}
}

/* What runs there, and whom it knows: alike on all that are not about that. */
static inline void put_system(const char *root)
{
	static const char release[] = "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nID=debian\nVERSION_ID=\"12\"\n";
	static const char resolvers[] = "search example.com\nnameserver 192.0.2.53\n";

	put_bytes(at(root, "/etc/os-release"), release, sizeof(release) - 1);
	put_bytes(at(root, "/etc/resolv.conf"), resolvers, sizeof(resolvers) - 1);
	put_line(at(root, "/proc/sys/kernel/osrelease"), "6.1.0-28-amd64");
	put_loopback(root);
	put_folder(at(root, "/sys/block"));
	put_folder(at(root, "/sys/class/misc"));
}

static inline void put_bare(const char *root)
{
	put_machine(root, &(struct machine){ .sockets = 2, .cores = 4, .threads = 2, .gib = 64, .gib_available = 48 });
	put_system(root);
	put_folder(at(root, "/sys/module/kvm_intel"));
	put_disk(root, &(struct disk){ .name = "sda",
				       .device = "pci0000:00/0000:00:17.0/ata1/host0/target0:0:0/0:0:0:0",
				       .naa = NAA_OWN,
				       .sectors = 447 * GIB_SECTORS,
				       .version = 5 });
}

#define CARD "pci0000:3a/0000:3a:00.0/"
#define OTHER_CARD "pci0000:d7/0000:d7:00.0/"

/* Two cards of two ports each; a bond over both cards for management and VMs, and one for storage. */
static inline void make_bonds(const char *root)
{
	static const struct nic nics[] = {
		{ .name = "eno1", .device = CARD "0000:3b:00.0", .driver = "ixgbe", .master = "bond0", .speed = 10000 },
		{ .name = "eno2", .device = CARD "0000:3b:00.1", .driver = "ixgbe", .master = "bond1", .speed = 10000 },
		{ .name = "ens1f0",
		  .device = OTHER_CARD "0000:d8:00.0",
		  .driver = "ixgbe",
		  .master = "bond0",
		  .speed = 10000 },
		{ .name = "ens1f1",
		  .device = OTHER_CARD "0000:d8:00.1",
		  .driver = "ixgbe",
		  .master = "bond1",
		  .speed = -1,
		  .no_carrier = 1 },
	};

	put_bare(root);
	put_bytes(at(root, "/sys/class/net/bonding_masters"), "bond0 bond1\n", 12);
	put_bond(root, "bond0", "802.3ad 4", 20000);
	put_bond(root, "bond1", "active-backup 1", 10000);
	for (size_t i = 0; i < sizeof(nics) / sizeof(nics[0]); i++)
		put_nic(root, &nics[i]);
	put_bridge(root, "br0");
	put_nic(root, &(struct nic){ .name = "bond0.20", .master = "br0" });
	put_nic(root, &(struct nic){ .name = "vnet0", .master = "br0" });
}

/* A card of which one port has four virtual functions, one that is divided, one that is off; and a team. */
static inline void make_sriov(const char *root)
{
	static const struct nic nics[] = {
		{ .name = "enp59s0f0",
		  .device = CARD "0000:3b:00.0",
		  .driver = "i40e",
		  .master = "team0",
		  .speed = 40000,
		  .plug = "3cfdfe000001",
		  .functions = 4,
		  .functions_max = 64 },
		{ .name = "enp59s0f1",
		  .device = CARD "0000:3b:00.1",
		  .driver = "i40e",
		  .master = "team0",
		  .speed = 40000,
		  .plug = "3cfdfe000002",
		  .functions_max = 64 },
		{ .name = "enp59s0f2",
		  .device = CARD "0000:3b:00.2",
		  .driver = "i40e",
		  .speed = 40000,
		  .plug = "3cfdfe000001" },
		{ .name = "enp60s0", .device = OTHER_CARD "0000:d8:00.0", .driver = "igb", .down = 1, .speed = -1 },
	};

	put_bare(root);
	for (size_t i = 0; i < sizeof(nics) / sizeof(nics[0]); i++)
		put_nic(root, &nics[i]);
	for (unsigned int i = 0; i < 4; i++) {
		char name[32];
		char device[64];

		(void)snprintf(name, sizeof(name), "enp59s0f0v%u", i);
		(void)snprintf(device, sizeof(device), CARD "0000:3b:02.%u", i);
		put_nic(root, &(struct nic){ .name = name,
					     .device = device,
					     .driver = "iavf",
					     .speed = 40000,
					     .plug = "3cfdfe000001",
					     .physfn = "0000:3b:00.0" });
	}
	put_nic(root, &(struct nic){ .name = "team0", .speed = 80000 });
	put_line(at(root, "/run/teamd/team0.pid"), "712");
	/* Stands for the first virtual function, where the card switches. */
	put_nic(root, &(struct nic){ .name = "eth4", .device = CARD "0000:3b:00.0", .speed = 40000 });
	put_line(at(root, "/sys/class/net/eth4/phys_port_name"), "pf0vf0");
	put_nic(root, &(struct nic){ .name = "wlp2s0", .device = "pci0000:00/0000:00:14.3", .driver = "iwlwifi" });
	put_folder(at(root, "/sys/class/net/wlp2s0/phy80211"));
}

#define FC_CARD "pci0000:ae/0000:ae:00.0/"

static inline void put_san(const char *root, int lost)
{
	static const char *const disks[] = { "sdb", "sdc", NULL };
	static const char *const witness[] = { "sdd", "sde", NULL };
	const char *state = lost ? "transport-offline" : "running";

	put_bare(root);
	for (unsigned int i = 0; i < 4; i++) {
		char name[8];
		char device[64];

		(void)snprintf(name, sizeof(name), "eno%u", i + 1);
		(void)snprintf(device, sizeof(device), CARD "0000:3b:00.%u", i);
		put_nic(root, &(struct nic){ .name = name, .device = device, .driver = "tg3", .speed = 1000 });
	}
	put_fibre_channel(root, &(struct fibre_channel){ .name = "host1",
							 .device = FC_CARD "0000:af:00.0",
							 .port_name = "0x21000024ff123456",
							 .state = "Online",
							 .speed = "16 Gbit" });
	put_fibre_channel(root, &(struct fibre_channel){ .name = "host2",
							 .device = FC_CARD "0000:af:00.1",
							 .port_name = "0x21000024ff123457",
							 .state = lost ? "Linkdown" : "Online",
							 .speed = lost ? "unknown" : "16 Gbit" });
	put_disk(root, &(struct disk){ .name = "sdb",
				       .device = FC_CARD "0000:af:00.0/host1/rport-1:0-2/target1:0:0/1:0:0:0",
				       .naa = NAA_SHARED,
				       .sectors = 1024 * GIB_SECTORS });
	put_disk(root, &(struct disk){ .name = "sdc",
				       .device = FC_CARD "0000:af:00.1/host2/rport-2:0-2/target2:0:0/2:0:0:0",
				       .naa = NAA_SHARED,
				       .state = state,
				       .sectors = 1024 * GIB_SECTORS });
	put_disk(root, &(struct disk){ .name = "sdd",
				       .device = FC_CARD "0000:af:00.0/host1/rport-1:0-2/target1:0:0/1:0:0:1",
				       .naa = NAA_WITNESS,
				       .sectors = GIB_SECTORS });
	put_disk(root, &(struct disk){ .name = "sde",
				       .device = FC_CARD "0000:af:00.1/host2/rport-2:0-2/target2:0:0/2:0:0:1",
				       .naa = NAA_WITNESS,
				       .state = state,
				       .sectors = GIB_SECTORS });
	put_multipath(root, "dm-0", "mpath-3" NAA_SHARED, 1024 * GIB_SECTORS, disks);
	put_multipath(root, "dm-1", "mpath-3" NAA_WITNESS, GIB_SECTORS, witness);
	/* A logical volume, which is none of the host's storage but made of it. */
	put_virtual_disk(root, "dm-2", "LVM-abcdef");
}

static inline void make_fibre_channel(const char *root)
{
	put_san(root, 0);
	/* One more name of the first port, and a tape behind it. */
	put_fibre_channel(root, &(struct fibre_channel){ .name = "host9",
							 .device = FC_CARD "0000:af:00.0/host1/vport-1:0-0",
							 .port_name = "0x21000024ff12345f",
							 .state = "Online",
							 .speed = "16 Gbit",
							 .type = "NPIV VPORT" });
	put_disk(root, &(struct disk){ .name = "sr0",
				       .device = "pci0000:00/0000:00:17.0/ata2/host3/target3:0:0/3:0:0:0",
				       .type = 5,
				       .sectors = 0 });
}

static inline void make_fibre_channel_lost(const char *root)
{
	put_san(root, 1);
}

/*
 * A server as they stand in racks: a RAID adapter for its system, memory on the bus, a SAN; two bonds over four ports,
 * VLANs on them, a switch of containers, its management controller at a USB cable, and everything that Linux makes of
 * disks.
 */
static inline void make_server(const char *root)
{
	static const struct nic nics[] = {
		{ .name = "eno1np0",
		  .device = CARD "0000:3b:00.0",
		  .driver = "bnxt_en",
		  .master = "bond0",
		  .speed = 25000 },
		{ .name = "eno2np1",
		  .device = CARD "0000:3b:00.1",
		  .driver = "bnxt_en",
		  .master = "bond1",
		  .speed = 25000 },
		{ .name = "ens5f0np0",
		  .device = OTHER_CARD "0000:d8:00.0",
		  .driver = "mlx5_core",
		  .master = "bond0",
		  .speed = 25000 },
		{ .name = "ens5f1np1",
		  .device = OTHER_CARD "0000:d8:00.1",
		  .driver = "mlx5_core",
		  .master = "bond1",
		  .speed = 25000 },
		{ .name = "idrac",
		  .device = "pci0000:00/0000:00:14.0/usb1/1-14/1-14.3/1-14.3:1.0",
		  .driver = "cdc_ether",
		  .speed = 425 },
		{ .name = "bond0.20", .master = "br20" },
		{ .name = "bond1.30" },
		{ .name = "veth1a2b3c4", .master = "docker0" },
		{ .name = "ovs-system" },
		{ .name = "vxlan_sys_4789", .master = "ovs-system" },
		{ .name = "vnet0", .master = "br20" },
		{ .name = "dummy0" },
	};
	static const char *const made[] = { "md127", "loop0", "zram0", "ram0", "nbd0", "drbd0" };
	static const char *const san[] = { "sdb", "sdc", NULL };

	put_machine(root, &(struct machine){ .sockets = 2, .cores = 4, .threads = 2, .gib = 64, .gib_available = 48 });
	put_system(root);
	put_line(at(root, "/proc/2/comm"), "kthreadd");
	put_folder(at(root, "/sys/class/misc/kvm"));
	put_bond(root, "bond0", "802.3ad 4", 50000);
	put_bond(root, "bond1", "802.3ad 4", 50000);
	put_bridge(root, "br20");
	put_bridge(root, "docker0");
	for (size_t i = 0; i < sizeof(nics) / sizeof(nics[0]); i++)
		put_nic(root, &nics[i]);
	put_disk(root, &(struct disk){ .name = "sda",
				       .device = "pci0000:17/0000:18:00.0/host0/target0:3:111/0:3:111:0",
				       .naa = "6d0946604f0e3c002a2b2c2d2e2f3031",
				       .sectors = 447 * GIB_SECTORS });
	put_line(at(root, "/sys/class/scsi_host/host0/proc_name"), "megaraid_sas");
	for (unsigned int i = 0; i < 2; i++) {
		put_fibre_channel(
			root, &(struct fibre_channel){ .name = i ? "host2" : "host1",
						       .device = i ? FC_CARD "0000:af:00.1" : FC_CARD "0000:af:00.0",
						       .port_name = i ? "0x21000024ff1a2b3d" : "0x21000024ff1a2b3c",
						       .state = "Online",
						       .speed = "32 Gbit" });
		put_line(at(root, "/sys/class/nvme/nvme%u/transport", i), "pcie");
		put_line(at(root, "/sys/class/nvme/nvme%u/state", i), "live");
		put_line(at(root, "/sys/block/nvme%un1/wwid", i), at("", "eui.0025385a1b2c3d4%u", i));
		put_number(at(root, "/sys/block/nvme%un1/size", i), 894 * GIB_SECTORS);
		put_link(at(root, "/sys/block/nvme%un1/device", i), at("", "../../class/nvme/nvme%u", i));
	}
	put_disk(root, &(struct disk){ .name = "sdb",
				       .device = FC_CARD "0000:af:00.0/host1/rport-1:0-2/target1:0:0/1:0:0:0",
				       .naa = NAA_SHARED,
				       .sectors = 1024 * GIB_SECTORS });
	put_disk(root, &(struct disk){ .name = "sdc",
				       .device = FC_CARD "0000:af:00.1/host2/rport-2:0-2/target2:0:0/2:0:0:0",
				       .naa = NAA_SHARED,
				       .sectors = 1024 * GIB_SECTORS });
	put_multipath(root, "dm-0", "mpath-3" NAA_SHARED, 1024 * GIB_SECTORS, san);
	put_virtual_disk(root, "dm-1", "part1-mpath-3" NAA_SHARED);
	put_virtual_disk(root, "dm-2", "LVM-abcdef");
	put_virtual_disk(root, "dm-3", "CRYPT-LUKS2-0123-luks");
	for (size_t i = 0; i < sizeof(made) / sizeof(made[0]); i++)
		put_virtual_disk(root, made[i], NULL);
	put_disk(root, &(struct disk){ .name = "sdd",
				       .device = "pci0000:00/0000:00:14.0/usb2/2-3/2-3:1.0/host8/target8:0:0/8:0:0:0",
				       .sectors = 29 * GIB_SECTORS });
	put_disk(root, &(struct disk){ .name = "sr0",
				       .device = "pci0000:00/0000:00:14.0/usb1/1-14/1-14.1/host9/target9:0:0/9:0:0:0",
				       .type = 5,
				       .sectors = 0 });
}

#define SAS_HOST "pci0000:17/0000:18:00.0/host4"

static inline void put_sas_port(const char *root, unsigned int port, const char *address)
{
	const char *home = SAS_HOST;

	put_class(root, "sas_port", at("", "port-4:%u", port) + 0,
		  at("", "%s/port-4:%u/sas_port/port-4:%u", home, port, port));
	put_link(at(root, "/sys/class/sas_port/port-4:%u/device", port), at("", "../../../port-4:%u", port));
	for (unsigned int i = 4 * port; i < 4 * port + 4; i++) {
		put_folder(at(root, "/sys/devices/%s/port-4:%u/phy-4:%u", home, port, i));
		put_class(root, "sas_phy", at("", "phy-4:%u", i), at("", "%s/phy-4:%u/sas_phy/phy-4:%u", home, i, i));
		put_line(at(root, "/sys/class/sas_phy/phy-4:%u/sas_address", i), address);
		put_line(at(root, "/sys/class/sas_phy/phy-4:%u/negotiated_linkrate", i),
			 i % 4 ? "12.0 Gbit" : "Phy disabled");
	}
}

/* An adapter with a cable to either controller of an array, one behind an expander; and one adapter to which nothing
 * is connected. */
static inline void make_sas(const char *root)
{
	put_bare(root);
	put_nic(root, &(struct nic){ .name = "eno1", .device = CARD "0000:3b:00.0", .driver = "igb", .speed = 1000 });
	put_nic(root, &(struct nic){ .name = "eno2", .device = CARD "0000:3b:00.1", .driver = "igb", .speed = 1000 });
	put_class(root, "sas_host", "host4", SAS_HOST "/sas_host/host4");
	put_link(at(root, "/sys/class/sas_host/host4/device"), "../../../host4");
	put_sas_port(root, 0, "0x500605b00a1b2c30");
	put_sas_port(root, 1, "0x500605b00a1b2c34");
	put_class(root, "sas_port", "port-4:0:0", SAS_HOST "/port-4:0/expander-4:0/port-4:0:0/sas_port/port-4:0:0");
	put_class(root, "sas_host", "host5", "pci0000:17/0000:19:00.0/host5/sas_host/host5");
	put_link(at(root, "/sys/class/sas_host/host5/device"), "../../../host5");
	put_disk(root, &(struct disk){ .name = "sdb",
				       .device = SAS_HOST "/port-4:0/end_device-4:0/target4:0:0/4:0:0:0",
				       .naa = NAA_SHARED,
				       .sectors = 1024 * GIB_SECTORS,
				       .version = 6 });
	put_disk(root, &(struct disk){ .name = "sdc",
				       .device = SAS_HOST "/port-4:1/end_device-4:1/target4:0:1/4:0:1:0",
				       .naa = NAA_SHARED,
				       .sectors = 1024 * GIB_SECTORS,
				       .version = 6 });
}

/* One session, over one port, to a target whose kernel keeps no answers to INQUIRY. */
static inline void make_iscsi(const char *root)
{
	const char *home = "platform/host6/session1";

	put_bare(root);
	put_nic(root,
		&(struct nic){ .name = "eno1", .device = CARD "0000:3b:00.0", .driver = "e1000e", .speed = 1000 });
	put_class(root, "iscsi_host", "host6", "platform/host6/iscsi_host/host6");
	put_line(at(root, "/sys/class/iscsi_host/host6/netdev"), "default");
	put_line(at(root, "/sys/class/iscsi_host/host6/ipaddress"), "192.0.2.11");
	put_class(root, "iscsi_session", "session1", at("", "%s/iscsi_session/session1", home));
	put_link(at(root, "/sys/class/iscsi_session/session1/device"), "../../../session1");
	put_line(at(root, "/sys/class/iscsi_session/session1/targetname"), "iqn.2003-01.org.linux-iscsi.san:vms");
	put_line(at(root, "/sys/class/iscsi_session/session1/state"), "LOGGED_IN");
	put_line(at(root, "/sys/class/iscsi_session/session1/ifacename"), "default");
	put_class(root, "iscsi_connection", "connection1:0",
		  at("", "%s/connection1:0/iscsi_connection/connection1:0", home));
	put_line(at(root, "/sys/class/iscsi_connection/connection1:0/persistent_address"), "192.0.2.200");
	put_line(at(root, "/sys/class/iscsi_connection/connection1:0/persistent_port"), "3260");
	put_disk(root, &(struct disk){ .name = "sdb",
				       .device = "platform/host6/session1/target6:0:0/6:0:0:0",
				       .without_inquiry = 1,
				       .sectors = 1024 * GIB_SECTORS });
	put_line(at(root, "/sys/block/sdb/device/wwid"), "naa." NAA_SHARED);
}

#endif
