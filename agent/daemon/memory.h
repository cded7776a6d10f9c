/* SPDX-License-Identifier: MIT */
/* What the agent remembers from probe to probe, and says of the differences. For the main thread. */
#ifndef CPC_MEMORY_H
#define CPC_MEMORY_H

#include <stdbool.h>

#include <cpucompat/history.h>
#include <cpucompat/report.h>

/** Room for both views, by enum cpc_view. */
#define CPC_VIEWS (CPC_VIEW_KVM + 1)

/** Zero-initialise. A plain value: a copy is an earlier state. */
struct cpc_memory {
	struct cpc_history history;
	/** As each view was when it was last there: one that is away for a while is compared with what it was. */
	struct cpc_fingerprint last[CPC_VIEWS];
};

/** A probe gave this report at `now`, in seconds since the epoch: remember it, and what changed since the last one. */
void cpc_memory_learn(struct cpc_memory *memory, const struct cpc_report *report, int64_t now);

/** A probe gave no report. */
void cpc_memory_fail(struct cpc_memory *memory, int64_t now);

/** Log, a line each, what changed: each view's fingerprint since it was last there, all else since `before`. */
void cpc_memory_log(const struct cpc_memory *memory, const struct cpc_report *before, const struct cpc_report *now);

#endif
