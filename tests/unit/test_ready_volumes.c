/* SPDX-License-Identifier: MIT */
/* The row of shared storage, with every verdict. */
#include "ready_support.h"

static void on_all(struct cluster *cluster, void (*change)(struct cpc_volume *volume))
{
	for (size_t i = 0; i < cluster->count; i++)
		change(&cluster->sites[i].volumes[0]);
}

static void unasked(struct cpc_volume *volume)
{
	volume->reservations = CPC_UNKNOWN;
}

/** Nobody was to ask. */
static void be_quiet(struct cluster *cluster)
{
	for (size_t i = 0; i < cluster->count; i++)
		strcpy(cluster->sites[i].results[CPC_SITE_VOLUMES].needs, "--active");
}

static void unnamed(struct cpc_volume *volume)
{
	*volume->identity = '\0';
}

/* Nobody can ask a volume that no path leads to. */
static void without_paths(struct cpc_volume *volume)
{
	volume->paths_usable = KNOWN(0);
	volume->reservations = CPC_UNKNOWN;
}

CHANGE(another, strcpy(site->volumes[0].identity, "naa.other");)
CHANGE(one_unnamed, unnamed(&site->volumes[0]);)
CHANGE(all_unnamed, on_all(cluster, unnamed);)
CHANGE(all_unasked, on_all(cluster, unasked); be_quiet(cluster);)
CHANGE(one_unasked, unasked(&site->volumes[0]); be_quiet(cluster);)
CHANGE(all_silent, on_all(cluster, unasked);)
CHANGE(all_closed, on_all(cluster, unasked); strcpy(site->results[CPC_SITE_VOLUMES].needs, "/dev/dm-0");)
CHANGE(no_reservations, site->volumes[0].reservations = CPC_CLEAR;)
CHANGE(old, site->volumes[0].spc = KNOWN(4);)
CHANGE(newer, site->volumes[0].spc = KNOWN(6);)
CHANGE(spc_unknown, site->volumes[0].spc = NOT_KNOWN;)
CHANGE(local, site->volumes[0].transport = CPC_TRANSPORT_LOCAL;)
CHANGE(over_fabrics, site->volumes[0].transport = CPC_TRANSPORT_NVME_FABRICS;)
CHANGE(over_sas, site->volumes[0].transport = CPC_TRANSPORT_SAS;)
CHANGE(paravirtual, site->volumes[0].transport = CPC_TRANSPORT_PARAVIRTUAL;)
CHANGE(none, site->volume_count = 0;)
CHANGE(none_of_many, site->volume_count = 0; site->volumes_left_out = 1;)
CHANGE(guest_none, site->volume_count = 0; report->vantage = CPC_GUEST;)
CHANGE(contained, site->host.container = CPC_SET;)
CHANGE(contained_none, site->host.container = CPC_SET; site->volume_count = 0;)
CHANGE(strange, site->volumes[0].transport = CPC_TRANSPORT_UNKNOWN;)
CHANGE(denied, site->results[CPC_SITE_VOLUMES].status = CPC_PROBE_DENIED;)
/* The first and the second host share one, the second and the third another. */
CHANGE(in_a_chain, strcpy(cluster->sites[2].volumes[0].identity, "naa.chain");
       give_volume(&cluster->sites[1], "dm-1", "naa.chain");)
CHANGE(each_its_own, strcpy(site->volumes[0].identity, "naa.1"); strcpy(cluster->sites[1].volumes[0].identity, "naa.2");
       strcpy(cluster->sites[2].volumes[0].identity, "naa.3");)
CHANGE(of_another_kind, strcpy(site->volumes[0].identity, "t10.LIO-ORG 6001405");)
CHANGE(of_another_kind_too, strcpy(site->volumes[0].identity, "t10.LIO-ORG 6001405");
       give_volume(site, "dm-1", "naa.6001405");)
CHANGE(own_of_another_kind, strcpy(site->volumes[0].identity, "naa.9");
       give_volume(site, "sdz", "t10.ATA own")->transport = CPC_TRANSPORT_LOCAL;)
CHANGE(one_over_iscsi, site->volumes[0].transport = CPC_TRANSPORT_ISCSI;)
CHANGE(chain_unseen, in_a_chain(cluster); cluster->sites[2].results[CPC_SITE_VOLUMES].status = CPC_PROBE_FAILED;)
CHANGE(one_lost, without_paths(&site->volumes[0]);)
CHANGE(all_lost, on_all(cluster, without_paths);)
CHANGE(lost_among_others, without_paths(&site->volumes[0]); give_volume(site, "dm-9", "naa.nine");)
CHANGE(one_more, give_volume(site, "sdz", "naa.more");)

static void shared(void **state)
{
	static const struct ready_case cases[] = {
		{ "shared", NULL, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "shared by three", NULL, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 3, NULL },
		{ "one host", NULL, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_GIVE_HOSTS, 1, NULL },
		{ "one host without", none, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_SHARE, 1, NULL },
		{ "another", another, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_SHARE, 0, NULL },
		{ "one of three has another", another, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_SHARE, 3, NULL },
		{ "one more", one_more, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "a chain of shares", in_a_chain, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_SHARE, 3, NULL },
		{ "each its own", each_its_own, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_SHARE, 3, NULL },
		{ "a chain, its end unseen", chain_unseen, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 3,
		  NULL },
		{ "another kind of name", of_another_kind, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0,
		  NULL },
		{ "both kinds of names", of_another_kind_too, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "a local one of another kind", own_of_another_kind, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_SHARE, 0,
		  NULL },
		{ "iSCSI against Fibre Channel", one_over_iscsi, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 3, NULL },
		{ "unnamed on one", one_unnamed, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "unnamed", all_unnamed, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "not asked", all_unasked, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_ASK_ACTIVELY, 0, NULL },
		{ "not asked by one", one_unasked, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_ASK_ACTIVELY, 0, NULL },
		{ "asked in vain", all_silent, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "not permitted to ask", all_closed, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_PERMIT, 0, NULL },
		{ "no reservations", no_reservations, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_REPLACE_STORAGE, 0, NULL },
		{ "SPC-2", old, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_REPLACE_STORAGE, 0, NULL },
		{ "lost on one", one_lost, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_MEND_PATH, 0, NULL },
		{ "lost on all", all_lost, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_MEND_PATH, 0, NULL },
		{ "lost, beside another", lost_among_others, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_SHARE, 0, NULL },
		{ "SPC-4", newer, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "SPC unknown", spc_unknown, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "local", local, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_SHARE, 0, NULL },
		{ "NVMe over fabrics", over_fabrics, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_SHARE, 0, NULL },
		{ "SAS", over_sas, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "virtio", paravirtual, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, 0, NULL },
		{ "none", none, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_SHARE, 0, NULL },
		{ "left out", none_of_many, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_ASK_PLATFORM, 0, NULL },
		{ "a guest", guest_none, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, 0, NULL },
		{ "a container that sees none", contained_none, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE,
		  0, NULL },
		{ "a container", contained, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "who knows how", strange, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_ASK_PLATFORM, 0, NULL },
		{ "denied", denied, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_PERMIT, 0, NULL },
		{ "a dump", make_dump, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_THERE, 0, NULL },
		{ "from 2012 on it may lie elsewhere", none, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, "hyperv-2012" },
		{ "under KVM likewise", make_dump, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, "kvm" },
	};

	(void)state;
	TRY_CASES(cases, CPC_ROW_SHARED_STORAGE);
}

/* Who lacks the volume that most of them see, and who sees which. */
static void who_lacks_it(void **state)
{
	struct cluster *cluster = calloc(1, sizeof(*cluster));
	const struct cpc_ready_reason *reason;
	const struct cpc_ready_row *row;
	struct cpc_ready ready;
	size_t told = 0;

	(void)state;
	assert_non_null(cluster);
	cluster_start(cluster, 4);
	in_a_chain(cluster);
	ready = judge_cluster(cluster, "hyperv-2008r2", 0);
	row = &ready.rows[CPC_ROW_SHARED_STORAGE];
	assert_int_equal(row->reason_count, 1);
	reason = &row->reasons[0];
	/* Three see the first one's, two the third's. */
	assert_int_equal(reason->host, 2);
	assert_string_equal(reason->subject, "naa.6001405");
	for (size_t i = 0; i < row->fact_count; i++) {
		const struct cpc_ready_fact *fact = &row->facts[i];

		if (fact->id == CPC_FACT_SHARED)
			assert_int_equal(fact->number, 0);
		if (fact->id == CPC_FACT_SHARED_PARTLY)
			assert_int_equal(fact->number, 2);
		if (fact->id != CPC_FACT_SEEN_BY)
			continue;
		told++;
		assert_string_equal(fact->text, strcmp(fact->subject, "naa.chain") ? "h1, h2, h4" : "h2, h3");
	}
	assert_int_equal(told, 2);
	cpc_ready_free(&ready);
	/* Nobody shares anything: it is the cluster's. */
	each_its_own(cluster);
	strcpy(cluster->sites[3].volumes[0].identity, "naa.4");
	cluster->sites[1].volume_count = 1;
	ready = judge_cluster(cluster, "hyperv-2008r2", 0);
	row = &ready.rows[CPC_ROW_SHARED_STORAGE];
	assert_int_equal(row->reason_count, 1);
	assert_int_equal(row->reasons[0].host, CPC_READY_CLUSTER);
	assert_string_equal(row->reasons[0].subject, "");
	cpc_ready_free(&ready);
	cluster_end(cluster);
	free(cluster);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(shared), cmocka_unit_test(who_lacks_it) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
