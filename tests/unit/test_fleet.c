/* SPDX-License-Identifier: MIT */
/* Which hosts fall into one class, and that counting them in is exact. */
#include <cpucompat/fleet.h>

#include "support.h"

static void add(struct cpc_fleet *fleet, const char *name, const struct cpc_side *side)
{
	assert_int_equal(cpc_fleet_add(fleet, name, side, NULL), CPC_OK);
}

static void folds_equal_hosts(void **state)
{
	struct cpc_fingerprint first = plain_fingerprint("GenuineIntel");
	struct cpc_fingerprint other_stepping = first;
	struct cpc_fingerprint richer = first;
	struct cpc_side side = side_of(&first);
	struct cpc_fleet fleet = { .count = 0 };

	(void)state;
	other_stepping.stepping++;
	set_feature(&richer, CPC_F_avx2, true);
	add(&fleet, "web01", &side);
	side.fingerprint = &other_stepping;
	add(&fleet, "web02", &side);
	side.fingerprint = &richer;
	add(&fleet, "db01", &side);
	add(&fleet, NULL, &side);
	assert_int_equal(fleet.hosts, 4);
	assert_int_equal(fleet.count, 2);
	assert_int_equal(fleet.classes[0].count, 2);
	assert_int_equal(fleet.classes[0].name_count, 2);
	assert_string_equal(fleet.classes[0].names[1], "web02");
	assert_int_equal(fleet.classes[1].count, 2);
	assert_int_equal(fleet.classes[1].name_count, 1);
	/* Once more, beside a host of its own. */
	struct cpc_fleet both = { .count = 0 };
	add(&both, "db02", &side);
	assert_int_equal(cpc_fleet_add_fleet(&both, &fleet, NULL), CPC_OK);
	assert_int_equal(both.hosts, 5);
	assert_int_equal(both.count, 2);
	assert_int_equal(both.classes[0].count, 3);
	assert_string_equal(both.classes[0].names[1], "db01");
	assert_int_equal(both.classes[1].name_count, 2);
	cpc_fleet_free(&both);
	cpc_fleet_free(&fleet);
	assert_int_equal(fleet.count, 0);
	cpc_fleet_free(&fleet);
	cpc_fleet_free(NULL);
}

/* Whatever can change a verdict parts hosts of equal ids. */
static void parts_what_a_verdict_depends_on(void **state)
{
	const struct cpc_fingerprint fingerprint = plain_fingerprint("GenuineIntel");
	const struct cpc_side plain = side_of(&fingerprint);
	struct cpc_side sides[5] = { plain, plain, plain, plain, plain };
	struct cpc_fleet fleet = { .count = 0 };

	(void)state;
	sides[1].requirements[CPC_HARDWARE_VIRTUALIZATION] = CPC_DISABLED_BY_FIRMWARE;
	sides[2].kvm = &fingerprint;
	sides[3].vantage = CPC_GUEST;
	sides[4].dumped = true;
	for (int round = 0; round < 2; round++)
		for (size_t i = 0; i < COUNT(sides); i++)
			add(&fleet, NULL, &sides[i]);
	assert_int_equal(fleet.count, COUNT(sides));
	for (size_t i = 0; i < COUNT(sides); i++) {
		const struct cpc_side side = cpc_class_side(&fleet.classes[i]);

		assert_int_equal(fleet.classes[i].count, 2);
		assert_memory_equal(side.requirements, sides[i].requirements, sizeof(side.requirements));
		assert_int_equal(side.vantage, sides[i].vantage);
		assert_int_equal(side.dumped, sides[i].dumped);
		assert_true((side.kvm != NULL) == (sides[i].kvm != NULL));
	}
	cpc_fleet_free(&fleet);
}

/* Of a word that was read in part an id tells nothing, and a verdict goes by the part that was read. */
static void parts_what_was_read_in_part(void **state)
{
	const struct cpc_fingerprint full = plain_fingerprint("GenuineIntel");
	struct cpc_fingerprint poor = full;
	struct cpc_fingerprint rich;
	struct cpc_fingerprint unread;
	struct cpc_fleet fleet = { .count = 0 };
	const struct cpc_fingerprint *const hosts[] = { &poor, &rich, &unread, &poor, &rich, &unread };
	uint8_t verdicts[9];

	(void)state;
	set_feature(&poor, CPC_F_avx512f, false);
	poor.unread[CPC_L7_0_EBX] = UINT32_C(1) << cpc_features[CPC_F_avx512ifma].bit;
	rich = poor;
	set_feature(&rich, CPC_F_avx512f, true);
	unread = poor;
	set_unread(&unread, CPC_L7_0_EBX);
	for (size_t i = 0; i < COUNT(hosts); i++) {
		const struct cpc_side side = side_of(hosts[i]);

		add(&fleet, NULL, &side);
	}
	assert_int_equal(fleet.count, 3);
	cpc_fleet_matrix(&fleet, cpc_policy_named("kvm"), verdicts);
	assert_int_not_equal(verdicts[0 * 3 + 1], CPC_COMPATIBILITY_MODE);
	assert_int_equal(verdicts[1 * 3 + 0], CPC_COMPATIBILITY_MODE);
	cpc_fleet_free(&fleet);
}

/* More classes than the first table of slots has room for, each found again. */
static void grows(void **state)
{
	struct cpc_fingerprint fingerprint = plain_fingerprint("AuthenticAMD");
	const struct cpc_side side = side_of(&fingerprint);
	struct cpc_fleet fleet = { .count = 0 };

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (uint64_t pa = 1; pa <= 300; pa++) {
			fingerprint.scalars[CPC_S_pa].value = pa;
			add(&fleet, NULL, &side);
		}
	}
	assert_int_equal(fleet.count, 300);
	for (size_t i = 0; i < fleet.count; i++) {
		assert_int_equal(fleet.classes[i].count, 3);
		assert_int_equal(fleet.classes[i].fingerprint.scalars[CPC_S_pa].value, i + 1);
	}
	cpc_fleet_free(&fleet);
}

/* A text is what its fingerprint is in a capture of its own, however often it comes. */
static void folds_texts(void **state)
{
	const struct cpc_fingerprint fingerprint = plain_fingerprint("GenuineIntel");
	struct cpc_capture capture = { .origin = CPC_ORIGIN_FINGERPRINT, .fingerprint = fingerprint };
	struct cpc_fleet fleet = { .count = 0 };
	char text[CPC_FINGERPRINT_SIZE];
	const size_t length = cpc_fingerprint_print(&fingerprint, text);
	struct cpc_report report;
	struct cpc_error error;

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(cpc_fleet_add_text(&fleet, i ? "web01" : NULL, text, length, &error), CPC_OK);
	cpc_report_of(&capture, &report);
	const struct cpc_side side = cpc_side_of(&report);
	add(&fleet, NULL, &side);
	assert_int_equal(fleet.count, 1);
	assert_int_equal(fleet.hosts, 4);
	assert_int_equal(fleet.classes[0].count, 4);
	assert_int_equal(fleet.classes[0].name_count, 2);
	assert_int_equal(cpc_fleet_add_text(&fleet, NULL, text, 10, &error), CPC_BAD_DATA);
	assert_int_equal(cpc_fleet_add_text(&fleet, NULL, "", 0, &error), CPC_BAD_DATA);
	assert_int_equal(fleet.hosts, 4);
	cpc_fleet_free(&fleet);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(folds_equal_hosts),
		cmocka_unit_test(parts_what_a_verdict_depends_on),
		cmocka_unit_test(parts_what_was_read_in_part),
		cmocka_unit_test(grows),
		cmocka_unit_test(folds_texts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
