/* SPDX-License-Identifier: MIT */
/* What an agent remembers, in each format, and read back. */
#include "support.h"

#include <jansson.h>

#include "describe.h"
#include "formats.h"
#include "metrics.h"
#include "render.h"

#define ID "0123456789abcdef0123456789abcdef"

static void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no \"%s\" in: %s", part, text);
}

static void assert_lacks(const char *text, const char *part)
{
	if (strstr(text, part))
		fail_msg("\"%s\" in: %s", part, text);
}

static struct cpc_capture host(void)
{
	static const struct cpc_leaf leaves[] = { { 0, 0, { 1, INTEL } }, { 1, 0, { 0x606a6, 0x800, 5, 0xbfebfbff } } };
	struct cpc_snapshot snapshot = sealed_snapshot(leaves, COUNT(leaves));
	struct cpc_capture capture = { .origin = CPC_ORIGIN_LIVE };

	assert_int_equal(cpc_capture_add(&capture, 0, &snapshot, NULL), CPC_OK);
	return capture;
}

static void remember(struct cpc_history *history)
{
	*history = (struct cpc_history){ .since = "2026-01-31T12:00:00Z", .cpuid = { .seen = true } };
}

static void remember_changes(struct cpc_history *history)
{
	remember(history);
	history->failures = 3;
	strcpy(history->failing_since, "2026-02-01T00:00:00Z");
	history->cpuid.changes = 2;
	strcpy(history->cpuid.changed_at, "2026-01-31T13:00:00Z");
	strcpy(history->cpuid.previous_id, ID);
	history->kvm.seen = true;
}

/* A rendered report; the caller frees it. */
static struct cpc_buffer render(const struct cpc_capture *capture, const char *format)
{
	const struct cpc_style style = { .width = 80 };
	struct cpc_buffer out = { .length = 0 };
	struct cpc_report report;

	cpc_report_of(capture, &report);
	if (format)
		assert_int_equal(cpc_report_format_named(format)->render(&report, &style, &out, NULL), CPC_OK);
	else
		assert_int_equal(cpc_render_page(&(struct cpc_published){ .report = &report }, &out, NULL), CPC_OK);
	return out;
}

static void nobody_remembers(void **state)
{
	static const char *const formats[] = { "json", "prometheus", "text", NULL };
	struct cpc_capture capture = host();

	(void)state;
	for (size_t i = 0; i < COUNT(formats); i++) {
		struct cpc_buffer out = render(&capture, formats[i]);

		if (i == 0)
			assert_contains(out.bytes, "\"history\": null");
		assert_lacks(out.bytes, "changes");
		assert_lacks(out.bytes, "stale");
		assert_lacks(out.bytes, "unchanged");
		assert_lacks(out.bytes, "failures");
		assert_lacks(out.bytes, "no probe has worked");
		cpc_buffer_free(&out);
	}
	cpc_capture_free(&capture);
}

static void json_has_it(void **state)
{
	struct cpc_capture capture = host();
	struct cpc_buffer out;
	json_t *root;
	json_t *history;
	json_t *view;

	(void)state;
	remember_changes(&capture.history);
	out = render(&capture, "json");
	root = json_loads(out.bytes, 0, NULL);
	history = json_object_get(root, "history");
	assert_string_equal(json_string_value(json_object_get(history, "since")), "2026-01-31T12:00:00Z");
	assert_int_equal(json_integer_value(json_object_get(history, "failures")), 3);
	assert_string_equal(json_string_value(json_object_get(history, "failing_since")), "2026-02-01T00:00:00Z");
	view = json_object_get(json_object_get(history, "views"), "cpuid");
	assert_int_equal(json_integer_value(json_object_get(view, "changes")), 2);
	assert_string_equal(json_string_value(json_object_get(view, "changed_at")), "2026-01-31T13:00:00Z");
	assert_string_equal(json_string_value(json_object_get(view, "previous_id")), ID);
	view = json_object_get(json_object_get(history, "views"), "kvm");
	assert_int_equal(json_integer_value(json_object_get(view, "changes")), 0);
	assert_true(json_is_null(json_object_get(view, "changed_at")));
	assert_true(json_is_null(json_object_get(view, "previous_id")));
	json_decref(root);
	cpc_buffer_free(&out);
	cpc_capture_free(&capture);
}

static void metrics_have_it(void **state)
{
	struct cpc_capture capture = host();
	struct cpc_buffer out;

	(void)state;
	remember(&capture.history);
	out = render(&capture, "prometheus");
	assert_contains(out.bytes, "# TYPE cpucompat_fingerprint_changes_total counter\n"
				   "cpucompat_fingerprint_changes_total{view=\"cpuid\"} 0\n");
	assert_lacks(out.bytes, "view=\"kvm\"");
	assert_lacks(out.bytes, "cpucompat_fingerprint_change_timestamp_seconds");
	assert_contains(out.bytes, "# TYPE cpucompat_probe_failures_total counter\ncpucompat_probe_failures_total 0\n");
	assert_contains(out.bytes, "# TYPE cpucompat_report_stale gauge\ncpucompat_report_stale 0\n");
	cpc_buffer_free(&out);
	remember_changes(&capture.history);
	out = render(&capture, "prometheus");
	assert_contains(out.bytes, "cpucompat_fingerprint_changes_total{view=\"cpuid\"} 2\n"
				   "cpucompat_fingerprint_changes_total{view=\"kvm\"} 0\n");
	assert_contains(out.bytes, "# TYPE cpucompat_fingerprint_change_timestamp_seconds gauge\n"
				   "cpucompat_fingerprint_change_timestamp_seconds{view=\"cpuid\"} 1769864400\n#");
	assert_contains(out.bytes, "cpucompat_probe_failures_total 3\n");
	assert_contains(out.bytes, "cpucompat_report_stale 1\n");
	cpc_buffer_free(&out);
	cpc_capture_free(&capture);
}

static void people_are_told(void **state)
{
	static const char *const formats[] = { "text", NULL };
	struct cpc_capture capture = host();

	(void)state;
	for (size_t i = 0; i < COUNT(formats); i++) {
		struct cpc_buffer out;

		remember(&capture.history);
		out = render(&capture, formats[i]);
		assert_contains(out.bytes, "unchanged since 2026-01-31T12:00:00Z");
		assert_lacks(out.bytes, "no probe has worked");
		cpc_buffer_free(&out);
		remember_changes(&capture.history);
		out = render(&capture, formats[i]);
		assert_contains(out.bytes, "2 changes since 2026-01-31T12:00:00Z, the last at");
		assert_contains(out.bytes, ID);
		assert_contains(out.bytes, "no probe has worked since 2026-02-01T00:00:00Z");
		cpc_buffer_free(&out);
	}
	cpc_capture_free(&capture);
}

/* The longest line fits. */
static void lines_are_whole(void **state)
{
	struct cpc_capture capture = host();
	struct cpc_report report;
	char line[CPC_LINE_SIZE];

	(void)state;
	remember_changes(&capture.history);
	capture.history.cpuid.changes = UINT64_MAX;
	cpc_report_of(&capture, &report);
	assert_true(cpc_history_line(&report, CPC_VIEW_CPUID, line));
	assert_contains(line, ID);
	capture.history.cpuid.changes = 1;
	assert_true(cpc_history_line(&report, CPC_VIEW_CPUID, line));
	assert_contains(line, "1 change since");
	capture.history.kvm.seen = false;
	assert_false(cpc_history_line(&report, CPC_VIEW_KVM, line));
	cpc_capture_free(&capture);
}

static void is_read_back(void **state)
{
	struct cpc_capture capture = host();
	struct cpc_captures captures = { .count = 0 };
	struct cpc_buffer out;

	(void)state;
	remember_changes(&capture.history);
	out = render(&capture, "json");
	assert_int_equal(cpc_read(out.bytes, out.length, &captures, NULL), CPC_OK);
	assert_int_equal(captures.count, 1);
	assert_memory_equal(&captures.items[0].history, &capture.history, sizeof(capture.history));
	cpc_captures_free(&captures);
	cpc_buffer_free(&out);
	cpc_capture_free(&capture);
}

#define HEAD                                                                                                           \
	"{\"schema\":\"cpucompat/report/1\",\"leaves\":{\"cpuid\":[[\"0x0\",\"0x0\",\"0x1\",\"0x756e6547\","           \
	"\"0x6c65746e\",\"0x49656e69\"]]},\"history\":"

static void bad_history_is_refused(void **state)
{
	static const struct {
		const char *history;
		const char *complaint; /* NULL: good */
	} rows[] = {
		{ "null", NULL },
		{ "{}", NULL },
		{ "{\"since\":null,\"views\":null,\"later\":5}", NULL },
		{ "{\"views\":{\"cpuid\":{},\"kvm\":null,\"other\":5}}", NULL },
		{ "5", "history" },
		{ "\"\"", "history" },
		{ "{\"since\":\"yesterday\"}", "history.since" },
		{ "{\"since\":\"2026-01-31T12:00:00Z \"}", "history.since" },
		{ "{\"since\":\"2026-01-31T12:00:0\"}", "history.since" },
		{ "{\"since\":\"2026-01-31T12:00:00+\"}", "history.since" },
		{ "{\"since\":20260131}", "history.since" },
		{ "{\"failures\":-1}", "history.failures" },
		{ "{\"failures\":1.5}", "history.failures" },
		{ "{\"failing_since\":\"\"}", "history.failing_since" },
		{ "{\"views\":5}", "views" },
		{ "{\"views\":{\"cpuid\":5}}", "history.views.cpuid" },
		{ "{\"views\":{\"cpuid\":{\"changes\":\"1\"}}}", "history.views.cpuid.changes" },
		{ "{\"views\":{\"kvm\":{\"changed_at\":\"x\"}}}", "history.views.kvm.changed_at" },
		{ "{\"views\":{\"kvm\":{\"previous_id\":\"0123456789ABCDEF0123456789abcdef\"}}}",
		  "history.views.kvm.previous_id" },
		{ "{\"views\":{\"kvm\":{\"previous_id\":\"" ID "0\"}}}", "history.views.kvm.previous_id" },
		{ "{\"views\":{\"kvm\":{\"previous_id\":\"0123\"}}}", "history.views.kvm.previous_id" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cpc_captures captures = { .count = 0 };
		struct cpc_error error = { .what = "" };
		char text[512];

		assert_true(snprintf(text, sizeof(text), HEAD "%s}", rows[i].history) < (int)sizeof(text));
		const enum cpc_status status = cpc_read(text, strlen(text), &captures, &error);
		if (status != (rows[i].complaint ? CPC_BAD_DATA : CPC_OK))
			fail_msg("%s: %d, %s", rows[i].history, (int)status, error.what);
		if (rows[i].complaint)
			assert_contains(error.what, rows[i].complaint);
		cpc_captures_free(&captures);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_remembers),	  cmocka_unit_test(json_has_it),
		cmocka_unit_test(metrics_have_it),	  cmocka_unit_test(people_are_told),
		cmocka_unit_test(lines_are_whole),	  cmocka_unit_test(is_read_back),
		cmocka_unit_test(bad_history_is_refused),
	};

	return cmocka_run_group_tests_name("history", tests, NULL, NULL);
}
