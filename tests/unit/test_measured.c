/* SPDX-License-Identifier: MIT */
/* Numbers that are no field of one register. */
#include "support.h"

static struct cpc_number number_of(const struct cpc_leaf *leaves, size_t count, const struct cpc_msr *msr,
				   enum cpc_scalar_id id)
{
	struct cpc_snapshot snapshot = raw_snapshot(leaves, count);
	struct cpc_capture capture = { 0 };
	struct cpc_report report;
	struct cpc_number number;

	if (msr)
		assert_int_equal(cpc_snapshot_add_msr(&snapshot, msr, NULL), CPC_OK);
	assert_int_equal(cpc_snapshot_seal(&snapshot, NULL), CPC_OK);
	assert_int_equal(cpc_capture_add(&capture, 0, &snapshot, NULL), CPC_OK);
	cpc_report_of(&capture, &report);
	number = cpc_report_scalar(&report, id);
	cpc_capture_free(&capture);
	return number;
}

/* 25 MHz times 168 / 2; without the crystal nobody knows; a hypervisor may tell in kHz. */
static void test_tsc(void **state)
{
	static const struct cpc_leaf told[] = { { 0, 0, { 0x15, INTEL } }, { 0x15, 0, { 2, 168, 25000000, 0 } } };
	static const struct cpc_leaf half[] = { { 0, 0, { 0x15, INTEL } }, { 0x15, 0, { 2, 168, 0, 0 } } };
	static const struct cpc_leaf guest[] = { { 0, 0, { 1, INTEL } },
						 { 1, 0, { 0, 0, 0x80000000, 0 } },
						 { 0x40000000, 0, { 0x40000010, 0, 0, 0 } },
						 { 0x40000010, 0, { 2594000, 1000000, 0, 0 } } };

	(void)state;
	assert_int_equal(number_of(told, COUNT(told), NULL, CPC_S_tsc_khz).value, 2100000);
	assert_true(number_of(half, COUNT(half), NULL, CPC_S_tsc_khz).unknown);
	assert_int_equal(number_of(guest, COUNT(guest), NULL, CPC_S_tsc_khz).value, 2594000);
}

static void test_msrs(void **state)
{
	static const struct cpc_leaf leaves[] = { { 0, 0, { 1, INTEL } }, { 1, 0, { 0, 0, 0, 0 } } };
	static const struct cpc_msr lbr = { 0x345, true, 0x33c5 };
	static const struct cpc_msr refused = { 0x345, false, 0 };
	static const struct cpc_msr scales = { 0x48b, true, UINT64_C(1) << 57 };
	static const struct cpc_msr does_not = { 0x48b, true, 0 };

	(void)state;
	assert_int_equal(number_of(leaves, COUNT(leaves), &lbr, CPC_S_lbr_format).value, 5);
	assert_true(number_of(leaves, COUNT(leaves), &refused, CPC_S_lbr_format).unknown);
	assert_true(number_of(leaves, COUNT(leaves), NULL, CPC_S_lbr_format).unknown);
	assert_int_equal(number_of(leaves, COUNT(leaves), &scales, CPC_S_tsc_scaling).value, 1);
	assert_false(number_of(leaves, COUNT(leaves), &does_not, CPC_S_tsc_scaling).unknown);
	assert_int_equal(number_of(leaves, COUNT(leaves), &does_not, CPC_S_tsc_scaling).value, 0);
	assert_true(number_of(leaves, COUNT(leaves), NULL, CPC_S_tsc_scaling).unknown);
}

/* SVM's own bit, and what KVM said, which counts before both. */
static void test_scaling(void **state)
{
	static const struct cpc_leaf svm[] = { { 0, 0, { 1, AMD } },
					       { 1, 0, { 0, 0, 0, 0 } },
					       { 0x80000000, 0, { 0x8000000a, 0, 0, 0 } },
					       { 0x8000000a, 0, { 1, 8, 0, 0x10 } } };
	struct cpc_capture capture = { .measured[CPC_S_tsc_scaling] = { .known = true, .value = 0 } };
	struct cpc_snapshot snapshot = sealed_snapshot(svm, COUNT(svm));
	struct cpc_report report;

	(void)state;
	assert_int_equal(number_of(svm, COUNT(svm), NULL, CPC_S_tsc_scaling).value, 1);
	assert_int_equal(cpc_capture_add(&capture, 0, &snapshot, NULL), CPC_OK);
	cpc_report_of(&capture, &report);
	assert_int_equal(cpc_report_scalar(&report, CPC_S_tsc_scaling).value, 0);
	assert_true(cpc_report_scalar(&report, CPC_S_kvm_xsave).unknown);
	cpc_capture_free(&capture);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_tsc), cmocka_unit_test(test_msrs),
					    cmocka_unit_test(test_scaling) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
