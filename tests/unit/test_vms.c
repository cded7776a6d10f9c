/* SPDX-License-Identifier: MIT */
#include <cpucompat/vms.h>

#include "support.h"

static void adds_up(void **state)
{
	const struct cpc_vm web = { .name = "web", .memory = UINT64_C(4) << 30, .vcpus = 2, .count = 10 };
	const struct cpc_vm endless = {
		.name = "endless", .memory = CPC_VM_MEMORY_MAX, .vcpus = CPC_VM_VCPUS_MAX, .count = CPC_VMS_MAX - 10
	};
	struct cpc_vms vms = { .count = 0 };

	(void)state;
	assert_int_equal(cpc_vms_add(&vms, &web, NULL), CPC_OK);
	assert_int_equal(vms.total, 10);
	assert_int_equal(vms.memory, UINT64_C(40) << 30);
	assert_int_equal(vms.vcpus, 20);
	/* More than 64 bits is not little. */
	assert_int_equal(cpc_vms_add(&vms, &endless, NULL), CPC_OK);
	assert_int_equal(vms.total, CPC_VMS_MAX);
	assert_int_equal(vms.memory, UINT64_MAX);
	assert_string_equal(vms.items[0].name, "web");
	cpc_vms_free(&vms);
	assert_null(vms.items);
	cpc_vms_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(adds_up) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
