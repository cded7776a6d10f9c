/* SPDX-License-Identifier: MIT */
#include "site_entry.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "probe_inside.h"
#include "sysroot.h"

#define UEVENT_SIZE 2048

bool cpc_entry_of(struct cpc_entry *ret_entry, const char *sysroot, const char *folder, const char *name)
{
	const int length = snprintf(ret_entry->path, sizeof(ret_entry->path), "%s/%s", folder, name);

	ret_entry->sysroot = sysroot;
	return length > 0 && (size_t)length < sizeof(ret_entry->path);
}

/* The path of one of its files, or its own, of ""; -ENAMETOOLONG. */
static int path_of(const struct cpc_entry *entry, const char *file, char ret_path[static PATH_MAX])
{
	const int length = snprintf(ret_path, PATH_MAX, "%s%s%s", entry->path, file[0] ? "/" : "", file);

	return length < 0 || length >= PATH_MAX ? -ENAMETOOLONG : 0;
}

int cpc_entry_word(const struct cpc_entry *entry, const char *file, char *ret_text, size_t size)
{
	char path[PATH_MAX];
	const int error = path_of(entry, file, path);

	ret_text[0] = '\0';
	return error ? error : cpc_sysroot_word(entry->sysroot, path, ret_text, size);
}

int cpc_entry_number(const struct cpc_entry *entry, const char *file, struct cpc_measurement *ret_number)
{
	char path[PATH_MAX];
	const int error = path_of(entry, file, path);

	*ret_number = (struct cpc_measurement){ .known = false };
	return error ? error : cpc_sysroot_number(entry->sysroot, path, ret_number);
}

int cpc_entry_link(const struct cpc_entry *entry, const char *file, char *ret_name, size_t size)
{
	char path[PATH_MAX];
	const int error = path_of(entry, file, path);

	ret_name[0] = '\0';
	return error ? error : cpc_sysroot_link(entry->sysroot, path, ret_name, size);
}

int cpc_entry_each(const struct cpc_entry *entry, const char *folder, void (*each)(void *context, const char *name),
		   void *context)
{
	char path[PATH_MAX];
	const int error = path_of(entry, folder, path);

	return error ? error : cpc_sysroot_each(entry->sysroot, path, each, context);
}

bool cpc_entry_has(const struct cpc_entry *entry, const char *file)
{
	char path[PATH_MAX];

	return !path_of(entry, file, path) && cpc_sysroot_has(entry->sysroot, path) == 1;
}

int cpc_entry_bytes(const struct cpc_entry *entry, const char *file, uint8_t *ret_bytes, size_t size)
{
	char path[PATH_MAX];
	const int error = path_of(entry, file, path);

	return error ? error : cpc_sysroot_read(entry->sysroot, path, (char *)ret_bytes, size);
}

int cpc_entry_target(const struct cpc_entry *entry, const char *file, char *ret_target, size_t size)
{
	char path[PATH_MAX];
	const int error = path_of(entry, file, path);

	ret_target[0] = '\0';
	return error ? error : cpc_sysroot_target(entry->sysroot, path, ret_target, size);
}

enum cpc_tristate cpc_entry_flag(const struct cpc_entry *entry, const char *file)
{
	struct cpc_measurement number;

	(void)cpc_entry_number(entry, file, &number);
	if (!number.known || number.value > 1)
		return CPC_UNKNOWN;
	return number.value ? CPC_SET : CPC_CLEAR;
}

bool cpc_entry_uevent(const struct cpc_entry *entry, const char *key, char *ret_text, size_t size)
{
	char text[UEVENT_SIZE];
	const size_t length = strlen(key);
	const char *line = text;

	ret_text[0] = '\0';
	if (cpc_entry_bytes(entry, "uevent", (uint8_t *)text, sizeof(text)) <= 0)
		return false;
	while (*line) {
		const size_t all = strcspn(line, "\n");

		if (all > length && strncmp(line, key, length) == 0 && line[length] == '=') {
			cpc_text_clean(ret_text, size, line + length + 1, all - length - 1);
			return true;
		}
		line += all + (line[all] == '\n');
	}
	return false;
}
