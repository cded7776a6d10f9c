/* SPDX-License-Identifier: MIT */
/* The rows of servers and capacity, with every verdict. */
#include "ready_support.h"

static void servers(void **state)
{
	static const struct ready_case cases[] = {
		{ "two", NULL, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "one", NULL, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_GIVE_HOSTS, 1, NULL },
		{ "one for KVM", NULL, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_GIVE_HOSTS, 1, "kvm" },
		{ "one for a model", NULL, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 1, "x86-64-v1" },
	};

	(void)state;
	TRY_CASES(cases, CPC_ROW_SERVERS);
}

static enum cpc_ready_verdict servers_of(const struct cluster *cluster, const char *policy, size_t count)
{
	struct cpc_ready_host hosts[65];
	struct cpc_capture captures[65];
	struct cpc_report *reports = calloc(65, sizeof(*reports));
	enum cpc_ready_verdict verdict;
	struct cpc_ready ready;

	assert_non_null(reports);
	for (size_t i = 0; i < count; i++) {
		captures[i] = cluster->captures[0];
		snprintf(captures[i].machine_id, CPC_MACHINE_ID_SIZE, "%032zu", i);
		reports[i] = cluster->reports[0];
		reports[i].capture = &captures[i];
		hosts[i] = cluster->hosts[0];
		hosts[i].report = &reports[i];
	}
	assert_int_equal(cpc_ready_judge(cpc_policy_named(policy), hosts, count, 0, &ready, NULL), CPC_OK);
	verdict = ready.rows[CPC_ROW_SERVERS].verdicts[CPC_MINIMUM];
	cpc_ready_free(&ready);
	free(reports);
	return verdict;
}

static void the_limit_is_the_policys(void **state)
{
	struct cluster *cluster = calloc(1, sizeof(*cluster));

	(void)state;
	assert_non_null(cluster);
	cluster_start(cluster, 1);
	assert_int_equal(servers_of(cluster, "hyperv-2008r2", 16), CPC_MET);
	assert_int_equal(servers_of(cluster, "hyperv-2008r2", 17), CPC_NOT_MET);
	assert_int_equal(servers_of(cluster, "hyperv-2012", 17), CPC_MET);
	assert_int_equal(servers_of(cluster, "hyperv-2025", 64), CPC_MET);
	assert_int_equal(servers_of(cluster, "hyperv-2025", 65), CPC_NOT_MET);
	cluster_end(cluster);
	free(cluster);
}

static void one_machine_is_not_two(void **state)
{
	struct cluster *cluster = calloc(1, sizeof(*cluster));
	struct cpc_ready ready;
	struct cpc_error error;

	(void)state;
	assert_non_null(cluster);
	cluster_start(cluster, 2);
	strcpy(cluster->captures[1].machine_id, cluster->captures[0].machine_id);
	assert_int_equal(cpc_ready_judge(cpc_policy_named("kvm"), cluster->hosts, 2, 0, &ready, &error), CPC_USAGE);
	assert_string_equal(error.what, "h1 and h2 are one machine");
	/* Of two that nobody knows the machine of, nobody knows that. */
	cluster->captures[0].machine_id[0] = cluster->captures[1].machine_id[0] = '\0';
	assert_int_equal(cpc_ready_judge(cpc_policy_named("kvm"), cluster->hosts, 2, 0, &ready, &error), CPC_OK);
	cpc_ready_free(&ready);
	/* But one table given twice is. Of rows of the catalogue there may be two. */
	strcpy(cluster->names[1], cluster->names[0]);
	assert_int_equal(cpc_ready_judge(cpc_policy_named("kvm"), cluster->hosts, 2, 0, &ready, &error), CPC_USAGE);
	assert_string_equal(
		error.what,
		"two hosts are called h1 and no machine id tells them apart; give each once, under its own name");
	cluster->hosts[1].site = NULL;
	assert_int_equal(cpc_ready_judge(cpc_policy_named("kvm"), cluster->hosts, 2, 0, &ready, &error), CPC_OK);
	cpc_ready_free(&ready);
	/* Two machines may have one name, where nobody named them. */
	cluster->hosts[1].site = &cluster->sites[1];
	strcpy(cluster->captures[0].machine_id, "1");
	strcpy(cluster->captures[1].machine_id, "2");
	assert_int_equal(cpc_ready_judge(cpc_policy_named("kvm"), cluster->hosts, 2, 0, &ready, &error), CPC_OK);
	cpc_ready_free(&ready);
	cluster_end(cluster);
	free(cluster);
}

#define GIB(n) KNOWN(UINT64_C(n) << 30)

CHANGE(full, site->memory.available = GIB(10);)
CHANGE(crowded, site->memory.available = GIB(0);)
CHANGE(busy, site->memory.load = KNOWN(40000);)
CHANGE(no_load, site->memory.load = NOT_KNOWN;)
CHANGE(no_total, site->memory.total = NOT_KNOWN;)
CHANGE(nonsense, site->memory.available = GIB(65);)
CHANGE(endless, site->memory.total = site->memory.available = KNOWN(UINT64_MAX);)
static void set_huge(struct cluster *cluster, size_t host, uint64_t all, uint64_t unused)
{
	cluster->sites[host].memory.huge_bytes = KNOWN(all << 30);
	cluster->sites[host].memory.huge_bytes_free = KNOWN(unused << 30);
}

/* Hosts of 64 GiB that have all but some set aside, and half of that in use by VMs. */
static void all_huge(struct cluster *cluster)
{
	for (size_t i = 0; i < cluster->count; i++) {
		cluster->sites[i].memory.available = GIB(6);
		set_huge(cluster, i, 54, 27);
	}
}

CHANGE(huge_full, all_huge(cluster); set_huge(cluster, 1, 54, 20);)
CHANGE(huge_on_one, set_huge(cluster, 0, 8, 2);)
CHANGE(huge_unused, set_huge(cluster, 0, 8, 8);)
CHANGE(huge_nonsense, set_huge(cluster, 0, 30, 2);)
CHANGE(denied, site->results[CPC_SITE_MEMORY].status = CPC_PROBE_DENIED;)
/* Features that the others lack: its own VMs do not leave. */
CHANGE(newer, report->fingerprint.words[CPC_L1_ECX] |= UINT32_C(1) << 19;)
CHANGE(newer_and_full, newer(cluster); full(cluster);)

static void capacity(void **state)
{
	static const struct ready_case cases[] = {
		{ "room", NULL, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "one host", NULL, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_GIVE_HOSTS, 1, NULL },
		{ "full", full, CPC_MET, CPC_NOT_MET, CPC_REMEDY_ADD_CAPACITY, 0, NULL },
		{ "full, and room in pieces", full, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_ASK_PLATFORM, 3, NULL },
		{ "all of it used, and room in pieces", crowded, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_ASK_PLATFORM, 3,
		  NULL },
		{ "busy", busy, CPC_MET, CPC_NOT_MET, CPC_REMEDY_ADD_CAPACITY, 0, NULL },
		{ "room in huge pages", all_huge, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "no room in huge pages", huge_full, CPC_MET, CPC_NOT_MET, CPC_REMEDY_ADD_CAPACITY, 0, NULL },
		{ "huge pages on one", huge_on_one, CPC_MET, CPC_NOT_MET, CPC_REMEDY_ADD_CAPACITY, 0, NULL },
		{ "huge pages that nobody uses", huge_unused, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "more huge pages than used", huge_nonsense, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "no load", no_load, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "no total", no_total, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "more left than there is", nonsense, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "endless", endless, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 3, NULL },
		{ "denied", denied, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_PERMIT, 0, NULL },
		{ "a guest", make_guest, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, 0, NULL },
		{ "a dump", make_dump, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_THERE, 0, NULL },
		{ "room, and one way", newer, CPC_MET, CPC_CANNOT_SEE, CPC_REMEDY_JUDGE_POOLS, 0, NULL },
		{ "full, and one way", newer_and_full, CPC_MET, CPC_NOT_MET, CPC_REMEDY_ADD_CAPACITY, 0, NULL },
		{ "KVM asks nothing", crowded, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, "kvm" },
	};

	(void)state;
	TRY_CASES(cases, CPC_ROW_CAPACITY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(servers),
		cmocka_unit_test(the_limit_is_the_policys),
		cmocka_unit_test(one_machine_is_not_two),
		cmocka_unit_test(capacity),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
