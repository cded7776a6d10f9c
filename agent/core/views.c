/* SPDX-License-Identifier: MIT */
/*
 * The views of a host. The cpuid view is what the instruction says, over all kinds of
 * CPU; the kvm view is what KVM supports for guests, with what QEMU mends on top.
 */
#include "derive.h"

#include <cpucompat/baseline.h>

struct fixup {
	enum cpc_feature_id feature;
	bool set;
};

#define CPC_FIXUP_SET true
#define CPC_FIXUP_CLEAR false

static const struct fixup fixups[] = {
#define CPC_FIXUP(name, action, sure, why, source) { .feature = CPC_F_##name, .set = CPC_FIXUP_##action },
#include <cpucompat/fixups.def>
#undef CPC_FIXUP
};

/*
 * A guest may run on any CPU of its host, so what the host offers is what all its
 * kinds have. Kinds of different vendors do not exist; should a dump claim them,
 * the first kind stands.
 */
static void derive_cpuid_view(struct cpc_report *report)
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

bool cpc_fixup_of(enum cpc_register reg, unsigned int bit, enum cpc_tristate *ret_value)
{
	const struct cpc_feature *feature = cpc_feature_at(reg, bit);

	for (size_t i = 0; i < sizeof(fixups) / sizeof(fixups[0]); i++) {
		if (&cpc_features[fixups[i].feature] != feature)
			continue;
		*ret_value = fixups[i].set ? CPC_SET : CPC_CLEAR;
		return true;
	}
	return false;
}

static void mend(struct cpc_fingerprint *fingerprint)
{
	uint32_t kept[CPC_WORD_COUNT];

	cpc_canonical_masks(kept);
	for (size_t i = 0; i < sizeof(fixups) / sizeof(fixups[0]); i++) {
		const struct cpc_feature *feature = &cpc_features[fixups[i].feature];
		const uint32_t bit = UINT32_C(1) << feature->bit;

		if (feature->reg >= CPC_WORD_COUNT || !(kept[feature->reg] & bit))
			continue;
		fingerprint->unread[feature->reg] &= ~bit;
		if (fixups[i].set)
			fingerprint->words[feature->reg] |= bit;
		else
			fingerprint->words[feature->reg] &= ~bit;
	}
}

void cpc_views_of(struct cpc_report *report)
{
	derive_cpuid_view(report);
	report->has_kvm = report->capture->kvm.present;
	if (!report->has_kvm)
		return;
	cpc_fingerprint_of(&report->capture->kvm.snapshot, &report->kvm_fingerprint);
	mend(&report->kvm_fingerprint);
}

const struct cpc_fingerprint *cpc_report_view(const struct cpc_report *report, enum cpc_view view)
{
	if (view == CPC_VIEW_CPUID)
		return &report->fingerprint;
	return report->has_kvm ? &report->kvm_fingerprint : NULL;
}

const struct cpc_view_history *cpc_report_history(const struct cpc_report *report, enum cpc_view view)
{
	const struct cpc_history *history = &report->capture->history;

	return view == CPC_VIEW_KVM ? &history->kvm : &history->cpuid;
}

const char *cpc_view_name(enum cpc_view view)
{
	return view == CPC_VIEW_KVM ? "kvm" : "cpuid";
}
