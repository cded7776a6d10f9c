/* SPDX-License-Identifier: MIT */
/*
 * The four requirements of a live migration host, each with the evidence that it
 * rests on. A bit that a hypervisor may have hidden is not evidence of absence.
 */
#include "derive.h"

#include <stdio.h>
#include <string.h>

static void add_evidence(struct cpc_requirement *requirement, enum cpc_evidence_source source, const char *where,
			 const char *name, enum cpc_tristate value)
{
	struct cpc_evidence *evidence;

	if (requirement->evidence_count == CPC_EVIDENCE_MAX)
		return;
	evidence = &requirement->evidence[requirement->evidence_count++];
	evidence->source = source;
	evidence->value = value;
	(void)snprintf(evidence->where, sizeof(evidence->where), "%s", where);
	(void)snprintf(evidence->name, sizeof(evidence->name), "%s", name);
}

static enum cpc_tristate look_at_bit(const struct cpc_report *report, struct cpc_requirement *requirement,
				     enum cpc_feature_id id)
{
	const struct cpc_feature *feature = &cpc_features[id];
	const enum cpc_tristate value = cpc_report_bit(report, CPC_VIEW_CPUID, feature->reg, feature->bit);
	char where[CPC_WHERE_SIZE];

	cpc_where(feature->reg, feature->bit, where);
	add_evidence(requirement, CPC_EVIDENCE_CPUID, where, feature->name, value);
	return value;
}

static enum cpc_tristate look_at_flag(struct cpc_requirement *requirement, const char *flag, enum cpc_tristate value)
{
	if (value != CPC_UNKNOWN)
		add_evidence(requirement, CPC_EVIDENCE_CPUINFO, "flags", flag, value);
	return value;
}

/* A flag that Linux shows proves the bit where nobody read it; one that it does not show proves nothing. */
static enum cpc_tristate bit_or_flag(enum cpc_tristate bit, enum cpc_tristate flag)
{
	return bit == CPC_UNKNOWN && flag == CPC_SET ? CPC_SET : bit;
}

/* What nobody saw a row of the catalogue may tell. */
static enum cpc_tristate value_or_row(struct cpc_requirement *requirement, const char *name, enum cpc_tristate value,
				      enum cpc_tristate row)
{
	if (value != CPC_UNKNOWN || row == CPC_UNKNOWN)
		return value;
	add_evidence(requirement, CPC_EVIDENCE_CATALOGUE, "", name, row);
	return row;
}

static bool is_intel_like(const char *vendor)
{
	return strcmp(vendor, "GenuineIntel") == 0 || strcmp(vendor, "CentaurHauls") == 0 ||
	       strcmp(vendor, "  Shanghai  ") == 0;
}

/* A clear bit means absent, unless a hypervisor stands between us and the processor. */
static enum cpc_requirement_status status_of(enum cpc_tristate value, bool may_be_hidden)
{
	if (value == CPC_SET)
		return CPC_PRESENT;
	if (value == CPC_CLEAR)
		return may_be_hidden ? CPC_HIDDEN_BY_HYPERVISOR : CPC_ABSENT;
	return CPC_REQUIREMENT_UNKNOWN;
}

static void note_hypervisor(const struct cpc_report *report, struct cpc_requirement *requirement)
{
	char where[CPC_WHERE_SIZE];

	if (!report->hypervisor.present)
		return;
	cpc_where(cpc_features[CPC_F_hypervisor].reg, cpc_features[CPC_F_hypervisor].bit, where);
	add_evidence(requirement, CPC_EVIDENCE_HYPERVISOR, where, report->hypervisor.id, CPC_SET);
}

static void derive_virtualization(struct cpc_report *report)
{
	struct cpc_requirement *requirement = &report->requirements[CPC_HARDWARE_VIRTUALIZATION];
	const struct cpc_capture *capture = report->capture;
	const bool intel = is_intel_like(report->signature.vendor);
	enum cpc_tristate value;
	enum cpc_tristate bit;
	enum cpc_tristate flag;

	bit = look_at_bit(report, requirement, intel ? CPC_F_vmx : CPC_F_svm);
	flag = intel ? look_at_flag(requirement, "vmx", capture->cpuinfo_vmx)
		     : look_at_flag(requirement, "svm", capture->cpuinfo_svm);
	value = value_or_row(requirement, intel ? "vmx" : "svm", bit_or_flag(bit, flag), capture->row_virtualization);
	requirement->status = status_of(value, report->hypervisor.present);
	/*
	 * Linux clears the flag when firmware has locked the feature off, while
	 * CPUID goes on showing the bit (newer kernels do so for SVM too).
	 */
	if (bit == CPC_SET && flag == CPC_CLEAR)
		requirement->status = CPC_DISABLED_BY_FIRMWARE;
	if (bit == CPC_CLEAR)
		note_hypervisor(report, requirement);
}

/* EPT shows in MSRs and in Linux' flags only; RVI has a CPUID bit. */
static void derive_slat(struct cpc_report *report)
{
	struct cpc_requirement *requirement = &report->requirements[CPC_SLAT];
	const enum cpc_requirement_status host = report->requirements[CPC_HARDWARE_VIRTUALIZATION].status;
	const struct cpc_capture *capture = report->capture;
	const bool intel = is_intel_like(report->signature.vendor);
	enum cpc_tristate value;

	if (intel) {
		value = look_at_flag(requirement, "ept", capture->cpuinfo_ept);
	} else {
		value = look_at_bit(report, requirement, CPC_F_npt);
		value = bit_or_flag(value, look_at_flag(requirement, "npt", capture->cpuinfo_npt));
	}
	value = value_or_row(requirement, intel ? "ept" : "npt", value, capture->row_slat);
	requirement->status = status_of(value, report->hypervisor.present);
	if (value != CPC_SET && host == CPC_HIDDEN_BY_HYPERVISOR) {
		requirement->status = CPC_HIDDEN_BY_HYPERVISOR;
		note_hypervisor(report, requirement);
	}
	/* Without hardware virtualization there is nothing whose pages could be nested. */
	if (host == CPC_ABSENT)
		requirement->status = CPC_ABSENT;
	/* Linux drops the flag together with vmx: where nobody saw the processor's own bit, that says nothing. */
	if (host == CPC_REQUIREMENT_UNKNOWN && value == CPC_CLEAR)
		requirement->status = CPC_REQUIREMENT_UNKNOWN;
	/* It does so when firmware has locked it off. */
	if (host == CPC_DISABLED_BY_FIRMWARE && value == CPC_CLEAR)
		requirement->status = CPC_DISABLED_BY_FIRMWARE;
}

static void derive_plain(struct cpc_report *report, enum cpc_requirement_id id, enum cpc_feature_id feature)
{
	struct cpc_requirement *requirement = &report->requirements[id];

	requirement->status = status_of(look_at_bit(report, requirement, feature), false);
}

void cpc_requirements_of(struct cpc_report *report)
{
	derive_virtualization(report);
	derive_plain(report, CPC_EXECUTE_DISABLE, CPC_F_nx);
	derive_plain(report, CPC_LONG_MODE, CPC_F_lm);
	derive_slat(report);
}

const char *cpc_requirement_key(enum cpc_requirement_id id)
{
	static const char *const keys[CPC_REQUIREMENT_COUNT] = {
		[CPC_HARDWARE_VIRTUALIZATION] = "hardware_virtualization",
		[CPC_EXECUTE_DISABLE] = "execute_disable",
		[CPC_LONG_MODE] = "long_mode",
		[CPC_SLAT] = "slat",
	};

	return keys[id];
}

const char *cpc_requirement_name(enum cpc_requirement_id id, const char *vendor)
{
	static const char *const names[CPC_REQUIREMENT_COUNT][3] = {
		[CPC_HARDWARE_VIRTUALIZATION] = { "VT-x", "AMD-V", "VT-x/AMD-V" },
		[CPC_EXECUTE_DISABLE] = { "XD", "NX", "XD/NX" },
		[CPC_LONG_MODE] = { "Intel 64", "AMD64", "Intel 64/AMD64" },
		[CPC_SLAT] = { "EPT", "RVI", "EPT/RVI" },
	};

	if (strcmp(vendor, "GenuineIntel") == 0)
		return names[id][0];
	if (strcmp(vendor, "AuthenticAMD") == 0 || strcmp(vendor, "HygonGenuine") == 0)
		return names[id][1];
	return names[id][2];
}

const char *cpc_requirement_status_name(enum cpc_requirement_status status)
{
	static const char *const names[CPC_REQUIREMENT_STATUS_COUNT] = {
		[CPC_REQUIREMENT_UNKNOWN] = "unknown",
		[CPC_PRESENT] = "present",
		[CPC_ABSENT] = "absent",
		[CPC_DISABLED_BY_FIRMWARE] = "disabled-by-firmware",
		[CPC_HIDDEN_BY_HYPERVISOR] = "hidden-by-hypervisor",
	};

	return names[status];
}
