/* SPDX-License-Identifier: MIT */
/*
 * Probes of what a host has beside its processor, for the requirement table: asked where somebody wants that table,
 * not with every report. All of them go through a small environment, so that each can be replayed from a folder.
 */
#ifndef CPC_SITE_PROBES_H
#define CPC_SITE_PROBES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cpucompat/site.h>

/** Kinds of DNS records that are asked for (RFC 1035, RFC 2782). */
enum cpc_dns_record { CPC_DNS_SOA = 6, CPC_DNS_SRV = 33 };

/**
 * The seam to the system. `context` is passed to each function. One environment is for one thread at a time.
 */
struct cpc_site_env {
	void *context;
	/** Prefix of every path that is read: "" live, a folder in replay. */
	const char *sysroot;
	/** Whether devices and servers may be asked more than files tell: commands that only read, and a DNS update of
	 * `update_name` (which NULL leaves out). */
	bool active;
	const char *update_name;
	/**
	 * Ask the resolvers of /etc/resolv.conf for a name's records, for so many seconds at most. How many there are,
	 * or negative errno: -ENOENT the name or the records do not exist, -ETIMEDOUT nobody answered, -EACCES refused,
	 * -ENOSYS nobody can be asked (replay) or may be, another: there was an answer, and it does not tell.
	 */
	int (*resolve)(void *context, const char *name, enum cpc_dns_record record, unsigned int seconds);
	/** Add and take away a TXT record of a name that is not in use, by dynamic update (RFC 2136), unsigned: 0 or
	 * negative errno, as cpc_dns_update() (dns_client.h), whose time it takes; -ENOSYS. */
	int (*update)(void *context, const char *name);
	/** Whether a disk, by its name below /dev, does persistent reservations: PR_IN READ_KEYS or REPORT
	 * CAPABILITIES, which change nothing. 1, 0, or negative errno. */
	int (*reservations)(void *context, const char *disk);
	/** Monotonic nanoseconds, for a probe's own time. */
	uint64_t (*now)(void *context);
};

/** This machine. */
void cpc_site_env_live(struct cpc_site_env *ret_env, bool active, const char *update_name);

/** The same by its files alone, for whoever may not or must not ask others: no name server, no device. */
void cpc_site_env_quiet(struct cpc_site_env *ret_env);

/** Another one, of which a folder has files (of /proc, /sys, /etc, /var and /run): nobody is asked anything. */
void cpc_site_env_replay(struct cpc_site_env *ret_env, const char *sysroot);

/** A row of the table of probes (site.c). */
struct cpc_site_probe {
	/**
	 * Fill the part of the site that is this probe's; `result` is its own, of which it fills `needs` where
	 * something was not permitted or not there. Bounded in time and memory, whatever the files hold.
	 */
	enum cpc_probe_status (*run)(const struct cpc_site_env *env, struct cpc_site *site,
				     struct cpc_site_result *result);
};

/** Run every probe. What one could not do is in its result; nothing fails as a whole. The caller frees the site. */
void cpc_probe_site(const struct cpc_site_env *env, struct cpc_site *ret_site);

#endif
