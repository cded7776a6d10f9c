/* SPDX-License-Identifier: MIT */
/* The buyer's question, over hand-made rows: how each move stands, and what decides. */
#include "support.h"

#include <cpucompat/candidate.h>

/* A row, and the host that it would be. */
struct sample {
	char text[CPC_FINGERPRINT_SIZE];
	struct cpc_catalogue_row row;
	struct cpc_capture capture;
	struct cpc_report report;
};

static void finish(struct sample *sample, const struct cpc_fingerprint *fingerprint)
{
	cpc_fingerprint_print(fingerprint, sample->text);
	sample->row = (struct cpc_catalogue_row){
		.name = "xeon-gold-1",
		.alias = "ice-lake-sp",
		.part = CPC_PART_SERVER,
		.virtualization = CPC_SET,
		.brand = "Intel(R) Xeon(R) Gold 1 CPU @ 2.00GHz",
		.fingerprint = sample->text,
		.source = "nowhere",
	};
	assert_int_equal(cpc_catalogue_capture(&sample->row, &sample->capture, NULL), CPC_OK);
	cpc_report_of(&sample->capture, &sample->report);
}

static void make(struct sample *sample, const char *features)
{
	struct cpc_fingerprint fingerprint = plain_fingerprint("GenuineIntel");

	*sample = (struct sample){ 0 };
	apply_features(&fingerprint, features);
	finish(sample, &fingerprint);
}

static struct cpc_candidate asked(const struct sample *row, const struct sample *accepts,
				  const struct sample *accepted_by, const char *policy)
{
	struct cpc_candidate candidate = cpc_candidate_of(&row->row);

	assert_int_equal(cpc_candidate_standing(&candidate), CPC_NOT_ASKED);
	assert_int_equal(cpc_candidate_ask(&candidate, accepts ? &accepts->report : NULL,
					   accepted_by ? &accepted_by->report : NULL, cpc_policy_named(policy), NULL),
			 CPC_OK);
	return candidate;
}

/* One answer, with what decides it: the code of every reason, or 0 for none. */
static void assert_answer(const struct cpc_answer *answer, enum cpc_standing standing, enum cpc_verdict verdict,
			  enum cpc_finding_code code)
{
	assert_int_equal(answer->standing, standing);
	assert_int_equal(answer->verdict, verdict);
	assert_int_equal(answer->reasons.count > 0, code != 0);
	for (size_t i = 0; i < answer->reasons.count; i++)
		assert_int_equal(answer->reasons.items[i].code, code);
}

static void assert_accepts(const struct sample *row, const struct sample *host, enum cpc_standing standing,
			   enum cpc_verdict verdict, enum cpc_finding_code code)
{
	struct cpc_candidate candidate = asked(row, host, NULL, "kvm");

	assert_answer(&candidate.accepts, standing, verdict, code);
	assert_int_equal(candidate.accepted_by.standing, CPC_NOT_ASKED);
	assert_int_equal(cpc_candidate_standing(&candidate), standing);
	cpc_candidate_free(&candidate);
	assert_int_equal(cpc_candidate_standing(&candidate), CPC_NOT_ASKED);
}

static void test_what_is_known(void **state)
{
	struct sample host;
	struct sample row;

	(void)state;
	make(&host, "avx2 spec_ctrl");
	make(&row, "avx2 spec_ctrl");
	assert_accepts(&row, &host, CPC_MOVES, CPC_SAME, 0);
	make(&row, "avx2 spec_ctrl sha_ni");
	assert_accepts(&row, &host, CPC_MOVES, CPC_MIGRATABLE, 0);
	make(&row, "spec_ctrl");
	assert_accepts(&row, &host, CPC_NEEDS_MODE, CPC_COMPATIBILITY_MODE, CPC_FINDING_MISSING);
	make(&row, "avx2");
	assert_accepts(&row, &host, CPC_NEEDS_PATCH, CPC_COMPATIBILITY_MODE, CPC_FINDING_MISSING);
	make(&row, "");
	assert_accepts(&row, &host, CPC_NEEDS_MODE, CPC_COMPATIBILITY_MODE, CPC_FINDING_MISSING);
}

static void test_no_choice(void **state)
{
	struct cpc_fingerprint amd = plain_fingerprint("AuthenticAMD");
	struct sample other = { 0 };
	struct sample host;
	struct sample row;

	(void)state;
	finish(&other, &amd);
	make(&host, "");
	assert_accepts(&other, &host, CPC_NEVER, CPC_IMPOSSIBLE, CPC_FINDING_VENDOR);
	make(&row, "avx2");
	row.row.virtualization = CPC_CLEAR;
	assert_accepts(&row, &host, CPC_NEVER, CPC_IMPOSSIBLE, CPC_FINDING_CANNOT_HOST);
	row.row.virtualization = CPC_UNKNOWN;
	assert_accepts(&row, &host, CPC_MOVES, CPC_MIGRATABLE, 0);
}

/* A value that was not read is told from one that stands in the way. */
static void test_what_is_unread(void **state)
{
	struct cpc_fingerprint unread = plain_fingerprint("GenuineIntel");
	struct sample immune;
	struct sample plain;
	struct sample row = { 0 };
	struct cpc_candidate candidate;

	(void)state;
	make(&immune, "avx2 arch_capabilities rdcl_no");
	make(&plain, "avx2");
	apply_features(&unread, "avx2 arch_capabilities");
	set_unread_10a(&unread);
	finish(&row, &unread);
	assert_accepts(&row, &immune, CPC_MAY_MOVE, CPC_VERDICT_UNKNOWN, CPC_FINDING_UNREAD);
	/* Whoever was promised nothing misses nothing. */
	assert_accepts(&row, &plain, CPC_MOVES, CPC_MIGRATABLE, 0);
	candidate = asked(&row, NULL, &plain, "kvm");
	assert_answer(&candidate.accepted_by, CPC_MAY_MOVE, CPC_VERDICT_UNKNOWN, CPC_FINDING_UNREAD);
	assert_true(candidate.accepted_by.reasons.items[0].a_unknown);
	assert_false(candidate.accepted_by.reasons.items[0].b_unknown);
	cpc_candidate_free(&candidate);

	/* Only a number that the policy refuses over is a gap; under x86-64-v1 none is looked at. */
	unread.scalars[CPC_S_clf].unknown = true;
	unread.scalars[CPC_S_pmu].unknown = true;
	apply_features(&unread, "-avx2");
	finish(&row, &unread);
	candidate = asked(&row, &plain, NULL, "kvm");
	assert_int_equal(candidate.accepts.standing, CPC_MAY_NEED_IT);
	assert_int_equal(candidate.accepts.verdict, CPC_VERDICT_UNKNOWN);
	assert_int_equal(candidate.accepts.reasons.count, 2);
	assert_int_equal(candidate.accepts.reasons.items[0].code, CPC_FINDING_MISSING);
	assert_int_equal(candidate.accepts.reasons.items[1].scalar, CPC_S_clf);
	cpc_candidate_free(&candidate);
	candidate = asked(&row, &plain, NULL, "x86-64-v1");
	assert_int_equal(candidate.accepts.standing, CPC_MOVES);
	cpc_candidate_free(&candidate);
}

/* Only mitigations in the way, and a gap that is none: equal microcode would not be enough to know. */
static void test_patch_and_gap(void **state)
{
	struct cpc_fingerprint unread = plain_fingerprint("GenuineIntel");
	struct sample host;
	struct sample row = { 0 };
	struct cpc_candidate candidate;

	(void)state;
	make(&host, "spec_ctrl");
	unread.scalars[CPC_S_clf].unknown = true;
	finish(&row, &unread);
	candidate = asked(&row, &host, NULL, "kvm");
	assert_int_equal(candidate.accepts.standing, CPC_MAY_NEED_IT);
	cpc_candidate_free(&candidate);
}

/* Asked both ways the worse counts, and either is told. */
static void test_both_ways(void **state)
{
	struct cpc_candidate candidate;
	struct sample less;
	struct sample more;

	(void)state;
	make(&less, "");
	make(&more, "avx2");
	candidate = asked(&more, &less, &less, "kvm");
	assert_answer(&candidate.accepts, CPC_MOVES, CPC_MIGRATABLE, 0);
	assert_answer(&candidate.accepted_by, CPC_NEEDS_MODE, CPC_COMPATIBILITY_MODE, CPC_FINDING_MISSING);
	assert_int_equal(cpc_candidate_standing(&candidate), CPC_NEEDS_MODE);
	cpc_candidate_free(&candidate);
	candidate = asked(&more, &less, &more, "kvm");
	assert_int_equal(cpc_candidate_standing(&candidate), CPC_MOVES);
	cpc_candidate_free(&candidate);
	cpc_candidate_free(NULL);
}

static void test_bad_row(void **state)
{
	struct cpc_candidate candidate;
	struct cpc_error error = { 0 };
	struct sample row;

	(void)state;
	make(&row, "");
	strcpy(row.text, "cpc1:nonsense");
	candidate = cpc_candidate_of(&row.row);
	assert_string_equal(candidate.microarchitecture, "unknown");
	assert_int_equal(cpc_candidate_ask(&candidate, &row.report, &row.report, cpc_policy_named("kvm"), &error),
			 CPC_BAD_DATA);
	assert_true(error.what[0]);
	assert_int_equal(cpc_candidate_standing(&candidate), CPC_NOT_ASKED);
}

static void test_words(void **state)
{
	static const char *const matching[] = {
		"", "xeon", "XEON", "gold-1", "lake-sp", "Ice Lake", "intel", "2.00GHz"
	};
	static const char *const others[] = { "amd", "xeon-gold-12", "platinum", "6.106", "xxeon" };
	struct cpc_candidate candidate;
	struct sample row;

	(void)state;
	make(&row, "");
	candidate = cpc_candidate_of(&row.row);
	for (size_t i = 0; i < COUNT(matching); i++)
		assert_true(cpc_candidate_matches(&candidate, matching[i]));
	for (size_t i = 0; i < COUNT(others); i++)
		assert_false(cpc_candidate_matches(&candidate, others[i]));
}

static void test_standing_names(void **state)
{
	(void)state;
	assert_string_equal(cpc_standing_name(CPC_NOT_ASKED), "");
	for (int i = CPC_MOVES; i < CPC_STANDING_COUNT; i++)
		assert_true(cpc_standing_name((enum cpc_standing)i)[0]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_what_is_known),  cmocka_unit_test(test_no_choice),
		cmocka_unit_test(test_what_is_unread), cmocka_unit_test(test_patch_and_gap),
		cmocka_unit_test(test_both_ways),      cmocka_unit_test(test_bad_row),
		cmocka_unit_test(test_words),	       cmocka_unit_test(test_standing_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
