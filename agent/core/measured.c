/* SPDX-License-Identifier: MIT */
/* Numbers that are no field of one register: worked out from several, read from MSRs, or measured by a probe. */
#include "derive.h"

#define IA32_PERF_CAPABILITIES 0x345U
#define LBR_FORMAT 0x3fU

/* IA32_VMX_PROCBASED_CTLS2: what may be 1 in the high half; bit 25 is TSC scaling (SDM vol. 3D, A.3.3). */
#define IA32_VMX_PROCBASED_CTLS2 0x48bU
#define USE_TSC_SCALING 57

/* CPUID Fn8000_000A_EDX, TscRateMsr (APM vol. 3). */
#define TSC_RATE_MSR 4

static struct cpc_number known(uint64_t value)
{
	return (struct cpc_number){ .value = value };
}

static const struct cpc_number unknown = { .unknown = true };

/*
 * The TSC runs at the crystal's frequency times ebx/eax, where all three are told (SDM
 * vol. 2A, CPUID.15H); KVM and VMware tell guests in a leaf of their own.
 */
static struct cpc_number tsc_khz(const struct cpc_snapshot *snapshot)
{
	const uint64_t denominator = cpc_snapshot_reg(snapshot, 0x15, 0, CPC_EAX);
	const uint64_t numerator = cpc_snapshot_reg(snapshot, 0x15, 0, CPC_EBX);
	const uint64_t crystal_hz = cpc_snapshot_reg(snapshot, 0x15, 0, CPC_ECX);
	const uint32_t told = cpc_snapshot_reg(snapshot, 0x40000010, 0, CPC_EAX);

	if (denominator && numerator && crystal_hz)
		return known(crystal_hz * numerator / denominator / 1000);
	return told ? known(told) : unknown;
}

static struct cpc_number lbr_format(const struct cpc_snapshot *snapshot)
{
	const struct cpc_msr *msr = cpc_snapshot_msr(snapshot, IA32_PERF_CAPABILITIES);

	return msr && msr->readable ? known(msr->value & LBR_FORMAT) : unknown;
}

static struct cpc_number tsc_scaling(const struct cpc_snapshot *snapshot)
{
	const struct cpc_msr *msr = cpc_snapshot_msr(snapshot, IA32_VMX_PROCBASED_CTLS2);

	if (cpc_snapshot_reg(snapshot, 0x8000000a, 0, CPC_EDX) >> TSC_RATE_MSR & 1U)
		return known(1);
	return msr && msr->readable ? known(msr->value >> USE_TSC_SCALING & 1U) : unknown;
}

struct cpc_number cpc_derived_scalar(const struct cpc_capture *capture, enum cpc_scalar_id id)
{
	const struct cpc_snapshot *snapshot = capture->kind_count ? &capture->kinds[0].snapshot : NULL;
	struct cpc_number number = unknown;

	if (capture->measured[id].known)
		return known(capture->measured[id].value);
	/* KVM reads some of the MSRs that nobody else here may. */
	if (id == CPC_S_lbr_format && capture->kvm.present)
		number = lbr_format(&capture->kvm.snapshot);
	if (!number.unknown || !snapshot)
		return number;
	switch (id) {
	case CPC_S_tsc_khz:
		return tsc_khz(snapshot);
	case CPC_S_lbr_format:
		return lbr_format(snapshot);
	case CPC_S_tsc_scaling:
		return tsc_scaling(snapshot);
	default:
		return unknown;
	}
}
