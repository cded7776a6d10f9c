/* SPDX-License-Identifier: MIT */
/* What a platform itself takes of a host, how virtual CPUs share its processors, and the most that it runs: rows of
 * overhead.def. */
#ifndef CPUCOMPAT_OVERHEAD_H
#define CPUCOMPAT_OVERHEAD_H

#include <cpucompat/policy.h>
#include <cpucompat/vms.h>

/** A number, and who says so. */
struct cpc_sourced {
	uint64_t value;
	enum cpc_sureness sure;
	const char *source; /**< NULL: the user */
};

struct cpc_overhead {
	struct cpc_sourced host;	  /**< bytes that a host keeps for itself */
	struct cpc_sourced vm;		  /**< bytes beside each VM's own, for the first GiB of it */
	struct cpc_sourced vm_per_gib;	  /**< likewise, for each further GiB that it begins */
	struct cpc_sourced vcpus_per_cpu; /**< thousandths of a virtual CPU that share one logical CPU */
	/* The most that the platform runs, on whatever hosts; without a source nobody says. */
	struct cpc_sourced vm_vcpus_max;
	struct cpc_sourced vm_memory_max; /**< bytes */
	struct cpc_sourced host_vms_max;  /**< held against all hosts together */
	struct cpc_sourced cluster_vms_max;
};

/** What holds under a policy where the user says nothing. */
const struct cpc_overhead *cpc_overhead_of(const struct cpc_policy *policy);

/** Whether a platform runs no VM like this, or not so many VMs in a cluster, whatever the hosts. */
bool cpc_is_beyond(const struct cpc_vms *vms, const struct cpc_overhead *overhead);

/** Bytes that a VM takes of its host. */
uint64_t cpc_vm_takes(const struct cpc_vm *vm, const struct cpc_overhead *overhead);

#endif
