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

/** What the live and the replay environment remember between calls; nobody else's business. */
struct cpc_env_state {
	const struct cpc_capture *capture; /**< replay: who answers */
	unsigned int cpu;		   /**< replay: where the last pin went */
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

/** This machine. */
void cpc_env_live(struct cpc_env *ret_env);

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
