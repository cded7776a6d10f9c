/* SPDX-License-Identifier: MIT */
/* Disks: by which name other hosts know them, how they are reached, and by how many ways. */
#include "site_support.h"

static enum cpc_probe_status run(struct sited *sited)
{
	return run_probe(sited, CPC_SITE_VOLUMES, cpc_site_volumes);
}

static void a_multipath_is_one_volume(void **state)
{
	struct sited *sited = *state;
	const struct cpc_volume *volume;

	make_host("fc", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(sited->site.volume_count, 3); /* no path, no logical volume, no drive */
	volume = volume_named(sited, "dm-0");
	assert_string_equal(volume->identity, "naa." NAA_SHARED);
	assert_int_equal(volume->transport, CPC_TRANSPORT_FIBRE_CHANNEL);
	assert_measured(volume->bytes, UINT64_C(1) << 40);
	assert_measured(volume->spc, 5);
	assert_measured(volume->paths, 2);
	assert_measured(volume->paths_usable, 2);
	assert_int_equal(volume->reservations, CPC_UNKNOWN);
	assert_string_equal(volume_named(sited, "dm-1")->identity, "naa." NAA_WITNESS);
	volume = volume_named(sited, "sda");
	assert_int_equal(volume->transport, CPC_TRANSPORT_LOCAL);
	assert_string_equal(volume->identity, "naa." NAA_OWN);
	assert_measured(volume->paths, 1);
}

/* And not what it makes of its disks, nor a drive. */
static void a_server_has_its_own_disks_and_the_sans(void **state)
{
	static const char *const own[] = { "nvme0n1", "nvme1n1", "sda", "sdd" };
	struct sited *sited = *state;

	make_host("server", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(sited->site.volume_count, 5);
	for (size_t i = 0; i < COUNT(own); i++)
		assert_int_equal(volume_named(sited, own[i])->transport, CPC_TRANSPORT_LOCAL);
	assert_int_equal(volume_named(sited, "dm-0")->transport, CPC_TRANSPORT_FIBRE_CHANNEL);
	assert_measured(volume_named(sited, "dm-0")->paths_usable, 2);
}

static void a_lost_path_is_counted_and_not_usable(void **state)
{
	struct sited *sited = *state;

	make_host("fc-lost", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_measured(volume_named(sited, "dm-0")->paths, 2);
	assert_measured(volume_named(sited, "dm-0")->paths_usable, 1);
	assert_measured(volume_named(sited, "sda")->paths_usable, 1);
}

/* By asymmetric access a port of the array may refuse; and a state may not be told. */
static void a_path_is_usable_where_the_array_says_so(void **state)
{
	struct sited *sited = *state;

	make_host("fc", sited->root);
	put_line(at(sited->root, "/sys/block/sdb/device/access_state"), "unavailable");
	put_line(at(sited->root, "/sys/block/sdc/device/access_state"), "standby");
	assert_int_equal(unlink(at(sited->root, "/sys/block/sdd/device/state")), 0);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_measured(volume_named(sited, "dm-0")->paths_usable, 1);
	assert_measured(volume_named(sited, "dm-1")->paths, 2);
	assert_false(volume_named(sited, "dm-1")->paths_usable.known);
}

/* Where no path tells, the multipath's own name does; what is no whole name of that sort does not. */
static void a_multipath_has_a_name_of_its_own(void **state)
{
	static const struct {
		const char *uuid;
		const char *identity;
	} rows[] = {
		{ "mpath-3" NAA_SHARED, "naa." NAA_SHARED },
		{ "mpath-3" NAA_OWN, "naa." NAA_OWN },
		{ "mpath-20001020304050607", "eui.0001020304050607" },
		{ "mpath-1ATA_disk", "" },
		{ "mpath-3" NAA_OWN "0", "" },
		{ "mpath-3NAA", "" },
		{ "mpath-3", "" },
		{ "mpath-", "" },
	};
	struct sited *sited = *state;

	make_host("fc", sited->root);
	assert_int_equal(unlink(at(sited->root, "/sys/block/sdb/device/vpd_pg83")), 0);
	assert_int_equal(unlink(at(sited->root, "/sys/block/sdc/device/vpd_pg83")), 0);
	for (size_t i = 0; i < COUNT(rows); i++) {
		put_line(at(sited->root, "/sys/block/dm-0/dm/uuid"), rows[i].uuid);
		assert_int_equal(run(sited), CPC_PROBE_OK);
		assert_string_equal(volume_named(sited, "dm-0")->identity, rows[i].identity);
		cpc_site_free(&sited->site);
	}
}

/* Nobody made a multipath of them: that there are two ways shows by the name. */
static void disks_with_one_name_stay_two(void **state)
{
	struct sited *sited = *state;

	make_host("sas", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(sited->site.volume_count, 3);
	assert_int_equal(volume_named(sited, "sdb")->transport, CPC_TRANSPORT_SAS);
	assert_measured(volume_named(sited, "sdb")->spc, 6);
	assert_string_equal(volume_named(sited, "sdb")->identity, volume_named(sited, "sdc")->identity);
}

static void an_old_kernel_tells_less(void **state)
{
	struct sited *sited = *state;
	const struct cpc_volume *volume;

	make_host("iscsi", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	volume = volume_named(sited, "sdb");
	assert_int_equal(volume->transport, CPC_TRANSPORT_ISCSI);
	assert_string_equal(volume->identity, "naa." NAA_SHARED);
	assert_measured(volume->spc, 5);
}

/* The level of the kernel is one more than INQUIRY's version, from SCSI-2 on. */
static void a_level_is_no_version(void **state)
{
	static const struct {
		const char *level;
		bool known;
		uint64_t version;
	} rows[] = { { "7", true, 6 },	{ "6", true, 5 },  { "5", true, 4 },  { "3", true, 2 },
		     { "2", false, 0 }, { "0", false, 0 }, { "99", false, 0 } };
	struct sited *sited = *state;

	make_host("iscsi", sited->root);
	for (size_t i = 0; i < COUNT(rows); i++) {
		put_line(at(sited->root, "/sys/block/sdb/device/scsi_level"), rows[i].level);
		assert_int_equal(run(sited), CPC_PROBE_OK);
		assert_int_equal(volume_named(sited, "sdb")->spc.known, rows[i].known);
		assert_int_equal(volume_named(sited, "sdb")->spc.value, rows[i].version);
		cpc_site_free(&sited->site);
	}
}

static void a_name_that_fills_the_room_is_none(void **state)
{
	char name[CPC_IDENTITY_SIZE + 8];
	struct sited *sited = *state;

	make_host("iscsi", sited->root);
	memset(name, 'x', sizeof(name));
	memcpy(name, "t10.", 4);
	name[sizeof(name) - 1] = '\0';
	put_line(at(sited->root, "/sys/block/sdb/device/wwid"), name);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_string_equal(volume_named(sited, "sdb")->identity, "");
}

static void guests_have_disks_of_their_hypervisor(void **state)
{
	struct sited *sited = *state;

	make_host("kvm-guest", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(sited->site.volume_count, 1);
	assert_int_equal(volume_named(sited, "vda")->transport, CPC_TRANSPORT_PARAVIRTUAL);
	assert_string_equal(volume_named(sited, "vda")->identity, "");
	assert_false(volume_named(sited, "vda")->spc.known);
}

static void storvsc_is_paravirtual(void **state)
{
	struct sited *sited = *state;

	make_host("hyperv-guest", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(volume_named(sited, "sda")->transport, CPC_TRANSPORT_PARAVIRTUAL);
	assert_measured(volume_named(sited, "sda")->spc, 5);
}

static void a_transport_is_found_by_path_class_or_driver(void **state)
{
	static const struct {
		const char *device;
		enum cpc_transport transport;
	} rows[] = {
		{ "pci0/usb1/1-1/1-1:1.0/host10/target10:0:0/10:0:0:0", CPC_TRANSPORT_LOCAL },
		{ "pci0/virtio3/host11/target11:0:0/11:0:0:0", CPC_TRANSPORT_PARAVIRTUAL },
		{ "pci0/atalanta/host12/target12:0:0/12:0:0:0", CPC_TRANSPORT_UNKNOWN },
		{ "pci0/0/host13/target13:0:0/13:0:0:0", CPC_TRANSPORT_FIBRE_CHANNEL },
		{ "pci0/0/host14/target14:0:0/14:0:0:0", CPC_TRANSPORT_LOCAL },
		{ "pci0/0/host15/target15:0:0/15:0:0:0", CPC_TRANSPORT_UNKNOWN },
		{ "pci0/0/no-address", CPC_TRANSPORT_UNKNOWN },
		{ "pci0/0/host16/target16:2:0/16:2:0:0", CPC_TRANSPORT_LOCAL },
		{ "pci0/0/host17/target17:1:0/17:1:0:0", CPC_TRANSPORT_LOCAL },
		{ "vscsi-2065/host18/target18:0:0/18:0:0:0", CPC_TRANSPORT_PARAVIRTUAL },
		{ "pci0/0/host19/port-19:0/end_device-19:0/target19:0:0/19:0:0:0", CPC_TRANSPORT_LOCAL },
		{ "pci0/0/host19/port-19:1/end_device-19:1/target19:0:1/19:0:1:0", CPC_TRANSPORT_SAS },
		{ "pci0/0/host19/port-19:2/end_device-19:2/target19:0:2/19:0:2:0", CPC_TRANSPORT_SAS },
		{ "LNXSYSTM:00/ndbus0/region0/namespace0.0", CPC_TRANSPORT_LOCAL },
		{ "platform/floppy.0", CPC_TRANSPORT_LOCAL },
		{ "pci0/0/cciss0/c0d0", CPC_TRANSPORT_LOCAL },
		{ "pci0/0/fw1/fw1.0/host20/target20:0:0/20:0:0:0", CPC_TRANSPORT_LOCAL },
	};
	struct sited *sited = *state;

	put_folder(at(sited->root, "/sys/class/fc_host/host13"));
	put_line(at(sited->root, "/sys/class/scsi_host/host14/proc_name"), "ahci");
	put_line(at(sited->root, "/sys/class/scsi_host/host15/proc_name"), "nobodys");
	put_line(at(sited->root, "/sys/class/scsi_host/host16/proc_name"), "megaraid_sas");
	/* It has the transport's class for its physical disks, and this is none of them. */
	put_line(at(sited->root, "/sys/class/scsi_host/host17/proc_name"), "smartpqi");
	put_folder(at(sited->root, "/sys/class/sas_host/host17"));
	put_line(at(sited->root, "/sys/class/scsi_host/host18/proc_name"), "scsifront");
	put_line(at(sited->root, "/sys/class/sas_device/end_device-19:0/target_port_protocols"), "sata");
	put_line(at(sited->root, "/sys/class/sas_device/end_device-19:1/target_port_protocols"), "ssp");
	put_line(at(sited->root, "/sys/class/sas_device/end_device-19:2/target_port_protocols"), "smp, stp, ssp");
	for (size_t i = 0; i < COUNT(rows); i++) {
		char name[8];

		(void)snprintf(name, sizeof(name), "sd%c", (char)('a' + i));
		put_disk(sited->root, &(struct disk){ .name = name, .device = rows[i].device, .sectors = 1 });
	}
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(sited->site.volume_count, COUNT(rows));
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(sited->site.volumes[i].transport, rows[i].transport);
}

static void put_controller(const char *root, const char *name, const char *transport, const char *state)
{
	put_folder(at(root, "/sys/devices/virtual/nvme-subsystem/nvme-subsys1/%s", name));
	put_line(at(root, "/sys/class/nvme/%s/transport", name), transport);
	put_line(at(root, "/sys/class/nvme/%s/state", name), state);
}

static void a_namespace_has_its_controllers_as_paths(void **state)
{
	const char *home = "/sys/devices/virtual/nvme-subsystem/nvme-subsys1";
	struct sited *sited = *state;
	const struct cpc_volume *volume;

	put_controller(sited->root, "nvme1", "tcp", "live");
	put_controller(sited->root, "nvme2", "tcp", "connecting");
	put_line(at(sited->root, "%s/nvme1n1/wwid", home), "eui.00a0750123456789");
	put_number(at(sited->root, "%s/nvme1n1/size", home), 2048);
	put_link(at(sited->root, "%s/nvme1n1/device", home), "../../nvme-subsys1");
	put_link(at(sited->root, "/sys/block/nvme1n1"), at("", "../..%s/nvme1n1", home));
	/* A path of it by itself, which the kernel hides. */
	put_number(at(sited->root, "%s/nvme1c1n1/hidden", home), 1);
	put_link(at(sited->root, "%s/nvme1c1n1/device", home), "../nvme1");
	put_link(at(sited->root, "/sys/block/nvme1c1n1"), at("", "../..%s/nvme1c1n1", home));
	/* One on the bus. */
	put_line(at(sited->root, "/sys/class/nvme/nvme0/transport"), "pcie");
	put_line(at(sited->root, "/sys/class/nvme/nvme0/state"), "live");
	put_line(at(sited->root, "/sys/block/nvme0n1/wwid"), "eui.0025385a1b2c3d4e");
	put_link(at(sited->root, "/sys/block/nvme0n1/device"), "../../class/nvme/nvme0");
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(sited->site.volume_count, 2);
	volume = volume_named(sited, "nvme1n1");
	assert_int_equal(volume->transport, CPC_TRANSPORT_NVME_FABRICS);
	assert_string_equal(volume->identity, "eui.00a0750123456789");
	assert_measured(volume->paths, 2);
	assert_measured(volume->paths_usable, 1);
	assert_measured(volume->bytes, 1 << 20);
	assert_false(volume->spc.known);
	volume = volume_named(sited, "nvme0n1");
	assert_int_equal(volume->transport, CPC_TRANSPORT_LOCAL);
	assert_measured(volume->paths, 1);
	assert_measured(volume->paths_usable, 1);
}

struct asked {
	int answer;
	uint64_t takes;
	uint64_t now;
	size_t times;
	char names[CPC_SHORT_SIZE * 4];
};

static int reservations(void *context, const char *disk)
{
	struct asked *asked = context;

	asked->times++;
	asked->now += asked->takes;
	strcat(strcat(asked->names, disk), " ");
	return asked->answer;
}

static uint64_t now(void *context)
{
	return ((struct asked *)context)->now;
}

static void ask(struct sited *sited, struct asked *asked)
{
	cpc_site_free(&sited->site);
	sited->env.active = true;
	sited->env.context = asked;
	sited->env.reservations = reservations;
	sited->env.now = now;
	assert_int_equal(run(sited), CPC_PROBE_OK);
}

static void reservations_are_asked_for_only_actively(void **state)
{
	struct sited *sited = *state;
	struct asked asked = { .answer = 1 };

	make_host("fc", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_string_equal(sited->site.results[CPC_SITE_VOLUMES].needs, "--active");
	ask(sited, &asked);
	assert_string_equal(asked.names, "sdb sdd "); /* nobody shares sda */
	assert_string_equal(sited->site.results[CPC_SITE_VOLUMES].needs, "");
	assert_int_equal(volume_named(sited, "dm-0")->reservations, CPC_SET);
	assert_int_equal(volume_named(sited, "sda")->reservations, CPC_UNKNOWN);
	ask(sited, &(struct asked){ .answer = 0 });
	assert_int_equal(volume_named(sited, "dm-0")->reservations, CPC_CLEAR);
	ask(sited, &(struct asked){ .answer = -EACCES });
	assert_int_equal(volume_named(sited, "dm-0")->reservations, CPC_UNKNOWN);
	assert_string_equal(sited->site.results[CPC_SITE_VOLUMES].needs, "/dev/sde");
	ask(sited, &(struct asked){ .answer = -ENOSYS });
	assert_int_equal(volume_named(sited, "dm-0")->reservations, CPC_UNKNOWN);
}

/* As an iSCSI session leaves its disks once its link is cut: what is sent to them then waits for the link. */
static void a_lost_path_is_not_asked(void **state)
{
	struct sited *sited = *state;
	struct asked asked = { .answer = 1 };

	make_host("fc", sited->root);
	put_line(at(sited->root, "/sys/block/sdb/device/state"), "blocked");
	put_line(at(sited->root, "/sys/block/sdd/device/state"), "blocked");
	put_line(at(sited->root, "/sys/block/sde/device/state"), "transport-offline");
	ask(sited, &asked);
	assert_string_equal(asked.names, "sdc ");
	assert_int_equal(volume_named(sited, "dm-0")->reservations, CPC_SET);
	assert_int_equal(volume_named(sited, "dm-1")->reservations, CPC_UNKNOWN);
	assert_string_equal(sited->site.results[CPC_SITE_VOLUMES].needs, "");
}

/* What one path did not tell the next one may. */
static void every_usable_path_is_asked(void **state)
{
	struct sited *sited = *state;
	struct asked asked = { .answer = -EIO };

	make_host("fc", sited->root);
	ask(sited, &asked);
	assert_string_equal(asked.names, "sdb sdc sdd sde ");
	assert_int_equal(volume_named(sited, "dm-0")->reservations, CPC_UNKNOWN);
}

static void a_lost_disk_is_not_asked(void **state)
{
	struct sited *sited = *state;
	struct asked asked = { .answer = 1 };

	make_host("iscsi", sited->root);
	ask(sited, &asked);
	assert_string_equal(asked.names, "sdb ");
	put_line(at(sited->root, "/sys/block/sdb/device/state"), "blocked");
	asked = (struct asked){ .answer = 1 };
	ask(sited, &asked);
	assert_int_equal(asked.times, 0);
	assert_int_equal(volume_named(sited, "sdb")->reservations, CPC_UNKNOWN);
}

static void a_host_without_shared_disks_needs_no_asking(void **state)
{
	struct sited *sited = *state;

	make_host("bonds", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_string_equal(sited->site.results[CPC_SITE_VOLUMES].needs, "");
}

static void devices_that_do_not_answer_are_not_all_waited_for(void **state)
{
	struct sited *sited = *state;
	struct asked asked = { .answer = -ETIMEDOUT, .takes = UINT64_C(11000000000) };

	make_host("fc", sited->root);
	ask(sited, &asked);
	assert_int_equal(asked.times, 1);
	assert_int_equal(volume_named(sited, "dm-1")->reservations, CPC_UNKNOWN);
}

static void an_empty_folder_is_absent(void **state)
{
	struct sited *sited = *state;

	make_host("empty", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_ABSENT);
	assert_string_equal(sited->site.results[CPC_SITE_VOLUMES].needs, "/sys/block");
}

static void a_container_has_none(void **state)
{
	struct sited *sited = *state;

	make_host("container", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(sited->site.volume_count, 0);
}

static void a_hostile_one_is_bounded(void **state)
{
	struct sited *sited = *state;
	const struct cpc_volume *volume;

	make_host("hostile", sited->root);
	assert_int_equal(run(sited), CPC_PROBE_OK);
	volume = volume_named(sited, "sda");
	assert_string_equal(volume->identity, "");
	assert_false(volume->bytes.known);
	assert_measured(volume->spc, 0); /* all of its answer is zeros */
	assert_false(volume->paths_usable.known);
	assert_false(volume_named(sited, "nvme0n1")->paths.known);
	volume = volume_named(sited, "dm-0");
	assert_string_equal(volume->identity, "");
	assert_measured(volume->paths, 1); /* itself */
	assert_false(volume->paths_usable.known);
}

/* A bound of the list, beside that of the folder. */
static void many_are_counted(void **state)
{
	struct sited *sited = *state;

	for (unsigned int i = 0; i < CPC_SITE_ITEMS_MAX + 3; i++)
		put_link(at(sited->root, "/sys/block/sd%u/device", i), "nowhere");
	assert_int_equal(run(sited), CPC_PROBE_OK);
	assert_int_equal(sited->site.volume_count, CPC_SITE_ITEMS_MAX);
	assert_int_equal(sited->site.volumes_left_out, 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		site_test(a_multipath_is_one_volume),
		site_test(a_server_has_its_own_disks_and_the_sans),
		site_test(a_lost_path_is_counted_and_not_usable),
		site_test(a_path_is_usable_where_the_array_says_so),
		site_test(a_multipath_has_a_name_of_its_own),
		site_test(disks_with_one_name_stay_two),
		site_test(an_old_kernel_tells_less),
		site_test(a_level_is_no_version),
		site_test(a_name_that_fills_the_room_is_none),
		site_test(guests_have_disks_of_their_hypervisor),
		site_test(storvsc_is_paravirtual),
		site_test(a_transport_is_found_by_path_class_or_driver),
		site_test(a_namespace_has_its_controllers_as_paths),
		site_test(reservations_are_asked_for_only_actively),
		site_test(a_lost_path_is_not_asked),
		site_test(every_usable_path_is_asked),
		site_test(a_lost_disk_is_not_asked),
		site_test(a_host_without_shared_disks_needs_no_asking),
		site_test(devices_that_do_not_answer_are_not_all_waited_for),
		site_test(an_empty_folder_is_absent),
		site_test(a_container_has_none),
		site_test(a_hostile_one_is_bounded),
		site_test(many_are_counted),
	};

	return cmocka_run_group_tests_name("site_volumes", tests, NULL, NULL);
}
