/* SPDX-License-Identifier: MIT */
/*
 * Another machine, out of a capture. A leaf that the capture holds answers as it
 * stands. What should be there and is not (cpc_snapshot_missing) the capture does not know, and it says
 * so: zeros would make unknown bits clear. A subleaf beyond the last one answers zeros. Everything else is out of
 * range and echoes the highest basic leaf, the way Intel processors do (SDM vol. 2A, CPUID): a probe that trusts
 * a leaf which it had no right to read then fails its test.
 */
#include "probe_inside.h"

#include <errno.h>
#include <string.h>

static bool set_has(const struct cpc_cpu_set *set, unsigned int cpu)
{
	return cpu < CPC_CPUS_MAX && set->bits[cpu / 64] >> (cpu % 64) & 1U;
}

static const struct cpc_snapshot *snapshot_of(const struct cpc_capture *capture, unsigned int cpu)
{
	for (size_t i = 0; i < capture->kind_count; i++)
		if (set_has(&capture->kinds[i].cpus, cpu))
			return &capture->kinds[i].snapshot;
	return NULL;
}

/* Not cpc_snapshot_leaf(): that decides what exists, and this has to answer for what does not, too. */
static bool answer(const struct cpc_snapshot *snapshot, uint32_t leaf, uint32_t subleaf, uint32_t *ret_regs)
{
	bool there = false;

	memset(ret_regs, 0, CPC_REG_COUNT * sizeof(*ret_regs));
	for (size_t i = 0; i < snapshot->leaf_count; i++) {
		const struct cpc_leaf *row = &snapshot->leaves[i];

		if (row->leaf != leaf)
			continue;
		there = true;
		if (row->subleaf == subleaf)
			memcpy(ret_regs, row->regs, sizeof(row->regs));
	}
	return there;
}

static bool below_maximum(const struct cpc_snapshot *snapshot, uint32_t leaf)
{
	const uint32_t group = cpc_leaf_group(leaf);
	uint32_t first[CPC_REG_COUNT];

	return answer(snapshot, group, 0, first) && leaf <= first[CPC_EAX] && first[CPC_EAX] - group <= 0xffff;
}

/* Components of leaf 0xD that could not be told apart are no answers, whatever stands there. */
static bool unknown(const struct cpc_snapshot *snapshot, uint32_t leaf, uint32_t subleaf)
{
	if (snapshot->layout_unknown && leaf == 0xd && subleaf > 1)
		return true;
	return cpc_snapshot_missing(snapshot, leaf, subleaf);
}

static bool replay_cpuid(void *context, uint32_t leaf, uint32_t subleaf, uint32_t ret_regs[static CPC_REG_COUNT])
{
	const struct cpc_env_state *state = context;
	const struct cpc_snapshot *snapshot = snapshot_of(state->capture, state->cpu);
	uint32_t basic[CPC_REG_COUNT];

	memset(ret_regs, 0, CPC_REG_COUNT * sizeof(*ret_regs));
	if (!snapshot || unknown(snapshot, leaf, subleaf))
		return false;
	if (answer(snapshot, leaf, subleaf, ret_regs) || below_maximum(snapshot, leaf))
		return true;
	(void)answer(snapshot, 0, 0, basic);
	(void)answer(snapshot, basic[CPC_EAX], subleaf, ret_regs);
	return true;
}

static int replay_rdmsr(void *context, unsigned int cpu, uint32_t address, uint64_t *ret_value)
{
	const struct cpc_env_state *state = context;
	const struct cpc_msr *msr = cpc_capture_msr(state->capture, cpu, address);

	if (!msr)
		return -ENOENT;
	if (!msr->readable)
		return -EACCES;
	*ret_value = msr->value;
	return 0;
}

static int replay_kvm(void *context, struct cpc_capture *capture)
{
	const struct cpc_env_state *state = context;
	const struct cpc_kvm *kvm = &state->capture->kvm;
	static const enum cpc_scalar_id measured[] = { CPC_S_kvm_xcr0, CPC_S_kvm_xsave, CPC_S_tsc_scaling };

	if (!kvm->present)
		return -ENOENT;
	for (size_t i = 0; i < kvm->snapshot.leaf_count; i++)
		if (cpc_snapshot_add_leaf(&capture->kvm.snapshot, &kvm->snapshot.leaves[i], NULL))
			return -ENOMEM;
	for (size_t i = 0; i < kvm->snapshot.msr_count; i++)
		if (cpc_snapshot_add_msr(&capture->kvm.snapshot, &kvm->snapshot.msrs[i], NULL))
			return -ENOMEM;
	for (size_t i = 0; i < sizeof(measured) / sizeof(measured[0]); i++)
		capture->measured[measured[i]] = state->capture->measured[measured[i]];
	return 0;
}

static uint32_t replay_mxcsr_mask(void *context)
{
	const struct cpc_env_state *state = context;

	return (uint32_t)state->capture->measured[CPC_S_mxcsr_mask].value;
}

static int replay_online(void *context, struct cpc_cpu_set *ret_cpus)
{
	const struct cpc_env_state *state = context;
	struct cpc_cpu_set cpus = { 0 };

	for (size_t kind = 0; kind < state->capture->kind_count; kind++)
		for (size_t i = 0; i < sizeof(cpus.bits) / sizeof(cpus.bits[0]); i++)
			cpus.bits[i] |= state->capture->kinds[kind].cpus.bits[i];
	*ret_cpus = cpus;
	return 0;
}

static int replay_pin(void *context, unsigned int cpu)
{
	struct cpc_env_state *state = context;

	if (!snapshot_of(state->capture, cpu))
		return -EINVAL;
	state->cpu = cpu;
	return 0;
}

/* Unpinned, a replay runs on the first CPU of the first kind. */
static void replay_unpin(void *context)
{
	struct cpc_env_state *state = context;

	state->cpu = 0;
	if (!state->capture->kind_count)
		return;
	while (state->cpu < CPC_CPUS_MAX && !set_has(&state->capture->kinds[0].cpus, state->cpu))
		state->cpu++;
}

static uint64_t replay_now(void *context)
{
	(void)context;
	return 0;
}

static int64_t replay_time(void *context)
{
	(void)context;
	return 0;
}

void cpc_env_replay(struct cpc_env *ret_env, const struct cpc_capture *capture, const char *sysroot)
{
	*ret_env = (struct cpc_env){
		.context = &ret_env->state,
		.cpuid = replay_cpuid,
		.rdmsr = replay_rdmsr,
		.kvm = replay_kvm,
		.mxcsr_mask = replay_mxcsr_mask,
		.online = replay_online,
		.pin = replay_pin,
		.unpin = replay_unpin,
		.now = replay_now,
		.time = replay_time,
		.sysroot = sysroot,
		.state = { .capture = capture },
	};
	replay_unpin(ret_env->context);
}
