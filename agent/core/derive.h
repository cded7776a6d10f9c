/* SPDX-License-Identifier: MIT */
/* Inside core: the parts of which report.c makes a report. */
#ifndef CPC_DERIVE_H
#define CPC_DERIVE_H

#include <cpucompat/report.h>

/** The hypervisor under which a snapshot was taken. Its texts are static. */
struct cpc_hypervisor cpc_hypervisor_of(const struct cpc_snapshot *snapshot);

/** From where it was seen. */
enum cpc_vantage cpc_vantage_of(const struct cpc_snapshot *snapshot, const struct cpc_hypervisor *hypervisor,
				enum cpc_origin origin);

/** The snapshot of a report's first kind, or NULL where it was made of a fingerprint alone. */
const struct cpc_snapshot *cpc_first_snapshot(const struct cpc_report *report);

/** Fill the requirements of a report whose capture, fingerprint and hypervisor are in place. */
void cpc_requirements_of(struct cpc_report *report);

#endif
