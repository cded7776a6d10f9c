/* SPDX-License-Identifier: MIT */
/* Inside core: what of a CPU that joins a kind is kept beside the kind's own snapshot. */
#ifndef CPC_FOLD_H
#define CPC_FOLD_H

#include <cpucompat/capture.h>

/** The one MSR that a fingerprint holds, and that tells kinds apart (SDM vol. 4, IA32_ARCH_CAPABILITIES). */
#define CPC_ARCH_CAPABILITIES 0x10aU

/**
 * The first CPU of a kind stands for all, but for the MSRs of msrs.def: what was read on
 * another one alone joins `kind`, and what reads differently there is noted as odd.
 */
enum cpc_status cpc_fold_msrs(struct cpc_capture *capture, struct cpc_kind *kind, unsigned int cpu,
			      const struct cpc_snapshot *other, struct cpc_error *reterr);

#endif
