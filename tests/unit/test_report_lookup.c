/* SPDX-License-Identifier: MIT */
/* Bits and numbers of a report: of its first kind, or as far as a fingerprint alone tells. */
#include "support.h"

static struct cpc_capture captured(void)
{
	static const struct cpc_leaf leaves[] = {
		{ 0, 0, { 0x16, INTEL } },
		{ 1, 0, { 0x606a6, 0x00100800, 0x1201, 1 << 6 } },
		{ 7, 0, { 0, 0, 0, 0 } },
		{ 0x16, 0, { 2600, 0, 0, 0 } },
		{ 0x80000000, 0, { 0x80000008, 0, 0, 0 } },
		{ 0x80000001, 0, { 0, 0, 0, 1 << 29 | 1 << 20 } },
		{ 0x80000008, 0, { 0x302e, 0, 0, 0 } },
	};
	struct cpc_snapshot snapshot = sealed_snapshot(leaves, COUNT(leaves));
	struct cpc_capture capture = { .origin = CPC_ORIGIN_LIVE };

	assert_int_equal(cpc_capture_add(&capture, 0, &snapshot, NULL), CPC_OK);
	return capture;
}

static void test_of_a_kind(void **state)
{
	struct cpc_capture capture = captured();
	struct cpc_report report;

	(void)state;
	cpc_report_of(&capture, &report);
	assert_int_equal(cpc_report_bit(&report, CPC_VIEW_CPUID, CPC_L1_ECX, 0), CPC_SET);
	assert_int_equal(cpc_report_bit(&report, CPC_VIEW_CPUID, CPC_L80000001_EDX, 29), CPC_SET);
	assert_int_equal(cpc_report_bit(&report, CPC_VIEW_CPUID, CPC_L8000000A_EDX, 0),
			 CPC_CLEAR); /* above the maximum: absent */
	assert_int_equal(cpc_report_bit(&report, CPC_VIEW_CPUID, CPC_M10A_LO, 0), CPC_CLEAR);
	assert_int_equal(cpc_report_scalar(&report, CPC_S_pa).value, 46);
	assert_int_equal(cpc_report_scalar(&report, CPC_S_base_mhz).value, 2600);
	assert_int_equal(cpc_report_scalar(&report, CPC_S_mbl).value, 0x16);
	assert_int_equal(cpc_report_scalar(&report, CPC_S_asids).value, 0);
	assert_false(cpc_report_scalar(&report, CPC_S_asids).unknown);
	cpc_capture_free(&capture);
}

/* A leaf that should be there and is not says nothing: neither set nor clear, no number. */
static void test_of_a_gap(void **state)
{
	static const struct cpc_leaf leaves[] = { { 0, 0, { 0x16, INTEL } },
						  { 1, 0, { 0x606a6, 0x800, 0x20, 0 } },
						  { 0x80000000, 0, { 0x80000008, 0, 0, 0 } } };
	struct cpc_snapshot snapshot = sealed_snapshot(leaves, COUNT(leaves));
	struct cpc_capture capture = { .origin = CPC_ORIGIN_DUMP };
	struct cpc_report report;

	(void)state;
	assert_int_equal(cpc_capture_add(&capture, 0, &snapshot, NULL), CPC_OK);
	cpc_report_of(&capture, &report);
	assert_int_equal(cpc_report_bit(&report, CPC_VIEW_CPUID, CPC_L1_ECX, 5), CPC_SET);
	assert_int_equal(cpc_report_bit(&report, CPC_VIEW_CPUID, CPC_L80000001_EDX, 20), CPC_UNKNOWN); /* nx */
	assert_int_equal(cpc_report_bit(&report, CPC_VIEW_CPUID, CPC_L8000000A_EDX, 0), CPC_CLEAR);
	assert_true(cpc_report_scalar(&report, CPC_S_base_mhz).unknown);
	assert_int_equal(report.requirements[CPC_EXECUTE_DISABLE].status, CPC_REQUIREMENT_UNKNOWN);
	cpc_capture_free(&capture);
}

/* What a fingerprint does not keep is unknown there, not clear. */
static void test_of_a_fingerprint(void **state)
{
	struct cpc_capture capture = captured();
	struct cpc_capture bare = { .origin = CPC_ORIGIN_FINGERPRINT };
	struct cpc_report report;

	(void)state;
	cpc_fingerprint_of(&capture.kinds[0].snapshot, &bare.fingerprint);
	cpc_report_of(&bare, &report);
	assert_int_equal(cpc_report_bit(&report, CPC_VIEW_CPUID, CPC_L1_ECX, 0), CPC_SET);
	assert_int_equal(cpc_report_bit(&report, CPC_VIEW_CPUID, CPC_L1_ECX, 5), CPC_UNKNOWN); /* vmx: the host's */
	assert_int_equal(cpc_report_bit(&report, CPC_VIEW_CPUID, CPC_L8000000A_EDX, 0),
			 CPC_UNKNOWN); /* only reported */
	assert_int_equal(cpc_report_scalar(&report, CPC_S_pa).value, 46);
	assert_true(cpc_report_scalar(&report, CPC_S_base_mhz).unknown);
	cpc_capture_free(&capture);
}

/* Bits of an MSR that are the host's own are in no fingerprint, and in the report where the MSR was read. */
static void test_of_an_msr(void **state)
{
	static const struct cpc_leaf leaves[] = { { 0, 0, { 7, INTEL } },
						  { 1, 0, { 0x50657, 0x800, 0, 0 } },
						  { 7, 0, { 0, 0, 0, 1 << 29 /* arch_capabilities */ } } };
	static const struct {
		struct cpc_msr msr;
		bool announced;
		enum cpc_tristate bit_3, bit_9;
	} rows[] = {
		{ { 0x10a, true, 0x8 }, true, CPC_SET, CPC_CLEAR },
		{ { 0x10a, true, 0x8 }, false, CPC_CLEAR, CPC_CLEAR },
		{ { 0x10a, false, 0 }, true, CPC_UNKNOWN, CPC_UNKNOWN },
		{ { 0x3a, true, 5 }, true, CPC_UNKNOWN, CPC_UNKNOWN },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cpc_snapshot snapshot =
			snapshot_with_msr(leaves, rows[i].announced ? COUNT(leaves) : COUNT(leaves) - 1, rows[i].msr);
		struct cpc_capture capture = { .origin = CPC_ORIGIN_DUMP };
		struct cpc_report report;

		if (!rows[i].announced)
			snapshot.leaves[0].regs[CPC_EAX] = 1;
		assert_int_equal(cpc_capture_add(&capture, 0, &snapshot, NULL), CPC_OK);
		cpc_report_of(&capture, &report);
		assert_int_equal(cpc_report_bit(&report, CPC_VIEW_CPUID, CPC_M10A_LO, 3), rows[i].bit_3);
		assert_int_equal(cpc_report_bit(&report, CPC_VIEW_CPUID, CPC_M10A_LO, 9), rows[i].bit_9);
		assert_int_equal(cpc_report_bit(&report, CPC_VIEW_CPUID, CPC_M10A_HI, 0),
				 rows[i].bit_9); /* pb_opt_ctrl */
		cpc_capture_free(&capture);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of_a_kind),
		cmocka_unit_test(test_of_a_gap),
		cmocka_unit_test(test_of_a_fingerprint),
		cmocka_unit_test(test_of_an_msr),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
