/* SPDX-License-Identifier: MIT */
/*
 * Whether the host is a member of a directory. That a file is there is evidence enough where
 * its bytes may be secrets: sssd.conf can hold a password, and a keytab holds keys.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "probe_inside.h"
#include "site_inside.h"
#include "site_text.h"

/** What sssd calls the file with the addresses of a realm's servers, which it writes once it has found them. */
#define KDCINFO "kdcinfo."

/* What could not be looked at leaves its question open, and says why in the probe's status. */
static enum cpc_tristate not_seen(int error, const char *path, struct cpc_site_result *result)
{
	const enum cpc_probe_status status = cpc_probe_status_of(error);

	if (status == CPC_PROBE_ABSENT)
		return CPC_CLEAR;
	cpc_site_need(result, path);
	result->status = status;
	return CPC_UNKNOWN;
}

static enum cpc_tristate is_there(const char *sysroot, const char *path, struct cpc_site_result *result)
{
	const int there = cpc_sysroot_has(sysroot, path);

	if (there < 0)
		return not_seen(there, path, result);
	return there ? CPC_SET : CPC_CLEAR;
}

/* What goes on in another file, or beyond what is read. */
static enum cpc_tristate not_whole(const char *path, struct cpc_site_result *result)
{
	cpc_site_need(result, path);
	return CPC_UNKNOWN;
}

/* A realm's name is its domain's in capitals. */
static void take_domain(struct cpc_directory *directory, const char *name)
{
	char domain[CPC_SHORT_SIZE];

	if (!directory->domain[0] && cpc_domain_name(name, domain, sizeof(domain)))
		(void)snprintf(directory->domain, sizeof(directory->domain), "%s", domain);
}

static void on_published(void *context, const char *name)
{
	struct cpc_directory *directory = context;

	if (strncmp(name, KDCINFO, strlen(KDCINFO)) != 0)
		return;
	directory->sssd = CPC_SET;
	take_domain(directory, name + strlen(KDCINFO));
}

/* The folder with the configuration is closed to others in some distributions, what sssd publishes is not. */
static void take_sssd(const char *sysroot, struct cpc_directory *directory, struct cpc_site_result *result)
{
	static const char published[] = "/var/lib/sss/pubconf";
	const int files = cpc_sysroot_each(sysroot, published, on_published, directory);

	if (directory->sssd == CPC_SET)
		return;
	directory->sssd = is_there(sysroot, "/etc/sssd/sssd.conf", result);
	if (files < 0 && directory->sssd == CPC_CLEAR)
		directory->sssd = not_seen(files, published, result);
}

/** A configuration for everybody to read, and the value in it that makes a member. */
struct configuration {
	const char *path;
	const char *section;
	const char *key;
	const char *wanted;		   /**< the value, whatever its case; NULL: any */
	const char *domain_key;		   /**< in the same section */
	bool (*goes_on)(const char *text); /**< in other files, which are not followed */
};

static bool samba_goes_on(const char *text)
{
	/* Blanks in names do not count. Any of them may bring a [global] of its own, wherever it stands, or put another
	 * one in this one's place. */
	static const char *const keys[] = { "include", "configfile", "configbackend" };
	char file[CPC_SHORT_SIZE];

	for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
		if (cpc_section_value(text, "global", keys[i], file, sizeof(file)))
			return true;
	}
	return cpc_text_has_line(text, "include");
}

static bool kerberos_goes_on(const char *text)
{
	return cpc_text_has_line(text, "include") || cpc_text_has_line(text, "includedir");
}

static const struct configuration samba = { .path = "/etc/samba/smb.conf",
					    .section = "global",
					    .key = "security",
					    .wanted = "ads",
					    .domain_key = "realm",
					    .goes_on = samba_goes_on };

static const struct configuration kerberos = { .path = "/etc/krb5.conf",
					       .section = "libdefaults",
					       .key = "default_realm",
					       .domain_key = "default_realm",
					       .goes_on = kerberos_goes_on };

static enum cpc_tristate take_configuration(const char *sysroot, const struct configuration *of,
					    struct cpc_directory *directory, struct cpc_site_result *result)
{
	char *text = malloc(CPC_CONFIGURATION_SIZE);
	const int length = text ? cpc_sysroot_read(sysroot, of->path, text, CPC_CONFIGURATION_SIZE) : -ENOMEM;
	enum cpc_tristate answer = CPC_CLEAR;
	char value[CPC_SHORT_SIZE];

	if (length < 0) {
		answer = not_seen(length, of->path, result);
	} else if (cpc_section_value(text, of->section, of->key, value, sizeof(value)) &&
		   (!of->wanted || strcasecmp(value, of->wanted) == 0)) {
		answer = CPC_SET;
		if (cpc_section_value(text, of->section, of->domain_key, value, sizeof(value)))
			take_domain(directory, value);
	} else if (length == CPC_CONFIGURATION_SIZE - 1 || of->goes_on(text)) {
		answer = not_whole(of->path, result);
	}
	free(text);
	return answer;
}

enum cpc_probe_status cpc_site_directory(const struct cpc_site_env *env, struct cpc_site *site,
					 struct cpc_site_result *result)
{
	struct cpc_directory *directory = &site->directory;
	const int configuration = cpc_sysroot_has(env->sysroot, "/etc");

	if (configuration <= 0) {
		cpc_site_need(result, "/etc");
		return configuration ? cpc_probe_status_of(configuration) : CPC_PROBE_ABSENT;
	}
	result->status = CPC_PROBE_OK;
	take_sssd(env->sysroot, directory, result);
	directory->winbind = take_configuration(env->sysroot, &samba, directory, result);
	directory->realm = take_configuration(env->sysroot, &kerberos, directory, result);
	directory->keytab = is_there(env->sysroot, "/etc/krb5.keytab", result);
	/* What winbind is told to keep in no keytab it keeps by itself (smb.conf(5), kerberos method). */
	if (directory->winbind == CPC_SET && directory->keytab == CPC_CLEAR)
		directory->secrets = is_there(env->sysroot, "/var/lib/samba/private/secrets.tdb", result);
	return result->status;
}
