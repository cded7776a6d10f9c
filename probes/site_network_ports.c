/* SPDX-License-Identifier: MIT */
/*
 * Network ports: /sys/class/net. A port is a plug that a cable goes into; what is made of ports, or stands for a part
 * of one, is listed beside them as what it is. Kernel: Documentation/ABI/testing/sysfs-class-net.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe_inside.h"
#include "site_entry.h"

#define NET "/sys/class/net"
#define IFF_UP_BIT 1 /* linux/if.h */
#define ARPHRD_ETHER_TYPE 1
#define ARPHRD_INFINIBAND_TYPE 32
/* Mbit/s. Some drivers write -1 without its sign where they do not know. */
#define SPEED_MAX INT32_MAX

/* Drivers of what a hypervisor gives its guests, by the names of their drivers in the kernel. A virtual function is
 * seen as such by its link to the physical one; within a guest there is no such link, and only the driver tells. */
static const struct {
	const char *driver;
	enum cpc_port_kind kind;
} drivers[] = {
	{ "virtio_net", CPC_PORT_PARAVIRTUAL },
	{ "hv_netvsc", CPC_PORT_PARAVIRTUAL },
	{ "vmxnet3", CPC_PORT_PARAVIRTUAL },
	{ "vif", CPC_PORT_PARAVIRTUAL }, /* xen-netfront */
	{ "xen_netfront", CPC_PORT_PARAVIRTUAL },
	{ "ena", CPC_PORT_PARAVIRTUAL },
	{ "gvnic", CPC_PORT_PARAVIRTUAL },
	{ "gve", CPC_PORT_PARAVIRTUAL },
	{ "mana", CPC_PORT_PARAVIRTUAL },
	{ "igbvf", CPC_PORT_VIRTUAL_FUNCTION },
	{ "ixgbevf", CPC_PORT_VIRTUAL_FUNCTION },
	{ "i40evf", CPC_PORT_VIRTUAL_FUNCTION },
	{ "iavf", CPC_PORT_VIRTUAL_FUNCTION },
	{ "cxgb4vf", CPC_PORT_VIRTUAL_FUNCTION },
	{ "hclgevf", CPC_PORT_VIRTUAL_FUNCTION },
	{ "rvu_nicvf", CPC_PORT_VIRTUAL_FUNCTION },
	/* Over USB to what is no network: the server's own management controller, a telephone, a modem. */
	{ "cdc_ether", CPC_PORT_OTHER },
	{ "cdc_eem", CPC_PORT_OTHER },
	{ "cdc_ncm", CPC_PORT_OTHER },
	{ "cdc_mbim", CPC_PORT_OTHER },
	{ "cdc_subset", CPC_PORT_OTHER },
	{ "huawei_cdc_ncm", CPC_PORT_OTHER },
	{ "rndis_host", CPC_PORT_OTHER },
	{ "qmi_wwan", CPC_PORT_OTHER },
	{ "ipheth", CPC_PORT_OTHER },
};

/* What is made of other interfaces says so by its own folder, or by its type. */
static enum cpc_port_kind kind_of_made(const struct cpc_entry *entry, const char *name)
{
	char type[CPC_SHORT_SIZE];
	struct cpc_entry daemon;
	char file[CPC_ENTRY_PATH_SIZE];

	if (cpc_entry_has(entry, "bonding"))
		return CPC_PORT_BOND;
	if (cpc_entry_has(entry, "bridge"))
		return CPC_PORT_BRIDGE;
	/* A team is run by a program, which leaves its number there; not every kernel names the type. */
	if (cpc_entry_uevent(entry, "DEVTYPE", type, sizeof(type)) && strcmp(type, "team") == 0)
		return CPC_PORT_TEAM;
	(void)snprintf(file, sizeof(file), "%s.pid", name);
	if (cpc_entry_of(&daemon, entry->sysroot, "/run", "teamd") && cpc_entry_has(&daemon, file))
		return CPC_PORT_TEAM;
	return CPC_PORT_OTHER;
}

/* In its host a virtual function can be stood for by an interface with a device, named after the function it stands
 * for: "pf0vf1", "c1pf0sf3"; the plug itself is "p0". Kernel: devlink_port_phys_port_name_get. */
static bool is_representor(const struct cpc_entry *entry)
{
	char name[CPC_SHORT_SIZE];
	const char *at = name;

	if (cpc_entry_word(entry, "phys_port_name", name, sizeof(name)) <= 0)
		return false;
	if (*at == 'c') {
		at++;
		at += strspn(at, "0123456789");
	}
	return strncmp(at, "pf", 2) == 0 || strncmp(at, "vf", 2) == 0;
}

/* A partition of InfiniBand has the device of the port that it is of, and says by number whose it is (ipoib_main.c). */
static bool is_child(const struct cpc_entry *entry)
{
	struct cpc_measurement own;
	struct cpc_measurement link;

	(void)cpc_entry_number(entry, "ifindex", &own);
	(void)cpc_entry_number(entry, "iflink", &link);
	return own.known && link.known && own.value != link.value;
}

/* A function of a card that is none of PCI's, but a device of the auxiliary bus: "mlx5_core.sf.4". */
static bool is_subfunction(const struct cpc_entry *entry)
{
	char device[CPC_SHORT_SIZE];

	return cpc_entry_link(entry, "device", device, sizeof(device)) > 0 && strstr(device, ".sf.");
}

/* The host's end of a wire to a guest of Xen, whose driver has the same name as the guest's. */
static bool is_backend(const struct cpc_entry *entry)
{
	char bus[CPC_SHORT_SIZE];

	return cpc_entry_link(entry, "device/subsystem", bus, sizeof(bus)) > 0 && strcmp(bus, "xen-backend") == 0;
}

static bool is_radio(const struct cpc_entry *entry)
{
	char type[CPC_SHORT_SIZE];

	return cpc_entry_has(entry, "phy80211") || cpc_entry_has(entry, "wireless") ||
	       (cpc_entry_uevent(entry, "DEVTYPE", type, sizeof(type)) && strcmp(type, "wwan") == 0);
}

static enum cpc_port_kind kind_of_device(const struct cpc_entry *entry, const char *driver)
{
	struct cpc_measurement type;

	if (is_backend(entry))
		return CPC_PORT_OTHER;
	if (cpc_entry_has(entry, "device/physfn") || is_subfunction(entry))
		return CPC_PORT_VIRTUAL_FUNCTION;
	for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++)
		if (strcmp(driver, drivers[i].driver) == 0)
			return drivers[i].kind;
	(void)cpc_entry_number(entry, "type", &type);
	if (type.known && type.value != ARPHRD_ETHER_TYPE && type.value != ARPHRD_INFINIBAND_TYPE)
		return CPC_PORT_OTHER;
	if (is_radio(entry) || is_representor(entry) || (type.value == ARPHRD_INFINIBAND_TYPE && is_child(entry)))
		return CPC_PORT_OTHER;
	return CPC_PORT_PHYSICAL;
}

static enum cpc_port_kind kind_of(const struct cpc_entry *entry, const char *name, const char *driver)
{
	return cpc_entry_has(entry, "device") ? kind_of_device(entry, driver) : kind_of_made(entry, name);
}

static enum cpc_tristate read_up(const struct cpc_entry *entry)
{
	char text[CPC_SHORT_SIZE];
	char *end;
	unsigned long flags;

	if (cpc_entry_word(entry, "flags", text, sizeof(text)) <= 0)
		return CPC_UNKNOWN;
	errno = 0;
	flags = strtoul(text, &end, 16);
	if (errno || end == text || *end)
		return CPC_UNKNOWN;
	return flags & IFF_UP_BIT ? CPC_SET : CPC_CLEAR;
}

static struct cpc_measurement read_speed(const struct cpc_entry *entry)
{
	struct cpc_measurement speed;

	(void)cpc_entry_number(entry, "speed", &speed);
	if (!speed.value || speed.value > SPEED_MAX)
		speed = (struct cpc_measurement){ .known = false };
	return speed;
}

/* "802.3ad 4": the name, and the number that goes with it. */
static void read_mode(const struct cpc_entry *entry, struct cpc_port *port)
{
	if (port->kind != CPC_PORT_BOND)
		return;
	(void)cpc_entry_word(entry, "bonding/mode", port->mode, sizeof(port->mode));
	port->mode[strcspn(port->mode, " ")] = '\0';
}

/* What of an interface is told from the others by. Those that matter most come first into the list, which is bounded:
 * a host of many guests has hundreds of others. */
static unsigned int turn_of(enum cpc_port_kind kind)
{
	switch (kind) {
	case CPC_PORT_PHYSICAL:
	case CPC_PORT_PARAVIRTUAL:
		return 0;
	case CPC_PORT_BOND:
	case CPC_PORT_TEAM:
		return 1;
	default:
		return 2;
	}
}

#define TURNS 3

struct search {
	const char *sysroot;
	struct cpc_site *site;
	unsigned int turn;
	bool out_of_memory;
};

static void add_port(void *context, const char *name)
{
	struct search *search = context;
	char driver[CPC_SHORT_SIZE];
	const size_t left_out = search->site->ports_left_out;
	enum cpc_port_kind kind;
	struct cpc_entry entry;
	struct cpc_port *port;

	if (!cpc_entry_of(&entry, search->sysroot, NET, name))
		return;
	/* bonding_masters is a file among the folders. */
	if (strcmp(name, "bonding_masters") == 0)
		return;
	(void)cpc_entry_link(&entry, "device/driver", driver, sizeof(driver));
	kind = kind_of(&entry, name, driver);
	if (turn_of(kind) != search->turn)
		return;
	port = cpc_site_add_port(search->site);
	if (!port) {
		search->out_of_memory |= search->site->ports_left_out == left_out;
		return;
	}
	cpc_text_clean(port->name, sizeof(port->name), name, strlen(name));
	(void)snprintf(port->driver, sizeof(port->driver), "%s", driver);
	port->kind = kind;
	(void)cpc_entry_link(&entry, "master", port->master, sizeof(port->master));
	(void)cpc_entry_link(&entry, "device", port->slot, sizeof(port->slot));
	(void)cpc_entry_word(&entry, "phys_port_id", port->plug, sizeof(port->plug));
	read_mode(&entry, port);
	port->up = read_up(&entry);
	port->carrier = port->up == CPC_CLEAR ? CPC_UNKNOWN : cpc_entry_flag(&entry, "carrier");
	port->speed = read_speed(&entry);
	(void)cpc_entry_number(&entry, "device/sriov_numvfs", &port->virtual_functions);
	(void)cpc_entry_number(&entry, "device/sriov_totalvfs", &port->virtual_functions_max);
}

static int compare_ports(const void *a, const void *b)
{
	return strverscmp(((const struct cpc_port *)a)->name, ((const struct cpc_port *)b)->name);
}

/* Of several physical functions of one plug the first, by name, counts as the port. */
static void find_partitions(struct cpc_site *site)
{
	for (size_t i = 1; i < site->port_count; i++) {
		struct cpc_port *port = &site->ports[i];

		for (size_t j = 0; j < i && port->kind == CPC_PORT_PHYSICAL && port->plug[0]; j++)
			if (site->ports[j].kind == CPC_PORT_PHYSICAL && strcmp(site->ports[j].plug, port->plug) == 0)
				port->kind = CPC_PORT_PARTITION;
	}
}

/* Most of these settings are the kernel's as a whole, and shown in its first network alone (Linux,
 * net/core/sysctl_net_core.c: net_core_table is init_net's). */
static enum cpc_tristate in_namespace(const char *sysroot)
{
	if (cpc_sysroot_has(sysroot, "/proc/sys/net/core/netdev_max_backlog") == 1)
		return CPC_CLEAR;
	return cpc_sysroot_has(sysroot, "/proc/sys/net/core") == 1 ? CPC_SET : CPC_UNKNOWN;
}

enum cpc_probe_status cpc_site_network_ports(const struct cpc_site_env *env, struct cpc_site *site,
					     struct cpc_site_result *result)
{
	struct search search = { .sysroot = env->sysroot, .site = site };
	int count = 0;

	for (; search.turn < TURNS && count >= 0; search.turn++)
		count = cpc_sysroot_each(env->sysroot, NET, add_port, &search);
	if (count == CPC_FOLDER_ENTRIES_MAX)
		site->ports_left_out++;
	if (site->port_count)
		qsort(site->ports, site->port_count, sizeof(*site->ports), compare_ports);
	find_partitions(site);
	site->host.private_network = in_namespace(env->sysroot);
	if (count < 0)
		(void)snprintf(result->needs, sizeof(result->needs), NET);
	if (count < 0)
		return cpc_probe_status_of(count);
	return search.out_of_memory ? CPC_PROBE_FAILED : CPC_PROBE_OK;
}
