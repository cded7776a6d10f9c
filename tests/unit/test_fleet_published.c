/* SPDX-License-Identifier: MIT */
/* The fleet of an agent: itself and the peers that are up, each as its relation to this host has it. */
#include <cpucompat/fleet.h>

#include "support.h"

/** A peer that told the text of a fingerprint, and whose host has these requirements. */
static void make_host(struct cpc_peer_host *host, char *text, enum cpc_requirement_status virtualization)
{
	*host = (struct cpc_peer_host){ .vantage = CPC_BARE_METAL, .cpuid = { .text = text } };
	for (unsigned int i = 0; i < CPC_REQUIREMENT_COUNT; i++)
		host->requirements[i] = CPC_PRESENT;
	host->requirements[CPC_HARDWARE_VIRTUALIZATION] = virtualization;
}

static void takes_those_that_are_up(void **state)
{
	const struct cpc_fingerprint own = plain_fingerprint("GenuineIntel");
	struct cpc_fingerprint richer = own;
	char own_text[CPC_FINGERPRINT_SIZE];
	char richer_text[CPC_FINGERPRINT_SIZE];
	struct cpc_peer_host hosts[3];
	struct cpc_capture capture = { .origin = CPC_ORIGIN_FINGERPRINT, .fingerprint = own };
	struct cpc_report report;
	struct cpc_fleet fleet = { .count = 0 };

	(void)state;
	set_feature(&richer, CPC_F_avx2, true);
	cpc_fingerprint_print(&own, own_text);
	cpc_fingerprint_print(&richer, richer_text);
	make_host(&hosts[0], richer_text, CPC_PRESENT);
	make_host(&hosts[1], richer_text, CPC_PRESENT);
	make_host(&hosts[2], richer_text, CPC_DISABLED_BY_FIRMWARE);
	struct cpc_peer items[] = {
		{ .name = "a", .state = CPC_PEER_UP, .host = &hosts[0] },
		{ .name = "down", .state = CPC_PEER_DOWN, .host = &hosts[0] },
		{ .name = "never", .state = CPC_PEER_NEVER },
		{ .name = "b", .state = CPC_PEER_UP, .host = &hosts[1] },
		{ .name = "off", .state = CPC_PEER_UP, .host = &hosts[2] },
	};
	const struct cpc_policy *policy = cpc_policy_named("kvm");
	const struct cpc_peers peers = { .policy = policy, .items = items, .count = COUNT(items) };
	const struct cpc_published published = { .report = &report, .peers = &peers };
	cpc_report_of(&capture, &report);
	assert_int_equal(cpc_fleet_add_published(&fleet, &published, NULL), CPC_OK);
	assert_int_equal(fleet.hosts, 4);
	assert_int_equal(fleet.count, 3);
	assert_string_equal(fleet.classes[0].names[0], "self");
	assert_int_equal(fleet.classes[1].count, 2);
	assert_string_equal(fleet.classes[1].names[1], "b");
	/* A host whose VT-x is off is no equal of one of the same processor. */
	assert_string_equal(fleet.classes[2].names[0], "off");
	struct cpc_fleet_answers answers;
	assert_int_equal(cpc_fleet_ask(&fleet, policy, &answers, NULL), CPC_OK);
	for (size_t i = 0; i < COUNT(items); i++) {
		struct cpc_peer_relation relation;
		const size_t class = i == 0 || i == 3 ? 1 : 2;

		if (items[i].state != CPC_PEER_UP)
			continue;
		assert_int_equal(cpc_peer_relate(&report, items[i].host, policy, &relation, NULL), CPC_OK);
		assert_int_equal(answers.verdicts[class], relation.to_peer);
		assert_int_equal(answers.verdicts[class * fleet.count], relation.from_peer);
	}
	cpc_fleet_answers_free(&answers);
	cpc_fleet_free(&fleet);
}

static void is_one_host_without_peers(void **state)
{
	struct cpc_capture capture = { .origin = CPC_ORIGIN_FINGERPRINT,
				       .host_name = "web01",
				       .fingerprint = plain_fingerprint("AuthenticAMD") };
	struct cpc_report report;
	const struct cpc_published published = { .report = &report };
	struct cpc_fleet fleet = { .count = 0 };

	(void)state;
	cpc_report_of(&capture, &report);
	assert_int_equal(cpc_fleet_add_published(&fleet, &published, NULL), CPC_OK);
	assert_int_equal(fleet.count, 1);
	assert_string_equal(fleet.classes[0].names[0], "web01");
	cpc_fleet_free(&fleet);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(takes_those_that_are_up),
		cmocka_unit_test(is_one_host_without_peers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
