/* SPDX-License-Identifier: MIT */
/* From what was captured to what it means: one pure function. */
#include "derive.h"

#include <stdio.h>
#include <string.h>

static void derive_names(struct cpc_report *report)
{
	const struct cpc_snapshot *snapshot = cpc_first_snapshot(report);
	const struct cpc_capture *capture = report->capture;

	if (snapshot) {
		report->signature = cpc_snapshot_signature(snapshot);
		cpc_snapshot_brand(snapshot, report->brand);
	} else {
		report->signature = cpc_fingerprint_signature(&report->fingerprint);
	}
	if (!report->brand[0])
		(void)snprintf(report->brand, sizeof(report->brand), "%s", capture->brand);
	if (!report->brand[0])
		(void)snprintf(report->brand, sizeof(report->brand), "%s", capture->libcpuid_brand);
	report->microarchitecture = cpc_microarchitecture(&report->signature);
	report->logical_cpus = capture->kind_count ? 0 : capture->logical_cpus;
	for (size_t i = 0; i < capture->kind_count; i++)
		report->logical_cpus += cpc_cpu_set_count(&capture->kinds[i].cpus);
}

void cpc_report_of(const struct cpc_capture *capture, struct cpc_report *ret_report)
{
	const struct cpc_snapshot *snapshot;

	*ret_report = (struct cpc_report){ .capture = capture };
	snapshot = cpc_first_snapshot(ret_report);
	cpc_views_of(ret_report);
	derive_names(ret_report);
	ret_report->vantage = CPC_DUMP;
	ret_report->taken = CPC_DUMP;
	if (snapshot) {
		ret_report->hypervisor = cpc_hypervisor_of(snapshot);
		ret_report->vantage = cpc_vantage_of(&ret_report->hypervisor, capture->origin);
		ret_report->taken = cpc_vantage_of(&ret_report->hypervisor, CPC_ORIGIN_LIVE);
		ret_report->compatibility_mode = cpc_compatibility_mode_of(snapshot, &ret_report->hypervisor);
	}
	cpc_requirements_of(ret_report);
}

const char *cpc_probe_status_name(enum cpc_probe_status status)
{
	static const char *const names[] = {
		[CPC_PROBE_OK] = "ok",
		[CPC_PROBE_ABSENT] = "absent",
		[CPC_PROBE_DENIED] = "denied",
		[CPC_PROBE_FAILED] = "failed",
	};

	return names[status];
}
