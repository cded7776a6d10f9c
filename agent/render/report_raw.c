/* SPDX-License-Identifier: MIT */
/*
 * The text of Todd Allen's `cpuid -r`, every CPU as its kind answers, or KVM as it does. MSRs are left
 * out unless everything is wanted: `cpuid -r -f FILE` ends at the first line that is not its own
 * ("unexpected input with -f option", seen with its release of 2023-01-20). Our own reader takes them.
 */
#include "renderers.h"

#include <inttypes.h>

static const struct cpc_kind *kind_of(const struct cpc_capture *capture, unsigned int cpu)
{
	for (size_t i = 0; i < capture->kind_count; i++) {
		if (capture->kinds[i].cpus.bits[cpu / 64] >> (cpu % 64) & 1U)
			return &capture->kinds[i];
	}
	return NULL;
}

static void add_leaves(struct cpc_buffer *out, const struct cpc_snapshot *snapshot)
{
	for (size_t i = 0; i < snapshot->leaf_count; i++) {
		const struct cpc_leaf *leaf = &snapshot->leaves[i];

		cpc_buffer_printf(out, "   0x%08x 0x%02x: eax=0x%08x ebx=0x%08x ecx=0x%08x edx=0x%08x\n", leaf->leaf,
				  leaf->subleaf, leaf->regs[CPC_EAX], leaf->regs[CPC_EBX], leaf->regs[CPC_ECX],
				  leaf->regs[CPC_EDX]);
	}
}

static void add_msr(struct cpc_buffer *out, const struct cpc_msr *msr)
{
	if (msr->readable)
		cpc_buffer_printf(out, "   0x%08" PRIx32 ": 0x%016" PRIx64 "\n", msr->address, msr->value);
	else
		cpc_buffer_printf(out, "   0x%08" PRIx32 ": fail\n", msr->address);
}

enum cpc_status cpc_no_kvm_view(struct cpc_error *reterr)
{
	return cpc_fail(reterr, CPC_BAD_DATA, 0,
			"there is no view of KVM's here: probe a host where /dev/kvm opens, or give its report");
}

enum cpc_status cpc_report_kvm_raw(const struct cpc_report *report, const struct cpc_style *style,
				   struct cpc_buffer *out, struct cpc_error *reterr)
{
	const struct cpc_snapshot *snapshot = &report->capture->kvm.snapshot;

	if (!report->has_kvm)
		return cpc_no_kvm_view(reterr);
	cpc_buffer_puts(out, "CPU 0:\n");
	add_leaves(out, snapshot);
	for (size_t i = 0; style->verbose && i < snapshot->msr_count; i++)
		add_msr(out, &snapshot->msrs[i]);
	return cpc_rendered(out, reterr);
}

enum cpc_status cpc_report_raw(const struct cpc_report *report, const struct cpc_style *style, struct cpc_buffer *out,
			       struct cpc_error *reterr)
{
	if (!report->capture->kind_count)
		return cpc_fail(reterr, CPC_BAD_DATA, 0,
				"a fingerprint does not hold the leaves that raw text consists of; "
				"give a report or a dump");
	for (unsigned int cpu = 0; cpu < CPC_CPUS_MAX; cpu++) {
		const struct cpc_kind *kind = kind_of(report->capture, cpu);

		if (!kind)
			continue;
		cpc_buffer_printf(out, "CPU %u:\n", cpu);
		add_leaves(out, &kind->snapshot);
		for (size_t i = 0; style->verbose && i < kind->snapshot.msr_count; i++)
			add_msr(out, cpc_capture_msr(report->capture, cpu, kind->snapshot.msrs[i].address));
	}
	return cpc_rendered(out, reterr);
}
