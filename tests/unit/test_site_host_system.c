/* SPDX-License-Identifier: MIT */
/* What a host runs, out of a folder: os-release, modules, marks of containers, and Hyper-V's pool. */
#include "system_support.h"

#include "site_text.h"

#define POOL "/var/lib/hyperv/.kvp_pool_3"

static struct cpc_site site;
static struct cpc_site_result result;

static enum cpc_probe_status run(void)
{
	site = (struct cpc_site){ .port_count = 0 };
	return replay(cpc_site_host_system, &site, &result);
}

static void an_empty_folder(void **state)
{
	(void)state;
	assert_int_equal(run(), CPC_PROBE_ABSENT);
	assert_string_equal(result.needs, "/etc/os-release");
	assert_string_equal(site.host.id, "");
	assert_string_equal(site.host.hypervisor, "");
	assert_int_equal(site.host.container, CPC_UNKNOWN);
}

/* A kernel that shows its devices: none of them is a hypervisor's yet. */
static int make_system(void **state)
{
	const int made = make_root(state);

	if (!made)
		put_folder(place("/sys/class/misc"));
	return made;
}

static void no_hypervisor_is_not_one_that_is_hidden(void **state)
{
	(void)state;
	put("/etc/os-release", "ID=x\n");
	assert_int_equal(run(), CPC_PROBE_ABSENT);
	assert_string_equal(result.needs, "/sys/class/misc");
	put("/sys/module/kvm_intel/initstate", "live\n");
	assert_int_equal(run(), CPC_PROBE_OK);
	assert_string_equal(site.host.hypervisor, "kvm");
	put("/sys/module/kvm_intel/initstate", "going\n");
	put_folder(place("/sys/class/misc"));
	assert_int_equal(run(), CPC_PROBE_OK);
	assert_string_equal(site.host.hypervisor, "");
}

static void a_debian_with_kvm(void **state)
{
	(void)state;
	put("/etc/os-release", "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\n"
			       "VERSION_ID=\"12\"\nID=debian\nHOME_URL=\"https://www.debian.org/\"\n");
	put("/proc/sys/kernel/osrelease", "6.1.0-42-amd64\n");
	put("/proc/1/comm", "systemd\n");
	put("/proc/2/comm", "kthreadd\n");
	put("/sys/module/kvm_intel/initstate", "live\n");
	assert_int_equal(run(), CPC_PROBE_OK);
	assert_string_equal(site.host.id, "debian");
	assert_string_equal(site.host.version, "12");
	assert_string_equal(site.host.name, "Debian GNU/Linux 12 (bookworm)");
	assert_string_equal(site.host.kernel, "6.1.0-42-amd64");
	assert_string_equal(site.host.hypervisor, "kvm");
	assert_string_equal(site.host.hypervisor_version, "");
	assert_string_equal(site.host.under, "");
	assert_int_equal(site.host.container, CPC_CLEAR);
	assert_string_equal(result.needs, "");
}

/* A module that is built in has a folder whether it found its hardware or not; the device tells. */
static void kvm_by_its_device(void **state)
{
	(void)state;
	put("/etc/os-release", "ID=x\n");
	put("/sys/module/kvm_amd/parameters/npt", "Y\n");
	(void)run();
	assert_string_equal(site.host.hypervisor, "");
	put("/sys/module/kvm_amd/initstate", "coming\n");
	(void)run();
	assert_string_equal(site.host.hypervisor, "");
	put("/sys/class/misc/kvm/dev", "10:232\n");
	(void)run();
	assert_string_equal(site.host.hypervisor, "kvm");
	put("/sys/class/misc/mshv/dev", "10:120\n");
	(void)run();
	assert_string_equal(site.host.hypervisor, "microsoft");
}

static void the_vendors_file_where_there_is_no_other(void **state)
{
	(void)state;
	put("/usr/lib/os-release", "NAME=Plain\n");
	assert_int_equal(run(), CPC_PROBE_OK);
	assert_string_equal(site.host.id, "linux");
	assert_string_equal(site.host.name, "Plain");
	assert_string_equal(site.host.version, "");
	put("/etc/os-release", "ID=first\n");
	assert_int_equal(run(), CPC_PROBE_OK);
	assert_string_equal(site.host.id, "first");
}

static void xen_from_its_control_domain(void **state)
{
	(void)state;
	put("/etc/os-release", "ID=debian\n");
	put("/proc/xen/capabilities", "");
	put("/sys/hypervisor/version/major", "4\n");
	put("/sys/hypervisor/version/minor", "17\n");
	(void)run();
	assert_string_equal(site.host.hypervisor, "");
	assert_string_equal(site.host.hypervisor_version, "");
	put("/proc/xen/capabilities", "control_d\n");
	(void)run();
	assert_string_equal(site.host.hypervisor, "xen");
	assert_string_equal(site.host.hypervisor_version, "4.17");
	put("/sys/hypervisor/version/extra", ".3-pre\n");
	(void)run();
	assert_string_equal(site.host.hypervisor_version, "4.17.3-pre");
}

static void containers(void **state)
{
	(void)state;
	put("/etc/os-release", "ID=alpine\n");
	put("/proc/1/comm", "sh\n");
	(void)run();
	assert_int_equal(site.host.container, CPC_SET); /* whose second process is its own */
	put("/proc/2/comm", "sh\n");
	(void)run();
	assert_int_equal(site.host.container, CPC_SET);
	put("/proc/2/comm", "kthreadd\n");
	(void)run();
	assert_int_equal(site.host.container, CPC_CLEAR);
	/* One that shares the host's processes, or an image that became a machine. */
	put("/run/.containerenv", "");
	(void)run();
	assert_int_equal(site.host.container, CPC_UNKNOWN);
	assert_int_equal(unlink(place("/run/.containerenv")), 0);
	put("/proc/mounts", "proc /proc proc rw 0 0\noverlay / overlay rw,lowerdir=x 0 0\n");
	(void)run();
	assert_int_equal(site.host.container, CPC_UNKNOWN);
	put("/proc/mounts", "/dev/vda / ext4 rw 0 0\noverlay /var/lib/docker/x overlay rw 0 0\n");
	(void)run();
	assert_int_equal(site.host.container, CPC_CLEAR);
	assert_int_equal(unlink(place("/proc/2/comm")), 0);
	assert_int_equal(unlink(place("/proc/1/comm")), 0);
	(void)run();
	assert_int_equal(site.host.container, CPC_UNKNOWN);
	put("/.dockerenv", "");
	(void)run();
	assert_int_equal(site.host.container, CPC_SET);
}

/* Each line as the whole of os-release: what ID is then. */
static void values_of_os_release(void **state)
{
	static const struct {
		const char *text, *id;
	} rows[] = {
		{ "ID=debian", "debian" },
		{ "ID=\"debian\"\n", "debian" },
		{ "ID='debian'\n", "debian" },
		{ "  ID=debian  \n", "debian" },
		{ "ID=debian\r\n", "debian" },
		{ "ID=de\"bi\"'an'\n", "debian" },
		{ "ID=\"a\\\"b\\\\c\\$d\\`\"\n", "a\"b\\c$d`" },
		{ "ID='a\\b'\n", "a\\b" },
		{ "ID=a\\ b\n", "a b" },
		{ "ID=\"it's\"\n", "it's" },
		{ "ID=one\nID=two\n", "two" },
		{ "#ID=one\n", "linux" },
		{ "ID_LIKE=one\n", "linux" },
		{ "XID=one\n", "linux" },
		{ "ID=\n", "linux" },
		{ "ID=\"\"\n", "linux" },
		{ "ID\n", "linux" },
		{ "ID=\"open\n", "linux" },
		{ "ID=a b\n", "linux" },
		{ "ID=a\\", "linux" },
		{ "ID=good\nID=\"open\n", "linux" },
		{ "ID=\"a\tb\x01\xff\"\n", "a?b??" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		put("/etc/os-release", rows[i].text);
		assert_int_equal(run(), CPC_PROBE_OK);
		if (strcmp(site.host.id, rows[i].id) != 0)
			fail_msg("%s: %s, not %s", rows[i].text, site.host.id, rows[i].id);
	}
}

/* A record of a pool. */
static void put_pair(char *pool, size_t at, const char *key, const char *value)
{
	char *record = pool + at * CPC_KVP_RECORD_SIZE;

	memset(record, 0, CPC_KVP_RECORD_SIZE);
	memcpy(record, key, strlen(key));
	memcpy(record + CPC_KVP_KEY_SIZE, value, strlen(value));
}

static void a_guest_of_hyperv(void **state)
{
	static char pool[4 * CPC_KVP_RECORD_SIZE];

	(void)state;
	put("/etc/os-release", "ID=ubuntu\n");
	put_pair(pool, 0, "HostName", "cluster7.example.com");
	put_pair(pool, 1, "HostingSystemOsMajor", "10");
	put_pair(pool, 2, "HostingSystemOsMinor", "0");
	put_bytes(place(POOL), pool, 3 * CPC_KVP_RECORD_SIZE);
	assert_int_equal(run(), CPC_PROBE_OK);
	assert_string_equal(site.host.under, "cluster7.example.com");
	assert_string_equal(site.host.under_version, "10.0");
	put_pair(pool, 3, "PhysicalHostNameFullyQualified", "hv07.example.com");
	put_bytes(place(POOL), pool, sizeof(pool));
	(void)run();
	assert_string_equal(site.host.under, "hv07.example.com");
	/* The last record is cut off by a byte: it does not count. */
	put_bytes(place(POOL), pool, sizeof(pool) - 1);
	(void)run();
	assert_string_equal(site.host.under, "cluster7.example.com");
	put_bytes(place(POOL), pool, 2 * CPC_KVP_RECORD_SIZE);
	(void)run();
	assert_string_equal(site.host.under_version, "");
	put_bytes(place(POOL), "", 0);
	assert_int_equal(run(), CPC_PROBE_OK);
	assert_string_equal(site.host.under, "");
	assert_string_equal(result.needs, "");
}

/* Keys and values that fill their places have no NUL. */
static void records_without_ends(void **state)
{
	static char pool[2 * CPC_KVP_RECORD_SIZE];
	char text[CPC_SHORT_SIZE];
	char key[CPC_KVP_KEY_SIZE + 1];

	(void)state;
	memset(pool, 'k', sizeof(pool));
	memset(key, 'k', CPC_KVP_KEY_SIZE);
	key[CPC_KVP_KEY_SIZE] = '\0';
	assert_true(cpc_kvp_value(pool, sizeof(pool), key, text, sizeof(text)));
	assert_int_equal(strlen(text), sizeof(text) - 1);
	assert_false(cpc_kvp_value(pool, sizeof(pool), "kkk", text, sizeof(text)));
	assert_string_equal(text, "");
	put_pair(pool, 0, "HostName", "");
	assert_false(cpc_kvp_value(pool, sizeof(pool), "HostName", text, sizeof(text)));
	put_pair(pool, 1, "HostName2", "h\xc3\xb6st");
	assert_true(cpc_kvp_value(pool, sizeof(pool), "HostName2", text, sizeof(text)));
	assert_string_equal(text, "h??st");
	assert_false(cpc_kvp_value(pool, 0, "HostName2", text, sizeof(text)));
}

static void hostile_files(void **state)
{
	(void)state;
	put_rubbish("/etc/os-release", 1 << 20);
	put_rubbish("/proc/sys/kernel/osrelease", 1 << 16);
	put_rubbish("/proc/xen/capabilities", 1 << 16);
	put_rubbish("/proc/1/comm", 4096);
	put_rubbish("/proc/2/comm", 4096);
	put_rubbish("/sys/module/kvm_intel/initstate", 4096);
	put_rubbish(POOL, 1 << 20);
	assert_int_equal(run(), CPC_PROBE_OK);
	assert_string_equal(site.host.id, "linux");
	assert_printable(site.host.kernel);
	assert_string_equal(site.host.hypervisor, "");
	assert_string_equal(site.host.under, "");
}

/* A loop of links, folders for files, and a pipe that nobody writes to. */
static void odd_files(void **state)
{
	(void)state;
	put_link(place("/etc/os-release"), "os-release");
	assert_int_equal(run(), CPC_PROBE_FAILED);
	assert_string_equal(result.needs, "/etc/os-release");
	assert_int_equal(unlink(place("/etc/os-release")), 0);
	put_folder(place("/etc/os-release"));
	assert_int_equal(run(), CPC_PROBE_FAILED);
	assert_int_equal(rmdir(place("/etc/os-release")), 0);
	assert_int_equal(mkfifo(place("/etc/os-release"), 0600), 0);
	assert_int_equal(run(), CPC_PROBE_FAILED);
	assert_int_equal(unlink(place("/etc/os-release")), 0);
	put_line(place("/etc/os-release"), "NAME=none");
	put_folder(place(POOL));
	assert_int_equal(run(), CPC_PROBE_OK);
	assert_string_equal(result.needs, POOL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(an_empty_folder, make_root, remove_root),
		cmocka_unit_test_setup_teardown(a_debian_with_kvm, make_system, remove_root),
		cmocka_unit_test_setup_teardown(kvm_by_its_device, make_system, remove_root),
		cmocka_unit_test_setup_teardown(the_vendors_file_where_there_is_no_other, make_system, remove_root),
		cmocka_unit_test_setup_teardown(xen_from_its_control_domain, make_system, remove_root),
		cmocka_unit_test_setup_teardown(containers, make_system, remove_root),
		cmocka_unit_test_setup_teardown(values_of_os_release, make_system, remove_root),
		cmocka_unit_test_setup_teardown(a_guest_of_hyperv, make_system, remove_root),
		cmocka_unit_test_setup_teardown(no_hypervisor_is_not_one_that_is_hidden, make_root, remove_root),
		cmocka_unit_test(records_without_ends),
		cmocka_unit_test_setup_teardown(hostile_files, make_system, remove_root),
		cmocka_unit_test_setup_teardown(odd_files, make_system, remove_root),
	};

	return cmocka_run_group_tests_name("site_host_system", tests, NULL, NULL);
}
