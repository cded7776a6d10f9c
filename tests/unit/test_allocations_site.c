/* SPDX-License-Identifier: MIT */
/* Fail every allocation once, in turn, of the site's probes: either one says that it failed, or it has found the same.
 */
#include "refuse.h"

#include "print.h"
#include "site_support.h"

static struct sited sited;
static char *found; /* with nothing refused */
static cpc_site_run *run;

static enum cpc_status probe(void)
{
	struct cpc_site site = { .port_count = 0 };
	struct cpc_site_result result = { .status = CPC_PROBE_OK };
	const enum cpc_probe_status status = run(&sited.env, &site, &result);
	char *text = NULL;
	size_t length;
	FILE *out = open_memstream(&text, &length);

	assert_non_null(out);
	print_site(out, &site);
	assert_int_equal(fclose(out), 0);
	if (status == CPC_PROBE_OK && atomic_load(&failed))
		assert_string_equal(text, found);
	assert_true(status == CPC_PROBE_OK || status == CPC_PROBE_FAILED);
	cpc_site_free(&site);
	if (!atomic_load(&failed)) {
		free(found);
		found = text;
	} else {
		free(text);
	}
	return status == CPC_PROBE_OK ? CPC_OK : CPC_INTERNAL;
}

static void refuse_each(const char *host)
{
	static const struct {
		const char *name;
		cpc_site_run *run;
	} probes[] = {
		{ "memory", cpc_site_memory },
		{ "network ports", cpc_site_network_ports },
		{ "storage ports", cpc_site_storage_ports },
		{ "volumes", cpc_site_volumes },
	};

	assert_int_equal(open_site(&sited), 0);
	make_host(host, sited.root);
	for (size_t i = 0; i < COUNT(probes); i++) {
		run = probes[i].run;
		/* Of the first host's storage there is nothing to keep. */
		if (fail_each(probes[i].name, probe, CPC_INTERNAL) == 0)
			assert_true(run == cpc_site_storage_ports && strcmp(host, "bonds") == 0);
		free(found);
		found = NULL;
	}
	remove_folder(sited.root);
}

static void servers(void **state)
{
	static const char *const names[] = { "bonds", "fc", "sas", "iscsi" };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		refuse_each(names[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(servers) };

	return cmocka_run_group_tests_name("allocations_site", tests, NULL, NULL);
}
