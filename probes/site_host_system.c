/* SPDX-License-Identifier: MIT */
/* What the host itself runs, what it is host of, and under whom it runs where Hyper-V tells. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "probe_inside.h"
#include "site_inside.h"
#include "site_text.h"

#define OS_RELEASE_SIZE 8192
#define MOUNTS_SIZE 16384
#define SMALL_SIZE 512
#define MISC "/sys/class/misc"

/** Pairs of a pool that are read; Windows Server 2022 tells sixteen. */
#define KVP_RECORDS_MAX 64
#define KVP_POOL_SIZE (KVP_RECORDS_MAX * CPC_KVP_RECORD_SIZE + 1)

/** The pool of what the host tells of itself. Others are the guest's own, or an administrator's. */
#define KVP_HOST_POOL "/var/lib/hyperv/.kvp_pool_3"

/* os-release(5): the second where there is no first. */
static int take_release(const char *sysroot, struct cpc_host_system *host)
{
	char text[OS_RELEASE_SIZE];
	int length = cpc_sysroot_read(sysroot, "/etc/os-release", text, sizeof(text));

	if (length < 0 && cpc_probe_status_of(length) == CPC_PROBE_ABSENT)
		length = cpc_sysroot_read(sysroot, "/usr/lib/os-release", text, sizeof(text));
	if (length < 0)
		return length;
	/* What the manual page has for a file without an ID. */
	if (!cpc_os_release_value(text, "ID", host->id, sizeof(host->id)))
		(void)snprintf(host->id, sizeof(host->id), "linux");
	(void)cpc_os_release_value(text, "VERSION_ID", host->version, sizeof(host->version));
	if (!cpc_os_release_value(text, "PRETTY_NAME", host->name, sizeof(host->name)))
		(void)cpc_os_release_value(text, "NAME", host->name, sizeof(host->name));
	return 0;
}

static bool is_live(const char *sysroot, const char *module)
{
	char path[SMALL_SIZE];
	char text[16];

	(void)snprintf(path, sizeof(path), "/sys/module/%s/initstate", module);
	return cpc_sysroot_word(sysroot, path, text, sizeof(text)) > 0 && strcmp(text, "live") == 0;
}

/* xenfs tells the control domain so, and others nothing. */
static bool is_control_domain(const char *sysroot)
{
	char text[SMALL_SIZE];

	return cpc_sysroot_read(sysroot, "/proc/xen/capabilities", text, sizeof(text)) > 0 && strstr(text, "control_d");
}

static void take_xen_version(const char *sysroot, struct cpc_host_system *host)
{
	char major[16];
	char minor[16];
	char extra[16];

	if (cpc_sysroot_word(sysroot, "/sys/hypervisor/version/major", major, sizeof(major)) <= 0 ||
	    cpc_sysroot_word(sysroot, "/sys/hypervisor/version/minor", minor, sizeof(minor)) <= 0)
		return;
	(void)cpc_sysroot_word(sysroot, "/sys/hypervisor/version/extra", extra, sizeof(extra));
	(void)snprintf(host->hypervisor_version, sizeof(host->hypervisor_version), "%s.%s%s", major, minor, extra);
}

/*
 * The misc device is there where KVM found its hardware, whichever module that is and whether it is built in;
 * mshv is the same of a Linux that is Hyper-V's root. KVM's version is the kernel's. 1 where one was found, or there is
 * none; else 0 or negative errno: it cannot be told.
 */
static int take_hypervisor(const char *sysroot, struct cpc_host_system *host)
{
	const char *hypervisor = "";

	if (is_control_domain(sysroot))
		hypervisor = "xen";
	else if (cpc_sysroot_has(sysroot, MISC "/mshv") == 1)
		hypervisor = "microsoft";
	else if (cpc_sysroot_has(sysroot, MISC "/kvm") == 1 || is_live(sysroot, "kvm_intel") ||
		 is_live(sysroot, "kvm_amd"))
		hypervisor = "kvm";
	(void)snprintf(host->hypervisor, sizeof(host->hypervisor), "%s", hypervisor);
	if (strcmp(hypervisor, "xen") == 0)
		take_xen_version(sysroot, host);
	/* Every kernel has devices of that class: where it is hidden, so is what would be in it. */
	return *hypervisor ? 1 : cpc_sysroot_has(sysroot, MISC);
}

/* What a container's manager leaves in it. An image that became a machine may have it still. */
static bool has_mark(const char *sysroot)
{
	static const char *const marks[] = { "/.dockerenv", "/run/.containerenv", "/run/systemd/container" };

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (cpc_sysroot_has(sysroot, marks[i]) == 1)
			return true;
	return false;
}

/* "overlay / overlay rw,...": an image with a layer to write to, which some systems boot from too. */
static bool has_layered_root(const char *sysroot)
{
	char text[MOUNTS_SIZE];

	return cpc_sysroot_read(sysroot, "/proc/mounts", text, sizeof(text)) > 0 &&
	       (strstr(text, " / overlay ") || strstr(text, " / fuse-overlayfs "));
}

/* Whether os-release is a container's, and the kernel somebody else's. */
static enum cpc_tristate in_container(const char *sysroot)
{
	char first[16];
	const bool mark = has_mark(sysroot);

	if (cpc_sysroot_shows_kernel(sysroot))
		return mark || has_layered_root(sysroot) ? CPC_UNKNOWN : CPC_CLEAR;
	/* Processes may be hidden altogether. */
	return mark || cpc_sysroot_word(sysroot, "/proc/1/comm", first, sizeof(first)) > 0 ? CPC_SET : CPC_UNKNOWN;
}

static void take_pairs(const char *pool, size_t length, struct cpc_host_system *host)
{
	char major[16];
	char minor[16];
	char edition[16];

	if (!cpc_kvp_value(pool, length, "PhysicalHostNameFullyQualified", host->under, sizeof(host->under)) &&
	    !cpc_kvp_value(pool, length, "PhysicalHostName", host->under, sizeof(host->under)))
		(void)cpc_kvp_value(pool, length, "HostName", host->under, sizeof(host->under));
	if (cpc_kvp_value(pool, length, "HostingSystemOsMajor", major, sizeof(major)) &&
	    cpc_kvp_value(pool, length, "HostingSystemOsMinor", minor, sizeof(minor)))
		(void)snprintf(host->under_version, sizeof(host->under_version), "%s.%s", major, minor);
	/* Few digits: GetProductInfo()'s numbers are below 256 but for one. */
	if (cpc_kvp_value(pool, length, "HostingSystemEditionId", edition, sizeof(edition)) && *edition &&
	    strlen(edition) < 6 && strspn(edition, "0123456789") == strlen(edition))
		host->under_edition = (struct cpc_measurement){ .known = true, .value = strtoul(edition, NULL, 10) };
}

static enum cpc_probe_status take_pool(const char *sysroot, struct cpc_host_system *host)
{
	char *pool = malloc(KVP_POOL_SIZE);
	int length;

	if (!pool)
		return CPC_PROBE_FAILED;
	length = cpc_sysroot_read(sysroot, KVP_HOST_POOL, pool, KVP_POOL_SIZE);
	if (length > 0)
		take_pairs(pool, (size_t)length, host);
	free(pool);
	return length < 0 ? cpc_probe_status_of(length) : CPC_PROBE_OK;
}

enum cpc_probe_status cpc_site_host_system(const struct cpc_site_env *env, struct cpc_site *site,
					   struct cpc_site_result *result)
{
	struct cpc_host_system *host = &site->host;
	const int release = take_release(env->sysroot, host);
	const enum cpc_probe_status pool = take_pool(env->sysroot, host);
	const int told = take_hypervisor(env->sysroot, host);

	(void)cpc_sysroot_word(env->sysroot, "/proc/sys/kernel/osrelease", host->kernel, sizeof(host->kernel));
	host->container = in_container(env->sysroot);
	if (release < 0) {
		cpc_site_need(result, "/etc/os-release");
		return cpc_probe_status_of(release);
	}
	if (told != 1) {
		cpc_site_need(result, MISC);
		return told ? cpc_probe_status_of(told) : CPC_PROBE_ABSENT;
	}
	/* Who is no guest of Hyper-V's has no pool. */
	if (pool != CPC_PROBE_OK && pool != CPC_PROBE_ABSENT)
		cpc_site_need(result, KVP_HOST_POOL);
	return CPC_PROBE_OK;
}
