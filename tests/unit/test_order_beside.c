/* SPDX-License-Identifier: MIT */
/* Numbers beside the text: they warn where both sides have them, and never decide. */
#include "support.h"

struct host {
	struct cpc_capture capture;
	struct cpc_report report;
};

static void make(struct host *host, enum cpc_scalar_id id, bool known, uint64_t value)
{
	*host = (struct host){ .capture = { .origin = CPC_ORIGIN_FINGERPRINT } };
	host->capture.fingerprint = plain_fingerprint("GenuineIntel");
	host->capture.measured[id] = (struct cpc_measurement){ .known = known, .value = value };
	cpc_report_of(&host->capture, &host->report);
}

static size_t warnings(const struct host *a, const struct host *b, const char *policy)
{
	const struct cpc_side sides[] = { cpc_side_of(&a->report), cpc_side_of(&b->report) };
	struct cpc_comparison comparison;
	size_t count = 0;

	assert_int_equal(cpc_compare(&sides[0], &sides[1], cpc_policy_named(policy), &comparison, NULL), CPC_OK);
	for (size_t i = 0; i < comparison.a_to_b.findings.count; i++)
		if (comparison.a_to_b.findings.items[i].about == CPC_ABOUT_SCALAR) {
			assert_int_equal(comparison.a_to_b.findings.items[i].weight, CPC_WARNING);
			count++;
		}
	assert_int_equal(comparison.a_to_b.verdict, CPC_SAME);
	cpc_comparison_free(&comparison);
	return count;
}

static void test_rules(void **state)
{
	static const struct {
		enum cpc_scalar_id id;
		uint64_t a, b;
		size_t expected;
	} rows[] = {
		{ CPC_S_tsc_khz, 2000000, 2000000, 0 },	 { CPC_S_tsc_khz, 2000000, 2000500, 0 },
		{ CPC_S_tsc_khz, 2000000, 2000501, 1 },	 { CPC_S_tsc_khz, 2600000, 2000000, 1 },
		{ CPC_S_mxcsr_mask, 0xffbf, 0xffff, 0 }, { CPC_S_mxcsr_mask, 0x2ffff, 0xffff, 1 },
		{ CPC_S_lbr_format, 5, 5, 0 },		 { CPC_S_lbr_format, 5, 6, 1 },
		{ CPC_S_lbr_format, 0, 6, 0 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct host a;
		struct host b;

		make(&a, rows[i].id, true, rows[i].a);
		make(&b, rows[i].id, true, rows[i].b);
		assert_int_equal(warnings(&a, &b, "kvm"), rows[i].expected);
		assert_int_equal(warnings(&a, &b, "x86-64-v1"), 0);
		make(&b, rows[i].id, false, rows[i].b);
		assert_int_equal(warnings(&a, &b, "kvm"), 0);
	}
}

/* A destination that scales takes any frequency; that the source scales is no help. */
static void test_scaling(void **state)
{
	struct host a;
	struct host b;

	(void)state;
	make(&a, CPC_S_tsc_khz, true, 2600000);
	make(&b, CPC_S_tsc_khz, true, 2000000);
	a.capture.measured[CPC_S_tsc_scaling] = (struct cpc_measurement){ .known = true, .value = 1 };
	assert_int_equal(warnings(&a, &b, "kvm"), 1);
	assert_int_equal(warnings(&b, &a, "kvm"), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rules), cmocka_unit_test(test_scaling) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
