/* SPDX-License-Identifier: MIT */
/* The row of virtual disks, with every verdict. */
#include "ready_support.h"

CHANGE(hidden, cluster->hosts[0].disk_count = 0;)
CHANGE(dynamic, cluster->disk.kind = CPC_DISK_KIND_DYNAMIC;)
CHANGE(differencing, cluster->disk.kind = CPC_DISK_KIND_DIFFERENCING;)
CHANGE(unknown, cluster->disk.kind = CPC_DISK_KIND_UNKNOWN;)
CHANGE(broken, cluster->disk.fatal = true;)
CHANGE(scratched, cpc_disk_add_fault(&cluster->disk, &(struct cpc_disk_fault){ .part = CPC_DISK_PART_VHD_FOOTER_COPY,
									       .code = CPC_DISK_FAULT_CHECKSUM });)
CHANGE(newer, cluster->disk.format = CPC_DISK_FORMAT_VHDX;)
CHANGE(unread, cluster->disk.format = CPC_DISK_FORMAT_UNREAD; cluster->disk.kind = CPC_DISK_KIND_UNKNOWN;)
CHANGE(raw, cluster->disk.format = CPC_DISK_FORMAT_RAW; cluster->disk.kind = CPC_DISK_KIND_UNKNOWN;)
CHANGE(backed, cluster->disk.format = CPC_DISK_FORMAT_QCOW2; cluster->disk.kind = CPC_DISK_KIND_DIFFERENCING;)
CHANGE(corrupt, backed(cluster); cluster->disk.states[CPC_DISK_STATE_CORRUPT] = true;)
CHANGE(dirty, backed(cluster); cluster->disk.states[CPC_DISK_STATE_DIRTY] = true;)
CHANGE(device, raw(cluster); cluster->shown.device = true;)
CHANGE(closed, cluster->shown.disk = NULL; cluster->shown.error = "no";)
CHANGE(another_closed, static struct cpc_ready_disk two[2]; two[0] = cluster->shown;
       two[1] = (struct cpc_ready_disk){ .name = "b", .error = "no" }; cluster->hosts[0].disks = two;
       cluster->hosts[0].disk_count = 2;)

static void disks(void **state)
{
	static const struct ready_case cases[] = {
		{ "fixed", NULL, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "not shown", hidden, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_SHOW_DISKS, 0, NULL },
		{ "dynamic", dynamic, CPC_MET, CPC_NOT_MET, CPC_REMEDY_CONVERT, 0, NULL },
		{ "differencing", differencing, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_MERGE, 0, NULL },
		{ "unknown", unknown, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "broken", broken, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_MEND_DISK, 0, NULL },
		{ "scratched", scratched, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "VHDX in 2008 R2", newer, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_CONVERT, 0, NULL },
		{ "VHDX in 2012", newer, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, "hyperv-2012" },
		{ "unread", unread, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "raw", raw, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_CONVERT, 0, NULL },
		{ "raw in KVM", raw, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, "kvm" },
		{ "qcow2 with a backing file in KVM", backed, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, "kvm" },
		{ "unread in KVM", unread, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, "kvm" },
		{ "broken in KVM", broken, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_MEND_DISK, 0, "kvm" },
		{ "marked corrupt in KVM", corrupt, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_MEND_DISK, 0, "kvm" },
		{ "in use in KVM", dirty, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, "kvm" },
		{ "pass-through", device, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_IMAGE, 0, NULL },
		{ "a device in KVM", device, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, "kvm" },
		{ "not opened", closed, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_PERMIT, 0, NULL },
		{ "another not opened", another_closed, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_PERMIT, 0, NULL },
		{ "xen asks nothing", hidden, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, "xen" },
	};

	(void)state;
	TRY_CASES(cases, CPC_ROW_VIRTUAL_DISKS);
}

CHANGE(logged, newer(cluster); cluster->disk.states[CPC_DISK_STATE_LOG] = true;)
CHANGE(elsewhere, cluster->disk.format = CPC_DISK_FORMAT_QCOW2; cluster->disk.kind = CPC_DISK_KIND_DYNAMIC;
       cluster->disk.states[CPC_DISK_STATE_EXTERNAL] = true;
       strcpy(cluster->disk.texts[CPC_DISK_TEXT_DATA_FILE], "a\xc3\xa4.raw");)
CHANGE(child, backed(cluster); strcpy(cluster->disk.texts[CPC_DISK_TEXT_PARENT_NAME], "parent.qcow2");)

/* What is no verdict: how it was left, and the files that it does not do without. */
static void cautions(void **state)
{
	static const struct {
		void (*change)(struct cluster *cluster);
		const char *policy;
		enum cpc_ready_remedy remedy; /* NONE: no caution */
		enum cpc_ready_fact_id fact;
		const char *text;
	} cases[] = {
		{ raw, "kvm", CPC_REMEDY_NONE, CPC_FACT_DISK_FORMAT, "raw" },
		{ logged, "hyperv-2012", CPC_REMEDY_CLOSE_DISK, CPC_FACT_DISK_STATE, "log" },
		{ dirty, "hyperv-2012", CPC_REMEDY_CLOSE_DISK, CPC_FACT_DISK_STATE, "dirty" },
		{ corrupt, "hyperv-2012", CPC_REMEDY_NONE, CPC_FACT_DISK_FAULT, "corrupt" },
		{ elsewhere, "kvm", CPC_REMEDY_TAKE_ALONG, CPC_FACT_DISK_DATA_FILE, "a??.raw" },
		{ child, "kvm", CPC_REMEDY_TAKE_ALONG, CPC_FACT_DISK_PARENT, "parent.qcow2" },
		/* There it is to be merged, and no other file is left. */
		{ differencing, "hyperv-2012", CPC_REMEDY_NONE, CPC_FACT_DISK_KIND, "differencing" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct cluster *cluster = calloc(1, sizeof(*cluster));
		const struct cpc_ready_row *row;
		struct cpc_ready ready;
		bool found = false;

		assert_non_null(cluster);
		cluster_start(cluster, 1);
		cases[i].change(cluster);
		ready = judge_cluster(cluster, cases[i].policy, 0);
		row = &ready.rows[CPC_ROW_VIRTUAL_DISKS];
		assert_int_equal(row->caution_count, cases[i].remedy != CPC_REMEDY_NONE);
		if (row->caution_count) {
			assert_int_equal(row->cautions[0].remedy, cases[i].remedy);
			assert_string_equal(row->cautions[0].subject, "a.vhd");
		}
		for (size_t n = 0; n < row->fact_count; n++)
			found = found ||
				(row->facts[n].id == cases[i].fact && strcmp(row->facts[n].text, cases[i].text) == 0);
		if (!found)
			fail_msg("no %s", cases[i].text);
		cpc_ready_free(&ready);
		cluster_end(cluster);
		free(cluster);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(disks), cmocka_unit_test(cautions) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
