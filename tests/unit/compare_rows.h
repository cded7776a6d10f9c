/* SPDX-License-Identifier: MIT */
/*
 * Pairs of hand-made hosts under a policy, as rows of tables: both directions, with every
 * finding, loss and gain in its order. Findings are written as one line each: `!` refuses,
 * `~` warns, `.` is a note; then the code and what it is about.
 */
#ifndef CPC_TEST_COMPARE_ROWS_H
#define CPC_TEST_COMPARE_ROWS_H

#include "support.h"

#define TEXT_SIZE 2048

static inline void append_about(char *text, const struct cpc_finding *finding)
{
	char where[CPC_WHERE_SIZE] = "";
	const char *about = where;

	switch (finding->about) {
	case CPC_ABOUT_BIT:
		cpc_word_bit_where(finding->word, finding->bit, where);
		about = finding->feature ? finding->feature->name : where;
		break;
	case CPC_ABOUT_WORD:
		cpc_word_bit_where(finding->word, 0, where);
		*strchr(where, '[') = '\0';
		break;
	case CPC_ABOUT_SCALAR:
		about = cpc_scalars[finding->scalar].name;
		break;
	case CPC_ABOUT_COMPONENT:
		snprintf(where, sizeof(where), "%u", finding->component);
		break;
	case CPC_ABOUT_REQUIREMENT:
		about = cpc_requirement_key((enum cpc_requirement_id)finding->requirement);
		break;
	case CPC_ABOUT_VENDOR:
	case CPC_ABOUT_FOREIGN:
		break;
	}
	snprintf(text + strlen(text), TEXT_SIZE - strlen(text), "%s%s%s", *about ? ":" : "", about, "");
}

static inline void describe(const struct cpc_findings *findings, char text[static TEXT_SIZE])
{
	static const char weights[] = { [CPC_NOTE] = '.', [CPC_WARNING] = '~', [CPC_REFUSAL] = '!' };

	text[0] = '\0';
	for (size_t i = 0; i < findings->count; i++) {
		const struct cpc_finding *finding = &findings->items[i];

		snprintf(text + strlen(text), TEXT_SIZE - strlen(text), "%s%c%s", i ? " " : "",
			 weights[finding->weight], cpc_finding_code_name(finding->code));
		append_about(text, finding);
	}
}

/* Gains and losses: names only, as all of them have one code. */
static inline void describe_bits(const struct cpc_findings *findings, enum cpc_finding_code code,
				 char text[static TEXT_SIZE])
{
	text[0] = '\0';
	for (size_t i = 0; i < findings->count; i++) {
		char one[TEXT_SIZE] = "";

		assert_int_equal(findings->items[i].code, code);
		assert_int_equal(findings->items[i].weight, CPC_NOTE);
		append_about(one, &findings->items[i]);
		snprintf(text + strlen(text), TEXT_SIZE - strlen(text), "%s%s", i ? " " : "", one + 1);
	}
}

/* A host: a plain processor of its vendor, and what is special about it. */
struct host {
	const char *vendor; /* GenuineIntel where NULL */
	const char *features;
	const char *foreign;
	uint64_t pa;
	uint64_t clf;
	uint64_t amx_palettes;
	uint32_t avx_at;
	uint32_t pkru_at;
	bool unread_10a;
	bool layout_unknown;
	unsigned int unnamed; /* word * 32 + bit, 0: none */
	enum cpc_vantage vantage;
	enum cpc_requirement_status requirements[CPC_REQUIREMENT_COUNT];
};

static inline struct cpc_fingerprint fingerprint_of(const struct host *host)
{
	struct cpc_fingerprint fingerprint = plain_fingerprint(host->vendor ? host->vendor : "GenuineIntel");

	apply_features(&fingerprint, host->features ? host->features : "");
	if (host->foreign)
		strcpy(fingerprint.foreign, host->foreign);
	if (host->pa)
		fingerprint.scalars[CPC_S_pa].value = host->pa;
	if (host->clf)
		fingerprint.scalars[CPC_S_clf].value = host->clf;
	fingerprint.scalars[CPC_S_amxp].value = host->amx_palettes;
	if (host->avx_at)
		add_component(&fingerprint, 2, host->avx_at, 0x100);
	if (host->pkru_at)
		add_component(&fingerprint, 9, host->pkru_at, 8);
	if (host->layout_unknown) {
		fingerprint.layout_unknown = true;
		fingerprint.layout_count = 0;
	}
	if (host->unread_10a)
		set_unread_10a(&fingerprint);
	if (host->unnamed) {
		set_bit(&fingerprint, host->unnamed / 32, host->unnamed % 32, true);
		if (host->unnamed / 32 >= fingerprint.word_count)
			fingerprint.word_count = host->unnamed / 32 + 1;
	}
	return fingerprint;
}

static inline struct cpc_side host_side(const struct host *host, const struct cpc_fingerprint *fingerprint)
{
	struct cpc_side side = { .fingerprint = fingerprint, .vantage = host->vantage };

	memcpy(side.requirements, host->requirements, sizeof(side.requirements));
	return side;
}

struct expectation {
	enum cpc_verdict verdict;
	const char *findings; /* NULL: none */
	const char *loses;
	const char *gains;
	bool only_mitigations;
};

struct row {
	const char *what;
	const char *policy;
	struct host a;
	struct host b;
	struct expectation there;
	struct expectation back;
	enum cpc_relation relation;
};

static inline void expect_text(const char *what, const char *which, const char *expected, const char *text)
{
	if (strcmp(expected ? expected : "", text) != 0)
		fail_msg("%s, %s: \"%s\", not \"%s\"", what, which, text, expected ? expected : "");
}

static inline void expect_direction(const char *what, const struct cpc_direction *direction,
				    const struct expectation *expected, enum cpc_verdict other)
{
	char text[TEXT_SIZE];

	if (direction->verdict != expected->verdict)
		fail_msg("%s: %s, not %s", what, cpc_verdict_name(direction->verdict),
			 cpc_verdict_name(expected->verdict));
	describe(&direction->findings, text);
	expect_text(what, "findings", expected->findings, text);
	describe_bits(&direction->loses, CPC_FINDING_LOSS, text);
	expect_text(what, "loses", expected->loses, text);
	describe_bits(&direction->gains, CPC_FINDING_GAIN, text);
	expect_text(what, "gains", expected->gains, text);
	assert_int_equal(direction->only_mitigations, expected->only_mitigations);
	assert_int_equal(direction->mode_works, expected->verdict == CPC_COMPATIBILITY_MODE);
	assert_int_equal(direction->can_return, moves(other));
	for (size_t i = 1; i < direction->findings.count; i++)
		assert_true(direction->findings.items[i - 1].weight >= direction->findings.items[i].weight);
}

static inline enum cpc_verdict quick(const struct cpc_side *source, const struct cpc_side *destination,
				     const struct cpc_policy *policy)
{
	static struct cpc_lens lens;

	cpc_lens_of(policy, source->fingerprint->vendor, source->vantage == CPC_GUEST, &lens);
	return cpc_verdict_of(source, destination, &lens);
}

static inline void expect_row(const struct row *row)
{
	const struct cpc_fingerprint a = fingerprint_of(&row->a);
	const struct cpc_fingerprint b = fingerprint_of(&row->b);
	const struct cpc_side sides[] = { host_side(&row->a, &a), host_side(&row->b, &b) };
	const struct cpc_policy *policy = cpc_policy_named(row->policy);
	struct cpc_comparison comparison;

	assert_non_null(policy);
	assert_int_equal(cpc_compare(&sides[0], &sides[1], policy, &comparison, NULL), CPC_OK);
	assert_ptr_equal(comparison.policy, policy);
	expect_direction(row->what, &comparison.a_to_b, &row->there, row->back.verdict);
	expect_direction(row->what, &comparison.b_to_a, &row->back, row->there.verdict);
	if (comparison.relation != row->relation)
		fail_msg("%s: %s", row->what, cpc_relation_name(comparison.relation));
	assert_int_equal(quick(&sides[0], &sides[1], policy), row->there.verdict);
	assert_int_equal(quick(&sides[1], &sides[0], policy), row->back.verdict);
	cpc_comparison_free(&comparison);
}

static inline void expect_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++)
		expect_row(&rows[i]);
}

#endif
