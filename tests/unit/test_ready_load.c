/* SPDX-License-Identifier: MIT */
/* The row of capacity where VMs are named: do they fit with any host gone? */
#include "ready_support.h"
#include "vms.h"

/* Hosts have 64 GiB and 32 CPUs, of which Hyper-V leaves 62 GiB and 256 virtual CPUs to VMs; a VM takes 32 MiB more
 * than it has, and 8 more for each further GiB. */

/** What is judged of two hosts or so many, with so many VMs. */
struct load_case {
	const char *what;
	const char *vms;
	void (*change)(struct cluster *cluster);
	size_t hosts;
	const char *policy;
	enum cpc_ready_verdict realistic;
	enum cpc_ready_remedy remedy;
};

CHANGE(full, site->memory.available = KNOWN(0);)
CHANGE(no_load, site->memory.load = NOT_KNOWN;)
CHANGE(no_total, site->memory.total = NOT_KNOWN;)
CHANGE(no_cpus, site->memory.cpus = NOT_KNOWN;)
CHANGE(denied, site->results[CPC_SITE_MEMORY].status = CPC_PROBE_DENIED;)
CHANGE(small, site->memory.total = KNOWN(UINT64_C(16) << 30);)
CHANGE(slow, site->memory.cpus = KNOWN(1);)
CHANGE(endless, site->memory.total = site->memory.cpus = KNOWN(UINT64_MAX);)
/* It has a feature that the others lack: VMs of the others come, and its own do not leave. */
CHANGE(newer, report->fingerprint.words[CPC_L1_ECX] |= UINT32_C(1) << 12;)

static const struct load_case cases[] = {
	{ "room", "a 1GiB 1 x60", NULL, 2, "hyperv-2008r2", CPC_MET, CPC_REMEDY_NONE },
	{ "what is used now does not count", "a 1GiB 1 x60", full, 2, "hyperv-2008r2", CPC_MET, CPC_REMEDY_NONE },
	{ "nor is a load asked", "a 1GiB 1 x60", no_load, 2, "hyperv-2008r2", CPC_MET, CPC_REMEDY_NONE },
	{ "what the platform takes counts", "a 1GiB 1 x62", NULL, 2, "hyperv-2008r2", CPC_NOT_MET,
	  CPC_REMEDY_ADD_CAPACITY },
	{ "three hosts", "a 1GiB 1 x120", NULL, 3, "hyperv-2008r2", CPC_MET, CPC_REMEDY_NONE },
	{ "too many", "a 1GiB 1 x124", NULL, 3, "hyperv-2008r2", CPC_NOT_MET, CPC_REMEDY_ADD_CAPACITY },
	{ "too large", "a 62GiB 1", NULL, 3, "hyperv-2016", CPC_NOT_MET, CPC_REMEDY_ENLARGE_HOSTS },
	{ "too wide", "a 1GiB 33", NULL, 3, "hyperv-2016", CPC_NOT_MET, CPC_REMEDY_ENLARGE_HOSTS },
	{ "in pieces", "a 32GiB 1 x3", NULL, 3, "hyperv-2008r2", CPC_NOT_MET, CPC_REMEDY_ADD_CAPACITY },
	{ "vCPUs", "a 64MiB 8 x33", NULL, 2, "hyperv-2016", CPC_NOT_MET, CPC_REMEDY_ADD_CAPACITY },
	{ "vCPUs just", "a 64MiB 8 x32", NULL, 2, "hyperv-2016", CPC_MET, CPC_REMEDY_NONE },
	{ "without the large one", "a 20GiB 1", small, 2, "hyperv-2016", CPC_NOT_MET, CPC_REMEDY_ENLARGE_HOSTS },
	{ "without the fast one", "a 1GiB 2", slow, 2, "hyperv-2016", CPC_NOT_MET, CPC_REMEDY_ENLARGE_HOSTS },
	{ "endless", "a 1TiB 4096", endless, 2, "hyperv-2016", CPC_NOT_MET, CPC_REMEDY_ENLARGE_HOSTS },
	/* What the platform does not run fits on no hosts. */
	{ "five vCPUs", "a 1GiB 5", NULL, 2, "hyperv-2008r2", CPC_NOT_MET, CPC_REMEDY_KEEP_LIMITS },
	{ "five vCPUs later", "a 1GiB 5", NULL, 2, "hyperv-2012", CPC_MET, CPC_REMEDY_NONE },
	{ "four vCPUs", "a 1GiB 4", NULL, 2, "hyperv-2008r2", CPC_MET, CPC_REMEDY_NONE },
	{ "one host", "a 1GiB 1", NULL, 1, "hyperv-2008r2", CPC_CANNOT_SEE, CPC_REMEDY_GIVE_HOSTS },
	{ "no total", "a 1GiB 1", no_total, 2, "hyperv-2008r2", CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN },
	{ "no CPUs", "a 1GiB 1", no_cpus, 2, "hyperv-2008r2", CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN },
	{ "denied", "a 1GiB 1", denied, 2, "hyperv-2008r2", CPC_CANNOT_SEE, CPC_REMEDY_PERMIT },
	{ "a guest", "a 1GiB 1", make_guest, 2, "hyperv-2008r2", CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE },
	{ "a dump", "a 1GiB 1", make_dump, 2, "hyperv-2008r2", CPC_CANNOT_SEE, CPC_REMEDY_LOOK_THERE },
	{ "one way", "a 1GiB 1", newer, 2, "vmware", CPC_CANNOT_SEE, CPC_REMEDY_JUDGE_POOLS },
	{ "one way, and too large", "a 64GiB 1", newer, 2, "vmware", CPC_NOT_MET, CPC_REMEDY_ENLARGE_HOSTS },
	/* Who names VMs asks, whatever the policy; it leaves 63.5 GiB and five vCPUs a CPU. */
	{ "KVM", "a 1GiB 1 x63", NULL, 2, "kvm", CPC_MET, CPC_REMEDY_NONE },
	{ "KVM, too many", "a 1GiB 1 x64", NULL, 2, "kvm", CPC_NOT_MET, CPC_REMEDY_ADD_CAPACITY },
	{ "KVM, vCPUs", "a 64MiB 1 x161", NULL, 2, "kvm", CPC_NOT_MET, CPC_REMEDY_ADD_CAPACITY },
};

static struct cpc_ready judge(const struct cluster *cluster, const char *policy, const struct cpc_vms *vms)
{
	const struct cpc_ready_load load = { .vms = vms, .overhead = cpc_overhead_of(cpc_policy_named(policy)) };
	struct cpc_ready ready;

	assert_int_equal(
		cpc_ready_judge_load(cpc_policy_named(policy), cluster->hosts, cluster->count, 0, &load, &ready, NULL),
		CPC_OK);
	return ready;
}

static void try_load(const struct load_case *one)
{
	struct cluster *cluster = calloc(1, sizeof(*cluster));
	const struct cpc_ready_reason *reason;
	const struct cpc_ready_row *row;
	struct cpc_ready ready;
	struct cpc_vms vms;

	assert_non_null(cluster);
	cluster_start(cluster, one->hosts);
	if (one->change)
		one->change(cluster);
	assert_int_equal(cpc_vms_read(one->vms, strlen(one->vms), &vms, NULL), CPC_OK);
	ready = judge(cluster, one->policy, &vms);
	row = &ready.rows[CPC_ROW_CAPACITY];
	reason = cpc_ready_main_reason(row);
	assert_true(row->asked[CPC_REALISTIC]);
	assert_int_equal(row->verdicts[CPC_MINIMUM], CPC_MET);
	if (row->verdicts[CPC_REALISTIC] != one->realistic ||
	    (reason ? reason->remedy : CPC_REMEDY_NONE) != one->remedy)
		fail_msg("%s: %s, %s", one->what, cpc_ready_verdict_name(row->verdicts[CPC_REALISTIC]),
			 cpc_ready_remedy_name(reason ? reason->remedy : CPC_REMEDY_NONE));
	assert_int_equal(row->reason_count != 0, row->verdicts[CPC_REALISTIC] != CPC_MET);
	cpc_ready_free(&ready);
	cpc_vms_free(&vms);
	cluster_end(cluster);
	free(cluster);
}

static void every_verdict(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		try_load(&cases[i]);
}

static const struct cpc_ready_fact *fact(const struct cpc_ready_row *row, enum cpc_ready_fact_id id,
					 const char *subject)
{
	for (size_t i = 0; i < row->fact_count; i++) {
		if (row->facts[i].id == id && !strcmp(row->facts[i].subject, subject))
			return &row->facts[i];
	}
	fail_msg("there is no %s of '%s'", cpc_ready_fact_name(id), subject);
	return NULL;
}

/** For each host what becomes of its absence, and how much is missing. */
static void tells_what_it_found(void **state)
{
	static const char text[] = "a 1GiB 1 x62";
	struct cluster *cluster = calloc(1, sizeof(*cluster));
	const struct cpc_ready_reason *reason;
	const struct cpc_ready_row *row;
	struct cpc_ready ready;
	struct cpc_vms vms;

	(void)state;
	assert_non_null(cluster);
	cluster_start(cluster, 2);
	cluster->sites[0].memory.total = KNOWN(UINT64_C(128) << 30);
	assert_int_equal(cpc_vms_read(text, strlen(text), &vms, NULL), CPC_OK);
	ready = judge(cluster, "hyperv-2008r2", &vms);
	row = &ready.rows[CPC_ROW_CAPACITY];
	assert_ptr_equal(ready.vms, &vms);
	assert_int_equal(fact(row, CPC_FACT_VMS, "")->number, 62);
	assert_int_equal(fact(row, CPC_FACT_VMS_MEMORY, "")->number, UINT64_C(62) * (1024 + 32) << 20);
	assert_int_equal(fact(row, CPC_FACT_VMS_VCPUS, "")->number, 62);
	assert_int_equal(fact(row, CPC_FACT_HOST_KEEPS, "")->number, UINT64_C(2) << 30);
	assert_int_equal(fact(row, CPC_FACT_VCPUS_PER_CPU, "")->number, 8000);
	assert_string_equal(fact(row, CPC_FACT_WITHOUT_HOST, "h1")->text, "does-not-fit");
	assert_string_equal(fact(row, CPC_FACT_WITHOUT_HOST, "h1")->where, "memory");
	assert_string_equal(fact(row, CPC_FACT_WITHOUT_HOST, "h2")->text, "fits");
	assert_int_equal(row->reason_count, 1);
	reason = &row->reasons[0];
	assert_string_equal(reason->subject, "h1");
	assert_int_equal(reason->have.value, UINT64_C(62) << 30);
	assert_int_equal(reason->want.value, UINT64_C(62) * (1024 + 32) << 20);
	cpc_ready_free(&ready);
	cpc_vms_free(&vms);
	cluster_end(cluster);
	free(cluster);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_verdict),
		cmocka_unit_test(tells_what_it_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
