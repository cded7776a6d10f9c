/* SPDX-License-Identifier: MIT */
/* How verdicts add up: the end and its exit code, what is assumed, and what holds of every row. */
#include "ready_support.h"

static enum cpc_ready_end end_of(void (*change)(struct cluster *cluster), uint32_t assumed)
{
	struct cluster *cluster = calloc(1, sizeof(*cluster));
	struct cpc_ready ready;
	enum cpc_ready_end end;

	assert_non_null(cluster);
	cluster_start(cluster, 2);
	if (change)
		change(cluster);
	ready = judge_cluster(cluster, "hyperv-2008r2", assumed);
	end = ready.end;
	cpc_ready_free(&ready);
	cluster_end(cluster);
	free(cluster);
	return end;
}

#define ROW(id) (UINT32_C(1) << CPC_ROW_##id)

CHANGE(few_ports, for (size_t i = 3; i < 7; i++) site->ports[i].carrier = CPC_CLEAR;)
CHANGE(ports_down, for (size_t i = 3; i < 7; i++) site->ports[i].carrier = CPC_UNKNOWN;)
CHANGE(no_ports, site->port_count = 0;)
CHANGE(no_ports_nor_dns, site->port_count = 0; site->dns.updates = CPC_UNKNOWN;)

static void ends(void **state)
{
	(void)state;
	/* A host cannot see into its guests. */
	assert_int_equal(end_of(NULL, 0), CPC_READY_UNKNOWN);
	assert_int_equal(end_of(NULL, ROW(GUEST_OS)), CPC_READY);
	assert_int_equal(end_of(few_ports, ROW(GUEST_OS)), CPC_READY_MINIMUM);
	assert_int_equal(end_of(ports_down, ROW(GUEST_OS)), CPC_READY_MINIMUM);
	assert_int_equal(end_of(few_ports, 0), CPC_READY_UNKNOWN);
	assert_int_equal(end_of(few_ports, ROW(GUEST_OS) | ROW(NETWORK_PORTS)), CPC_READY);
	assert_int_equal(end_of(no_ports, ROW(GUEST_OS)), CPC_READY_NOT);
	assert_int_equal(end_of(no_ports_nor_dns, 0), CPC_READY_NOT);
	assert_int_equal(end_of(no_ports_nor_dns, ROW(GUEST_OS) | ROW(NETWORK_PORTS)), CPC_READY_UNKNOWN);
	assert_int_equal(CPC_READY, 0);
	assert_int_equal(CPC_READY_MINIMUM, 10);
	assert_int_equal(CPC_READY_NOT, 20);
	assert_int_equal(CPC_READY_UNKNOWN, 30);
}

static void what_is_assumed_is_judged_all_the_same(void **state)
{
	struct cluster *cluster = calloc(1, sizeof(*cluster));
	struct cpc_ready ready;

	(void)state;
	assert_non_null(cluster);
	cluster_start(cluster, 2);
	no_ports(cluster);
	ready = judge_cluster(cluster, "hyperv-2008r2", ROW(NETWORK_PORTS));
	assert_true(ready.rows[CPC_ROW_NETWORK_PORTS].assumed);
	assert_int_equal(ready.rows[CPC_ROW_NETWORK_PORTS].verdicts[CPC_MINIMUM], CPC_NOT_MET);
	assert_false(ready.rows[CPC_ROW_DNS].assumed);
	cpc_ready_free(&ready);
	assert_null(ready.rows[CPC_ROW_DNS].facts);
	cpc_ready_free(NULL);
	cluster_end(cluster);
	free(cluster);
}

/** Nothing is known of a host but that it is there: no row that is asked is met, whatever the policy. */
static void silence_meets_nothing(void **state)
{
	struct cluster *cluster = calloc(1, sizeof(*cluster));

	(void)state;
	assert_non_null(cluster);
	cluster_start(cluster, 2);
	for (size_t host = 0; host < 2; host++) {
		struct cpc_report *report = &cluster->reports[host];

		cluster->hosts[host].site = NULL;
		cluster->hosts[host].disk_count = 0;
		report->vantage = report->taken = CPC_DUMP;
		report->hypervisor = (struct cpc_hypervisor){ .id = "unknown" };
		for (unsigned int id = 0; id < CPC_REQUIREMENT_COUNT; id++)
			report->requirements[id].status = CPC_REQUIREMENT_UNKNOWN;
	}
	for (size_t i = 0; i < CPC_POLICY_COUNT; i++) {
		struct cpc_ready ready = judge_cluster(cluster, cpc_policies[i].name, 0);

		for (unsigned int id = 0; id < CPC_ROW_COUNT; id++) {
			const struct cpc_ready_row *row = &ready.rows[id];

			for (unsigned int column = 0; column < CPC_COLUMN_COUNT; column++) {
				if (row->asked[column] && id != CPC_ROW_SERVERS && row->verdicts[column] == CPC_MET)
					fail_msg("%s: %s is met in silence", cpc_policies[i].name,
						 cpc_ready_row_name(id));
			}
		}
		assert_int_not_equal(ready.end, CPC_READY);
		cpc_ready_free(&ready);
	}
	cluster_end(cluster);
	free(cluster);
}

/** A reproducible sequence; the high bits are the good ones. */
static uint32_t draw(uint64_t *seed)
{
	*seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
	return (uint32_t)(*seed >> 33);
}

static enum cpc_tristate any_tristate(uint64_t *seed)
{
	return (enum cpc_tristate)(draw(seed) % 3);
}

static struct cpc_measurement any_number(uint64_t *seed, uint32_t most)
{
	return (struct cpc_measurement){ .known = draw(seed) % 4 != 0, .value = draw(seed) % (most + 1) };
}

static enum cpc_probe_status any_status(uint64_t *seed)
{
	return draw(seed) % 8 ? CPC_PROBE_OK : (enum cpc_probe_status)(draw(seed) % 4);
}

static void scramble(struct cpc_site *site, uint64_t *seed)
{
	static const char *const identities[] = { "", "naa.1", "naa.2" };
	static const char *const interfaces[] = { "", "eth0", "eth1" };

	site->port_count = 1 + draw(seed) % 7;
	for (size_t i = 1; i < site->port_count; i++) {
		site->ports[i].carrier = any_tristate(seed);
		site->ports[i].kind =
			i == 1 ? CPC_PORT_PHYSICAL : (enum cpc_port_kind)(draw(seed) % CPC_PORT_KIND_COUNT);
	}
	site->storage_port_count = draw(seed) % 3;
	for (size_t i = 0; i < site->storage_port_count; i++) {
		site->storage_ports[i].usable = any_tristate(seed);
		site->storage_ports[i].transport = (enum cpc_transport)(1 + draw(seed) % 3);
		strcpy(site->storage_ports[i].through, interfaces[draw(seed) % 3]);
	}
	site->volume_count = draw(seed) % 2;
	site->volumes[0].transport = (enum cpc_transport)(draw(seed) % CPC_TRANSPORT_COUNT);
	site->volumes[0].spc = any_number(seed, 7);
	site->volumes[0].reservations = any_tristate(seed);
	site->volumes[0].paths_usable = any_number(seed, 2);
	strcpy(site->volumes[0].identity, identities[draw(seed) % 3]);
	site->memory.available = any_number(seed, 64);
	site->memory.total = KNOWN(64);
	site->memory.load = any_number(seed, 40000);
	site->directory.keytab = any_tristate(seed);
	site->directory.secrets = any_tristate(seed);
	site->directory.sssd = any_tristate(seed);
	site->dns.updates = any_tristate(seed);
	site->dns.answers = any_tristate(seed);
	for (size_t i = 0; i < CPC_SITE_PROBE_COUNT; i++)
		site->results[i].status = any_status(seed);
}

/** One thing more that works. */
static const char *add_hardware(struct cpc_site *site, uint64_t *seed)
{
	struct cpc_storage_port *way;

	switch (draw(seed) % 5) {
	case 0:
		give_port(site, "eth9", CPC_PORT_PHYSICAL, "");
		return "a port";
	case 1:
		give_port(site, "bond9", CPC_PORT_BOND, "");
		give_port(site, "eth8", CPC_PORT_PHYSICAL, "bond9");
		give_port(site, "eth9", CPC_PORT_PHYSICAL, "bond9");
		return "a bond";
	case 2:
		way = give_way(site, "session9", CPC_TRANSPORT_ISCSI);
		strcpy(way->through, "eth9");
		return "a way to storage";
	case 3:
		give_volume(site, "dm-9", "naa.9");
		return "a volume";
	default:
		site->memory.total.value++;
		site->memory.available.value++;
		site->memory.cpus.value++;
		return "memory and a processor";
	}
}

static void no_row_is_worse(const struct cpc_ready *before, const struct cpc_ready *after, const char *what,
			    const char *policy)
{
	for (unsigned int id = 0; id < CPC_ROW_COUNT; id++) {
		for (unsigned int column = 0; column < CPC_COLUMN_COUNT; column++) {
			if (after->rows[id].verdicts[column] > before->rows[id].verdicts[column])
				fail_msg("%s: %s made %s of %s worse", policy, what, cpc_ready_column_name(column),
					 cpc_ready_row_name(id));
		}
	}
}

static void more_hardware_makes_nothing_worse(void **state)
{
	uint64_t seed = 2009;

	(void)state;
	for (size_t round = 0; round < 3000; round++) {
		struct cluster *cluster = calloc(1, sizeof(*cluster));
		const char *policy = cpc_policies[draw(&seed) % CPC_POLICY_COUNT].name;
		struct cpc_ready before, after;
		const char *what = "";
		uint64_t drawn;

		assert_non_null(cluster);
		cluster_start(cluster, 1 + draw(&seed) % 3);
		for (size_t i = 0; i < cluster->count; i++)
			scramble(&cluster->sites[i], &seed);
		before = judge_cluster(cluster, policy, 0);
		/* To all of them: one that has more than the others differs from them. */
		drawn = seed;
		for (size_t i = 0; i < cluster->count; i++) {
			seed = drawn;
			what = add_hardware(&cluster->sites[i], &seed);
		}
		after = judge_cluster(cluster, policy, 0);
		no_row_is_worse(&before, &after, what, policy);
		cpc_ready_free(&before);
		cpc_ready_free(&after);
		cluster_end(cluster);
		free(cluster);
	}
}

/** What a probe did not see must not turn a row from anything into met. */
static void unknown_never_becomes_met(void **state)
{
	uint64_t seed = 64;

	(void)state;
	for (size_t round = 0; round < 3000; round++) {
		struct cluster *cluster = calloc(1, sizeof(*cluster));
		const char *policy = cpc_policies[draw(&seed) % CPC_POLICY_COUNT].name;
		struct cpc_ready before, after;
		size_t host;

		assert_non_null(cluster);
		cluster_start(cluster, 1 + draw(&seed) % 3);
		for (size_t i = 0; i < cluster->count; i++)
			scramble(&cluster->sites[i], &seed);
		before = judge_cluster(cluster, policy, 0);
		host = draw(&seed) % cluster->count;
		for (size_t i = 0; i < CPC_SITE_PROBE_COUNT; i++)
			cluster->sites[host].results[i].status = CPC_PROBE_DENIED;
		after = judge_cluster(cluster, policy, 0);
		for (unsigned int id = 0; id < CPC_ROW_COUNT; id++) {
			for (unsigned int column = 0; column < CPC_COLUMN_COUNT; column++) {
				if (before.rows[id].verdicts[column] != CPC_MET)
					assert_int_not_equal(after.rows[id].verdicts[column], CPC_MET);
			}
		}
		cpc_ready_free(&before);
		cpc_ready_free(&after);
		cluster_end(cluster);
		free(cluster);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ends),
		cmocka_unit_test(what_is_assumed_is_judged_all_the_same),
		cmocka_unit_test(silence_meets_nothing),
		cmocka_unit_test(more_hardware_makes_nothing_worse),
		cmocka_unit_test(unknown_never_becomes_met),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
