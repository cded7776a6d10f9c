/* SPDX-License-Identifier: MIT */
#include <cpucompat/overhead.h>

#include "saturate.h"

#define CPC_OVERHEAD(policy, ...) [CPC_P_##policy] = { __VA_ARGS__ },
#define CPC_OVERHEAD_ELSE(...)
static const struct cpc_overhead overheads[CPC_POLICY_COUNT] = {
#include <cpucompat/overhead.def>
};
#undef CPC_OVERHEAD
#undef CPC_OVERHEAD_ELSE

const struct cpc_overhead *cpc_overhead_of(const struct cpc_policy *policy)
{
#define CPC_OVERHEAD(policy, ...)
#define CPC_OVERHEAD_ELSE(...)                                                                                         \
	{                                                                                                              \
		__VA_ARGS__                                                                                            \
	}
	static const struct cpc_overhead otherwise =
#include <cpucompat/overhead.def>
		;

	for (size_t i = 0; i < CPC_POLICY_COUNT; i++) {
		if (policy == &cpc_policies[i] && overheads[i].vcpus_per_cpu.source)
			return &overheads[i];
	}
	return &otherwise;
}

static bool is_more(uint64_t number, const struct cpc_sourced *most)
{
	return most->source && number > most->value;
}

bool cpc_is_beyond(const struct cpc_vms *vms, const struct cpc_overhead *overhead)
{
	for (size_t i = 0; i < vms->count; i++) {
		if (is_more(vms->items[i].vcpus, &overhead->vm_vcpus_max) ||
		    is_more(vms->items[i].memory, &overhead->vm_memory_max))
			return true;
	}
	return is_more(vms->total, &overhead->cluster_vms_max);
}

uint64_t cpc_vm_takes(const struct cpc_vm *vm, const struct cpc_overhead *overhead)
{
	const uint64_t gib = (vm->memory >> 30) + ((vm->memory & ((UINT64_C(1) << 30) - 1)) != 0);
	const uint64_t further = gib > 1 ? gib - 1 : 0;

	return cpc_sum(vm->memory, cpc_sum(overhead->vm.value, cpc_product(overhead->vm_per_gib.value, further)));
}
