/* SPDX-License-Identifier: MIT */
/* The probes of host system, guest system and directory with each allocation refused once: what is not found out then
 * is unknown, and never something else. */
#include "refuse.h"
#include "system_support.h"

static struct cpc_site whole_site;

/* The whole answer, or none. */
static bool same_or_unknown(enum cpc_tristate expected, enum cpc_tristate actual)
{
	return actual == expected || actual == CPC_UNKNOWN;
}

static bool same_or_empty(const char *expected, const char *actual)
{
	return strcmp(actual, expected) == 0 || !actual[0];
}

static void compare(const struct cpc_site *site)
{
	const struct cpc_guest_system *guest = &whole_site.guest;
	const struct cpc_directory *directory = &whole_site.directory;

	assert_string_equal(site->host.id, whole_site.host.id);
	assert_true(same_or_empty(whole_site.host.under, site->host.under));
	assert_true(same_or_unknown(guest->vmbus, site->guest.vmbus));
	assert_true(same_or_unknown(guest->hyperv_drivers, site->guest.hyperv_drivers));
	assert_true(same_or_unknown(guest->virtio, site->guest.virtio));
	assert_true(same_or_unknown(guest->kvp_daemon, site->guest.kvp_daemon));
	assert_true(same_or_unknown(guest->guest_agent, site->guest.guest_agent));
	assert_true(same_or_unknown(directory->sssd, site->directory.sssd));
	assert_true(same_or_unknown(directory->winbind, site->directory.winbind));
	assert_true(same_or_unknown(directory->realm, site->directory.realm));
	assert_true(same_or_unknown(directory->keytab, site->directory.keytab));
	assert_true(same_or_empty(directory->domain, site->directory.domain));
}

static enum cpc_status run(void)
{
	const bool first = !atomic_load(&failed) && atomic_load(&until_failure) == NEVER && !whole_site.host.id[0];
	struct cpc_site site = { .port_count = 0 };
	struct cpc_site_result results[3];

	(void)replay(cpc_site_host_system, &site, &results[0]);
	(void)replay(cpc_site_guest_system, &site, &results[1]);
	(void)replay(cpc_site_directory, &site, &results[2]);
	if (first)
		whole_site = site;
	compare(&site);
	/* Each says what it could have done with. */
	return atomic_load(&failed) && !results[0].needs[0] && !results[1].needs[0] && !results[2].needs[0]
		       ? CPC_BAD_DATA
		       : CPC_OK;
}

static void each_refused(void **state)
{
	static char pool[CPC_SHORT_SIZE * 40] = "HostName";

	(void)state;
	memcpy(pool + 512, "hv1.example", 11);
	put("/etc/os-release", "ID=debian\n");
	put_bytes(place("/var/lib/hyperv/.kvp_pool_3"), pool, sizeof(pool));
	put("/sys/bus/vmbus/devices/a/class_id", "{a9a0f4e7-5a45-4d96-b827-8a841e8c03e6}\n");
	put_link(place("/sys/bus/vmbus/devices/a/driver"), "../hv_utils");
	put("/sys/bus/virtio/devices/virtio0/device", "0x0004\n");
	put("/proc/1/comm", "systemd\n");
	put("/proc/2/comm", "kthreadd\n");
	put("/proc/3/comm", "hv_kvp_daemon\n");
	put("/etc/samba/smb.conf", "[global]\nsecurity = ads\nrealm = CORP.EXAMPLE\n");
	put("/etc/krb5.conf", "[libdefaults]\ndefault_realm = CORP.EXAMPLE\n");
	put("/var/lib/sss/pubconf/kdcinfo.CORP.EXAMPLE", "");
	assert_true(fail_each("probes of the site", run, CPC_OK) >= 10);
	assert_string_equal(whole_site.host.under, "hv1.example");
	assert_int_equal(whole_site.guest.kvp_daemon, CPC_SET);
	assert_int_equal(whole_site.guest.hyperv_drivers, CPC_SET);
	assert_int_equal(whole_site.directory.sssd, CPC_SET);
	assert_string_equal(whole_site.directory.domain, "corp.example");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(each_refused, make_root, remove_root),
	};

	(void)keep_output;
	(void)hook_malloc;
	return cmocka_run_group_tests_name("allocations_system", tests, NULL, NULL);
}
