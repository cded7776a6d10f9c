/* SPDX-License-Identifier: MIT */
/* A folder of a test's own with somebody's files of /proc, /sys, /etc and /var, for the site's probes. */
#ifndef CPC_TEST_SYSTEM_SUPPORT_H
#define CPC_TEST_SYSTEM_SUPPORT_H

#include "support.h"

#include <errno.h>
#include <ftw.h>
#include <sys/stat.h>
#include <unistd.h>

#include "site.h"
#include "site_inside.h"

static char root[64];

static inline int make_root(void **state)
{
	(void)state;
	/* In memory where that can be: some tests have thousands of files. */
	(void)snprintf(root, sizeof(root), "/dev/shm/cpc-system-XXXXXX");
	if (mkdtemp(root))
		return 0;
	(void)snprintf(root, sizeof(root), "/tmp/cpc-system-XXXXXX");
	return mkdtemp(root) ? 0 : -1;
}

static inline int remove_entry(const char *path, const struct stat *info, int type, struct FTW *position)
{
	(void)info;
	(void)type;
	(void)position;
	return remove(path);
}

static inline int remove_root(void **state)
{
	(void)state;
	return nftw(root, remove_entry, 8, FTW_DEPTH | FTW_PHYS);
}

/* Where a name lies, and the folders on the way to it. */
static inline const char *place(const char *name)
{
	static char path[512];

	assert_in_range(snprintf(path, sizeof(path), "%s%s", root, name), 1, sizeof(path) - 1);
	for (char *slash = strchr(path + strlen(root) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		*slash = '\0';
		assert_true(mkdir(path, 0755) == 0 || errno == EEXIST);
		*slash = '/';
	}
	return path;
}

static inline void put_bytes(const char *name, const void *bytes, size_t length)
{
	FILE *file = fopen(place(name), "we");

	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
}

static inline void put(const char *name, const char *text)
{
	put_bytes(name, text, strlen(text));
}

static inline void put_link(const char *name, const char *target)
{
	assert_int_equal(symlink(target, place(name)), 0);
}

static inline void put_folder(const char *name)
{
	assert_int_equal(mkdir(place(name), 0755), 0);
}

/* A file of bytes that are no text: NULs, control characters, what is no UTF-8, and no end of line. */
static inline void put_rubbish(const char *name, size_t length)
{
	unsigned char *bytes = malloc(length);
	uint64_t random = UINT64_C(88172645463325252);

	assert_non_null(bytes);
	for (size_t i = 0; i < length; i++)
		bytes[i] = (unsigned char)(random_next(&random) >> 32);
	put_bytes(name, bytes, length);
	free(bytes);
}

static inline bool is_printable(const char *text, size_t size)
{
	const size_t length = strnlen(text, size);

	for (size_t i = 0; i < length; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return length < size;
}
#define assert_printable(text) assert_true(is_printable((text), sizeof(text)))

typedef enum cpc_probe_status site_probe(const struct cpc_site_env *env, struct cpc_site *site,
					 struct cpc_site_result *result);

static inline enum cpc_probe_status replay(site_probe *probe, struct cpc_site *site, struct cpc_site_result *ret_result)
{
	struct cpc_site_env env;

	*ret_result = (struct cpc_site_result){ .needs = "" };
	cpc_site_env_replay(&env, root);
	return probe(&env, site, ret_result);
}

#endif
