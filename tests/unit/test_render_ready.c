/* SPDX-License-Identifier: MIT */
/* A requirement table for people and for programs. */
#include "ready_sentences.h"
#include "ready_support.h"
#include "renderers.h"

static char *render(const char *name, struct cluster *cluster, uint32_t assumed, int width)
{
	const struct cpc_style style = { .width = width };
	struct cpc_ready ready = judge_cluster(cluster, "hyperv-2008r2", assumed);
	const struct cpc_ready_view view = { .ready = &ready, .hosts = cluster->hosts, .count = cluster->count };
	struct cpc_buffer out = { 0 };

	assert_int_equal(cpc_ready_format_named(name)->render(&view, &style, &out, NULL), CPC_OK);
	cpc_buffer_add(&out, "", 1);
	cpc_ready_free(&ready);
	return out.bytes;
}

static void has(const char *text, const char *needle)
{
	if (!strstr(text, needle))
		fail_msg("no '%s' in:\n%s", needle, text);
}

static void has_not(const char *text, const char *needle)
{
	if (strstr(text, needle))
		fail_msg("'%s' in:\n%s", needle, text);
}

static void text(void **state)
{
	struct cluster *cluster = calloc(1, sizeof(*cluster));
	char *out;

	(void)state;
	assert_non_null(cluster);
	cluster_start(cluster, 3);
	out = render("text", cluster, UINT32_C(1) << CPC_ROW_GUEST_OS, 80);
	has(out, "ready for production\n");
	has(out, "Assumed to be met: guest_os\n");
	has(out, "Network ports   met         met         h1: ports with carrier: 6");
	has_not(out, "Not met:");
	free(out);
	/* One reason of several hosts is one line, and one of both columns is said once. */
	for (size_t i = 0; i < 2; i++)
		cluster->sites[i].dns.updates = CPC_CLEAR;
	cluster->sites[0].port_count = 2;
	out = render("text", cluster, 0, 80);
	has(out, "not ready: the minimum is not met\n");
	has(out, "  - DNS of h1, h2: let the name server take dynamic updates\n");
	has(out, "  - Network ports of h1: 1 of 2: add network ports\n");
	has_not(out, "1 of 6");
	has(out, "  ? Guest system of h1, h2, h3: run it inside the guests");
	free(out);
	cluster_end(cluster);
	free(cluster);
}

static void lines_fit(void **state)
{
	static const int widths[] = { 80, 132 };
	struct cluster *cluster = calloc(1, sizeof(*cluster));

	(void)state;
	assert_non_null(cluster);
	cluster_start(cluster, 4);
	for (size_t i = 0; i < COUNT(widths); i++) {
		char *out = render("text", cluster, 0, widths[i]);

		for (const char *line = out; *line; line += strcspn(line, "\n") + 1)
			assert_true(strcspn(line, "\n") <= (size_t)widths[i]);
		free(out);
	}
	cluster_end(cluster);
	free(cluster);
}

static void json(void **state)
{
	struct cluster *cluster = calloc(1, sizeof(*cluster));
	char *out;

	(void)state;
	assert_non_null(cluster);
	cluster_start(cluster, 2);
	cluster->sites[1].dns.updates = CPC_CLEAR;
	out = render("json", cluster, 0, 80);
	has(out, "\"schema\": \"cpucompat/ready/1\"");
	has(out, "\"verdict\": \"not-ready\"");
	has(out, "\"remedy\": \"allow-dynamic-updates\"");
	has(out, "\"row\": \"shared_storage\"");
	free(out);
	cluster_end(cluster);
	free(cluster);
}

static void every_remedy_has_words(void **state)
{
	(void)state;
	for (unsigned int i = CPC_REMEDY_NONE + 1; i < CPC_REMEDY_COUNT; i++) {
		assert_non_null(cpc_remedy_words(i));
		assert_string_not_equal(cpc_remedy_words(i), "");
	}
}

static void values_have_units(void **state)
{
	struct cpc_ready_fact fact = { .id = CPC_FACT_MEMORY_LEFT, .number = UINT64_C(3) << 29 };
	char words[CPC_READY_WORDS_SIZE];

	(void)state;
	cpc_fact_words(&fact, words);
	assert_string_equal(words, "memory left: 1.5 GiB");
	fact.id = CPC_FACT_HOSTS;
	fact.number = 3;
	cpc_fact_words(&fact, words);
	assert_string_equal(words, "hosts: 3");
	fact = (struct cpc_ready_fact){ .id = CPC_FACT_SLAT, .kind = CPC_READY_TEXT };
	strcpy(fact.text, "hidden-by-hypervisor");
	strcpy(fact.subject, "EPT");
	cpc_fact_words(&fact, words);
	assert_string_equal(words, "EPT hidden by hypervisor");
	fact = (struct cpc_ready_fact){ .id = CPC_FACT_UPDATES, .kind = CPC_READY_TRISTATE, .tristate = CPC_SET };
	cpc_fact_words(&fact, words);
	assert_string_equal(words, "dynamic updates: set");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text),
		cmocka_unit_test(lines_fit),
		cmocka_unit_test(json),
		cmocka_unit_test(every_remedy_has_words),
		cmocka_unit_test(values_have_units),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
