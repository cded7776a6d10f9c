/* SPDX-License-Identifier: MIT */
/* Folding CPUs into kinds, and sets of CPUs as the kernel prints them. */
#include "support.h"

static struct cpc_cpu_set set_of(const char *list)
{
	struct cpc_cpu_set set = { 0 };
	const char *at = list;

	while (*at) {
		char *end;
		size_t first = strtoul(at, &end, 10);
		size_t last = *end == '-' ? strtoul(end + 1, &end, 10) : first;

		for (; first <= last; first++)
			set.bits[first / 64] |= UINT64_C(1) << (first % 64);
		at = *end == ',' ? end + 1 : end;
	}
	return set;
}

static void test_list_round_trip(void **state)
{
	static const struct {
		const char *list;
		size_t count;
	} rows[] = {
		{ "", 0 },
		{ "0", 1 },
		{ "0-1", 2 },
		{ "0,2", 2 },
		{ "0-63", 64 },
		{ "63-64", 2 },
		{ "0-63,128-191", 128 },
		{ "0-8191", CPC_CPUS_MAX },
		{ "8191", 1 },
		{ "1,3,5,7-9,8190-8191", 8 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct cpc_cpu_set set = set_of(rows[i].list);
		char list[CPC_CPU_LIST_SIZE];

		cpc_cpu_set_print(&set, list);
		assert_string_equal(list, rows[i].list);
		assert_int_equal(cpc_cpu_set_count(&set), rows[i].count);
	}
}

/* Odd CPUs up to a limit: as long as the list fits it is whole, then it ends in "...". */
static void test_long_lists_end_in_dots(void **state)
{
	struct cpc_cpu_set set = { 0 };
	char expected[1024] = "";

	(void)state;
	for (size_t cpu = 1; cpu < 400; cpu += 2) {
		char list[CPC_CPU_LIST_SIZE];

		set.bits[cpu / 64] |= UINT64_C(1) << (cpu % 64);
		snprintf(expected + strlen(expected), sizeof(expected) - strlen(expected), "%s%zu",
			 expected[0] ? "," : "", cpu);
		memset(list, '#', sizeof(list));
		cpc_cpu_set_print(&set, list);
		assert_non_null(memchr(list, '\0', sizeof(list)));
		if (strlen(expected) < sizeof(list)) {
			assert_string_equal(list, expected);
			continue;
		}
		assert_string_equal(list + strlen(list) - 4, ",...");
		assert_memory_equal(list, expected, strlen(list) - 3);
		assert_true(strlen(list) > sizeof(list) - 10);
	}
}

/* What CPU `apic` of a machine answers: its own ids and mirrors, and otherwise the same as its neighbours. */
static struct cpc_snapshot cpu_snapshot(uint32_t apic, uint32_t features)
{
	const struct cpc_leaf leaves[] = {
		{ 0, 0, { 0x1f, INTEL } },
		{ 1,
		  0,
		  { 0x606a6, apic << 24 | 0x100800 | (apic & 3) << 16, 0x7ffafbbf ^ (apic & 1) << 27,
		    0xbfebfbff ^ (apic & 1) << 9 ^ (apic & 1) << 28 } },
		{ 3, 0, { apic, apic, apic, apic } },
		{ 4, 0, { 0x121, 1, 2, 3 } },
		{ 6, 0, { 0x77, 2, 9, apic << 16 | 1 } },
		{ 7, 0, { 0, features, (apic & 1) << 4, 0 } },
		{ 0xb, 0, { 1, 2, 0x100, apic } },
		{ 0xb, 1, { 4, 8, 0x201, apic } },
		{ 0xd, 0, { 7, 576 + apic, 832, 0 } },
		{ 0xd, 1, { 15, 0x340 + apic, 0x100, 0 } },
		{ 0xd, 2, { 256, 576, 0, 0 } },
		{ 0x1f, 0, { 1, 2, 0x100, apic } },
		{ 0x80000000, 0, { 0x80000008, 0, 0, 0 } },
		{ 0x80000001, 0, { 0, 0, 0x121, 0x2c100800 } },
		{ 0x80000008, 0, { 0x302e, 0, 0, 0 } },
	};

	return sealed_snapshot(leaves, COUNT(leaves));
}

static void add_cpu(struct cpc_capture *capture, unsigned int cpu, struct cpc_snapshot snapshot)
{
	assert_int_equal(cpc_capture_add(capture, cpu, &snapshot, NULL), CPC_OK);
	assert_null(snapshot.leaves);
}

static void test_noise_does_not_split(void **state)
{
	struct cpc_capture capture = { 0 };
	char list[CPC_CPU_LIST_SIZE];

	(void)state;
	for (unsigned int cpu = 0; cpu < 8; cpu++)
		add_cpu(&capture, cpu, cpu_snapshot(cpu, 0x100));
	assert_int_equal(capture.kind_count, 1);
	cpc_cpu_set_print(&capture.kinds[0].cpus, list);
	assert_string_equal(list, "0-7");
	/* It is the first of them that stands for all. */
	assert_int_equal(cpc_snapshot_reg(&capture.kinds[0].snapshot, 0xb, 0, CPC_EDX), 0);
	cpc_capture_free(&capture);
}

static void test_a_real_difference_splits(void **state)
{
	struct cpc_capture capture = { 0 };
	char list[CPC_CPU_LIST_SIZE];

	(void)state;
	for (unsigned int cpu = 0; cpu < 6; cpu++)
		add_cpu(&capture, cpu, cpu_snapshot(cpu, cpu < 2 || cpu == 5 ? 0x100 : 0x140));
	assert_int_equal(capture.kind_count, 2);
	cpc_cpu_set_print(&capture.kinds[0].cpus, list);
	assert_string_equal(list, "0-1,5");
	cpc_cpu_set_print(&capture.kinds[1].cpus, list);
	assert_string_equal(list, "2-4");
	cpc_capture_free(&capture);
	cpc_capture_free(&capture);
	cpc_capture_free(NULL);
}

/* Every bit of every register splits exactly when noise.def does not say that it is noise. */
static void test_each_bit(void **state)
{
	static const struct {
		uint32_t leaf;
		uint32_t subleaf;
		uint32_t noise[CPC_REG_COUNT];
	} rows[] = {
		{ 1, 0, { 0, 0xffff0000, 0x08000000, 0x10000200 } },
		{ 3, 0, { UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX } },
		{ 4, 0, { 0, 0, 0, 0 } },
		{ 6, 0, { 0, 0, 0, 0xffff0000 } },
		{ 7, 0, { 0, 0, 0x10, 0 } },
		{ 0xb, 1, { UINT32_MAX, UINT32_MAX, UINT32_MAX, UINT32_MAX } },
		{ 0xd, 0, { 0, UINT32_MAX, 0, 0 } },
		{ 0xd, 1, { 0, UINT32_MAX, 0, 0 } },
		{ 0xd, 2, { 0, 0, 0, 0 } },
		{ 0x80000001, 0, { 0, 0, 0x8002, 0x200 } },
		{ 0x80000008, 0, { 0, 0, 0, 0 } },
	};
	struct cpc_snapshot original = cpu_snapshot(0, 0x100);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (unsigned int reg_bit = 0; reg_bit < 32 * CPC_REG_COUNT; reg_bit++) {
			struct cpc_snapshot changed = cpu_snapshot(0, 0x100);
			const uint32_t bit = UINT32_C(1) << reg_bit % 32;

			for (size_t leaf = 0; leaf < changed.leaf_count; leaf++)
				if (changed.leaves[leaf].leaf == rows[i].leaf &&
				    changed.leaves[leaf].subleaf == rows[i].subleaf)
					changed.leaves[leaf].regs[reg_bit / 32] ^= bit;
			if (cpc_snapshot_same_kind(&original, &changed) != !!(rows[i].noise[reg_bit / 32] & bit))
				fail_msg("%x.%x register %u bit %u", rows[i].leaf, rows[i].subleaf, reg_bit / 32,
					 reg_bit % 32);
			cpc_snapshot_free(&changed);
		}
	}
	cpc_snapshot_free(&original);
}

/* A subleaf of zeros, and a leaf above the maximum, are the same as none. */
static void test_empty_and_echoed_leaves(void **state)
{
	static const struct cpc_leaf with[] = {
		{ 0, 0, { 7, INTEL } },	  { 1, 0, { 1, 0, 2, 3 } }, { 7, 0, { 0, 5, 0, 0 } },
		{ 7, 1, { 0, 0, 0, 0 } }, { 9, 0, { 1, 2, 3, 4 } },
	};
	static const struct cpc_leaf more[] = {
		{ 0, 0, { 7, INTEL } }, { 1, 0, { 1, 0, 2, 3 } }, { 7, 0, { 0, 5, 0, 0 } }, { 7, 1, { 1, 0, 0, 0 } }
	};
	struct cpc_snapshot a = sealed_snapshot(with, COUNT(with));
	struct cpc_snapshot b = sealed_snapshot(with, 3);
	struct cpc_snapshot c = sealed_snapshot(more, COUNT(more));

	(void)state;
	assert_true(cpc_snapshot_same_kind(&a, &b));
	assert_true(cpc_snapshot_same_kind(&b, &a));
	assert_false(cpc_snapshot_same_kind(&b, &c));
	assert_false(cpc_snapshot_same_kind(&c, &b));
	cpc_snapshot_free(&a);
	cpc_snapshot_free(&b);
	cpc_snapshot_free(&c);
}

static void test_msrs_and_layout(void **state)
{
	static const struct cpc_leaf zero = { 0, 0, { 0, INTEL } };
	struct cpc_snapshot none = sealed_snapshot(&zero, 1);
	struct cpc_snapshot one = snapshot_with_msr(&zero, 1, (struct cpc_msr){ 0x10a, true, 1 });
	struct cpc_snapshot two = snapshot_with_msr(&zero, 1, (struct cpc_msr){ 0x10a, true, 2 });
	struct cpc_snapshot refused = snapshot_with_msr(&zero, 1, (struct cpc_msr){ 0x10a, false, 0 });
	struct cpc_snapshot counter = snapshot_with_msr(&zero, 1, (struct cpc_msr){ 0x10, true, 77 });

	(void)state;
	assert_true(cpc_snapshot_same_kind(&one, &one));
	assert_false(cpc_snapshot_same_kind(&one, &two));
	assert_false(cpc_snapshot_same_kind(&one, &refused));
	assert_true(cpc_snapshot_same_kind(&one, &none)); /* dumps often hold the MSRs of one CPU only */
	assert_true(cpc_snapshot_same_kind(&none, &counter));
	none.layout_unknown = true;
	assert_false(cpc_snapshot_same_kind(&none, &counter));
	cpc_snapshot_free(&none);
	cpc_snapshot_free(&one);
	cpc_snapshot_free(&two);
	cpc_snapshot_free(&refused);
	cpc_snapshot_free(&counter);
}

static void expect_refused(struct cpc_capture *capture, unsigned int cpu, struct cpc_snapshot snapshot)
{
	const size_t kinds = capture->kind_count;

	assert_int_equal(cpc_capture_add(capture, cpu, &snapshot, NULL), CPC_BAD_DATA);
	assert_null(snapshot.leaves);
	assert_int_equal(capture->kind_count, kinds);
}

/* What was read on another CPU of the kind is not lost with that CPU's snapshot. */
static void test_msr_of_another_cpu(void **state)
{
	static const struct cpc_leaf leaves[] = { { 0, 0, { 1, INTEL } } };
	const struct cpc_msr msr = { .address = 0x10a, .readable = true, .value = 0x2b };
	struct cpc_snapshot first = sealed_snapshot(leaves, COUNT(leaves));
	struct cpc_snapshot second = sealed_snapshot(leaves, COUNT(leaves));
	struct cpc_capture capture = { 0 };

	(void)state;
	assert_int_equal(cpc_snapshot_add_msr(&second, &msr, NULL), CPC_OK);
	assert_int_equal(cpc_snapshot_seal(&second, NULL), CPC_OK);
	assert_int_equal(cpc_capture_add(&capture, 0, &first, NULL), CPC_OK);
	assert_int_equal(cpc_capture_add(&capture, 1, &second, NULL), CPC_OK);
	assert_int_equal(capture.kind_count, 1);
	assert_int_equal(cpc_snapshot_msr(&capture.kinds[0].snapshot, 0x10a)->value, 0x2b);
	cpc_capture_free(&capture);
}

static void test_refusals(void **state)
{
	struct cpc_capture capture = { 0 };

	(void)state;
	add_cpu(&capture, 3, cpu_snapshot(3, 0x100));
	expect_refused(&capture, 3, cpu_snapshot(3, 0x100));
	expect_refused(&capture, 3, cpu_snapshot(3, 0x200));
	expect_refused(&capture, CPC_CPUS_MAX, cpu_snapshot(0, 0x100));
	expect_refused(&capture, UINT32_MAX, cpu_snapshot(0, 0x100));
	add_cpu(&capture, CPC_CPUS_MAX - 1, cpu_snapshot(0, 0x100));
	for (uint32_t kind = 1; kind < CPC_KINDS_MAX; kind++)
		add_cpu(&capture, 100 + kind, cpu_snapshot(0, 0x1000 + kind));
	assert_int_equal(capture.kind_count, CPC_KINDS_MAX);
	expect_refused(&capture, 50, cpu_snapshot(0, 0x2000));
	add_cpu(&capture, 50, cpu_snapshot(0, 0x1001));
	cpc_capture_free(&capture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list_round_trip),
		cmocka_unit_test(test_long_lists_end_in_dots),
		cmocka_unit_test(test_noise_does_not_split),
		cmocka_unit_test(test_a_real_difference_splits),
		cmocka_unit_test(test_each_bit),
		cmocka_unit_test(test_empty_and_echoed_leaves),
		cmocka_unit_test(test_msrs_and_layout),
		cmocka_unit_test(test_msr_of_another_cpu),
		cmocka_unit_test(test_refusals),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
