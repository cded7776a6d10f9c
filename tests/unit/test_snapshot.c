/* SPDX-License-Identifier: MIT */
/* Snapshots: which leaves exist, what sealing refuses, and how a signature and a brand are decoded. */
#include "support.h"

static void test_lookup(void **state)
{
	static const struct cpc_leaf leaves[] = {
		{ 0x80000000, 0, { 0x80000001, 0, 0, 0 } },
		{ 7, 1, { 4, 5, 6, 7 } },
		{ 0, 0, { 7, INTEL } },
		{ 7, 0, { 1, 2, 3, 4 } },
		{ 1, 0, { 8, 9, 10, 11 } },
		{ 0x80000001, 0, { 1, 2, 3, 4 } },
	};
	struct cpc_snapshot snapshot = sealed_snapshot(leaves, COUNT(leaves));

	(void)state;
	assert_int_equal(snapshot.leaf_count, COUNT(leaves));
	for (size_t i = 0; i < COUNT(leaves); i++) {
		const struct cpc_leaf *leaf = cpc_snapshot_leaf(&snapshot, leaves[i].leaf, leaves[i].subleaf);

		assert_non_null(leaf);
		assert_memory_equal(leaf, &leaves[i], sizeof(*leaf));
	}
	assert_null(cpc_snapshot_leaf(&snapshot, 7, 2));
	assert_null(cpc_snapshot_leaf(&snapshot, 2, 0));
	assert_int_equal(cpc_snapshot_reg(&snapshot, 7, 1, CPC_EDX), 7);
	assert_int_equal(cpc_snapshot_reg(&snapshot, 7, 9, CPC_EDX), 0);
	assert_int_equal(cpc_snapshot_reg(&snapshot, 0xd, 0, CPC_EAX), 0);
	cpc_snapshot_free(&snapshot);
	cpc_snapshot_free(&snapshot);
	cpc_snapshot_free(NULL);
	assert_null(cpc_snapshot_leaf(&snapshot, 0, 0));
	assert_null(cpc_snapshot_msr(&snapshot, 0x10a));
}

/* A row: what the first leaf of a group says in eax, a leaf of it that the dump holds, and whether it exists. */
static void test_existence(void **state)
{
	static const struct {
		uint32_t group;
		uint32_t maximum;
		uint32_t leaf;
		bool exists;
	} rows[] = {
		{ 0x80000000, 0x80000008, 0x80000008, true },
		{ 0x80000000, 0x80000008, 0x80000009, false },
		{ 0x80000000, 0x80000000, 0x80000001, false },
		{ 0x80000000, 0x00000001, 0x80000001, false }, /* the echo of an old Intel processor */
		{ 0x80000000, 0x00000000, 0x80000000, false },
		{ 0x80000000, 0x7fffffff, 0x80000000, false },
		{ 0x80000000, 0x8000ffff, 0x80000021, true },
		{ 0x80000000, 0x80010000, 0x80000021, false }, /* 64 KiB above its base */
		{ 0x80000000, 0xffffffff, 0x80000021, false },
		{ 0xc0000000, 0xc0000004, 0xc0000001, true },
		{ 0xc0000000, 0x0000000d, 0xc0000001, false },
		{ 0x40000000, 0x40000006, 0x40000003, true },
		{ 0x40000000, 0x40000006, 0x40000007, false },
		{ 0x40000000, 0x00000000, 0x40000001, false },
		{ 0x40000100, 0x40000101, 0x40000101, true },
		{ 0x40000100, 0x40000001, 0x40000101, false },
		{ 0x8fff0000, 0x8fffffff, 0x8fffffff, true },
		{ 0x80860000, 0x80860007, 0x80860007, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct cpc_leaf leaves[] = {
			{ 0, 0, { 0x16, INTEL } },
			{ rows[i].group, 0, { rows[i].maximum, 0, 0, 0 } },
			{ rows[i].leaf, 0, { rows[i].maximum, 0, 0, 0 } },
		};
		struct cpc_snapshot snapshot = sealed_snapshot(leaves, COUNT(leaves));

		if (!!cpc_snapshot_leaf(&snapshot, rows[i].leaf, 0) != rows[i].exists)
			fail_msg("row %zu: %x under maximum %x", i, rows[i].leaf, rows[i].maximum);
		cpc_snapshot_free(&snapshot);
	}
}

/* Out of range, Intel's answer is a copy of the highest basic leaf: it must not be believed. */
static void test_basic_echo(void **state)
{
	static const struct cpc_leaf leaves[] = {
		{ 0, 0, { 2, INTEL } },		{ 2, 0, { 1, 2, 3, 4 } },
		{ 7, 0, { 1, 2, 3, 4 } },	{ 0x40000000, 0, { 1, 2, 3, 4 } },
		{ 0x10000, 0, { 1, 2, 3, 4 } }, { 0x20000, 1, { 1, 2, 3, 4 } },
	};
	struct cpc_snapshot snapshot = sealed_snapshot(leaves, COUNT(leaves));

	(void)state;
	assert_non_null(cpc_snapshot_leaf(&snapshot, 2, 0));
	assert_null(cpc_snapshot_leaf(&snapshot, 7, 0));
	assert_null(cpc_snapshot_leaf(&snapshot, 0x40000000, 0));
	assert_null(cpc_snapshot_leaf(&snapshot, 0x10000, 0));
	assert_null(cpc_snapshot_leaf(&snapshot, 0x20000, 1));
	cpc_snapshot_free(&snapshot);
}

/* A basic group that claims more than 64 Ki leaves is not believed either, nor a group whose first leaf is missing. */
static void test_wild_maximum(void **state)
{
	static const struct cpc_leaf leaves[] = {
		{ 0, 0, { 0x10000, INTEL } },
		{ 1, 0, { 1, 2, 3, 4 } },
		{ 0x80000001, 0, { 1, 2, 3, 4 } },
	};
	struct cpc_snapshot snapshot = sealed_snapshot(leaves, COUNT(leaves));

	(void)state;
	assert_null(cpc_snapshot_leaf(&snapshot, 1, 0));
	assert_null(cpc_snapshot_leaf(&snapshot, 0x80000001, 0));
	cpc_snapshot_free(&snapshot);
}

static void test_leaf_group(void **state)
{
	(void)state;
	assert_int_equal(cpc_leaf_group(0x24), 0);
	assert_int_equal(cpc_leaf_group(0x80000008), 0x80000000);
	assert_int_equal(cpc_leaf_group(0xc0000001), 0xc0000000);
	assert_int_equal(cpc_leaf_group(0x40000003), 0x40000000);
	assert_int_equal(cpc_leaf_group(0x40000103), 0x40000100);
	assert_int_equal(cpc_leaf_group(0x80860007), 0x80860000);
}

static void test_seal_drops_repeats(void **state)
{
	static const struct cpc_leaf leaves[] = {
		{ 1, 0, { 1, 2, 3, 4 } },
		{ 0, 0, { 1, INTEL } },
		{ 1, 0, { 1, 2, 3, 4 } },
		{ 0, 0, { 1, INTEL } },
	};
	struct cpc_snapshot snapshot = raw_snapshot(leaves, COUNT(leaves));

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(cpc_snapshot_add_msr(&snapshot, &(struct cpc_msr){ 0x10a, true, 5 }, NULL), CPC_OK);
	assert_int_equal(cpc_snapshot_seal(&snapshot, NULL), CPC_OK);
	assert_int_equal(snapshot.leaf_count, 2);
	assert_int_equal(snapshot.msr_count, 1);
	cpc_snapshot_free(&snapshot);
}

static void test_seal_refuses_conflicts(void **state)
{
	static const struct cpc_leaf leaves[] = {
		{ 0, 0, { 7, INTEL } },
		{ 7, 0, { 1, 2, 3, 4 } },
		{ 7, 1, { 1, 2, 3, 4 } },
		{ 7, 1, { 1, 2, 3, 5 } },
	};
	struct cpc_snapshot snapshot = raw_snapshot(leaves, COUNT(leaves));
	struct cpc_error error = { 0 };

	(void)state;
	assert_int_equal(cpc_snapshot_seal(&snapshot, &error), CPC_BAD_DATA);
	assert_non_null(strstr(error.what, "0x7 "));
	assert_non_null(strstr(error.what, "0x1"));
	cpc_snapshot_free(&snapshot);
}

static void test_seal_refuses_msr_conflicts(void **state)
{
	static const struct cpc_msr rows[][2] = {
		{ { 0x10a, true, 1 }, { 0x10a, true, 2 } },
		{ { 0x10a, true, 0 }, { 0x10a, false, 0 } },
	};
	static const struct cpc_leaf zero = { 0, 0, { 0, INTEL } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cpc_snapshot snapshot = raw_snapshot(&zero, 1);
		struct cpc_error error = { 0 };

		cpc_snapshot_add_msr(&snapshot, &rows[i][0], NULL);
		cpc_snapshot_add_msr(&snapshot, &rows[i][1], NULL);
		assert_int_equal(cpc_snapshot_seal(&snapshot, &error), CPC_BAD_DATA);
		assert_non_null(strstr(error.what, "10a"));
		cpc_snapshot_free(&snapshot);
	}
}

static void test_seal_needs_leaf_0(void **state)
{
	static const struct cpc_leaf one = { 1, 0, { 1, 2, 3, 4 } };
	struct cpc_snapshot snapshot = raw_snapshot(&one, 1);
	struct cpc_snapshot empty = { 0 };

	(void)state;
	assert_int_equal(cpc_snapshot_seal(&snapshot, NULL), CPC_BAD_DATA);
	assert_int_equal(cpc_snapshot_seal(&empty, NULL), CPC_BAD_DATA);
	cpc_snapshot_free(&snapshot);
	cpc_snapshot_free(&empty);
}

/* Leaf 0 with a subleaf other than 0 is not leaf 0: nobody could look it up. */
static void test_seal_needs_subleaf_0(void **state)
{
	static const struct cpc_leaf odd = { 0, 3, { 1, INTEL } };
	struct cpc_snapshot snapshot = raw_snapshot(&odd, 1);

	(void)state;
	assert_int_equal(cpc_snapshot_seal(&snapshot, NULL), CPC_BAD_DATA);
	cpc_snapshot_free(&snapshot);
}

/* Within the maximum and not there: missing. Above it, or a group that a processor need not have: not there. */
static void test_missing(void **state)
{
	static const struct cpc_leaf leaves[] = { { 0, 0, { 0xd, INTEL } },
						  { 7, 0, { 1, 0, 0, 0 } },
						  { 0xd, 0, { 3, 0, 0, 0 } } };
	static const struct cpc_leaf old[] = { { 0, 0, { 2, INTEL } } };
	/* As KVM offers it where there is no XSAVE. */
	static const struct cpc_leaf nothing_saved[] = { { 0, 0, { 0xd, INTEL } }, { 0xd, 0, { 0, 0x240, 0x240, 0 } } };
	static const struct cpc_leaf via[] = { { 0, 0, { 1, CENTAUR } }, { 0xc0000000U, 0, { 0xc0000001U, 0, 0, 0 } } };
	static const struct cpc_leaf hidden[] = { { 0, 0, { 1, CENTAUR } }, { 0xc0000000U, 0, { 0, 0, 0, 0 } } };
	struct cpc_snapshot snapshot = sealed_snapshot(leaves, COUNT(leaves));
	struct cpc_snapshot pentium = sealed_snapshot(old, COUNT(old));
	struct cpc_snapshot no_xsave = sealed_snapshot(nothing_saved, COUNT(nothing_saved));
	struct cpc_snapshot never_asked = sealed_snapshot(via, 1);
	struct cpc_snapshot cut_off = sealed_snapshot(via, 2);
	struct cpc_snapshot not_there = sealed_snapshot(hidden, 2);

	(void)state;
	assert_false(cpc_snapshot_missing(&snapshot, 0, 0));
	assert_true(cpc_snapshot_missing(&snapshot, 1, 0));
	assert_false(cpc_snapshot_missing(&snapshot, 7, 0));
	assert_true(cpc_snapshot_missing(&snapshot, 7, 1));
	assert_false(cpc_snapshot_missing(&snapshot, 7, 2));
	assert_true(cpc_snapshot_missing(&snapshot, 0xd, 1));
	assert_false(cpc_snapshot_missing(&snapshot, 0xd, 2));
	assert_false(cpc_snapshot_missing(&snapshot, 0x24, 0));
	assert_true(cpc_snapshot_missing(&snapshot, 0x80000001U, 0));
	assert_false(cpc_snapshot_missing(&snapshot, 0xc0000001U, 0));
	assert_true(cpc_snapshot_missing(&pentium, 1, 0));
	assert_false(cpc_snapshot_missing(&pentium, 0x80000001U, 0));
	assert_false(cpc_snapshot_missing(&no_xsave, 0xd, 0));
	assert_false(cpc_snapshot_missing(&no_xsave, 0xd, 1));
	/* Centaur's own group: libcpuid does not ask for it. */
	assert_true(cpc_snapshot_missing(&never_asked, 0xc0000001U, 0));
	assert_true(cpc_snapshot_missing(&cut_off, 0xc0000001U, 0));
	assert_false(cpc_snapshot_missing(&cut_off, 0xc0000002U, 0));
	assert_false(cpc_snapshot_missing(&not_there, 0xc0000001U, 0));
	cpc_snapshot_free(&no_xsave);
	cpc_snapshot_free(&never_asked);
	cpc_snapshot_free(&cut_off);
	cpc_snapshot_free(&not_there);
	cpc_snapshot_free(&snapshot);
	cpc_snapshot_free(&pentium);
}

/* Zeros, or ones: what an emulator or a broken dump says, and no processor. */
static void test_no_vendor(void **state)
{
	static const struct cpc_leaf rows[] = { { 0, 0, { 0, 0, 0, 0 } },
						{ 0, 0, { 1, UINT32_MAX, UINT32_MAX, UINT32_MAX } } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cpc_snapshot snapshot = raw_snapshot(&rows[i], 1);

		assert_int_equal(cpc_snapshot_seal(&snapshot, NULL), CPC_BAD_DATA);
		cpc_snapshot_free(&snapshot);
	}
}

static void test_limits(void **state)
{
	struct cpc_snapshot snapshot = { 0 };

	(void)state;
	for (uint32_t i = 0; i < CPC_LEAVES_MAX; i++)
		assert_int_equal(cpc_snapshot_add_leaf(&snapshot, &(struct cpc_leaf){ .leaf = i }, NULL), CPC_OK);
	assert_int_equal(cpc_snapshot_add_leaf(&snapshot, &(struct cpc_leaf){ .leaf = 9 }, NULL), CPC_BAD_DATA);
	for (uint32_t i = 0; i < CPC_MSRS_MAX; i++)
		assert_int_equal(cpc_snapshot_add_msr(&snapshot, &(struct cpc_msr){ .address = i }, NULL), CPC_OK);
	assert_int_equal(cpc_snapshot_add_msr(&snapshot, &(struct cpc_msr){ .address = 9 }, NULL), CPC_BAD_DATA);
	assert_int_equal(snapshot.leaf_count, CPC_LEAVES_MAX);
	assert_int_equal(snapshot.msr_count, CPC_MSRS_MAX);
	cpc_snapshot_free(&snapshot);
}

static void test_msrs(void **state)
{
	static const struct cpc_leaf zero = { 0, 0, { 0, INTEL } };
	struct cpc_snapshot snapshot = raw_snapshot(&zero, 1);
	const struct cpc_msr rows[] = { { 0xc0010114, false, 0 }, { 0x3a, true, 5 }, { 0x10a, true, UINT64_MAX } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		cpc_snapshot_add_msr(&snapshot, &rows[i], NULL);
	assert_int_equal(cpc_snapshot_seal(&snapshot, NULL), CPC_OK);
	assert_true(cpc_snapshot_msr(&snapshot, 0x10a)->value == UINT64_MAX);
	assert_false(cpc_snapshot_msr(&snapshot, 0xc0010114)->readable);
	assert_null(cpc_snapshot_msr(&snapshot, 0x10b));
	cpc_snapshot_free(&snapshot);
}

static void test_signature(void **state)
{
	static const struct {
		uint32_t eax;
		uint32_t family;
		uint32_t model;
		uint32_t stepping;
	} rows[] = {
		{ 0x000606a6, 6, 106, 6 }, /* Ice Lake-SP: extended model under family 6 */
		{ 0x00a00f11, 25, 1, 1 },  /* Milan: extended family and model under 15 */
		{ 0x00800f12, 23, 1, 2 },  /* Zen */
		{ 0x00000f4a, 15, 4, 10 }, /* NetBurst */
		{ 0x00040f33, 15, 67, 3 }, /* K8 with an extended model */
		{ 0x00010770, 7, 23, 0 },  /* a family 7 uses the extended model too (Zhaoxin) */
		{ 0x0ff6f5ff, 5, 15, 15 }, /* family 5 uses neither */
		{ 0x0ff006a6, 6, 10, 6 },  /* family 6 does not use the extended family */
		{ 0x0ff0ffff, 270, 15, 15 }, { 0x00000543, 5, 4, 3 },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct cpc_leaf leaves[] = { { 0, 0, { 1, AMD } }, { 1, 0, { rows[i].eax, 0, 0, 0 } } };
		struct cpc_snapshot snapshot = sealed_snapshot(leaves, COUNT(leaves));
		const struct cpc_signature signature = cpc_snapshot_signature(&snapshot);

		assert_string_equal(signature.vendor, "AuthenticAMD");
		assert_int_equal(signature.family, rows[i].family);
		assert_int_equal(signature.model, rows[i].model);
		assert_int_equal(signature.stepping, rows[i].stepping);
		cpc_snapshot_free(&snapshot);
	}
}

/* Bytes of the vendor are kept as they are; without leaf 1 the numbers are 0. */
static void test_signature_oddities(void **state)
{
	static const struct cpc_leaf leaves[] = { { 0, 0, { 0, 0xff000041, 0x20202020, 0x00000001 } },
						  { 1, 0, { 0x606a6, 0, 0, 0 } } };
	struct cpc_snapshot snapshot = sealed_snapshot(leaves, COUNT(leaves));
	const struct cpc_signature signature = cpc_snapshot_signature(&snapshot);

	(void)state;
	assert_memory_equal(signature.vendor, "A\0\0\xff\x01\0\0\0    \0", CPC_VENDOR_SIZE);
	assert_int_equal(signature.family, 0);
	cpc_snapshot_free(&snapshot);
}

static void put_text(uint32_t regs[CPC_REG_COUNT], const char *text)
{
	for (size_t i = 0; i < 16; i++)
		regs[i / 4] |= (uint32_t)(unsigned char)text[i] << (8 * (i % 4));
}

static void expect_brand(const char raw[static 48], uint32_t maximum, const char *brand)
{
	struct cpc_leaf leaves[] = { { 0, 0, { 0, INTEL } },
				     { 0x80000000, 0, { maximum, 0, 0, 0 } },
				     { 0x80000002, 0, { 0 } },
				     { 0x80000003, 0, { 0 } },
				     { 0x80000004, 0, { 0 } } };
	char printed[CPC_BRAND_SIZE];
	struct cpc_snapshot snapshot;

	for (size_t i = 0; i < 3; i++)
		put_text(leaves[2 + i].regs, raw + 16 * i);
	snapshot = sealed_snapshot(leaves, COUNT(leaves));
	memset(printed, '#', sizeof(printed));
	cpc_snapshot_brand(&snapshot, printed);
	assert_string_equal(printed, brand);
	cpc_snapshot_free(&snapshot);
}

static void test_brand(void **state)
{
	char raw[48] = "      Intel(R) Core(TM)   2 Duo CPU  @ 2.00GHz ";
	char full[48];
	char full_text[49] = { 0 };
	char blanks[48];

	(void)state;
	expect_brand(raw, 0x80000004, "Intel(R) Core(TM) 2 Duo CPU @ 2.00GHz");
	/* Only two of its leaves exist. */
	expect_brand(raw, 0x80000003, "Intel(R) Core(TM) 2 Duo");
	expect_brand(raw, 0x80000001, "");
	expect_brand(raw, 0x00000002, "");
	memset(full, 'a', sizeof(full));
	memset(full_text, 'a', sizeof(full));
	expect_brand(full, 0x80000008, full_text);
	memset(blanks, ' ', sizeof(blanks));
	expect_brand(blanks, 0x80000008, "");
	/* What follows a NUL is no part of it; what could steer a terminal is dropped. */
	memcpy(raw, "AB\x1b[2J\xe9 C\0DEF", 13);
	expect_brand(raw, 0x80000004, "AB[2J C");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lookup),
		cmocka_unit_test(test_existence),
		cmocka_unit_test(test_basic_echo),
		cmocka_unit_test(test_wild_maximum),
		cmocka_unit_test(test_leaf_group),
		cmocka_unit_test(test_seal_drops_repeats),
		cmocka_unit_test(test_seal_refuses_conflicts),
		cmocka_unit_test(test_seal_refuses_msr_conflicts),
		cmocka_unit_test(test_seal_needs_leaf_0),
		cmocka_unit_test(test_seal_needs_subleaf_0),
		cmocka_unit_test(test_missing),
		cmocka_unit_test(test_no_vendor),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_msrs),
		cmocka_unit_test(test_signature),
		cmocka_unit_test(test_signature_oddities),
		cmocka_unit_test(test_brand),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
