/* SPDX-License-Identifier: MIT */
/* From what was captured to what it means: one pure function, and lookups into its result. */
#include "derive.h"

#include <stdio.h>
#include <string.h>

#include <cpucompat/baseline.h>

static const struct cpc_snapshot *first_snapshot(const struct cpc_report *report)
{
	return report->capture->kind_count ? &report->capture->kinds[0].snapshot : NULL;
}

/*
 * A guest may run on any CPU of its host, so what the host offers is what all its
 * kinds have. Kinds of different vendors do not exist; should a dump claim them,
 * the first kind stands.
 */
static void derive_fingerprint(struct cpc_report *report)
{
	const struct cpc_capture *capture = report->capture;

	report->fingerprint = capture->fingerprint;
	for (size_t i = 0; i < capture->kind_count; i++) {
		struct cpc_fingerprint kind;

		cpc_fingerprint_of(&capture->kinds[i].snapshot, &kind);
		if (i == 0)
			report->fingerprint = kind;
		else
			(void)cpc_meet(&report->fingerprint, &kind, &report->fingerprint, NULL);
	}
}

static void derive_names(struct cpc_report *report)
{
	const struct cpc_snapshot *snapshot = first_snapshot(report);
	const struct cpc_capture *capture = report->capture;

	if (snapshot) {
		report->signature = cpc_snapshot_signature(snapshot);
		cpc_snapshot_brand(snapshot, report->brand);
	} else {
		memcpy(report->signature.vendor, report->fingerprint.vendor, sizeof(report->signature.vendor));
		report->signature.family = report->fingerprint.family;
		report->signature.model = report->fingerprint.model;
		report->signature.stepping = report->fingerprint.stepping;
	}
	if (!report->brand[0])
		(void)snprintf(report->brand, sizeof(report->brand), "%s", capture->brand);
	if (!report->brand[0])
		(void)snprintf(report->brand, sizeof(report->brand), "%s", capture->libcpuid_brand);
	report->microarchitecture = cpc_microarchitecture(&report->signature);
	for (size_t i = 0; i < capture->kind_count; i++)
		report->logical_cpus += cpc_cpu_set_count(&capture->kinds[i].cpus);
}

void cpc_report_of(const struct cpc_capture *capture, struct cpc_report *ret_report)
{
	const struct cpc_snapshot *snapshot;

	*ret_report = (struct cpc_report){ .capture = capture };
	snapshot = first_snapshot(ret_report);
	derive_fingerprint(ret_report);
	derive_names(ret_report);
	if (snapshot)
		ret_report->hypervisor = cpc_hypervisor_of(snapshot);
	ret_report->vantage = snapshot ? cpc_vantage_of(snapshot, &ret_report->hypervisor, capture->origin) : CPC_DUMP;
	cpc_requirements_of(ret_report);
}

/* In a fingerprint only compared bits are known; the others were masked away. */
static enum cpc_tristate fingerprint_bit(const struct cpc_fingerprint *fingerprint, enum cpc_register reg,
					 unsigned int bit)
{
	uint32_t canonical[CPC_WORD_COUNT];

	if (reg >= CPC_WORD_COUNT)
		return CPC_UNKNOWN;
	cpc_canonical_masks(canonical);
	return canonical[reg] >> bit & 1U ? cpc_fingerprint_bit(fingerprint, reg, bit) : CPC_UNKNOWN;
}

enum cpc_tristate cpc_report_bit(const struct cpc_report *report, enum cpc_register reg, unsigned int bit)
{
	const struct cpc_register_info *info = &cpc_registers[reg];
	const struct cpc_snapshot *snapshot = first_snapshot(report);

	if (!snapshot || info->place >= CPC_PLACE_MSR_LO)
		return fingerprint_bit(&report->fingerprint, reg, bit);
	return cpc_snapshot_reg(snapshot, info->leaf, info->subleaf, (enum cpc_reg)info->place) >> bit & 1U ? CPC_SET
													    : CPC_CLEAR;
}

struct cpc_number cpc_report_scalar(const struct cpc_report *report, enum cpc_scalar_id id)
{
	const struct cpc_scalar *scalar = &cpc_scalars[id];
	const struct cpc_snapshot *snapshot = first_snapshot(report);
	struct cpc_number number = { 0 };

	if (cpc_scalar_in_text(id))
		return report->fingerprint.scalars[id];
	number.unknown = !snapshot;
	if (snapshot) {
		uint32_t value = cpc_snapshot_reg(snapshot, scalar->leaf, scalar->subleaf, scalar->reg) >> scalar->lo;

		value &= (uint32_t)((UINT64_C(1) << (scalar->hi - scalar->lo + 1)) - 1);
		number.value = (uint64_t)value * scalar->scale;
	}
	return number;
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
