/* SPDX-License-Identifier: MIT */
/* What becomes of the peers where nobody can be asked, and when news of them are told. The poller is this file's own.
 */
#include "settings_support.h"

#include <poll.h>
#include <time.h>

#include "peers.h"
#include "poller.h"

static size_t starts;
static enum cpc_status outcome;
static bool (*answered)(void *context, const struct cpc_poll_answer *answer);
static void *answered_context;

enum cpc_status cpc_poller_start(const struct cpc_polling *polling, struct cpc_poller **ret_poller,
				 struct cpc_error *reterr)
{
	static char poller;

	answered = polling->answered;
	answered_context = polling->context;
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

/* What is told, when, and what telling takes. */
struct telling {
	struct cpc_loop loop;
	uint64_t told_at[2];
	size_t count;
	unsigned int sleep_ms; /* telling waits for others */
	unsigned int work_ms;  /* telling is work */
};

/* Each time for another reason, so that it is news. */
static void fail_peer(size_t count)
{
	struct cpc_error error = { .status = CPC_UNAVAILABLE };
	const struct cpc_poll_answer answer = { .result = CPC_POLL_FAILED, .error = &error };

	snprintf(error.what, sizeof(error.what), "reason %zu", count);
	assert_false(answered(answered_context, &answer));
}

static void tell(void *context)
{
	struct telling *telling = context;
	const clock_t began = clock();

	telling->told_at[telling->count++] = cpc_loop_now();
	if (telling->count == COUNT(telling->told_at)) {
		cpc_loop_stop(&telling->loop);
		return;
	}
	fail_peer(telling->count);
	poll(NULL, 0, (int)telling->sleep_ms);
	while (clock() - began < (clock_t)telling->work_ms * (CLOCKS_PER_SEC / 1000))
		continue;
}

/* Milliseconds between two pieces of news. */
static uint64_t gap_of(unsigned int interval, unsigned int sleep_ms, unsigned int work_ms)
{
	char *lines[] = { (char[]){ "web03 http://127.0.0.1:1" } };
	struct cpc_settings settings = { .policy = (char[]){ "kvm" },
					 .peer_interval = interval,
					 .peer = { .items = lines, .count = COUNT(lines) } };
	const struct cpc_capture capture = { .origin = CPC_ORIGIN_FINGERPRINT,
					     .fingerprint = plain_fingerprint("GenuineIntel") };
	struct telling telling = { .sleep_ms = sleep_ms, .work_ms = work_ms };
	struct cpc_error error = { .what = "" };
	struct cpc_peering *peering = NULL;
	struct cpc_report report;
	const struct cpc_peering_start start = {
		.settings = &settings, .self = &report, .loop = &telling.loop, .changed = tell, .context = &telling
	};

	outcome = CPC_OK;
	cpc_report_of(&capture, &report);
	assert_int_equal(cpc_peering_start(&start, &peering, &error), CPC_OK);
	fail_peer(0);
	cpc_loop_run(&telling.loop);
	assert_string_equal(cpc_peering_list(peering)->items[0].error, "reason 1");
	cpc_peering_stop(peering);
	return telling.told_at[1] - telling.told_at[0];
}

/* Telling that takes much of a CPU makes news rarer; that others keep the CPU does not, and two intervals are enough
 * for everything. */
static void tells_in_time(void **state)
{
	(void)state;
	assert_true(gap_of(3600, 0, 100) >= 2000);
	/* 20 times as long as it took would be 10 s. */
	assert_true(gap_of(3600, 500, 0) < 6000);
	assert_true(gap_of(4, 0, 500) < 6000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tries_again_to_ask),
		cmocka_unit_test(goes_by_the_policy_all_the_same),
		cmocka_unit_test(tells_in_time),
	};

	return cmocka_run_group_tests_name("peers", tests, NULL, NULL);
}
