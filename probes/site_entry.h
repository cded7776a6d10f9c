/* SPDX-License-Identifier: MIT */
/* A folder of /sys that stands for one thing, and the files in it: what probes of ports and disks read most. */
#ifndef CPC_SITE_ENTRY_H
#define CPC_SITE_ENTRY_H

#include "site_inside.h"

/** Room for the paths that probes make: two classes' names and two of the kernel's, which have 255 bytes at most. */
#define CPC_ENTRY_PATH_SIZE 768

struct cpc_entry {
	const char *sysroot;
	char path[CPC_ENTRY_PATH_SIZE];
};

/** The entry `name` of a folder, by its path. false where that is too long for any entry of /sys. */
bool cpc_entry_of(struct cpc_entry *ret_entry, const char *sysroot, const char *folder, const char *name);

/** As cpc_sysroot_word(), cpc_sysroot_number(), cpc_sysroot_link() and cpc_sysroot_each() for a file of the entry. */
int cpc_entry_word(const struct cpc_entry *entry, const char *file, char *ret_text, size_t size);
int cpc_entry_number(const struct cpc_entry *entry, const char *file, struct cpc_measurement *ret_number);
int cpc_entry_link(const struct cpc_entry *entry, const char *file, char *ret_name, size_t size);
int cpc_entry_each(const struct cpc_entry *entry, const char *folder, void (*each)(void *context, const char *name),
		   void *context);

/** Whether it is there; false too where nobody may look. */
bool cpc_entry_has(const struct cpc_entry *entry, const char *file);

/** Bytes of a binary file: how many there are, or negative errno. */
int cpc_entry_bytes(const struct cpc_entry *entry, const char *file, uint8_t *ret_bytes, size_t size);

/** The whole of a link, uncleaned; of "" the entry's own, as those of a class are. Its length, or negative errno;
 * -ENAMETOOLONG where it does not fit. */
int cpc_entry_target(const struct cpc_entry *entry, const char *file, char *ret_target, size_t size);

/** As a boolean file of the kernel says: "0", "1", else unknown. */
enum cpc_tristate cpc_entry_flag(const struct cpc_entry *entry, const char *file);

/** The value of a line KEY=VALUE of the entry's uevent, cleaned; false where there is none. */
bool cpc_entry_uevent(const struct cpc_entry *entry, const char *key, char *ret_text, size_t size);

#endif
