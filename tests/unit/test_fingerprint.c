/* SPDX-License-Identifier: MIT */
/* From a snapshot to a fingerprint: masks, scalars, the announced MSR, and the XSAVE layout. */
#include "support.h"

#define ANNOUNCED (UINT32_C(1) << 29) /* 7.0.edx: there is an IA32_ARCH_CAPABILITIES */

static struct cpc_fingerprint fingerprint_of(const struct cpc_leaf *leaves, size_t count, const struct cpc_msr *msr)
{
	struct cpc_snapshot snapshot = msr ? snapshot_with_msr(leaves, count, *msr) : sealed_snapshot(leaves, count);
	struct cpc_fingerprint fingerprint;

	cpc_fingerprint_of(&snapshot, &fingerprint);
	cpc_snapshot_free(&snapshot);
	return fingerprint;
}

static void test_words_and_signature(void **state)
{
	static const struct cpc_leaf leaves[] = {
		{ 0, 0, { 0x1b, INTEL } },
		{ 1, 0, { 0x606a6, 0x02100800, UINT32_MAX, UINT32_MAX } },
		{ 6, 0, { 4, 0, 0, 0 } },
		{ 7, 0, { 2, UINT32_MAX, 0, 0 } },
		{ 7, 1, { 0x10, 0, 0, 0 } },
		{ 7, 2, { 0, 0, 0, 0x3f } },
		{ 0xa, 0, { 5, 0, 0, 0 } },
		{ 0xd, 0, { 3, 0, 0, 0 } },
		{ 0xd, 1, { 0, 0, 0, 0 } },
		{ 0x80000000, 0, { 0x80000008, 0, 0, 0 } },
		{ 0x80000001, 0, { 0, 0, 0, 0 } },
		{ 0x80000007, 0, { 0, 0, 0, UINT32_MAX } },
		{ 0x80000008, 0, { 0x302e, 0x200, 0, 0 } },
		{ 0x80000021, 0, { UINT32_MAX, 0, 0, 0 } }, /* above the maximum: not there */
	};
	const struct cpc_fingerprint fingerprint = fingerprint_of(leaves, COUNT(leaves), NULL);
	uint32_t masks[CPC_WORD_COUNT];

	(void)state;
	cpc_canonical_masks(masks);
	assert_string_equal(fingerprint.vendor, "GenuineIntel");
	assert_int_equal(fingerprint.family, 6);
	assert_int_equal(fingerprint.model, 106);
	assert_int_equal(fingerprint.stepping, 6);
	assert_int_equal(fingerprint.word_count, CPC_WORD_COUNT);
	assert_int_equal(fingerprint.words[CPC_L1_ECX], masks[CPC_L1_ECX]);
	assert_int_equal(fingerprint.words[CPC_L1_EDX], masks[CPC_L1_EDX]);
	assert_int_equal(fingerprint.words[CPC_L7_0_EBX], masks[CPC_L7_0_EBX]);
	assert_int_equal(fingerprint.words[CPC_L7_1_EAX], 0x10);
	assert_int_equal(fingerprint.words[CPC_L7_2_EDX], 0x3f);
	assert_int_equal(fingerprint.words[CPC_L80000007_EDX], 0x100);
	assert_int_equal(fingerprint.words[CPC_L80000008_EBX], 0x200);
	assert_int_equal(fingerprint.words[CPC_L80000021_EAX], 0);
	assert_int_equal(fingerprint.scalars[CPC_S_pa].value, 46);
	assert_int_equal(fingerprint.scalars[CPC_S_la].value, 48);
	assert_int_equal(fingerprint.scalars[CPC_S_clf].value, 64);
	for (unsigned int word = 0; word < CPC_WORD_COUNT; word++)
		assert_false(cpc_word_unread(&fingerprint, word));
	for (unsigned int i = 0; i < CPC_SCALAR_COUNT; i++)
		assert_false(fingerprint.scalars[i].unknown);
}

/* An area that ends before its own header does is some other subleaf's; everything is whole where nothing is unread. */
static void test_leaf_d_too_small(void **state)
{
	const struct cpc_leaf leaves[] = {
		{ 0, 0, { 0xd, INTEL } },
		{ 1, 0, { 0x90661, 0x800, 1U << 26, 0 } },
		{ 0xd, 0, { 0xf, 0x2c0, 0x100, 0 } },
		{ 0xd, 1, { 0xf, 0, 0, 0 } },
	};
	const struct cpc_fingerprint fingerprint = fingerprint_of(leaves, COUNT(leaves), NULL);

	(void)state;
	assert_true(cpc_word_unread(&fingerprint, CPC_LD_0_EAX));
	assert_true(cpc_word_unread(&fingerprint, CPC_LD_1_EAX));
	assert_false(cpc_fingerprint_complete(&fingerprint));
}

/* Where XSAVE is announced, a leaf 0xD without x87 and SSE is another subleaf in its place: unread, not clear. */
static void test_leaf_d_of_another_subleaf(void **state)
{
	static const enum cpc_register words[] = { CPC_LD_0_EAX, CPC_LD_0_EDX, CPC_LD_1_EAX, CPC_LD_1_ECX };
	struct cpc_leaf leaves[] = {
		{ 0, 0, { 0xd, INTEL } },
		{ 1, 0, { 0x206a7, 0, 1U << 26, 0 } },
		{ 0xd, 0, { 0x100, 0x240, 0, 0 } },
	};
	struct cpc_fingerprint fingerprint = fingerprint_of(leaves, COUNT(leaves), NULL);

	(void)state;
	for (size_t i = 0; i < COUNT(words); i++)
		assert_true(cpc_word_unread(&fingerprint, words[i]));
	assert_true(fingerprint.layout_unknown);
	/* Below the maximum leaf it does not exist, and that is known. */
	leaves[0].regs[CPC_EAX] = 0xc;
	fingerprint = fingerprint_of(leaves, COUNT(leaves), NULL);
	for (size_t i = 0; i < COUNT(words); i++)
		assert_false(cpc_word_unread(&fingerprint, words[i]));
	assert_false(fingerprint.layout_unknown);
}

/* 32-bit programs do not see SYSCALL on Intel; long mode always has it. */
static void test_syscall_of_32_bit_dumps(void **state)
{
	static const struct cpc_leaf leaves[] = {
		{ 0, 0, { 1, INTEL } },
		{ 0x80000000, 0, { 0x80000001, 0, 0, 0 } },
		{ 0x80000001, 0, { 0, 0, 0, 1U << 29 } },
	};
	const struct cpc_fingerprint fingerprint = fingerprint_of(leaves, COUNT(leaves), NULL);

	(void)state;
	assert_int_equal(fingerprint.words[CPC_L80000001_EDX], 1U << 29 | 1U << 11);
}

/* Of AVX alone the place is known without its subleaf, where the size of the whole leaves one place for it. */
static void test_avx_alone(void **state)
{
	static const struct cpc_leaf leaves[] = { { 0, 0, { 0xd, INTEL } }, { 0xd, 0, { 7, 0x340, 0x340, 0 } } };
	static const struct cpc_leaf odd[] = { { 0, 0, { 0xd, INTEL } }, { 0xd, 0, { 7, 0x340, 0x440, 0 } } };
	const struct cpc_fingerprint fingerprint = fingerprint_of(leaves, COUNT(leaves), NULL);

	(void)state;
	assert_int_equal(fingerprint.layout_count, 1);
	assert_int_equal(fingerprint.layout[0].offset, 0x240);
	assert_int_equal(fingerprint.layout[0].size, 0x100);
	assert_true(fingerprint_of(odd, COUNT(odd), NULL).layout_unknown);
}

/* What should be there and is not was never read: not clear, and not equal to anything. */
static void test_cut_dump(void **state)
{
	static const struct cpc_leaf leaves[] = {
		{ 0, 0, { 0xd, INTEL } },
		{ 1, 0, { 0x606a6, 0, 0, 0 } },
		{ 7, 0, { 1, 0, 0, 0 } },
	};
	const struct cpc_fingerprint fingerprint = fingerprint_of(leaves, COUNT(leaves), NULL);

	(void)state;
	assert_false(cpc_word_unread(&fingerprint, CPC_L1_ECX));
	assert_false(cpc_word_unread(&fingerprint, CPC_L7_0_EBX));
	assert_true(cpc_word_unread(&fingerprint, CPC_L6_EAX));
	assert_true(cpc_word_unread(&fingerprint, CPC_L7_1_EAX));  /* leaf 7 says that it has a subleaf 1 */
	assert_false(cpc_word_unread(&fingerprint, CPC_L7_2_EDX)); /* and none above */
	assert_true(cpc_word_unread(&fingerprint, CPC_LD_0_EAX));
	assert_true(fingerprint.layout_unknown);
	assert_true(cpc_word_unread(&fingerprint, CPC_L80000001_EDX)); /* a processor of its age has extended leaves */
	assert_true(fingerprint.scalars[CPC_S_pa].unknown);
	assert_false(cpc_word_unread(&fingerprint, CPC_L24_0_EBX)); /* above the maximum: not there */
	assert_false(fingerprint.scalars[CPC_S_avx10].unknown);
}

/* AVX's component in the place of subleaf 1: what that would say is unread. */
static void test_component_for_subleaf_1(void **state)
{
	static const struct cpc_leaf leaves[] = {
		{ 0, 0, { 0xd, INTEL } },
		{ 0xd, 0, { 7, 0x340, 0x340, 0 } },
		{ 0xd, 1, { 0x100, 0x240, 0, 0 } },
	};
	const struct cpc_fingerprint fingerprint = fingerprint_of(leaves, COUNT(leaves), NULL);

	(void)state;
	assert_false(cpc_word_unread(&fingerprint, CPC_LD_0_EAX));
	assert_true(cpc_word_unread(&fingerprint, CPC_LD_1_EAX));
	assert_true(cpc_word_unread(&fingerprint, CPC_LD_1_ECX));
}

static void test_arch_capabilities(void **state)
{
	static const struct {
		uint32_t edx;
		bool tried;
		struct cpc_msr msr;
		bool unread;
		uint32_t low;
		uint32_t high;
	} rows[] = {
		{ 0, false, { 0 }, false, 0, 0 },
		{ 0, true, { 0x10a, true, UINT64_MAX }, false, 0, 0 }, /* KVM answers on AMD: not the processor's */
		{ 0, true, { 0x10a, false, 0 }, false, 0, 0 },
		{ ANNOUNCED, false, { 0 }, true, 0, 0 },
		{ ANNOUNCED, true, { 0x10a, false, 0 }, true, 0, 0 },
		{ ANNOUNCED, true, { 0x10b, true, 1 }, true, 0, 0 },
		{ ANNOUNCED, true, { 0x10a, true, 0 }, false, 0, 0 },
		{ ANNOUNCED, true, { 0x10a, true, UINT64_C(0x4000000000000023) }, false, 0x23, 0x40000000 },
		{ ANNOUNCED, true, { 0x10a, true, 1 << 3 | 1 << 12 | 1 }, false, 1, 0 }, /* HOST bits are masked */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct cpc_leaf leaves[] = { { 0, 0, { 7, INTEL } }, { 7, 0, { 0, 0, 0, rows[i].edx } } };
		const struct cpc_fingerprint fingerprint =
			fingerprint_of(leaves, COUNT(leaves), rows[i].tried ? &rows[i].msr : NULL);

		assert_int_equal(cpc_word_unread(&fingerprint, CPC_M10A_LO), rows[i].unread);
		assert_int_equal(cpc_word_unread(&fingerprint, CPC_M10A_HI), rows[i].unread);
		assert_int_equal(fingerprint.words[CPC_M10A_LO], rows[i].low);
		assert_int_equal(fingerprint.words[CPC_M10A_HI], rows[i].high);
	}
}

/* Above the maximum leaf the announcement itself is an echo. */
static void test_announced_out_of_range(void **state)
{
	static const struct cpc_leaf leaves[] = { { 0, 0, { 6, INTEL } }, { 7, 0, { 0, 0, 0, ANNOUNCED } } };
	const struct cpc_fingerprint fingerprint = fingerprint_of(leaves, COUNT(leaves), NULL);

	(void)state;
	assert_false(cpc_word_unread(&fingerprint, CPC_M10A_LO));
}

static void test_address_bits(void **state)
{
	static const struct {
		uint32_t edx1;
		uint32_t maximum;
		uint32_t extended_edx;
		uint32_t bits;
		uint64_t pa;
		uint64_t la;
	} rows[] = {
		{ 0, 0, 0, 0, 32, 32 },
		{ 1 << 6, 0, 0, 0, 36, 32 },
		{ 1 << 6, 0x80000001, 1 << 29, 0x302e, 36, 48 }, /* long mode without leaf 0x80000008 */
		{ 1 << 6, 0x80000008, 1 << 29, 0x302e, 46, 48 },
		{ 1 << 6, 0x80000008, 1 << 29, 0x3934, 52, 57 },
		{ 1 << 6, 0x80000008, 1 << 29, 0, 36, 48 },
		{ 0, 0x80000008, 0, 0x2020, 32, 32 },
		{ 0, 0x80000008, 0, 0x0000302e | 0x2f0000, 46, 48 }, /* the guest's address bits are only reported */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct cpc_leaf leaves[] = {
			{ 0, 0, { 1, INTEL } },
			{ 1, 0, { 0x606a6, 0, 0, rows[i].edx1 } },
			{ 0x80000000, 0, { rows[i].maximum, 0, 0, 0 } },
			{ 0x80000001, 0, { 0, 0, 0, rows[i].extended_edx } },
			{ 0x80000008, 0, { rows[i].bits, 0, 0, 0 } },
		};
		const struct cpc_fingerprint fingerprint = fingerprint_of(leaves, COUNT(leaves), NULL);

		assert_int_equal(fingerprint.scalars[CPC_S_pa].value, rows[i].pa);
		assert_int_equal(fingerprint.scalars[CPC_S_la].value, rows[i].la);
	}
}

static void test_scalar_fields(void **state)
{
	static const struct cpc_leaf leaves[] = {
		{ 0, 0, { 0x24, INTEL } },
		{ 1, 0, { 0, 0xffff08ff, 0, 0 } },
		{ 7, 0, { 0, 0, 0x1f << 17 | 1 << 16, 0 } },
		{ 0x1d, 0, { 1, 0, 0, 0 } },
		{ 0x1d, 1, { 0x04002000, 0x00080040, 0x10, 0 } },
		{ 0x1e, 0, { 0, 0x4010, 0, 0 } },
		{ 0x24, 0, { 1, 0x00070002, 0, 0 } },
		{ 0x80000000, 0, { 0x80000021, 0, 0, 0 } },
		{ 0x80000021, 0, { 0, 0x0020ffff, 0, 0 } },
	};
	const struct cpc_fingerprint fingerprint = fingerprint_of(leaves, COUNT(leaves), NULL);
	static const struct {
		enum cpc_scalar_id id;
		uint64_t value;
	} rows[] = {
		{ CPC_S_clf, 64 },     { CPC_S_maw, 31 },  { CPC_S_amxp, 1 },  { CPC_S_amxb, 0x2000 },
		{ CPC_S_amxt, 0x400 }, { CPC_S_amxr, 64 }, { CPC_S_amxn, 8 },  { CPC_S_amxw, 16 },
		{ CPC_S_amxk, 16 },    { CPC_S_amxm, 64 }, { CPC_S_avx10, 2 }, { CPC_S_rap, 32 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		assert_int_equal(fingerprint.scalars[rows[i].id].value, rows[i].value);
	/* The words do not hold what is a scalar's. */
	assert_int_equal(fingerprint.words[CPC_L7_0_ECX], 1 << 16);
	assert_int_equal(fingerprint.words[CPC_L24_0_EBX], 0x00070000);
}

/* A processor with AVX, AVX-512, PKRU, and of the supervisor's components CET and a masked one. */
static const struct cpc_leaf xsave_leaves[] = {
	{ 0, 0, { 0xd, INTEL } },
	{ 0xd, 0, { 0x2e7, 0xa88, 0xa88, 0x40000000 } },
	{ 0xd, 1, { 0xf, 0x988, 0x1900, 0 } },
	{ 0xd, 2, { 0x100, 0x240, 0, 0 } },
	{ 0xd, 5, { 0x40, 0x440, 0, 0 } },
	{ 0xd, 6, { 0x200, 0x480, 0, 0 } },
	{ 0xd, 7, { 0x400, 0x680, 0, 0 } },
	{ 0xd, 8, { 0x80, 0, 1, 0 } }, /* Processor Trace: the host's */
	{ 0xd, 9, { 8, 0xa80, 0, 0 } },
	{ 0xd, 11, { 0x10, 0, 1, 0 } },
	{ 0xd, 12, { 0x18, 0, 1, 0 } },
	{ 0xd, 62, { 0x80, 0xb00, 0, 0 } },
};

static void test_layout(void **state)
{
	static const struct cpc_component expected[] = {
		{ 2, 0x240, 0x100 }, { 5, 0x440, 0x40 }, { 6, 0x480, 0x200 }, { 7, 0x680, 0x400 },
		{ 9, 0xa80, 8 },     { 11, 0, 0x10 },	 { 12, 0, 0x18 },     { 62, 0xb00, 0x80 },
	};
	const struct cpc_fingerprint fingerprint = fingerprint_of(xsave_leaves, COUNT(xsave_leaves), NULL);

	(void)state;
	assert_false(fingerprint.layout_unknown);
	assert_int_equal(fingerprint.layout_count, COUNT(expected));
	for (size_t i = 0; i < COUNT(expected); i++) {
		const struct cpc_component *component = cpc_fingerprint_component(&fingerprint, expected[i].index);

		assert_ptr_equal(component, &fingerprint.layout[i]);
		assert_int_equal(component->offset, expected[i].offset);
		assert_int_equal(component->size, expected[i].size);
	}
	assert_null(cpc_fingerprint_component(&fingerprint, 8));
	assert_true(cpc_fingerprint_xcr0(&fingerprint) == UINT64_C(0x40000000000002e7));
}

static void test_layout_unknown(void **state)
{
	/* One component is announced, and its subleaf is not in the dump. */
	const struct cpc_fingerprint missing = fingerprint_of(xsave_leaves, COUNT(xsave_leaves) - 1, NULL);
	struct cpc_snapshot snapshot = sealed_snapshot(xsave_leaves, COUNT(xsave_leaves));
	struct cpc_fingerprint unknown;

	(void)state;
	assert_true(missing.layout_unknown);
	assert_int_equal(missing.layout_count, 0);
	snapshot.layout_unknown = true;
	cpc_fingerprint_of(&snapshot, &unknown);
	assert_true(unknown.layout_unknown);
	assert_int_equal(unknown.layout_count, 0);
	cpc_snapshot_free(&snapshot);
}

/* Neither what is on now (0xd.0.ebx, 0xd.1.ebx), nor ids and mirrors, may show in the text. */
static void test_reboots_do_not_show(void **state)
{
	struct cpc_leaf leaves[COUNT(xsave_leaves) + 1];
	struct cpc_fingerprint before;
	struct cpc_fingerprint after;

	(void)state;
	memcpy(leaves, xsave_leaves, sizeof(xsave_leaves));
	leaves[COUNT(xsave_leaves)] = (struct cpc_leaf){ 1, 0, { 0x606a6, 0x00100800, 0x7ffafbbf, 0xbfebfbff } };
	before = fingerprint_of(leaves, COUNT(leaves), NULL);
	leaves[1].regs[CPC_EBX] = 0x240;
	leaves[2].regs[CPC_EBX] = 0;
	leaves[COUNT(xsave_leaves)].regs[CPC_EBX] = 0x3f200800;
	leaves[COUNT(xsave_leaves)].regs[CPC_ECX] ^= 1U << 27 | 1U << 31;
	leaves[COUNT(xsave_leaves)].regs[CPC_EDX] ^= 1U << 9 | 1U << 28;
	after = fingerprint_of(leaves, COUNT(leaves), NULL);
	assert_same_text(&before, &after);
}

static void test_bits(void **state)
{
	struct cpc_fingerprint fingerprint = plain_fingerprint("GenuineIntel");

	(void)state;
	set_unread_10a(&fingerprint);
	assert_int_equal(cpc_fingerprint_bit(&fingerprint, CPC_L1_ECX, 0), CPC_SET);
	assert_int_equal(cpc_fingerprint_bit(&fingerprint, CPC_L1_ECX, 1), CPC_CLEAR);
	assert_int_equal(cpc_fingerprint_bit(&fingerprint, CPC_M10A_LO, 1), CPC_UNKNOWN);
	assert_int_equal(cpc_fingerprint_bit(&fingerprint, CPC_WORDS_MAX - 1, 31), CPC_CLEAR);
}

/* Every snapshot has a fingerprint: leaf 0 alone will do. */
static void test_least_snapshot(void **state)
{
	static const struct cpc_leaf zero = { 0, 0, { 0, INTEL } };
	const struct cpc_fingerprint fingerprint = fingerprint_of(&zero, 1, NULL);
	char text[CPC_FINGERPRINT_SIZE];

	(void)state;
	cpc_fingerprint_print(&fingerprint, text);
	assert_string_equal(text, "cpc1:GenuineIntel:0.0.0::pa=32,la=32");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words_and_signature),
		cmocka_unit_test(test_leaf_d_of_another_subleaf),
		cmocka_unit_test(test_leaf_d_too_small),
		cmocka_unit_test(test_syscall_of_32_bit_dumps),
		cmocka_unit_test(test_avx_alone),
		cmocka_unit_test(test_cut_dump),
		cmocka_unit_test(test_component_for_subleaf_1),
		cmocka_unit_test(test_arch_capabilities),
		cmocka_unit_test(test_announced_out_of_range),
		cmocka_unit_test(test_address_bits),
		cmocka_unit_test(test_scalar_fields),
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_layout_unknown),
		cmocka_unit_test(test_reboots_do_not_show),
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_least_snapshot),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
