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
	has(out, "ready for production, if what is assumed holds\n");
	has(out, "Guest system    cannot see  cannot see  assumed to be met\n");
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
	has(out, "  - Network ports of h1: 1 of 2 (6 in production): add network ports\n");
	has_not(out, "1 of 6");
	has(out, "  ? Guest system of h1, h2, h3: run it inside the guests");
	free(out);
	cluster_end(cluster);
	free(cluster);
}

/* Of two disks the one that falls short of the minimum does not hide the other. */
static void each_is_named(void **state)
{
	struct cluster *cluster = calloc(1, sizeof(*cluster));
	struct cpc_disk vhdx = { .format = CPC_DISK_FORMAT_VHDX, .kind = CPC_DISK_KIND_DYNAMIC };
	struct cpc_ready_disk two[2];
	char *out;

	(void)state;
	assert_non_null(cluster);
	cluster_start(cluster, 2);
	cluster->disk.kind = CPC_DISK_KIND_DYNAMIC;
	two[0] = cluster->shown;
	two[1] = (struct cpc_ready_disk){ .name = "b.vhdx", .disk = &vhdx };
	cluster->hosts[0].disks = two;
	cluster->hosts[0].disk_count = 2;
	cluster->sites[0].ports[4].carrier = cluster->sites[0].ports[5].carrier = CPC_CLEAR;
	cluster->sites[1].ports[1].carrier = CPC_CLEAR;
	cluster->sites[0].storage_ports[1].usable = CPC_CLEAR;
	out = render("text", cluster, 0, 132);
	has(out, "  - Virtual disks of h1 (b.vhdx): convert the disk");
	has(out, "  - Virtual disks in production of h1 (a.vhd): convert the disk");
	has(out, "  - Network ports in production of h1 (eth3, eth4): 4 of 6: connect more of its network ports");
	has(out, "  - Network ports in production of h2 (eth0): connect the bonded ports");
	has(out, "  - Storage ports in production of h1 (host1): 1 of 2: mend the path");
	free(out);
	/* More names than there is room for. */
	for (int i = 10; i < 40; i++) {
		char name[16];

		snprintf(name, sizeof(name), "enp%ds0f0np1", i);
		give_port(&cluster->sites[0], name, CPC_PORT_PHYSICAL, "")->carrier = CPC_UNKNOWN;
	}
	out = render("text", cluster, 0, 200);
	has(out, "? Network ports in production of h1 (enp10s0f0np1, enp11s0f0np1,");
	has(out, ", ...):");
	free(out);
	cluster_end(cluster);
	free(cluster);
}

/* What the hosts differ in is said once of all that differ alike, and what to beware of last. */
static void differences_and_cautions(void **state)
{
	struct cluster *cluster = calloc(1, sizeof(*cluster));
	char *out;

	(void)state;
	assert_non_null(cluster);
	cluster_start(cluster, 4);
	for (size_t host = 2; host < 4; host++) {
		struct cpc_storage_port *way = &cluster->sites[host].storage_ports[0];

		way->transport = CPC_TRANSPORT_ISCSI;
		strcpy(way->through, "eth5");
		cluster->sites[host].ports[6].speed = KNOWN(100);
	}
	cluster->sites[0].ports[6].speed = KNOWN(10000);
	out = render("text", cluster, UINT32_C(1) << CPC_ROW_GUEST_OS, 200);
	has(out, "meets the minimum; of what production needs, not all is met or seen\n");
	has(out,
	    "  - Network ports in production of h3, h4 (links): 5 x 10000 Mbit/s, 1 x 100 Mbit/s, where h1 has 6 x "
	    "10000 Mbit/s: make the hosts alike;");
	has(out,
	    "  - Storage ports in production of h3, h4 (ways by transport): 1 x fibre-channel, 1 x iscsi, where h1 "
	    "has 2 x fibre-channel: make the hosts alike;");
	has(out, "\nBeware:\n  ! Network ports: compare the names of the virtual switches;");
	has(out, "  ! Shared storage of h3, h4 (eth5): 100 Mbit/s, at least 1000: use a faster port;");
	free(out);
	out = render("json", cluster, 0, 80);
	has(out, "\"others\": \"6 x 10000 Mbit/s\"");
	has(out, "\"like\": \"h1\"");
	has(out, "\"like\": null");
	has(out, "\"remedy\": \"use-a-faster-port\"");
	has(out, "\"source\": \"Microsoft, ");
	free(out);
	cluster_end(cluster);
	free(cluster);
}

/* Of sixteen hosts there are 120 pairs, which nobody reads. */
static void pairs_are_counted(void **state)
{
	struct cluster *cluster = calloc(1, sizeof(*cluster));
	char *out;

	(void)state;
	assert_non_null(cluster);
	cluster_start(cluster, 4);
	out = render("text", cluster, 0, 132);
	has(out, "h1 / h2: same, h1 / h3: same,");
	free(out);
	cluster_end(cluster);
	cluster_start(cluster, 5);
	out = render("text", cluster, 0, 132);
	has(out, "Processor       met         met         10 pairs same\n");
	has_not(out, "h1 / h2");
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

/* What there is is rounded down and what is wanted up: too little never looks like enough. */
static void too_little_looks_so(void **state)
{
	const struct cpc_ready_row row = { .reason_count = 0 };
	struct cpc_ready_reason reason = { .have = KNOWN((UINT64_C(48) << 30) - 1), .want = KNOWN(UINT64_C(48) << 30) };
	char words[CPC_READY_WORDS_SIZE];

	(void)state;
	cpc_count_words(CPC_ROW_CAPACITY, &row, &reason, words);
	assert_string_equal(words, "47.99 GiB of 48 GiB");
	cpc_count_words(CPC_ROW_NETWORK_PORTS, &row, &(struct cpc_ready_reason){ .have = KNOWN(4), .want = KNOWN(6) },
			words);
	assert_string_equal(words, "4 of 6");
	reason.have.known = false;
	cpc_count_words(CPC_ROW_CAPACITY, &row, &reason, words);
	assert_string_equal(words, "");
}

/* Of every cell one status holds; what is not asked is that, whatever was found. */
static void metrics(void **state)
{
	static const char *const policies[] = { "hyperv-2008r2", "kvm" };
	struct cluster *cluster = calloc(1, sizeof(*cluster));

	(void)state;
	assert_non_null(cluster);
	cluster_start(cluster, 1);
	for (size_t i = 0; i < COUNT(policies); i++) {
		struct cpc_ready ready = judge_cluster(cluster, policies[i], 0);
		struct cpc_published published = { .report = &cluster->reports[0], .ready = &ready };
		struct cpc_buffer out = { 0 };
		size_t holds = 0, not_asked = 0;
		char line[200];

		assert_int_equal(cpc_render_prometheus(&published, &out, NULL), CPC_OK);
		for (const char *at = out.bytes; (at = strstr(at, "\",column=\"")); at++)
			holds += at[strcspn(at, "\n") - 1] == '1';
		assert_int_equal(holds, CPC_ROW_COUNT * CPC_COLUMN_COUNT);
		snprintf(line, sizeof(line),
			 "cpucompat_requirement_status{requirement=\"host_os\",column=\"minimum\",policy=\"%s\","
			 "status=\"%s\"} 1\n",
			 policies[i], i ? "not-met" : "met");
		has(out.bytes, line);
		for (const char *at = out.bytes; (at = strstr(at, "status=\"not-asked\"} 1\n")); at++)
			not_asked++;
		assert_int_equal(not_asked, i ? 14 : 1);
		has_not(out.bytes, "status=\"not-asked\"} 0");
		cpc_buffer_free(&out);
		/* Without a table there are the processor's alone. */
		published.ready = NULL;
		assert_int_equal(cpc_render_prometheus(&published, &out, NULL), CPC_OK);
		has_not(out.bytes, "column=");
		cpc_buffer_free(&out);
		cpc_ready_free(&ready);
	}
	cluster_end(cluster);
	free(cluster);
}

/* Every row with what is to be done; what a device calls itself stays text; a long list ends. */
static void page(void **state)
{
	struct cluster *cluster = calloc(1, sizeof(*cluster));
	struct cpc_buffer out = { 0 };
	struct cpc_ready ready;
	struct cpc_published published = { .ready = &ready };

	(void)state;
	assert_non_null(cluster);
	cluster_start(cluster, 1);
	give_port(&cluster->sites[0], "<b>&\"'", CPC_PORT_OTHER, "");
	for (int i = 0; i < 60; i++)
		give_port(&cluster->sites[0], "tap", CPC_PORT_OTHER, "");
	cluster->sites[0].dns.updates = CPC_CLEAR;
	ready = judge_cluster(cluster, "hyperv-2008r2", 0);
	published.report = &cluster->reports[0];
	published.site = &cluster->sites[0];
	assert_int_equal(cpc_render_page(&published, &out, NULL), CPC_OK);
	for (unsigned int id = 0; id < CPC_ROW_COUNT; id++) {
		char row[64];

		snprintf(row, sizeof(row), "<tr id=\"row-%s\"><th scope=\"row\">%s</th>", cpc_ready_row_name(id),
			 cpc_ready_row_title(id));
		has(out.bytes, row);
	}
	has(out.bytes, "This host alone: <span class=\"bad\">not ready: the minimum is not met</span>");
	has(out.bytes, "By the policy hyperv-2008r2.");
	has(out.bytes, cpc_remedy_words(CPC_REMEDY_ALLOW_UPDATES));
	has(out.bytes, "&lt;b&gt;&amp;");
	has_not(out.bytes, "<b>&");
	has(out.bytes, " more in <a href=\"/v1/ready\">");
	cpc_buffer_free(&out);
	/* Of a dump the table says what it does not know; without one there is no section. */
	published.site = NULL;
	assert_int_equal(cpc_render_page(&published, &out, NULL), CPC_OK);
	has(out.bytes, "Of what is served here the processor alone is known.");
	cpc_buffer_free(&out);
	published.ready = NULL;
	assert_int_equal(cpc_render_page(&published, &out, NULL), CPC_OK);
	has_not(out.bytes, "<h2>Requirements of a live migration</h2>");
	cpc_buffer_free(&out);
	cpc_ready_free(&ready);
	cluster_end(cluster);
	free(cluster);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(text),
		cmocka_unit_test(each_is_named),
		cmocka_unit_test(differences_and_cautions),
		cmocka_unit_test(pairs_are_counted),
		cmocka_unit_test(lines_fit),
		cmocka_unit_test(json),
		cmocka_unit_test(metrics),
		cmocka_unit_test(page),
		cmocka_unit_test(every_remedy_has_words),
		cmocka_unit_test(values_have_units),
		cmocka_unit_test(too_little_looks_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
