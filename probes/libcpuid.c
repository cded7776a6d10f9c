/* SPDX-License-Identifier: MIT */
/*
 * libcpuid's word for this processor. It gets the answers that we have anyway: given
 * raw data, cpu_identify() of 0.6.2 executes no CPUID and pins nothing (it opens
 * /sys/devices/system/cpu/online, to count CPUs, and no other file). Never called:
 * its all-CPU functions, which leave the thread pinned; its MSR functions, which run
 * modprobe; its readers of dumps, which trust them.
 */
#include "probe_inside.h"

#include <string.h>

#include <libcpuid/libcpuid.h>

/* The subleaves of one leaf. */
static void fill_subleaves(const struct cpc_snapshot *snapshot, uint32_t leaf, uint32_t (*rows)[NUM_REGS],
			   uint32_t count)
{
	for (uint32_t subleaf = 0; subleaf < count; subleaf++)
		for (int reg = 0; reg < NUM_REGS; reg++)
			rows[subleaf][reg] = cpc_snapshot_reg(snapshot, leaf, subleaf, (enum cpc_reg)reg);
}

/* The first leaves of one group. */
static void fill_leaves(const struct cpc_snapshot *snapshot, uint32_t base, uint32_t (*rows)[NUM_REGS], uint32_t count)
{
	for (uint32_t leaf = 0; leaf < count; leaf++)
		fill_subleaves(snapshot, base + leaf, &rows[leaf], 1);
}

static void fill(const struct cpc_snapshot *snapshot, struct cpu_raw_data_t *raw)
{
	fill_leaves(snapshot, 0, raw->basic_cpuid, MAX_CPUID_LEVEL);
	fill_leaves(snapshot, ADDRESS_EXT_CPUID_START, raw->ext_cpuid, MAX_EXT_CPUID_LEVEL);
	fill_subleaves(snapshot, 0x4, raw->intel_fn4, MAX_INTELFN4_LEVEL);
	fill_subleaves(snapshot, 0xb, raw->intel_fn11, MAX_INTELFN11_LEVEL);
	fill_subleaves(snapshot, 0x12, raw->intel_fn12h, MAX_INTELFN12H_LEVEL);
	fill_subleaves(snapshot, 0x14, raw->intel_fn14h, MAX_INTELFN14H_LEVEL);
	fill_subleaves(snapshot, 0x8000001d, raw->amd_fn8000001dh, MAX_AMDFN8000001DH_LEVEL);
}

enum cpc_probe_status cpc_probe_libcpuid(const struct cpc_env *env, struct cpc_capture *capture)
{
	struct cpu_raw_data_t raw = { 0 };
	struct cpu_id_t id = { 0 };

	if (!env->live)
		return CPC_PROBE_ABSENT;
	if (!capture->kind_count)
		return CPC_PROBE_FAILED;
	/* It would print to standard error. */
	(void)cpuid_set_warn_function(NULL);
	fill(&capture->kinds[0].snapshot, &raw);
	if (cpu_identify(&raw, &id))
		return CPC_PROBE_FAILED;
	cpc_text_clean(capture->libcpuid_brand, sizeof(capture->libcpuid_brand), id.brand_str,
		       strnlen(id.brand_str, sizeof(id.brand_str)));
	cpc_text_clean(capture->libcpuid_codename, sizeof(capture->libcpuid_codename), id.cpu_codename,
		       strnlen(id.cpu_codename, sizeof(id.cpu_codename)));
	return CPC_PROBE_OK;
}
