/* SPDX-License-Identifier: MIT */
/* The pages: what they allow to run is what is in them, what hosts are called stays text, and what grows is bounded. */
#include <jansson.h>
#include <nettle/base64.h>
#include <nettle/sha2.h>

#include "describe.h"
#include "fleet_render.h"

/** A fleet's page; the caller frees it. */
static struct cpc_buffer page_of(const struct cpc_fleet *fleet, const struct cpc_unreadable *unreadable, size_t count)
{
	return render_fleet("html", fleet, unreadable, count);
}

static void add(struct cpc_fleet *fleet, const char *name, const struct cpc_fingerprint *fingerprint)
{
	const struct cpc_side side = side_of(fingerprint);

	assert_int_equal(cpc_fleet_add(fleet, name, &side, NULL), CPC_OK);
}

static void add_plain(struct cpc_fleet *fleet, const char *name, const char *features)
{
	struct cpc_fingerprint fingerprint = plain_fingerprint("GenuineIntel");

	apply_features(&fingerprint, features);
	add(fleet, name, &fingerprint);
}

/** So many classes, which differ in a number. */
static void add_classes(struct cpc_fleet *fleet, size_t count)
{
	struct cpc_fingerprint fingerprint = plain_fingerprint("GenuineIntel");

	for (size_t i = 0; i < count; i++) {
		fingerprint.scalars[CPC_S_pa].value = 100 + i;
		add(fleet, NULL, &fingerprint);
	}
}

static void has(const struct cpc_buffer *page, const char *text)
{
	if (!strstr(page->bytes, text))
		fail_msg("no '%s' in: %s", text, page->bytes);
}

static void lacks(const struct cpc_buffer *page, const char *text)
{
	const char *found = strstr(page->bytes, text);

	if (found)
		fail_msg("'%s' in: %.200s", text, found);
}

static size_t count_of(const struct cpc_buffer *page, const char *text)
{
	size_t count = 0;

	for (const char *at = strstr(page->bytes, text); at; at = strstr(at + 1, text))
		count++;
	return count;
}

/** What stands between two texts; the caller frees it. */
static char *between(const struct cpc_buffer *page, const char *begin, const char *end)
{
	const char *from = strstr(page->bytes, begin);

	assert_non_null(from);
	from += strlen(begin);
	assert_non_null(strstr(from, end));
	return strndup(from, (size_t)(strstr(from, end) - from));
}

/** That a policy allows what stands between two texts of a page. */
static void allows(const char *policy, const char *directive, const struct cpc_buffer *page, const char *begin,
		   const char *end)
{
	char expected[128];
	char hash[BASE64_ENCODE_RAW_LENGTH(SHA256_DIGEST_SIZE) + 1] = "";
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx context;
	char *content = between(page, begin, end);

	sha256_init(&context);
	sha256_update(&context, strlen(content), (const uint8_t *)content);
	sha256_digest(&context, sizeof(digest), digest);
	base64_encode_raw(hash, sizeof(digest), digest);
	snprintf(expected, sizeof(expected), "%s 'sha256-%s';", directive, hash);
	if (!strstr(policy, expected))
		fail_msg("no %s in %s", expected, policy);
	free(content);
}

static void allows_what_it_has(void **state)
{
	char policy[CPC_PAGE_POLICY_SIZE];
	char mailed[CPC_PAGE_POLICY_SIZE];
	struct cpc_fleet fleet = { .count = 0 };

	(void)state;
	add_plain(&fleet, "a", "avx");
	add_plain(&fleet, "b", "");
	struct cpc_buffer page = page_of(&fleet, NULL, 0);
	cpc_page_policy(false, policy);
	cpc_page_policy(true, mailed);
	allows(policy, "style-src", &page, "<style>", "</style>");
	allows(policy, "script-src", &page, "<script>", "</script>");
	assert_memory_equal(policy, "default-src 'none'; ", 20);
	assert_non_null(strstr(policy, "; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"));
	/* A policy in the page cannot say who frames it, and browsers complain about one that does. */
	assert_memory_equal(policy, mailed, strlen(mailed));
	assert_string_equal(policy + strlen(mailed), "; frame-ancestors 'none'");
	has(&page, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'sha256-");
	has(&page, mailed);
	assert_null(strstr(policy, "unsafe"));
	assert_int_equal(count_of(&page, "<style"), 1);
	assert_int_equal(count_of(&page, "<script"), 2);
	lacks(&page, " style=");
	lacks(&page, " onclick=");
	lacks(&page, "http://");
	lacks(&page, "https://");
	lacks(&page, " src=");
	cpc_buffer_free(&page);
	cpc_fleet_free(&fleet);
}

/* A class is a pool, and where its hosts do not take each other's VMs that is said of it, in text, too. */
static void calls_no_pool_what_is_none(void **state)
{
	static const struct {
		bool off;
		const char *caution;
	} cases[] = {
		{ false, "; whether VMs move between them depends on what was not read" },
		{ true, "; no VM moves between them" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct cpc_fingerprint fingerprint = plain_fingerprint("GenuineIntel");
		struct cpc_side side = side_of(&fingerprint);
		struct cpc_fleet fleet = { .count = 0 };

		add_plain(&fleet, "c", "avx");
		add_plain(&fleet, "d", "avx");
		if (cases[i].off)
			side.requirements[CPC_HARDWARE_VIRTUALIZATION] = CPC_ABSENT;
		else
			set_unread_10a(&fingerprint);
		assert_int_equal(cpc_fleet_add(&fleet, "a", &side, NULL), CPC_OK);
		assert_int_equal(cpc_fleet_add(&fleet, "b", &side, NULL), CPC_OK);
		struct cpc_buffer page = page_of(&fleet, NULL, 0);
		assert_non_null(strstr(page.bytes, cases[i].caution));
		has(&page, "<th scope=\"row\">2 of 4 hosts</th>");
		cpc_buffer_free(&page);
		cpc_fleet_free(&fleet);
	}
}

/** As the page shows it, and as its data hold it. */
static const struct {
	const char *name;
	const char *html;
	const char *text;
} names[] = {
	{ "<script>alert(1)</script>", "<bdi>&lt;script&gt;alert(1)&lt;/script&gt;</bdi>",
	  "<script>alert(1)</script>" },
	{ "\"><img src=x onerror=alert(1)>", "<bdi>&quot;&gt;&lt;img src=x onerror=alert(1)&gt;</bdi>",
	  "\"><img src=x onerror=alert(1)>" },
	{ "</script><!--", "<bdi>&lt;/script&gt;&lt;!--</bdi>", "</script><!--" },
	{ "it's &amp;", "<bdi>it&#39;s &amp;amp;</bdi>", "it's &amp;" },
	{ "u\xe2\x80\xa8v", "<bdi>u\xe2\x80\xa8v</bdi>", "u\xe2\x80\xa8v" },
	{ "\xe2\x80\xaertl", "<bdi>\xe2\x80\xaertl</bdi>", "\xe2\x80\xaertl" },
	{ "bad\xff\xc0\xaf", "<bdi>bad%FF%C0%AF</bdi>", "bad%FF%C0%AF" },
	{ "cut\xe2\x80", "<bdi>cut%E2%80</bdi>", "cut%E2%80" },
	{ "sur\xed\xa0\x80", "<bdi>sur%ED%A0%80</bdi>", "sur%ED%A0%80" },
	{ "c0\x01\x1b[31m", "<bdi>c0%01%1B[31m</bdi>", "c0\x01\x1b[31m" },
	{ "c1\xc2\x9b", "<bdi>c1%C2%9B</bdi>", "c1\xc2\x9b" },
	{ "\xf0\x9f\x90\xa7", "<bdi>\xf0\x9f\x90\xa7</bdi>", "\xf0\x9f\x90\xa7" },
};

static void escapes_names(void **state)
{
	struct cpc_unreadable unreadable[COUNT(names)];
	struct cpc_fleet fleet = { .count = 0 };

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++) {
		add_plain(&fleet, names[i].name, i % 2 ? "avx" : "");
		unreadable[i] = (struct cpc_unreadable){ .source = names[i].name, .error = names[i].name };
	}
	struct cpc_buffer page = page_of(&fleet, unreadable, COUNT(unreadable));
	char *block = between(&page, "<script type=\"application/json\" id=\"data\">", "</script>");
	json_t *data = json_loads(block, JSON_REJECT_DUPLICATES, NULL);

	assert_non_null(data);
	for (size_t i = 0; i < COUNT(names); i++) {
		const json_t *class = json_array_get(json_object_get(data, "classes"), i % 2);
		const json_t *host = json_array_get(json_object_get(class, "hosts"), i / 2);

		/* Once among its class's hosts and once among what was not read. */
		if (count_of(&page, names[i].html) != 2)
			fail_msg("%s is there %zu times", names[i].html, count_of(&page, names[i].html));
		assert_string_equal(json_string_value(host), names[i].text);
	}
	for (const char *at = block; *at; at++)
		assert_true(*at >= ' ' && *at <= '~' && *at != '<');
	assert_int_equal(count_of(&page, "<script"), 2);
	lacks(&page, "<img");
	json_decref(data);
	free(block);
	cpc_buffer_free(&page);
	cpc_fleet_free(&fleet);
}

/* A cell links to its reasons; what several pairs have in common is there once, and names them. */
static void tells_the_reasons(void **state)
{
	const struct cpc_fingerprint amd = plain_fingerprint("AuthenticAMD");
	struct cpc_fleet fleet = { .count = 0 };

	(void)state;
	add_plain(&fleet, "web01", "avx aes");
	add_plain(&fleet, "db01", "aes");
	add(&fleet, "lab01", &amd);
	struct cpc_buffer page = page_of(&fleet, NULL, 0);
	has(&page, "<th scope=\"col\"><a href=\"#class-A\">A</a></th>");
	has(&page, "<th scope=\"row\"><a href=\"#class-C\">C</a>");
	char *row = between(&page, "<tr><th scope=\"row\"><a href=\"#class-A\">", "</tr>");
	char *link = strstr(row, "<td class=c><a href=#r");
	assert_non_null(link);
	char id[64];
	snprintf(id, sizeof(id), "<section class=why id=r%d tabindex=-1>",
		 atoi(link + strlen("<td class=c><a href=#r")));
	char *section = between(&page, id, "</section>");
	assert_non_null(strstr(section, "<h3>A \xe2\x86\x92 B</h3>"));
	assert_non_null(strstr(section, "<span class=\"mark c\">c</span> needs a lower CPU model"));
	assert_non_null(strstr(section, "B lacks 1 feature that a VM from A may be using:"));
	assert_non_null(strstr(section, "<code>avx</code>"));
	free(section);
	free(row);
	has(&page, "<h3>A \xe2\x86\x92 C, B \xe2\x86\x92 C</h3>");
	has(&page, "The source is GenuineIntel and the destination is AuthenticAMD: no platform moves");
	has(&page, "Without <a class=\"class\" href=\"#class-B\">B</a> it gains 1: <code>avx</code>");
	has(&page, "<option value=\"0\">");
	lacks(&page, "more than one host");
	assert_int_equal(count_of(&page, " selected>kvm</option>"), 1);
	assert_int_equal(count_of(&page, "<section data-policy="), CPC_POLICY_COUNT);
	assert_int_equal(count_of(&page, "<section data-policy=") - 1, count_of(&page, "\" hidden>\n<h2>Pools"));
	cpc_buffer_free(&page);
	cpc_fleet_free(&fleet);
}

/* What moves one way is a chain, and a name that is there twice is told of. */
static void tells_of_chains_and_twins(void **state)
{
	struct cpc_fleet fleet = { .count = 0 };

	(void)state;
	add_plain(&fleet, "web01", "avx aes");
	add_plain(&fleet, "db01", "aes");
	add_plain(&fleet, "web01", "aes");
	struct cpc_buffer page = page_of(&fleet, NULL, 0);
	has(&page, "<h2>Chains</h2>");
	has(&page, "<li><a class=\"class\" href=\"#class-B\">B</a> <span class=\"soft\">&gt;</span> "
		   "<a class=\"class\" href=\"#class-A\">A</a> </li>");
	has(&page, "<p class=\"care\"><bdi>web01</bdi> is the name of more than one host: <a class=\"class\" "
		   "href=\"#class-A\">A</a>, <a class=\"class\" href=\"#class-B\">B</a></p>");
	has(&page, "<tr><th scope=\"row\">2 of 3 hosts</th><td><a class=\"class\" href=\"#class-B\">B</a> </td></tr>");
	cpc_buffer_free(&page);
	cpc_fleet_free(&fleet);
}

/* The data that the script works with have every policy's letters, and every pair's reasons of each. */
static void has_every_policy(void **state)
{
	struct cpc_fleet fleet = { .count = 0 };
	struct cpc_fleet_answers answers;

	(void)state;
	add_plain(&fleet, "web01", "avx aes");
	add_plain(&fleet, "db01", "aes");
	struct cpc_buffer page = page_of(&fleet, NULL, 0);
	char *block = between(&page, "<script type=\"application/json\" id=\"data\">", "</script>");
	json_t *data = json_loads(block, 0, NULL);
	const json_t *policies = json_object_get(data, "policies");

	assert_int_equal(json_array_size(policies), CPC_POLICY_COUNT);
	for (size_t i = 0; i < CPC_POLICY_COUNT; i++) {
		const json_t *policy = json_array_get(policies, i);
		const char *letters = json_string_value(json_object_get(policy, "letters"));

		assert_string_equal(json_string_value(json_object_get(policy, "name")), cpc_policies[i].name);
		const char *why = json_string_value(json_object_get(policy, "why"));
		assert_int_equal(cpc_fleet_ask(&fleet, &cpc_policies[i], &answers, NULL), CPC_OK);
		for (size_t cell = 0; cell < 4; cell++) {
			char *next;
			const size_t number = strtoul(why, &next, 10);
			const char *reason =
				json_string_value(json_array_get(json_object_get(data, "reasons"), number - 1));

			why = next;
			assert_int_equal(letters[cell], *cpc_verdict_letter(answers.verdicts[cell]));
			assert_int_equal(atoi(reason), answers.verdicts[cell]);
		}
		cpc_fleet_answers_free(&answers);
	}
	json_decref(data);
	free(block);
	cpc_buffer_free(&page);
	cpc_fleet_free(&fleet);
}

static void is_small_where_the_fleet_is(void **state)
{
	const struct cpc_unreadable unreadable = { .source = "x.txt", .error = "no such file" };
	struct cpc_fleet fleet = { .count = 0 };

	(void)state;
	struct cpc_buffer page = page_of(&fleet, &unreadable, 1);
	has(&page, "<h1>Fleet of 0 hosts</h1>");
	has(&page, "<bdi>x.txt</bdi></th><td>no such file");
	lacks(&page, "<script");
	lacks(&page, "Who moves to whom");
	cpc_buffer_free(&page);
	add_plain(&fleet, "a", "avx");
	page = page_of(&fleet, NULL, 0);
	has(&page, "<h1>Fleet of 1 host</h1>");
	has(&page, "<h2>Baseline</h2>");
	lacks(&page, "<script");
	lacks(&page, "Pools");
	cpc_buffer_free(&page);
	cpc_fleet_free(&fleet);
}

/* Reasons to 64 classes, of every policy to 16; a matrix to 256. */
static void is_bounded(void **state)
{
	static const struct {
		size_t classes;
		bool matrix;
		bool reasons;
		size_t policies;
		const char *says;
	} rows[] = {
		{ 16, true, true, CPC_POLICY_COUNT, "</html>" },
		{ 17, true, true, CPC_POLICY_COUNT, "</html>" },
		{ 64, true, true, CPC_POLICY_COUNT, "</html>" },
		{ 65, true, false, 1, "With more than 64 classes this page has no reasons" },
		{ 257, false, false, 1, "A matrix of 257 classes is more than a page can show (256 are)" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cpc_fleet fleet = { .count = 0 };

		add_classes(&fleet, rows[i].classes);
		struct cpc_buffer page = page_of(&fleet, NULL, 0);
		has(&page, rows[i].says);
		assert_int_equal(count_of(&page, "<table class=\"matrix"), rows[i].matrix);
		assert_int_equal(count_of(&page, "<section class=why") > 0, rows[i].reasons);
		assert_int_equal(count_of(&page, "<section data-policy="), rows[i].policies);
		assert_int_equal(count_of(&page, "\"why\":null"), rows[i].classes == 17 || rows[i].classes == 64
									  ? CPC_POLICY_COUNT - 1
								  : rows[i].classes == 16 ? 0
								  : rows[i].matrix	  ? 1
											  : 0);
		cpc_buffer_free(&page);
		cpc_fleet_free(&fleet);
	}
}

/* An agent's page is made again and again: above 16 classes it has the reasons of its own host's moves. */
static void shows_an_agent_and_its_peers(void **state)
{
	struct cpc_capture capture = { .origin = CPC_ORIGIN_FINGERPRINT,
				       .fingerprint = plain_fingerprint("GenuineIntel") };
	struct cpc_peer_host hosts[16] = { { .name = "" } };
	struct cpc_peer items[COUNT(hosts)];
	struct cpc_peers peers = { .policy = cpc_policy_named("xen"), .items = items, .count = COUNT(items) };
	struct cpc_report report;
	const struct cpc_published published = { .report = &report, .peers = &peers };
	struct cpc_buffer page = { 0 };

	(void)state;
	cpc_report_of(&capture, &report);
	for (size_t i = 0; i < COUNT(hosts); i++) {
		struct cpc_fingerprint fingerprint = capture.fingerprint;
		char text[CPC_FINGERPRINT_SIZE];

		fingerprint.scalars[CPC_S_pa].value = 100 + i;
		cpc_fingerprint_print(&fingerprint, text);
		hosts[i].cpuid.text = strdup(text);
		items[i] = (struct cpc_peer){
			.name = "<script>",
			.address = "http://a:1",
			.state = CPC_PEER_UP,
			.host = &hosts[i],
			.relation = { .to_peer = CPC_COMPATIBILITY_MODE },
		};
	}
	items[15].state = CPC_PEER_DOWN;
	items[15].error = (char[]){ "connection refused" };
	assert_int_equal(cpc_render_page(&published, &page, NULL), CPC_OK);
	has(&page, "<code>xen</code>");
	has(&page, "<code>c</code> needs a levelled pool</span>");
	has(&page, "connection refused");
	has(&page, "<td class=s><a href=#r");
	assert_int_equal(count_of(&page, "<td class="), count_of(&page, "><a href=#r"));
	assert_int_equal(count_of(&page, "<td class="), 16 * 16);
	assert_int_equal(count_of(&page, "<script"), 2);
	lacks(&page, "http-equiv");
	cpc_buffer_free(&page);
	items[15].state = CPC_PEER_UP;
	assert_int_equal(cpc_render_page(&published, &page, NULL), CPC_OK);
	has(&page, "With more than 16 classes this page has the reasons of moves from and to this host");
	assert_int_equal(count_of(&page, "<td class="), 17 * 17);
	/* A row, a column, and every class with itself. */
	assert_int_equal(count_of(&page, "><a href=#r"), 3 * 17 - 2);
	cpc_buffer_free(&page);
	for (size_t i = 0; i < COUNT(hosts); i++)
		free(hosts[i].cpuid.text);
}

/* What is unknown of a host that is asked now can be found out; what a file lacks cannot. */
static void says_how_to_find_out(void **state)
{
	struct cpc_capture capture = { .origin = CPC_ORIGIN_LIVE, .fingerprint = plain_fingerprint("GenuineIntel") };
	const char *advice = "unknown</p>\n<p>To find out, run <code>modprobe msr</code> as root on this host.</p>";
	struct cpc_report report;
	struct cpc_buffer page = { 0 };

	(void)state;
	cpc_report_of(&capture, &report);
	assert_int_equal(cpc_render_page(&(struct cpc_published){ .report = &report }, &page, NULL), CPC_OK);
	has(&page, advice);
	cpc_buffer_free(&page);
	capture.origin = CPC_ORIGIN_FINGERPRINT;
	capture.fingerprint = plain_fingerprint("GenuineIntel");
	cpc_report_of(&capture, &report);
	assert_int_equal(cpc_render_page(&(struct cpc_published){ .report = &report }, &page, NULL), CPC_OK);
	lacks(&page, advice);
	cpc_buffer_free(&page);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(allows_what_it_has),
		cmocka_unit_test(calls_no_pool_what_is_none),
		cmocka_unit_test(escapes_names),
		cmocka_unit_test(tells_the_reasons),
		cmocka_unit_test(tells_of_chains_and_twins),
		cmocka_unit_test(has_every_policy),
		cmocka_unit_test(is_small_where_the_fleet_is),
		cmocka_unit_test(is_bounded),
		cmocka_unit_test(shows_an_agent_and_its_peers),
		cmocka_unit_test(says_how_to_find_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
