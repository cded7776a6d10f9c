/* SPDX-License-Identifier: MIT */
/* What tests of the site's probes share: a folder of its own for each, which may be that of a host of tests/site/. */
#ifndef CPC_TEST_SITE_SUPPORT_H
#define CPC_TEST_SITE_SUPPORT_H

#include "support.h"

#include "hosts.h"
#include "site_inside.h"

/* What is probed; `env` may be changed by a test before it runs a probe. */
struct sited {
	char root[64];
	struct cpc_site_env env;
	struct cpc_site site;
};

static inline int open_site(struct sited *sited)
{
	*sited = (struct sited){ .root = "" };
	if (make_scratch(sited->root))
		return -1;
	cpc_site_env_replay(&sited->env, sited->root);
	return 0;
}

static inline int make_site(void **state)
{
	static struct sited sited;

	*state = &sited;
	return open_site(&sited);
}

static inline int remove_site(void **state)
{
	struct sited *sited = *state;

	cpc_site_free(&sited->site);
	remove_folder(sited->root);
	return 0;
}

#define site_test(test) cmocka_unit_test_setup_teardown(test, make_site, remove_site)

typedef enum cpc_probe_status cpc_site_run(const struct cpc_site_env *env, struct cpc_site *site,
					   struct cpc_site_result *result);

/* Run one probe. Another one that ran before keeps what it found. */
static inline enum cpc_probe_status run_probe(struct sited *sited, enum cpc_site_probe_id id, cpc_site_run *run)
{
	struct cpc_site_result *result = &sited->site.results[id];

	*result = (struct cpc_site_result){ .status = CPC_PROBE_OK };
	result->status = run(&sited->env, &sited->site, result);
	return result->status;
}

static inline void assert_measured(struct cpc_measurement number, uint64_t value)
{
	assert_true(number.known);
	assert_int_equal(number.value, value);
}

static inline const struct cpc_port *port_named(const struct sited *sited, const char *name)
{
	for (size_t i = 0; i < sited->site.port_count; i++)
		if (strcmp(sited->site.ports[i].name, name) == 0)
			return &sited->site.ports[i];
	fail_msg("no port %s", name);
	return NULL;
}

static inline const struct cpc_storage_port *storage_port_named(const struct sited *sited, const char *name)
{
	for (size_t i = 0; i < sited->site.storage_port_count; i++)
		if (strcmp(sited->site.storage_ports[i].name, name) == 0)
			return &sited->site.storage_ports[i];
	fail_msg("no storage port %s", name);
	return NULL;
}

static inline const struct cpc_volume *volume_named(const struct sited *sited, const char *name)
{
	for (size_t i = 0; i < sited->site.volume_count; i++)
		if (strcmp(sited->site.volumes[i].name, name) == 0)
			return &sited->site.volumes[i];
	fail_msg("no volume %s", name);
	return NULL;
}

/* A text of the site, whatever was read: printable ASCII, and an end. */
static inline void assert_clean(const char *text, size_t size)
{
	const char *end = memchr(text, '\0', size);

	assert_non_null(end);
	for (; text < end; text++)
		assert_true(*text >= ' ' && *text <= '~');
}

#endif
