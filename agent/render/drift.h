/* SPDX-License-Identifier: MIT */
/* What happened to a host between two reports of it, in a sentence each, for a log. */
#ifndef CPC_RENDER_DRIFT_H
#define CPC_RENDER_DRIFT_H

#include <cpucompat/buffer.h>
#include <cpucompat/report.h>

/** Items of a kind that a sentence names; it then says how many more there are. */
#define CPC_DRIFT_ITEMS 24

/**
 * Append how one view's fingerprint came to have another text: both ids, which bits came and went by
 * name and place, which numbers changed, what is known now or no longer, and the text that it was. One line, without a
 * newline, of at most 8 KiB but for a text near its greatest length.
 */
void cpc_render_fingerprint_change(enum cpc_view view, const struct cpc_fingerprint *before,
				   const struct cpc_fingerprint *now, struct cpc_buffer *out);

/** Room for a line that cpc_each_drift() tells. */
#define CPC_DRIFT_SIZE 768

/**
 * Tell the visitor what else changed, a line each: microcode, CPUs, kinds, requirements, the hypervisor, whether there
 * is a KVM view, how a probe ended.
 */
void cpc_each_drift(const struct cpc_report *before, const struct cpc_report *now,
		    void (*visit)(void *context, const char *line), void *context);

#endif
