/* SPDX-License-Identifier: MIT */
/*
 * The four requirements of a live migration host, each with the evidence that it rests
 * on. A bit that a hypervisor may have hidden is not evidence of absence, and what nobody
 * could read is unknown. Where two sources contradict each other, both are shown and the
 * status is the one that promises less.
 */
#include "evidence.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* Whether its virtualization is Intel's. Of a vendor that nobody knows (an emulator's, say) the bit tells. */
static bool is_intel_like(const struct cpc_report *report)
{
	static const char *const vendors[] = { "GenuineIntel", "CentaurHauls", "  Shanghai  " };
	const struct cpc_feature *vmx = &cpc_features[CPC_F_vmx];
	const char *vendor = report->signature.vendor;

	for (size_t i = 0; i < sizeof(vendors) / sizeof(vendors[0]); i++)
		if (strcmp(vendor, vendors[i]) == 0)
			return true;
	return strcmp(vendor, "AuthenticAMD") != 0 && strcmp(vendor, "HygonGenuine") != 0 &&
	       cpc_report_bit(report, CPC_VIEW_CPUID, vmx->reg, vmx->bit) == CPC_SET;
}

/* What firmware lets the processor do, the worst of all CPUs last. */
enum gate {
	GATE_UNKNOWN,
	GATE_OPEN,
	GATE_SMX, /* VT-x runs after a measured launch only */
	GATE_SHUT,
};

static bool is_set(uint64_t msr, enum cpc_feature_id id)
{
	return msr >> cpc_features[id].bit & 1U;
}

/* VMXON faults where the MSR is not locked, but then any kernel may set it as it likes, and Linux does (SDM 3C, 24.7).
 */
static enum gate feature_control_gate(uint64_t value)
{
	if (!is_set(value, CPC_F_feat_ctl_locked) || is_set(value, CPC_F_vmx_outside_smx))
		return GATE_OPEN;
	return is_set(value, CPC_F_vmx_inside_smx) ? GATE_SMX : GATE_SHUT;
}

/* Setting EFER.SVME faults; that SVMDIS may not be locked helps nobody who has no key (APM 2, 15.4 and 15.30.1). */
static enum gate vm_cr_gate(uint64_t value)
{
	return is_set(value, CPC_F_svm_disabled) ? GATE_SHUT : GATE_OPEN;
}

static enum gate gate_of(const struct cpc_msr *msr, enum gate worst, enum gate (*gate)(uint64_t value))
{
	const enum gate this = msr && msr->readable ? gate(msr->value) : GATE_UNKNOWN;

	return this > worst ? this : worst;
}

static enum gate worst_gate(const struct cpc_capture *capture, enum cpc_register reg, enum gate (*gate)(uint64_t value))
{
	const uint32_t address = cpc_registers[reg].leaf;
	enum gate worst = GATE_UNKNOWN;

	for (size_t i = 0; i < capture->kind_count; i++)
		worst = gate_of(cpc_snapshot_msr(&capture->kinds[i].snapshot, address), worst, gate);
	for (size_t i = 0; i < capture->odd_msr_count; i++)
		if (capture->odd_msrs[i].msr.address == address)
			worst = gate_of(&capture->odd_msrs[i].msr, worst, gate);
	return worst;
}

static enum gate look_at_feature_control(struct cpc_ledger *ledger)
{
	const enum gate gate = worst_gate(ledger->report->capture, CPC_M3A_LO, feature_control_gate);
	struct cpc_reading outside;

	(void)cpc_look_at_bit(ledger, CPC_F_feat_ctl_locked, CPC_NEUTRAL, gate == GATE_OPEN ? CPC_FOR : CPC_NEUTRAL);
	outside =
		cpc_look_at_bit(ledger, CPC_F_vmx_outside_smx, CPC_FOR, gate == GATE_SHUT ? CPC_AGAINST : CPC_NEUTRAL);
	if (outside.clear && gate != GATE_OPEN)
		(void)cpc_look_at_bit(ledger, CPC_F_vmx_inside_smx, CPC_NEUTRAL, CPC_NEUTRAL);
	return gate;
}

static enum gate look_at_vm_cr(struct cpc_ledger *ledger)
{
	const enum gate gate = worst_gate(ledger->report->capture, CPC_MC0010114_LO, vm_cr_gate);

	(void)cpc_look_at_bit(ledger, CPC_F_svm_disabled, CPC_AGAINST, CPC_FOR);
	if (gate == GATE_SHUT)
		(void)cpc_look_at_bit(ledger, CPC_F_vm_cr_lock, CPC_NEUTRAL, CPC_NEUTRAL);
	return gate;
}

/*
 * Hyper-V hides VT-x and AMD-V from its own parents too, and cannot run without them;
 * neither can a control domain of Xen's that is one of its HVM guests.
 */
static bool look_at_partition(struct cpc_ledger *ledger)
{
	const struct cpc_hypervisor *hypervisor = &ledger->report->hypervisor;
	const bool xen =
		hypervisor->partition == CPC_PARTITION_HVM && !hypervisor->domain.unknown && !hypervisor->domain.value;
	char where[CPC_WHERE_SIZE];

	if (!xen && hypervisor->partition != CPC_PARTITION_ROOT && hypervisor->partition != CPC_PARTITION_L1VH)
		return false;
	(void)snprintf(where, sizeof(where), xen ? "%" PRIx32 ".0.ecx" : "%" PRIx32 ".0.ebx[0]",
		       hypervisor->base + (xen ? 4 : 3));
	cpc_note(ledger, CPC_EVIDENCE_HYPERVISOR, where, xen ? "domain_0" : "create_partitions", CPC_SET, CPC_FOR)
		->inferred = true;
	return true;
}

/* What was found of virtualization, before it is weighed. */
struct signs {
	struct cpc_reading cpuid;
	enum gate gate;
	enum cpc_tristate flag;
	bool runs;   /* software has found it, and found it on */
	bool parent; /* the hypervisor below runs on it */
};

/* A clear bit means absent, unless a hypervisor stands between us and the processor. */
static enum cpc_requirement_status status_without_bit(const struct signs *signs, bool hypervisor)
{
	if (signs->parent)
		return CPC_PRESENT;
	if (hypervisor)
		return CPC_HIDDEN_BY_HYPERVISOR;
	return signs->runs ? CPC_REQUIREMENT_UNKNOWN : CPC_ABSENT;
}

/*
 * CPUID goes on showing what firmware has locked off. Linux clears its flag then (that of
 * SVM in newer kernels only), and does so too where somebody told it to.
 */
static enum cpc_requirement_status status_with_bit(const struct signs *signs)
{
	if (signs->gate == GATE_SHUT)
		return CPC_DISABLED_BY_FIRMWARE;
	if (signs->flag == CPC_CLEAR) {
		const bool disputed = signs->gate == GATE_OPEN || signs->runs;

		return signs->cpuid.set && !disputed ? CPC_DISABLED_BY_FIRMWARE : CPC_REQUIREMENT_UNKNOWN;
	}
	if (signs->runs || (signs->cpuid.set && signs->gate != GATE_SMX))
		return CPC_PRESENT;
	return CPC_REQUIREMENT_UNKNOWN;
}

static void derive_virtualization(struct cpc_report *report)
{
	struct cpc_ledger ledger = { .report = report,
				     .requirement = &report->requirements[CPC_HARDWARE_VIRTUALIZATION] };
	const bool intel = is_intel_like(report);
	const enum cpc_feature_id id = intel ? CPC_F_vmx : CPC_F_svm;
	const struct cpc_capture *capture = report->capture;
	struct signs signs = { .flag = intel ? capture->cpuinfo_vmx : capture->cpuinfo_svm };

	signs.cpuid = cpc_look_at_bit(&ledger, id, CPC_NEUTRAL, report->hypervisor.present ? CPC_NEUTRAL : CPC_AGAINST);
	if (signs.cpuid.set)
		signs.gate = intel ? look_at_feature_control(&ledger) : look_at_vm_cr(&ledger);
	cpc_look_at_flag(&ledger, "flags", cpc_features[id].name, signs.flag,
			 signs.cpuid.set ? CPC_AGAINST : CPC_NEUTRAL);
	signs.runs = signs.flag == CPC_SET;
	signs.runs |= cpc_look_at_module(&ledger, intel ? CPC_MODULE_KVM_INTEL : CPC_MODULE_KVM_AMD);
	signs.runs |= cpc_look_at_kvm(&ledger, id);
	signs.parent = look_at_partition(&ledger);
	/* A row of the catalogue stands for the bit that nobody read. */
	if (!signs.cpuid.set && !signs.cpuid.clear && signs.flag == CPC_UNKNOWN) {
		cpc_look_at_row(&ledger, cpc_features[id].name, capture->row_virtualization);
		signs.cpuid.set = capture->row_virtualization == CPC_SET;
		signs.cpuid.clear = capture->row_virtualization == CPC_CLEAR;
	}
	ledger.requirement->status =
		signs.cpuid.clear ? status_without_bit(&signs, report->hypervisor.present) : status_with_bit(&signs);
	if (ledger.requirement->status == CPC_HIDDEN_BY_HYPERVISOR)
		cpc_note_hypervisor(&ledger);
	cpc_settle(&ledger);
}

/*
 * What a control must be, it may be (SDM 3D, A.3.1): the low half of the MSR is within its
 * high half. Elsewhere the figure is QEMU's and libvirt's, who count a guest's features
 * from bit 0 up, and does not say what it would say of a processor.
 */
static bool is_control(const struct cpc_msr *msr)
{
	return !msr || !((uint32_t)msr->value & ~(uint32_t)(msr->value >> 32));
}

static bool are_controls(const struct cpc_capture *capture, enum cpc_register reg)
{
	for (size_t i = 0; i < capture->kind_count; i++)
		if (!is_control(cpc_snapshot_msr(&capture->kinds[i].snapshot, cpc_registers[reg].leaf)))
			return false;
	return true;
}

/* EPT is nowhere in CPUID: MSRs tell of it, and Linux does. */
static void look_at_ept(struct cpc_ledger *ledger)
{
	const struct cpc_capture *capture = ledger->report->capture;
	/* Linux drops the flag together with vmx; then it says nothing. */
	const enum cpc_leaning missing = capture->cpuinfo_vmx == CPC_SET ? CPC_AGAINST : CPC_NEUTRAL;

	if (are_controls(capture, CPC_M482_HI))
		(void)cpc_look_at_bit(ledger, CPC_F_vmx_secondary_ctls, CPC_NEUTRAL, CPC_AGAINST);
	if (are_controls(capture, CPC_M48B_HI))
		(void)cpc_look_at_bit(ledger, CPC_F_ept, CPC_FOR, CPC_AGAINST);
	cpc_look_at_flag(ledger, "flags", "ept", capture->cpuinfo_ept, missing);
	cpc_look_at_flag(ledger, "vmx flags", "ept", capture->cpuinfo_vmx_ept, missing);
}

static struct cpc_reading look_at_rvi(struct cpc_ledger *ledger)
{
	const struct cpc_capture *capture = ledger->report->capture;
	const bool hypervisor = ledger->report->hypervisor.present;
	const struct cpc_reading reading =
		cpc_look_at_bit(ledger, CPC_F_npt, CPC_FOR, hypervisor ? CPC_NEUTRAL : CPC_AGAINST);

	/* Where nobody read CPUID, a missing flag proves nothing: Linux has reasons of its own. */
	cpc_look_at_flag(ledger, "flags", "npt", capture->cpuinfo_npt,
			 capture->cpuinfo_svm == CPC_SET && (reading.set || reading.clear) && !hypervisor
				 ? CPC_AGAINST
				 : CPC_NEUTRAL);
	return reading;
}

/* Hyper-V says whether it uses SLAT (TLFS 2.4.7, leaf 0x40000006); in a guest that is its host's affair. */
static void look_at_hyperv_slat(struct cpc_ledger *ledger)
{
	const struct cpc_hypervisor *hypervisor = &ledger->report->hypervisor;
	const struct cpc_snapshot *snapshot = cpc_first_snapshot(ledger->report);
	const bool parent = hypervisor->partition == CPC_PARTITION_ROOT || hypervisor->partition == CPC_PARTITION_L1VH;
	const struct cpc_leaf *leaf;
	char where[CPC_WHERE_SIZE];
	bool used;

	if (!parent && hypervisor->partition != CPC_PARTITION_GUEST)
		return;
	leaf = cpc_snapshot_leaf(snapshot, hypervisor->base + 6, 0);
	if (!leaf)
		return;
	used = leaf->regs[CPC_EAX] >> 3 & 1U;
	(void)snprintf(where, sizeof(where), "%" PRIx32 ".0.eax[3]", leaf->leaf);
	(void)cpc_note(ledger, CPC_EVIDENCE_HYPERVISOR, where, "slat_in_use", used ? CPC_SET : CPC_CLEAR,
		       parent && used ? CPC_FOR : CPC_NEUTRAL);
}

/* What keeps a missing sign from meaning that there is none. */
struct excuses {
	bool hidden;	   /* a hypervisor shows none of it */
	bool switched_off; /* nothing but a parameter speaks against it, which somebody may have wanted so */
};

static enum cpc_requirement_status slat_status(const struct cpc_ledger *ledger, enum cpc_requirement_status host,
					       struct excuses excuses)
{
	const bool yes = cpc_leans(ledger, CPC_FOR);
	const bool no = cpc_leans(ledger, CPC_AGAINST);

	/* Without hardware virtualization there is nothing whose pages could be nested. */
	if (host == CPC_ABSENT)
		return CPC_ABSENT;
	if (yes && no)
		return CPC_REQUIREMENT_UNKNOWN;
	if (yes)
		return host == CPC_DISABLED_BY_FIRMWARE ? host : CPC_PRESENT;
	if (host == CPC_HIDDEN_BY_HYPERVISOR || excuses.hidden)
		return CPC_HIDDEN_BY_HYPERVISOR;
	if (no && !excuses.switched_off)
		return ledger->report->hypervisor.present ? CPC_HIDDEN_BY_HYPERVISOR : CPC_ABSENT;
	return host == CPC_DISABLED_BY_FIRMWARE ? host : CPC_REQUIREMENT_UNKNOWN;
}

static void derive_slat(struct cpc_report *report)
{
	struct cpc_ledger ledger = { .report = report, .requirement = &report->requirements[CPC_SLAT] };
	const bool intel = is_intel_like(report);
	struct excuses excuses = { 0 };
	struct cpc_reading rvi = { 0 };
	bool doubted;

	if (intel)
		look_at_ept(&ledger);
	else
		rvi = look_at_rvi(&ledger);
	excuses.hidden = report->hypervisor.present && (intel ? report->hypervisor.shows_virt != CPC_SET : rvi.clear);
	doubted = cpc_leans(&ledger, CPC_AGAINST);
	excuses.switched_off = cpc_look_at_parameter(&ledger, intel ? CPC_PARAMETER_KVM_INTEL_EPT
								    : CPC_PARAMETER_KVM_AMD_NPT) == CPC_CLEAR &&
			       !doubted;
	(void)cpc_look_at_kvm(&ledger, intel ? CPC_F_ept : CPC_F_npt);
	look_at_hyperv_slat(&ledger);
	if (!cpc_leans(&ledger, CPC_FOR) && !cpc_leans(&ledger, CPC_AGAINST))
		cpc_look_at_row(&ledger, cpc_features[intel ? CPC_F_ept : CPC_F_npt].name, report->capture->row_slat);
	ledger.requirement->status =
		slat_status(&ledger, report->requirements[CPC_HARDWARE_VIRTUALIZATION].status, excuses);
	if (ledger.requirement->status == CPC_HIDDEN_BY_HYPERVISOR)
		cpc_note_hypervisor(&ledger);
	/* Where nothing told, this would have. */
	if (intel && !ledger.requirement->evidence_count)
		(void)cpc_note(&ledger, CPC_EVIDENCE_MSR, "msr.48b[33]", cpc_features[CPC_F_ept].name, CPC_UNKNOWN,
			       CPC_NEUTRAL);
	cpc_settle(&ledger);
}

/* What every CPU must have. Hypervisors can hide these too: QEMU does for -nx or -lm, VMware has a setting for NX. */
static void derive_plain(struct cpc_report *report, enum cpc_requirement_id id, enum cpc_feature_id feature)
{
	struct cpc_ledger ledger = { .report = report, .requirement = &report->requirements[id] };
	const struct cpc_reading reading = cpc_look_at_bit(&ledger, feature, CPC_FOR, CPC_AGAINST);

	ledger.requirement->status = CPC_REQUIREMENT_UNKNOWN;
	if (reading.clear)
		ledger.requirement->status = report->hypervisor.present ? CPC_HIDDEN_BY_HYPERVISOR : CPC_ABSENT;
	else if (reading.set)
		ledger.requirement->status = CPC_PRESENT;
	if (ledger.requirement->status == CPC_HIDDEN_BY_HYPERVISOR)
		cpc_note_hypervisor(&ledger);
}

void cpc_requirements_of(struct cpc_report *report)
{
	derive_virtualization(report);
	derive_plain(report, CPC_EXECUTE_DISABLE, CPC_F_nx);
	derive_plain(report, CPC_LONG_MODE, CPC_F_lm);
	derive_slat(report);
}
