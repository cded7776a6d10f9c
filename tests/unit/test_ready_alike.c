/* SPDX-License-Identifier: MIT */
/* What all hosts of a cluster are to have alike, and which of them is told that it differs. */
#include "ready_support.h"

/* The second host's, so that the first, as most others, is what it is measured by. */
#define SECOND(name, ...) CHANGE(name, site = &cluster->sites[1]; __VA_ARGS__)

SECOND(slower, for (size_t i = 1; i < 7; i++) site->ports[i].speed = KNOWN(1000);)
SECOND(one_slower, site->ports[6].speed = KNOWN(1000);)
SECOND(one_more, give_port(site, "eth6", CPC_PORT_PHYSICAL, "");)
SECOND(one_without_link, give_port(site, "eth6", CPC_PORT_PHYSICAL, "")->carrier = CPC_CLEAR;)
SECOND(one_down, give_port(site, "eth6", CPC_PORT_PHYSICAL, "")->carrier = CPC_UNKNOWN;)
SECOND(speed_unknown, site->ports[3].speed = NOT_KNOWN;)
SECOND(another_mode, strcpy(site->ports[0].mode, "active-backup");)
SECOND(a_team, site->ports[0].kind = CPC_PORT_TEAM; *site->ports[0].mode = '\0';)
SECOND(more_members, strcpy(site->ports[3].master, "bond0");)
SECOND(another_bond, strcpy(give_port(site, "bond1", CPC_PORT_BOND, "")->mode, "802.3ad");
       strcpy(site->ports[3].master, "bond1"); strcpy(site->ports[4].master, "bond1");)
SECOND(another_name, strcpy(site->ports[0].name, "uplink"); strcpy(site->ports[1].master, "uplink");
       strcpy(site->ports[2].master, "uplink");)
SECOND(bond_half_down, give_port(site, "eth6", CPC_PORT_PHYSICAL, "bond0")->carrier = CPC_UNKNOWN;)
SECOND(other_names, for (size_t i = 3; i < 7; i++) site->ports[i].name[0] = 'p';)
SECOND(guest, cluster->reports[1].vantage = CPC_GUEST;)
SECOND(contained, site->host.container = CPC_SET;)
SECOND(some_left_out, site->ports_left_out = 1;)
SECOND(unseen, site->results[CPC_SITE_NETWORK_PORTS].status = CPC_PROBE_DENIED;)
SECOND(dump, cluster->hosts[1].site = NULL;)
SECOND(
	many_bonds, for (int i = 0; i < 40; i++) {
		char name[16];

		snprintf(name, sizeof(name), "bond%d", i + 1);
		give_port(site, name, CPC_PORT_BOND, "");
		for (int n = 0; n < 2; n++) {
			char port[32];

			snprintf(port, sizeof(port), "%s_%d", name, n);
			give_port(site, port, CPC_PORT_PHYSICAL, name);
		}
	})

static void network(void **state)
{
	static const struct ready_case cases[] = {
		{ "alike", NULL, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 4, NULL },
		{ "slower", slower, CPC_MET, CPC_NOT_MET, CPC_REMEDY_MATCH, 0, NULL },
		{ "one slower", one_slower, CPC_MET, CPC_NOT_MET, CPC_REMEDY_MATCH, 3, NULL },
		{ "one more", one_more, CPC_MET, CPC_NOT_MET, CPC_REMEDY_MATCH, 0, NULL },
		{ "one without a link", one_without_link, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "one down", one_down, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "a speed unknown", speed_unknown, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "another mode", another_mode, CPC_MET, CPC_NOT_MET, CPC_REMEDY_MATCH, 0, NULL },
		{ "a team", a_team, CPC_MET, CPC_NOT_MET, CPC_REMEDY_MATCH, 0, NULL },
		{ "more members", more_members, CPC_MET, CPC_NOT_MET, CPC_REMEDY_MATCH, 0, NULL },
		{ "another bond", another_bond, CPC_MET, CPC_NOT_MET, CPC_REMEDY_MATCH, 0, NULL },
		{ "another name", another_name, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "other names", other_names, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "half a bond down", bond_half_down, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "more bonds than one knows", many_bonds, CPC_MET, CPC_NOT_MET, CPC_REMEDY_MATCH, 0, NULL },
		{ "a guest", guest, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, 0, NULL },
		{ "a container", contained, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, 0, NULL },
		{ "some left out", some_left_out, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_ASK_PLATFORM, 0, NULL },
		{ "not seen", unseen, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_PERMIT, 0, NULL },
		{ "a dump", dump, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_THERE, 0, NULL },
		{ "2022 likewise", slower, CPC_MET, CPC_NOT_MET, CPC_REMEDY_MATCH, 0, "hyperv-2022" },
		{ "kvm asks nothing", slower, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, "kvm" },
		{ "nor does vmware", slower, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, "vmware" },
	};

	(void)state;
	TRY_CASES(cases, CPC_ROW_NETWORK_PORTS);
}

SECOND(over_sas, site->storage_ports[0].transport = site->storage_ports[1].transport = CPC_TRANSPORT_SAS;)
SECOND(one_way_more, give_way(site, "host2", CPC_TRANSPORT_FIBRE_CHANNEL);)
SECOND(another_kind_more, give_way(site, "nvme0", CPC_TRANSPORT_NVME_FABRICS);)
SECOND(one_more_lost, give_way(site, "host2", CPC_TRANSPORT_FIBRE_CHANNEL)->usable = CPC_CLEAR;)
SECOND(one_more_unknown, give_way(site, "host2", CPC_TRANSPORT_FIBRE_CHANNEL)->usable = CPC_UNKNOWN;)
SECOND(ways_left_out, site->storage_ports_left_out = 1;)

static void storage(void **state)
{
	static const struct ready_case cases[] = {
		{ "alike", NULL, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 4, NULL },
		{ "over SAS", over_sas, CPC_MET, CPC_NOT_MET, CPC_REMEDY_MATCH, 0, NULL },
		{ "one way more", one_way_more, CPC_MET, CPC_NOT_MET, CPC_REMEDY_MATCH, 3, NULL },
		{ "another kind more", another_kind_more, CPC_MET, CPC_NOT_MET, CPC_REMEDY_MATCH, 0, NULL },
		{ "one more that is lost", one_more_lost, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "one more perhaps", one_more_unknown, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "left out", ways_left_out, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_ASK_PLATFORM, 0, NULL },
		{ "a guest", guest, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, 0, NULL },
		{ "2012 likewise", over_sas, CPC_MET, CPC_NOT_MET, CPC_REMEDY_MATCH, 0, "hyperv-2012" },
		{ "kvm asks nothing", over_sas, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, "kvm" },
	};

	(void)state;
	TRY_CASES(cases, CPC_ROW_STORAGE_PORTS);
}

/* The reasons of a row whose remedy is to match, and the first of them. */
static size_t count_matches(const struct cpc_ready *ready, enum cpc_ready_row_id id,
			    const struct cpc_ready_reason **ret_first)
{
	size_t count = 0;

	for (size_t i = ready->rows[id].reason_count; i-- > 0;) {
		if (ready->rows[id].reasons[i].remedy == CPC_REMEDY_MATCH) {
			*ret_first = &ready->rows[id].reasons[i];
			count++;
		}
	}
	return count;
}

static void set_speed(struct cpc_site *site, uint64_t speed)
{
	for (size_t i = 1; i < 7; i++)
		site->ports[i].speed = KNOWN(speed);
}

/* Most of them are right, whoever comes first; of as many on both sides those that have more. */
static void who_differs(void **state)
{
	struct cluster *cluster = calloc(1, sizeof(*cluster));
	const struct cpc_ready_reason *reason = NULL;
	struct cpc_ready ready;

	(void)state;
	assert_non_null(cluster);
	cluster_start(cluster, 4);
	set_speed(&cluster->sites[0], 25000);
	ready = judge_cluster(cluster, "hyperv-2008r2", 0);
	assert_int_equal(count_matches(&ready, CPC_ROW_NETWORK_PORTS, &reason), 1);
	assert_int_equal(reason->host, 0);
	assert_int_equal(reason->column, CPC_REALISTIC);
	assert_string_equal(reason->subject, "links");
	assert_string_equal(reason->has, "6 x 25000 Mbit/s");
	assert_string_equal(reason->others, "6 x 10000 Mbit/s");
	assert_int_equal(reason->like, 1);
	cpc_ready_free(&ready);
	set_speed(&cluster->sites[3], 25000);
	cluster->sites[3].ports[6].speed = KNOWN(1000);
	set_speed(&cluster->sites[1], 25000);
	ready = judge_cluster(cluster, "hyperv-2008r2", 0);
	assert_int_equal(count_matches(&ready, CPC_ROW_NETWORK_PORTS, &reason), 2);
	assert_int_equal(reason->host, 2);
	assert_string_equal(reason->others, "6 x 25000 Mbit/s");
	assert_int_equal(reason->like, 0);
	reason++;
	assert_int_equal(reason->host, 3);
	assert_string_equal(reason->has, "5 x 25000 Mbit/s, 1 x 1000 Mbit/s");
	cpc_ready_free(&ready);
	/* Two against two. */
	cluster->sites[3].ports[6].speed = KNOWN(25000);
	set_speed(&cluster->sites[1], 10000);
	strcpy(cluster->sites[1].ports[0].mode, "active-backup");
	ready = judge_cluster(cluster, "hyperv-2008r2", 0);
	assert_int_equal(count_matches(&ready, CPC_ROW_NETWORK_PORTS, &reason), 3);
	assert_int_equal(reason->host, 1);
	assert_string_equal(reason->has, "6 x 10000 Mbit/s");
	assert_int_equal(reason[1].host, 2);
	assert_int_equal(reason[2].host, 1);
	assert_string_equal(reason[2].subject, "redundancy");
	assert_string_equal(reason[2].has, "bond active-backup of 2");
	assert_string_equal(reason[2].others, "bond 802.3ad of 2");
	cpc_ready_free(&ready);
	cluster_end(cluster);
	free(cluster);
}

/* No speed is in the way of the sum that says who has more, and no text is cut. */
static void odd_numbers(void **state)
{
	struct cluster *cluster = calloc(1, sizeof(*cluster));
	const struct cpc_ready_reason *reason = NULL;
	struct cpc_ready ready;

	(void)state;
	assert_non_null(cluster);
	cluster_start(cluster, 2);
	set_speed(&cluster->sites[0], 0);
	set_speed(&cluster->sites[1], UINT64_MAX);
	ready = judge_cluster(cluster, "hyperv-2008r2", 0);
	assert_int_equal(count_matches(&ready, CPC_ROW_NETWORK_PORTS, &reason), 1);
	assert_int_equal(reason->host, 0);
	assert_string_equal(reason->has, "6 x 0 Mbit/s");
	assert_string_equal(reason->others, "6 x 18446744073709551615 Mbit/s");
	cpc_ready_free(&ready);
	/* So many speeds that they do not fit are none that are known. */
	for (size_t i = 0; i < 30; i++) {
		char name[16];

		snprintf(name, sizeof(name), "p%zu", i);
		give_port(&cluster->sites[0], name, CPC_PORT_PHYSICAL, "")->speed = KNOWN(i + 1);
	}
	ready = judge_cluster(cluster, "hyperv-2008r2", 0);
	assert_int_equal(count_matches(&ready, CPC_ROW_NETWORK_PORTS, &reason), 0);
	assert_int_equal(ready.rows[CPC_ROW_NETWORK_PORTS].verdicts[CPC_REALISTIC], CPC_CANNOT_SEE);
	cpc_ready_free(&ready);
	cluster_end(cluster);
	free(cluster);
}

/* What nothing here sees is said of every cluster of Hyper-V's, and of nobody else's. */
static void switches_are_not_seen(void **state)
{
	static const struct {
		const char *policy;
		size_t hosts, cautions;
	} cases[] = { { "hyperv-2008r2", 2, 1 }, { "hyperv-2025", 3, 1 }, { "hyperv-2025", 1, 0 }, { "kvm", 2, 0 } };

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct cluster *cluster = calloc(1, sizeof(*cluster));
		struct cpc_ready ready;

		assert_non_null(cluster);
		cluster_start(cluster, cases[i].hosts);
		ready = judge_cluster(cluster, cases[i].policy, 0);
		assert_int_equal(ready.rows[CPC_ROW_NETWORK_PORTS].caution_count, cases[i].cautions);
		for (size_t n = 0; n < cases[i].cautions; n++) {
			const struct cpc_ready_caution *caution = &ready.rows[CPC_ROW_NETWORK_PORTS].cautions[n];

			assert_int_equal(caution->host, CPC_READY_CLUSTER);
			assert_int_equal(caution->remedy, CPC_REMEDY_SWITCH_NAMES);
			assert_non_null(caution->source);
		}
		cpc_ready_free(&ready);
		cluster_end(cluster);
		free(cluster);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(network),
		cmocka_unit_test(storage),
		cmocka_unit_test(who_differs),
		cmocka_unit_test(odd_numbers),
		cmocka_unit_test(switches_are_not_seen),
	};

	return cmocka_run_group_tests_name("ready_alike", tests, NULL, NULL);
}
