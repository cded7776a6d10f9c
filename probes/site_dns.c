/* SPDX-License-Identifier: MIT */
/* Whether names are resolved, the directory is found by them, and the domain takes dynamic updates. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "probe_inside.h"
#include "site_inside.h"
#include "site_text.h"

#define RESOLV_CONF "/etc/resolv.conf"
#define RESOLV_CONF_SIZE 8192

/** For both questions together, and for the first of them. */
#define SECONDS 5
#define FIRST_SECONDS 3

/** What Active Directory's domain controllers register themselves under (MS-ADTS, 6.3.2.3). */
#define SERVICE "_ldap._tcp.dc._msdcs."
#define NAME_SIZE (sizeof(SERVICE) + CPC_SHORT_SIZE)

/* Whoever says something about a name has answered. */
static enum cpc_tristate answered(int count)
{
	switch (count) {
	case -ENOSYS:
		return CPC_UNKNOWN;
	case -ETIMEDOUT:
		return CPC_CLEAR;
	default:
		return CPC_SET;
	}
}

static enum cpc_tristate there_is(int count)
{
	if (count > 0)
		return CPC_SET;
	return count == 0 || count == -ENOENT ? CPC_CLEAR : CPC_UNKNOWN;
}

/* Who was silent once is not asked again: others wait for this table. */
static void ask(const struct cpc_site_env *env, struct cpc_dns *dns, struct cpc_site_result *result)
{
	const uint64_t start = env->now(env->context);
	const bool domain = dns->domain[0];
	char name[NAME_SIZE];
	uint64_t spent;
	int count;

	(void)snprintf(name, sizeof(name), "%s%s", SERVICE, dns->domain);
	/* Without a domain the root's name tells at least whether anybody answers. */
	count = env->resolve(env->context, domain ? name : ".", domain ? CPC_DNS_SRV : CPC_DNS_SOA, FIRST_SECONDS);
	dns->answers = answered(count);
	if (dns->answers != CPC_SET) {
		cpc_site_need(result, count == -ENOSYS ? "cpucompat ready on the host" : "a resolver that answers");
		return;
	}
	if (!domain) {
		cpc_site_need(result, "search in " RESOLV_CONF);
		return;
	}
	dns->directory_found = there_is(count);
	spent = (env->now(env->context) - start + UINT64_C(999999999)) / UINT64_C(1000000000);
	if (spent < SECONDS)
		dns->authority =
			there_is(env->resolve(env->context, dns->domain, CPC_DNS_SOA, (unsigned int)(SECONDS - spent)));
}

/* What would decide it, where an update was tried and did not. */
static void try_update(const struct cpc_site_env *env, struct cpc_dns *dns, struct cpc_site_result *result)
{
	const int error = env->update(env->context, env->update_name);

	switch (error) {
	case 0:
		dns->updates = CPC_SET;
		break;
	case -EOPNOTSUPP:
		dns->updates = CPC_CLEAR;
		break;
	case -EACCES:
		cpc_site_need(result, "a signed update (nsupdate -g)");
		break;
	case -EEXIST:
		cpc_site_need(result, "a name that is not in use");
		break;
	case -EUCLEAN:
		/* It takes updates, and one of ours is still there. */
		dns->updates = CPC_SET;
		cpc_site_need(result, "removal of the TXT record by hand");
		break;
	default:
		cpc_site_need(result, "a primary server that answers");
		break;
	}
}

enum cpc_probe_status cpc_site_dns(const struct cpc_site_env *env, struct cpc_site *site,
				   struct cpc_site_result *result)
{
	struct cpc_dns *dns = &site->dns;
	char text[RESOLV_CONF_SIZE];
	const int length = cpc_sysroot_read(env->sysroot, RESOLV_CONF, text, sizeof(text));

	if (length < 0) {
		cpc_site_need(result, RESOLV_CONF);
		return cpc_probe_status_of(length);
	}
	dns->resolvers = (struct cpc_measurement){ .known = true };
	dns->resolvers.value = cpc_resolv_conf(text, dns->domain, sizeof(dns->domain));
	if (site->directory.domain[0])
		(void)snprintf(dns->domain, sizeof(dns->domain), "%s", site->directory.domain);
	ask(env, dns, result);
	if (dns->answers != CPC_SET)
		return CPC_PROBE_OK;
	if (!env->active || !env->update_name) {
		cpc_site_need(result, "--active and a name for an update");
		return CPC_PROBE_OK;
	}
	/* What comes of it matters most. */
	result->needs[0] = '\0';
	try_update(env, dns, result);
	return CPC_PROBE_OK;
}
