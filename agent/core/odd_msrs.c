/* SPDX-License-Identifier: MIT */
/* MSRs that are no part of a fingerprint, and what CPUs of one kind make of them. */
#include "fold.h"

#include <stdlib.h>

static bool set_has(const struct cpc_cpu_set *set, unsigned int cpu)
{
	return set->bits[cpu / 64] >> (cpu % 64) & 1U;
}

static bool same_msr(const struct cpc_msr *a, const struct cpc_msr *b)
{
	return a->address == b->address && a->readable == b->readable && a->value == b->value;
}

static struct cpc_odd_msr *find_value(struct cpc_capture *capture, const struct cpc_msr *msr)
{
	for (size_t i = 0; i < capture->odd_msr_count; i++)
		if (same_msr(&capture->odd_msrs[i].msr, msr))
			return &capture->odd_msrs[i];
	return NULL;
}

enum cpc_status cpc_capture_add_odd_msr(struct cpc_capture *capture, unsigned int cpu, const struct cpc_msr *msr,
					struct cpc_error *reterr)
{
	struct cpc_odd_msr *odd = find_value(capture, msr);

	if (cpu >= CPC_CPUS_MAX)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "CPU %u: only CPUs below %d are followed", cpu, CPC_CPUS_MAX);
	if (!odd) {
		if (capture->odd_msr_count >= CPC_ODD_MSRS_MAX)
			return cpc_fail(reterr, CPC_BAD_DATA, 0, "more than %d different values of MSRs in one host",
					CPC_ODD_MSRS_MAX);
		odd = realloc(capture->odd_msrs, (capture->odd_msr_count + 1) * sizeof(*odd));
		if (!odd)
			return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
		capture->odd_msrs = odd;
		odd += capture->odd_msr_count++;
		*odd = (struct cpc_odd_msr){ .msr = *msr };
	}
	odd->cpus.bits[cpu / 64] |= UINT64_C(1) << (cpu % 64);
	return CPC_OK;
}

static enum cpc_status adopt(struct cpc_snapshot *first, const struct cpc_msr *msr, struct cpc_error *reterr)
{
	const enum cpc_status status = cpc_snapshot_add_msr(first, msr, reterr);

	return status ? status : cpc_snapshot_seal(first, reterr);
}

enum cpc_status cpc_fold_msrs(struct cpc_capture *capture, struct cpc_kind *kind, unsigned int cpu,
			      const struct cpc_snapshot *other, struct cpc_error *reterr)
{
	enum cpc_status status = CPC_OK;

	for (size_t i = 0; i < cpc_msr_count && status == CPC_OK; i++) {
		const struct cpc_msr *msr = cpc_snapshot_msr(other, cpc_msrs[i].address);
		const struct cpc_msr *first = cpc_snapshot_msr(&kind->snapshot, cpc_msrs[i].address);

		if (!msr)
			continue;
		if (!first)
			status = adopt(&kind->snapshot, msr, reterr);
		else if (!same_msr(first, msr))
			status = cpc_capture_add_odd_msr(capture, cpu, msr, reterr);
	}
	return status;
}

const struct cpc_msr *cpc_capture_msr(const struct cpc_capture *capture, unsigned int cpu, uint32_t address)
{
	if (cpu >= CPC_CPUS_MAX)
		return NULL;
	for (size_t i = 0; i < capture->odd_msr_count; i++)
		if (capture->odd_msrs[i].msr.address == address && set_has(&capture->odd_msrs[i].cpus, cpu))
			return &capture->odd_msrs[i].msr;
	for (size_t i = 0; i < capture->kind_count; i++)
		if (set_has(&capture->kinds[i].cpus, cpu))
			return cpc_snapshot_msr(&capture->kinds[i].snapshot, address);
	return NULL;
}
