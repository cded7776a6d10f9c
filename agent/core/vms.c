/* SPDX-License-Identifier: MIT */
#include <cpucompat/vms.h>

#include "grow.h"
#include "saturate.h"

enum cpc_status cpc_vms_add(struct cpc_vms *vms, const struct cpc_vm *vm, struct cpc_error *reterr)
{
	struct cpc_vm *items = cpc_grown(vms->items, vms->count, sizeof(*items));

	if (!items)
		return cpc_out_of_memory(reterr);
	vms->items = items;
	items[vms->count++] = *vm;
	vms->total += vm->count;
	vms->memory = cpc_sum(vms->memory, cpc_product(vm->memory, vm->count));
	vms->vcpus += (uint64_t)vm->vcpus * vm->count;
	return CPC_OK;
}

void cpc_vms_free(struct cpc_vms *vms)
{
	if (!vms)
		return;
	free(vms->items);
	*vms = (struct cpc_vms){ .count = 0 };
}
