/* SPDX-License-Identifier: MIT */
/* What the site's probes read of /proc, /sys, /etc and /var: bounded, whatever lies there. */
#include "site_inside.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "probe_inside.h"
#include "sysroot.h"

/** Room for a number and what may follow it. */
#define NUMBER_SIZE 32

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

static int collect_from(DIR *folder, struct names *names)
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

static int collect(const char *sysroot, const char *path, struct names *names)
{
	const int descriptor = cpc_sysroot_open(sysroot, path, O_DIRECTORY);
	DIR *folder;
	int error;

	if (descriptor < 0)
		return descriptor;
	folder = fdopendir(descriptor);
	if (!folder) {
		error = -errno;
		(void)close(descriptor);
		return error;
	}
	error = collect_from(folder, names);
	(void)closedir(folder);
	return error;
}

static int compare_names(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

int cpc_sysroot_each(const char *sysroot, const char *path, void (*each)(void *context, const char *name),
		     void *context)
{
	struct names names = { .count = 0 };
	int error = collect(sysroot, path, &names);

	if (!error && names.count)
		qsort(names.items, names.count, sizeof(*names.items), compare_names);
	for (size_t i = 0; !error && i < names.count; i++)
		each(context, names.items[i]);
	free_names(&names);
	return error ? error : (int)names.count;
}

int cpc_sysroot_link(const char *sysroot, const char *path, char *ret_name, size_t size)
{
	char target[PATH_MAX];
	const char *last;
	const int length = cpc_sysroot_target(sysroot, path, target, sizeof(target));

	ret_name[0] = '\0';
	if (length < 0)
		return length;
	last = strrchr(target, '/');
	last = last ? last + 1 : target;
	cpc_text_clean(ret_name, size, last, strlen(last));
	return (int)strlen(ret_name);
}

int cpc_sysroot_has(const char *sysroot, const char *path)
{
	const int found = cpc_sysroot_open(sysroot, path, O_PATH | O_NOFOLLOW);

	if (found < 0)
		return found == -ENOENT || found == -ENOTDIR ? 0 : found;
	(void)close(found);
	return 1;
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

bool cpc_sysroot_shows_kernel(const char *sysroot)
{
	char second[16];

	return cpc_sysroot_word(sysroot, "/proc/2/comm", second, sizeof(second)) > 0 && strcmp(second, "kthreadd") == 0;
}

void cpc_site_need(struct cpc_site_result *result, const char *what)
{
	if (!result->needs[0])
		cpc_text_clean(result->needs, sizeof(result->needs), what, strlen(what));
}
