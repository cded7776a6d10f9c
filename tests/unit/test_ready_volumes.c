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
		{ "unnamed on one", one_unnamed, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "unnamed", all_unnamed, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "not asked", all_unasked, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_ASK_ACTIVELY, 0, NULL },
		{ "not asked by one", one_unasked, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_ASK_ACTIVELY, 0, NULL },
		{ "asked in vain", all_silent, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "not permitted to ask", all_closed, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_PERMIT, 0, NULL },
		{ "no reservations", no_reservations, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_REPLACE_STORAGE, 0, NULL },
		{ "SPC-2", old, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_REPLACE_STORAGE, 0, NULL },
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

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(shared) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
