/* SPDX-License-Identifier: MIT */
/* Lists of findings. */
#include "support.h"

#include "../../agent/core/order.h"

/* A list grows past its first room and keeps what it held; a tally without a list takes a finding and does nothing. */
static void test_growth(void **state)
{
	struct cpc_findings findings = { 0 };
	struct cpc_tally keeping = { .findings = &findings };
	struct cpc_tally quiet = { 0 };

	(void)state;
	for (unsigned int i = 0; i < 100; i++) {
		const struct cpc_finding finding = { .code = CPC_FINDING_MISSING, .word = (uint16_t)i };

		cpc_tally_add(&keeping, &finding);
		cpc_tally_add(&quiet, &finding);
	}
	assert_int_equal(findings.count, 100);
	for (unsigned int i = 0; i < 100; i++)
		assert_int_equal(findings.items[i].word, i);
	assert_false(keeping.failed || quiet.failed);
	free(findings.items);
}

/* A finding for a bit: its row, both values, whether either was read, and whether it is about a mitigation. */
static void test_bits(void **state)
{
	struct cpc_fingerprint a = plain_fingerprint("GenuineIntel");
	struct cpc_fingerprint b = a;
	struct cpc_findings findings = { 0 };

	(void)state;
	apply_features(&a, "avx md_clear");
	b.unread[CPC_L1_ECX] = UINT32_C(1) << 28;
	assert_true(
		cpc_findings_add_bits(&findings, CPC_FINDING_MISSING, CPC_REFUSAL, CPC_L1_ECX, 0x90000000U, &a, &b));
	assert_true(
		cpc_findings_add_bits(&findings, CPC_FINDING_BAD_NEWS, CPC_WARNING, CPC_L7_0_EDX, 1U << 10, &a, &b));
	assert_true(cpc_findings_add_bits(&findings, CPC_FINDING_MISSING, CPC_REFUSAL, CPC_WORD_COUNT, 2, &a, &b));
	assert_int_equal(findings.count, 4);
	assert_ptr_equal(findings.items[0].feature, &cpc_features[CPC_F_avx]);
	assert_true(findings.items[0].a && findings.items[0].b_unknown && !findings.items[0].mitigation);
	assert_int_equal(findings.items[1].bit, 31);
	assert_ptr_equal(findings.items[2].feature, &cpc_features[CPC_F_md_clear]);
	assert_true(findings.items[2].mitigation);
	assert_null(findings.items[3].feature);
	free(findings.items);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_growth), cmocka_unit_test(test_bits) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
