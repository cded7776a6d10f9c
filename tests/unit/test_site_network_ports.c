/* SPDX-License-Identifier: MIT */
/* What is a port, and what is only made of ports or stands for a part of one. */
#include "site_support.h"

static enum cpc_probe_status run(struct sited *sited)
{
	return run_probe(sited, CPC_SITE_NETWORK_PORTS, cpc_site_network_ports);
}

static size_t count_of(const struct sited *sited, enum cpc_port_kind kind)
{
	size_t count = 0;

	for (size_t i = 0; i < sited->site.port_count; i++)
		count += sited->site.ports[i].kind == kind;
	return count;
}

static void two_bonds_of_four_ports(void **state)
{
	struct sited *sited = *state;
	const struct cpc_port *port;

	make_host("bonds", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(count_of(sited, CPC_PORT_PHYSICAL), 4);
	assert_int_equal(count_of(sited, CPC_PORT_BOND), 2);
	assert_int_equal(count_of(sited, CPC_PORT_BRIDGE), 1);
	assert_int_equal(count_of(sited, CPC_PORT_OTHER), 3);
	assert_int_equal(sited->site.port_count, 10); /* and not the file bonding_masters */
	port = port_named(sited, "bond0");
	assert_string_equal(port->mode, "802.3ad");
	assert_measured(port->speed, 20000);
	assert_string_equal(port->slot, "");
	assert_string_equal(port_named(sited, "bond1")->mode, "active-backup");
	port = port_named(sited, "eno1");
	assert_string_equal(port->driver, "ixgbe");
	assert_string_equal(port->master, "bond0");
	assert_string_equal(port->slot, "0000:3b:00.0");
	assert_string_equal(port->mode, "");
	assert_int_equal(port->carrier, CPC_SET);
	assert_int_equal(port->up, CPC_SET);
	assert_measured(port->speed, 10000);
	assert_false(port->virtual_functions_max.known);
	assert_string_equal(port_named(sited, "vnet0")->master, "br0");
	port = port_named(sited, "ens1f1");
	assert_int_equal(port->carrier, CPC_CLEAR);
	assert_false(port->speed.known);
}

static void functions_and_partitions_share_a_plug(void **state)
{
	struct sited *sited = *state;
	const struct cpc_port *port;

	make_host("sriov", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(count_of(sited, CPC_PORT_PHYSICAL), 3);
	assert_int_equal(count_of(sited, CPC_PORT_VIRTUAL_FUNCTION), 4);
	assert_int_equal(count_of(sited, CPC_PORT_PARTITION), 1);
	port = port_named(sited, "enp59s0f0");
	assert_int_equal(port->kind, CPC_PORT_PHYSICAL);
	assert_measured(port->virtual_functions, 4);
	assert_measured(port->virtual_functions_max, 64);
	assert_string_equal(port->master, "team0");
	assert_int_equal(port_named(sited, "enp59s0f1")->kind, CPC_PORT_PHYSICAL);
	assert_int_equal(port_named(sited, "enp59s0f2")->kind, CPC_PORT_PARTITION);
	assert_int_equal(port_named(sited, "enp59s0f0v3")->kind, CPC_PORT_VIRTUAL_FUNCTION);
}

static void what_only_looks_like_a_port_is_none(void **state)
{
	struct sited *sited = *state;

	make_host("sriov", sited->root);
	put_nic(sited->root, &(struct nic){ .name = "can0", .device = "pci0000:00/0000:00:0a.0", .driver = "peak" });
	put_number(at(sited->root, "/sys/class/net/can0/type"), 280);
	put_nic(sited->root,
		&(struct nic){ .name = "ib0", .device = "pci0000:00/0000:00:0b.0", .driver = "mlx5_core" });
	put_number(at(sited->root, "/sys/class/net/ib0/type"), 32);
	put_line(at(sited->root, "/sys/class/net/ib0/phys_port_name"), "p0");
	put_nic(sited->root, &(struct nic){ .name = "eth9", .device = "pci0000:00/0000:00:0b.0" });
	put_line(at(sited->root, "/sys/class/net/eth9/phys_port_name"), "c1pf0sf7");
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(port_named(sited, "eth4")->kind, CPC_PORT_OTHER);
	assert_int_equal(port_named(sited, "wlp2s0")->kind, CPC_PORT_OTHER);
	assert_int_equal(port_named(sited, "can0")->kind, CPC_PORT_OTHER);
	assert_int_equal(port_named(sited, "eth9")->kind, CPC_PORT_OTHER);
	assert_int_equal(port_named(sited, "ib0")->kind, CPC_PORT_PHYSICAL);
}

/* What servers have beside their plugs: the management controller at the end of a USB cable that nobody sees, modems,
 * partitions of InfiniBand, functions of a card that are no functions of PCI, and a dom0's ends of its guests' wires.
 */
static void a_device_is_no_plug(void **state)
{
	static const char *const usb[] = { "cdc_ether", "rndis_host", "cdc_ncm", "cdc_eem", "qmi_wwan", "ipheth" };
	struct sited *sited = *state;
	char name[32];
	char device[96];

	make_host("bonds", sited->root);
	for (size_t i = 0; i < sizeof(usb) / sizeof(usb[0]); i++) {
		(void)snprintf(name, sizeof(name), "usb%zu", i);
		(void)snprintf(device, sizeof(device), "pci0000:00/0000:00:14.0/usb1/1-14/1-14.%zu:1.0", i + 1);
		put_nic(sited->root, &(struct nic){ .name = name, .device = device, .driver = usb[i], .speed = 425 });
	}
	put_nic(sited->root, &(struct nic){ .name = "enx0050b6",
					    .device = "pci0000:00/0000:00:14.0/usb2/2-1/2-1:1.0",
					    .driver = "r8152",
					    .speed = 1000 });
	put_nic(sited->root, &(struct nic){ .name = "wwan0", .device = "pci0000:00/0000:00:1c.0", .driver = "iosm" });
	put_bytes(at(sited->root, "/sys/class/net/wwan0/uevent"), "DEVTYPE=wwan\nINTERFACE=wwan0\n", 29);
	put_nic(sited->root,
		&(struct nic){ .name = "ib0", .device = "pci0000:80/0000:81:00.0", .driver = "mlx5_core" });
	put_nic(sited->root,
		&(struct nic){ .name = "ib0.8001", .device = "pci0000:80/0000:81:00.0", .driver = "mlx5_core" });
	for (unsigned int i = 0; i < 2; i++) {
		const char *port = i ? "ib0.8001" : "ib0";

		put_number(at(sited->root, "/sys/class/net/%s/type", port), 32);
		put_number(at(sited->root, "/sys/class/net/%s/ifindex", port), 20 + i);
		put_number(at(sited->root, "/sys/class/net/%s/iflink", port), 20);
	}
	put_nic(sited->root, &(struct nic){ .name = "enp129s0f0s88",
					    .device = "pci0000:80/0000:81:00.0/mlx5_core.sf.4",
					    .driver = "mlx5_core.sf" });
	put_nic(sited->root, &(struct nic){ .name = "vif1.0", .device = "vif-1-0", .driver = "vif" });
	put_link(at(sited->root, "/sys/devices/vif-1-0/subsystem"), "../../bus/xen-backend");
	put_nic(sited->root, &(struct nic){ .name = "eth7", .device = "vif-0", .driver = "vif" });
	put_link(at(sited->root, "/sys/devices/vif-0/subsystem"), "../../bus/xen");
	assert_int_equal(run(sited), CPC_PROBE_OK);
	for (size_t i = 0; i < sizeof(usb) / sizeof(usb[0]); i++) {
		(void)snprintf(name, sizeof(name), "usb%zu", i);
		assert_int_equal(port_named(sited, name)->kind, CPC_PORT_OTHER);
	}
	assert_int_equal(port_named(sited, "enx0050b6")->kind, CPC_PORT_PHYSICAL);
	assert_int_equal(port_named(sited, "wwan0")->kind, CPC_PORT_OTHER);
	assert_int_equal(port_named(sited, "ib0")->kind, CPC_PORT_PHYSICAL);
	assert_int_equal(port_named(sited, "ib0.8001")->kind, CPC_PORT_OTHER);
	assert_int_equal(port_named(sited, "enp129s0f0s88")->kind, CPC_PORT_VIRTUAL_FUNCTION);
	assert_int_equal(port_named(sited, "vif1.0")->kind, CPC_PORT_OTHER);
	assert_int_equal(port_named(sited, "eth7")->kind, CPC_PORT_PARAVIRTUAL);
}

static void a_server_has_four_ports(void **state)
{
	struct sited *sited = *state;

	make_host("server", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(count_of(sited, CPC_PORT_PHYSICAL), 4);
	assert_int_equal(count_of(sited, CPC_PORT_BOND), 2);
	assert_int_equal(count_of(sited, CPC_PORT_BRIDGE), 2);
	assert_int_equal(count_of(sited, CPC_PORT_PARAVIRTUAL), 0);
}

static void a_team_is_known_by_its_type_or_its_program(void **state)
{
	struct sited *sited = *state;

	make_host("sriov", sited->root);
	put_nic(sited->root, &(struct nic){ .name = "team1" });
	put_bytes(at(sited->root, "/sys/class/net/team1/uevent"), "IFINDEX=7\nDEVTYPE=team\nINTERFACE=team1\n", 38);
	put_nic(sited->root, &(struct nic){ .name = "team2" });
	put_bytes(at(sited->root, "/sys/class/net/team2/uevent"), "XDEVTYPE=team\nDEVTYPE=vlan\n", 27);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(port_named(sited, "team0")->kind, CPC_PORT_TEAM);
	assert_int_equal(port_named(sited, "team1")->kind, CPC_PORT_TEAM);
	assert_int_equal(port_named(sited, "team2")->kind, CPC_PORT_OTHER);
}

static void a_carrier_is_not_known_while_it_is_down(void **state)
{
	struct sited *sited = *state;
	const struct cpc_port *port;

	make_host("sriov", sited->root);
	/* Such a file is none of a kernel's. */
	put_number(at(sited->root, "/sys/class/net/enp60s0/carrier"), 0);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	port = port_named(sited, "enp60s0");
	assert_int_equal(port->up, CPC_CLEAR);
	assert_int_equal(port->carrier, CPC_UNKNOWN);
	assert_false(port->speed.known);
}

static void a_speed_that_is_none_is_not_known(void **state)
{
	static const char *const none[] = { "-1", "0", "4294967295", "", "fast", "99999999999999999999999" };
	struct sited *sited = *state;

	make_host("bonds", sited->root);
	for (size_t i = 0; i < COUNT(none); i++) {
		put_line(at(sited->root, "/sys/class/net/eno1/speed"), none[i]);
		assert_int_equal(run(sited), CPC_PROBE_OK);
		assert_false(port_named(sited, "eno1")->speed.known);
		cpc_site_free(&sited->site);
	}
}

static void guests_have_no_port_that_can_be_seen(void **state)
{
	struct sited *sited = *state;

	make_host("kvm-guest", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(port_named(sited, "ens3")->kind, CPC_PORT_PARAVIRTUAL);
	assert_int_equal(port_named(sited, "ens4")->kind, CPC_PORT_VIRTUAL_FUNCTION);
	assert_int_equal(count_of(sited, CPC_PORT_PHYSICAL), 0);
}

static void netvsc_is_paravirtual(void **state)
{
	struct sited *sited = *state;

	make_host("hyperv-guest", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(port_named(sited, "eth0")->kind, CPC_PORT_PARAVIRTUAL);
	assert_int_equal(count_of(sited, CPC_PORT_PHYSICAL), 0);
}

static void a_container_has_none(void **state)
{
	struct sited *sited = *state;

	make_host("container", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(count_of(sited, CPC_PORT_OTHER), 2);
	assert_int_equal(sited->site.port_count, 2);
}

static void an_empty_folder_is_absent(void **state)
{
	struct sited *sited = *state;

	make_host("empty", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_ABSENT);
	assert_string_equal(sited->site.results[CPC_SITE_NETWORK_PORTS].needs, "/sys/class/net");
	assert_int_equal(sited->site.port_count, 0);
}

/* Hundreds of others do not crowd a port out; nor does what is odd about it. */
static void a_hostile_one_keeps_its_ports(void **state)
{
	struct sited *sited = *state;
	const struct cpc_port *port;

	make_host("hostile", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(sited->site.port_count, CPC_SITE_ITEMS_MAX);
	assert_true(sited->site.ports_left_out >= 300 - CPC_SITE_ITEMS_MAX);
	port = port_named(sited, "eth?[31m?X");
	assert_int_equal(port->kind, CPC_PORT_PHYSICAL);
	assert_int_equal(port->up, CPC_UNKNOWN);
	assert_int_equal(port->carrier, CPC_UNKNOWN);
	assert_false(port->speed.known);
	assert_string_equal(port->driver, "");
	assert_string_equal(port->slot, "device");
	assert_string_equal(port->master, "?");
	port = port_named(sited, "bond0");
	assert_string_equal(port->mode, "]0;evil?");
	assert_false(port->speed.known);
	for (size_t i = 0; i < sited->site.port_count; i++) {
		assert_clean(sited->site.ports[i].name, sizeof(port->name));
		assert_clean(sited->site.ports[i].master, sizeof(port->master));
		assert_clean(sited->site.ports[i].mode, sizeof(port->mode));
	}
}

static void a_folder_beyond_the_bound_is_told(void **state)
{
	struct sited *sited = *state;

	for (unsigned int i = 0; i <= CPC_FOLDER_ENTRIES_MAX; i++)
		put_bytes(at(sited->root, "/sys/class/net/x%u", i), "", 0);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(sited->site.port_count, CPC_SITE_ITEMS_MAX);
	assert_int_equal(sited->site.ports_left_out, CPC_FOLDER_ENTRIES_MAX - CPC_SITE_ITEMS_MAX + 1);
}

static void they_are_sorted_by_name(void **state)
{
	struct sited *sited = *state;

	make_host("sriov", sited->root);
	put_nic(sited->root, &(struct nic){ .name = "enp59s0f10" });
	assert_int_equal(run(sited), CPC_PROBE_OK);
	for (size_t i = 1; i < sited->site.port_count; i++)
		assert_true(strverscmp(sited->site.ports[i - 1].name, sited->site.ports[i].name) < 0);
}

/* Of the settings of networks a namespace shows its own, and not those of the kernel. */
static void a_network_of_its_own(void **state)
{
	struct sited *sited = *state;

	make_host("bonds", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(sited->site.host.private_network, CPC_UNKNOWN);
	put_line(at(sited->root, "/proc/sys/net/core/somaxconn"), "4096");
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(sited->site.host.private_network, CPC_SET);
	put_line(at(sited->root, "/proc/sys/net/core/netdev_max_backlog"), "1000");
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(sited->site.host.private_network, CPC_CLEAR);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		site_test(two_bonds_of_four_ports),
		site_test(functions_and_partitions_share_a_plug),
		site_test(what_only_looks_like_a_port_is_none),
		site_test(a_device_is_no_plug),
		site_test(a_server_has_four_ports),
		site_test(a_team_is_known_by_its_type_or_its_program),
		site_test(a_carrier_is_not_known_while_it_is_down),
		site_test(a_speed_that_is_none_is_not_known),
		site_test(guests_have_no_port_that_can_be_seen),
		site_test(netvsc_is_paravirtual),
		site_test(a_container_has_none),
		site_test(a_network_of_its_own),
		site_test(an_empty_folder_is_absent),
		site_test(a_hostile_one_keeps_its_ports),
		site_test(a_folder_beyond_the_bound_is_told),
		site_test(they_are_sorted_by_name),
	};

	return cmocka_run_group_tests_name("site_network_ports", tests, NULL, NULL);
}
