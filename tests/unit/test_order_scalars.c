/* SPDX-License-Identifier: MIT */
/* The order on numbers: widths that are told apart or not, flags of components, numbers that a guest can do without. */
#include "support.h"

#include "../../agent/core/order.h"

static const struct cpc_policy strict = {
	.name = "strict",
	.considers = CPC_CONSIDERS_ALL,
	.mode = CPC_MODE_MEET,
	.scalars = { [CPC_S_pa] = CPC_SCALAR_REFUSES,
		     [CPC_S_gpa] = CPC_SCALAR_REFUSES,
		     [CPC_S_xs] = CPC_SCALAR_REFUSES,
		     [CPC_S_xa] = CPC_SCALAR_REFUSES,
		     [CPC_S_pmu] = CPC_SCALAR_REFUSES },
};

static struct cpc_tally ordered(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b,
				const struct cpc_policy *policy)
{
	static struct cpc_lens lens;
	struct cpc_tally tally = { 0 };

	cpc_lens_of(policy, a->vendor, false, &lens);
	cpc_order(a, b, &lens, &tally);
	return tally;
}

/* Guest physical bits of 0 are those of `pa`: a guest of 46 bits fits 52, told or not, and 40 told are 40. */
static void test_guest_width(void **state)
{
	static const struct {
		uint64_t a_pa, a_gpa, b_pa, b_gpa;
		bool refused;
		bool differs;
	} rows[] = {
		{ 46, 0, 46, 0, false, false }, { 46, 46, 46, 0, false, false }, { 46, 0, 52, 48, false, true },
		{ 52, 48, 52, 0, false, true }, { 52, 0, 52, 48, true, true },	 { 46, 0, 46, 40, true, true },
		{ 46, 40, 46, 0, false, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cpc_fingerprint a = plain_fingerprint("AuthenticAMD");
		struct cpc_fingerprint b = a;
		struct cpc_tally tally;

		a.scalars[CPC_S_pa].value = rows[i].a_pa;
		a.scalars[CPC_S_gpa].value = rows[i].a_gpa;
		b.scalars[CPC_S_pa].value = rows[i].b_pa;
		b.scalars[CPC_S_gpa].value = rows[i].b_gpa;
		tally = ordered(&a, &b, &strict);
		assert_int_equal(tally.refused, rows[i].refused);
		assert_int_equal(tally.differs, rows[i].differs);
	}
}

/* A platform that gives its guests 40 bits at most moves them from 52 to 43, and not to 39. */
static void test_capped_width(void **state)
{
	struct cpc_policy capped = strict;
	struct cpc_fingerprint a = plain_fingerprint("AuthenticAMD");
	struct cpc_fingerprint b = a;

	(void)state;
	capped.guest_pa = 40;
	a.scalars[CPC_S_pa].value = 52;
	b.scalars[CPC_S_pa].value = 43;
	assert_true(ordered(&a, &b, &strict).refused);
	assert_false(ordered(&a, &b, &capped).refused);
	b.scalars[CPC_S_pa].value = 39;
	assert_true(ordered(&a, &b, &capped).refused);
}

/* The flag of a component counts where both have the component, and not otherwise. */
static void test_aligned(void **state)
{
	struct cpc_fingerprint a = plain_fingerprint("GenuineIntel");
	struct cpc_fingerprint b = a;
	struct cpc_fingerprint meet;

	(void)state;
	apply_features(&a, "avx");
	apply_features(&b, "avx");
	add_component(&a, 2, 0x240, 0x100);
	add_component(&b, 2, 0x240, 0x100);
	a.scalars[CPC_S_xa].value = UINT64_C(1) << 18;
	assert_false(ordered(&a, &b, &strict).refused);
	a.scalars[CPC_S_xa].value = 4;
	assert_true(ordered(&a, &b, &strict).refused);
	assert_int_equal(cpc_meet(&a, &b, &meet, NULL), CPC_OK);
	assert_int_equal(cpc_fingerprint_bit(&meet, CPC_L1_ECX, 28), CPC_CLEAR); /* avx */
	assert_int_equal(meet.scalars[CPC_S_xa].value, 0);
	assert_false(ordered(&meet, &a, &strict).refused);
	assert_false(ordered(&meet, &b, &strict).refused);
	b.scalars[CPC_S_xa] = (struct cpc_number){ .unknown = true };
	assert_true(ordered(&a, &b, &strict).unsure);
	assert_false(ordered(&a, &b, &strict).refused);
}

/* A guest can be made without a PMU, so two versions have a baseline without one. */
static void test_optional(void **state)
{
	struct cpc_fingerprint a = plain_fingerprint("GenuineIntel");
	struct cpc_fingerprint b = a;
	struct cpc_fingerprint meet;

	(void)state;
	a.scalars[CPC_S_pmu].value = 5;
	b.scalars[CPC_S_pmu].value = 2;
	assert_true(ordered(&a, &b, &strict).refused);
	assert_int_equal(cpc_meet(&a, &b, &meet, NULL), CPC_OK);
	assert_int_equal(meet.scalars[CPC_S_pmu].value, 0);
	assert_false(ordered(&meet, &b, &strict).refused);
}

/* Components that only one of two has do not throw the walk over both off. */
static void test_layout_walk(void **state)
{
	struct cpc_fingerprint a = plain_fingerprint("GenuineIntel");
	struct cpc_fingerprint b = a;

	(void)state;
	apply_features(&a, "avx pku");
	apply_features(&b, "avx pku avx512f");
	add_component(&a, 2, 0x240, 0x100);
	add_component(&a, 9, 0xa80, 8);
	add_component(&b, 2, 0x240, 0x100);
	add_component(&b, 5, 0x440, 0x40);
	add_component(&b, 6, 0x480, 0x200);
	add_component(&b, 9, 0xa80, 8);
	assert_false(ordered(&a, &b, &strict).refused);
	b.layout[3].offset = 0x980;
	assert_true(ordered(&a, &b, &strict).refused);
	b.layout[3].offset = 0xa80;
	b.layout[3].size = 16;
	assert_true(ordered(&a, &b, &strict).refused);
}

/* Zen 2 shows PKRU's component without PKU: where it lies is no guest's business, and their meet keeps the rest. */
static void test_idle_component(void **state)
{
	struct cpc_fingerprint a = plain_fingerprint("AuthenticAMD");
	struct cpc_fingerprint b = a;
	struct cpc_fingerprint meet;

	(void)state;
	apply_features(&a, "avx");
	apply_features(&b, "avx pku");
	add_component(&a, 2, 0x240, 0x100);
	add_component(&a, 9, 0x340, 0x40);
	add_component(&b, 2, 0x240, 0x100);
	add_component(&b, 9, 0x980, 8);
	assert_false(ordered(&a, &b, &strict).refused);
	assert_int_equal(cpc_meet(&a, &b, &meet, NULL), CPC_OK);
	assert_non_null(cpc_fingerprint_component(&meet, 2));
	assert_false(ordered(&a, &meet, &strict).refused);
	assert_false(ordered(&meet, &a, &strict).refused || ordered(&meet, &a, &strict).unsure);
	assert_false(ordered(&meet, &b, &strict).refused || ordered(&meet, &b, &strict).unsure);
	apply_features(&a, "pku");
	assert_true(ordered(&a, &b, &strict).refused);
	/* Where it was not read whether there is PKU, nobody can tell whether it is in the way. */
	set_unread(&a, CPC_L7_0_ECX);
	assert_false(ordered(&a, &b, &strict).refused);
	assert_true(ordered(&a, &b, &strict).unsure);
	set_bit(&b, CPC_LD_0_EAX, 9, false);
	b.layout_count--;
	assert_false(ordered(&a, &b, &strict).refused);
	assert_true(ordered(&a, &b, &strict).unsure);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_guest_width), cmocka_unit_test(test_capped_width),
		cmocka_unit_test(test_aligned),	    cmocka_unit_test(test_optional),
		cmocka_unit_test(test_layout_walk), cmocka_unit_test(test_idle_component),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
