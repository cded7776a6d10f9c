/* SPDX-License-Identifier: MIT */
/* Any bytes as a list of VMs, and its first line as a layout: what is read is within its bounds, what fits is a
 * placement, and the answer can be printed. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "layout_text.h"
#include "render.h"
#include "vms.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_vms(const struct cpc_vms *vms)
{
	uint64_t total = 0;

	if (!vms->count || vms->count > CPC_VMS_LINES_MAX)
		abort();
	for (size_t i = 0; i < vms->count; i++) {
		const struct cpc_vm *vm = &vms->items[i];

		if (!*vm->name || vm->memory < CPC_VM_MEMORY_MIN || vm->memory > CPC_VM_MEMORY_MAX || !vm->vcpus ||
		    vm->vcpus > CPC_VM_VCPUS_MAX || !vm->count)
			abort();
		for (const char *c = vm->name; *c; c++) {
			if (*c < ' ' || *c > '~')
				abort();
		}
		total += vm->count;
	}
	if (total != vms->total || total > CPC_VMS_MAX)
		abort();
}

static void check_placement(const struct cpc_vms *vms, const struct cpc_layout_terms *terms)
{
	const struct cpc_room room = cpc_room_of(UINT64_C(64) << 30, 32, terms->overhead);
	const struct cpc_room rooms[3] = { room, room, room };
	uint64_t memory[3] = { 0 }, vcpus[3] = { 0 }, placed = 0;
	struct cpc_placement placement;
	struct cpc_vm_kinds kinds;

	if (cpc_vm_kinds_of(vms, terms->overhead, &kinds, NULL) || cpc_place(&kinds, rooms, 3, &placement, NULL))
		abort();
	for (size_t i = 0; i < placement.count; i++) {
		const struct cpc_placed *item = &placement.items[i];

		memory[item->room] += kinds.items[item->kind].memory * item->count;
		vcpus[item->room] += (uint64_t)kinds.items[item->kind].vcpus * item->count;
		placed += item->count;
	}
	for (size_t i = 0; i < 3; i++) {
		if (memory[i] > room.memory || vcpus[i] > room.vcpus)
			abort();
	}
	if (placed != (placement.fit == CPC_FITS ? vms->total : 0))
		abort();
	cpc_placement_free(&placement);
	cpc_vm_kinds_free(&kinds);
}

static void check_plan(const struct cpc_layout *layout, const struct cpc_vms *vms)
{
	const struct cpc_style style = { .width = 80, .verbose = true };
	struct cpc_layout_terms terms = { .policy = cpc_policy_named("hyperv-2025"), .vms = vms };
	struct cpc_buffer out = { .length = 0 };
	struct cpc_plan plan;

	terms.overhead = cpc_overhead_of(terms.policy);
	terms.prices[CPC_LICENSE_CORE] = (struct cpc_measurement){ true, CPC_PRICE_MAX };
	if (vms)
		check_placement(vms, &terms);
	if (cpc_plan_of(&terms, layout, 1, &plan, NULL))
		abort();
	for (size_t i = 0; i < cpc_plan_format_count; i++) {
		if (cpc_plan_formats[i].render(&plan, &style, &out, NULL))
			abort();
	}
	cpc_buffer_free(&out);
	cpc_plan_free(&plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct cpc_layout eight = {
		.name = "8x2x64GiB", .hosts = 8, .sockets = 2, .memory = UINT64_C(64) << 30, .threads = 1
	};
	struct cpc_layout layout = eight;
	struct cpc_error error = { .what = "" };
	struct cpc_vms vms;
	char text[64];
	const size_t length = size < sizeof(text) - 1 ? size : sizeof(text) - 1;

	memcpy(text, data, length);
	text[length] = '\0';
	text[strcspn(text, "\n")] = '\0';
	/* Of more hosts every placement takes longer than a fuzzer has. */
	if (cpc_layout_read(text, &layout, &error) || layout.hosts > 16)
		layout = eight;
	if (cpc_vms_read((const char *)data, size, &vms, &error)) {
		if (vms.count || !error.what[0])
			abort();
		check_plan(&layout, NULL);
		return 0;
	}
	check_vms(&vms);
	if (vms.count <= 64)
		check_plan(&layout, &vms);
	cpc_vms_free(&vms);
	return 0;
}
