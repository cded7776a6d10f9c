/* SPDX-License-Identifier: MIT */
/* What the tests of core share: hand-made snapshots, fingerprints by feature names, sides, and a random source. */
#ifndef CPC_TEST_SUPPORT_H
#define CPC_TEST_SUPPORT_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <cpucompat/baseline.h>
#include <cpucompat/capture.h>
#include <cpucompat/compare.h>
#include <cpucompat/fingerprint.h>
#include <cpucompat/policy.h>
#include <cpucompat/report.h>
#include <cpucompat/snapshot.h>
#include <cpucompat/tables.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

#define INTEL 0x756e6547, 0x6c65746e, 0x49656e69 /* ebx, ecx, edx of leaf 0 */
#define AMD 0x68747541, 0x444d4163, 0x69746e65
#define CENTAUR 0x746e6543, 0x736c7561, 0x48727561

/* An unsealed snapshot of these leaves. */
static inline struct cpc_snapshot raw_snapshot(const struct cpc_leaf *leaves, size_t count)
{
	struct cpc_snapshot snapshot = { 0 };

	for (size_t i = 0; i < count; i++)
		assert_int_equal(cpc_snapshot_add_leaf(&snapshot, &leaves[i], NULL), CPC_OK);
	return snapshot;
}

static inline struct cpc_snapshot sealed_snapshot(const struct cpc_leaf *leaves, size_t count)
{
	struct cpc_snapshot snapshot = raw_snapshot(leaves, count);

	assert_int_equal(cpc_snapshot_seal(&snapshot, NULL), CPC_OK);
	return snapshot;
}

/* A sealed snapshot with one MSR beside its leaves. */
static inline struct cpc_snapshot snapshot_with_msr(const struct cpc_leaf *leaves, size_t count, struct cpc_msr msr)
{
	struct cpc_snapshot snapshot = raw_snapshot(leaves, count);

	assert_int_equal(cpc_snapshot_add_msr(&snapshot, &msr, NULL), CPC_OK);
	assert_int_equal(cpc_snapshot_seal(&snapshot, NULL), CPC_OK);
	return snapshot;
}

static inline struct cpc_fingerprint parsed(const char *text)
{
	struct cpc_fingerprint fingerprint;
	struct cpc_error error = { 0 };

	if (cpc_fingerprint_parse(text, strlen(text), &fingerprint, &error))
		fail_msg("%s: %s", text, error.what);
	return fingerprint;
}

static inline void set_bit(struct cpc_fingerprint *fingerprint, unsigned int word, unsigned int bit, bool value)
{
	if (value)
		fingerprint->words[word] |= UINT32_C(1) << bit;
	else
		fingerprint->words[word] &= ~(UINT32_C(1) << bit);
}

static inline void set_feature(struct cpc_fingerprint *fingerprint, enum cpc_feature_id id, bool value)
{
	assert_true(cpc_features[id].reg < CPC_WORD_COUNT);
	set_bit(fingerprint, cpc_features[id].reg, cpc_features[id].bit, value);
}

static inline void set_unread(struct cpc_fingerprint *fingerprint, unsigned int word)
{
	uint32_t masks[CPC_WORD_COUNT];

	cpc_canonical_masks(masks);
	fingerprint->unread[word] = word < CPC_WORD_COUNT ? masks[word] : UINT32_MAX;
	fingerprint->words[word] = 0;
}

/* IA32_ARCH_CAPABILITIES could not be read. */
static inline void set_unread_10a(struct cpc_fingerprint *fingerprint)
{
	set_unread(fingerprint, CPC_M10A_LO);
	set_unread(fingerprint, CPC_M10A_HI);
}

/* Features by name: "avx avx2 -sse4_1" sets two and clears one. */
static inline void apply_features(struct cpc_fingerprint *fingerprint, const char *names)
{
	char copy[512];

	assert_true(strlen(names) < sizeof(copy));
	strcpy(copy, names);
	for (char *name = strtok(copy, " "); name; name = strtok(NULL, " ")) {
		const bool value = *name != '-';
		const struct cpc_feature *feature = cpc_feature_named(value ? name : name + 1);

		if (!feature)
			fail_msg("no feature %s", name);
		else
			set_bit(fingerprint, feature->reg, feature->bit, value);
	}
}

/* A small modern processor with the scalars that every one has. */
static inline struct cpc_fingerprint plain_fingerprint(const char *vendor)
{
	struct cpc_fingerprint fingerprint = {
		.family = 6,
		.model = 106,
		.stepping = 6,
		.word_count = CPC_WORD_COUNT,
	};

	memcpy(fingerprint.vendor, vendor, strlen(vendor));
	fingerprint.scalars[CPC_S_pa].value = 46;
	fingerprint.scalars[CPC_S_la].value = 48;
	fingerprint.scalars[CPC_S_clf].value = 64;
	apply_features(&fingerprint, "fpu cx8 cmov mmx fxsr sse sse2 pae syscall nx lm pni cx16 lahf_lm");
	return fingerprint;
}

static inline void add_component(struct cpc_fingerprint *fingerprint, uint8_t index, uint32_t offset, uint32_t size)
{
	if (index < 32)
		fingerprint->words[CPC_LD_0_EAX] |= UINT32_C(1) << index;
	else
		fingerprint->words[CPC_LD_0_EDX] |= UINT32_C(1) << (index - 32);
	fingerprint->layout[fingerprint->layout_count++] =
		(struct cpc_component){ .index = index, .offset = offset, .size = size };
}

/* A side of which nothing but its fingerprint is known. */
static inline struct cpc_side side_of(const struct cpc_fingerprint *fingerprint)
{
	return (struct cpc_side){ .fingerprint = fingerprint, .vantage = CPC_DUMP };
}

static inline void assert_same_text(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b)
{
	char left[CPC_FINGERPRINT_SIZE];
	char right[CPC_FINGERPRINT_SIZE];

	cpc_fingerprint_print(a, left);
	cpc_fingerprint_print(b, right);
	assert_string_equal(left, right);
}

static inline bool moves(enum cpc_verdict verdict)
{
	return verdict == CPC_SAME || verdict == CPC_MIGRATABLE;
}

/* xorshift64: the same numbers everywhere. */
static inline uint64_t random_next(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static inline uint32_t random_below(uint64_t *state, uint32_t limit)
{
	return (uint32_t)((random_next(state) >> 16) % limit);
}

#endif
