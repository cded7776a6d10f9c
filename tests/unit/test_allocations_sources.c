/* SPDX-License-Identifier: MIT */
/* Fail every allocation once, in turn, of what a fleet is read from over the network. */
#include "refuse.h"

#include <jansson.h>

#include "cli_inside.h"
#include "fleet_inside.h"
#include "prometheus_reply.h"

#define OLD "cpc1:GenuineIntel:6.26.5:98a201-fcbf9ff:pa=40,la=48,clf=64"
#define NEW "cpc1:GenuineIntel:6.26.5:98a203-fcbf9ff:pa=40,la=48,clf=64"
#define OF(instance, view, text, time)                                                                                 \
	"{\"metric\":{\"instance\":\"" instance "\",\"job\":\"j\",\"view\":\"" view "\",\"fingerprint\":\"" text       \
	"\"},\"value\":[1,\"" time "\"]}"

static const char answer[] =
	"{\"status\":\"success\",\"warnings\":[\"w\"],\"data\":{\"resultType\":\"vector\",\"result\":[" OF(
		"b", "kvm", NEW, "5") "," OF("b", "cpuid", OLD,
					     "5") "," OF("a", "cpuid", OLD,
							 "5") "," OF("a", "cpuid", NEW,
								     "6") "," OF("c", "kvm", OLD,
										 "5") "," OF("d", "cpuid", "x",
											     "5") "]}}";

static bool hooked; /* jansson's allocations are refused, too */

/* What comes of it, as text. */
struct gathered {
	struct cpc_sightings *sightings;
	struct cpc_buffer out;
	bool no_memory;
};

static bool sighted(void *context, const struct cpc_sighting *sighting)
{
	struct gathered *gathered = context;
	const enum cpc_status status = cpc_sightings_add(gathered->sightings, sighting, NULL);

	gathered->no_memory |= status == CPC_INTERNAL;
	if (status == CPC_BAD_DATA)
		cpc_buffer_printf(&gathered->out, "%s is bad\n", sighting->name);
	return !gathered->no_memory;
}

static bool unreadable(void *context, const char *name, const char *why)
{
	struct gathered *gathered = context;

	cpc_buffer_printf(&gathered->out, "%s: %s\n", name, why);
	return true;
}

static bool warned(void *context, const char *warning)
{
	struct gathered *gathered = context;

	cpc_buffer_printf(&gathered->out, "warning: %s\n", warning);
	return true;
}

static enum cpc_status remark(void *context, const char *name, const char *what)
{
	unreadable(context, name, what);
	return CPC_OK;
}

static enum cpc_status read_answer(struct gathered *gathered)
{
	const struct cpc_series_sink sink = {
		.sighted = sighted, .unreadable = unreadable, .warned = warned, .context = gathered
	};
	const struct cpc_remarks remarks = { .remark = remark, .context = gathered };
	struct cpc_prometheus_reply reply = { .sink = &sink };
	struct cpc_fleet fleet = { .count = 0 };
	struct cpc_error error;
	enum cpc_status status;

	/* In two pieces, so that a series is put together. */
	if (cpc_prometheus_reply_feed(&reply, answer, 300))
		(void)cpc_prometheus_reply_feed(&reply, answer + 300, sizeof(answer) - 301);
	status = cpc_prometheus_reply_end(&reply, 200, &error);
	if (!status)
		status = cpc_sightings_fold(gathered->sightings, &fleet, &remarks, &error);
	for (size_t i = 0; i < fleet.count && !status; i++)
		for (size_t n = 0; n < fleet.classes[i].name_count; n++)
			cpc_buffer_printf(&gathered->out, "%zu %s\n", i, fleet.classes[i].names[n]);
	cpc_fleet_free(&fleet);
	cpc_prometheus_reply_free(&reply);
	return status;
}

static enum cpc_status ask_prometheus(void)
{
	struct gathered gathered = { .sightings = cpc_sightings_new() };
	enum cpc_status status = CPC_INTERNAL;

	if (gathered.sightings)
		status = read_answer(&gathered);
	if (gathered.out.failed)
		status = CPC_INTERNAL;
	cpc_sightings_free(gathered.sightings);
	if (hooked)
		cpc_buffer_free(&gathered.out);
	else
		keep_output(&gathered.out, status);
	return status;
}

static void test_prometheus(void **state)
{
	(void)state;
	json_set_alloc_funcs(__real_malloc, free);
	assert_true(fail_each("prometheus", ask_prometheus, CPC_INTERNAL) > 10);
}

/*
 * Jansson's own: without memory for a text it may call it malformed, or drop a character of it, so what comes of it is
 * not compared. (Of a fingerprint the id beside it would tell.)
 */
static void test_prometheus_jansson(void **state)
{
	(void)state;
	hooked = true;
	json_set_alloc_funcs(hook_malloc, free);
	assert_true(fail_each("prometheus, with jansson", ask_prometheus, CPC_UNAVAILABLE) > 50);
	hooked = false;
}

/* What a reading came to, as text. */
static void print_reading(const struct cli_reading *reading, struct cpc_buffer *out)
{
	cpc_buffer_printf(out, "%zu hosts\n", reading->fleet.hosts);
	for (size_t i = 0; i < reading->unreadable_count; i++)
		cpc_buffer_printf(out, "%s: %s\n", reading->unreadable[i].source, reading->unreadable[i].error);
}

static enum cpc_status ask_list(void)
{
	static const char list[] =
		"a http://127.0.0.1:1\n# b\nhttp://127.0.0.1:1\nunix:/nonexistent token-file=/proc/self/comm\n"
		"x y z\nlost http://a token-file=/nonexistent\n";
	const struct cli_options options = { .format = "text" };
	struct cli_reading reading = { .options = &options };
	struct cpc_buffer bytes = { .bytes = (char *)list, .length = sizeof(list) - 1 };
	struct cpc_buffer out = { .length = 0 };
	enum cpc_status status = cli_fold_host_list(&reading, "list", &bytes);

	if (!status)
		print_reading(&reading, &out);
	if (out.failed)
		status = CPC_INTERNAL;
	keep_output(&out, status);
	cli_forget(&reading);
	return status;
}

static void test_lists(void **state)
{
	(void)state;
	cpc_buffer_free(&whole);
	assert_true(fail_each("list of agents", ask_list, CPC_INTERNAL) > 20);
}

static int teardown(void **state)
{
	(void)state;
	cpc_buffer_free(&whole);
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_prometheus),
		cmocka_unit_test(test_prometheus_jansson),
		cmocka_unit_test(test_lists),
	};

	return cmocka_run_group_tests(tests, NULL, teardown);
}
