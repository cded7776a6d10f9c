/* SPDX-License-Identifier: MIT */
/* Looking a bit or a number up in a report, compared or not. */
#include "derive.h"

const struct cpc_snapshot *cpc_first_snapshot(const struct cpc_report *report)
{
	return report->capture->kind_count ? &report->capture->kinds[0].snapshot : NULL;
}

/* Whether the canonical mask leaves this one bit in: the question that cpc_canonical_masks() answers for all. */
static bool is_kept(enum cpc_register word, unsigned int bit)
{
	const struct cpc_feature *feature = cpc_feature_at(word, bit);
	const enum cpc_rule rule = feature ? feature->rule : cpc_registers[word].unnamed;

	return rule != CPC_RULE_HOST && rule != CPC_RULE_NOISE;
}

/* In a fingerprint only compared bits are known; the others were masked away. */
static enum cpc_tristate fingerprint_bit(const struct cpc_fingerprint *fingerprint, enum cpc_register reg,
					 unsigned int bit)
{
	if (reg >= CPC_WORD_COUNT || !is_kept(reg, bit))
		return CPC_UNKNOWN;
	return cpc_fingerprint_bit(fingerprint, reg, bit);
}

static enum cpc_tristate tristate(uint64_t bits, unsigned int bit)
{
	return bits >> bit & 1U ? CPC_SET : CPC_CLEAR;
}

enum cpc_tristate cpc_snapshot_bit(const struct cpc_snapshot *snapshot, enum cpc_register reg, unsigned int bit)
{
	const struct cpc_register_info *info = &cpc_registers[reg];
	const struct cpc_msr *msr;

	if (info->place < CPC_PLACE_MSR_LO) {
		const struct cpc_leaf *leaf = cpc_snapshot_leaf(snapshot, info->leaf, info->subleaf);

		if (leaf)
			return tristate(leaf->regs[info->place], bit);
		return cpc_snapshot_missing(snapshot, info->leaf, info->subleaf) ? CPC_UNKNOWN : CPC_CLEAR;
	}
	msr = cpc_snapshot_msr(snapshot, info->leaf);
	if (!msr || !msr->readable)
		return CPC_UNKNOWN;
	return tristate(msr->value, bit + (info->place == CPC_PLACE_MSR_HI ? 32 : 0));
}

/* What no fingerprint keeps of an MSR of its words, which counts where CPUID announces it (take_msr() in
 * fingerprint.c). */
static enum cpc_tristate host_msr_bit(const struct cpc_report *report, enum cpc_view view,
				      const struct cpc_snapshot *snapshot, enum cpc_register reg, unsigned int bit)
{
	const struct cpc_feature *announced = &cpc_features[CPC_F_arch_capabilities];
	const enum cpc_tristate there = cpc_report_bit(report, view, announced->reg, announced->bit);

	return there == CPC_SET ? cpc_snapshot_bit(snapshot, reg, bit) : there;
}

enum cpc_tristate cpc_report_bit(const struct cpc_report *report, enum cpc_view view, enum cpc_register reg,
				 unsigned int bit)
{
	const struct cpc_fingerprint *fingerprint = cpc_report_view(report, view);
	const struct cpc_snapshot *snapshot =
		view == CPC_VIEW_KVM ? &report->capture->kvm.snapshot : cpc_first_snapshot(report);
	enum cpc_tristate mended;

	if (!fingerprint)
		return CPC_UNKNOWN;
	if (view == CPC_VIEW_KVM && cpc_fixup_of(reg, bit, &mended))
		return mended;
	/* MSR 0x10a says something also where nobody read it: that CPUID does not announce it. */
	if (!snapshot || (reg < CPC_WORD_COUNT && cpc_registers[reg].place >= CPC_PLACE_MSR_LO))
		return snapshot && !is_kept(reg, bit) ? host_msr_bit(report, view, snapshot, reg, bit)
						      : fingerprint_bit(fingerprint, reg, bit);
	return cpc_snapshot_bit(snapshot, reg, bit);
}

struct cpc_number cpc_report_scalar(const struct cpc_report *report, enum cpc_scalar_id id)
{
	const struct cpc_snapshot *snapshot = cpc_first_snapshot(report);
	struct cpc_number number = { 0 };

	if (cpc_scalar_in_text(id))
		return report->fingerprint.scalars[id];
	if (cpc_scalars[id].derived)
		return cpc_derived_scalar(report->capture, id);
	number.unknown = !snapshot || cpc_snapshot_missing(snapshot, cpc_scalars[id].leaf, cpc_scalars[id].subleaf);
	if (!number.unknown)
		number.value = cpc_scalar_field(snapshot, id);
	return number;
}
