/* SPDX-License-Identifier: MIT */
/* What becomes of the peers where nobody can be asked. The poller is this file's own. */
#include "settings_support.h"

#include "peers.h"
#include "poller.h"

static size_t starts;
static enum cpc_status outcome;

enum cpc_status cpc_poller_start(const struct cpc_polling *polling, struct cpc_poller **ret_poller,
				 struct cpc_error *reterr)
{
	static char poller;

	(void)polling;
	starts++;
	if (outcome)
		return cpc_fail(reterr, outcome, 0, "no libcurl");
	*ret_poller = (struct cpc_poller *)&poller;
	return CPC_OK;
}

void cpc_poller_stop(struct cpc_poller *poller)
{
	(void)poller;
}

static void tell_nobody(void *context)
{
	(void)context;
}

static void tries_again_to_ask(void **state)
{
	const struct cpc_capture capture = { .origin = CPC_ORIGIN_FINGERPRINT,
					     .fingerprint = plain_fingerprint("GenuineIntel") };
	char *lines[] = { (char[]){ "web03 http://127.0.0.1:1" } };
	struct cpc_settings settings = { .policy = (char[]){ "kvm" }, .peer_interval = 60 };
	struct cpc_loop loop = { .stopping = false };
	struct cpc_error error = { .what = "" };
	struct cpc_peering *peering = NULL;
	struct cpc_report report;
	const struct cpc_peering_start start = {
		.settings = &settings, .self = &report, .loop = &loop, .changed = tell_nobody
	};

	(void)state;
	cpc_report_of(&capture, &report);
	assert_int_equal(cpc_peering_start(&start, &peering, &error), CPC_OK);
	assert_int_equal(starts, 0);
	settings.peer = (struct cpc_texts){ .items = lines, .count = COUNT(lines) };
	outcome = CPC_UNAVAILABLE;
	assert_int_equal(cpc_peering_reload(peering, &settings, &error), CPC_UNAVAILABLE);
	assert_int_equal(cpc_peering_list(peering)->count, 1);
	outcome = CPC_OK;
	assert_int_equal(cpc_peering_reload(peering, &settings, &error), CPC_OK);
	assert_int_equal(starts, 2);
	/* Nothing changed, and it is under way. */
	assert_int_equal(cpc_peering_reload(peering, &settings, &error), CPC_OK);
	assert_int_equal(starts, 2);
	cpc_peering_stop(peering);
}

/* A token that is gone keeps the old list; the policy needs none. */
static void goes_by_the_policy_all_the_same(void **state)
{
	char *lines[] = { (char[]){ "web03 http://127.0.0.1:1" } };
	struct cpc_settings settings = { .policy = (char[]){ "kvm" },
					 .peer_interval = 60,
					 .peer = { .items = lines, .count = COUNT(lines) } };
	const struct cpc_capture capture = { .origin = CPC_ORIGIN_FINGERPRINT,
					     .fingerprint = plain_fingerprint("GenuineIntel") };
	struct cpc_loop loop = { .stopping = false };
	struct cpc_error error = { .what = "" };
	struct cpc_peering *peering = NULL;
	struct cpc_report report;
	const struct cpc_peering_start start = {
		.settings = &settings, .self = &report, .loop = &loop, .changed = tell_nobody
	};

	(void)state;
	outcome = CPC_OK;
	cpc_report_of(&capture, &report);
	assert_int_equal(cpc_peering_start(&start, &peering, &error), CPC_OK);
	settings.policy = (char[]){ "xen" };
	settings.peer_token = (char[]){ "/nonexistent/token" };
	assert_int_equal(cpc_peering_reload(peering, &settings, &error), CPC_NO_INPUT);
	assert_string_equal(cpc_peering_list(peering)->policy->name, "xen");
	assert_int_equal(cpc_peering_list(peering)->count, 1);
	cpc_peering_stop(peering);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tries_again_to_ask),
		cmocka_unit_test(goes_by_the_policy_all_the_same),
	};

	return cmocka_run_group_tests_name("peers", tests, NULL, NULL);
}
