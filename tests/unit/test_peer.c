/* SPDX-License-Identifier: MIT */
/* A peer's kept lines relate to this host as its whole report would. */
#include "support.h"

#include <cpucompat/peer.h>

/* A host of a fingerprint; `kvm` may be NULL. */
static struct cpc_peer_host *host_of(const struct cpc_fingerprint *cpuid, const struct cpc_fingerprint *kvm)
{
	struct cpc_peer_host *host = calloc(1, sizeof(*host));
	char text[CPC_FINGERPRINT_SIZE];

	assert_non_null(host);
	cpc_fingerprint_print(cpuid, text);
	host->cpuid.text = strdup(text);
	host->vantage = CPC_DUMP;
	host->dumped = true;
	if (kvm) {
		cpc_fingerprint_print(kvm, text);
		host->kvm.text = strdup(text);
	}
	return host;
}

static void report_of(const struct cpc_fingerprint *fingerprint, struct cpc_capture *capture, struct cpc_report *report)
{
	*capture = (struct cpc_capture){ .origin = CPC_ORIGIN_FINGERPRINT, .fingerprint = *fingerprint };
	cpc_report_of(capture, report);
}

static void names_states(void **state)
{
	(void)state;
	assert_string_equal(cpc_peer_state_name(CPC_PEER_NEVER), "never");
	assert_string_equal(cpc_peer_state_name(CPC_PEER_UP), "up");
	assert_string_equal(cpc_peer_state_name(CPC_PEER_DOWN), "down");
}

static void relates_as_compare_does(void **state)
{
	const struct cpc_fingerprint plain = plain_fingerprint("GenuineIntel");
	struct cpc_fingerprint others[6];
	struct cpc_capture capture;
	struct cpc_report self;

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++)
		others[i] = plain;
	set_feature(&others[1], CPC_F_avx, true);
	set_feature(&others[2], CPC_F_cx16, false);
	set_feature(&others[3], CPC_F_avx, true);
	set_feature(&others[3], CPC_F_cx16, false);
	memcpy(others[4].vendor, "AuthenticAMD", 12);
	set_unread(&others[5], CPC_L7_0_EBX);
	report_of(&plain, &capture, &self);
	for (unsigned int policy = 0; policy < CPC_POLICY_COUNT; policy++) {
		for (size_t i = 0; i < COUNT(others); i++) {
			struct cpc_peer_host *host = host_of(&others[i], NULL);
			struct cpc_peer_relation relation;
			struct cpc_comparison comparison;
			struct cpc_capture other_capture;
			struct cpc_report other;

			report_of(&others[i], &other_capture, &other);
			const struct cpc_side a = cpc_side_of(&self);
			const struct cpc_side b = cpc_side_of(&other);
			assert_int_equal(cpc_compare(&a, &b, &cpc_policies[policy], &comparison, NULL), CPC_OK);
			assert_int_equal(cpc_peer_relate(&self, host, &cpc_policies[policy], &relation, NULL), CPC_OK);
			assert_int_equal(relation.relation, comparison.relation);
			assert_int_equal(relation.to_peer, comparison.a_to_b.verdict);
			assert_int_equal(relation.from_peer, comparison.b_to_a.verdict);
			cpc_comparison_free(&comparison);
			cpc_peer_host_free(host);
		}
	}
}

/* The policy's own view is compared where both have it; a requirement that is missing stands against any move. */
static void heeds_views_and_requirements(void **state)
{
	const struct cpc_policy *kvm = cpc_policy_named("kvm");
	const struct cpc_fingerprint plain = plain_fingerprint("GenuineIntel");
	struct cpc_fingerprint more = plain;
	struct cpc_capture capture;
	struct cpc_report self;
	struct cpc_peer_relation relation;
	struct cpc_peer_host *host;

	(void)state;
	set_feature(&more, CPC_F_avx, true);
	report_of(&plain, &capture, &self);
	self.has_kvm = true;
	self.kvm_fingerprint = more;
	host = host_of(&plain, &more);
	assert_int_equal(cpc_peer_relate(&self, host, kvm, &relation, NULL), CPC_OK);
	assert_int_equal(relation.relation, CPC_RELATION_SAME);
	cpc_peer_host_free(host);
	host = host_of(&plain, &plain);
	assert_int_equal(cpc_peer_relate(&self, host, kvm, &relation, NULL), CPC_OK);
	assert_int_equal(relation.relation, CPC_RELATION_ONE_WAY);
	assert_int_equal(relation.from_peer, CPC_MIGRATABLE);
	host->requirements[CPC_HARDWARE_VIRTUALIZATION] = CPC_DISABLED_BY_FIRMWARE;
	assert_int_equal(cpc_peer_relate(&self, host, kvm, &relation, NULL), CPC_OK);
	assert_int_equal(relation.to_peer, CPC_IMPOSSIBLE);
	cpc_peer_host_free(host);
}

/* Of a word that was read in part the text says `x` alone; the bits that were read count all the same. */
static void keeps_what_a_text_cannot_say(void **state)
{
	const struct cpc_policy *kvm = cpc_policy_named("kvm");
	struct cpc_fingerprint plain = plain_fingerprint("GenuineIntel");
	struct cpc_fingerprint partial = plain;
	struct cpc_capture capture;
	struct cpc_report self;
	struct cpc_peer_relation relation;
	struct cpc_peer_host *host;

	(void)state;
	set_feature(&partial, CPC_F_avx, true);
	partial.unread[cpc_features[CPC_F_avx].reg] |= UINT32_C(1) << cpc_features[CPC_F_aes].bit;
	report_of(&plain, &capture, &self);
	host = host_of(&partial, NULL);
	assert_int_equal(cpc_peer_relate(&self, host, kvm, &relation, NULL), CPC_OK);
	assert_int_equal(relation.from_peer, CPC_VERDICT_UNKNOWN);
	host->partial = malloc(sizeof(*host->partial));
	assert_non_null(host->partial);
	*host->partial = partial;
	assert_int_equal(cpc_peer_relate(&self, host, kvm, &relation, NULL), CPC_OK);
	assert_int_equal(relation.from_peer, CPC_COMPATIBILITY_MODE);
	cpc_peer_host_free(host);
	cpc_peer_host_free(NULL);
}

static void refuses_nonsense(void **state)
{
	const struct cpc_fingerprint plain = plain_fingerprint("GenuineIntel");
	struct cpc_peer_relation relation = { .relation = CPC_RELATION_COUNT };
	struct cpc_peer_host *host = host_of(&plain, &plain);
	struct cpc_capture capture;
	struct cpc_report self;

	(void)state;
	report_of(&plain, &capture, &self);
	host->kvm.text[0] = 'x';
	assert_int_equal(cpc_peer_relate(&self, host, &cpc_policies[0], &relation, NULL), CPC_BAD_DATA);
	host->cpuid.text[0] = 'x';
	assert_int_equal(cpc_peer_relate(&self, host, &cpc_policies[0], &relation, NULL), CPC_BAD_DATA);
	assert_int_equal(relation.relation, CPC_RELATION_COUNT);
	cpc_peer_host_free(host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_states),
		cmocka_unit_test(relates_as_compare_does),
		cmocka_unit_test(heeds_views_and_requirements),
		cmocka_unit_test(keeps_what_a_text_cannot_say),
		cmocka_unit_test(refuses_nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
