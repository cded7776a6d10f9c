/* SPDX-License-Identifier: MIT */
/*
 * Every source says what it says, on a line of its own. A host has more than one CPU, and
 * firmware may have forgotten one of them, so a bit is looked at on all.
 */
#include "evidence.h"

#include <stdio.h>
#include <string.h>

struct cpc_evidence *cpc_note(struct cpc_ledger *ledger, enum cpc_evidence_source source, const char *where,
			      const char *name, enum cpc_tristate value, enum cpc_leaning leaning)
{
	struct cpc_requirement *requirement = ledger->requirement;
	/* The last line makes room: that there was too much to show is no reason to write past the end. */
	const size_t index =
		requirement->evidence_count < CPC_EVIDENCE_MAX ? requirement->evidence_count++ : CPC_EVIDENCE_MAX - 1;
	struct cpc_evidence *evidence = &requirement->evidence[index];

	*evidence = (struct cpc_evidence){ .source = source, .value = value };
	(void)snprintf(evidence->where, sizeof(evidence->where), "%s", where);
	(void)snprintf(evidence->name, sizeof(evidence->name), "%s", name);
	ledger->leanings[index] = leaning;
	return evidence;
}

/* One bit that is being looked at, CPU by CPU. */
struct look {
	struct cpc_ledger *ledger;
	const struct cpc_feature *feature;
	enum cpc_leaning when_set;
	enum cpc_leaning when_clear;
	struct cpc_reading reading;
	size_t first_line;
	bool started;
	enum cpc_tristate first;
};

/* An answer, and the CPUs that gave it; NULL: all that no other line names. */
static void take(struct look *look, enum cpc_tristate value, const struct cpc_cpu_set *cpus)
{
	const bool is_msr = cpc_registers[look->feature->reg].place >= CPC_PLACE_MSR_LO;
	enum cpc_leaning leaning = CPC_NEUTRAL;
	char where[CPC_WHERE_SIZE];

	look->reading.set |= value == CPC_SET;
	look->reading.clear |= value == CPC_CLEAR;
	if (look->started && value == look->first)
		return;
	if (value != CPC_UNKNOWN)
		leaning = value == CPC_SET ? look->when_set : look->when_clear;
	cpc_where(look->feature->reg, look->feature->bit, where);
	cpc_note(look->ledger, is_msr ? CPC_EVIDENCE_MSR : CPC_EVIDENCE_CPUID, where, look->feature->name, value,
		 leaning)
		->cpus = cpus;
	if (!look->started)
		look->first = value;
	look->started = true;
}

static void take_kind(struct look *look, const struct cpc_capture *capture, size_t index)
{
	const struct cpc_register_info *info = &cpc_registers[look->feature->reg];
	const struct cpc_snapshot *snapshot = &capture->kinds[index].snapshot;

	if (info->place >= CPC_PLACE_MSR_LO && !cpc_snapshot_msr(snapshot, info->leaf))
		return;
	take(look, cpc_snapshot_bit(snapshot, look->feature->reg, look->feature->bit),
	     index ? &capture->kinds[index].cpus : NULL);
}

static void take_odd(struct look *look, const struct cpc_odd_msr *odd)
{
	const struct cpc_register_info *info = &cpc_registers[look->feature->reg];
	const unsigned int bit = look->feature->bit + (info->place == CPC_PLACE_MSR_HI ? 32U : 0U);

	if (info->place < CPC_PLACE_MSR_LO || odd->msr.address != info->leaf)
		return;
	if (!odd->msr.readable)
		take(look, CPC_UNKNOWN, &odd->cpus);
	else
		take(look, odd->msr.value >> bit & 1U ? CPC_SET : CPC_CLEAR, &odd->cpus);
}

static void dispute(struct cpc_requirement *requirement, size_t from)
{
	requirement->disputed = true;
	for (size_t i = from; i < requirement->evidence_count; i++)
		requirement->evidence[i].disputed |= requirement->evidence[i].value != CPC_UNKNOWN;
}

struct cpc_reading cpc_look_at_bit(struct cpc_ledger *ledger, enum cpc_feature_id id, enum cpc_leaning when_set,
				   enum cpc_leaning when_clear)
{
	const struct cpc_capture *capture = ledger->report->capture;
	struct look look = { .ledger = ledger,
			     .feature = &cpc_features[id],
			     .when_set = when_set,
			     .when_clear = when_clear,
			     .first_line = ledger->requirement->evidence_count };

	for (size_t i = 0; i < capture->kind_count; i++)
		take_kind(&look, capture, i);
	for (size_t i = 0; i < capture->odd_msr_count; i++)
		take_odd(&look, &capture->odd_msrs[i]);
	/* Of a fingerprint alone, what it keeps. */
	if (!capture->kind_count && cpc_registers[look.feature->reg].place < CPC_PLACE_MSR_LO)
		take(&look, cpc_report_bit(ledger->report, CPC_VIEW_CPUID, look.feature->reg, look.feature->bit), NULL);
	if (look.reading.set && look.reading.clear)
		dispute(ledger->requirement, look.first_line);
	return look.reading;
}

void cpc_look_at_flag(struct cpc_ledger *ledger, const char *line, const char *flag, enum cpc_tristate value,
		      enum cpc_leaning when_clear)
{
	if (value != CPC_UNKNOWN)
		(void)cpc_note(ledger, CPC_EVIDENCE_CPUINFO, line, flag, value,
			       value == CPC_SET ? CPC_FOR : when_clear);
}

bool cpc_look_at_module(struct cpc_ledger *ledger, enum cpc_kvm_module module)
{
	if (ledger->report->capture->modules[module] != CPC_SET)
		return false;
	(void)cpc_note(ledger, CPC_EVIDENCE_MODULE, cpc_kvm_modules[module], "live", CPC_SET, CPC_FOR);
	return true;
}

enum cpc_tristate cpc_look_at_parameter(struct cpc_ledger *ledger, enum cpc_kvm_parameter parameter)
{
	const struct cpc_kvm_parameter_info *info = &cpc_kvm_parameters[parameter];
	const struct cpc_capture *capture = ledger->report->capture;
	const enum cpc_tristate value = capture->parameters[parameter];

	if (capture->modules[info->module] != CPC_SET || value == CPC_UNKNOWN)
		return CPC_UNKNOWN;
	(void)cpc_note(ledger, CPC_EVIDENCE_MODULE, cpc_kvm_modules[info->module], info->name, value,
		       value == CPC_SET ? CPC_FOR : CPC_AGAINST);
	return value;
}

bool cpc_look_at_kvm(struct cpc_ledger *ledger, enum cpc_feature_id id)
{
	const struct cpc_feature *feature = &cpc_features[id];
	const struct cpc_kvm *kvm = &ledger->report->capture->kvm;
	char where[CPC_WHERE_SIZE];

	if (!kvm->present || cpc_snapshot_bit(&kvm->snapshot, feature->reg, feature->bit) != CPC_SET)
		return false;
	cpc_where(feature->reg, feature->bit, where);
	(void)cpc_note(ledger, CPC_EVIDENCE_KVM, where, feature->name, CPC_SET, CPC_FOR);
	return true;
}

void cpc_look_at_row(struct cpc_ledger *ledger, const char *name, enum cpc_tristate value)
{
	if (value != CPC_UNKNOWN)
		(void)cpc_note(ledger, CPC_EVIDENCE_CATALOGUE, "", name, value,
			       value == CPC_SET ? CPC_FOR : CPC_AGAINST);
}

void cpc_note_hypervisor(struct cpc_ledger *ledger)
{
	const struct cpc_feature *feature = &cpc_features[CPC_F_hypervisor];
	char where[CPC_WHERE_SIZE];

	if (!ledger->report->hypervisor.present)
		return;
	cpc_where(feature->reg, feature->bit, where);
	(void)cpc_note(ledger, CPC_EVIDENCE_HYPERVISOR, where, ledger->report->hypervisor.id, CPC_SET, CPC_NEUTRAL);
}

bool cpc_leans(const struct cpc_ledger *ledger, enum cpc_leaning leaning)
{
	for (size_t i = 0; i < ledger->requirement->evidence_count; i++)
		if (ledger->leanings[i] == leaning)
			return true;
	return false;
}

void cpc_settle(struct cpc_ledger *ledger)
{
	if (!cpc_leans(ledger, CPC_FOR) || !cpc_leans(ledger, CPC_AGAINST))
		return;
	ledger->requirement->disputed = true;
	for (size_t i = 0; i < ledger->requirement->evidence_count; i++)
		ledger->requirement->evidence[i].disputed |= ledger->leanings[i] != CPC_NEUTRAL;
}
