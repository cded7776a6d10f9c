/* SPDX-License-Identifier: MIT */
/*
 * Asking KVM (Linux Documentation/virt/kvm/api.rst). Everything here is asked of the
 * system's descriptor: no virtual machine is made, and nothing of the host changes.
 */
#include "probe_inside.h"

#include <errno.h>
#include <linux/kvm.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

/* No KVM lists more; the kernel itself ends at 256 entries (KVM_MAX_CPUID_ENTRIES). */
#define ENTRIES_MAX 1024U

/* Newer than Debian 12's headers need not be: the kernel's numbers (api.rst, 4.165; arch/x86/include/uapi/asm/kvm.h).
 */
#ifndef KVM_X86_XCOMP_GUEST_SUPP
#define KVM_X86_XCOMP_GUEST_SUPP 0
#endif
#ifndef ARCH_REQ_XCOMP_GUEST_PERM
#define ARCH_REQ_XCOMP_GUEST_PERM 0x1025
#endif

/* The state that a process has to ask for before KVM lists it: AMX tile data (SDM vol. 1, 13.14). */
#define XFEATURE_TILE_DATA 18

static void measure(struct cpc_capture *capture, enum cpc_scalar_id id, uint64_t value)
{
	capture->measured[id] = (struct cpc_measurement){ .known = true, .value = value };
}

/*
 * Which XSAVE components guests may use. Dynamic ones are listed by KVM only for a
 * process that asked for them, as QEMU does; for a process without guests asking changes nothing.
 */
static void ask_components(int kvm, struct cpc_capture *capture)
{
	uint64_t components = 0;
	struct kvm_device_attr attribute = {
		.attr = KVM_X86_XCOMP_GUEST_SUPP,
		.addr = (uint64_t)(uintptr_t)&components,
	};

	if (ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_SYS_ATTRIBUTES) <= 0 ||
	    ioctl(kvm, KVM_GET_DEVICE_ATTR, &attribute) < 0)
		return;
	measure(capture, CPC_S_kvm_xcr0, components);
	if (components >> XFEATURE_TILE_DATA & 1U)
		(void)syscall(SYS_arch_prctl, ARCH_REQ_XCOMP_GUEST_PERM, XFEATURE_TILE_DATA);
}

static int take_entries(const struct kvm_cpuid2 *list, struct cpc_snapshot *snapshot)
{
	for (uint32_t i = 0; i < list->nent; i++) {
		const struct kvm_cpuid_entry2 *entry = &list->entries[i];
		const struct cpc_leaf leaf = {
			.leaf = entry->function,
			.subleaf = entry->flags & KVM_CPUID_FLAG_SIGNIFCANT_INDEX ? entry->index : 0,
			.regs = { entry->eax, entry->ebx, entry->ecx, entry->edx },
		};

		if (cpc_snapshot_add_leaf(snapshot, &leaf, NULL))
			return -EOVERFLOW;
	}
	return 0;
}

static int ask_cpuid(int kvm, struct cpc_snapshot *snapshot)
{
	struct kvm_cpuid2 *list = calloc(1, sizeof(*list) + ENTRIES_MAX * sizeof(list->entries[0]));
	int error;

	if (!list)
		return -ENOMEM;
	list->nent = ENTRIES_MAX;
	error = ioctl(kvm, KVM_GET_SUPPORTED_CPUID, list) < 0 ? -errno : 0;
	if (!error)
		error = list->nent <= ENTRIES_MAX ? take_entries(list, snapshot) : -EPROTO;
	free(list);
	return error;
}

static int ask_msr(int kvm, uint32_t address, struct cpc_snapshot *snapshot)
{
	struct kvm_msrs *one = calloc(1, sizeof(*one) + sizeof(one->entries[0]));
	struct cpc_msr msr = { .address = address };

	if (!one)
		return -ENOMEM;
	one->nmsrs = 1;
	one->entries[0].index = address;
	msr.readable = ioctl(kvm, KVM_GET_MSRS, one) == 1;
	if (msr.readable)
		msr.value = one->entries[0].data;
	free(one);
	return cpc_snapshot_add_msr(snapshot, &msr, NULL) ? -EOVERFLOW : 0;
}

/* The feature MSRs, one by one: KVM_GET_MSRS stops at the first that it cannot read. A KVM before 4.17 has no list. */
static int ask_msrs(int kvm, struct cpc_snapshot *snapshot)
{
	struct kvm_msr_list *list;
	int error = 0;

	if (ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_GET_MSR_FEATURES) <= 0)
		return 0;
	list = calloc(1, sizeof(*list) + ENTRIES_MAX * sizeof(list->indices[0]));
	if (!list)
		return -ENOMEM;
	list->nmsrs = ENTRIES_MAX;
	if (ioctl(kvm, KVM_GET_MSR_FEATURE_INDEX_LIST, list) < 0 || list->nmsrs > ENTRIES_MAX)
		list->nmsrs = 0;
	for (uint32_t i = 0; i < list->nmsrs && !error; i++)
		error = ask_msr(kvm, list->indices[i], snapshot);
	free(list);
	return error;
}

static void ask_capabilities(int kvm, struct cpc_capture *capture)
{
	const int scaling = ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_TSC_CONTROL);
	const int xsave = ioctl(kvm, KVM_CHECK_EXTENSION, KVM_CAP_XSAVE2);

	if (scaling >= 0)
		measure(capture, CPC_S_tsc_scaling, scaling > 0);
	/* Without the capability the buffer is the 4096 bytes of struct kvm_xsave. */
	if (xsave >= 0)
		measure(capture, CPC_S_kvm_xsave, xsave > 0 ? (uint64_t)xsave : sizeof(struct kvm_xsave));
}

int cpc_env_kvm_ask(int kvm, struct cpc_capture *capture)
{
	int error;

	if (kvm < 0)
		return kvm == -ENXIO || kvm == -ENODEV ? -ENOENT : kvm;
	if (ioctl(kvm, KVM_GET_API_VERSION, 0) != KVM_API_VERSION)
		return -EPROTO;
	ask_components(kvm, capture);
	error = ask_cpuid(kvm, &capture->kvm.snapshot);
	if (!error)
		error = ask_msrs(kvm, &capture->kvm.snapshot);
	if (!error)
		ask_capabilities(kvm, capture);
	return error;
}
