/* SPDX-License-Identifier: MIT */
/* The rows of host and guest systems, directory and DNS, with every verdict. */
#include "ready_support.h"

#define VERSION(...) report->hypervisor.version = (struct cpc_hypervisor_version){ __VA_ARGS__ };

static void make_linux(struct cluster *cluster, const char *hypervisor)
{
	cluster->reports[0].vantage = CPC_BARE_METAL;
	cluster->reports[0].hypervisor = (struct cpc_hypervisor){ .present = false, .id = "unknown" };
	strcpy(cluster->sites[0].host.name, "Debian");
	strcpy(cluster->sites[0].host.hypervisor, hypervisor);
}

CHANGE(no_edition, site->host.under_edition = NOT_KNOWN;)
CHANGE(standard, site->host.under_edition = KNOWN(7);)
CHANGE(newer, VERSION(.major = 6, .minor = 2, .build = 9200))
CHANGE(release_2, VERSION(.major = 6, .minor = 3, .build = 9600))
CHANGE(older, VERSION(.major = 6, .minor = 0, .build = 6002))
CHANGE(no_version, VERSION(.major = 0))
CHANGE(pool_version, VERSION(.major = 0) strcpy(site->host.under_version, "6.3");)
CHANGE(bad_pool, VERSION(.major = 0) strcpy(site->host.under_version, "6.");)
CHANGE(poor_pool, VERSION(.major = 0) strcpy(site->host.under_version, "6.1");)
CHANGE(contained, make_linux(cluster, ""); site->host.container = CPC_SET;)
CHANGE(contained_kvm, make_linux(cluster, "kvm"); site->host.container = CPC_SET;)
CHANGE(bare, make_linux(cluster, "");)
CHANGE(bare_guest, make_linux(cluster, ""); report->vantage = CPC_DUMP; site->guest.virtio = CPC_SET;)
CHANGE(kvm_host, make_linux(cluster, "kvm");)
CHANGE(linux_root, make_linux(cluster, "microsoft");)
CHANGE(bare_unseen, make_linux(cluster, ""); site->results[CPC_SITE_HOST_SYSTEM].status = CPC_PROBE_DENIED;)
CHANGE(bare_dump, make_linux(cluster, ""); cluster->hosts[0].site = NULL;)
CHANGE(strange, report->hypervisor.id = "unknown";)
CHANGE(folder_of_guest, make_linux(cluster, ""); report->vantage = CPC_DUMP; report->hypervisor.id = NULL;
       site->guest.virtio = CPC_SET;)
CHANGE(on_kvm, report->hypervisor.id = "kvm"; report->vantage = CPC_GUEST;)

static void hosts(void **state)
{
	static const struct ready_case cases[] = {
		{ "2008 R2 Datacenter", NULL, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 1, NULL },
		{ "no edition", no_edition, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_ASK_PLATFORM, 1, NULL },
		{ "Standard", standard, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_INSTALL_HOST, 1, NULL },
		{ "2012", newer, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_INSTALL_HOST, 1, NULL },
		{ "2008", older, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_INSTALL_HOST, 1, NULL },
		{ "no version", no_version, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_ASK_PLATFORM, 1, NULL },
		{ "the pool tells", pool_version, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_INSTALL_HOST, 1, NULL },
		{ "the pool has no build", pool_version, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 1, "hyperv-2012" },
		{ "half a version", bad_pool, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_ASK_PLATFORM, 1, NULL },
		{ "which build?", poor_pool, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_ASK_PLATFORM, 1, NULL },
		{ "2012 in 2012", newer, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 1, "hyperv-2012" },
		{ "2012 R2 in 2012", release_2, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 1, "hyperv-2012" },
		{ "2008 R2 in 2012", NULL, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_INSTALL_HOST, 1, "hyperv-2012" },
		{ "Linux", bare, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_INSTALL_HOST, 1, NULL },
		{ "Linux as Hyper-V's root, of which no version is told", linux_root, CPC_CANNOT_SEE, CPC_CANNOT_SEE,
		  CPC_REMEDY_ASK_PLATFORM, 1, NULL },
		{ "a container", contained, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, 1, NULL },
		{ "a container on KVM's host", contained_kvm, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 1, "kvm" },
		{ "a guest of nobody knows whom", bare_guest, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE,
		  1, NULL },
		{ "Linux, perhaps", bare_unseen, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_PERMIT, 1, NULL },
		{ "a dump", bare_dump, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_THERE, 1, NULL },
		{ "who knows", strange, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, 1, NULL },
		{ "a guest's folder", folder_of_guest, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, 1,
		  NULL },
		{ "on KVM", on_kvm, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_INSTALL_HOST, 1, NULL },
		{ "KVM's guest", on_kvm, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 1, "kvm" },
		{ "KVM's host", kvm_host, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 1, "kvm" },
		{ "no KVM", bare, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_LOAD_KVM, 1, "kvm" },
	};

	(void)state;
	TRY_CASES(cases, CPC_ROW_HOST_OS);
}

CHANGE(good_guest, report->vantage = CPC_GUEST; site->guest.vmbus = site->guest.hyperv_drivers = CPC_SET;)
CHANGE(no_driver, good_guest(cluster); strcpy(site->guest.missing, "hv_netvsc");)
CHANGE(no_drivers, good_guest(cluster); site->guest.hyperv_drivers = CPC_CLEAR;)
CHANGE(no_bus, good_guest(cluster); site->guest.vmbus = CPC_CLEAR;)
CHANGE(no_knowledge, good_guest(cluster); site->guest.hyperv_drivers = CPC_UNKNOWN;)
CHANGE(guest_folder, good_guest(cluster); report->vantage = CPC_DUMP;
       report->hypervisor = (struct cpc_hypervisor){ .present = false };)
CHANGE(virtio_folder, guest_folder(cluster); site->guest.vmbus = CPC_CLEAR; site->guest.virtio = CPC_SET;)
CHANGE(guest_dump, good_guest(cluster); cluster->hosts[0].site = NULL;)

static void guests(void **state)
{
	static const struct ready_case cases[] = {
		{ "a host", NULL, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_INSIDE, 1, NULL },
		{ "with all drivers", good_guest, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 1, NULL },
		{ "without one", no_driver, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_INSTALL_GUEST, 1, NULL },
		{ "without any", no_drivers, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_INSTALL_GUEST, 1, NULL },
		{ "without bus", no_bus, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_INSTALL_GUEST, 1, NULL },
		{ "unknown", no_knowledge, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 1, NULL },
		{ "a folder", guest_folder, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 1, NULL },
		{ "a folder with virtio", virtio_folder, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_INSIDE, 1,
		  NULL },
		{ "a dump", guest_dump, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_THERE, 1, NULL },
		{ "on KVM", on_kvm, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_INSIDE, 1, NULL },
		{ "under whom?", folder_of_guest, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_INSIDE, 1, NULL },
		{ "KVM asks nothing", on_kvm, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 1, "kvm" },
	};

	(void)state;
	TRY_CASES(cases, CPC_ROW_GUEST_OS);
}

CHANGE(no_keytab, site->directory.keytab = CPC_CLEAR;)
CHANGE(hidden_keytab, site->directory.keytab = CPC_UNKNOWN;)
CHANGE(no_service, site->directory.sssd = CPC_CLEAR;)
CHANGE(perhaps_realm, site->directory.sssd = CPC_CLEAR; site->directory.realm = CPC_UNKNOWN;)
CHANGE(other_case, strcpy(site->directory.domain, "EXAMPLE.com");)
CHANGE(other_domain, strcpy(site->directory.domain, "example.org");)
CHANGE(guests_own, report->vantage = CPC_DUMP; site->ports[1].kind = CPC_PORT_PARAVIRTUAL;
       site->directory.keytab = CPC_CLEAR;)
CHANGE(winbind, site->directory.sssd = CPC_CLEAR; site->directory.winbind = CPC_SET; site->directory.keytab = CPC_CLEAR;
       site->directory.secrets = CPC_SET;)
CHANGE(winbind_alone, winbind(cluster); site->directory.secrets = CPC_CLEAR;)
CHANGE(winbind_perhaps, winbind(cluster); site->directory.secrets = CPC_UNKNOWN;)
CHANGE(contained_elsewhere, contained(cluster); other_domain(cluster);)
CHANGE(no_directory, site->results[CPC_SITE_DIRECTORY].status = CPC_PROBE_FAILED;)

static void directories(void **state)
{
	static const struct ready_case cases[] = {
		{ "a member", NULL, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "no account", no_keytab, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_JOIN, 0, NULL },
		{ "an account perhaps", hidden_keytab, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_PERMIT, 0, NULL },
		{ "no service", no_service, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_JOIN, 0, NULL },
		{ "a service perhaps", perhaps_realm, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_PERMIT, 0, NULL },
		{ "winbind's own account", winbind, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "winbind without one", winbind_alone, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_JOIN, 0, NULL },
		{ "winbind, perhaps", winbind_perhaps, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_PERMIT, 0, NULL },
		{ "one domain", other_case, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "two domains", other_domain, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_ONE_DOMAIN, 0, NULL },
		{ "a guest", make_guest, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, 0, NULL },
		{ "a guest's folder", guests_own, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, 0, NULL },
		{ "a container", contained, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, 0, NULL },
		{ "a container's domain", contained_elsewhere, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE,
		  0, NULL },
		{ "failed", no_directory, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, 0, NULL },
		{ "KVM asks nothing", no_keytab, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, "kvm" },
	};

	(void)state;
	TRY_CASES(cases, CPC_ROW_DIRECTORY);
}

CHANGE(not_tried, site->dns.updates = CPC_UNKNOWN;)
CHANGE(refused, site->dns.updates = CPC_CLEAR;)
CHANGE(silent, site->dns.answers = CPC_CLEAR;)
CHANGE(no_resolver, site->dns.resolvers = KNOWN(0); site->dns.answers = site->dns.updates = CPC_UNKNOWN;)
CHANGE(own_resolver, site->dns.resolvers = KNOWN(0);)
CHANGE(no_dns, site->results[CPC_SITE_DNS].status = CPC_PROBE_ABSENT;)

static void names(void **state)
{
	static const struct ready_case cases[] = {
		{ "updates", NULL, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "not tried", not_tried, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_TRY_UPDATE, 0, NULL },
		{ "refused", refused, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_ALLOW_UPDATES, 0, NULL },
		{ "silent", silent, CPC_NOT_MET, CPC_NOT_MET, CPC_REMEDY_MEND_DNS, 0, NULL },
		{ "no resolver", no_resolver, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_TRY_UPDATE, 0, NULL },
		{ "its own resolver", own_resolver, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, NULL },
		{ "absent", no_dns, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_THERE, 0, NULL },
		{ "a guest", make_guest, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, 0, NULL },
		{ "a container", contained, CPC_CANNOT_SEE, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, 0, NULL },
		{ "KVM asks nothing", refused, CPC_MET, CPC_MET, CPC_REMEDY_NONE, 0, "kvm" },
	};

	(void)state;
	TRY_CASES(cases, CPC_ROW_DNS);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hosts),
		cmocka_unit_test(guests),
		cmocka_unit_test(directories),
		cmocka_unit_test(names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
