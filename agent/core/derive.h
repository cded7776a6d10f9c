/* SPDX-License-Identifier: MIT */
/* Inside core: the parts of which report.c makes a report. */
#ifndef CPC_DERIVE_H
#define CPC_DERIVE_H

#include <cpucompat/report.h>

/** The hypervisor under which a snapshot was taken. Its texts are static. */
struct cpc_hypervisor cpc_hypervisor_of(const struct cpc_snapshot *snapshot);

/** Fill in what Hyper-V's leaves tell of a hypervisor whose block has its interface. */
void cpc_hyperv_of(const struct cpc_snapshot *snapshot, struct cpc_hypervisor *hypervisor);

/** Whether a guest of Hyper-V is in processor compatibility mode; UNKNOWN for everybody else. */
enum cpc_tristate cpc_compatibility_mode_of(const struct cpc_snapshot *snapshot,
					    const struct cpc_hypervisor *hypervisor);

/** From where it was seen. */
enum cpc_vantage cpc_vantage_of(const struct cpc_hypervisor *hypervisor, enum cpc_origin origin);

/** A bit of one CPU, compared or not: UNKNOWN where the leaf was left out of a dump, or the MSR was not read. */
enum cpc_tristate cpc_snapshot_bit(const struct cpc_snapshot *snapshot, enum cpc_register reg, unsigned int bit);

/** The snapshot of a report's first kind, or NULL where it was made of a fingerprint alone. */
const struct cpc_snapshot *cpc_first_snapshot(const struct cpc_report *report);

/** Fill the views of a report whose capture is in place. */
void cpc_views_of(struct cpc_report *report);

/** What QEMU makes of a bit of KVM's answers; false where it leaves it as it came. */
bool cpc_fixup_of(enum cpc_register reg, unsigned int bit, enum cpc_tristate *ret_value);

/** A scalar that is no field of one register, as far as the capture tells it. */
struct cpc_number cpc_derived_scalar(const struct cpc_capture *capture, enum cpc_scalar_id id);

/** Fill the requirements of a report whose capture, fingerprint and hypervisor are in place. */
void cpc_requirements_of(struct cpc_report *report);

#endif
