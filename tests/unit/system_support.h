/* SPDX-License-Identifier: MIT */
/* A folder of a test's own with somebody's files of /proc, /sys, /etc and /var, for the site's probes. */
#ifndef CPC_TEST_SYSTEM_SUPPORT_H
#define CPC_TEST_SYSTEM_SUPPORT_H

#include "support.h"

#include "folder.h"
#include "site.h"
#include "site_inside.h"

static char root[64];

static inline int make_root(void **state)
{
	(void)state;
	return make_scratch(root);
}

static inline int remove_root(void **state)
{
	(void)state;
	remove_folder(root);
	return 0;
}

/* Where a name lies; the folders on the way to it are made. */
static inline const char *place(const char *name)
{
	const char *path = at(root, "%s", name);

	make_parents(path);
	return path;
}

static inline void put(const char *name, const char *text)
{
	put_bytes(place(name), text, strlen(text));
}

/* A file of bytes that are no text: NULs, control characters, what is no UTF-8, and no end of line. */
static inline void put_rubbish(const char *name, size_t length)
{
	unsigned char *bytes = malloc(length);
	uint64_t random = UINT64_C(88172645463325252);

	assert_non_null(bytes);
	for (size_t i = 0; i < length; i++)
		bytes[i] = (unsigned char)(random_next(&random) >> 32);
	put_bytes(place(name), bytes, length);
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
