/* SPDX-License-Identifier: MIT */
/* Which MSRs are read: those of msrs.def, where CPUID or an MSR before says that they are there, and no others. */
#include <errno.h>

#include "probe_inside.h"
#include "support.h"

#define VMX (UINT32_C(1) << 5)
#define PDCM (UINT32_C(1) << 15)
#define SVM (UINT32_C(1) << 2)
#define ARCH_CAPABILITIES (UINT32_C(1) << 29)

/* A processor's MSRs, and what was asked for. */
struct registers {
	const struct cpc_msr *msrs;
	size_t count;
	uint32_t asked[16];
	size_t asked_count;
	unsigned int cpu;
};

static int rdmsr(void *context, unsigned int cpu, uint32_t address, uint64_t *ret_value)
{
	struct registers *registers = context;

	assert_true(registers->asked_count < COUNT(registers->asked));
	registers->asked[registers->asked_count++] = address;
	registers->cpu = cpu;
	/* What a failed read leaves behind is not believed. */
	*ret_value = UINT64_C(0xdeadbeef);
	for (size_t i = 0; i < registers->count; i++) {
		if (registers->msrs[i].address != address)
			continue;
		if (!registers->msrs[i].readable)
			return -EACCES;
		*ret_value = registers->msrs[i].value;
		return 0;
	}
	return -EIO;
}

static struct cpc_snapshot read_of(struct registers *registers, uint32_t ecx, uint32_t leaf_7_edx,
				   uint32_t extended_ecx)
{
	const struct cpc_leaf leaves[] = {
		{ 0, 0, { 7, INTEL } },
		{ 1, 0, { 0x606a6, 0, ecx, 0 } },
		/* Another subleaf is not the one that announces. */
		{ 7, 1, { 0, 0, 0, UINT32_MAX } },
		{ 7, 0, { 1, 0, 0, leaf_7_edx } },
		{ 0x80000000, 0, { 0x80000001, 0, 0, 0 } },
		{ 0x80000001, 0, { 0, 0, extended_ecx, 0 } },
	};
	const struct cpc_env env = { .context = registers, .rdmsr = rdmsr };
	struct cpc_snapshot snapshot = raw_snapshot(leaves, COUNT(leaves));

	assert_int_equal(cpc_read_msrs(&env, 11, &snapshot), CPC_OK);
	assert_int_equal(registers->asked_count, snapshot.msr_count);
	for (size_t i = 0; i < snapshot.msr_count; i++)
		assert_int_equal(registers->asked[i], snapshot.msrs[i].address);
	assert_int_equal(cpc_snapshot_seal(&snapshot, NULL), CPC_OK);
	return snapshot;
}

static void only_what_can_be_there(void **state)
{
	static const struct cpc_msr everything[] = {
		{ 0x10a, true, UINT64_MAX }, { 0x3a, true, UINT64_MAX },  { 0x345, true, UINT64_MAX },
		{ 0x482, true, UINT64_MAX }, { 0x48b, true, UINT64_MAX }, { 0x48c, true, UINT64_MAX },
		{ 0xc0010114, true, 0x18 },
	};
	static const struct {
		uint32_t ecx;
		uint32_t leaf_7_edx;
		uint32_t extended_ecx;
		size_t count;
		uint32_t expected[8];
	} rows[] = {
		{ 0, 0, 0, 0, { 0 } },
		{ ~(VMX | PDCM), ~ARCH_CAPABILITIES, ~SVM, 0, { 0 } },
		{ 0, ARCH_CAPABILITIES, 0, 1, { 0x10a } },
		{ PDCM, 0, 0, 1, { 0x345 } },
		{ 0, 0, SVM, 1, { 0xc0010114 } },
		{ VMX, 0, 0, 4, { 0x3a, 0x482, 0x48b, 0x48c } },
		{ VMX | PDCM, ARCH_CAPABILITIES, 0, 6, { 0x10a, 0x3a, 0x482, 0x48b, 0x48c, 0x345 } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct registers registers = { .msrs = everything, .count = COUNT(everything) };
		struct cpc_snapshot snapshot =
			read_of(&registers, rows[i].ecx, rows[i].leaf_7_edx, rows[i].extended_ecx);

		assert_int_equal(registers.asked_count, rows[i].count);
		assert_memory_equal(registers.asked, rows[i].expected, rows[i].count * sizeof(registers.asked[0]));
		assert_true(!rows[i].count || registers.cpu == 11);
		cpc_snapshot_free(&snapshot);
	}
}

/* 0x48b is there where 0x482 has bit 63, 0x48c where 0x48b has bit 33 or 37. */
static void one_leads_to_the_next(void **state)
{
	static const struct {
		uint64_t primary;
		uint64_t secondary;
		size_t count;
	} rows[] = {
		{ 0, UINT64_MAX, 2 },
		{ ~(UINT64_C(1) << 63), UINT64_MAX, 2 },
		{ UINT64_C(1) << 63, 0, 3 },
		{ UINT64_C(1) << 63, ~(UINT64_C(1) << 33 | UINT64_C(1) << 37), 3 },
		{ UINT64_C(1) << 63, UINT64_C(1) << 33, 4 },
		{ UINT64_C(1) << 63, UINT64_C(1) << 37, 4 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct cpc_msr msrs[] = { { 0x3a, true, 5 },
						{ 0x482, true, rows[i].primary },
						{ 0x48b, true, rows[i].secondary },
						{ 0x48c, true, 0x6114041 } };
		struct registers registers = { .msrs = msrs, .count = COUNT(msrs) };
		struct cpc_snapshot snapshot = read_of(&registers, VMX, 0, 0);

		assert_int_equal(snapshot.msr_count, rows[i].count);
		for (size_t j = 0; j < rows[i].count; j++)
			assert_int_equal(cpc_snapshot_msr(&snapshot, msrs[j].address)->value, msrs[j].value);
		cpc_snapshot_free(&snapshot);
	}
}

/* Denied or faulting: kept as unreadable, so unknown, and never as zero. */
static void refusals_are_kept(void **state)
{
	static const struct cpc_msr denied[] = { { 0x3a, false, 0 }, { 0x482, true, UINT64_MAX } };
	struct registers registers = { .msrs = denied, .count = COUNT(denied) };
	struct cpc_snapshot snapshot = read_of(&registers, VMX, 0, 0);

	(void)state;
	assert_int_equal(snapshot.msr_count, 3);
	assert_false(cpc_snapshot_msr(&snapshot, 0x3a)->readable);
	assert_int_equal(cpc_snapshot_msr(&snapshot, 0x3a)->value, 0);
	/* It faulted: what it announces is not asked for. */
	assert_false(cpc_snapshot_msr(&snapshot, 0x48b)->readable);
	assert_int_equal(cpc_snapshot_msr(&snapshot, 0x48b)->value, 0);
	assert_null(cpc_snapshot_msr(&snapshot, 0x48c));
	cpc_snapshot_free(&snapshot);
}

/* The table itself: every MSR once, a reason and a source for each, and none that is asked about before it is read. */
static void the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < cpc_msr_count; i++) {
		assert_in_range(cpc_msrs[i].when_count, 1, CPC_MSR_WHEN_MAX);
		assert_true(*cpc_msrs[i].why && *cpc_msrs[i].source);
		for (size_t j = 0; j < i; j++)
			assert_int_not_equal(cpc_msrs[i].address, cpc_msrs[j].address);
		for (size_t j = 0; j < cpc_msrs[i].when_count; j++) {
			const struct cpc_register_info *info = &cpc_registers[cpc_features[cpc_msrs[i].when[j]].reg];
			bool before = info->place < CPC_PLACE_MSR_LO;

			for (size_t k = 0; k < i; k++)
				before |= cpc_msrs[k].address == info->leaf;
			assert_true(before);
			/* An unsealed snapshot is asked by subleaf 0 alone. */
			assert_int_equal(info->subleaf, 0);
		}
	}
	/* Whatever MSR a feature lives in is read. */
	for (size_t i = 0; i < CPC_REGISTER_COUNT; i++) {
		bool found = cpc_registers[i].place < CPC_PLACE_MSR_LO;

		for (size_t j = 0; j < cpc_msr_count; j++)
			found |= cpc_msrs[j].address == cpc_registers[i].leaf;
		assert_true(found);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(only_what_can_be_there),
		cmocka_unit_test(one_leads_to_the_next),
		cmocka_unit_test(refusals_are_kept),
		cmocka_unit_test(the_table),
	};

	return cmocka_run_group_tests_name("msrs", tests, NULL, NULL);
}
