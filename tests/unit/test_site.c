/* SPDX-License-Identifier: MIT */
/* The lists of a site, which are bounded, and its names. */
#include <stdlib.h>
#include <string.h>

#include <cpucompat/site.h>

#include "support.h"

static void lists_are_bounded(void **state)
{
	struct cpc_site site = { .port_count = 0 };

	(void)state;
	for (size_t i = 0; i < CPC_SITE_ITEMS_MAX; i++) {
		assert_non_null(cpc_site_add_port(&site));
		assert_non_null(cpc_site_add_storage_port(&site));
		assert_non_null(cpc_site_add_volume(&site));
	}
	assert_null(cpc_site_add_port(&site));
	assert_null(cpc_site_add_storage_port(&site));
	assert_null(cpc_site_add_volume(&site));
	assert_null(cpc_site_add_volume(&site));
	assert_int_equal(site.ports_left_out, 1);
	assert_int_equal(site.storage_ports_left_out, 1);
	assert_int_equal(site.volumes_left_out, 2);
	assert_int_equal(site.volume_count, CPC_SITE_ITEMS_MAX);
	cpc_site_free(&site);
	assert_null(site.ports);
	assert_int_equal(site.volume_count, 0);
	cpc_site_free(NULL);
}

static void a_new_item_is_empty(void **state)
{
	struct cpc_site site = { .port_count = 0 };
	struct cpc_port *first = cpc_site_add_port(&site);
	const struct cpc_port *second;

	(void)state;
	assert_non_null(first);
	strcpy(first->name, "eth0");
	second = cpc_site_add_port(&site);
	assert_non_null(second);
	assert_string_equal(site.ports[0].name, "eth0");
	assert_string_equal(second->name, "");
	assert_int_equal(second->carrier, CPC_UNKNOWN);
	assert_false(second->speed.known);
	cpc_site_free(&site);
}

static void all_have_names(void **state)
{
	(void)state;
	for (unsigned int i = 0; i < CPC_SITE_PROBE_COUNT; i++)
		assert_non_null(cpc_site_probe_name(i));
	for (unsigned int i = 0; i < CPC_PORT_KIND_COUNT; i++)
		assert_non_null(cpc_port_kind_name(i));
	for (unsigned int i = 0; i < CPC_TRANSPORT_COUNT; i++)
		assert_non_null(cpc_transport_name(i));
	assert_string_equal(cpc_site_probe_name(CPC_SITE_DNS), "dns");
	assert_string_equal(cpc_transport_name(0), "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(lists_are_bounded),
		cmocka_unit_test(a_new_item_is_empty),
		cmocka_unit_test(all_have_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
