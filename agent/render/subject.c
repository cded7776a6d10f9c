/* SPDX-License-Identifier: MIT */
/* What a finding is about, and walks over the bits of a report. */
#include <stdio.h>
#include <string.h>

#include "describe.h"

/* SDM vol. 1, 13.1 (XSAVE-supported features); APM vol. 2, 11.5 for LWP. */
static const char *const component_names[] = {
	[0] = "x87 state",
	[1] = "SSE state",
	[2] = "AVX state",
	[3] = "MPX bound registers",
	[4] = "MPX configuration",
	[5] = "AVX-512 mask registers",
	[6] = "AVX-512 upper halves of zmm0-15",
	[7] = "AVX-512 zmm16-31",
	[8] = "processor trace",
	[9] = "protection keys (PKRU)",
	[10] = "PASID",
	[11] = "CET user state",
	[12] = "CET supervisor state",
	[13] = "hardware duty cycling",
	[14] = "user interrupts",
	[15] = "last branch records",
	[16] = "HWP",
	[17] = "AMX tile configuration",
	[18] = "AMX tile data",
	[19] = "APX registers",
	[62] = "lightweight profiling",
};

static const char *component_name(unsigned int index)
{
	const char *name = index < sizeof(component_names) / sizeof(*component_names) ? component_names[index] : NULL;

	return name ? name : "";
}

void cpc_word_where(unsigned int word, char ret_where[static CPC_WHERE_SIZE])
{
	cpc_word_bit_where(word, 0, ret_where);
	ret_where[strcspn(ret_where, "[")] = '\0';
}

static void bit_subject(const struct cpc_finding *finding, struct cpc_subject *subject)
{
	cpc_word_bit_where(finding->word, finding->bit, subject->where);
	subject->meaning = finding->feature ? finding->feature->meaning : "no name is known for this bit";
	if (finding->feature)
		snprintf(subject->name, sizeof(subject->name), "%s", finding->feature->name);
	else
		memcpy(subject->name, subject->where, sizeof(subject->name));
}

static void scalar_subject(const struct cpc_finding *finding, struct cpc_subject *subject)
{
	snprintf(subject->name, sizeof(subject->name), "%s", cpc_scalars[finding->scalar].name);
	cpc_scalar_where(finding->scalar, subject->where);
	subject->meaning = cpc_scalars[finding->scalar].meaning;
}

struct cpc_subject cpc_subject_of(const struct cpc_finding *finding, const char *vendor)
{
	struct cpc_subject subject = { .meaning = "" };

	switch (finding->about) {
	case CPC_ABOUT_BIT:
		bit_subject(finding, &subject);
		break;
	case CPC_ABOUT_WORD:
		cpc_word_where(finding->word, subject.where);
		memcpy(subject.name, subject.where, sizeof(subject.name));
		if (finding->word == CPC_M10A_LO || finding->word == CPC_M10A_HI)
			subject.meaning = "IA32_ARCH_CAPABILITIES: attacks that the processor withstands";
		break;
	case CPC_ABOUT_SCALAR:
		scalar_subject(finding, &subject);
		break;
	case CPC_ABOUT_COMPONENT:
		snprintf(subject.name, sizeof(subject.name), "xsave component %u", finding->component);
		snprintf(subject.where, sizeof(subject.where), "d.%x", finding->component);
		subject.meaning = component_name(finding->component);
		break;
	case CPC_ABOUT_REQUIREMENT:
		snprintf(subject.name, sizeof(subject.name), "%s", cpc_requirement_key(finding->requirement));
		subject.meaning = cpc_requirement_name(finding->requirement, vendor);
		break;
	case CPC_ABOUT_VENDOR:
		snprintf(subject.name, sizeof(subject.name), "vendor");
		snprintf(subject.where, sizeof(subject.where), "0.0");
		break;
	case CPC_ABOUT_FOREIGN:
		snprintf(subject.name, sizeof(subject.name), "newer scalars");
		break;
	}
	return subject;
}

enum cpc_view cpc_view_of(const struct cpc_report *report, const struct cpc_fingerprint *fingerprint)
{
	return fingerprint == cpc_report_view(report, CPC_VIEW_KVM) ? CPC_VIEW_KVM : CPC_VIEW_CPUID;
}

/** A compared bit is the fingerprint's, which folds all kinds; others come from the first kind, or from KVM. */
static bool is_set(const struct cpc_report *report, enum cpc_view view, const uint32_t *compared,
		   const struct cpc_feature *feature)
{
	if (feature->reg < CPC_WORD_COUNT && (compared[feature->reg] >> feature->bit & 1U))
		return cpc_fingerprint_bit(cpc_report_view(report, view), feature->reg, feature->bit) == CPC_SET;
	return cpc_report_bit(report, view, feature->reg, feature->bit) == CPC_SET;
}

/** A fingerprint keeps compared bits alone, so those that no row names need no mask. */
static void each_unnamed(const struct cpc_fingerprint *fingerprint, unsigned int word,
			 void (*visit)(void *context, const struct cpc_set_bit *bit), void *context)
{
	struct cpc_set_bit set = { 0 };

	for (unsigned int bit = 0; bit < 32; bit++) {
		if (cpc_fingerprint_bit(fingerprint, word, bit) != CPC_SET)
			continue;
		if (word < CPC_WORD_COUNT && cpc_feature_at(word, bit))
			continue;
		cpc_word_bit_where(word, bit, set.name);
		visit(context, &set);
	}
}

void cpc_each_set_bit(const struct cpc_report *report, enum cpc_view view,
		      void (*visit)(void *context, const struct cpc_set_bit *bit), void *context)
{
	const struct cpc_fingerprint *fingerprint = cpc_report_view(report, view);
	uint32_t compared[CPC_WORD_COUNT];
	struct cpc_set_bit set;

	if (!fingerprint)
		return;
	cpc_canonical_masks(compared);
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++) {
		set.feature = &cpc_features[i];
		if (set.feature->rule == CPC_RULE_NOISE || !is_set(report, view, compared, set.feature))
			continue;
		/* No name of the table comes near the room (tables.c), and printf() is slow at copying. */
		memccpy(set.name, set.feature->name, '\0', sizeof(set.name));
		visit(context, &set);
	}
	for (unsigned int word = 0; word < CPC_WORDS_MAX; word++) {
		if (fingerprint->words[word])
			each_unnamed(fingerprint, word, visit, context);
	}
}

void cpc_each_unread(const struct cpc_report *report, enum cpc_view view,
		     void (*visit)(void *context, const char *where), void *context)
{
	const struct cpc_fingerprint *fingerprint = cpc_report_view(report, view);
	char last[CPC_WHERE_SIZE] = "";
	char where[CPC_WHERE_SIZE];

	for (unsigned int word = 0; fingerprint && word < CPC_WORDS_MAX; word++) {
		if (!cpc_word_unread(fingerprint, word))
			continue;
		cpc_word_where(word, where);
		/* The two halves of an MSR are neighbours, and are read at once. */
		if (strcmp(where, last))
			visit(context, where);
		memcpy(last, where, sizeof(last));
	}
	for (unsigned int id = 0; fingerprint && id < CPC_SCALAR_COUNT; id++) {
		bool layout = cpc_scalars[id].rule == CPC_SCALAR_LAYOUT;

		if (!cpc_scalar_in_text(id))
			continue;
		if (layout ? fingerprint->layout_unknown : fingerprint->scalars[id].unknown) {
			cpc_scalar_where(id, where);
			visit(context, where);
		}
	}
}

const char *cpc_subject_line(const struct cpc_subject *subject, char ret_line[static CPC_SUBJECT_SIZE])
{
	if (strcmp(subject->name, subject->where) != 0)
		snprintf(ret_line, CPC_SUBJECT_SIZE, "%s (%s)", subject->name, subject->where);
	else
		snprintf(ret_line, CPC_SUBJECT_SIZE, "%s", subject->name);
	return ret_line;
}
