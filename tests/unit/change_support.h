/* SPDX-License-Identifier: MIT */
/* Two fleets by their hosts' names and features, and what changed between them. */
#ifndef CPC_TEST_CHANGE_SUPPORT_H
#define CPC_TEST_CHANGE_SUPPORT_H

#include <cpucompat/fleet_change.h>

#include "support.h"

/** "web01 avx aes", "- avx": a host without a name; "web01 !avx": one of AMD's. */
static inline void add_host(struct cpc_fleet *fleet, const char *host)
{
	const size_t length = strcspn(host, " ");
	const char *features = host[length] ? host + length + 1 : "";
	struct cpc_fingerprint fingerprint = plain_fingerprint(*features == '!' ? "AuthenticAMD" : "GenuineIntel");
	const struct cpc_side side = side_of(&fingerprint);
	char name[32];

	snprintf(name, sizeof(name), "%.*s", (int)length, host);
	apply_features(&fingerprint, features + (*features == '!'));
	assert_int_equal(cpc_fleet_add(fleet, *name == '-' ? NULL : name, &side, NULL), CPC_OK);
}

struct two_fleets {
	struct cpc_fleet fleets[2];
	struct cpc_fleet_answers answers[2];
	struct cpc_fleet_change change;
};

/** Hosts are divided by semicolons. */
static inline void compare_fleets(struct two_fleets *two, const char *before, const char *now)
{
	const char *const hosts[2] = { before, now };

	*two = (struct two_fleets){ .fleets = { { .count = 0 } } };
	for (size_t i = 0; i < 2; i++) {
		char copy[1024];

		assert_true(strlen(hosts[i]) < sizeof(copy));
		strcpy(copy, hosts[i]);
		for (char *rest = copy, *host; (host = strsep(&rest, ";"));)
			if (*host)
				add_host(&two->fleets[i], host);
		assert_int_equal(cpc_fleet_ask(&two->fleets[i], cpc_policy_named("kvm"), &two->answers[i], NULL),
				 CPC_OK);
	}
	assert_int_equal(cpc_fleet_change_of(&two->fleets[0], &two->answers[0], &two->fleets[1], &two->answers[1],
					     &two->change, NULL),
			 CPC_OK);
}

static inline void forget_fleets(struct two_fleets *two)
{
	cpc_fleet_change_free(&two->change);
	for (size_t i = 0; i < 2; i++) {
		cpc_fleet_answers_free(&two->answers[i]);
		cpc_fleet_free(&two->fleets[i]);
	}
}

/** The shift that a host is part of, or NULL. */
static inline const struct cpc_fleet_shift *shift_of(const struct cpc_fleet_change *change, const char *name)
{
	for (size_t i = 0; i < change->shift_count; i++)
		for (size_t n = 0; n < change->shifts[i].count; n++)
			if (strcmp(change->shifts[i].names[n], name) == 0)
				return &change->shifts[i];
	return NULL;
}

#endif
