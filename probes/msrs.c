/* SPDX-License-Identifier: MIT */
/*
 * The MSRs of msrs.def. Reading one that does not exist faults, and although Linux catches
 * that, an MSR is read only where CPUID, or an MSR before it, says that it is there. That
 * one could not be read is worth keeping, too.
 */
#include "probe_inside.h"

/* The snapshot is not sealed yet: nothing in it is sorted. */
static uint32_t kept_reg(const struct cpc_snapshot *snapshot, const struct cpc_register_info *info)
{
	for (size_t i = 0; i < snapshot->leaf_count; i++)
		if (snapshot->leaves[i].leaf == info->leaf && snapshot->leaves[i].subleaf == info->subleaf)
			return snapshot->leaves[i].regs[info->place];
	return 0;
}

static uint32_t kept_msr(const struct cpc_snapshot *snapshot, const struct cpc_register_info *info)
{
	for (size_t i = 0; i < snapshot->msr_count; i++)
		if (snapshot->msrs[i].address == info->leaf)
			return (uint32_t)(snapshot->msrs[i].value >> (info->place == CPC_PLACE_MSR_HI ? 32 : 0));
	return 0;
}

static bool has(const struct cpc_snapshot *snapshot, enum cpc_feature_id id)
{
	const struct cpc_feature *feature = &cpc_features[id];
	const struct cpc_register_info *info = &cpc_registers[feature->reg];
	const uint32_t word = info->place >= CPC_PLACE_MSR_LO ? kept_msr(snapshot, info) : kept_reg(snapshot, info);

	return word >> feature->bit & 1U;
}

static bool exists(const struct cpc_snapshot *snapshot, const struct cpc_msr_info *row)
{
	for (size_t i = 0; i < row->when_count; i++)
		if (has(snapshot, row->when[i]))
			return true;
	return false;
}

enum cpc_status cpc_read_msrs(const struct cpc_env *env, unsigned int cpu, struct cpc_snapshot *snapshot)
{
	enum cpc_status status = CPC_OK;

	for (size_t i = 0; i < cpc_msr_count && status == CPC_OK; i++) {
		struct cpc_msr msr = { .address = cpc_msrs[i].address };

		if (!exists(snapshot, &cpc_msrs[i]))
			continue;
		msr.readable = env->rdmsr(env->context, cpu, msr.address, &msr.value) == 0;
		if (!msr.readable)
			msr.value = 0;
		status = cpc_snapshot_add_msr(snapshot, &msr, NULL);
	}
	return status;
}
