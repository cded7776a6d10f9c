/* SPDX-License-Identifier: MIT */
/* The meet: what it keeps, what goes along with a state that cannot stay, and what has no meet at all. */
#include "support.h"

static struct cpc_fingerprint with(const char *features)
{
	struct cpc_fingerprint fingerprint = plain_fingerprint("GenuineIntel");

	apply_features(&fingerprint, features);
	return fingerprint;
}

static struct cpc_fingerprint meet(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b)
{
	struct cpc_fingerprint there;
	struct cpc_fingerprint back;

	assert_int_equal(cpc_meet(a, b, &there, NULL), CPC_OK);
	assert_int_equal(cpc_meet(b, a, &back, NULL), CPC_OK);
	assert_same_text(&there, &back);
	return there;
}

static void test_bits(void **state)
{
	const struct cpc_fingerprint a = with("ssse3 avx2 md_clear invtsc erms");
	const struct cpc_fingerprint b = with("avx2 popcnt rsba invtsc");
	const struct cpc_fingerprint expected = with("avx2 md_clear rsba invtsc");
	const struct cpc_fingerprint result = meet(&a, &b);

	(void)state;
	assert_same_text(&result, &expected);
}

/* A bit is OR-ed exactly where its rule is ANY, in every word; unnamed ones and those of newer agents are AND-ed. */
static void test_each_bit(void **state)
{
	uint32_t canonical[CPC_WORD_COUNT];

	(void)state;
	cpc_canonical_masks(canonical);
	for (unsigned int word = 0; word < CPC_WORDS_MAX; word++) {
		struct cpc_fingerprint a = { .vendor = "X", .word_count = CPC_WORDS_MAX };
		const struct cpc_fingerprint b = a;
		struct cpc_fingerprint result;

		a.words[word] = word < CPC_WORD_COUNT ? canonical[word] : UINT32_MAX;
		a.layout_unknown = true;
		result = meet(&a, &b);
		for (unsigned int bit = 0; bit < 32; bit++) {
			const struct cpc_feature *feature =
				word < CPC_WORD_COUNT ? cpc_feature_at((enum cpc_register)word, bit) : NULL;
			const bool any = feature && feature->rule == CPC_RULE_ANY;

			assert_int_equal(result.words[word] >> bit & 1U, any);
		}
		result = meet(&a, &a);
		assert_int_equal(result.words[word], a.words[word]);
	}
}

static void test_numbers(void **state)
{
	struct cpc_fingerprint a = with("");
	struct cpc_fingerprint b = with("");
	struct cpc_fingerprint result;

	(void)state;
	a.scalars[CPC_S_pa].value = 39;
	b.scalars[CPC_S_la].value = 57;
	b.scalars[CPC_S_rap].value = 32;
	b.scalars[CPC_S_avx10].value = 2;
	a.scalars[CPC_S_maw].value = 1;
	result = meet(&a, &b);
	assert_int_equal(result.scalars[CPC_S_pa].value, 39);
	assert_int_equal(result.scalars[CPC_S_la].value, 48);
	assert_int_equal(result.scalars[CPC_S_clf].value, 64);
	assert_int_equal(result.scalars[CPC_S_rap].value, 0);
	assert_int_equal(result.scalars[CPC_S_avx10].value, 0);
	assert_int_equal(result.scalars[CPC_S_maw].value, 0);
	b.scalars[CPC_S_pa].unknown = true;
	result = meet(&a, &b);
	assert_true(result.scalars[CPC_S_pa].unknown);
	assert_int_equal(result.scalars[CPC_S_pa].value, 0);
}

static void test_unread(void **state)
{
	struct cpc_fingerprint a = with("rdcl_no ssse3");
	struct cpc_fingerprint b = with("rdcl_no ssse3");
	struct cpc_fingerprint result;

	(void)state;
	set_unread_10a(&b);
	result = meet(&a, &b);
	/* What `a` is known to lack the meet lacks, whatever `b` turns out to have; only bad news could still come. */
	assert_true(cpc_word_unread(&result, CPC_M10A_LO));
	assert_int_equal(cpc_fingerprint_bit(&result, CPC_M10A_LO, 0), CPC_UNKNOWN); /* rdcl_no */
	assert_int_equal(cpc_fingerprint_bit(&result, CPC_M10A_LO, 1), CPC_CLEAR);   /* ibrs_all */
	assert_int_equal(cpc_fingerprint_bit(&result, CPC_M10A_LO, 2), CPC_UNKNOWN); /* rsba: OR */
	assert_false(cpc_word_unread(&result, CPC_M10A_HI));
	assert_int_equal(result.words[CPC_M10A_LO], 0);
	assert_int_equal(cpc_fingerprint_bit(&result, CPC_L1_ECX, 9), CPC_SET);
	add_component(&a, 2, 0x240, 0x100);
	add_component(&b, 2, 0x240, 0x100);
	b.layout_unknown = true;
	b.layout_count = 0;
	result = meet(&a, &b);
	assert_true(result.layout_unknown);
	assert_int_equal(result.layout_count, 0);
}

/* PKRU lies elsewhere: it goes, and PKU with it. AVX, alike in both, stays. */
static void test_layout(void **state)
{
	struct cpc_fingerprint a = with("xsave avx pku");
	struct cpc_fingerprint b = with("xsave avx pku");
	/* Its bit of XCR0 both have; without the feature it is idle, and lies nowhere. */
	struct cpc_fingerprint expected = with("xsave avx xcr0_pkru");
	struct cpc_fingerprint result;

	(void)state;
	add_component(&a, 2, 0x240, 0x100);
	add_component(&b, 2, 0x240, 0x100);
	add_component(&expected, 2, 0x240, 0x100);
	add_component(&a, 9, 0x340, 8);
	add_component(&b, 9, 0x980, 8);
	result = meet(&a, &b);
	assert_same_text(&result, &expected);
	/* A difference in size alone is one, too. */
	b.layout[1].offset = 0x340;
	b.layout[1].size = 16;
	result = meet(&a, &b);
	assert_same_text(&result, &expected);
}

static void add_avx512(struct cpc_fingerprint *fingerprint, uint32_t at)
{
	add_component(fingerprint, 2, 0x240, 0x100);
	add_component(fingerprint, 5, at, 0x40);
	add_component(fingerprint, 6, at + 0x40, 0x200);
	add_component(fingerprint, 7, at + 0x240, 0x400);
}

/* AVX-512 goes as a whole and leaves AVX; AVX takes AVX-512 along. */
static void test_avx512(void **state)
{
	struct cpc_fingerprint a = with("xsave avx avx2 fma avx512f avx512vl avx512_fp16");
	struct cpc_fingerprint b = a;
	struct cpc_fingerprint expected = with("xsave avx avx2 fma xcr0_avx512_opmask xcr0_avx512_zmm_hi256 "
					       "xcr0_avx512_hi16_zmm");
	struct cpc_fingerprint result;

	(void)state;
	add_component(&expected, 2, 0x240, 0x100);
	add_avx512(&a, 0x440);
	add_avx512(&b, 0x340);
	result = meet(&a, &b);
	assert_same_text(&result, &expected);
	b = a;
	b.layout[2].offset += 64; /* one of its components is enough */
	result = meet(&a, &b);
	expected.layout[1] = a.layout[1];
	expected.layout[2] = a.layout[3];
	expected.layout_count = 3;
	assert_same_text(&result, &expected);
	b = a;
	b.layout[0].offset += 64;
	result = meet(&a, &b);
	expected = with("xsave xcr0_avx xcr0_avx512_opmask xcr0_avx512_zmm_hi256 xcr0_avx512_hi16_zmm");
	memcpy(expected.layout, &a.layout[1], 3 * sizeof(a.layout[0]));
	expected.layout_count = 3;
	assert_same_text(&result, &expected);
}

/* Numbers of AMX or MPX that differ: no guest could have either's, so its features go and what describes it. */
static void test_states_by_numbers(void **state)
{
	struct cpc_fingerprint a = with("xsave amx_tile amx_int8 mpx");
	struct cpc_fingerprint b;
	struct cpc_fingerprint expected = with("xsave mpx");
	struct cpc_fingerprint result;

	(void)state;
	a.scalars[CPC_S_maw].value = expected.scalars[CPC_S_maw].value = 9;
	a.scalars[CPC_S_amxp].value = 1;
	a.scalars[CPC_S_amxb].value = 8192;
	add_component(&a, 17, 0xac0, 64);
	add_component(&a, 18, 0xb00, 8192);
	add_component(&expected, 17, 0xac0, 64);
	add_component(&expected, 18, 0xb00, 8192);
	b = a;
	b.scalars[CPC_S_amxb].value = 4096;
	result = meet(&a, &b);
	assert_same_text(&result, &expected);
	b = a;
	b.scalars[CPC_S_maw].value = 10;
	result = meet(&a, &b);
	apply_features(&a, "-mpx");
	a.scalars[CPC_S_maw].value = 0;
	assert_same_text(&result, &a);
}

static void test_signature(void **state)
{
	static const uint32_t rows[][3] = { { 6, 85, 7 }, { 6, 106, 6 }, { 25, 1, 1 }, { 6, 85, 4 }, { 6, 106, 6 } };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (size_t j = 0; j < COUNT(rows); j++) {
			struct cpc_fingerprint a = with("");
			struct cpc_fingerprint b = with("");
			struct cpc_fingerprint result;
			const uint32_t *least = rows[i];

			for (size_t k = 0; k < 3; k++) {
				if (rows[i][k] != rows[j][k]) {
					least = rows[i][k] < rows[j][k] ? rows[i] : rows[j];
					break;
				}
			}
			a.family = rows[i][0], a.model = rows[i][1], a.stepping = rows[i][2];
			b.family = rows[j][0], b.model = rows[j][1], b.stepping = rows[j][2];
			result = meet(&a, &b);
			assert_int_equal(result.family, least[0]);
			assert_int_equal(result.model, least[1]);
			assert_int_equal(result.stepping, least[2]);
		}
	}
}

static void expect_none(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b, const char *part)
{
	struct cpc_fingerprint result;
	struct cpc_fingerprint untouched;
	struct cpc_error error = { 0 };

	memset(&result, 0xa5, sizeof(result));
	memset(&untouched, 0xa5, sizeof(untouched));
	assert_int_equal(cpc_meet(a, b, &result, &error), CPC_BAD_DATA);
	assert_memory_equal(&result, &untouched, sizeof(result));
	if (!strstr(error.what, part))
		fail_msg("\"%s\" does not say %s", error.what, part);
}

static void test_no_meet(void **state)
{
	const struct cpc_fingerprint a = with("");
	struct cpc_fingerprint b = plain_fingerprint("AuthenticAMD");

	(void)state;
	expect_none(&a, &b, "AuthenticAMD");
	b = a;
	strcpy(b.foreign, "zz=1");
	expect_none(&a, &b, "zz=1");
	b = a;
	b.scalars[CPC_S_clf].value = 32;
	expect_none(&a, &b, "CLFLUSH");
}

/* The result may lie where an operand lies. */
static void test_in_place(void **state)
{
	const struct cpc_fingerprint a = with("ssse3 avx2 md_clear");
	const struct cpc_fingerprint b = with("avx2 popcnt");
	const struct cpc_fingerprint expected = meet(&a, &b);
	struct cpc_fingerprint left = a;
	struct cpc_fingerprint right = b;

	(void)state;
	assert_int_equal(cpc_meet(&left, &b, &left, NULL), CPC_OK);
	assert_same_text(&left, &expected);
	assert_int_equal(cpc_meet(&a, &right, &right, NULL), CPC_OK);
	assert_same_text(&right, &expected);
}

static void test_foreign(void **state)
{
	struct cpc_fingerprint a = with("");
	struct cpc_fingerprint b = with("");
	struct cpc_fingerprint result;

	(void)state;
	a.word_count = CPC_WORD_COUNT + 4;
	a.words[CPC_WORD_COUNT] = 0xf0;
	a.words[CPC_WORD_COUNT + 3] = 1;
	b.word_count = CPC_WORD_COUNT + 1;
	b.words[CPC_WORD_COUNT] = 0x3c;
	strcpy(a.foreign, "zz=1");
	strcpy(b.foreign, "zz=1");
	result = meet(&a, &b);
	assert_int_equal(result.words[CPC_WORD_COUNT], 0x30);
	assert_int_equal(result.words[CPC_WORD_COUNT + 3], 0);
	assert_string_equal(result.foreign, "zz=1");
	set_unread(&b, CPC_WORD_COUNT);
	result = meet(&a, &b);
	assert_true(cpc_word_unread(&result, CPC_WORD_COUNT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bits),
		cmocka_unit_test(test_each_bit),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_unread),
		cmocka_unit_test(test_layout),
		cmocka_unit_test(test_avx512),
		cmocka_unit_test(test_states_by_numbers),
		cmocka_unit_test(test_signature),
		cmocka_unit_test(test_no_meet),
		cmocka_unit_test(test_in_place),
		cmocka_unit_test(test_foreign),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
