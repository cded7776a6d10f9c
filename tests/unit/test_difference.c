/* SPDX-License-Identifier: MIT */
/* What came and went between two fingerprints: every kind of difference once, and never silence where texts differ. */
#include "support.h"

#include <cpucompat/catalogue.h>
#include <cpucompat/difference.h>

#define MOST 4096

struct seen {
	struct cpc_finding items[MOST];
	size_t count;
};

static struct seen seen;

static void keep(void *context, const struct cpc_finding *finding)
{
	assert_ptr_equal(context, &seen);
	assert_true(seen.count < MOST);
	seen.items[seen.count++] = *finding;
}

static void look(const struct cpc_fingerprint *before, const struct cpc_fingerprint *now)
{
	seen.count = 0;
	cpc_each_difference(before, now, keep, &seen);
}

static size_t count_of(enum cpc_finding_code code)
{
	size_t count = 0;

	for (size_t i = 0; i < seen.count; i++)
		count += seen.items[i].code == code;
	return count;
}

static void bits_come_and_go(void **state)
{
	struct cpc_fingerprint before = plain_fingerprint("GenuineIntel");
	struct cpc_fingerprint now = before;

	(void)state;
	apply_features(&before, "avx2");
	apply_features(&now, "avx512f -pni");
	set_bit(&now, CPC_L7_1_EDX, 31, true);
	look(&before, &now);
	assert_int_equal(seen.count, 4);
	assert_int_equal(count_of(CPC_FINDING_GAIN), 2);
	assert_int_equal(count_of(CPC_FINDING_LOSS), 2);
	/* In the order of words: pni is of leaf 1, the others of leaf 7. */
	assert_string_equal(seen.items[0].feature->name, "pni");
	assert_int_equal(seen.items[0].code, CPC_FINDING_LOSS);
	assert_string_equal(seen.items[1].feature->name, "avx512f");
	assert_int_equal(seen.items[1].code, CPC_FINDING_GAIN);
	assert_true(!seen.items[1].a && seen.items[1].b);
	assert_string_equal(seen.items[2].feature->name, "avx2");
	look(&now, &before);
	assert_int_equal(count_of(CPC_FINDING_GAIN), 2);
	assert_int_equal(count_of(CPC_FINDING_LOSS), 2);
	look(&now, &now);
	assert_int_equal(seen.count, 0);
}

static void what_becomes_known_did_not_come(void **state)
{
	struct cpc_fingerprint before = plain_fingerprint("GenuineIntel");
	struct cpc_fingerprint now = before;

	(void)state;
	set_unread_10a(&before);
	now.words[CPC_M10A_LO] = 0x23;
	look(&before, &now);
	assert_int_equal(seen.count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(seen.items[i].code, CPC_FINDING_UNREAD);
		assert_int_equal(seen.items[i].about, CPC_ABOUT_WORD);
		assert_true(seen.items[i].a_unknown && !seen.items[i].b_unknown);
	}
	assert_int_equal(seen.items[0].b, 0x23);
	look(&now, &before);
	assert_int_equal(seen.count, 2);
	assert_true(!seen.items[0].a_unknown && seen.items[0].b_unknown);
	/* Of a word that was read in part, the bits. */
	before = now;
	before.unread[CPC_M10A_LO] = 3;
	before.words[CPC_M10A_LO] = 0x20;
	look(&before, &now);
	assert_int_equal(seen.count, 2);
	for (size_t i = 0; i < 2; i++) {
		assert_int_equal(seen.items[i].about, CPC_ABOUT_BIT);
		assert_int_equal(seen.items[i].code, CPC_FINDING_UNREAD);
	}
	/* Both unread, whatever else: nothing to tell. */
	look(&before, &before);
	assert_int_equal(seen.count, 0);
}

static void numbers_change(void **state)
{
	const struct cpc_fingerprint before = plain_fingerprint("GenuineIntel");
	struct cpc_fingerprint now = before;

	(void)state;
	now.scalars[CPC_S_pa].value = 40;
	now.scalars[CPC_S_clf] = (struct cpc_number){ .unknown = true };
	/* Not in the text, and so nobody's business here. */
	now.scalars[CPC_S_tsc_khz].value = 5;
	look(&before, &now);
	assert_int_equal(seen.count, 2);
	assert_int_equal(seen.items[0].code, CPC_FINDING_UNEQUAL);
	assert_int_equal(seen.items[0].scalar, CPC_S_pa);
	assert_int_equal(seen.items[0].a, 46);
	assert_int_equal(seen.items[0].b, 40);
	assert_int_equal(seen.items[1].code, CPC_FINDING_UNREAD);
	assert_int_equal(seen.items[1].scalar, CPC_S_clf);
	assert_true(seen.items[1].b_unknown && !seen.items[1].a_unknown);
}

static void components_move(void **state)
{
	struct cpc_fingerprint before = plain_fingerprint("AuthenticAMD");
	struct cpc_fingerprint now = before;

	(void)state;
	add_component(&before, 2, 0x240, 0x100);
	add_component(&now, 2, 0x240, 0x100);
	add_component(&before, 9, 0x340, 0x40);
	add_component(&now, 9, 0x980, 8);
	look(&before, &now);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.items[0].code, CPC_FINDING_LAYOUT);
	assert_int_equal(seen.items[0].component, 9);
	assert_int_equal(seen.items[0].a, 0x340);
	assert_int_equal(seen.items[0].b_size, 8);
	/* One that comes with its bit is that bit. */
	before.layout_count = 1;
	before.words[CPC_LD_0_EAX] &= ~(1U << 9);
	look(&before, &now);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.items[0].code, CPC_FINDING_GAIN);
	/* And one that both name and one does not lay out. */
	before.words[CPC_LD_0_EAX] |= 1U << 9;
	look(&before, &now);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.items[0].code, CPC_FINDING_LAYOUT);
	assert_int_equal(seen.items[0].a_size, 0);
	before.layout_unknown = true;
	before.layout_count = 0;
	look(&before, &now);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.items[0].code, CPC_FINDING_UNREAD);
	assert_int_equal(seen.items[0].scalar, CPC_S_xs);
}

static void vendors_and_strangers(void **state)
{
	struct cpc_fingerprint before = plain_fingerprint("GenuineIntel");
	struct cpc_fingerprint now = plain_fingerprint("AuthenticAMD");

	(void)state;
	apply_features(&now, "avx2");
	look(&before, &now);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.items[0].code, CPC_FINDING_VENDOR);
	now = before;
	strcpy(now.foreign, "zz=5");
	look(&before, &now);
	assert_int_equal(seen.count, 1);
	assert_int_equal(seen.items[0].code, CPC_FINDING_FOREIGN);
	/* Words that only newer agents have are compared whole. */
	now = before;
	now.word_count = CPC_WORD_COUNT + 1;
	now.words[CPC_WORD_COUNT] = 0x80000001;
	look(&before, &now);
	assert_int_equal(seen.count, 2);
	assert_int_equal(seen.items[0].word, CPC_WORD_COUNT);
	assert_null(seen.items[0].feature);
}

static bool same_signature(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b)
{
	return a->family == b->family && a->model == b->model && a->stepping == b->stepping;
}

/* What came one way went the other way, and texts that differ are never passed over. */
static void check_pair(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b)
{
	char left[CPC_FINGERPRINT_SIZE];
	char right[CPC_FINGERPRINT_SIZE];

	look(b, a);
	const size_t gains = count_of(CPC_FINDING_GAIN);
	const size_t total = seen.count;
	look(a, b);
	assert_int_equal(count_of(CPC_FINDING_LOSS), gains);
	assert_int_equal(seen.count, total);
	cpc_fingerprint_print(a, left);
	cpc_fingerprint_print(b, right);
	if (strcmp(left, right) != 0 && same_signature(a, b) && !seen.count)
		fail_msg("nothing is told of\n%s\n%s", left, right);
	if (strcmp(left, right) == 0 && seen.count)
		fail_msg("differences of one text: %s", left);
}

static void real_processors(void **state)
{
	size_t pairs = 0;

	(void)state;
	for (size_t i = 0; i < cpc_catalogue_count; i++) {
		const struct cpc_fingerprint a = parsed(cpc_catalogue[i].fingerprint);

		for (size_t j = i % 7; j < cpc_catalogue_count; j += 7, pairs++) {
			struct cpc_fingerprint b = parsed(cpc_catalogue[j].fingerprint);

			/* As if a model of another name: what is told must then come from the text alone. */
			b.family = a.family;
			b.model = a.model;
			b.stepping = a.stepping;
			check_pair(&a, &b);
		}
	}
	print_message("%zu pairs\n", pairs);
	assert_true(pairs > 20000);
}

/* A change of one character anywhere in the scalars or words. */
static void one_thing_at_a_time(void **state)
{
	uint64_t random = 42;
	uint32_t masks[CPC_WORD_COUNT];

	(void)state;
	cpc_canonical_masks(masks);
	for (size_t i = 0; i < 20000; i++) {
		const struct cpc_fingerprint a =
			parsed(cpc_catalogue[random_below(&random, (uint32_t)cpc_catalogue_count)].fingerprint);
		struct cpc_fingerprint b = a;
		const unsigned int word = random_below(&random, CPC_WORD_COUNT);
		const unsigned int id = random_below(&random, CPC_SCALAR_COUNT);

		if (random_below(&random, 3) && masks[word] && !b.unread[word])
			b.words[word] ^= UINT32_C(1) << random_below(&random, 32) & masks[word];
		else if (random_below(&random, 2))
			set_unread(&b, word);
		else if (cpc_scalar_in_text((enum cpc_scalar_id)id) && cpc_scalars[id].rule != CPC_SCALAR_LAYOUT)
			b.scalars[id].value++;
		check_pair(&a, &b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bits_come_and_go),	 cmocka_unit_test(what_becomes_known_did_not_come),
		cmocka_unit_test(numbers_change),	 cmocka_unit_test(components_move),
		cmocka_unit_test(vendors_and_strangers), cmocka_unit_test(real_processors),
		cmocka_unit_test(one_thing_at_a_time),
	};

	return cmocka_run_group_tests_name("difference", tests, NULL, NULL);
}
