/* SPDX-License-Identifier: MIT */
#ifndef CPC_SUBJECT_H
#define CPC_SUBJECT_H

#include <cpucompat/ready.h>
#include <cpucompat/report.h>
#include <cpucompat/site.h>
#include <cpucompat/status.h>

struct cpc_devices;

/** What the agent reports on: this machine, or a dump in its place. The report is of the capture, so both stay where
 * they are. */
struct cpc_subject {
	struct cpc_capture capture;
	struct cpc_report report;
	bool has_site;		/**< somebody looked at more than the processor */
	struct cpc_site site;	/**< by files alone: an agent asks nobody */
	struct cpc_ready ready; /**< the requirement table of this host alone */
};

/**
 * Probe this machine with the devices that are open (NULL for none), or read the dump at `replay` where that is not
 * NULL, as `cpucompat probe --from` does, or a saved requirement table of one host, but a regular file alone: it will
 * be read again. A dump has no site: this machine's is not that host's. The table is judged by the policy. The caller
 * frees it; NULL where it cannot be done, with the reason in `reterr`, as of cpc_file_read() and cpc_read().
 */
struct cpc_subject *cpc_subject_new(const char *replay, const struct cpc_devices *devices,
				    const struct cpc_policy *policy, struct cpc_error *reterr);

/** NULL is fine. */
void cpc_subject_free(struct cpc_subject *subject);

#endif
