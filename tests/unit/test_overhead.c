/* SPDX-License-Identifier: MIT */
/* What platforms take beside VMs: every number with its source, and counted as the source says. */
#include <cpucompat/overhead.h>

#include "support.h"

#define MIB(n) ((uint64_t)(n) << 20)

static void every_number_has_a_source(void **state)
{
	(void)state;
	for (size_t i = 0; i < CPC_POLICY_COUNT; i++) {
		const struct cpc_overhead *overhead = cpc_overhead_of(&cpc_policies[i]);
		const struct cpc_sourced *numbers[] = { &overhead->host, &overhead->vm, &overhead->vm_per_gib,
							&overhead->vcpus_per_cpu };

		for (size_t n = 0; n < COUNT(numbers); n++) {
			assert_non_null(numbers[n]->source);
			assert_true(numbers[n]->sure);
		}
		/* A CPU is shared by one at least, and no host keeps everything. */
		assert_true(overhead->vcpus_per_cpu.value >= 1000 && overhead->vcpus_per_cpu.value <= 100000);
		assert_true(overhead->host.value > 0 && overhead->host.value <= MIB(4096));
	}
	assert_int_equal(cpc_overhead_of(cpc_policy_named("hyperv-2008r2"))->vcpus_per_cpu.value, 8000);
	assert_int_equal(cpc_overhead_of(cpc_policy_named("kvm"))->vcpus_per_cpu.value, 5000);
	assert_non_null(cpc_overhead_of(NULL)->host.source);
}

static void begun_gibibytes_count(void **state)
{
	const struct cpc_overhead *hyperv = cpc_overhead_of(cpc_policy_named("hyperv-2025"));
	static const uint64_t cases[][2] = {
		{ MIB(512), MIB(512 + 32) },	    { MIB(1024), MIB(1024 + 32) },
		{ MIB(1025), MIB(1025 + 32 + 8) },  { MIB(2048), MIB(2048 + 32 + 8) },
		{ MIB(8192), MIB(8192 + 32 + 56) },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct cpc_vm vm = { .memory = cases[i][0], .vcpus = 1, .count = 1 };

		assert_int_equal(cpc_vm_takes(&vm, hyperv), cases[i][1]);
		assert_int_equal(cpc_vm_takes(&vm, cpc_overhead_of(cpc_policy_named("kvm"))), vm.memory);
	}
}

/* Each limit is met by what is just within it. */
static void limits(void **state)
{
	const struct cpc_overhead *old = cpc_overhead_of(cpc_policy_named("hyperv-2008r2"));
	static const struct {
		struct cpc_vm vm;
		bool beyond;
	} cases[] = {
		{ { .memory = MIB(1024), .vcpus = 4, .count = 1000 }, false },
		{ { .memory = MIB(1024), .vcpus = 4, .count = 1001 }, true },
		{ { .memory = MIB(1024), .vcpus = 5, .count = 1 }, true },
		{ { .memory = MIB(65536), .vcpus = 1, .count = 1 }, false },
		{ { .memory = MIB(65536) + 1, .vcpus = 1, .count = 1 }, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct cpc_vm vm = cases[i].vm;
		const struct cpc_vms vms = { .items = &vm, .count = 1, .total = vm.count };

		assert_int_equal(cpc_is_beyond(&vms, old), cases[i].beyond);
		/* Of KVM nobody says. */
		assert_false(cpc_is_beyond(&vms, cpc_overhead_of(cpc_policy_named("kvm"))));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_number_has_a_source),
		cmocka_unit_test(begun_gibibytes_count),
		cmocka_unit_test(limits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
