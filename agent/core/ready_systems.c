/* SPDX-License-Identifier: MIT */
/* The rows of systems: what runs the hosts and their guests, which directory they belong to, and their DNS. */
#include "ready_inside.h"

#include <stdio.h>
#include <string.h>

/** From and to: the lowest and the highest that the machine's own system can be, as far as it tells. */
struct span {
	uint32_t from[3];
	uint32_t to[3];
};

/** False: it does not tell. Hyper-V's pool has no build, and so only bounds it. */
static bool version_of(const struct cpc_ready_host *host, struct span *ret_span)
{
	const struct cpc_hypervisor_version *told = &host->report->hypervisor.version;
	unsigned int version[2];

	*ret_span =
		(struct span){ { told->major, told->minor, told->build }, { told->major, told->minor, told->build } };
	if (told->major || told->build)
		return true;
	if (!host->site || sscanf(host->site->host.under_version, "%9u.%9u", &version[0], &version[1]) != 2)
		return false;
	*ret_span = (struct span){ { version[0], version[1], 0 }, { version[0], version[1], UINT32_MAX } };
	return true;
}

static int compare(const uint32_t a[static 3], const uint32_t b[static 3])
{
	for (size_t i = 0; i < 3; i++) {
		if (a[i] != b[i])
			return a[i] < b[i] ? -1 : 1;
	}
	return 0;
}

static void judge_edition(struct cpc_judge *judge, const struct cpc_ready_host *host)
{
	const struct cpc_demands *demands = judge->demands;
	const struct cpc_measurement edition =
		host->site ? host->site->host.under_edition : (struct cpc_measurement){ .known = false };

	cpc_note_measurement(judge, CPC_FACT_EDITION, edition, NULL, "KVP HostingSystemEditionId");
	for (size_t i = 0; i < demands->host_edition_count; i++) {
		if (edition.known && edition.value == demands->host_editions[i]) {
			cpc_say_all(judge, CPC_MET, CPC_REMEDY_NONE, NULL);
			return;
		}
	}
	if (!demands->host_edition_count)
		cpc_say_all(judge, CPC_MET, CPC_REMEDY_NONE, NULL);
	else if (edition.known)
		cpc_say_all(judge, CPC_NOT_MET, CPC_REMEDY_INSTALL_HOST, NULL);
	else
		cpc_say_all(judge, CPC_CANNOT_SEE, CPC_REMEDY_ASK_PLATFORM, "edition");
}

/** The hypervisor is the one that is asked; now its version, where that matters. */
static void judge_version(struct cpc_judge *judge, const struct cpc_ready_host *host)
{
	const struct cpc_demands *demands = judge->demands;
	struct span span;
	char text[CPC_SHORT_SIZE];

	if (!demands->host_to[0]) {
		cpc_say_all(judge, CPC_MET, CPC_REMEDY_NONE, NULL);
		return;
	}
	if (!version_of(host, &span)) {
		cpc_say_all(judge, CPC_CANNOT_SEE, CPC_REMEDY_ASK_PLATFORM, "version");
		return;
	}
	if (span.to[2] == UINT32_MAX)
		snprintf(text, sizeof(text), "%u.%u", span.from[0], span.from[1]);
	else
		snprintf(text, sizeof(text), "%u.%u.%u", span.from[0], span.from[1], span.from[2]);
	cpc_note_text(judge, CPC_FACT_HYPERVISOR_VERSION, text, NULL, "40000002.0 or KVP HostingSystemOs*");
	cpc_found(judge);
	if (compare(span.to, demands->host_from) < 0 || compare(span.from, demands->host_to) > 0)
		cpc_say_all(judge, CPC_NOT_MET, CPC_REMEDY_INSTALL_HOST, text);
	else if (compare(span.from, demands->host_from) < 0 || compare(span.to, demands->host_to) > 0)
		cpc_say_all(judge, CPC_CANNOT_SEE, CPC_REMEDY_ASK_PLATFORM, "build");
	else
		judge_edition(judge, host);
}

/** The hypervisor that this system is host of; "" none, NULL: nobody knows. */
static const char *own_hypervisor(const struct cpc_ready_host *host)
{
	if (!host->site || host->site->results[CPC_SITE_HOST_SYSTEM].status)
		return NULL;
	return host->site->host.hypervisor;
}

static void note_system(struct cpc_judge *judge, const struct cpc_ready_host *host)
{
	const struct cpc_host_system *system = &host->site->host;

	if ((*system->name || *system->id) && system->container != CPC_SET) {
		cpc_note_text(judge, CPC_FACT_SYSTEM, *system->name ? system->name : system->id, NULL,
			      "/etc/os-release");
		cpc_found(judge);
	}
	if (*system->kernel)
		cpc_note_text(judge, CPC_FACT_KERNEL, system->kernel, NULL, "/proc/sys/kernel/osrelease");
	if (*system->hypervisor_version)
		cpc_note_text(judge, CPC_FACT_HYPERVISOR_VERSION, system->hypervisor_version, system->hypervisor, NULL);
}

void cpc_judge_host_system(struct cpc_judge *judge, const struct cpc_ready_host *host)
{
	const struct cpc_hypervisor *below = &host->report->hypervisor;
	const char *const want = judge->demands->host_hypervisor;
	const char *const own = own_hypervisor(host);
	const bool on_it = want && below->present && !strcmp(below->id, want);

	if (own)
		note_system(judge, host);
	if (below->present || (own && *own)) {
		cpc_note_text(judge, CPC_FACT_HYPERVISOR, own && *own ? own : below->id, NULL,
			      own && *own ? "/sys/module, /sys/hypervisor" : "40000000.0");
		cpc_found(judge);
	}
	if (!want || !judge->row->asked[CPC_MINIMUM])
		return;
	if (on_it || (own && !strcmp(own, want)))
		judge_version(judge, host);
	else if (below->present && !strcmp(below->id, "unknown"))
		cpc_say_all(judge, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, NULL);
	else if (below->present)
		cpc_say_all(judge, CPC_NOT_MET, CPC_REMEDY_INSTALL_HOST, below->id);
	else if (!cpc_saw(judge, host, CPC_SITE_HOST_SYSTEM))
		return;
	else if (cpc_is_contained(host) || cpc_is_guest(host))
		cpc_say_all(judge, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, NULL);
	else
		cpc_say_all(judge, CPC_NOT_MET,
			    judge->demands->host_remedy ? judge->demands->host_remedy : CPC_REMEDY_INSTALL_HOST,
			    host->site->host.name);
}

/** Whether the hypervisor below is that one. Where a processor was given that does not tell, Hyper-V's bus does. */
static bool is_under(const struct cpc_ready_host *host, const char *hypervisor)
{
	const struct cpc_hypervisor *below = &host->report->hypervisor;
	const char *id = below->present ? below->id : NULL;

	if (!id && host->site && host->site->guest.vmbus == CPC_SET)
		id = "microsoft";
	return id && !strcmp(id, hypervisor);
}

void cpc_judge_guest_system(struct cpc_judge *judge, const struct cpc_ready_host *host)
{
	const struct cpc_guest_system *guest;

	if (!judge->row->asked[CPC_MINIMUM])
		return;
	/* Only a guest can tell, and only under the hypervisor whose drivers it is to have. */
	if (!cpc_is_guest(host) || !is_under(host, judge->demands->host_hypervisor)) {
		cpc_say_all(judge, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_INSIDE, NULL);
		return;
	}
	if (!cpc_saw(judge, host, CPC_SITE_GUEST_SYSTEM))
		return;
	guest = &host->site->guest;
	cpc_note_tristate(judge, CPC_FACT_HYPERV_DRIVERS, guest->hyperv_drivers, NULL, "/sys/bus/vmbus/devices");
	cpc_found(judge);
	cpc_note_tristate(judge, CPC_FACT_VMBUS, guest->vmbus, NULL, "/sys/bus/vmbus");
	cpc_note_tristate(judge, CPC_FACT_KVP_DAEMON, guest->kvp_daemon, NULL, NULL);
	if (*guest->missing)
		cpc_note_text(judge, CPC_FACT_MISSING_DRIVER, guest->missing, NULL, "/sys/bus/vmbus/devices");
	if (guest->vmbus == CPC_CLEAR || guest->hyperv_drivers == CPC_CLEAR || *guest->missing)
		cpc_say_all(judge, CPC_NOT_MET, CPC_REMEDY_INSTALL_GUEST, guest->missing);
	else if (guest->vmbus == CPC_SET && guest->hyperv_drivers == CPC_SET)
		cpc_say_all(judge, CPC_MET, CPC_REMEDY_NONE, NULL);
	else
		cpc_say_all(judge, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_AGAIN, NULL);
}

/** Whether what a guest or container knows of its network is its own and not its host's. */
static bool is_only_guests(const struct cpc_ready_host *host)
{
	return cpc_is_guest(host) || cpc_is_contained(host);
}

void cpc_judge_directory(struct cpc_judge *judge, const struct cpc_ready_host *host)
{
	const struct cpc_directory *directory;
	enum cpc_tristate account;
	bool served, perhaps;

	if (!judge->row->asked[CPC_MINIMUM] || !cpc_saw(judge, host, CPC_SITE_DIRECTORY))
		return;
	directory = &host->site->directory;
	cpc_note_text(judge, CPC_FACT_DOMAIN, directory->domain, NULL, NULL);
	cpc_found(judge);
	cpc_note_tristate(judge, CPC_FACT_SSSD, directory->sssd, NULL, NULL);
	cpc_note_tristate(judge, CPC_FACT_WINBIND, directory->winbind, NULL, NULL);
	cpc_note_tristate(judge, CPC_FACT_REALM, directory->realm, NULL, NULL);
	cpc_note_tristate(judge, CPC_FACT_KEYTAB, directory->keytab, NULL, "/etc/krb5.keytab");
	if (directory->winbind == CPC_SET)
		cpc_note_tristate(judge, CPC_FACT_SECRETS, directory->secrets, NULL,
				  "/var/lib/samba/private/secrets.tdb");
	if (is_only_guests(host)) {
		cpc_say_all(judge, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, NULL);
		return;
	}
	served = directory->sssd == CPC_SET || directory->winbind == CPC_SET || directory->realm == CPC_SET;
	perhaps =
		directory->sssd == CPC_UNKNOWN || directory->winbind == CPC_UNKNOWN || directory->realm == CPC_UNKNOWN;
	/* A member has an account of its own, and something that asks the directory. Winbind needs no keytab. */
	account = directory->keytab == CPC_CLEAR && directory->winbind == CPC_SET ? directory->secrets
										  : directory->keytab;
	if (account == CPC_CLEAR || (!served && !perhaps))
		cpc_say_all(judge, CPC_NOT_MET, CPC_REMEDY_JOIN, NULL);
	else if (served && account == CPC_SET)
		cpc_say_all(judge, CPC_MET, CPC_REMEDY_NONE, NULL);
	else
		cpc_say_all(judge, CPC_CANNOT_SEE, CPC_REMEDY_PERMIT, NULL);
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/** Names of domains know no case. */
static bool differ(const char *a, const char *b)
{
	while (*a && lower(*a) == lower(*b)) {
		a++;
		b++;
	}
	return lower(*a) != lower(*b);
}

void cpc_judge_domains(struct cpc_judge *judge)
{
	const char *domain = "";

	for (size_t i = 0; i < judge->count; i++) {
		const struct cpc_site *site = judge->hosts[i].site;

		if (!site || !*site->directory.domain || is_only_guests(&judge->hosts[i]))
			continue;
		if (*domain && differ(domain, site->directory.domain))
			cpc_say_all(judge, CPC_NOT_MET, CPC_REMEDY_ONE_DOMAIN, site->directory.domain);
		domain = site->directory.domain;
	}
}

void cpc_judge_dns(struct cpc_judge *judge, const struct cpc_ready_host *host)
{
	const struct cpc_dns *dns;

	if (!judge->row->asked[CPC_MINIMUM] || !cpc_saw(judge, host, CPC_SITE_DNS))
		return;
	dns = &host->site->dns;
	cpc_note_tristate(judge, CPC_FACT_UPDATES, dns->updates, NULL, "UPDATE");
	cpc_found(judge);
	cpc_note_measurement(judge, CPC_FACT_RESOLVERS, dns->resolvers, NULL, "/etc/resolv.conf");
	cpc_note_text(judge, CPC_FACT_DOMAIN, dns->domain, NULL, "/etc/resolv.conf");
	cpc_note_tristate(judge, CPC_FACT_ANSWERS, dns->answers, NULL, NULL);
	cpc_note_tristate(judge, CPC_FACT_DIRECTORY_FOUND, dns->directory_found, NULL, "SRV _ldap._tcp.dc._msdcs");
	cpc_note_tristate(judge, CPC_FACT_AUTHORITY, dns->authority, NULL, "SOA");
	if (is_only_guests(host)) {
		cpc_say_all(judge, CPC_CANNOT_SEE, CPC_REMEDY_LOOK_OUTSIDE, NULL);
		return;
	}
	/* Without one in its configuration a host asks itself (resolv.conf(5)). */
	if (dns->answers == CPC_CLEAR)
		cpc_say_all(judge, CPC_NOT_MET, CPC_REMEDY_MEND_DNS, NULL);
	else if (dns->updates == CPC_CLEAR)
		cpc_say_all(judge, CPC_NOT_MET, CPC_REMEDY_ALLOW_UPDATES, NULL);
	else if (dns->updates == CPC_SET)
		cpc_say_all(judge, CPC_MET, CPC_REMEDY_NONE, NULL);
	else
		cpc_say_all(judge, CPC_CANNOT_SEE, CPC_REMEDY_TRY_UPDATE, host->site->results[CPC_SITE_DNS].needs);
}
