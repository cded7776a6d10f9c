/* SPDX-License-Identifier: MIT */
/* The words for requirements: JSON keys and statuses are contracts. */
#include "support.h"

static void test_names(void **state)
{
	static const char *const keys[] = { "hardware_virtualization", "execute_disable", "long_mode", "slat" };
	static const char *const names[][CPC_REQUIREMENT_COUNT] = {
		{ "VT-x", "XD", "Intel 64", "EPT" },
		{ "AMD-V", "NX", "AMD64", "RVI" },
		{ "VT-x/AMD-V", "XD/NX", "Intel 64/AMD64", "EPT/RVI" },
	};
	static const char *const statuses[] = { "unknown", "present", "absent", "disabled-by-firmware",
						"hidden-by-hypervisor" };

	(void)state;
	for (int i = 0; i < CPC_REQUIREMENT_COUNT; i++) {
		const enum cpc_requirement_id id = (enum cpc_requirement_id)i;

		assert_string_equal(cpc_requirement_key(id), keys[i]);
		assert_string_equal(cpc_requirement_name(id, "GenuineIntel"), names[0][i]);
		assert_string_equal(cpc_requirement_name(id, "AuthenticAMD"), names[1][i]);
		assert_string_equal(cpc_requirement_name(id, "HygonGenuine"), names[1][i]);
		assert_string_equal(cpc_requirement_name(id, ""), names[2][i]);
	}
	for (int i = 0; i < CPC_REQUIREMENT_STATUS_COUNT; i++)
		assert_string_equal(cpc_requirement_status_name((enum cpc_requirement_status)i), statuses[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_names) };

	return cmocka_run_group_tests_name("requirement_names", tests, NULL, NULL);
}
