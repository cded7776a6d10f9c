/* SPDX-License-Identifier: MIT */
/*
 * Whether VMs fit on hosts: bin packing in memory, which is strict, and in virtual CPUs, which share processors.
 *
 * The answer has three values, of which two are proofs: a placement was found, or a bound or the whole search says that
 * there is none. Bin packing is NP-hard, so the search ends after a fixed number of steps, and then it cannot be told.
 * No clock and no chance are in it: equal questions have equal answers.
 */
#ifndef CPUCOMPAT_PLACEMENT_H
#define CPUCOMPAT_PLACEMENT_H

#include <cpucompat/overhead.h>

/** VMs that need the same. */
struct cpc_vm_kind {
	uint64_t memory; /**< bytes that each takes of its host */
	uint32_t vcpus;
	uint32_t count;
};

/** Kinds, the largest first. Zero-initialise; release with cpc_vm_kinds_free(). */
struct cpc_vm_kinds {
	struct cpc_vm_kind *items;
	size_t count;
	uint64_t memory; /**< of all VMs */
	uint64_t vcpus;
	uint64_t hosts_min; /**< fewer hosts run not so many VMs, whatever they have; 0: nobody says */
	bool beyond;	    /**< what the platform runs (overhead.h) */
};

/** What a host has for its VMs. */
struct cpc_room {
	uint64_t memory; /**< bytes */
	uint64_t vcpus;	 /**< of all its VMs together */
	uint64_t cpus;	 /**< logical CPUs: no VM has more virtual ones */
};

enum cpc_fit { CPC_FITS = 1, CPC_FIT_UNKNOWN, CPC_FITS_NOT };

/** By what that was decided, or was not. */
enum cpc_fit_reason {
	CPC_BY_PLACEMENT, /**< one was found */
	CPC_BY_NO_HOST,	  /**< there is no host */
	CPC_BY_LIMIT,	  /**< the platform runs no such VM, or not so many on as many hosts */
	CPC_BY_LARGEST,	  /**< a VM of the kind that is named fits on no host, though it were empty */
	CPC_BY_MEMORY,	  /**< all hosts together have less than the VMs take */
	CPC_BY_VCPUS,	  /**< likewise */
	CPC_BY_COUNT,	  /**< VMs as large as those of the kind that is named: hosts take fewer than there are */
	CPC_BY_SEARCH,	  /**< every placement was tried, or what stands for it */
	CPC_BY_EFFORT,	  /**< unknown: none was found in the steps that there are */
	CPC_BY_CORES,	  /**< unknown: how many CPUs hosts have was not told (layout.h) */
	CPC_BY_NOTHING,	  /**< unknown: no VM was named (layout.h) */
	CPC_FIT_REASON_COUNT
};

/** So many VMs of a kind on a host. */
struct cpc_placed {
	size_t kind;
	size_t room;
	uint32_t count;
};

struct cpc_placement {
	enum cpc_fit fit;
	enum cpc_fit_reason reason;
	size_t kind;		  /**< that a reason names */
	struct cpc_placed *items; /**< where it fits: each VM is in one of them; owned */
	size_t count;
};

/** VMs by what they need of a host under a platform. CPC_INTERNAL without memory. */
enum cpc_status cpc_vm_kinds_of(const struct cpc_vms *vms, const struct cpc_overhead *overhead,
				struct cpc_vm_kinds *ret_kinds, struct cpc_error *reterr);
void cpc_vm_kinds_free(struct cpc_vm_kinds *kinds);

/** What a host of so many bytes and logical CPUs has for VMs. */
struct cpc_room cpc_room_of(uint64_t memory, uint64_t cpus, const struct cpc_overhead *overhead);

/**
 * Find a placement of all VMs, or that there is none. `kinds` are in their order. CPC_INTERNAL without memory, and
 * there is nothing to release then. Pure but for that; takes about a tenth of a second at most, but where kinds times
 * hosts are millions.
 */
enum cpc_status cpc_place(const struct cpc_vm_kinds *kinds, const struct cpc_room *rooms, size_t room_count,
			  struct cpc_placement *ret_placement, struct cpc_error *reterr);
void cpc_placement_free(struct cpc_placement *placement);

/** "fits", "cannot-tell", "does-not-fit"; "placement", "largest-vm", "memory", ...: static. */
const char *cpc_fit_name(enum cpc_fit fit);
const char *cpc_fit_reason_name(enum cpc_fit_reason reason);

#endif
