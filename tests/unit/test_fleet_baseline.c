/* SPDX-License-Identifier: MIT */
/* The baseline of a fleet is the meet of its classes, and a class costs it what the others could have without it. */
#include <cpucompat/fleet.h>

#include <cpucompat/baseline.h>

#include "support.h"

static void add(struct cpc_fleet *fleet, const char *vendor, const char *features)
{
	struct cpc_fingerprint fingerprint = plain_fingerprint(vendor);
	const struct cpc_side side = side_of(&fingerprint);

	apply_features(&fingerprint, features);
	assert_int_equal(cpc_fleet_add(fleet, NULL, &side, NULL), CPC_OK);
}

static bool has(const uint32_t *words, enum cpc_feature_id id)
{
	return words[cpc_features[id].reg] >> cpc_features[id].bit & 1U;
}

static void names_who_costs_what(void **state)
{
	struct cpc_fleet fleet = { .count = 0 };
	struct cpc_fleet_baseline *baselines;
	size_t count;

	(void)state;
	add(&fleet, "GenuineIntel", "aes rdrand popcnt");
	add(&fleet, "GenuineIntel", "aes popcnt");
	add(&fleet, "AuthenticAMD", "aes");
	add(&fleet, "GenuineIntel", "aes rdrand");
	assert_int_equal(cpc_fleet_baselines(&fleet, cpc_policy_named("kvm"), &baselines, &count, NULL), CPC_OK);
	assert_int_equal(count, 2);
	assert_memory_equal(baselines[0].vendor, "GenuineIntel", 12);
	assert_true(baselines[0].exists);
	assert_int_equal(baselines[0].view, CPC_VIEW_CPUID);
	assert_true(has(baselines[0].meet.words, CPC_F_aes));
	assert_false(has(baselines[0].meet.words, CPC_F_rdrand));
	assert_int_equal(baselines[0].cost_count, 3);
	assert_int_equal(baselines[0].costs[0].bits, 0);
	assert_int_equal(baselines[0].costs[1].bits, 1);
	assert_int_equal(baselines[0].costs[1].class, 1);
	assert_true(has(baselines[0].costs[1].gained, CPC_F_rdrand));
	assert_int_equal(baselines[0].costs[2].class, 3);
	assert_int_equal(baselines[0].costs[2].bits, 1);
	assert_true(has(baselines[0].costs[2].gained, CPC_F_popcnt));
	/* Alone in its vendor, it costs nobody anything. */
	assert_int_equal(baselines[1].cost_count, 1);
	assert_int_equal(baselines[1].costs[0].bits, 0);
	cpc_fleet_baselines_free(baselines, count);
	cpc_fleet_free(&fleet);
}

/* What was not read of a class is not known of the baseline: that costs it too, and is told apart. */
static void tells_what_was_not_read(void **state)
{
	struct cpc_fingerprint fingerprint = plain_fingerprint("GenuineIntel");
	const struct cpc_side side = side_of(&fingerprint);
	struct cpc_fleet fleet = { .count = 0 };
	struct cpc_fleet_baseline *baselines;
	size_t count;

	(void)state;
	set_feature(&fingerprint, CPC_F_eibrs, true);
	assert_int_equal(cpc_fleet_add(&fleet, "read", &side, NULL), CPC_OK);
	set_unread_10a(&fingerprint);
	assert_int_equal(cpc_fleet_add(&fleet, "unread", &side, NULL), CPC_OK);
	assert_int_equal(cpc_fleet_baselines(&fleet, cpc_policy_named("kvm"), &baselines, &count, NULL), CPC_OK);
	assert_int_equal(baselines[0].cost_count, 2);
	assert_int_equal(baselines[0].costs[0].bits + baselines[0].costs[0].learned_bits, 0);
	assert_int_equal(baselines[0].costs[1].bits, 0);
	assert_int_equal(baselines[0].costs[1].learned_bits, 1);
	assert_true(has(baselines[0].costs[1].learned, CPC_F_eibrs));
	cpc_fleet_baselines_free(baselines, count);
	cpc_fleet_free(&fleet);
}

/* The KVM view is that of the baseline only where every class of the vendor has it. */
static void takes_the_common_view(void **state)
{
	const struct cpc_fingerprint host = plain_fingerprint("GenuineIntel");
	struct cpc_fingerprint offered = host;
	struct cpc_side side = side_of(&host);
	struct cpc_fleet fleet = { .count = 0 };
	struct cpc_fleet_baseline *baselines;
	size_t count;

	(void)state;
	set_feature(&offered, CPC_F_cx16, false);
	side.kvm = &offered;
	assert_int_equal(cpc_fleet_add(&fleet, NULL, &side, NULL), CPC_OK);
	assert_int_equal(cpc_fleet_baselines(&fleet, cpc_policy_named("kvm"), &baselines, &count, NULL), CPC_OK);
	assert_int_equal(baselines[0].view, CPC_VIEW_KVM);
	assert_same_text(&baselines[0].meet, &offered);
	cpc_fleet_baselines_free(baselines, count);
	side.kvm = NULL;
	assert_int_equal(cpc_fleet_add(&fleet, NULL, &side, NULL), CPC_OK);
	assert_int_equal(cpc_fleet_baselines(&fleet, cpc_policy_named("kvm"), &baselines, &count, NULL), CPC_OK);
	assert_int_equal(count, 1);
	assert_int_equal(baselines[0].view, CPC_VIEW_CPUID);
	assert_same_text(&baselines[0].meet, &host);
	cpc_fleet_baselines_free(baselines, count);
	cpc_fleet_free(&fleet);
}

/* A number that must be equal, differs, and that no guest can do without: no baseline, and the reason. */
static void says_why_there_is_none(void **state)
{
	struct cpc_fingerprint fingerprint = plain_fingerprint("GenuineIntel");
	const struct cpc_side side = side_of(&fingerprint);
	struct cpc_fleet fleet = { .count = 0 };
	struct cpc_fleet_baseline *baselines;
	size_t count;

	(void)state;
	assert_int_equal(cpc_fleet_add(&fleet, NULL, &side, NULL), CPC_OK);
	fingerprint.scalars[CPC_S_clf].value = 32;
	assert_int_equal(cpc_fleet_add(&fleet, NULL, &side, NULL), CPC_OK);
	assert_int_equal(cpc_fleet_baselines(&fleet, cpc_policy_named("kvm"), &baselines, &count, NULL), CPC_OK);
	assert_false(baselines[0].exists);
	assert_non_null(strstr(baselines[0].why.what, "32 and 64"));
	cpc_fleet_baselines_free(baselines, count);
	cpc_fleet_free(&fleet);
	assert_int_equal(cpc_fleet_baselines(&fleet, cpc_policy_named("kvm"), &baselines, &count, NULL), CPC_OK);
	assert_int_equal(count, 0);
	cpc_fleet_baselines_free(baselines, count);
}

/* A host that lacks what the policy demands of each has no part in a baseline: one without that would move nowhere. */
static void knows_what_is_demanded(void **state)
{
	struct cpc_fingerprint fingerprint = plain_fingerprint("GenuineIntel");
	const struct cpc_policy *level = cpc_policy_named("x86-64-v3");
	const struct cpc_side side = side_of(&fingerprint);
	struct cpc_fleet fleet = { .count = 0 };
	struct cpc_fleet_baseline *baselines;
	size_t count;

	(void)state;
	for (unsigned int i = 0; i < level->required.count; i++)
		set_feature(&fingerprint, level->required.ids[i], true);
	assert_int_equal(cpc_fleet_add(&fleet, "good", &side, NULL), CPC_OK);
	assert_int_equal(cpc_fleet_baselines(&fleet, level, &baselines, &count, NULL), CPC_OK);
	assert_true(baselines[0].exists);
	cpc_fleet_baselines_free(baselines, count);
	set_feature(&fingerprint, CPC_F_avx2, false);
	assert_int_equal(cpc_fleet_add(&fleet, "poor", &side, NULL), CPC_OK);
	assert_int_equal(cpc_fleet_baselines(&fleet, level, &baselines, &count, NULL), CPC_OK);
	assert_false(baselines[0].exists);
	assert_string_equal(baselines[0].why.what,
			    "no baseline under x86-64-v3: poor lacks avx2 (7.0.ebx[5]), which it "
			    "demands of every host");
	assert_int_equal(baselines[0].costs[1].bits, 0);
	cpc_fleet_baselines_free(baselines, count);
	assert_int_equal(cpc_fleet_baselines(&fleet, cpc_policy_named("kvm"), &baselines, &count, NULL), CPC_OK);
	assert_true(baselines[0].exists);
	cpc_fleet_baselines_free(baselines, count);
	cpc_fleet_free(&fleet);
}

/* On random fleets: every class moves to the baseline's place in the order, and without a class the gain is the meet's.
 */
static void is_the_meet(void **state)
{
	static const char *const names[] = { "aes", "rdrand", "popcnt", "movbe", "sse4_1", "sse4_2" };
	uint64_t random = 7;

	(void)state;
	for (int round = 0; round < 200; round++) {
		struct cpc_fleet fleet = { .count = 0 };
		struct cpc_fleet_baseline *baselines;
		size_t count;

		for (uint32_t i = 0, hosts = 1 + random_below(&random, 6); i < hosts; i++) {
			char features[64] = "";

			for (size_t f = 0; f < COUNT(names); f++)
				if (random_below(&random, 3))
					strcat(strcat(features, names[f]), " ");
			add(&fleet, "GenuineIntel", features);
		}
		assert_int_equal(cpc_fleet_baselines(&fleet, cpc_policy_named("kvm"), &baselines, &count, NULL),
				 CPC_OK);
		for (size_t i = 0; i < baselines[0].cost_count; i++) {
			const struct cpc_class_cost *cost = &baselines[0].costs[i];
			const struct cpc_fingerprint *own = &fleet.classes[cost->class].fingerprint;

			for (unsigned int word = 0; word < CPC_WORD_COUNT; word++) {
				uint32_t others = UINT32_MAX;

				assert_int_equal(baselines[0].meet.words[word] & ~own->words[word], 0);
				for (size_t j = 0; j < fleet.count; j++)
					if (j != cost->class)
						others &= fleet.classes[j].fingerprint.words[word];
				if (fleet.count > 1)
					assert_int_equal(cost->gained[word], others & ~baselines[0].meet.words[word]);
			}
		}
		cpc_fleet_baselines_free(baselines, count);
		cpc_fleet_free(&fleet);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_who_costs_what),	  cmocka_unit_test(tells_what_was_not_read),
		cmocka_unit_test(takes_the_common_view),  cmocka_unit_test(says_why_there_is_none),
		cmocka_unit_test(knows_what_is_demanded), cmocka_unit_test(is_the_meet),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
