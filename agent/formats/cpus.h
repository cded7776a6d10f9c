/* SPDX-License-Identifier: MIT */
/*
 * Collects what a text says about each logical CPU, in whatever order it says it,
 * and turns it into a capture at the end.
 */
#ifndef CPC_CPUS_H
#define CPC_CPUS_H

#include <stdbool.h>
#include <stddef.h>

#include <cpucompat/capture.h>

struct cpc_cpus;

/** In place of a CPU's number: an MSR of every CPU. */
#define CPC_EVERY_CPU CPC_CPUS_MAX

/**
 * An empty collection, or NULL without memory. With `first_msr_wins` a second value of
 * an MSR is dropped; without it, it is an error.
 */
struct cpc_cpus *cpc_cpus_new(bool first_msr_wins);

/** NULL is fine. */
void cpc_cpus_free(struct cpc_cpus *cpus);

/** Add an answer of one CPU. CPC_BAD_DATA above the limits of CPU numbers and leaves, with `line`. */
enum cpc_status cpc_cpus_add_leaf(struct cpc_cpus *cpus, unsigned int cpu, size_t line, const struct cpc_leaf *leaf,
				  struct cpc_error *reterr);

/** The same for an MSR; `cpu` may be CPC_EVERY_CPU. */
enum cpc_status cpc_cpus_add_msr(struct cpc_cpus *cpus, unsigned int cpu, size_t line, const struct cpc_msr *msr,
				 struct cpc_error *reterr);

/** Keep no answer of a leaf that the processor does not have, but for the first of a group: the text holds echoes. */
void cpc_cpus_drop_absent(struct cpc_cpus *cpus);

/** How many answers of one CPU were added. */
size_t cpc_cpus_leaves(const struct cpc_cpus *cpus, unsigned int cpu);

/** The XSAVE layout of that CPU cannot be told. Does nothing for a CPU without leaves. */
void cpc_cpus_layout_unknown(struct cpc_cpus *cpus, unsigned int cpu);

/**
 * Seal every CPU and fold it into `capture`, by CPU number. A CPU of which nothing but
 * MSRs is known is passed over. Contradictions are CPC_BAD_DATA with the line of the
 * second of the two; so is a collection without any leaf.
 */
enum cpc_status cpc_cpus_finish(struct cpc_cpus *cpus, struct cpc_capture *capture, struct cpc_error *reterr);

#endif
