/* SPDX-License-Identifier: MIT */
/* What a guest has of its hypervisor's, out of a folder; and the table of VMBus devices against the facts. */
#include "system_support.h"

#define BUS "/sys/bus/vmbus/devices/"

static struct cpc_site site;
static struct cpc_site_result result;

static enum cpc_probe_status run(void)
{
	site = (struct cpc_site){ .port_count = 0 };
	return replay(cpc_site_guest_system, &site, &result);
}

/* A device as sysfs has it: its class, and a link to its driver or none. */
static void put_device(const char *name, const char *class_id, const char *driver)
{
	char path[256];
	char target[256];

	(void)snprintf(path, sizeof(path), BUS "%s/class_id", name);
	put(path, class_id);
	if (!driver)
		return;
	(void)snprintf(path, sizeof(path), BUS "%s/driver", name);
	(void)snprintf(target, sizeof(target), "../../../bus/vmbus/drivers/%s", driver);
	put_link(place(path), target);
}

static void an_empty_folder(void **state)
{
	(void)state;
	assert_int_equal(run(), CPC_PROBE_ABSENT);
	assert_string_equal(result.needs, "/sys/bus");
	assert_int_equal(site.guest.vmbus, CPC_UNKNOWN);
	assert_int_equal(site.guest.guest_agent, CPC_UNKNOWN);
	assert_int_equal(site.guest.virtio, CPC_UNKNOWN);
}

static void a_bare_host(void **state)
{
	(void)state;
	put("/sys/bus/pci/devices/x", "");
	put("/proc/2/comm", "kthreadd\n");
	assert_int_equal(run(), CPC_PROBE_OK);
	assert_int_equal(site.guest.vmbus, CPC_CLEAR);
	assert_int_equal(site.guest.hyperv_drivers, CPC_UNKNOWN);
	assert_int_equal(site.guest.virtio, CPC_CLEAR);
	assert_int_equal(site.guest.kvp_daemon, CPC_CLEAR);
	assert_int_equal(site.guest.guest_agent, CPC_CLEAR);
	assert_string_equal(site.guest.missing, "");
	assert_string_equal(result.needs, "");
}

static void a_guest_of_hyperv(void **state)
{
	(void)state;
	put("/proc/2/comm", "kthreadd\n");
	put("/proc/412/comm", "hv_kvp_daemon\n");
	put_device("a", "{F8615163-DF3E-46c5-913F-F2D2F965ED0E}\n", "hv_netvsc");
	put_device("b", "{ba6163d9-04a1-4d29-b605-72e2ffb1dc7f}\n", "hv_storvsc");
	put_device("c", "{da0a7802-e377-4aac-8e77-0558eb1073f8}\n", NULL); /* a screen, which nobody needs */
	put_device("d", "{00000000-0000-8899-0000-000000000000}\n", NULL); /* nobody knows what */
	assert_int_equal(run(), CPC_PROBE_OK);
	assert_int_equal(site.guest.vmbus, CPC_SET);
	assert_int_equal(site.guest.hyperv_drivers, CPC_SET);
	assert_int_equal(site.guest.kvp_daemon, CPC_SET);
	assert_string_equal(site.guest.missing, "");
	put_device("e", "{a9a0f4e7-5a45-4d96-b827-8a841e8c03e6}\n", NULL);
	put_device("f", "{525074dc-8985-46e2-8057-a307dc18a502}\n", NULL);
	(void)run();
	assert_int_equal(site.guest.hyperv_drivers, CPC_CLEAR);
	assert_string_equal(site.guest.missing, "hv_utils");
}

/* A bus without devices, and devices whose class cannot be read, do not say that nothing is missing. */
static void not_known_to_be_whole(void **state)
{
	(void)state;
	put_folder(place("/sys/bus/vmbus/devices"));
	(void)run();
	assert_int_equal(site.guest.vmbus, CPC_SET);
	assert_int_equal(site.guest.hyperv_drivers, CPC_UNKNOWN);
	put_device("a", "{f8615163-df3e-46c5-913f-f2d2f965ed0e}\n", "uio_hv_generic");
	(void)run();
	assert_int_equal(site.guest.hyperv_drivers, CPC_SET);
	put(BUS "b/other", "");
	(void)run();
	assert_int_equal(site.guest.hyperv_drivers, CPC_UNKNOWN);
	put_device("c", "{32412632-86cb-44a2-9b5c-50d1417354f5}\n", NULL);
	(void)run();
	assert_int_equal(site.guest.hyperv_drivers, CPC_CLEAR);
	assert_string_equal(site.guest.missing, "hv_storvsc");
}

static void a_guest_of_kvm(void **state)
{
	(void)state;
	put("/proc/2/comm", "kthreadd\n");
	put("/proc/77/comm", "qemu-ga\n");
	put("/sys/bus/virtio/devices/virtio0/device", "0x0001\n");
	put_link(place("/sys/bus/virtio/devices/virtio0/driver"), "../../../bus/virtio/drivers/virtio_net");
	put("/sys/bus/virtio/devices/virtio1/device", "0x0004\n"); /* without its driver, and that is no matter */
	assert_int_equal(run(), CPC_PROBE_OK);
	assert_int_equal(site.guest.virtio, CPC_SET);
	assert_int_equal(site.guest.vmbus, CPC_CLEAR);
	assert_int_equal(site.guest.guest_agent, CPC_SET);
	assert_string_equal(site.guest.agent, "qemu-ga");
	assert_int_equal(site.guest.kvp_daemon, CPC_CLEAR);
	assert_string_equal(site.guest.missing, "");
	put("/sys/bus/virtio/devices/virtio2/device", "0x0008\n");
	(void)run();
	assert_string_equal(site.guest.missing, "virtio_scsi");
}

/* Who sees only some processes does not know that there is no daemon; one that is seen is there. */
static void processes_that_are_not_seen(void **state)
{
	(void)state;
	put("/sys/bus/pci/x", "");
	put("/proc/1/comm", "systemd\n");
	put("/proc/2/comm", "sh\n");
	(void)run();
	assert_int_equal(site.guest.guest_agent, CPC_UNKNOWN);
	assert_int_equal(site.guest.kvp_daemon, CPC_UNKNOWN);
	assert_string_equal(result.needs, "/proc");
	put("/proc/301/comm", "vmtoolsd\n");
	(void)run();
	assert_int_equal(site.guest.guest_agent, CPC_SET);
	assert_string_equal(site.guest.agent, "vmtoolsd");
	assert_int_equal(site.guest.kvp_daemon, CPC_UNKNOWN);
	put("/proc/301/comm", "bash\n");
	put("/proc/2/comm", "kthreadd\n");
	(void)run();
	assert_int_equal(site.guest.guest_agent, CPC_CLEAR);
	/* A thread of that name in something that is no process. */
	put("/proc/self/comm", "hv_kvp_daemon\n");
	(void)run();
	assert_int_equal(site.guest.kvp_daemon, CPC_CLEAR);
}

/* More than is looked at. */
static void too_many_processes(void **state)
{
	char path[64];

	(void)state;
	put("/sys/bus/pci/x", "");
	put("/proc/2/comm", "kthreadd\n");
	for (int i = 3; i <= CPC_FOLDER_ENTRIES_MAX + 1; i++) {
		(void)snprintf(path, sizeof(path), "/proc/%d", i);
		put_folder(place(path));
	}
	(void)run();
	assert_int_equal(site.guest.guest_agent, CPC_UNKNOWN);
}

static void hostile_files(void **state)
{
	char name[200];

	(void)state;
	put_rubbish("/sys/bus/vmbus/devices/a/class_id", 1 << 16);
	put_rubbish("/sys/bus/virtio/devices/a/device", 1 << 16);
	put_rubbish("/proc/1/comm", 1 << 16);
	put_rubbish("/proc/2/comm", 1 << 16);
	put_link(place("/proc/3"), "3");
	put_link(place("/sys/bus/vmbus/devices/loop"), ".");
	memset(name, 'x', sizeof(name));
	memcpy(name, BUS, strlen(BUS));
	name[sizeof(name) - 1] = '\0';
	put_folder(place(name));
	assert_int_equal(run(), CPC_PROBE_OK);
	assert_int_equal(site.guest.vmbus, CPC_SET);
	assert_int_equal(site.guest.hyperv_drivers, CPC_UNKNOWN);
	assert_int_equal(site.guest.virtio, CPC_SET);
	assert_int_equal(site.guest.guest_agent, CPC_UNKNOWN);
}

/* Every device of the facts, and no other. */
static void the_table_against_the_facts(void **state)
{
	const char *shared = getenv("CPC_SHARED");
	char path[512];
	char line[512];
	size_t rows = 0;
	size_t ours = 0;
	FILE *file;

	(void)state;
	(void)snprintf(path, sizeof(path), "%s/facts/vmbus_guids.tsv", shared ? shared : "");
	file = fopen(path, "re");
	if (!file) {
		printf("skipped: there are no facts at %s\n", path);
		skip();
	}
	assert_non_null(fgets(line, sizeof(line), file));
	while (fgets(line, sizeof(line), file)) {
		char *rest = line;
		const char *class_id = strsep(&rest, "\t\n");
		const char *device = strsep(&rest, "\t\n");
		const char *source = strsep(&rest, "\t\n");
		const struct cpc_vmbus_device *row = cpc_vmbus_device(class_id);

		if (!row) {
			fail_msg("%s: no row", class_id);
			break;
		}
		assert_string_equal(row->device, device);
		assert_string_equal(row->source, source);
		rows++;
	}
	(void)fclose(file);
#define CPC_VMBUS_DEVICE(class_id, device, driver, source) ours++;
#include <cpucompat/vmbus.def>
#undef CPC_VMBUS_DEVICE
	assert_int_equal(rows, ours);
	assert_true(rows > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_empty_folder, make_root, remove_root),
		cmocka_unit_test_setup_teardown(a_bare_host, make_root, remove_root),
		cmocka_unit_test_setup_teardown(a_guest_of_hyperv, make_root, remove_root),
		cmocka_unit_test_setup_teardown(not_known_to_be_whole, make_root, remove_root),
		cmocka_unit_test_setup_teardown(a_guest_of_kvm, make_root, remove_root),
		cmocka_unit_test_setup_teardown(processes_that_are_not_seen, make_root, remove_root),
		cmocka_unit_test_setup_teardown(too_many_processes, make_root, remove_root),
		cmocka_unit_test_setup_teardown(hostile_files, make_root, remove_root),
		cmocka_unit_test(the_table_against_the_facts),
	};

	return cmocka_run_group_tests_name("site_guest_system", tests, NULL, NULL);
}
