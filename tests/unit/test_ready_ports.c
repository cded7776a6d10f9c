/* SPDX-License-Identifier: MIT */
/* The rows of network ports and of ways to storage, with every verdict. */
#include "ready_support.h"

CHANGE(two_ports, for (size_t i = 3; i < 7; i++) site->ports[i].carrier = CPC_CLEAR;)
CHANGE(one_port, for (size_t i = 2; i < 7; i++) site->ports[i].carrier = CPC_CLEAR;)
CHANGE(one_plug, site->port_count = 2;)
CHANGE(some_down, for (size_t i = 2; i < 7; i++) site->ports[i].carrier = CPC_UNKNOWN;)
CHANGE(no_bond, site->ports[0].kind = CPC_PORT_BRIDGE;)
CHANGE(half_a_bond, site->ports[1].carrier = CPC_CLEAR; give_port(site, "eth6", CPC_PORT_PHYSICAL, "");)
CHANGE(bond_down, site->ports[1].carrier = CPC_UNKNOWN; give_port(site, "eth6", CPC_PORT_PHYSICAL, "");)
CHANGE(open_switch, site->ports[0].kind = CPC_PORT_OTHER;)
CHANGE(few_known, site->port_count = 2; site->ports_left_out = 3;)
CHANGE(denied, site->results[CPC_SITE_NETWORK_PORTS].status = CPC_PROBE_DENIED;)
CHANGE(failed, site->results[CPC_SITE_NETWORK_PORTS].status = CPC_PROBE_FAILED;)
CHANGE(absent, site->results[CPC_SITE_NETWORK_PORTS].status = CPC_PROBE_ABSENT;)
CHANGE(container, site->port_count = 0; give_port(site, "lo", CPC_PORT_OTHER, "");
       give_port(site, "eth0", CPC_PORT_OTHER, "");)
CHANGE(private_network, site->port_count = 0; give_port(site, "lo", CPC_PORT_OTHER, "");
       site->host.private_network = CPC_SET;)
CHANGE(without_ports, site->port_count = 0; give_port(site, "lo", CPC_PORT_OTHER, "");)
CHANGE(guest_ports, report->vantage = CPC_GUEST; site->port_count = 0;
       give_port(site, "eth0", CPC_PORT_PARAVIRTUAL, "");)
CHANGE(functions, for (size_t i = 3; i < 7; i++) site->ports[i].kind = CPC_PORT_VIRTUAL_FUNCTION;)

static void network(void **state)
{
	static const struct ready_case cases[] = {
		{ "six", NULL, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "two of six", two_ports, CPC_MET, CPC_NOT_MET, CPC_REMEDY_CONNECT_PORTS, 0, NULL },
		{ "one of six", one_port, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_CONNECT_PORTS, 0, NULL },
		{ "one", one_plug, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_ADD_PORTS, 0, NULL },
		{ "some down", some_down, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_RAISE_PORTS, 0, NULL },
		{ "no bond", no_bond, CPC_MET, CPC_NOT_MET, CPC_REMEDY_BOND, 0, NULL },
		{ "half a bond", half_a_bond, CPC_MET, CPC_NOT_MET, CPC_REMEDY_CONNECT_BOND, 0, NULL },
		{ "a bond down", bond_down, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_RAISE_PORTS, 0, NULL },
		{ "a switch in software", open_switch, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_ASK_PLATFORM, 0, NULL },
		{ "some left out", few_known, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_ASK_PLATFORM, 0, NULL },
		{ "denied", denied, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_PERMIT, 0, NULL },
		{ "failed", failed, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "absent", absent, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_THERE, 0, NULL },
		{ "a dump", make_dump, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_THERE, 0, NULL },
		{ "a container", container, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, 0, NULL },
		{ "a service's own network", private_network, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE,
		  0, NULL },
		{ "none", without_ports, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_ADD_PORTS, 0, NULL },
		{ "a guest", guest_ports, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, 0, NULL },
		{ "virtual functions", functions, CPC_MET, CPC_NOT_MET, CPC_REMEDY_ADD_PORTS, 0, NULL },
		{ "kvm asks nothing", without_ports, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, "kvm" },
		{ "vmware asks for one", one_plug, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, "vmware" },
		{ "vmware asks for one", without_ports, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_ADD_PORTS, 0, "vmware" },
	};

	(void)state;
	TRY_CASES(cases, CPC_ROW_NETWORK_PORTS);
}

static void make_iscsi(struct cluster *cluster, size_t host, const char *first, const char *second)
{
	static const char *const names[] = { "session1", "session2" };
	const char *const through[] = { first, second };

	for (size_t i = 0; i < 2; i++) {
		struct cpc_storage_port *port = &cluster->sites[host].storage_ports[i];

		strcpy(port->name, names[i]);
		strcpy(port->through, through[i]);
		port->transport = CPC_TRANSPORT_ISCSI;
	}
}

CHANGE(one_lost, site->storage_ports[1].usable = CPC_CLEAR;)
CHANGE(one_more_name, site->storage_ports[1].shares_plug = true;)
CHANGE(one_way, site->storage_port_count = 1;)
CHANGE(no_way, site->storage_port_count = 0;)
CHANGE(no_ways, site->storage_port_count = site[1].storage_port_count = 0;)
CHANGE(both_lost, site->storage_ports[0].usable = site->storage_ports[1].usable = CPC_CLEAR;)
CHANGE(way_unknown, site->storage_ports[1].usable = CPC_UNKNOWN;)
CHANGE(ways_unknown, site->storage_ports[0].usable = site->storage_ports[1].usable = CPC_UNKNOWN;)
CHANGE(path_lost, site->volumes[0].paths_usable = KNOWN(1);)
CHANGE(one_path, site->volumes[0].paths = site->volumes[0].paths_usable = KNOWN(1);)
CHANGE(one_path_of_sas, one_path(cluster); site->volumes[0].transport = CPC_TRANSPORT_SAS;)
CHANGE(own_disk, one_path(cluster); site->volumes[0].transport = CPC_TRANSPORT_LOCAL;)
CHANGE(two_disks, one_path_of_sas(cluster); give_volume(site, "sdc", "naa.6001405");
       site->volumes[1] = site->volumes[0]; strcpy(site->volumes[1].name, "sdc");)
CHANGE(no_volumes, site->results[CPC_SITE_VOLUMES].status = CPC_PROBE_DENIED;)
CHANGE(volumes_failed, site->results[CPC_SITE_VOLUMES].status = CPC_PROBE_FAILED;)
CHANGE(volumes_absent, site->results[CPC_SITE_VOLUMES].status = CPC_PROBE_ABSENT;)
CHANGE(ways_left_out, site->storage_port_count = 0; site->storage_ports_left_out = 1;)
CHANGE(one_nic, make_iscsi(cluster, 0, "eth0", "eth0");)
CHANGE(two_nics, make_iscsi(cluster, 0, "eth0", "eth1"); make_iscsi(cluster, 1, "eth2", "eth3");)
CHANGE(unknown_nics, make_iscsi(cluster, 0, "", "");)
CHANGE(half_known, make_iscsi(cluster, 0, "eth0", "");)
/* What goes through one plug is lost with it, whatever it is. */
CHANGE(over_fabrics, make_iscsi(cluster, 0, "eth0", "eth0"); make_iscsi(cluster, 1, "eth0", "eth0");
       for (size_t i = 0; i < 2; i++) for (size_t j = 0; j < 2; j++) site[i].storage_ports[j].transport =
	       CPC_TRANSPORT_NVME_FABRICS;)
CHANGE(two_over_fabrics, over_fabrics(cluster);
       for (size_t i = 0; i < 2; i++) strcpy(site[i].storage_ports[1].through, "eth1");)
CHANGE(fabrics_unknown, over_fabrics(cluster);
       for (size_t i = 0; i < 2; i++) for (size_t j = 0; j < 2; j++) * site[i].storage_ports[j].through = '\0';)
CHANGE(one_nic_two_protocols, one_nic(cluster); site->storage_ports[1].transport = CPC_TRANSPORT_NVME_FABRICS;)
CHANGE(fabrics_over_fc, site->storage_port_count = 1; strcpy(site->storage_ports[0].identity, "0x10000090fae0b5f5");
       strcpy(give_way(site, "nvme0", CPC_TRANSPORT_NVME_FABRICS)->through,
	      "nn-0x20000090fae0b5f5:pn-0x10000090fae0b5f5");)
CHANGE(guest_ways, report->vantage = CPC_GUEST; site->storage_port_count = 0;)
CHANGE(guest_folder, report->vantage = CPC_DUMP; site->storage_port_count = 0;
       site->volumes[0].transport = CPC_TRANSPORT_PARAVIRTUAL;)
CHANGE(bare_container, site->host.container = CPC_SET; site->storage_port_count = site->volume_count = 0;)
CHANGE(container_ways, site->host.container = CPC_SET;)

static void storage(void **state)
{
	static const struct ready_case cases[] = {
		{ "two", NULL, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "one lost", one_lost, CPC_MET, CPC_NOT_MET, CPC_REMEDY_MEND_PATH, 0, NULL },
		{ "one", one_way, CPC_MET, CPC_NOT_MET, CPC_REMEDY_ADD_PATH, 0, NULL },
		{ "one with two names", one_more_name, CPC_MET, CPC_NOT_MET, CPC_REMEDY_ADD_PATH, 0, NULL },
		{ "none", no_way, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_ADD_PATH, 0, NULL },
		{ "both lost", both_lost, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_MEND_PATH, 0, NULL },
		{ "one unknown", way_unknown, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "both unknown", ways_unknown, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "a path lost", path_lost, CPC_MET, CPC_NOT_MET, CPC_REMEDY_MEND_PATH, 0, NULL },
		{ "a volume with one", one_path, CPC_MET, CPC_NOT_MET, CPC_REMEDY_ADD_PATH, 0, NULL },
		{ "a volume with one, on SAS", one_path_of_sas, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "its own disk", own_disk, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "two without a multipath", two_disks, CPC_MET, CPC_NOT_MET, CPC_REMEDY_MULTIPATH, 0, NULL },
		{ "2012 asks for none more", one_path, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, "hyperv-2012" },
		{ "volumes denied", no_volumes, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_PERMIT, 0, NULL },
		{ "volumes failed", volumes_failed, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "volumes absent", volumes_absent, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_THERE, 0, NULL },
		{ "left out", ways_left_out, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "iSCSI, one NIC", one_nic, CPC_MET, CPC_NOT_MET, CPC_REMEDY_ADD_PATH, 0, NULL },
		{ "iSCSI, two NICs", two_nics, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "iSCSI, unknown", unknown_nics, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "iSCSI, half known", half_known, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "NVMe, one NIC", over_fabrics, CPC_MET, CPC_NOT_MET, CPC_REMEDY_ADD_PATH, 0, NULL },
		{ "NVMe, two NICs", two_over_fabrics, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "NVMe, unknown", fabrics_unknown, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "iSCSI and NVMe, one NIC", one_nic_two_protocols, CPC_MET, CPC_NOT_MET, CPC_REMEDY_ADD_PATH, 0,
		  NULL },
		{ "NVMe over the one FC port", fabrics_over_fc, CPC_MET, CPC_NOT_MET, CPC_REMEDY_ADD_PATH, 0, NULL },
		{ "a guest", guest_ways, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, 0, NULL },
		{ "a guest's folder", guest_folder, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, 0, NULL },
		{ "a container", bare_container, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, 0, NULL },
		{ "a container that sees", container_ways, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "2012 and a guest", guest_ways, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, 0, "hyperv-2012" },
		{ "a dump", make_dump, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_THERE, 0, NULL },
		{ "2012 counts none", no_ways, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, "hyperv-2012" },
		{ "and wants them alike", no_way, CPC_MET, CPC_NOT_MET, CPC_REMEDY_MATCH, 0, "hyperv-2012" },
		{ "2012 wants whole ones", path_lost, CPC_MET, CPC_NOT_MET, CPC_REMEDY_MEND_PATH, 0, "hyperv-2012" },
		{ "kvm asks nothing", path_lost, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, "kvm" },
	};

	(void)state;
	TRY_CASES(cases, CPC_ROW_STORAGE_PORTS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(network),
		cmocka_unit_test(storage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
