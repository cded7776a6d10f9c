/* SPDX-License-Identifier: MIT */
/* A requirement table that was saved: read back it is judged the same; and what is no such table. */
#include "ready_document.h"
#include "ready_support.h"
#include "renderers.h"

static void save(const struct cluster *cluster, struct cpc_buffer *out)
{
	const struct cpc_style style = { .width = 80 };
	struct cpc_ready ready = judge_cluster(cluster, "hyperv-2008r2", 0);
	const struct cpc_ready_view view = { .ready = &ready, .hosts = cluster->hosts, .count = cluster->count };
	struct cpc_error error;

	assert_int_equal(cpc_ready_json(&view, &style, out, &error), CPC_OK);
	cpc_ready_free(&ready);
}

static void sites_travel(void **state)
{
	struct cluster *cluster = calloc(1, sizeof(*cluster));
	struct cpc_ready_document document;
	struct cpc_buffer saved = { 0 };
	struct cpc_error error = { .status = CPC_OK };
	struct cpc_ready before, after;

	(void)state;
	assert_non_null(cluster);
	cluster_start(cluster, 3);
	strcpy(cluster->sites[1].results[CPC_SITE_DNS].needs, "/etc/resolv.conf");
	cluster->sites[1].results[CPC_SITE_DNS].status = CPC_PROBE_DENIED;
	cluster->sites[1].volumes_left_out = 7;
	cluster->sites[1].ports[2].speed = KNOWN(25000);
	cluster->sites[1].ports[3].speed = NOT_KNOWN;
	cluster->hosts[2].site = NULL;
	save(cluster, &saved);
	assert_true(cpc_ready_document_recognise(saved.bytes, saved.length));
	if (cpc_ready_document_read(saved.bytes, saved.length, &document, &error))
		fail_msg("%s", error.what);
	assert_int_equal(document.count, 3);
	assert_string_equal(document.hosts[1].name, "h2");
	assert_true(document.hosts[1].has_site);
	assert_false(document.hosts[2].has_site);
	assert_int_equal(document.hosts[1].site.volumes_left_out, 7);
	assert_int_equal(document.hosts[1].site.ports[2].speed.value, 25000);
	assert_false(document.hosts[1].site.ports[3].speed.known);
	assert_string_equal(document.hosts[1].site.results[CPC_SITE_DNS].needs, "/etc/resolv.conf");
	before = judge_cluster(cluster, "hyperv-2008r2", 0);
	for (size_t i = 0; i < 2; i++)
		cluster->hosts[i].site = &document.hosts[i].site;
	after = judge_cluster(cluster, "hyperv-2008r2", 0);
	for (unsigned int id = 0; id < CPC_ROW_COUNT; id++) {
		assert_int_equal(before.rows[id].fact_count, after.rows[id].fact_count);
		assert_memory_equal(before.rows[id].facts, after.rows[id].facts,
				    before.rows[id].fact_count * sizeof(*before.rows[id].facts));
		assert_memory_equal(before.rows[id].verdicts, after.rows[id].verdicts,
				    sizeof(before.rows[id].verdicts));
	}
	cpc_ready_free(&before);
	cpc_ready_free(&after);
	cpc_ready_document_free(&document);
	cpc_buffer_free(&saved);
	cluster_end(cluster);
	free(cluster);
}

static void refuse(const char *text, const char *why)
{
	struct cpc_ready_document document;
	struct cpc_error error;

	assert_int_equal(cpc_ready_document_read(text, strlen(text), &document, &error), CPC_BAD_DATA);
	if (!strstr(error.what, why))
		fail_msg("'%s' is not about '%s'", error.what, why);
	assert_null(document.hosts);
	assert_int_equal(document.count, 0);
}

/** A document of one host whose site has one member after another that is wrong. */
static void refuse_site(const char *site, const char *why)
{
	char text[1024];

	snprintf(text, sizeof(text),
		 "{\"schema\": \"cpucompat/ready/1\", \"facts\": [{\"host\": \"a\", \"report\": {}, \"site\": %s}]}",
		 site);
	refuse(text, why);
}

#define LISTS "\"storage_ports\": {\"items\": [], \"left_out\": 0}, \"volumes\": {\"items\": [], \"left_out\": 0}"

static void what_is_wrong_is_refused(void **state)
{
	(void)state;
	refuse("{\"schema\": \"cpucompat/ready/2\"}", "newer version");
	refuse("{\"schema\": \"cpucompat/ready/1\"", "not valid JSON");
	refuse("{\"schema\": \"cpucompat/ready/1\"}", "facts of 0 hosts");
	refuse("{\"schema\": \"cpucompat/ready/1\", \"facts\": [1]}", "facts.host");
	refuse("{\"schema\": \"cpucompat/ready/1\", \"facts\": [{\"host\": \"a\"}]}", "facts.report");
	refuse_site("1", "facts.site");
	refuse_site("{}", "site.memory");
	refuse_site("{\"memory\": {\"total\": -1}}", "memory.total");
	refuse_site("{\"memory\": {\"total\": \"1\"}}", "memory.total");
	refuse_site("{\"memory\": {}}", "ports.items");
	refuse_site("{\"memory\": {}, \"ports\": {\"items\": []}}", "ports.left_out");
	refuse_site("{\"memory\": {}, \"ports\": {\"items\": [1], \"left_out\": 0}}", "site.ports");
	refuse_site("{\"memory\": {}, \"ports\": {\"items\": [{\"name\": \"a\\u0001\"}], \"left_out\": 0}}",
		    "ports.name");
	refuse_site("{\"memory\": {}, \"ports\": {\"items\": [{\"carrier\": 1}], \"left_out\": 0}}", "ports.carrier");
	refuse_site("{\"memory\": {}, \"ports\": {\"items\": [{\"kind\": 1}], \"left_out\": 0}}", "ports.kind");
	refuse_site("{\"memory\": {}, \"ports\": {\"items\": [{\"name\": "
		    "\"0123456789012345678901234567890123456789012345678901234567890123\"}], \"left_out\": 0}}",
		    "ports.name");
	refuse_site("{\"probes\": {\"dns\": {\"status\": 1}}}", "dns.status");
	refuse_site("{\"probes\": {\"dns\": {\"status\": \"ok\"}}}", "dns.needs");
}

static void what_is_missing_is_not_known(void **state)
{
	static const char text[] =
		"{\"schema\": \"cpucompat/ready/1\", \"facts\": [{\"host\": \"a\", \"report\": {}, "
		"\"site\": {\"probes\": {\"dns\": {\"status\": \"new\", \"needs\": \"\"}}, "
		"\"memory\": {\"cpus\": null}, \"ports\": {\"left_out\": 1, \"items\": [{\"kind\": "
		"\"new\"}]}, " LISTS ", \"host\": {}, \"guest\": {}, \"directory\": {}, \"dns\": {}}}]}";
	struct cpc_ready_document document;
	struct cpc_error error = { .status = CPC_OK };

	(void)state;
	if (cpc_ready_document_read(text, strlen(text), &document, &error))
		fail_msg("%s", error.what);
	assert_int_equal(document.hosts[0].site.results[CPC_SITE_MEMORY].status, CPC_PROBE_ABSENT);
	assert_int_equal(document.hosts[0].site.results[CPC_SITE_DNS].status, CPC_PROBE_FAILED);
	assert_false(document.hosts[0].site.memory.cpus.known);
	assert_int_equal(document.hosts[0].site.ports[0].kind, CPC_PORT_OTHER);
	assert_int_equal(document.hosts[0].site.ports[0].carrier, CPC_UNKNOWN);
	assert_int_equal(document.hosts[0].site.ports_left_out, 1);
	cpc_ready_document_free(&document);
}

/* As other programs save it: with a mark at its start, and its keys in order. */
static void it_may_have_been_through_other_hands(void **state)
{
	static const char text[] = "\xef\xbb\xbf{\"facts\": [{\"host\": \"a\", \"report\": {\"schema\": "
				   "\"cpucompat/report/1\"}, \"site\": null}], \"schema\" :\n\"cpucompat/ready/1\"}";
	struct cpc_ready_document document;
	struct cpc_error error = { .status = CPC_OK };

	(void)state;
	assert_true(cpc_ready_document_recognise(text, strlen(text)));
	if (cpc_ready_document_read(text, strlen(text), &document, &error))
		fail_msg("%s", error.what);
	assert_int_equal(document.count, 1);
	cpc_ready_document_free(&document);
}

/* Of a disk of 8 EiB nothing is said, rather than something else. */
static void numbers_that_do_not_fit_are_not_known(void **state)
{
	struct cluster *cluster = calloc(1, sizeof(*cluster));
	struct cpc_ready_document document;
	struct cpc_buffer saved = { 0 };
	struct cpc_error error;

	(void)state;
	assert_non_null(cluster);
	cluster_start(cluster, 1);
	give_volume(&cluster->sites[0], "sdb", "naa.1")->bytes = KNOWN(UINT64_C(1) << 63);
	give_volume(&cluster->sites[0], "sdc", "naa.2")->bytes = KNOWN(INT64_MAX);
	save(cluster, &saved);
	assert_int_equal(cpc_ready_document_read(saved.bytes, saved.length, &document, &error), CPC_OK);
	assert_false(document.hosts[0].site.volumes[1].bytes.known);
	assert_true(document.hosts[0].site.volumes[2].bytes.value == INT64_MAX);
	cpc_ready_document_free(&document);
	cpc_buffer_free(&saved);
	cluster_end(cluster);
	free(cluster);
}

static void it_is_known_by_its_schema(void **state)
{
	static const char *const others[] = { "", "{", "[\"cpucompat/ready/1\"]",
					      "{\"schema\": \"cpucompat/report/1\"}",
					      "{\"schema\": \"cpucompat/report/1\", \"x\": \"cpucompat/ready/1\"}" };

	(void)state;
	for (size_t i = 0; i < COUNT(others); i++)
		assert_false(cpc_ready_document_recognise(others[i], strlen(others[i])));
	assert_true(cpc_ready_document_recognise(" \n{\"schema\": \"cpucompat/ready/9\"", 31));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sites_travel),
		cmocka_unit_test(what_is_wrong_is_refused),
		cmocka_unit_test(what_is_missing_is_not_known),
		cmocka_unit_test(it_may_have_been_through_other_hands),
		cmocka_unit_test(numbers_that_do_not_fit_are_not_known),
		cmocka_unit_test(it_is_known_by_its_schema),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
