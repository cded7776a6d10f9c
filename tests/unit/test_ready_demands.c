/* SPDX-License-Identifier: MIT */
/* What policies ask: everything with a source, and the numbers of the table that the project began with. */
#include <string.h>

#include <cpucompat/ready.h>

#include "support.h"

static const struct cpc_demands *of(const char *policy)
{
	return cpc_demands_of(cpc_policy_named(policy));
}

static void whatever_is_asked_has_a_source(void **state)
{
	(void)state;
	for (size_t i = 0; i < CPC_POLICY_COUNT; i++) {
		const struct cpc_demands *demands = cpc_demands_of(&cpc_policies[i]);

		for (unsigned int row = 0; row < CPC_ROW_COUNT; row++) {
			const struct cpc_demand *demand = &demands->rows[row];

			assert_int_equal(demand->columns != CPC_NO_COLUMN, demand->source != NULL);
			assert_int_equal(demand->columns != CPC_NO_COLUMN, demand->sure != 0);
			assert_ptr_equal(cpc_demand_of(&cpc_policies[i], row).source,
					 row == CPC_ROW_PROCESSOR ? cpc_policies[i].sources : demand->source);
			for (unsigned int column = 0; column < CPC_COLUMN_COUNT; column++)
				assert_int_equal(cpc_demand_of(&cpc_policies[i], row).columns >> column & 1,
						 cpc_demanded(demands, row, column));
		}
		assert_non_null(cpc_policies[i].sources);
		/* Numbers stand beside the row that judges them. */
		if (demands->network_ports[0] || demands->network_ports[1])
			assert_true(demands->rows[CPC_ROW_NETWORK_PORTS].columns);
		if (demands->storage_ports[0] || demands->storage_ports[1])
			assert_true(demands->rows[CPC_ROW_STORAGE_PORTS].columns);
		assert_int_equal(demands->rows[CPC_ROW_SERVERS].columns != 0, demands->hosts_min != 0);
		assert_int_equal(demands->rows[CPC_ROW_SHARED_STORAGE].columns != 0, demands->shared_over != 0);
		assert_int_equal(demands->rows[CPC_ROW_VIRTUAL_DISKS].columns != 0, demands->disk_formats[0] != 0);
		assert_int_equal(demands->rows[CPC_ROW_HOST_OS].columns != 0, demands->host_hypervisor != NULL);
		/* A volume is asked, or somebody says that it need not be. */
		if (demands->rows[CPC_ROW_SERVERS].columns)
			assert_int_equal(demands->shared_over != 0, demands->shared_elsewhere == NULL);
		/* Guests are asked for the drivers of a hypervisor. */
		if (demands->rows[CPC_ROW_GUEST_OS].columns)
			assert_string_equal(demands->host_hypervisor, "microsoft");
		/* What production wants is no less. */
		assert_int_equal(demands->disk_kinds[CPC_REALISTIC] & ~demands->disk_kinds[CPC_MINIMUM], 0);
		assert_int_equal(demands->disk_formats[CPC_REALISTIC] & ~demands->disk_formats[CPC_MINIMUM], 0);
	}
}

static void the_founding_table(void **state)
{
	const struct cpc_demands *first = of("hyperv-2008r2");

	(void)state;
	assert_int_equal(first->hosts_min, 2);
	assert_int_equal(cpc_policy_named("hyperv-2008r2")->hosts_max, 16);
	assert_int_equal(first->network_ports[CPC_MINIMUM], 2);
	assert_int_equal(first->network_ports[CPC_REALISTIC], 6);
	assert_true(first->network_redundant);
	assert_int_equal(first->storage_ports[CPC_MINIMUM], 1);
	assert_int_equal(first->storage_ports[CPC_REALISTIC], 2);
	assert_int_equal(first->spc, 5);
	assert_int_equal(first->shared_over,
			 1U << CPC_TRANSPORT_FIBRE_CHANNEL | 1U << CPC_TRANSPORT_SAS | 1U << CPC_TRANSPORT_ISCSI);
	assert_int_equal(first->disk_formats[CPC_MINIMUM], 1U << CPC_DISK_FORMAT_VHD);
	assert_int_equal(first->disk_kinds[CPC_MINIMUM], 1U << CPC_DISK_KIND_FIXED | 1U << CPC_DISK_KIND_DYNAMIC);
	assert_int_equal(first->disk_kinds[CPC_REALISTIC], 1U << CPC_DISK_KIND_FIXED);
	for (unsigned int row = 0; row < CPC_ROW_COUNT; row++)
		assert_true(cpc_demanded(first, row, CPC_MINIMUM) || row == CPC_ROW_CAPACITY);
}

static void later_releases(void **state)
{
	static const char *const later[] = { "hyperv-2012", "hyperv-2016", "hyperv-2022", "hyperv-2025",
					     "hyperv-2025-minimum" };

	(void)state;
	for (size_t i = 0; i < COUNT(later); i++) {
		const struct cpc_demands *demands = of(later[i]);

		assert_int_equal(cpc_policy_named(later[i])->hosts_max, 64);
		assert_false(cpc_demanded(demands, CPC_ROW_SHARED_STORAGE, CPC_MINIMUM));
		assert_non_null(demands->shared_elsewhere);
		assert_true(demands->disk_formats[0] >> CPC_DISK_FORMAT_VHDX & 1);
	}
}

static void who_asks_nothing(void **state)
{
	const struct cpc_policy own = { .name = "own" };

	(void)state;
	for (unsigned int row = 0; row < CPC_ROW_COUNT; row++) {
		assert_int_equal(cpc_demanded(of("x86-64-v2"), row, CPC_MINIMUM), row == CPC_ROW_PROCESSOR);
		assert_false(cpc_demanded(of("x86-64-v2"), row, CPC_REALISTIC));
		assert_int_equal(cpc_demanded(cpc_demands_of(&own), row, CPC_MINIMUM), row == CPC_ROW_PROCESSOR);
	}
	assert_false(cpc_demanded(of("kvm"), CPC_ROW_NETWORK_PORTS, CPC_MINIMUM));
	assert_false(cpc_demanded(of("kvm"), CPC_ROW_DIRECTORY, CPC_MINIMUM));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_is_asked_has_a_source),
		cmocka_unit_test(the_founding_table),
		cmocka_unit_test(later_releases),
		cmocka_unit_test(who_asks_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
