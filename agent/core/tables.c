/* SPDX-License-Identifier: MIT */
/*
 * The tables, and what is derived from them. Each .def file is the one place where
 * a register, a bit or a number is described; everything here follows from the rows.
 */
#include <cpucompat/tables.h>

#include <inttypes.h>
#include <stdio.h>
#include <assert.h>
#include <string.h>

/* A word without a bit of meaning for fingerprints newer than this table. */
static_assert(CPC_WORD_COUNT <= 64, "the lens and the masks expect few words");

/* Two rows that claim one bit would declare this enumerator twice. */
enum {
#define CPC_FEATURE(reg, bit, name, qemu, rule, group, xstate, sure, meaning, source) TAKEN_##reg##_##bit,
#include <cpucompat/features.def>
#undef CPC_FEATURE
};

#define CPC_FEATURE(reg, bit, name, qemu, rule, group, xstate, sure, meaning, source)                                  \
	static_assert(sizeof(#name) <= CPC_WHERE_SIZE, #name ": a name fits where a place does");                      \
	static_assert((bit) >= 0 && (bit) < 32, #name ": a register has bits 0 to 31");                                \
	static_assert(sizeof(source) > 1, #name ": a row without a source");
#include <cpucompat/features.def>
#undef CPC_FEATURE

const struct cpc_register_info cpc_registers[CPC_REGISTER_COUNT] = {
#define CPC_WORD(id, word_leaf, word_subleaf, word_place, word_unnamed)                                                \
	[CPC_##id] = { .leaf = (word_leaf),                                                                            \
		       .subleaf = (word_subleaf),                                                                      \
		       .place = CPC_PLACE_##word_place,                                                                \
		       .unnamed = CPC_RULE_##word_unnamed },
#define CPC_REPORTED(id, word_leaf, word_subleaf, word_place)                                                          \
	[CPC_##id] = { .leaf = (word_leaf),                                                                            \
		       .subleaf = (word_subleaf),                                                                      \
		       .place = CPC_PLACE_##word_place,                                                                \
		       .unnamed = CPC_RULE_HOST },
#include <cpucompat/words.def>
#undef CPC_WORD
#undef CPC_REPORTED
};

const struct cpc_feature cpc_features[CPC_FEATURE_COUNT] = {
#define CPC_FEATURE(row_reg, row_bit, row_name, row_qemu, row_rule, row_group, row_xstate, row_sure, row_meaning,      \
		    row_source)                                                                                        \
	[CPC_F_##row_name] = { .reg = CPC_##row_reg,                                                                   \
			       .bit = (row_bit),                                                                       \
			       .rule = CPC_RULE_##row_rule,                                                            \
			       .group = CPC_GROUP_##row_group,                                                         \
			       .xstate = CPC_XSTATE_##row_xstate,                                                      \
			       .sure = CPC_SURE_##row_sure,                                                            \
			       .name = #row_name,                                                                      \
			       .qemu = (row_qemu),                                                                     \
			       .meaning = (row_meaning),                                                               \
			       .source = (row_source) },
#include <cpucompat/features.def>
#undef CPC_FEATURE
};

#define F(name) CPC_F_##name
#define CPC_MSR(address, why, source, ...)                                                                             \
	static_assert(sizeof((int[]){ __VA_ARGS__ }) / sizeof(int) <= CPC_MSR_WHEN_MAX,                                \
		      #address ": too many features");                                                                 \
	static_assert(sizeof(source) > 1, #address ": a row without a source");
#include <cpucompat/msrs.def>
#undef CPC_MSR

const struct cpc_msr_info cpc_msrs[] = {
#define CPC_MSR(row_address, row_why, row_source, ...)                                                                 \
	{ .address = (row_address),                                                                                    \
	  .why = (row_why),                                                                                            \
	  .source = (row_source),                                                                                      \
	  .when_count = sizeof((int[]){ __VA_ARGS__ }) / sizeof(int),                                                  \
	  .when = { __VA_ARGS__ } },
#include <cpucompat/msrs.def>
#undef CPC_MSR
};
#undef F

const size_t cpc_msr_count = sizeof(cpc_msrs) / sizeof(cpc_msrs[0]);

const struct cpc_scalar cpc_scalars[CPC_SCALAR_COUNT] = {
#define CPC_SCALAR(row_name, row_rule, row_leaf, row_subleaf, row_reg, row_lo, row_hi, row_scale, row_xstate,          \
		   row_meaning, ...)                                                                                   \
	[CPC_S_##row_name] = { .name = #row_name,                                                                      \
			       .rule = CPC_SCALAR_##row_rule,                                                          \
			       .leaf = (row_leaf),                                                                     \
			       .subleaf = (row_subleaf),                                                               \
			       .reg = CPC_##row_reg,                                                                   \
			       .lo = (row_lo),                                                                         \
			       .hi = (row_hi),                                                                         \
			       .scale = (row_scale),                                                                   \
			       .xstate = CPC_XSTATE_##row_xstate,                                                      \
			       .meaning = (row_meaning),                                                               \
			       .source = __VA_ARGS__ },
#define CPC_DERIVED(row_name, row_rule, row_where, row_meaning, row_source)                                            \
	[CPC_S_##row_name] = { .name = #row_name,                                                                      \
			       .rule = CPC_SCALAR_##row_rule,                                                          \
			       .derived = (row_where),                                                                 \
			       .meaning = (row_meaning),                                                               \
			       .source = (row_source) },
#include <cpucompat/scalars.def>
#undef CPC_SCALAR
#undef CPC_DERIVED
};

/* For each bit the number of its feature, counted from 1; 0 for unnamed ones. */
static const uint16_t features_at[CPC_REGISTER_COUNT][32] = {
#define CPC_FEATURE(row_reg, row_bit, row_name, ...) [CPC_##row_reg][row_bit] = CPC_F_##row_name + 1,
#include <cpucompat/features.def>
#undef CPC_FEATURE
};

const struct cpc_feature *cpc_feature_at(enum cpc_register reg, unsigned int bit)
{
	const unsigned int number = reg < CPC_REGISTER_COUNT && bit < 32 ? features_at[reg][bit] : 0;

	return number ? &cpc_features[number - 1] : NULL;
}

const struct cpc_feature *cpc_feature_named(const char *name)
{
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++)
		if (strcmp(cpc_features[i].name, name) == 0)
			return &cpc_features[i];
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++)
		if (cpc_features[i].qemu && strcmp(cpc_features[i].qemu, name) == 0)
			return &cpc_features[i];
	return NULL;
}

bool cpc_scalar_in_text(enum cpc_scalar_id id)
{
	return cpc_scalars[id].rule <= CPC_SCALAR_FLAGS;
}

bool cpc_scalar_beside_text(enum cpc_scalar_id id)
{
	return cpc_scalars[id].rule > CPC_SCALAR_FLAGS && cpc_scalars[id].rule < CPC_SCALAR_REPORT;
}

static uint32_t field_mask(unsigned int lo, unsigned int hi)
{
	return (uint32_t)((UINT64_C(1) << (hi + 1)) - (UINT64_C(1) << lo));
}

/* The bits of a word that scalars take for themselves. */
static uint32_t scalar_bits(const struct cpc_register_info *info)
{
	uint32_t mask = 0;

	for (size_t i = 0; i < CPC_SCALAR_COUNT; i++) {
		const struct cpc_scalar *scalar = &cpc_scalars[i];

		if (scalar->rule != CPC_SCALAR_LAYOUT && !scalar->derived && scalar->leaf == info->leaf &&
		    scalar->subleaf == info->subleaf && (int)scalar->reg == (int)info->place)
			mask |= field_mask(scalar->lo, scalar->hi);
	}
	return mask;
}

static bool compared(enum cpc_rule rule)
{
	return rule != CPC_RULE_HOST && rule != CPC_RULE_NOISE;
}

void cpc_canonical_masks(uint32_t ret_masks[static CPC_WORD_COUNT])
{
	for (size_t word = 0; word < CPC_WORD_COUNT; word++)
		ret_masks[word] = compared(cpc_registers[word].unnamed) ? ~scalar_bits(&cpc_registers[word]) : 0;
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++) {
		const struct cpc_feature *feature = &cpc_features[i];
		const uint32_t bit = UINT32_C(1) << feature->bit;

		if (feature->reg >= CPC_WORD_COUNT)
			continue;
		if (compared(feature->rule))
			ret_masks[feature->reg] |= bit;
		else
			ret_masks[feature->reg] &= ~bit;
	}
}

void cpc_mitigation_masks(uint32_t ret_masks[static CPC_WORD_COUNT])
{
	uint32_t canonical[CPC_WORD_COUNT];

	cpc_canonical_masks(canonical);
	/* All of IA32_ARCH_CAPABILITIES is about mitigations, the bits without a name too. */
	for (size_t word = 0; word < CPC_WORD_COUNT; word++)
		ret_masks[word] = cpc_registers[word].place >= CPC_PLACE_MSR_LO ? canonical[word] : 0;
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++) {
		const struct cpc_feature *feature = &cpc_features[i];

		if (feature->reg < CPC_WORD_COUNT && feature->group == CPC_GROUP_MITIGATION)
			ret_masks[feature->reg] |= (UINT32_C(1) << feature->bit) & canonical[feature->reg];
	}
}

static const char *const reg_names[CPC_REG_COUNT] = { "eax", "ebx", "ecx", "edx" };

void cpc_where(enum cpc_register reg, unsigned int bit, char ret_where[static CPC_WHERE_SIZE])
{
	const struct cpc_register_info *info = &cpc_registers[reg];

	if (info->place >= CPC_PLACE_MSR_LO)
		(void)snprintf(ret_where, CPC_WHERE_SIZE, "msr.%" PRIx32 "[%u]", info->leaf,
			       bit + (info->place == CPC_PLACE_MSR_HI ? 32 : 0));
	else
		(void)snprintf(ret_where, CPC_WHERE_SIZE, "%" PRIx32 ".%" PRIx32 ".%s[%u]", info->leaf, info->subleaf,
			       reg_names[info->place], bit);
}

void cpc_word_bit_where(unsigned int word, unsigned int bit, char ret_where[static CPC_WHERE_SIZE])
{
	if (word < CPC_WORD_COUNT)
		cpc_where((enum cpc_register)word, bit, ret_where);
	else
		(void)snprintf(ret_where, CPC_WHERE_SIZE, "word.%u[%u]", word, bit);
}

void cpc_scalar_where(enum cpc_scalar_id id, char ret_where[static CPC_WHERE_SIZE])
{
	const struct cpc_scalar *scalar = &cpc_scalars[id];

	if (scalar->derived)
		(void)snprintf(ret_where, CPC_WHERE_SIZE, "%s", scalar->derived);
	else if (scalar->rule == CPC_SCALAR_LAYOUT)
		(void)snprintf(ret_where, CPC_WHERE_SIZE, "%" PRIx32 ".2-3f.eax,ebx", scalar->leaf);
	else
		(void)snprintf(ret_where, CPC_WHERE_SIZE, "%" PRIx32 ".%" PRIx32 ".%s[%u:%u]", scalar->leaf,
			       scalar->subleaf, reg_names[scalar->reg], scalar->hi, scalar->lo);
}

const char *cpc_rule_name(enum cpc_rule rule)
{
	static const char *const names[] = {
		[CPC_RULE_NEED] = "NEED",   [CPC_RULE_ANY] = "ANY",	[CPC_RULE_HINT] = "HINT",
		[CPC_RULE_EQUAL] = "EQUAL", [CPC_RULE_BLOCK] = "BLOCK", [CPC_RULE_HOST] = "HOST",
		[CPC_RULE_NOISE] = "NOISE",
	};

	return names[rule];
}

const char *cpc_group_name(enum cpc_group group)
{
	static const char *const names[] = {
		[CPC_GROUP_BASE] = "base",
		[CPC_GROUP_SIMD] = "simd",
		[CPC_GROUP_CRYPTO] = "crypto",
		[CPC_GROUP_PAGING] = "paging",
		[CPC_GROUP_SECURITY] = "security",
		[CPC_GROUP_MITIGATION] = "mitigation",
		[CPC_GROUP_XSTATE] = "xstate",
		[CPC_GROUP_AMX] = "amx",
		[CPC_GROUP_TSX] = "tsx",
		[CPC_GROUP_NESTED] = "nested",
		[CPC_GROUP_VIRTUALIZATION] = "virtualization",
		[CPC_GROUP_MANAGEMENT] = "management",
		[CPC_GROUP_PERFORMANCE] = "performance",
		[CPC_GROUP_TRACE] = "trace",
		[CPC_GROUP_ENCRYPTION] = "encryption",
		[CPC_GROUP_TOPOLOGY] = "topology",
	};

	return names[group];
}

const char *cpc_sureness_name(enum cpc_sureness sure)
{
	static const char *const names[] = {
		[CPC_SURE_DOCUMENTED] = "documented",
		[CPC_SURE_HEADER] = "header",
		[CPC_SURE_INFERRED] = "inferred",
		[CPC_SURE_MEMORY] = "memory",
	};

	return names[sure];
}

const char *cpc_scalar_rule_name(enum cpc_scalar_rule rule)
{
	static const char *const names[] = {
		[CPC_SCALAR_AT_MOST] = "AT_MOST",	  [CPC_SCALAR_EQUAL] = "EQUAL",
		[CPC_SCALAR_LAYOUT] = "LAYOUT",		  [CPC_SCALAR_FLAGS] = "FLAGS",
		[CPC_SCALAR_WARN_ABOVE] = "WARN_ABOVE",	  [CPC_SCALAR_WARN_UNEQUAL] = "WARN_UNEQUAL",
		[CPC_SCALAR_WARN_SUBSET] = "WARN_SUBSET", [CPC_SCALAR_WARN_FAR] = "WARN_FAR",
		[CPC_SCALAR_REPORT] = "REPORT",
	};

	return names[rule];
}

uint64_t cpc_xstate_components(enum cpc_xstate xstate)
{
	static const uint64_t components[CPC_XSTATE_COUNT] = {
		[CPC_XSTATE_AVX] = UINT64_C(1) << 2,
		[CPC_XSTATE_MPX] = UINT64_C(3) << 3,
		[CPC_XSTATE_AVX512] = UINT64_C(1) << 2 | UINT64_C(7) << 5,
		[CPC_XSTATE_PKRU] = UINT64_C(1) << 9,
		[CPC_XSTATE_CET] = UINT64_C(3) << 11,
		[CPC_XSTATE_AMX] = UINT64_C(3) << 17,
		[CPC_XSTATE_APX] = UINT64_C(1) << 19,
		[CPC_XSTATE_LWP] = UINT64_C(1) << 62,
	};

	return components[xstate];
}

bool cpc_is_component(const struct cpc_feature *feature)
{
	return feature->reg == CPC_LD_0_EAX || feature->reg == CPC_LD_0_EDX || feature->reg == CPC_LD_1_ECX;
}

void cpc_xstate_masks_of(struct cpc_xstate_masks *ret_masks)
{
	*ret_masks = (struct cpc_xstate_masks){ 0 };
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++) {
		const struct cpc_feature *feature = &cpc_features[i];

		if (feature->reg < CPC_WORD_COUNT && compared(feature->rule) && !cpc_is_component(feature))
			ret_masks->of[feature->xstate][feature->reg] |= UINT32_C(1) << feature->bit;
	}
}
