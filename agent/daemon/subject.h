/* SPDX-License-Identifier: MIT */
#ifndef CPC_SUBJECT_H
#define CPC_SUBJECT_H

#include <cpucompat/report.h>
#include <cpucompat/status.h>

/** What the agent reports on: this machine, or a dump in its place. The report is of the capture, so both stay where
 * they are. Zero-initialise; release with cpc_subject_free(). */
struct cpc_subject {
	struct cpc_capture capture;
	struct cpc_report report;
};

/** Probe this machine, or read the dump at `replay` where that is not NULL, as `cpucompat probe --from` does.
 * `ret_subject`, zeroed by the caller, is left alone on failure. */
enum cpc_status cpc_subject_probe(const char *replay, struct cpc_subject *ret_subject, struct cpc_error *reterr);

/** NULL is fine. */
void cpc_subject_free(struct cpc_subject *subject);

#endif
