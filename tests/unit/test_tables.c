/* SPDX-License-Identifier: MIT */
/* The tables: every row complete and alone in its place, and what is derived from them. */
#include "support.h"

#include <ctype.h>

static bool compared(enum cpc_rule rule)
{
	return rule != CPC_RULE_HOST && rule != CPC_RULE_NOISE;
}

static void test_features_are_whole(void **state)
{
	(void)state;
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++) {
		const struct cpc_feature *feature = &cpc_features[i];

		assert_true(feature->reg < CPC_REGISTER_COUNT && (int)feature->reg >= 0);
		assert_true(feature->bit < 32);
		assert_in_range(feature->rule, CPC_RULE_NEED, CPC_RULE_NOISE);
		assert_in_range(feature->group, CPC_GROUP_BASE, CPC_GROUP_TOPOLOGY);
		assert_in_range(feature->xstate, CPC_XSTATE_NONE, CPC_XSTATE_COUNT - 1);
		assert_in_range(feature->sure, CPC_SURE_DOCUMENTED, CPC_SURE_MEMORY);
		assert_non_null(feature->name);
		assert_true(feature->name[0] && feature->meaning[0] && feature->source[0]);
		assert_ptr_equal(cpc_feature_at(feature->reg, feature->bit), feature);
		assert_ptr_equal(cpc_feature_named(feature->name), feature);
	}
}

/* Names go into shells, URLs and labels. */
static void test_names_are_plain(void **state)
{
	(void)state;
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++) {
		const struct cpc_feature *feature = &cpc_features[i];

		for (const char *c = feature->name; *c; c++)
			assert_true(islower((unsigned char)*c) || isdigit((unsigned char)*c) || *c == '_');
		for (const char *c = feature->qemu ? feature->qemu : ""; *c; c++)
			assert_true(islower((unsigned char)*c) || isdigit((unsigned char)*c) || *c == '-' || *c == '.');
	}
}

/* A QEMU name finds its own row: no other row has it as its own name or as QEMU's. */
static void test_names_are_unique(void **state)
{
	(void)state;
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++) {
		for (size_t j = 0; j < CPC_FEATURE_COUNT; j++) {
			if (i == j)
				continue;
			if (cpc_features[i].reg == cpc_features[j].reg && cpc_features[i].bit == cpc_features[j].bit)
				fail_msg("%s and %s share a place", cpc_features[i].name, cpc_features[j].name);
			if (strcmp(cpc_features[i].name, cpc_features[j].name) == 0)
				fail_msg("two rows %s", cpc_features[i].name);
			if (cpc_features[i].qemu && cpc_features[j].qemu &&
			    strcmp(cpc_features[i].qemu, cpc_features[j].qemu) == 0)
				fail_msg("%s and %s share QEMU's name %s", cpc_features[i].name, cpc_features[j].name,
					 cpc_features[i].qemu);
			if (cpc_features[i].qemu && strcmp(cpc_features[i].qemu, cpc_features[j].name) == 0)
				fail_msg("QEMU's %s of %s is another row's name", cpc_features[i].qemu,
					 cpc_features[i].name);
		}
	}
}

static void test_lookups_of_nothing(void **state)
{
	(void)state;
	assert_null(cpc_feature_named(""));
	assert_null(cpc_feature_named("AVX2"));
	assert_null(cpc_feature_named("avx2 "));
	assert_null(cpc_feature_at(CPC_L1_ECX, 16));
	assert_null(cpc_feature_at(CPC_L1_ECX, 32));
	assert_ptr_equal(cpc_feature_named("sse4.1"), &cpc_features[CPC_F_sse4_1]);
	assert_ptr_equal(cpc_feature_named("tsc-deadline"), &cpc_features[CPC_F_tsc_deadline_timer]);
}

static void test_registers(void **state)
{
	(void)state;
	for (size_t i = 0; i < CPC_REGISTER_COUNT; i++) {
		const struct cpc_register_info *info = &cpc_registers[i];

		assert_true(info->unnamed == CPC_RULE_NEED || info->unnamed == CPC_RULE_HOST);
		if (i >= CPC_WORD_COUNT)
			assert_int_equal(info->unnamed, CPC_RULE_HOST);
		for (size_t j = 0; j < i; j++)
			assert_false(info->leaf == cpc_registers[j].leaf && info->subleaf == cpc_registers[j].subleaf &&
				     info->place == cpc_registers[j].place);
	}
	/* A register that is only reported holds no bit that would be compared. */
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++)
		if (cpc_features[i].reg >= CPC_WORD_COUNT)
			assert_false(compared(cpc_features[i].rule));
}

/* The order of the words is a contract: append, and never insert, remove or move. */
static void test_word_order(void **state)
{
	static const char *const order[] = {
		"1.0.ecx",	  "1.0.edx",	    "6.0.eax",	      "7.0.ebx",	"7.0.ecx",
		"7.0.edx",	  "7.1.eax",	    "7.1.ebx",	      "7.1.ecx",	"7.1.edx",
		"7.2.edx",	  "d.0.eax",	    "d.0.edx",	      "d.1.eax",	"d.1.ecx",
		"80000001.0.ecx", "80000001.0.edx", "80000007.0.edx", "80000008.0.ebx", "8000001f.0.eax",
		"80000021.0.eax", "80000021.0.ecx", "80000022.0.eax", "c0000001.0.edx", "1e.1.eax",
		"24.0.ebx",	  "24.1.ecx",	    "msr.10a",	      "msr.10a",
	};

	(void)state;
	assert_true(CPC_WORD_COUNT >= COUNT(order));
	for (unsigned int i = 0; i < COUNT(order); i++) {
		char where[CPC_WHERE_SIZE];

		cpc_word_bit_where(i, 0, where);
		assert_memory_equal(where, order[i], strlen(order[i]));
		assert_int_equal(where[strlen(order[i])], '[');
	}
}

static void test_where(void **state)
{
	static const struct {
		enum cpc_register reg;
		unsigned int bit;
		const char *where;
	} rows[] = {
		{ CPC_L7_0_EBX, 5, "7.0.ebx[5]" },
		{ CPC_L1_ECX, 31, "1.0.ecx[31]" },
		{ CPC_M10A_LO, 17, "msr.10a[17]" },
		{ CPC_M10A_LO, 0, "msr.10a[0]" },
		{ CPC_M10A_HI, 0, "msr.10a[32]" },
		{ CPC_M10A_HI, 30, "msr.10a[62]" },
		{ CPC_LD_1_EAX, 4, "d.1.eax[4]" },
		{ CPC_L80000001_EDX, 29, "80000001.0.edx[29]" },
		{ CPC_L8000000A_EDX, 0, "8000000a.0.edx[0]" },
	};
	char where[CPC_WHERE_SIZE];

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		cpc_where(rows[i].reg, rows[i].bit, where);
		assert_string_equal(where, rows[i].where);
	}
}

/* Words of a newer agent begin where ours end, and are no registers that are only reported. */
static void test_where_of_words(void **state)
{
	(void)state;
	for (unsigned int word = 0; word < CPC_WORDS_MAX; word++) {
		char where[CPC_WHERE_SIZE];
		char expected[CPC_WHERE_SIZE];

		cpc_word_bit_where(word, 31, where);
		if (word < CPC_WORD_COUNT)
			cpc_where((enum cpc_register)word, 31, expected);
		else
			snprintf(expected, sizeof(expected), "word.%u[31]", word);
		assert_string_equal(where, expected);
	}
}

/* All places differ: a place names one bit. */
static void test_where_is_unique(void **state)
{
	static char all[CPC_REGISTER_COUNT * 32][CPC_WHERE_SIZE];

	(void)state;
	for (unsigned int i = 0; i < COUNT(all); i++)
		cpc_where((enum cpc_register)(i / 32), i % 32, all[i]);
	for (size_t i = 0; i < COUNT(all); i += 32)
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(all[i], all[j]);
}

static void test_scalars(void **state)
{
	bool report_seen = false;

	(void)state;
	for (unsigned int i = 0; i < CPC_SCALAR_COUNT; i++) {
		const struct cpc_scalar *scalar = &cpc_scalars[i];

		assert_in_range(scalar->rule, CPC_SCALAR_AT_MOST, CPC_SCALAR_REPORT);
		assert_true(scalar->lo <= scalar->hi && scalar->hi < 32);
		assert_true(scalar->derived || (scalar->scale > 0 && scalar->reg < CPC_REG_COUNT));
		assert_true(scalar->meaning[0] && scalar->source[0]);
		assert_int_equal(cpc_scalar_in_text((enum cpc_scalar_id)i), scalar->rule <= CPC_SCALAR_FLAGS);
		assert_int_equal(cpc_scalar_beside_text((enum cpc_scalar_id)i),
				 scalar->rule > CPC_SCALAR_FLAGS && scalar->rule != CPC_SCALAR_REPORT);
		assert_true(islower((unsigned char)scalar->name[0]));
		for (const char *c = scalar->name; *c && cpc_scalar_in_text((enum cpc_scalar_id)i); c++)
			assert_true(islower((unsigned char)*c) || isdigit((unsigned char)*c));
		for (unsigned int j = 0; j < i; j++)
			assert_string_not_equal(scalar->name, cpc_scalars[j].name);
		/* The ids of those in the text come first, or the order of the text would not be theirs. */
		report_seen |= !cpc_scalar_in_text((enum cpc_scalar_id)i);
		assert_int_equal(report_seen, !cpc_scalar_in_text((enum cpc_scalar_id)i));
	}
}

static void test_scalar_order(void **state)
{
	static const char *const order[] = { "pa",   "la",   "clf",  "xs",   "avx10", "amxp", "amxb",
					     "amxt", "amxr", "amxn", "amxw", "amxk",  "amxm", "maw",
					     "rap",  "gpa",  "xa",   "mbl",  "mel",   "pmu" };

	(void)state;
	for (size_t i = 0; i < COUNT(order); i++)
		assert_string_equal(cpc_scalars[i].name, order[i]);
}

static void test_scalar_where(void **state)
{
	char where[CPC_WHERE_SIZE];

	(void)state;
	cpc_scalar_where(CPC_S_pa, where);
	assert_string_equal(where, "80000008.0.eax[7:0]");
	cpc_scalar_where(CPC_S_clf, where);
	assert_string_equal(where, "1.0.ebx[15:8]");
	cpc_scalar_where(CPC_S_maw, where);
	assert_string_equal(where, "7.0.ecx[21:17]");
	for (unsigned int i = 0; i < CPC_SCALAR_COUNT; i++) {
		cpc_scalar_where((enum cpc_scalar_id)i, where);
		assert_in_range(strlen(where), 4, CPC_WHERE_SIZE - 2);
	}
}

/* The bits of a word that scalars of the text or the report take. */
static uint32_t scalar_bits(unsigned int word)
{
	const struct cpc_register_info *info = &cpc_registers[word];
	uint32_t mask = 0;

	for (size_t i = 0; i < CPC_SCALAR_COUNT; i++) {
		const struct cpc_scalar *scalar = &cpc_scalars[i];

		if (scalar->rule == CPC_SCALAR_LAYOUT || info->place >= CPC_PLACE_MSR_LO ||
		    scalar->leaf != info->leaf || scalar->subleaf != info->subleaf ||
		    (int)scalar->reg != (int)info->place)
			continue;
		for (unsigned int bit = scalar->lo; bit <= scalar->hi; bit++)
			mask |= UINT32_C(1) << bit;
	}
	return mask;
}

static void test_canonical_masks(void **state)
{
	uint32_t masks[CPC_WORD_COUNT];

	(void)state;
	cpc_canonical_masks(masks);
	for (unsigned int word = 0; word < CPC_WORD_COUNT; word++) {
		for (unsigned int bit = 0; bit < 32; bit++) {
			const struct cpc_feature *feature = cpc_feature_at((enum cpc_register)word, bit);
			const bool in_scalar = scalar_bits(word) >> bit & 1U;
			const bool kept =
				feature ? compared(feature->rule) : compared(cpc_registers[word].unnamed) && !in_scalar;

			if (feature && in_scalar)
				fail_msg("%s lies in a scalar", feature->name);
			if ((masks[word] >> bit & 1U) != kept)
				fail_msg("word %u bit %u", word, bit);
		}
	}
}

/* Noise never gets into a fingerprint: what changes by boot, OS or CPU. */
static void test_known_noise_is_masked(void **state)
{
	static const enum cpc_feature_id noise[] = { CPC_F_osxsave, CPC_F_ospke,      CPC_F_apic,	CPC_F_e_apic,
						     CPC_F_ht,	    CPC_F_cmp_legacy, CPC_F_hypervisor, CPC_F_vmx,
						     CPC_F_svm,	    CPC_F_monitor };
	uint32_t masks[CPC_WORD_COUNT];

	(void)state;
	cpc_canonical_masks(masks);
	for (size_t i = 0; i < COUNT(noise); i++)
		assert_false(masks[cpc_features[noise[i]].reg] >> cpc_features[noise[i]].bit & 1U);
}

static void test_mitigation_masks(void **state)
{
	uint32_t canonical[CPC_WORD_COUNT];
	uint32_t masks[CPC_WORD_COUNT];

	(void)state;
	cpc_canonical_masks(canonical);
	cpc_mitigation_masks(masks);
	for (unsigned int word = 0; word < CPC_WORD_COUNT; word++) {
		assert_int_equal(masks[word] & ~canonical[word], 0);
		for (unsigned int bit = 0; bit < 32; bit++) {
			const struct cpc_feature *feature = cpc_feature_at((enum cpc_register)word, bit);
			const bool about = cpc_registers[word].place >= CPC_PLACE_MSR_LO ||
					   (feature && feature->group == CPC_GROUP_MITIGATION);

			assert_int_equal(masks[word] >> bit & 1U, about && canonical[word] >> bit & 1U);
		}
	}
	assert_true(masks[CPC_L7_0_EDX] >> 10 & 1U);
	assert_true(masks[CPC_L80000008_EBX] >> 12 & 1U);
}

static void test_words_for_enums(void **state)
{
	(void)state;
	for (int rule = CPC_RULE_NEED; rule <= CPC_RULE_NOISE; rule++)
		assert_non_null(cpc_rule_name((enum cpc_rule)rule));
	for (int group = CPC_GROUP_BASE; group <= CPC_GROUP_TOPOLOGY; group++)
		assert_non_null(cpc_group_name((enum cpc_group)group));
	for (int sure = CPC_SURE_DOCUMENTED; sure <= CPC_SURE_MEMORY; sure++)
		assert_non_null(cpc_sureness_name((enum cpc_sureness)sure));
	for (int rule = CPC_SCALAR_AT_MOST; rule <= CPC_SCALAR_REPORT; rule++)
		assert_non_null(cpc_scalar_rule_name((enum cpc_scalar_rule)rule));
	assert_string_equal(cpc_rule_name(CPC_RULE_NEED), "NEED");
	assert_string_equal(cpc_group_name(CPC_GROUP_SIMD), "simd");
	assert_string_equal(cpc_sureness_name(CPC_SURE_INFERRED), "inferred");
}

static void test_xstates(void **state)
{
	uint64_t all = 0;

	(void)state;
	assert_true(cpc_xstate_components(CPC_XSTATE_NONE) == 0);
	assert_true(cpc_xstate_components(CPC_XSTATE_AVX512) == 0xe4);
	assert_true(cpc_xstate_components(CPC_XSTATE_AMX) == 0x60000);
	for (int xstate = 1; xstate < CPC_XSTATE_COUNT; xstate++) {
		assert_true(cpc_xstate_components((enum cpc_xstate)xstate) != 0);
		all |= cpc_xstate_components((enum cpc_xstate)xstate);
	}
	/* x87 and SSE lie in the legacy area and belong to no state. */
	assert_true((all & 3) == 0);
	/* Each component that has a name in XCR0 or XSS belongs to the state that its row names. */
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++) {
		const struct cpc_feature *feature = &cpc_features[i];
		const unsigned int base = feature->reg == CPC_LD_0_EDX ? 32 : 0;

		if (feature->reg != CPC_LD_0_EAX && feature->reg != CPC_LD_0_EDX && feature->reg != CPC_LD_1_ECX)
			continue;
		if (compared(feature->rule) && feature->bit + base > 1)
			assert_true(cpc_xstate_components(feature->xstate) >> (feature->bit + base) & 1U);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_features_are_whole),
		cmocka_unit_test(test_names_are_plain),
		cmocka_unit_test(test_names_are_unique),
		cmocka_unit_test(test_lookups_of_nothing),
		cmocka_unit_test(test_registers),
		cmocka_unit_test(test_word_order),
		cmocka_unit_test(test_where),
		cmocka_unit_test(test_where_is_unique),
		cmocka_unit_test(test_where_of_words),
		cmocka_unit_test(test_scalars),
		cmocka_unit_test(test_scalar_order),
		cmocka_unit_test(test_scalar_where),
		cmocka_unit_test(test_canonical_masks),
		cmocka_unit_test(test_known_noise_is_masked),
		cmocka_unit_test(test_mitigation_masks),
		cmocka_unit_test(test_words_for_enums),
		cmocka_unit_test(test_xstates),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
