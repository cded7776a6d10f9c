/* SPDX-License-Identifier: MIT */
/* The VMs of a cluster: what each was given. */
#ifndef CPUCOMPAT_VMS_H
#define CPUCOMPAT_VMS_H

#include <cpucompat/capture.h>

/** Lines that a list of VMs may have: more than sixty-four hosts of a thousand VMs each. */
#define CPC_VMS_LINES_MAX 65536
/** VMs of all lines together. */
#define CPC_VMS_MAX 1000000
/** Of one VM in bytes: less was forgotten its unit, more is no VM. */
#define CPC_VM_MEMORY_MIN (UINT64_C(1) << 20)
#define CPC_VM_MEMORY_MAX (UINT64_C(1) << 50)
/** The most that KVM can be built for (Linux, arch/x86/kvm/Kconfig, KVM_MAX_NR_VCPUS); Hyper-V has 2048. */
#define CPC_VM_VCPUS_MAX 4096

/** VMs that are alike, of one name. */
struct cpc_vm {
	char name[CPC_SHORT_SIZE]; /**< printable ASCII, cut to fit */
	uint64_t memory;	   /**< bytes, of each */
	uint32_t vcpus;		   /**< of each */
	uint32_t count;
};

/** In the order in which they were named. Zero-initialise; release with cpc_vms_free(). */
struct cpc_vms {
	struct cpc_vm *items;
	size_t count;	 /**< of items */
	uint64_t total;	 /**< VMs: at most CPC_VMS_MAX */
	uint64_t memory; /**< bytes of all of them; UINT64_MAX where there are more */
	uint64_t vcpus;
};

/** Append VMs, whose numbers are within the bounds above. CPC_INTERNAL without memory, and nothing is appended. */
enum cpc_status cpc_vms_add(struct cpc_vms *vms, const struct cpc_vm *vm, struct cpc_error *reterr);

/** Release the items and zero the struct. NULL is fine. */
void cpc_vms_free(struct cpc_vms *vms);

#endif
