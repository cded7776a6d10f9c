/* SPDX-License-Identifier: MIT */
/* What the probes of a site share among themselves. */
#ifndef CPC_SITE_INSIDE_H
#define CPC_SITE_INSIDE_H

#include "site.h"

/** The probes, a file each; rows of the table in site.c. */
#define CPC_SITE_PROBE(name)                                                                                           \
	enum cpc_probe_status name(const struct cpc_site_env *env, struct cpc_site *site,                              \
				   struct cpc_site_result *result)
CPC_SITE_PROBE(cpc_site_memory);
CPC_SITE_PROBE(cpc_site_network_ports);
CPC_SITE_PROBE(cpc_site_storage_ports);
CPC_SITE_PROBE(cpc_site_volumes);
CPC_SITE_PROBE(cpc_site_host_system);
CPC_SITE_PROBE(cpc_site_guest_system);
CPC_SITE_PROBE(cpc_site_directory);
CPC_SITE_PROBE(cpc_site_dns);
#undef CPC_SITE_PROBE

/** Entries of a folder that are looked at; a folder with more is looked at in part. */
#define CPC_FOLDER_ENTRIES_MAX 4096

/**
 * Call `each` for the entries of `sysroot``path`, by name, without those that begin with a dot; folders, links and
 * files alike. How many there were, or negative errno; -ENOMEM.
 */
int cpc_sysroot_each(const char *sysroot, const char *path, void (*each)(void *context, const char *name),
		     void *context);

/** What a symbolic link of `sysroot``path` ends in (its last component), or negative errno; never follows it. */
int cpc_sysroot_link(const char *sysroot, const char *path, char *ret_name, size_t size);

/** Whether `sysroot``path` is there: 1, 0, or negative errno. */
int cpc_sysroot_has(const char *sysroot, const char *path);

/** Read a file that holds one word or line, cleaned as cpc_text_clean() does. Its length, or negative errno. */
int cpc_sysroot_word(const char *sysroot, const char *path, char *ret_text, size_t size);

/** Read a file that holds one number in decimal, which may be negative in the kernel ("-1": not known): then and where
 * there is no file or something else in it, the measurement is not known. 0 or negative errno. */
int cpc_sysroot_number(const char *sysroot, const char *path, struct cpc_measurement *ret_number);

/** Whether the kernel's own processes are seen, of which kthreadd is process 2 wherever they are (Linux init/main.c,
 * rest_init()): in containers that share them with the host, in no other, and by no user from whom those of others are
 * hidden (proc(5), hidepid). */
bool cpc_sysroot_shows_kernel(const char *sysroot);

/** Note what a probe could have done with: the first that is noted stays. */
void cpc_site_need(struct cpc_site_result *result, const char *what);

#endif
