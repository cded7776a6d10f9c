/* SPDX-License-Identifier: MIT */
/*
 * Fail every allocation once, in turn. Jansson's come by its own hook. A call
 * that was refused memory says CPC_INTERNAL; the sanitizer sees that nothing is lost.
 */
#include "refuse.h"

#include <jansson.h>

#include "formats.h"
#include "fleet_document.h"
#include "render.h"
#include "small_map.h"

static const char dump[] = "CPU 0:\n"
			   "   0x00000000 0x00: eax=0x0000000d ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n"
			   "   0x00000001 0x00: eax=0x000606a6 ebx=0x00100800 ecx=0x7ffafbbf edx=0xbfebfbff\n"
			   "   0x0000000d 0x00: eax=0x00000007 ebx=0x00000340 ecx=0x00000340 edx=0x00000000\n"
			   "   0x0000000d 0x02: eax=0x00000100 ebx=0x00000240 ecx=0x00000000 edx=0x00000000\n"
			   "CPU 1:\n"
			   "   0x00000000 0x00: eax=0x0000000d ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n"
			   "   0x00000001 0x00: eax=0x000606a6 ebx=0x01100800 ecx=0x7ffafbbf edx=0xbfebfbbf\n"
			   "   0x0000000d 0x00: eax=0x00000007 ebx=0x00000340 ecx=0x00000340 edx=0x00000000\n"
			   "   0x0000000d 0x02: eax=0x00000100 ebx=0x00000240 ecx=0x00000000 edx=0x00000000\n"
			   "CPU 0:\n"
			   "   0x0000010a: 0x0000000000000001\n"
			   "   0x0000003a: 0x0000000000000005\n"
			   "CPU 1:\n"
			   "   0x0000003a: 0x0000000000000001\n"
			   "   0x00000482: 0xfff9fffe0401e172\n";

static const char old_cpu[] = "cpc1:GenuineIntel:6.26.5:98a201-fcbf9ff:pa=40,la=48,clf=64\n"
			      "cpc1:GenuineIntel:6.26.4:98a201-fcbf9ff:pa=40,la=48,clf=64\n";

static const char cpudata[] =
	"<cpudata arch='x86'>\n"
	"<cpuid eax_in='0x0' ecx_in='0x0' eax='0x1' ebx='0x756e6547' ecx='0x6c65746e' edx='0x49656e69'/>\n"
	"<msr index='0x10a' edx='0x0' eax='0x1'/>\n</cpudata>\n";

static const char raw_data[] = "version=0.7.0\n\n_________________ Logical CPU #0 _________________\n"
			       "basic_cpuid[0]=0000000d 756e6547 6c65746e 49656e69\n"
			       "basic_cpuid[1]=000606a6 00100800 7ffafbbf bfebfbff\n"
			       "ext_cpuid[0]=80000008 00000000 00000000 00000000\n";

static const char cpuinfo[] = "processor : 0\nvendor_id : GenuineIntel\ncpu family : 6\nmodel : 106\n"
			      "flags : fpu lm sse sse2\n\n";

static enum cpc_status read_input(const char *bytes, size_t length)
{
	struct cpc_captures captures;
	struct cpc_error error = { 0 };
	const enum cpc_status status = cpc_read(bytes, length, &captures, &error);

	if (status) {
		assert_null(captures.items);
		assert_int_equal(error.status, status);
		assert_true(error.what[0]);
	}
	cpc_captures_free(&captures);
	return status;
}

static enum cpc_status read_dump(void)
{
	return read_input(dump, sizeof(dump) - 1);
}

static enum cpc_status read_fingerprints(void)
{
	return read_input(old_cpu, sizeof(old_cpu) - 1);
}

static enum cpc_status read_cpudata(void)
{
	return read_input(cpudata, sizeof(cpudata) - 1);
}

static enum cpc_status read_raw_data(void)
{
	return read_input(raw_data, sizeof(raw_data) - 1);
}

static enum cpc_status read_cpuinfo(void)
{
	return read_input(cpuinfo, sizeof(cpuinfo) - 1);
}

static struct cpc_captures hosts[2];
static struct cpc_report reports[2];
static struct cpc_buffer json;

static enum cpc_status read_report(void)
{
	return read_input(json.bytes, json.length);
}

static enum cpc_status compare(struct cpc_comparison *comparison)
{
	const struct cpc_side sides[] = { cpc_side_of(&reports[0]), cpc_side_of(&reports[1]) };

	return cpc_compare(&sides[0], &sides[1], cpc_policy_named("kvm"), comparison, NULL);
}

static enum cpc_status compare_only(void)
{
	struct cpc_comparison comparison;
	const enum cpc_status status = compare(&comparison);

	cpc_comparison_free(&comparison);
	return status;
}

static const struct cpc_style style = { .verbose = true, .width = 80 };
static const char *format_name;

static enum cpc_status render_report(void)
{
	const struct cpc_report_format *format = cpc_report_format_named(format_name);
	struct cpc_buffer out = { 0 };
	enum cpc_status status;

	assert_non_null(format);
	status = format->render(&reports[0], &style, &out, NULL);
	keep_output(&out, status);
	return status;
}

static enum cpc_status render_comparison(void)
{
	const struct cpc_comparison_format *format = cpc_comparison_format_named(format_name);
	struct cpc_comparison comparison;
	struct cpc_comparison_view view = {
		.a_name = "a", .b_name = "b", .a = &reports[0], .b = &reports[1], .comparison = &comparison
	};
	struct cpc_buffer out = { 0 };
	enum cpc_status status = compare(&comparison);

	assert_non_null(format);
	if (!status)
		status = format->render(&view, &style, &out, NULL);
	keep_output(&out, status);
	cpc_comparison_free(&comparison);
	return status;
}

static struct cpc_cpu_map map;

static enum cpc_status read_index(void)
{
	static const char index[] = "<cpus><include filename='a.xml'/><include filename='b.xml'/></cpus>";
	struct cpc_map_files files = { 0 };
	struct cpc_cpu_map read = { 0 };
	enum cpc_status status = cpc_map_read(index, sizeof(index) - 1, &read, &files, NULL);

	cpc_map_files_free(&files);
	if (!status)
		status = cpc_map_read(small_map, sizeof(small_map) - 1, &read, NULL, NULL);
	cpc_cpu_map_free(&read);
	return status;
}

static enum cpc_status render_guest_cpu(void)
{
	const struct cpc_baseline_format *format = cpc_baseline_format_named(format_name);
	const struct cpc_report *const list[] = { &reports[0] };
	struct cpc_buffer out = { 0 };
	struct cpc_buffer notes = { 0 };
	const struct cpc_baseline_view view = { .meet = &reports[0].fingerprint,
						.view = CPC_VIEW_CPUID,
						.hosts = list,
						.count = 1,
						.cpu_map = &map,
						.notes = &notes };
	enum cpc_status status;

	assert_non_null(format);
	status = format->render(&view, &style, &out, NULL);
	keep_output(&out, status);
	cpc_buffer_free(&notes);
	return status;
}

static struct cpc_capture row_host;
static struct cpc_report row_report;

/* Asked of itself a row of which not all was read may move, and an older one is not enough. */
static enum cpc_status render_catalogue(void)
{
	const struct cpc_catalogue_format *format = cpc_catalogue_format_named(format_name);
	struct cpc_candidate candidates[] = { cpc_candidate_of(cpc_catalogue_named("xeon-gold-6336y")),
					      cpc_candidate_of(cpc_catalogue_named("nehalem-ep")) };
	const struct cpc_catalogue_view view = { .policy = cpc_policy_named("kvm"),
						 .accepts = { "a", &row_report },
						 .candidates = candidates,
						 .count = COUNT(candidates) };
	struct cpc_buffer out = { 0 };
	enum cpc_status status = CPC_OK;

	assert_non_null(format);
	for (size_t i = 0; i < COUNT(candidates) && !status; i++)
		status = cpc_candidate_ask(&candidates[i], view.accepts.report, NULL, view.policy, NULL);
	if (!status)
		status = format->render(&view, &style, &out, NULL);
	keep_output(&out, status);
	for (size_t i = 0; i < COUNT(candidates); i++)
		cpc_candidate_free(&candidates[i]);
	return status;
}

static int setup(void **state)
{
	struct cpc_capture twin;

	(void)state;
	json_set_alloc_funcs(hook_malloc, free);
	assert_int_equal(cpc_read(dump, sizeof(dump) - 1, &hosts[0], NULL), CPC_OK);
	assert_int_equal(cpc_read(old_cpu, sizeof(old_cpu) - 1, &hosts[1], NULL), CPC_OK);
	/* Its own answers in KVM's place, so that every format has something to print. */
	assert_int_equal(cpc_capture_copy(&hosts[0].items[0], &twin, NULL), CPC_OK);
	hosts[0].items[0].kvm = (struct cpc_kvm){ .present = true, .snapshot = twin.kinds[0].snapshot };
	twin.kinds[0].snapshot = (struct cpc_snapshot){ 0 };
	cpc_capture_free(&twin);
	for (size_t i = 0; i < COUNT(reports); i++)
		cpc_report_of(&hosts[i].items[0], &reports[i]);
	open_small_map(&map);
	assert_int_equal(cpc_catalogue_capture(cpc_catalogue_named("xeon-gold-6336y"), &row_host, NULL), CPC_OK);
	cpc_report_of(&row_host, &row_report);
	assert_int_equal(cpc_report_format_named("json")->render(&reports[0], &style, &json, NULL), CPC_OK);
	return 0;
}

static int teardown(void **state)
{
	(void)state;
	cpc_buffer_free(&json);
	cpc_buffer_free(&whole);
	cpc_cpu_map_free(&map);
	for (size_t i = 0; i < COUNT(hosts); i++)
		cpc_captures_free(&hosts[i]);
	return 0;
}

static void test_reading(void **state)
{
	(void)state;
	assert_true(fail_each("dump", read_dump, CPC_INTERNAL) > 3);
	assert_true(fail_each("fingerprints", read_fingerprints, CPC_INTERNAL) > 0);
	assert_true(fail_each("cpudata", read_cpudata, CPC_INTERNAL) > 5);
	assert_true(fail_each("libcpuid's raw data", read_raw_data, CPC_INTERNAL) > 5);
	assert_true(fail_each("cpuinfo", read_cpuinfo, CPC_INTERNAL) > 0);
	/* Jansson takes a string that it had no memory for as one that is not JSON. */
	assert_true(fail_each("report", read_report, CPC_BAD_DATA) > 10);
}

static enum cpc_status copy_only(void)
{
	struct cpc_capture copy;
	const enum cpc_status status = cpc_capture_copy(&hosts[0].items[0], &copy, NULL);

	if (!status)
		cpc_capture_free(&copy);
	return status;
}

static void test_copying(void **state)
{
	(void)state;
	assert_true(fail_each("copy", copy_only, CPC_INTERNAL) > 2);
}

static void test_comparing(void **state)
{
	(void)state;
	assert_true(fail_each("comparison", compare_only, CPC_INTERNAL) > 2);
}

static void test_rendering_catalogues(void **state)
{
	(void)state;
	for (size_t i = 0; i < cpc_catalogue_format_count; i++) {
		format_name = cpc_catalogue_formats[i].name;
		assert_true(fail_each(format_name, render_catalogue, CPC_INTERNAL) > 5);
	}
}

static void test_rendering_reports(void **state)
{
	(void)state;
	for (size_t i = 0; i < cpc_report_format_count; i++) {
		format_name = cpc_report_formats[i].name;
		assert_true(fail_each(format_name, render_report, CPC_INTERNAL) > 0);
	}
}

static void test_rendering_comparisons(void **state)
{
	(void)state;
	for (size_t i = 0; i < cpc_comparison_format_count; i++) {
		format_name = cpc_comparison_formats[i].name;
		assert_true(fail_each(format_name, render_comparison, CPC_INTERNAL) > 0);
	}
}

static void test_cpu_maps(void **state)
{
	static const char *const formats[] = { "libvirt", "qemu" };

	(void)state;
	assert_true(fail_each("CPU map", read_index, CPC_INTERNAL) > 10);
	for (size_t i = 0; i < COUNT(formats); i++) {
		format_name = formats[i];
		assert_true(fail_each(format_name, render_guest_cpu, CPC_INTERNAL) > 2);
	}
}

/* A fleet that was refused memory is as it was: the host can be added once more, and is then counted once. */
static enum cpc_status ask_fleet(void)
{
	const struct cpc_side sides[] = { cpc_side_of(&reports[0]), cpc_side_of(&reports[1]),
					  cpc_side_of(&reports[0]) };
	static const char *const names[] = { "web01", "db01", "web02" };
	struct cpc_fleet fleet = { .count = 0 };
	struct cpc_fleet_answers answers;
	enum cpc_status status = CPC_OK;
	struct cpc_buffer out = { 0 };

	for (size_t i = 0; i < COUNT(sides) && !status; i++) {
		status = cpc_fleet_add(&fleet, names[i], &sides[i], NULL);
		assert_int_equal(fleet.hosts, i + !status);
		if (status)
			assert_int_equal(cpc_fleet_add(&fleet, names[i], &sides[i], NULL), CPC_OK);
	}
	if (!status)
		status = cpc_fleet_ask(&fleet, cpc_policy_named("kvm"), &answers, NULL);
	if (!status) {
		const struct cpc_fleet_view view = { .fleet = &fleet, .answers = &answers };

		status = cpc_fleet_format_named(format_name)->render(&view, &style, &out, NULL);
		cpc_fleet_answers_free(&answers);
	}
	keep_output(&out, status);
	cpc_fleet_free(&fleet);
	return status;
}

/* One host changes class, one goes and one comes; then all are drained, and saved, and read. */
static enum cpc_status plan_fleet(void)
{
	const struct cpc_side sides[] = { cpc_side_of(&reports[0]), cpc_side_of(&reports[1]) };
	struct cpc_fleet before = { .count = 0 };
	struct cpc_fleet now = { .count = 0 };
	struct cpc_fleet read = { .count = 0 };
	struct cpc_fleet_answers answers[2] = { { .policy = NULL } };
	struct cpc_fleet_change change = { .before = NULL };
	struct cpc_fleet_order order = { .verdict = CPC_SAME };
	const struct cpc_order_plan plan = { .fleet = &now, .present = &before, .answers = &answers[1] };
	struct cpc_fleet_view view = { .fleet = &now, .answers = &answers[1], .change = &change, .order_plan = &plan };
	struct cpc_buffer out = { 0 };
	enum cpc_status status = cpc_fleet_add(&before, "web01", &sides[0], NULL);

	if (!status)
		status = cpc_fleet_copy(&before, NULL, 0, &now, NULL);
	if (!status)
		status = cpc_fleet_add(&now, "db01", &sides[1], NULL);
	if (!status)
		status = cpc_fleet_add(&now, "db01", &sides[0], NULL);
	if (!status)
		status = cpc_fleet_ask(&before, cpc_policy_named("kvm"), &answers[0], NULL);
	if (!status)
		status = cpc_fleet_ask(&now, cpc_policy_named("kvm"), &answers[1], NULL);
	if (!status)
		status = cpc_fleet_change_of(&before, &answers[0], &now, &answers[1], &change, NULL);
	if (!status)
		status = cpc_fleet_order_of(&plan, &order, NULL);
	view.order = &order;
	if (!status)
		status = cpc_fleet_format_named(format_name)->render(&view, &style, &out, NULL);
	if (!status && strcmp(format_name, "json") == 0)
		status = cpc_fleet_document_read(out.bytes, out.length, &read, NULL);
	keep_output(&out, status);
	cpc_fleet_order_free(&order);
	cpc_fleet_change_free(&change);
	for (size_t i = 0; i < 2; i++)
		cpc_fleet_answers_free(&answers[i]);
	cpc_fleet_free(&before);
	cpc_fleet_free(&now);
	cpc_fleet_free(&read);
	return status;
}

static void test_plans(void **state)
{
	(void)state;
	for (size_t i = 0; i < cpc_fleet_format_count; i++) {
		format_name = cpc_fleet_formats[i].name;
		if (cpc_fleet_formats[i].tells_changes)
			/* jansson takes some refusals for errors of the text. */
			assert_true(fail_each(format_name, plan_fleet, CPC_BAD_DATA) > 30);
	}
}

static void test_fleets(void **state)
{
	(void)state;
	for (size_t i = 0; i < cpc_fleet_format_count; i++) {
		format_name = cpc_fleet_formats[i].name;
		assert_true(fail_each(format_name, ask_fleet, CPC_INTERNAL) > 10);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reading),
		cmocka_unit_test(test_copying),
		cmocka_unit_test(test_comparing),
		cmocka_unit_test(test_rendering_reports),
		cmocka_unit_test(test_rendering_catalogues),
		cmocka_unit_test(test_rendering_comparisons),
		cmocka_unit_test(test_cpu_maps),
		cmocka_unit_test(test_fleets),
		cmocka_unit_test(test_plans),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
