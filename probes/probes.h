/* SPDX-License-Identifier: MIT */
/*
 * The only place that touches the hardware and the operating system. Every probe
 * goes through an environment, which is either this machine or a replay of
 * somebody else's, so every probe can be tested without its hardware.
 */
#ifndef CPC_PROBES_H
#define CPC_PROBES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cpucompat/capture.h>
#include <cpucompat/status.h>

/**
 * Devices kept open for later probes of a process that gives up what it takes to open them. Read by one thread at
 * a time; released with cpc_devices_free(). Descriptors are -1 where there is none.
 */
struct cpc_devices {
	const char *root;     /**< prefix of /dev and /sys: "", or a folder of a test; borrowed */
	int kvm;	      /**< /dev/kvm, or negative errno */
	int *msrs;	      /**< /dev/cpu/N/msr by CPU, `msr_end` of them */
	unsigned int msr_end; /**< the highest online CPU, and one */
	size_t msrs_open;     /**< how many of them are */
	size_t cpus_online;   /**< how many there are to be; fewer are open where descriptors are short */
};

/** Open /dev/kvm and the MSRs of every online CPU; what cannot be opened is left out. The limit on open files is
 * raised by as many. NULL without memory. */
struct cpc_devices *cpc_devices_open(const char *root);

/**
 * Once privileges are gone: let go of /dev/kvm where it can be opened again, which each
 * probe then does. A descriptor that is held for ever would keep kvm_intel or kvm_amd from being reloaded.
 */
void cpc_devices_settle(struct cpc_devices *devices);

/** NULL is fine. */
void cpc_devices_free(struct cpc_devices *devices);

/** What the live and the replay environment remember between calls; nobody else's business. */
struct cpc_env_state {
	const struct cpc_capture *capture; /**< replay: who answers */
	unsigned int cpu;		   /**< replay: where the last pin went */
	const struct cpc_devices *devices; /**< live: already open; NULL to open what is needed */
	bool pinned;			   /**< live: `affinity` is to be restored */
	struct cpc_cpu_set affinity;	   /**< live: the thread's, before the first pin */
};

/**
 * The hardware seam. `context` is passed to each function.
 * One environment is for one thread at a time, and stays where it was made:
 * `context` of both implementations points at its `state`.
 */
struct cpc_env {
	void *context;
	/**
	 * Execute CPUID on the current CPU. False where nobody knows what it would say: a replayed dump was cut off, or
	 * its maker never asked. The registers are then zeros, and no answer.
	 */
	bool (*cpuid)(void *context, uint32_t leaf, uint32_t subleaf, uint32_t ret_regs[static CPC_REG_COUNT]);
	/** Read an MSR of a CPU. 0 or negative errno: -ENOENT no device, -EACCES not permitted, -EIO it faulted. */
	int (*rdmsr)(void *context, unsigned int cpu, uint32_t address, uint64_t *ret_value);
	/**
	 * Ask KVM what it offers guests: fill the snapshot, unsealed, and the scalars that are
	 * KVM's. 0 or negative errno: -ENOENT no KVM, -EACCES not permitted, else failed;
	 * what was filled in before a failure is the caller's to free.
	 */
	int (*kvm)(void *context, struct cpc_capture *capture);
	/** MXCSR_MASK as FXSAVE stores it (SDM vol. 1, 11.6.6); 0 where nobody can tell. */
	uint32_t (*mxcsr_mask)(void *context);
	/** The online logical CPUs. 0 or negative errno. */
	int (*online)(void *context, struct cpc_cpu_set *ret_cpus);
	/** Go on on that CPU. 0 or negative errno (a CPU may go offline any moment). */
	int (*pin)(void *context, unsigned int cpu);
	/** Undo every pin: the affinity is what it was before the first. Always called once, also after failures. */
	void (*unpin)(void *context);
	/** Monotonic nanoseconds, for a probe's own time. */
	uint64_t (*now)(void *context);
	/** Seconds since the epoch, for collected_at. */
	int64_t (*time)(void *context);
	/** Prefix of /proc, /sys and /etc: "" live, a folder in replay. */
	const char *sysroot;
	/** Whether libcpuid may be asked (live only). */
	bool live;
	struct cpc_env_state state;
};

/** This machine. `devices`, which may be NULL, outlive the environment; what they lack is opened when it is asked. */
void cpc_env_live(struct cpc_env *ret_env, const struct cpc_devices *devices);

/**
 * Another machine: answers come from a capture that outlives the environment; a
 * CPU answers with its kind's snapshot, and out-of-range leaves echo the highest
 * basic leaf as Intel processors do. `sysroot` may be "/nonexistent".
 */
void cpc_env_replay(struct cpc_env *ret_env, const struct cpc_capture *capture, const char *sysroot);

/** A row of the table of probes (probes.c). */
struct cpc_probe {
	const char *name;
	/**
	 * Fill the part of the capture that is this probe's. Bounded in time; needs no privilege.
	 * Its own row of results is capture->probes[capture->probe_count]: it adds the CPUID
	 * instructions that it executes to cpuid_count there, and leaves the rest of the row alone.
	 */
	enum cpc_probe_status (*run)(const struct cpc_env *env, struct cpc_capture *capture);
};

/**
 * Run every probe. Fails only where CPUID itself gave nothing (no CPU could be
 * asked); what any other probe could not do is in its result.
 * On success the caller owns `ret_capture`; it is untouched on failure.
 */
enum cpc_status cpc_probe_all(const struct cpc_env *env, struct cpc_capture *ret_capture, struct cpc_error *reterr);

#endif
