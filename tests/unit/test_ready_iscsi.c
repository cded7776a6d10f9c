/* SPDX-License-Identifier: MIT */
/* iSCSI and the ports that it goes through: cautions of the row of shared storage, which change no verdict. */
#include "ready_support.h"

/* Sessions through one interface each, "" where it does not show, in place of Fibre Channel. */
static void make_sessions(struct cpc_site *site, const char *first, const char *second)
{
	const char *const through[] = { first, second };

	for (size_t i = 0; i < site->storage_port_count; i++) {
		struct cpc_storage_port *way = &site->storage_ports[i];

		snprintf(way->name, sizeof(way->name), "session%zu", i + 1);
		strcpy(way->through, through[i]);
		way->transport = CPC_TRANSPORT_ISCSI;
	}
	site->volumes[0].transport = CPC_TRANSPORT_ISCSI;
}

struct caution_case {
	const char *what;
	void (*change)(struct cluster *cluster);
	const char *expected; /* "remedy subject have/want;" of each */
	const char *policy;   /* NULL: hyperv-2008r2 */
};

CHANGE(none, )
CHANGE(two_own, make_sessions(site, "eth2", "eth3");)
CHANGE(bonded, make_sessions(site, "bond0", "bond0");)
CHANGE(same, make_sessions(site, "eth2", "eth2");)
CHANGE(slow, make_sessions(site, "eth2", "eth3"); site->ports[3].speed = KNOWN(100);)
CHANGE(just_fast, make_sessions(site, "eth2", "eth3"); site->ports[3].speed = KNOWN(1000);)
CHANGE(slow_bond, make_sessions(site, "bond0", "bond0"); site->ports[1].speed = site->ports[2].speed = KNOWN(100);)
CHANGE(speed_unknown, make_sessions(site, "eth2", "eth3"); site->ports[4].speed = NOT_KNOWN;)
CHANGE(half_unknown, make_sessions(site, "bond0", "bond0"); site->ports[1].speed = NOT_KNOWN;)
CHANGE(unbound, make_sessions(site, "", "");)
CHANGE(by_address, make_sessions(site, "192.0.2.11", "");)
CHANGE(one_left, make_sessions(site, "192.0.2.11", ""); site->port_count = 2; *site->ports[1].master = '\0';)
CHANGE(one_bond_left, make_sessions(site, "bond0", "bond0"); site->port_count = 3;)
CHANGE(others_without_link, make_sessions(site, "eth2", "eth3");
       for (size_t i = 1; i < 7; i++) if (i != 3 && i != 4) site->ports[i].carrier = CPC_CLEAR;)
CHANGE(others_perhaps, make_sessions(site, "eth2", "eth3");
       for (size_t i = 1; i < 7; i++) if (i != 3 && i != 4) site->ports[i].carrier = CPC_UNKNOWN;)
CHANGE(bridged, make_sessions(site, "br0", "eth3"); give_port(site, "br0", CPC_PORT_BRIDGE, "");
       strcpy(site->ports[3].master, "br0");)
CHANGE(in_a_bridge, make_sessions(site, "eth2", "eth3"); give_port(site, "br0", CPC_PORT_BRIDGE, "");
       strcpy(site->ports[3].master, "br0");)
CHANGE(bonded_in_a_bridge, make_sessions(site, "bond0", "bond0"); give_port(site, "br0", CPC_PORT_BRIDGE, "");
       strcpy(site->ports[0].master, "br0");)
CHANGE(vlan, make_sessions(site, "eth2.20", "eth3"); give_port(site, "eth2.20", CPC_PORT_OTHER, "");)
CHANGE(beside_a_vlan, make_sessions(site, "eth2", "eth3"); give_port(site, "eth2.20", CPC_PORT_OTHER, "");)
CHANGE(ring, make_sessions(site, "eth2", "eth3"); strcpy(site->ports[3].master, "eth4");
       strcpy(site->ports[5].master, "eth2");)
CHANGE(itself, make_sessions(site, "eth2", "eth3"); strcpy(site->ports[3].master, "eth2");)
CHANGE(lost, make_sessions(site, "eth2", "eth3"); site->ports[3].speed = KNOWN(10);
       site->storage_ports[0].usable = CPC_CLEAR;)
CHANGE(guest, make_sessions(site, "eth2", "eth3"); site->ports[3].speed = KNOWN(10); report->vantage = CPC_GUEST;)
CHANGE(dump, cluster->hosts[0].site = NULL;)
CHANGE(ports_denied, make_sessions(site, "eth2", "eth3"); site->port_count = 0;
       site->results[CPC_SITE_NETWORK_PORTS].status = CPC_PROBE_DENIED;)
CHANGE(volumes_denied, make_sessions(site, "eth2", "eth3"); site->ports[3].speed = KNOWN(10);
       site->results[CPC_SITE_VOLUMES].status = CPC_PROBE_DENIED;)

static void cautions(void **state)
{
	static const struct caution_case cases[] = {
		{ "no iSCSI", none, "", NULL },
		{ "two of its own", two_own, "", NULL },
		{ "a bond of its own", bonded, "", NULL },
		{ "one twice", same, "", NULL },
		{ "slow", slow, "use-a-faster-port eth2 100/1000;", NULL },
		{ "just fast enough", just_fast, "", NULL },
		{ "a slow bond", slow_bond, "use-a-faster-port bond0 200/1000;", NULL },
		{ "a speed unknown", speed_unknown, "find-the-port eth3;", NULL },
		{ "half a bond's speed unknown", half_unknown, "find-the-port bond0;", NULL },
		{ "unbound", unbound, "find-the-port session1;", NULL },
		{ "by address", by_address, "find-the-port 192.0.2.11;find-the-port session2;", NULL },
		{ "only one port", one_left, "dedicate-a-port eth0;", NULL },
		{ "only one bond", one_bond_left, "dedicate-a-port bond0;", NULL },
		{ "the others have no link", others_without_link, "dedicate-a-port eth2;dedicate-a-port eth3;", NULL },
		{ "the others are down", others_perhaps, "", NULL },
		{ "a bridge", bridged, "dedicate-a-port br0;", NULL },
		{ "part of a bridge", in_a_bridge, "dedicate-a-port eth2;", NULL },
		{ "a bond in a bridge", bonded_in_a_bridge, "dedicate-a-port bond0;", NULL },
		{ "a VLAN", vlan, "dedicate-a-port eth2.20;", NULL },
		{ "beside a VLAN", beside_a_vlan, "dedicate-a-port eth2;", NULL },
		{ "a ring of masters", ring, "", NULL },
		{ "its own master", itself, "", NULL },
		{ "a session that is lost", lost, "", NULL },
		{ "a guest", guest, "", NULL },
		{ "a dump", dump, "", NULL },
		{ "ports denied", ports_denied, "find-the-port eth2;find-the-port eth3;", NULL },
		{ "volumes denied", volumes_denied, "use-a-faster-port eth2 10/1000;", NULL },
		{ "2012 likewise, where no volume is asked", slow, "use-a-faster-port eth2 100/1000;", "hyperv-2012" },
		{ "nobody says so of KVM", slow, "", "kvm" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const char *policy = cases[i].policy ? cases[i].policy : "hyperv-2008r2";
		struct cluster *cluster = calloc(1, sizeof(*cluster));
		const struct cpc_ready_row *row;
		struct cpc_ready ready;
		char found[1024] = "";
		size_t length = 0;

		assert_non_null(cluster);
		cluster_start(cluster, 1);
		cases[i].change(cluster);
		ready = judge_cluster(cluster, policy, 0);
		row = &ready.rows[CPC_ROW_SHARED_STORAGE];
		for (size_t n = 0; n < row->caution_count; n++) {
			const struct cpc_ready_caution *caution = &row->cautions[n];

			length += (size_t)snprintf(found + length, sizeof(found) - length, "%s %s",
						   cpc_ready_remedy_name(caution->remedy), caution->subject);
			if (caution->have.known)
				length += (size_t)snprintf(found + length, sizeof(found) - length, " %d/%d",
							   (int)caution->have.value, (int)caution->want.value);
			length += (size_t)snprintf(found + length, sizeof(found) - length, ";");
			assert_int_equal(caution->host, 0);
			assert_non_null(caution->source);
		}
		if (strcmp(found, cases[i].expected) != 0)
			fail_msg("%s: '%s' instead of '%s'", cases[i].what, found, cases[i].expected);
		cpc_ready_free(&ready);
		cluster_end(cluster);
		free(cluster);
	}
}

/* A caution decides nothing. */
static void no_verdict_changes(void **state)
{
	static const struct ready_case cases[] = {
		{ "slow", slow, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "bridged", bridged, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "unbound", unbound, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
	};

	(void)state;
	TRY_CASES(cases, CPC_ROW_SHARED_STORAGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(cautions), cmocka_unit_test(no_verdict_changes) };

	return cmocka_run_group_tests_name("ready_iscsi", tests, NULL, NULL);
}
