/* SPDX-License-Identifier: MIT */
/* Lists of findings: they grow, and a tally that keeps none is left alone. */
#include "order.h"

#include <stdlib.h>

static bool append(struct cpc_findings *findings, const struct cpc_finding *finding)
{
	if (findings->count == findings->room) {
		size_t room = findings->room ? findings->room * 2 : 16;
		struct cpc_finding *items = realloc(findings->items, room * sizeof(*items));

		if (!items)
			return false;
		findings->items = items;
		findings->room = room;
	}
	findings->items[findings->count++] = *finding;
	return true;
}

void cpc_tally_add(struct cpc_tally *tally, const struct cpc_finding *finding)
{
	if (tally->findings && !append(tally->findings, finding))
		tally->failed = true;
}

struct cpc_finding cpc_bit_finding(enum cpc_finding_code code, enum cpc_weight weight, unsigned int word,
				   unsigned int bit, const struct cpc_fingerprint *a, const struct cpc_fingerprint *b)
{
	const enum cpc_tristate left = cpc_fingerprint_bit(a, word, bit);
	const enum cpc_tristate right = cpc_fingerprint_bit(b, word, bit);
	const bool ours = word < CPC_WORD_COUNT;
	struct cpc_finding finding = {
		.code = code,
		.weight = weight,
		.about = CPC_ABOUT_BIT,
		.word = (uint16_t)word,
		.bit = (uint8_t)bit,
		.feature = ours ? cpc_feature_at((enum cpc_register)word, bit) : NULL,
		.a = left == CPC_SET,
		.b = right == CPC_SET,
		.a_unknown = left == CPC_UNKNOWN,
		.b_unknown = right == CPC_UNKNOWN,
	};

	finding.mitigation = finding.feature ? finding.feature->group == CPC_GROUP_MITIGATION
					     : ours && cpc_registers[word].place >= CPC_PLACE_MSR_LO;
	return finding;
}

bool cpc_findings_add_bits(struct cpc_findings *findings, enum cpc_finding_code code, enum cpc_weight weight,
			   unsigned int word, uint32_t bits, const struct cpc_fingerprint *a,
			   const struct cpc_fingerprint *b)
{
	for (unsigned int bit = 0; bits; bit++, bits >>= 1) {
		if (!(bits & 1U))
			continue;
		const struct cpc_finding finding = cpc_bit_finding(code, weight, word, bit, a, b);
		if (!append(findings, &finding))
			return false;
	}
	return true;
}
