/* SPDX-License-Identifier: MIT */
/* What the site's probes read of /proc, /sys, /etc and /var: bounded, whatever lies there. */
#include "site_inside.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probe_inside.h"

/** Room for a number and what may follow it. */
#define NUMBER_SIZE 32

static int whole_path(const char *sysroot, const char *path, char ret_whole[static PATH_MAX])
{
	const int length = snprintf(ret_whole, PATH_MAX, "%s%s", sysroot, path);

	return length < 0 || length >= PATH_MAX ? -ENAMETOOLONG : 0;
}

/** Names that are owned, in a list that is. */
struct names {
	char **items;
	size_t count;
};

static void free_names(struct names *names)
{
	for (size_t i = 0; i < names->count; i++)
		free(names->items[i]);
	free(names->items);
}

static int collect(DIR *folder, struct names *names)
{
	const struct dirent *entry;

	names->items = calloc(CPC_FOLDER_ENTRIES_MAX, sizeof(*names->items));
	if (!names->items)
		return -ENOMEM;
	while (names->count < CPC_FOLDER_ENTRIES_MAX && (entry = readdir(folder))) {
		if (entry->d_name[0] == '.')
			continue;
		names->items[names->count] = strdup(entry->d_name);
		if (!names->items[names->count])
			return -ENOMEM;
		names->count++;
	}
	return 0;
}

static int compare_names(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

int cpc_sysroot_each(const char *sysroot, const char *path, void (*each)(void *context, const char *name),
		     void *context)
{
	struct names names = { .count = 0 };
	char whole[PATH_MAX];
	DIR *folder;
	int error = whole_path(sysroot, path, whole);

	if (error)
		return error;
	folder = opendir(whole);
	if (!folder)
		return -errno;
	error = collect(folder, &names);
	(void)closedir(folder);
	if (!error && names.count)
		qsort(names.items, names.count, sizeof(*names.items), compare_names);
	for (size_t i = 0; !error && i < names.count; i++)
		each(context, names.items[i]);
	free_names(&names);
	return error ? error : (int)names.count;
}

int cpc_sysroot_link(const char *sysroot, const char *path, char *ret_name, size_t size)
{
	char whole[PATH_MAX];
	char target[PATH_MAX];
	const char *last;
	ssize_t length;
	const int error = whole_path(sysroot, path, whole);

	ret_name[0] = '\0';
	if (error)
		return error;
	length = readlink(whole, target, sizeof(target) - 1);
	if (length < 0)
		return -errno;
	target[length] = '\0';
	last = strrchr(target, '/');
	last = last ? last + 1 : target;
	cpc_text_clean(ret_name, size, last, strlen(last));
	return (int)strlen(ret_name);
}

int cpc_sysroot_has(const char *sysroot, const char *path)
{
	char whole[PATH_MAX];
	struct stat stat_of;
	const int error = whole_path(sysroot, path, whole);

	if (error)
		return error;
	if (lstat(whole, &stat_of) == 0)
		return 1;
	return errno == ENOENT || errno == ENOTDIR ? 0 : -errno;
}

int cpc_sysroot_word(const char *sysroot, const char *path, char *ret_text, size_t size)
{
	char text[CPC_IDENTITY_SIZE * 2];
	const int length = cpc_sysroot_read(sysroot, path, text, sizeof(text));

	ret_text[0] = '\0';
	if (length < 0)
		return length;
	cpc_text_clean(ret_text, size, text, strcspn(text, "\n"));
	return (int)strlen(ret_text);
}

int cpc_sysroot_number(const char *sysroot, const char *path, struct cpc_measurement *ret_number)
{
	char text[NUMBER_SIZE];
	char *end;
	unsigned long long value;
	const int length = cpc_sysroot_word(sysroot, path, text, sizeof(text));

	*ret_number = (struct cpc_measurement){ .known = false };
	if (length < 0)
		return length;
	if (text[0] < '0' || text[0] > '9')
		return -EINVAL;
	errno = 0;
	value = strtoull(text, &end, 10);
	if (errno || *end)
		return -EINVAL;
	*ret_number = (struct cpc_measurement){ .known = true, .value = value };
	return 0;
}

void cpc_site_need(struct cpc_site_result *result, const char *what)
{
	if (!result->needs[0])
		cpc_text_clean(result->needs, sizeof(result->needs), what, strlen(what));
}
