/* SPDX-License-Identifier: MIT */
/* Comparisons and baselines in every format, over hand-made fingerprints. */
#include "support.h"

#include <jansson.h>

#include "render.h"

/* The first words are L1_ECX, L1_EDX, L6_EAX, L7_0_EBX and L7_0_ECX, the last has nx and lm. The second has neither
 * avx2 nor an unnamed bit, and fewer address bits. */
static const char rich[] = "cpc1:GenuineIntel:6.106.6:1-78bf9ff-0-20-8000-0-0-0-0-0-0-0-0-0-0-1-20100000:pa=52";
static const char poor[] = "cpc1:GenuineIntel:6.106.6:1-78bf9ff-0-0-0-0-0-0-0-0-0-0-0-0-0-1-20100000:pa=46";
static const char other[] = "cpc1:AuthenticAMD:25.1.1:1-78bf9ff-0-0-0-0-0-0-0-0-0-0-0-0-0-1-20100000:pa=46";

/** Two hosts, their comparison, and all that it borrows from. */
struct pair {
	struct cpc_capture captures[2];
	struct cpc_report reports[2];
	struct cpc_comparison comparison;
	struct cpc_comparison_view view;
};

static void make_host(const char *text, struct cpc_capture *capture, struct cpc_report *report)
{
	*capture = (struct cpc_capture){
		.origin = CPC_ORIGIN_FINGERPRINT,
		.cpuinfo_vmx = CPC_UNKNOWN,
		.cpuinfo_svm = CPC_UNKNOWN,
		.cpuinfo_ept = CPC_UNKNOWN,
		.cpuinfo_npt = CPC_UNKNOWN,
	};
	capture->fingerprint = parsed(text);
	cpc_report_of(capture, report);
}

static void make_pair(struct pair *pair, const char *a, const char *b, const char *policy)
{
	struct cpc_side a_side;
	struct cpc_side b_side;

	make_host(a, &pair->captures[0], &pair->reports[0]);
	make_host(b, &pair->captures[1], &pair->reports[1]);
	strcpy(pair->captures[0].microcode, "0x1");
	strcpy(pair->captures[1].microcode, "0x2");
	a_side = cpc_side_of(&pair->reports[0]);
	b_side = cpc_side_of(&pair->reports[1]);
	assert_int_equal(cpc_compare(&a_side, &b_side, cpc_policy_named(policy), &pair->comparison, NULL), CPC_OK);
	pair->view = (struct cpc_comparison_view){ "web03", "db01", &pair->reports[0], &pair->reports[1],
						   &pair->comparison };
}

static char *render(const struct pair *pair, const char *format, const struct cpc_style *style)
{
	struct cpc_buffer out = { 0 };
	char *text;

	assert_int_equal(cpc_comparison_format_named(format)->render(&pair->view, style, &out, NULL), CPC_OK);
	text = strdup(out.bytes);
	assert_non_null(text);
	cpc_buffer_free(&out);
	return text;
}

static void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in:\n%s", part, text);
}

static void assert_width(const char *text, size_t width)
{
	for (const char *line = text; *line;) {
		size_t length = strcspn(line, "\n");

		if (length > width && strncmp(line, "cpc1:", 5))
			fail_msg("wider than %zu: %.*s", width, (int)length, line);
		line += length + (line[length] == '\n');
	}
}

static void test_text(void **state)
{
	struct cpc_style style = { .width = 80, .verbose = true };
	struct pair pair;
	char *text;

	(void)state;
	make_pair(&pair, rich, poor, "kvm");
	text = render(&pair, "text", &style);
	assert_ptr_equal(strstr(text, "web03 -> db01   needs a lower CPU model\n"
				      "db01 -> web03   moves as it is, and cannot come back after a power cycle\n"),
			 text);
	assert_contains(text, "db01 lacks 2 features that a VM from web03 may be using");
	assert_contains(text, "avx2");
	assert_contains(text, "7.0.ebx[5]");
	assert_contains(text, "7.0.ecx[15]");
	assert_contains(text, "52 against 46");
	assert_contains(text, "80000008.0.eax[7:0]");
	assert_contains(text, "microcode 0x1 on web03 against 0x2 on db01");
	assert_width(text, 80);
	free(text);
	cpc_comparison_free(&pair.comparison);
}

static void print_host(const char *vendor, const char *features, char ret_text[static CPC_FINGERPRINT_SIZE])
{
	struct cpc_fingerprint fingerprint = plain_fingerprint(vendor);

	apply_features(&fingerprint, features);
	cpc_fingerprint_print(&fingerprint, ret_text);
}

/** How sure the platform's part is stands beside its name, and where the mode is not documented, below what it costs.
 */
static void test_text_of_sureness(void **state)
{
	static const struct {
		const char *policy;
		const char *line;
		const char *mode;
		const char *lacks;
	} rows[] = {
		{ "hyperv-2008r2", "\npolicy hyperv-2008r2: ", "With processor compatibility mode ", "\nsure" },
		{ "hyperv-2016", "\nsure   what is compared: header; processor compatibility mode: inferred\n",
		  "What the mode shows is inferred; no document lists it.", "rests on what was inferred" },
		{ "hyperv-2012", "\nsure   what is compared: inferred\n",
		  "This answer rests on what was inferred alone; no manual tells it.", "(inferred)" },
		{ "hyperv-2025",
		  "\nsure   what is compared: header; dynamic processor compatibility mode:\n       documented\n",
		  "With dynamic processor compatibility mode ", "What the mode shows" },
		{ "vmware", "\nsure   what is compared: inferred; an EVC baseline: documented\n",
		  "With an EVC baseline ", "What the mode shows" },
		{ "kvm", "\nsure   what is compared: header\n", "With a lower CPU model ", "inferred" },
	};
	struct cpc_style style = { .width = 80 };
	char texts[2][CPC_FINGERPRINT_SIZE];

	(void)state;
	print_host("GenuineIntel", "ssse3", texts[0]);
	print_host("GenuineIntel", "", texts[1]);
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct pair pair;
		char *text;

		make_pair(&pair, texts[0], texts[1], rows[i].policy);
		text = render(&pair, "text", &style);
		assert_contains(text, rows[i].line);
		assert_contains(text, rows[i].mode);
		if (strstr(text, rows[i].lacks))
			fail_msg("\"%s\" is in:\n%s", rows[i].lacks, text);
		assert_width(text, 80);
		free(text);
		cpc_comparison_free(&pair.comparison);
	}
}

/** A feature whose place in a policy is inferred is marked; what the mode does not hide is named. */
static void test_text_of_features_in_a_policy(void **state)
{
	static const struct {
		const char *vendor;
		const char *features;
		const char *expected[2];
	} rows[] = {
		{ "AuthenticAMD",
		  "amd_ssb_no",
		  { "speculative store bypass (inferred)\n", "This answer rests on what was" } },
		{ "GenuineIntel",
		  "spec_ctrl avx2",
		  { "it would not move either. It does not\nhide 1 feature (spec_ctrl). ", "IBRS and IBPB\n" } },
	};
	struct cpc_style style = { .width = 80 };

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		char texts[2][CPC_FINGERPRINT_SIZE];
		struct pair pair;
		char *text;

		print_host(rows[i].vendor, rows[i].features, texts[0]);
		print_host(rows[i].vendor, "", texts[1]);
		make_pair(&pair, texts[0], texts[1], "hyperv-2025-minimum");
		text = render(&pair, "text", &style);
		for (size_t j = 0; j < COUNT(rows[i].expected); j++)
			assert_contains(text, rows[i].expected[j]);
		assert_width(text, 80);
		free(text);
		cpc_comparison_free(&pair.comparison);
	}
}

static void test_text_of_vendors(void **state)
{
	struct cpc_style style = { .width = 80 };
	struct pair pair;
	char *text;

	(void)state;
	make_pair(&pair, rich, other, "kvm");
	text = render(&pair, "text", &style);
	assert_contains(text, "web03 is GenuineIntel and db01 is AuthenticAMD");
	assert_contains(text, "cannot move");
	assert_width(text, 80);
	free(text);
	cpc_comparison_free(&pair.comparison);
}

static void test_long_names(void **state)
{
	struct cpc_style style = { .width = 80 };
	struct pair pair;
	char *text;

	(void)state;
	make_pair(&pair, rich, poor, "hyperv-2008r2");
	pair.view.a_name = "a-host-with-a-name-as-long-as-they-come.example.org";
	pair.view.b_name = "another-host-with-a-long-name.example.org";
	text = render(&pair, "text", &style);
	assert_width(text, 80);
	free(text);
	cpc_comparison_free(&pair.comparison);
}

static json_t *finding_named(json_t *findings, const char *name)
{
	json_t *finding;
	size_t i;

	json_array_foreach(findings, i, finding)
	{
		if (!strcmp(json_string_value(json_object_get(finding, "name")), name))
			return finding;
	}
	fail_msg("no finding is named %s", name);
	return NULL;
}

static const char *text_of(json_t *object, const char *key)
{
	const char *text = json_string_value(json_object_get(object, key));

	assert_non_null(text);
	return text;
}

static void check_direction(json_t *direction)
{
	json_t *after = json_object_get(direction, "after_power_cycle");

	assert_true(json_is_string(json_object_get(direction, "verdict")));
	assert_true(json_is_boolean(json_object_get(direction, "only_mitigations")));
	assert_true(json_is_array(json_object_get(direction, "findings")));
	assert_non_null(json_object_get(direction, "compatibility_mode"));
	assert_true(json_is_array(json_object_get(after, "gains")));
	assert_true(json_is_boolean(json_object_get(after, "can_return")));
}

static void test_json(void **state)
{
	struct cpc_style style = { .width = 80 };
	struct pair pair;
	json_t *findings;
	json_t *finding;
	json_t *root;
	json_t *mode;
	char *text;

	(void)state;
	make_pair(&pair, rich, poor, "kvm");
	text = render(&pair, "json", &style);
	root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);
	assert_non_null(root);
	assert_string_equal(text_of(root, "schema"), "cpucompat/comparison/1");
	assert_string_equal(text_of(root, "policy"), "kvm");
	assert_string_equal(text_of(json_object_get(root, "policy_sure"), "compared"), "header");
	assert_string_equal(text_of(json_object_get(root, "policy_sure"), "mode"), "header");
	assert_string_equal(text_of(root, "relation"), "one-way");
	assert_string_equal(text_of(json_object_get(root, "a"), "name"), "web03");
	assert_int_equal(strlen(text_of(json_object_get(root, "b"), "id")), 32);
	assert_int_equal(strncmp(text_of(json_object_get(root, "a"), "cpu"), "GenuineIntel 6.106.6 ", 21), 0);
	check_direction(json_object_get(root, "a_to_b"));
	check_direction(json_object_get(root, "b_to_a"));
	findings = json_object_get(json_object_get(root, "a_to_b"), "findings");
	finding = finding_named(findings, "avx2");
	assert_string_equal(text_of(finding, "code"), "missing");
	assert_string_equal(text_of(finding, "where"), "7.0.ebx[5]");
	assert_string_equal(text_of(finding, "rule"), "NEED");
	assert_string_equal(text_of(finding, "weight"), "refusal");
	assert_string_equal(text_of(finding, "a"), "set");
	assert_string_equal(text_of(finding, "b"), "clear");
	assert_true(json_is_false(json_object_get(finding, "mitigation")));
	assert_string_equal(text_of(finding_named(findings, "7.0.ecx[15]"), "where"), "7.0.ecx[15]");
	finding = finding_named(findings, "pa");
	assert_int_equal(json_integer_value(json_object_get(finding, "a")), 52);
	assert_int_equal(json_integer_value(json_object_get(finding, "b")), 46);
	mode = json_object_get(json_object_get(root, "a_to_b"), "compatibility_mode");
	assert_true(json_is_true(json_object_get(mode, "works")));
	assert_int_equal(json_array_size(json_object_get(mode, "guest_loses")), 2);
	json_decref(root);
	free(text);
	cpc_comparison_free(&pair.comparison);
}

/** The values of a finding are the document's a and b, whichever way the VM moves. */
static void test_json_backwards(void **state)
{
	struct cpc_style style = { .width = 80 };
	struct pair pair;
	json_t *finding;
	json_t *root;
	char *text;

	(void)state;
	make_pair(&pair, poor, rich, "kvm");
	text = render(&pair, "json", &style);
	root = json_loads(text, 0, NULL);
	finding = finding_named(json_object_get(json_object_get(root, "b_to_a"), "findings"), "avx2");
	assert_string_equal(text_of(finding, "a"), "clear");
	assert_string_equal(text_of(finding, "b"), "set");
	json_decref(root);
	free(text);
	cpc_comparison_free(&pair.comparison);
}

static void test_json_of_vendors(void **state)
{
	struct cpc_style style = { .width = 80 };
	struct pair pair;
	json_t *finding;
	json_t *root;
	char *text;

	(void)state;
	make_pair(&pair, rich, other, "kvm");
	text = render(&pair, "json", &style);
	root = json_loads(text, 0, NULL);
	finding = finding_named(json_object_get(json_object_get(root, "a_to_b"), "findings"), "vendor");
	assert_string_equal(text_of(finding, "a"), "GenuineIntel");
	assert_string_equal(text_of(finding, "b"), "AuthenticAMD");
	json_decref(root);
	free(text);
	cpc_comparison_free(&pair.comparison);
}

/** Every kind of subject and value, whether or not any comparison makes it today. */
static void test_every_subject(void **state)
{
	struct cpc_finding findings[] = {
		{ .code = CPC_FINDING_UNREAD, .about = CPC_ABOUT_WORD, .word = CPC_M10A_HI, .b_unknown = true },
		{ .code = CPC_FINDING_LAYOUT,
		  .about = CPC_ABOUT_COMPONENT,
		  .component = 9,
		  .a = 2688,
		  .a_size = 8,
		  .b = 2432,
		  .b_size = 8 },
		{ .code = CPC_FINDING_LAYOUT, .about = CPC_ABOUT_COMPONENT, .component = 255, .a_unknown = true },
		{ .code = CPC_FINDING_CANNOT_HOST, .about = CPC_ABOUT_REQUIREMENT, .requirement = CPC_SLAT },
		{ .code = CPC_FINDING_FOREIGN, .about = CPC_ABOUT_FOREIGN },
		{ .code = CPC_FINDING_UNREAD, .about = CPC_ABOUT_SCALAR, .scalar = CPC_S_xs, .a_unknown = true },
		{ .code = CPC_FINDING_BAD_NEWS, .about = CPC_ABOUT_BIT, .word = CPC_WORD_COUNT, .bit = 31, .a = 1 },
		{ .code = CPC_FINDING_BLOCKED, .about = CPC_ABOUT_BIT, .word = CPC_L1_ECX, .bit = 1, .a = 1 },
	};
	struct cpc_style style = { .width = 80, .verbose = true };
	struct pair pair;

	(void)state;
	make_pair(&pair, rich, poor, "kvm");
	cpc_comparison_free(&pair.comparison);
	for (unsigned int weight = CPC_NOTE; weight <= CPC_REFUSAL; weight++) {
		for (size_t i = 0; i < COUNT(findings); i++) {
			char *text;
			json_t *root;

			findings[i].weight = weight;
			pair.comparison.a_to_b =
				(struct cpc_direction){ .verdict = CPC_VERDICT_UNKNOWN,
							.from = &pair.reports[0].fingerprint,
							.to = &pair.reports[1].fingerprint,
							.findings = { .items = &findings[i], .count = 1 } };
			text = render(&pair, "text", &style);
			assert_width(text, 80);
			free(text);
			text = render(&pair, "json", &style);
			root = json_loads(text, 0, NULL);
			assert_non_null(root);
			json_decref(root);
			free(text);
		}
	}
}

static void render_baseline(const char *format, const struct cpc_baseline_view *view, struct cpc_buffer *out)
{
	static const struct cpc_style style = { .width = 80 };

	assert_int_equal(cpc_baseline_format_named(format)->render(view, &style, out, NULL), CPC_OK);
}

static void test_baseline(void **state)
{
	static const char *const names[] = { "web03", "db01" };
	struct cpc_comparison costs[2];
	const struct cpc_report *hosts[2];
	struct cpc_fingerprint meet;
	struct cpc_baseline_view view = { .policy = cpc_policy_named("kvm"),
					  .meet = &meet,
					  .names = names,
					  .hosts = hosts,
					  .costs = costs,
					  .count = 2 };
	const struct cpc_side meet_side = { .fingerprint = &meet, .vantage = CPC_DUMP };
	struct cpc_buffer out = { 0 };
	struct pair pair;
	json_t *root;

	(void)state;
	make_pair(&pair, rich, poor, "kvm");
	assert_int_equal(cpc_meet(&pair.reports[0].fingerprint, &pair.reports[1].fingerprint, &meet, NULL), CPC_OK);
	for (size_t i = 0; i < 2; i++) {
		struct cpc_side side = cpc_side_of(&pair.reports[i]);

		hosts[i] = &pair.reports[i];
		assert_int_equal(cpc_compare(&side, &meet_side, view.policy, &costs[i], NULL), CPC_OK);
	}
	render_baseline("text", &view, &out);
	assert_contains(out.bytes, "avx2 7.0.ecx[15] pa (52 to 46)");
	assert_contains(out.bytes, "gives up nothing");
	assert_width(out.bytes, 80);
	cpc_buffer_free(&out);
	render_baseline("fingerprint", &view, &out);
	assert_string_equal(out.bytes,
			    "cpc1:GenuineIntel:6.106.6:1-78bf9ff-0-0-0-0-0-0-0-0-0-0-0-0-0-1-20100000:pa=46\n");
	cpc_buffer_free(&out);
	render_baseline("json", &view, &out);
	root = json_loads(out.bytes, 0, NULL);
	assert_string_equal(text_of(root, "schema"), "cpucompat/baseline/1");
	assert_int_equal(json_array_size(json_object_get(root, "hosts")), 2);
	json_decref(root);
	cpc_buffer_free(&out);
	cpc_comparison_free(&costs[0]);
	cpc_comparison_free(&costs[1]);
	cpc_comparison_free(&pair.comparison);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_text_of_vendors),
		cmocka_unit_test(test_text_of_sureness),
		cmocka_unit_test(test_text_of_features_in_a_policy),
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_json_backwards),
		cmocka_unit_test(test_json_of_vendors),
		cmocka_unit_test(test_every_subject),
		cmocka_unit_test(test_baseline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
