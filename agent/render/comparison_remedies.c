/* SPDX-License-Identifier: MIT */
/* The verdict of one direction in a clause, and what can be done about it. */
#include "comparison_sections.h"

#include <inttypes.h>
#include <string.h>

#include "describe.h"

/** Names that are shown of a long list where the reader did not ask for all. */
#define NAMES_SHOWN 12

const char *cpc_begin_with(const char *host)
{
	if (!strcmp(host, "the source"))
		return "The source";
	return strcmp(host, "the destination") ? host : "The destination";
}

static enum cpc_tint verdict_tint(enum cpc_verdict verdict)
{
	switch (verdict) {
	case CPC_SAME:
	case CPC_MIGRATABLE:
		return CPC_TINT_GOOD;
	case CPC_IMPOSSIBLE:
		return CPC_TINT_BAD;
	default:
		return CPC_TINT_CARE;
	}
}

void cpc_put_verdict(struct cpc_text *text, int indent, const struct cpc_move *move)
{
	const struct cpc_direction *direction = move->direction;

	text->tint = verdict_tint(direction->verdict);
	switch (direction->verdict) {
	case CPC_SAME:
		cpc_text_wrapf(text, indent, "moves as it is; nothing compared differs%s",
			       direction->findings.count && direction->findings.items[0].weight == CPC_WARNING
				       ? ", but see the warning"
				       : "");
		break;
	case CPC_MIGRATABLE:
		cpc_text_wrapf(text, indent, "moves as it is%s",
			       !direction->gains.count ? ""
			       : direction->can_return ? ", and can come back even after a power cycle"
						       : ", and cannot come back after a power cycle");
		break;
	case CPC_COMPATIBILITY_MODE:
		cpc_text_wrapf(text, indent, "needs %s", move->policy->mode_name);
		break;
	case CPC_IMPOSSIBLE:
		cpc_text_wrap(text, indent, "cannot move while it runs");
		break;
	default:
		cpc_text_wrap(text, indent, "unknown: something that decides it was not read");
		break;
	}
	text->tint = CPC_TINT_PLAIN;
}

void cpc_put_names(struct cpc_text *text, int indent, const struct cpc_findings *findings, const char *end)
{
	const size_t count = findings->count;
	const size_t shown = text->style->verbose || count <= NAMES_SHOWN ? count : NAMES_SHOWN;

	cpc_text_wrapf(text, indent, "%zu feature%s", count, count == 1 ? "" : "s");
	for (size_t i = 0; i < shown; i++) {
		struct cpc_subject subject = cpc_subject_of(&findings->items[i], "");
		bool last = i + 1 == count;

		cpc_text_wrapf(text, indent, "%s%s%s%s", i ? "" : "(", subject.name, last ? ")" : "", last ? end : "");
	}
	if (shown < count)
		cpc_text_wrapf(text, indent, "...; --verbose lists all)%s", end);
	if (!count)
		cpc_text_puts(text, end);
}

static bool finds(const struct cpc_direction *direction, enum cpc_finding_code code)
{
	for (size_t i = 0; i < direction->findings.count; i++) {
		if (direction->findings.items[i].code == code && direction->findings.items[i].weight == CPC_REFUSAL)
			return true;
	}
	return false;
}

static void put_line(struct cpc_text *text, const char *sentence)
{
	cpc_text_wrap(text, 0, sentence);
	cpc_text_newline(text);
}

/** The numbers that the guest must be given at most. */
static void put_limits(struct cpc_text *text, const struct cpc_direction *direction)
{
	const struct cpc_findings *findings = &direction->findings;

	for (size_t i = 0; i < findings->count; i++) {
		const struct cpc_finding *finding = &findings->items[i];

		if (finding->code == CPC_FINDING_ABOVE && finding->weight == CPC_REFUSAL)
			cpc_text_wrapf(text, 0, "Give it %" PRIu64 " %s at most.", finding->b,
				       cpc_scalars[finding->scalar].meaning);
	}
}

/** The features in the way that the mode does not hide. */
static void put_kept(struct cpc_text *text, const struct cpc_move *move)
{
	const struct cpc_findings *findings = &move->direction->findings;
	struct cpc_findings kept = { 0 };
	struct cpc_finding items[CPC_LIST_MAX];

	kept.items = items;
	for (size_t i = 0; i < findings->count && kept.count < CPC_LIST_MAX; i++) {
		const struct cpc_finding *finding = &findings->items[i];

		if (finding->about == CPC_ABOUT_BIT && finding->weight == CPC_REFUSAL &&
		    cpc_policy_keeps(move->policy, move->direction->from->vendor, finding->feature))
			items[kept.count++] = *finding;
	}
	if (!kept.count)
		return;
	cpc_text_wrap(text, 0, "It does not hide");
	cpc_put_names(text, 0, &kept, ".");
}

/** What the mode shows may be less sure than what is compared. */
static void put_mode_sureness(struct cpc_text *text, const struct cpc_policy *policy)
{
	if (policy->mode == CPC_MODE_KEEP && cpc_policy_mode_sure(policy) >= CPC_SURE_INFERRED)
		cpc_text_wrap(text, 0, "What the mode shows is inferred; no document lists it.");
}

static void put_mode(struct cpc_text *text, const struct cpc_move *move)
{
	const struct cpc_direction *direction = move->direction;

	if (direction->mode_works && direction->loses.count) {
		cpc_text_wrapf(text, 0, "With %s it moves; the guest then runs without", move->policy->mode_name);
		cpc_put_names(text, 0, &direction->loses, ".");
	} else if (direction->mode_works) {
		cpc_text_wrapf(text, 0, "With %s it moves, and the guest loses no feature.", move->policy->mode_name);
	} else {
		cpc_text_wrapf(text, 0, "With %s it would not move either.", move->policy->mode_name);
		put_kept(text, move);
	}
	put_mode_sureness(text, move->policy);
	if (direction->mode_works)
		put_limits(text, direction);
	cpc_text_newline(text);
}

static void put_requirement_remedy(struct cpc_text *text, const struct cpc_move *move,
				   const struct cpc_finding *finding)
{
	const char *name = cpc_requirement_name(finding->requirement, move->to->signature.vendor);

	switch (move->to->requirements[finding->requirement].status) {
	case CPC_DISABLED_BY_FIRMWARE:
		cpc_text_wrapf(text, 0, "Turn %s on in the firmware settings of %s.", name, move->destination);
		break;
	case CPC_HIDDEN_BY_HYPERVISOR:
		cpc_text_wrapf(text, 0,
			       "%s is a guest itself: its hypervisor has to pass %s on to it (nested virtualization).",
			       cpc_begin_with(move->destination), name);
		break;
	default:
		cpc_text_wrapf(text, 0, "The processor of %s has no %s: it cannot run such VMs at all.",
			       move->destination, name);
		break;
	}
	cpc_text_newline(text);
}

static void put_host_remedies(struct cpc_text *text, const struct cpc_move *move)
{
	const struct cpc_findings *findings = &move->direction->findings;

	for (size_t i = 0; i < findings->count; i++) {
		if (findings->items[i].code == CPC_FINDING_CANNOT_HOST && findings->items[i].weight == CPC_REFUSAL)
			put_requirement_remedy(text, move, &findings->items[i]);
	}
}

static void put_refusal(struct cpc_text *text, const struct cpc_move *move)
{
	const struct cpc_direction *direction = move->direction;

	put_host_remedies(text, move);
	if (finds(direction, CPC_FINDING_VENDOR)) {
		put_line(text, "It can be moved only while it is shut down.");
		return;
	}
	if (direction->mode_asked)
		put_mode(text, move);
	if (direction->only_mitigations)
		put_line(text,
			 "Only mitigations are in the way: bring both hosts to the same microcode, firmware and kernel "
			 "settings, and it moves as it is.");
	/* A host without VT-x or AMD-V is not helped by a mode, nor is one whose mode does not work. */
	if (finds(direction, CPC_FINDING_CANNOT_HOST) || (direction->mode_asked && !direction->mode_works))
		return;
	cpc_text_wrapf(text, 0, "%s, %s.", direction->only_mitigations ? "Otherwise" : "To move it",
		       move->policy->remedy);
	cpc_text_newline(text);
}

static void put_gains(struct cpc_text *text, const struct cpc_move *move)
{
	const struct cpc_direction *direction = move->direction;

	if (!direction->gains.count)
		return;
	cpc_text_wrapf(text, 0, "After its next power cycle on %s the VM gains", move->destination);
	cpc_put_names(text, 0, &direction->gains, "");
	cpc_text_wrap(text, 0, direction->can_return ? "and can still come back." : "and can then not come back.");
	cpc_text_newline(text);
}

/** What one side did not tell: CPUID leaves, which a dump can lack, or MSRs, which need a driver and root. */
struct gap {
	bool leaves;
	bool msrs;
};

static void widen(struct gap *gap, const struct cpc_finding *finding)
{
	const bool msr = finding->about == CPC_ABOUT_WORD && finding->word < CPC_WORD_COUNT &&
			 cpc_registers[finding->word].place >= CPC_PLACE_MSR_LO;

	gap->msrs = gap->msrs || msr;
	gap->leaves = gap->leaves || !msr;
}

static void put_how_to_read(struct cpc_text *text, const char *name, const struct gap *gap,
			    const struct cpc_report *report)
{
	const bool live = report->capture->origin == CPC_ORIGIN_LIVE;

	if (!gap->leaves && !gap->msrs)
		return;
	if (gap->msrs && live)
		cpc_text_wrapf(text, 0, "To find out, run `modprobe msr` as root on %s, then compare again as root.",
			       name);
	else if (gap->msrs)
		cpc_text_wrapf(text, 0,
			       "To find out, run `modprobe msr` and `cpucompat probe --format json` as root on %s and "
			       "compare what it prints.",
			       name);
	else
		cpc_text_wrapf(
			text, 0,
			"%s was not read whole: to find out, run `cpucompat probe --format json` there and compare "
			"what it prints.",
			name);
	cpc_text_newline(text);
}

static void put_unread(struct cpc_text *text, const struct cpc_move *move)
{
	const struct cpc_findings *findings = &move->direction->findings;
	struct gap from = { .leaves = false };
	struct gap to = { .leaves = false };

	for (size_t i = 0; i < findings->count; i++) {
		if (findings->items[i].code != CPC_FINDING_UNREAD)
			continue;
		if (findings->items[i].a_unknown)
			widen(&from, &findings->items[i]);
		if (findings->items[i].b_unknown)
			widen(&to, &findings->items[i]);
	}
	put_how_to_read(text, move->source, &from, move->from);
	put_how_to_read(text, move->destination, &to, move->to);
}

void cpc_put_remedies(struct cpc_text *text, const struct cpc_move *move)
{
	switch (move->direction->verdict) {
	case CPC_COMPATIBILITY_MODE:
	case CPC_IMPOSSIBLE:
		put_refusal(text, move);
		break;
	case CPC_VERDICT_UNKNOWN:
		put_unread(text, move);
		break;
	default:
		put_gains(text, move);
		break;
	}
}
