/* SPDX-License-Identifier: MIT */
/* The catalogue for people and programs, over rows of its own: every standing, both parts, and what decides. */
#include "support.h"

#include <jansson.h>

#include "render.h"

#define FEATURES "arch_capabilities spec_ctrl "

enum sample { HOST, LIKE, UNREAD, UNPATCHED, LESS, LESS_UNREAD, NO_VTX, AMD_PART, SAMPLE_COUNT };

static const struct {
	const char *name;
	const char *vendor;
	const char *features;
	enum cpc_tristate virtualization;
	bool unread_msr;
	bool unread_clf;
	enum cpc_standing standing; /* of the VMs of the first, there */
} samples[SAMPLE_COUNT] = {
	[HOST] = { "host", "GenuineIntel", FEATURES "rdcl_no avx2", CPC_SET, false, false, CPC_MOVES },
	[LIKE] = { "like", "GenuineIntel", FEATURES "rdcl_no avx2 sha_ni", CPC_SET, false, false, CPC_MOVES },
	[UNREAD] = { "unread", "GenuineIntel", FEATURES "avx2", CPC_UNKNOWN, true, false, CPC_MAY_MOVE },
	[UNPATCHED] = { "unpatched", "GenuineIntel", FEATURES "-spec_ctrl rdcl_no avx2", CPC_SET, false, false,
			CPC_NEEDS_PATCH },
	[LESS] = { "less", "GenuineIntel", FEATURES "rdcl_no", CPC_SET, false, false, CPC_NEEDS_MODE },
	[LESS_UNREAD] = { "less-unread", "GenuineIntel", FEATURES "rdcl_no", CPC_SET, false, true, CPC_MAY_NEED_IT },
	[NO_VTX] = { "no-vtx", "GenuineIntel", FEATURES "rdcl_no avx2", CPC_CLEAR, false, false, CPC_NEVER },
	[AMD_PART] = { "amd-part", "AuthenticAMD", "", CPC_SET, false, false, CPC_NEVER },
};

static char texts[SAMPLE_COUNT][CPC_FINGERPRINT_SIZE];
static struct cpc_catalogue_row rows[SAMPLE_COUNT];
static struct cpc_capture capture;
static struct cpc_report host;

static int setup(void **state)
{
	(void)state;
	for (size_t i = 0; i < SAMPLE_COUNT; i++) {
		struct cpc_fingerprint fingerprint = plain_fingerprint(samples[i].vendor);

		apply_features(&fingerprint, samples[i].features);
		if (samples[i].unread_msr)
			set_unread_10a(&fingerprint);
		fingerprint.scalars[CPC_S_clf].unknown = samples[i].unread_clf;
		cpc_fingerprint_print(&fingerprint, texts[i]);
		rows[i] = (struct cpc_catalogue_row){
			.name = samples[i].name,
			.alias = i == LIKE ? "ice-lake-sp" : "",
			.part = i < LESS ? CPC_PART_SERVER : CPC_PART_OTHER,
			.virtualization = samples[i].virtualization,
			.brand = i == NO_VTX ? "" : "A brand that is as long as any is @ 2.00GHz",
			.fingerprint = texts[i],
			.source = "github:somebody/something:a/file.txt",
		};
	}
	assert_int_equal(cpc_catalogue_capture(&rows[HOST], &capture, NULL), CPC_OK);
	cpc_report_of(&capture, &host);
	return 0;
}

static const struct cpc_style narrow = { .width = 80 };
static const struct cpc_style verbose = { .width = 80, .verbose = true };

/* All rows, asked what the flags say, in a format. */
static char *render(bool accepts, bool accepted_by, const char *format, const struct cpc_style *style)
{
	struct cpc_candidate candidates[SAMPLE_COUNT];
	struct cpc_catalogue_view view = {
		.policy = cpc_policy_named("kvm"),
		.candidates = candidates,
		.count = SAMPLE_COUNT,
	};
	struct cpc_buffer out = { 0 };
	char *text;

	if (accepts)
		view.accepts = (struct cpc_catalogue_host){ "web03", &host };
	if (accepted_by)
		view.accepted_by = (struct cpc_catalogue_host){ "db01", &host };
	for (size_t i = 0; i < SAMPLE_COUNT; i++) {
		candidates[i] = cpc_candidate_of(&rows[i]);
		assert_int_equal(cpc_candidate_ask(&candidates[i], view.accepts.report, view.accepted_by.report,
						   view.policy, NULL),
				 CPC_OK);
	}
	assert_int_equal(cpc_catalogue_format_named(format)->render(&view, style, &out, NULL), CPC_OK);
	for (size_t i = 0; i < SAMPLE_COUNT; i++)
		cpc_candidate_free(&candidates[i]);
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

static void assert_lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" is in:\n%s", part, text);
}

static void assert_in_order(const char *text, const char *first, const char *second)
{
	assert_contains(text, first);
	assert_contains(text, second);
	assert_true(strstr(text, first) < strstr(text, second));
}

static void assert_width(const char *text, size_t width)
{
	for (const char *line = text; *line;) {
		const size_t length = strcspn(line, "\n");

		if (length > width && !strstr(line, "cpc1:"))
			fail_msg("wider than %zu: %.*s", width, (int)length, line);
		line += length + (line[length] == '\n');
	}
}

static void test_list(void **state)
{
	char *text = render(false, false, "text", &narrow);

	(void)state;
	assert_in_order(text, "For servers: 4\n", "For desktops, laptops and devices: 4\n");
	assert_contains(text, "\n  Ice Lake-SP, GenuineIntel (@ice-lake-sp: @like)\n    @host ");
	assert_contains(text, "6.106.6");
	assert_contains(text, "(no brand)");
	assert_lacks(text, "policy");
	assert_lacks(text, "cpc1:");
	assert_width(text, 80);
	free(text);
	text = render(false, false, "text", &verbose);
	assert_contains(text, "        github:somebody/something:a/file.txt\n        cpc1:GenuineIntel:6.106.6:");
	free(text);
}

static void test_answer(void **state)
{
	char *text = render(true, false, "text", &narrow);

	(void)state;
	assert_contains(text, "Processors that take the VMs of web03 as they are (2 of 8)\n");
	assert_contains(text, "web03: GenuineIntel 6.106.6 Ice Lake-SP\n");
	assert_contains(text, "policy kvm: ");
	assert_in_order(text, "@host ", "@like ");
	assert_in_order(text, "@like ", "Nothing that is known stands in the way of 1 more");
	assert_contains(text, "Not read of the processor: msr.10a (IA32_ARCH_CAPABILITIES");
	assert_contains(text, "`modprobe msr`");
	assert_in_order(text, "@unread ", "Only mitigations stand in the way of 1 more");
	assert_in_order(text, "Only mitigations", "@unpatched ");
	assert_contains(text, "\nOnly with a lower CPU model: 1\n");
	assert_contains(text, "\nNot as they are, and it is unknown whether with a lower CPU model: 1\n");
	assert_contains(text, "\nNever, for there is no hardware virtualization, NX or long mode: 1\n");
	assert_contains(text, "\nOf another vendor, and so never: 1\n--verbose names them");
	assert_lacks(text, "@less");
	assert_width(text, 80);
	free(text);
}

/* Every row is told of, and what decides about it. */
static void test_verbose_answer(void **state)
{
	char *text = render(true, false, "text", &verbose);

	(void)state;
	for (size_t i = 0; i < SAMPLE_COUNT; i++) {
		char name[32];

		(void)snprintf(name, sizeof(name), "@%s", samples[i].name);
		assert_contains(text, name);
	}
	assert_contains(text, "decided by spec_ctrl\n");
	assert_contains(text, "decided by avx2\n");
	assert_contains(text, "decided by avx2, clf\n");
	assert_contains(text, "decided by no VT-x\n");
	assert_contains(text, "Of another vendor, and so never: 1\n    @amd-part\n");
	assert_lacks(text, "--verbose");
	assert_lacks(text, "\n\n\n");
	assert_width(text, 80);
	free(text);
}

static void test_both_ways(void **state)
{
	char *text = render(true, true, "text", &verbose);

	(void)state;
	assert_contains(text, "Processors that take the VMs of web03 as they are, and have VMs that db01 takes\n"
			      "as they are (1 of 8)\n");
	assert_contains(text, "Not read of the processor: msr.10a");
	assert_contains(text, "from it: sha_ni\n");
	assert_contains(text, "to it: avx2\n");
	free(text);
	text = render(false, true, "text", &narrow);
	assert_contains(text, "Processors that have VMs that db01 takes as they are (");
	assert_lacks(text, "web03");
	free(text);
}

static void assert_text(const json_t *object, const char *key, const char *expected)
{
	assert_non_null(json_object_get(object, key));
	assert_string_equal(json_string_value(json_object_get(object, key)), expected);
}

static void check_processor(const json_t *processor, size_t i)
{
	const json_t *answer = json_object_get(processor, "accepts");
	json_t *reason;
	size_t n;

	assert_text(processor, "name", samples[i].name);
	assert_text(processor, "vendor", samples[i].vendor);
	assert_text(processor, "part", i < LESS ? "server" : "other");
	assert_text(json_object_get(processor, "fingerprint"), "text", texts[i]);
	assert_int_equal(json_integer_value(json_object_get(processor, "family")), 6);
	assert_text(processor, "standing", cpc_standing_name(samples[i].standing));
	assert_text(answer, "standing", cpc_standing_name(samples[i].standing));
	assert_true(json_is_string(json_object_get(answer, "verdict")));
	assert_int_equal(json_array_size(json_object_get(answer, "reasons")) > 0, samples[i].standing != CPC_MOVES);
	json_array_foreach(json_object_get(answer, "reasons"), n, reason)
		assert_true(json_is_string(json_object_get(reason, "code")));
	assert_true(json_is_null(json_object_get(processor, "accepted_by")));
}

static void test_json(void **state)
{
	char *text = render(true, false, "json", &narrow);
	json_t *root = json_loads(text, 0, NULL);
	json_t *standings = json_object_get(root, "standings");
	json_int_t sum = 0;
	const char *key;
	json_t *value;

	(void)state;
	assert_text(root, "schema", "cpucompat/catalogue/1");
	assert_text(root, "policy", "kvm");
	assert_text(json_object_get(root, "accepts"), "name", "web03");
	assert_true(json_is_null(json_object_get(root, "accepted_by")));
	assert_int_equal(json_integer_value(json_object_get(root, "count")), SAMPLE_COUNT);
	json_object_foreach(standings, key, value) sum += json_integer_value(value);
	assert_int_equal(sum, SAMPLE_COUNT);
	assert_int_equal(json_integer_value(json_object_get(standings, "never")), 2);
	for (size_t i = 0; i < SAMPLE_COUNT; i++)
		check_processor(json_array_get(json_object_get(root, "processors"), i), i);
	json_decref(root);
	free(text);
}

static void test_json_unasked(void **state)
{
	char *text = render(false, false, "json", &narrow);
	json_t *root = json_loads(text, 0, NULL);
	const json_t *processor = json_array_get(json_object_get(root, "processors"), LIKE);

	(void)state;
	assert_true(json_is_null(json_object_get(root, "policy")));
	assert_true(json_is_null(json_object_get(root, "standings")));
	assert_true(json_is_null(json_object_get(processor, "standing")));
	assert_true(json_is_null(json_object_get(processor, "accepts")));
	assert_text(processor, "alias", "ice-lake-sp");
	assert_text(processor, "virtualization", "set");
	assert_text(processor, "slat", "unknown");
	assert_text(processor, "microarchitecture", "Ice Lake-SP");
	assert_text(processor, "source", "github:somebody/something:a/file.txt");
	json_decref(root);
	free(text);
}

static void test_formats(void **state)
{
	(void)state;
	assert_null(cpc_catalogue_format_named("csv"));
	for (size_t i = 0; i < cpc_catalogue_format_count; i++)
		assert_ptr_equal(cpc_catalogue_format_named(cpc_catalogue_formats[i].name), &cpc_catalogue_formats[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_list),	  cmocka_unit_test(test_answer), cmocka_unit_test(test_verbose_answer),
		cmocka_unit_test(test_both_ways), cmocka_unit_test(test_json),	 cmocka_unit_test(test_json_unasked),
		cmocka_unit_test(test_formats),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
