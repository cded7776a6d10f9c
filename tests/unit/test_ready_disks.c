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

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(disks) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
