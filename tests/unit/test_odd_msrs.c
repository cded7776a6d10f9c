/* SPDX-License-Identifier: MIT */
/* MSRs beside the fingerprint: CPUs that differ in them are of one kind, and what they say is kept. */
#include "support.h"

static const struct cpc_leaf leaf_0 = { 0, 0, { 0, INTEL } };

static void add(struct cpc_capture *capture, unsigned int cpu, const struct cpc_msr *msrs, size_t count)
{
	struct cpc_snapshot snapshot = raw_snapshot(&leaf_0, 1);

	for (size_t i = 0; i < count; i++)
		assert_int_equal(cpc_snapshot_add_msr(&snapshot, &msrs[i], NULL), CPC_OK);
	assert_int_equal(cpc_snapshot_seal(&snapshot, NULL), CPC_OK);
	assert_int_equal(cpc_capture_add(capture, cpu, &snapshot, NULL), CPC_OK);
}

static void expect(const struct cpc_capture *capture, unsigned int cpu, uint32_t address, bool readable, uint64_t value)
{
	const struct cpc_msr *msr = cpc_capture_msr(capture, cpu, address);

	assert_non_null(msr);
	assert_int_equal(msr->readable, readable);
	assert_int_equal(msr->value, value);
}

static void test_one_kind(void **state)
{
	static const struct cpc_msr on[] = { { 0x3a, true, 5 }, { 0x482, true, 7 } };
	static const struct cpc_msr off[] = { { 0x3a, true, 1 }, { 0x482, true, 7 } };
	static const struct cpc_msr refused[] = { { 0x3a, false, 0 }, { 0x482, true, 8 } };
	struct cpc_capture capture = { 0 };
	struct cpc_capture copy;
	char list[CPC_CPU_LIST_SIZE];

	(void)state;
	for (unsigned int cpu = 0; cpu < 100; cpu++)
		add(&capture, cpu, cpu == 99 ? refused : cpu % 10 == 3 ? off : on, 2);
	assert_int_equal(capture.kind_count, 1);
	assert_int_equal(cpc_cpu_set_count(&capture.kinds[0].cpus), 100);
	assert_int_equal(capture.odd_msr_count, 3);
	cpc_cpu_set_print(&capture.odd_msrs[0].cpus, list);
	assert_string_equal(list, "3,13,23,33,43,53,63,73,83,93");
	expect(&capture, 0, 0x3a, true, 5);
	expect(&capture, 93, 0x3a, true, 1);
	expect(&capture, 93, 0x482, true, 7);
	expect(&capture, 99, 0x3a, false, 0);
	expect(&capture, 99, 0x482, true, 8);
	assert_null(cpc_capture_msr(&capture, 100, 0x3a));
	assert_null(cpc_capture_msr(&capture, CPC_CPUS_MAX, 0x3a));
	assert_null(cpc_capture_msr(&capture, 0, 0x48b));

	/* A copy is a copy. */
	assert_int_equal(cpc_capture_copy(&capture, &copy, NULL), CPC_OK);
	cpc_capture_free(&capture);
	assert_null(capture.odd_msrs);
	expect(&copy, 93, 0x3a, true, 1);
	cpc_capture_free(&copy);
}

/* What the first CPU was not asked, another one's answer stands for; what is in no row of msrs.def is nobody's
 * business. */
static void test_adoption(void **state)
{
	static const struct cpc_msr other[] = { { 0x3a, true, 5 }, { 0x10, true, 1 } };
	static const struct cpc_msr later[] = { { 0x3a, true, 1 }, { 0x10, true, 2 } };
	struct cpc_capture capture = { 0 };

	(void)state;
	add(&capture, 0, NULL, 0);
	add(&capture, 1, other, 2);
	add(&capture, 2, later, 2);
	add(&capture, 3, NULL, 0);
	assert_int_equal(capture.kind_count, 1);
	expect(&capture, 0, 0x3a, true, 5);
	expect(&capture, 2, 0x3a, true, 1);
	assert_null(cpc_capture_msr(&capture, 1, 0x10));
	assert_int_equal(capture.odd_msr_count, 1);
	cpc_capture_free(&capture);
}

/* MSR 0x10a is part of the fingerprint, and splits kinds. */
static void test_fingerprint_msr(void **state)
{
	static const struct cpc_msr one[] = { { 0x10a, true, 1 } };
	static const struct cpc_msr two[] = { { 0x10a, true, 2 } };
	struct cpc_capture capture = { 0 };

	(void)state;
	add(&capture, 0, one, 1);
	add(&capture, 1, two, 1);
	assert_int_equal(capture.kind_count, 2);
	assert_int_equal(capture.odd_msr_count, 0);
	expect(&capture, 1, 0x10a, true, 2);
	cpc_capture_free(&capture);
}

static void test_bounds(void **state)
{
	const struct cpc_msr first = { 0x3a, true, UINT64_MAX };
	struct cpc_capture capture = { 0 };
	struct cpc_error error = { 0 };

	(void)state;
	add(&capture, 0, &first, 1);
	for (uint64_t i = 0; i < CPC_ODD_MSRS_MAX; i++) {
		const struct cpc_msr msr = { 0x3a, true, i };

		add(&capture, (unsigned int)i + 1, &msr, 1);
	}
	assert_int_equal(capture.odd_msr_count, CPC_ODD_MSRS_MAX);
	/* One more value is refused, one more CPU is not. */
	assert_int_equal(cpc_capture_add_odd_msr(&capture, 0, &(struct cpc_msr){ 0x3a, true, 77 }, &error),
			 CPC_BAD_DATA);
	assert_non_null(strstr(error.what, "more than 64 different values"));
	assert_int_equal(cpc_capture_add_odd_msr(&capture, 900, &(struct cpc_msr){ 0x3a, true, 7 }, NULL), CPC_OK);
	assert_int_equal(capture.odd_msr_count, CPC_ODD_MSRS_MAX);
	assert_int_equal(cpc_capture_add_odd_msr(&capture, CPC_CPUS_MAX, &(struct cpc_msr){ 0x3a, true, 7 }, &error),
			 CPC_BAD_DATA);
	assert_non_null(strstr(error.what, "CPU 8192"));
	cpc_capture_free(&capture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_kind),
		cmocka_unit_test(test_adoption),
		cmocka_unit_test(test_fingerprint_msr),
		cmocka_unit_test(test_bounds),
	};

	return cmocka_run_group_tests_name("odd_msrs", tests, NULL, NULL);
}
