/* SPDX-License-Identifier: MIT */
/* Ways to storage: which there are, and which of them lead there now. */
#include "site_support.h"

static enum cpc_probe_status run(struct sited *sited)
{
	return run_probe(sited, CPC_SITE_STORAGE_PORTS, cpc_site_storage_ports);
}

static void two_ports_of_fibre_channel(void **state)
{
	struct sited *sited = *state;
	const struct cpc_storage_port *port;

	make_host("fc", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(sited->site.storage_port_count, 3);
	port = storage_port_named(sited, "host1");
	assert_int_equal(port->transport, CPC_TRANSPORT_FIBRE_CHANNEL);
	assert_string_equal(port->identity, "0x21000024ff123456");
	assert_string_equal(port->state, "Online");
	assert_string_equal(port->speed, "16 Gbit");
	assert_string_equal(port->through, "");
	assert_int_equal(port->usable, CPC_SET);
	assert_false(port->shares_plug);
	assert_true(storage_port_named(sited, "host9")->shares_plug);
}

static void one_of_them_is_lost(void **state)
{
	struct sited *sited = *state;
	const struct cpc_storage_port *port;

	make_host("fc-lost", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(sited->site.storage_port_count, 2);
	assert_int_equal(storage_port_named(sited, "host1")->usable, CPC_SET);
	port = storage_port_named(sited, "host2");
	assert_int_equal(port->usable, CPC_CLEAR);
	assert_string_equal(port->state, "Linkdown");
	assert_string_equal(port->speed, "");
}

static void a_state_that_is_not_told_is_unknown(void **state)
{
	struct sited *sited = *state;

	make_host("fc", sited->root);
	put_line(at(sited->root, "/sys/class/fc_host/host1/port_state"), "Unknown");
	put_line(at(sited->root, "/sys/class/fc_host/host2/port_state"), "");
	put_line(at(sited->root, "/sys/class/fc_host/host9/port_state"), "Onlinely");
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(storage_port_named(sited, "host1")->usable, CPC_UNKNOWN);
	assert_int_equal(storage_port_named(sited, "host2")->usable, CPC_UNKNOWN);
	assert_int_equal(storage_port_named(sited, "host9")->usable, CPC_CLEAR);
}

static void fibre_channel_over_ethernet_names_its_interface(void **state)
{
	struct sited *sited = *state;

	make_host("fc", sited->root);
	put_line(at(sited->root, "/sys/class/fc_host/host1/symbolic_name"), "fcoe v0.1 over eth2");
	put_line(at(sited->root, "/sys/class/fc_host/host2/symbolic_name"), "QLE2692 FW:v8.08 over");
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_string_equal(storage_port_named(sited, "host1")->through, "eth2");
	assert_string_equal(storage_port_named(sited, "host2")->through, "");
}

static void sas_ports_are_the_adapters_own(void **state)
{
	struct sited *sited = *state;
	const struct cpc_storage_port *port;

	make_host("sas", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(sited->site.storage_port_count, 3); /* not those of the expander */
	port = storage_port_named(sited, "port-4:0");
	assert_int_equal(port->transport, CPC_TRANSPORT_SAS);
	assert_string_equal(port->identity, "0x500605b00a1b2c30");
	assert_string_equal(port->speed, "12.0 Gbit");
	assert_int_equal(port->usable, CPC_SET);
	assert_string_equal(storage_port_named(sited, "port-4:1")->identity, "0x500605b00a1b2c34");
	port = storage_port_named(sited, "host5");
	assert_int_equal(port->usable, CPC_CLEAR);
	assert_string_equal(port->state, "nothing connected");
}

/* A server's own disks, each at a port of the adapter that it has for nothing else. */
static void a_sata_disk_is_no_way(void **state)
{
	static const char *const disks[] = { "end_device-4:0", "end_device-4:1" };
	struct sited *sited = *state;

	make_host("sas", sited->root);
	for (size_t i = 0; i < 2; i++)
		put_line(at(sited->root, "/sys/class/sas_device/%s/target_port_protocols", disks[i]), "sata");
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(sited->site.storage_port_count, 1);
	assert_string_equal(sited->site.storage_ports[0].name, "host5");
}

static void a_port_without_a_rate_is_down(void **state)
{
	struct sited *sited = *state;
	const struct cpc_storage_port *port;

	make_host("sas", sited->root);
	for (unsigned int phy = 0; phy < 8; phy++)
		put_line(at(sited->root, "/sys/class/sas_phy/phy-4:%u/negotiated_linkrate", phy),
			 phy < 4 ? "Link Rate failed" : "Unknown");
	assert_int_equal(run(sited), CPC_PROBE_OK);
	port = storage_port_named(sited, "port-4:0");
	assert_int_equal(port->usable, CPC_CLEAR);
	assert_string_equal(port->state, "Link Rate failed");
	assert_int_equal(storage_port_named(sited, "port-4:1")->usable, CPC_UNKNOWN);
}

static void a_session_is_a_way(void **state)
{
	struct sited *sited = *state;
	const struct cpc_storage_port *port;

	make_host("iscsi", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(sited->site.storage_port_count, 1);
	port = &sited->site.storage_ports[0];
	assert_string_equal(port->name, "session1");
	assert_int_equal(port->transport, CPC_TRANSPORT_ISCSI);
	assert_string_equal(port->identity, "iqn.2003-01.org.linux-iscsi.san:vms");
	assert_string_equal(port->portal, "192.0.2.200:3260");
	assert_string_equal(port->through, "192.0.2.11");
	assert_string_equal(port->state, "LOGGED_IN");
	assert_int_equal(port->usable, CPC_SET);
}

static void a_session_may_be_bound_to_an_interface(void **state)
{
	struct sited *sited = *state;

	make_host("iscsi", sited->root);
	put_line(at(sited->root, "/sys/class/iscsi_host/host6/netdev"), "eno1");
	put_line(at(sited->root, "/sys/class/iscsi_connection/connection1:0/persistent_address"), "2001:db8::1");
	put_line(at(sited->root, "/sys/class/iscsi_session/session1/state"), "FAILED");
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_string_equal(sited->site.storage_ports[0].through, "eno1");
	assert_string_equal(sited->site.storage_ports[0].portal, "[2001:db8::1]:3260");
	assert_int_equal(sited->site.storage_ports[0].usable, CPC_CLEAR);
}

/* Bound to none, it goes out from an address, which is on one; unless it is the portal's own. */
static void an_address_is_an_interfaces(void **state)
{
	struct sited *sited = *state;

	make_host("iscsi", sited->root);
	put_line(at(sited->root, "/proc/net/route"), "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n"
						     "eno1\t000200C0\t00000000\t0001\t0\t0\t0\t00FFFFFF");
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_string_equal(sited->site.storage_ports[0].through, "eno1");
	put_line(at(sited->root, "/sys/class/iscsi_host/host6/ipaddress"), "192.0.2.200");
	cpc_site_free(&sited->site);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_string_equal(sited->site.storage_ports[0].through, "192.0.2.200");
	put_line(at(sited->root, "/sys/class/iscsi_host/host6/ipaddress"), "192.0.2.20");
	cpc_site_free(&sited->site);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_string_equal(sited->site.storage_ports[0].through, "eno1");
	cpc_site_free(&sited->site);
	sited->site.host.private_network = CPC_SET;
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_string_equal(sited->site.storage_ports[0].through, "192.0.2.20");
}

static void a_session_may_not_say_by_which(void **state)
{
	struct sited *sited = *state;

	make_host("iscsi", sited->root);
	put_line(at(sited->root, "/sys/class/iscsi_host/host6/ipaddress"), "<NULL>");
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_string_equal(sited->site.storage_ports[0].through, "");
	put_line(at(sited->root, "/sys/class/iscsi_session/session1/ifacename"), "san-a");
	cpc_site_free(&sited->site);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_string_equal(sited->site.storage_ports[0].through, "san-a");
}

static void put_controller(const char *root, const char *name, const char *transport, const char *address)
{
	put_class(root, "nvme", name, at("", "virtual/nvme-fabrics/ctl/%s", name));
	put_line(at(root, "/sys/class/nvme/%s/transport", name), transport);
	put_line(at(root, "/sys/class/nvme/%s/subsysnqn", name), "nqn.2014-08.org.example:vms");
	put_line(at(root, "/sys/class/nvme/%s/state", name), "live");
	if (address)
		put_line(at(root, "/sys/class/nvme/%s/address", name), address);
}

static void controllers_over_fabrics_are_ways(void **state)
{
	struct sited *sited = *state;
	const struct cpc_storage_port *port;

	put_controller(sited->root, "nvme0", "pcie", "0000:01:00.0");
	put_controller(sited->root, "nvme1", "tcp", "traddr=192.0.2.200,trsvcid=4420,src_addr=192.0.2.11");
	put_controller(sited->root, "nvme2", "rdma", "traddr=192.0.2.201,trsvcid=4420,host_iface=eno2,src_addr=x");
	put_controller(sited->root, "nvme3", "tcp", "traddr=192.0.2.200,trsvcid=8009");
	put_line(at(sited->root, "/sys/class/nvme/nvme3/cntrltype"), "discovery");
	put_line(at(sited->root, "/sys/class/nvme/nvme2/state"), "connecting");
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(sited->site.storage_port_count, 2);
	port = storage_port_named(sited, "nvme1");
	assert_int_equal(port->transport, CPC_TRANSPORT_NVME_FABRICS);
	assert_string_equal(port->identity, "nqn.2014-08.org.example:vms");
	assert_string_equal(port->portal, "192.0.2.200:4420");
	assert_string_equal(port->through, "192.0.2.11");
	assert_int_equal(port->usable, CPC_SET);
	port = storage_port_named(sited, "nvme2");
	assert_string_equal(port->through, "eno2");
	assert_int_equal(port->usable, CPC_CLEAR);
}

static void a_host_may_have_none(void **state)
{
	struct sited *sited = *state;

	make_host("bonds", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(sited->site.storage_port_count, 0);
	assert_string_equal(sited->site.results[CPC_SITE_STORAGE_PORTS].needs, "");
}

static void an_empty_folder_is_absent(void **state)
{
	struct sited *sited = *state;

	make_host("empty", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_ABSENT);
	assert_string_equal(sited->site.results[CPC_SITE_STORAGE_PORTS].needs, "/sys/class");
}

/* What can be read of it is read, and what cannot is told. */
static void a_hostile_one_failed(void **state)
{
	struct sited *sited = *state;
	const struct cpc_storage_port *port;

	make_host("hostile", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_FAILED);
	assert_string_equal(sited->site.results[CPC_SITE_STORAGE_PORTS].needs, "/sys/class/fc_host");
	assert_int_equal(sited->site.storage_ports_left_out, 1);
	assert_int_equal(storage_port_named(sited, "port-0:0")->usable, CPC_UNKNOWN);
	port = storage_port_named(sited, "session1");
	assert_int_equal(port->usable, CPC_UNKNOWN);
	assert_clean(port->identity, sizeof(port->identity));
	port = storage_port_named(sited, "nvme1");
	assert_string_equal(port->through, "?[2J");
	assert_string_equal(port->portal, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		site_test(two_ports_of_fibre_channel),
		site_test(one_of_them_is_lost),
		site_test(a_state_that_is_not_told_is_unknown),
		site_test(fibre_channel_over_ethernet_names_its_interface),
		site_test(sas_ports_are_the_adapters_own),
		site_test(a_sata_disk_is_no_way),
		site_test(a_port_without_a_rate_is_down),
		site_test(a_session_is_a_way),
		site_test(a_session_may_be_bound_to_an_interface),
		site_test(an_address_is_an_interfaces),
		site_test(a_session_may_not_say_by_which),
		site_test(controllers_over_fabrics_are_ways),
		site_test(a_host_may_have_none),
		site_test(an_empty_folder_is_absent),
		site_test(a_hostile_one_failed),
	};

	return cmocka_run_group_tests_name("site_storage_ports", tests, NULL, NULL);
}
