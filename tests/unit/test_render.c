/* SPDX-License-Identifier: MIT */
/* Reports: every format over one hand-made host. */
#include "support.h"

#include <jansson.h>

#include "render.h"

static const struct cpc_style plain = { .width = 80 };

static const struct cpc_leaf leaves[] = {
	{ 0x0, 0, { 0x7, INTEL } },
	{ 0x1, 0, { 0x000606a6, 0x00400800, 0x00000021, 0x078bfbff } }, /* vmx, pni */
	{ 0x6, 0, { 0, 0, 0, 0 } },
	{ 0x7, 0, { 0x0, 0x20, 0x0, 0x20000000 } }, /* avx2; arch_capabilities, so the MSR matters */
	{ 0x80000000, 0, { 0x80000008, 0, 0, 0 } },
	{ 0x80000001, 0, { 0, 0, 0x1, 0x20100000 } }, /* lahf_lm, nx, lm */
	{ 0x80000007, 0, { 0, 0, 0, 0 } },
	{ 0x80000008, 0, { 0x3939, 0, 0, 0 } },
};

static const struct cpc_msr refused = { .address = 0x10A };

/** A host whose name and brand try to break out of every format. */
static void make_capture(struct cpc_capture *ret_capture)
{
	struct cpc_snapshot snapshot = snapshot_with_msr(leaves, COUNT(leaves), refused);

	*ret_capture = (struct cpc_capture){
		.origin = CPC_ORIGIN_LIVE,
		.host_name = "<script>alert(\"a\\b\")</script>",
		.collected_at = "2026-11-24T03:14:52Z",
		.microcode = "0xd0003a5",
		.libcpuid_brand = "Xeon \"Gold\"",
		.libcpuid_codename = "Ice Lake",
		.cpuinfo_vmx = CPC_SET,
		.cpuinfo_svm = CPC_CLEAR,
		.cpuinfo_ept = CPC_UNKNOWN,
		.cpuinfo_npt = CPC_UNKNOWN,
		.probes = { { "cpuid", CPC_PROBE_OK, 1500000, 42 }, { "msr", CPC_PROBE_DENIED, 2000, 0 } },
		.probe_count = 2,
	};
	assert_int_equal(cpc_capture_add(ret_capture, 3, &snapshot, NULL), CPC_OK);
}

static char *render(const char *format, const struct cpc_style *style)
{
	const struct cpc_report_format *row = cpc_report_format_named(format);
	struct cpc_buffer out = { 0 };
	struct cpc_capture capture;
	struct cpc_report report;
	struct cpc_error error;
	char *text;

	make_capture(&capture);
	cpc_report_of(&capture, &report);
	assert_non_null(row);
	assert_int_equal(row->render(&report, style, &out, &error), CPC_OK);
	text = strdup(out.bytes);
	assert_non_null(text);
	cpc_buffer_free(&out);
	cpc_capture_free(&capture);
	return text;
}

static void assert_contains(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("\"%s\" is not in:\n%s", part, text);
}

/** No line is wider than that, but for the fingerprint, which stays in one piece. */
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
	struct cpc_style style = { .width = 80, .timing = true, .verbose = true };
	char *text = render("text", &style);

	(void)state;
	assert_contains(text, "VT-x");
	assert_contains(text, "cpuid 1.0.ecx[5] vmx set");
	assert_contains(text, "57 physical, 57 linear");
	assert_contains(text, "0xd0003a5");
	assert_contains(text, "libcpuid calls it Ice Lake");
	assert_contains(text, "\ncpc1:GenuineIntel:6.106.6:");
	assert_contains(text, "avx2");
	assert_contains(text, "msr.10a");
	assert_contains(text, "modprobe msr");
	assert_contains(text, "42 CPUID instructions");
	assert_contains(text, "Features for the host alone");
	assert_null(strchr(text, '\033'));
	assert_width(text, 80);
	free(text);
}

static void test_text_is_quiet_unless_asked(void **state)
{
	char *text = render("text", &plain);

	(void)state;
	assert_null(strstr(text, "CPUID instructions"));
	assert_null(strstr(text, "Features for the host alone:"));
	free(text);
}

static void test_colour(void **state)
{
	struct cpc_style style = { .width = 80, .colour = true };
	char *text = render("text", &style);

	(void)state;
	assert_contains(text, "\033[");
	assert_contains(text, "\033[0m");
	free(text);
}

static void test_narrow(void **state)
{
	struct cpc_style style = { .width = 40 };
	char *text = render("text", &style);

	(void)state;
	assert_contains(text, "VT-x");
	free(text);
}

/** A path through objects and arrays and the type that it must lead to. */
struct key {
	const char *path;
	json_type type;
};

static json_t *at(json_t *value, const char *path)
{
	char key[64];

	while (*path && value) {
		size_t length = strcspn(path, ".");

		snprintf(key, sizeof(key), "%.*s", (int)length, path);
		value = json_is_array(value) ? json_array_get(value, strtoul(key, NULL, 10))
					     : json_object_get(value, key);
		path += length + (path[length] == '.');
	}
	return value;
}

static void assert_text_at(json_t *root, const char *path, const char *expected)
{
	json_t *value = at(root, path);

	assert_non_null(value);
	assert_string_equal(json_string_value(value), expected);
}

static const struct key report_keys[] = {
	{ "schema", JSON_STRING },
	{ "agent.version", JSON_STRING },
	{ "host.name", JSON_STRING },
	{ "host.machine_id", JSON_STRING },
	{ "collected_at", JSON_STRING },
	{ "source", JSON_STRING },
	{ "vantage", JSON_STRING },
	{ "hypervisor", JSON_NULL },
	{ "cpu.vendor", JSON_STRING },
	{ "cpu.family", JSON_INTEGER },
	{ "cpu.model", JSON_INTEGER },
	{ "cpu.stepping", JSON_INTEGER },
	{ "cpu.brand", JSON_STRING },
	{ "cpu.microarchitecture", JSON_STRING },
	{ "cpu.microcode", JSON_STRING },
	{ "cpu.logical_cpus", JSON_INTEGER },
	{ "cpu.libcpuid.brand", JSON_STRING },
	{ "cpu.libcpuid.codename", JSON_STRING },
	{ "cpu.kinds.0.cpus", JSON_STRING },
	{ "cpu.kinds.0.msrs.0.0", JSON_STRING },
	{ "cpu.kinds.0.msrs.0.1", JSON_NULL },
	{ "requirements.hardware_virtualization.name", JSON_STRING },
	{ "requirements.hardware_virtualization.status", JSON_STRING },
	{ "requirements.hardware_virtualization.evidence.0.source", JSON_STRING },
	{ "requirements.hardware_virtualization.evidence.0.where", JSON_STRING },
	{ "requirements.hardware_virtualization.evidence.0.name", JSON_STRING },
	{ "requirements.hardware_virtualization.evidence.0.value", JSON_STRING },
	{ "requirements.execute_disable.status", JSON_STRING },
	{ "requirements.long_mode.status", JSON_STRING },
	{ "requirements.slat.status", JSON_STRING },
	{ "fingerprints.cpuid.id", JSON_STRING },
	{ "fingerprints.cpuid.silicon", JSON_STRING },
	{ "fingerprints.cpuid.text", JSON_STRING },
	{ "fingerprints.kvm", JSON_NULL },
	{ "features.cpuid", JSON_ARRAY },
	{ "features.kvm", JSON_NULL },
	{ "unknown.0", JSON_STRING },
	{ "scalars.pa", JSON_INTEGER },
	{ "scalars.xs", JSON_STRING },
	{ "probes.cpuid", JSON_STRING },
	{ "cpuinfo.vmx", JSON_TRUE },
	{ "cpuinfo.svm", JSON_FALSE },
	{ "cpuinfo.ept", JSON_NULL },
	{ "cpuinfo.npt", JSON_NULL },
	{ "leaves.cpuid.0.5", JSON_STRING },
	{ "leaves.kvm", JSON_NULL },
};

static void test_json(void **state)
{
	char *text = render("json", &plain);
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	(void)state;
	assert_non_null(root);
	for (size_t i = 0; i < COUNT(report_keys); i++) {
		json_t *value = at(root, report_keys[i].path);

		if (!value || json_typeof(value) != report_keys[i].type)
			fail_msg("%s is missing or of another type", report_keys[i].path);
	}
	assert_int_equal(strncmp(text, "{\n  \"schema\": \"cpucompat/report/1\"", 33), 0);
	assert_text_at(root, "host.name", "<script>alert(\"a\\b\")</script>");
	assert_text_at(root, "source", "live");
	assert_text_at(root, "cpu.kinds.0.cpus", "3");
	/* The leaves of the first kind are leaves.cpuid, and stand there alone. */
	assert_null(at(root, "cpu.kinds.0.leaves"));
	assert_text_at(root, "leaves.cpuid.0.3", "0x756e6547");
	assert_text_at(root, "cpu.kinds.0.msrs.0.0", "0x10a");
	assert_text_at(root, "unknown.0", "msr.10a");
	assert_text_at(root, "probes.msr", "denied");
	json_decref(root);
	free(text);
}

static void test_raw(void **state)
{
	char *text = render("raw", &plain);

	(void)state;
	assert_int_equal(strncmp(text,
				 "CPU 3:\n"
				 "   0x00000000 0x00: eax=0x00000007 ebx=0x756e6547 ecx=0x6c65746e edx=0x49656e69\n",
				 87),
			 0);
	assert_null(strstr(text, "10a:"));
	free(text);
}

static void test_raw_needs_leaves(void **state)
{
	struct cpc_capture capture = { .origin = CPC_ORIGIN_FINGERPRINT };
	struct cpc_buffer out = { 0 };
	struct cpc_report report;
	struct cpc_error error;

	(void)state;
	capture.fingerprint = parsed("cpc1:GenuineIntel:6.106.6:77fab203:pa=46");
	cpc_report_of(&capture, &report);
	assert_int_equal(cpc_report_format_named("raw")->render(&report, &plain, &out, &error), CPC_BAD_DATA);
	cpc_buffer_free(&out);
	assert_int_equal(cpc_report_format_named("text")->render(&report, &plain, &out, &error), CPC_OK);
	assert_width(out.bytes, 80);
	cpc_buffer_free(&out);
	assert_int_equal(cpc_report_format_named("json")->render(&report, &plain, &out, &error), CPC_OK);
	assert_contains(out.bytes, "\"kinds\": []");
	cpc_buffer_free(&out);
}

/** A sample is a name, labels in quotes whose insides are escaped, and a number. */
static void assert_sample(const char *line, size_t length)
{
	const char *end = line + length;
	const char *c = line + strspn(line, "abcdefghijklmnopqrstuvwxyz_");
	bool quoted = false;

	assert_int_equal(strncmp(line, "cpucompat_", 10), 0);
	for (; c < end && (quoted || (*c != ' ')); c++) {
		if (quoted && *c == '\\') {
			c++;
			assert_non_null(strchr("\\\"n", *c));
		} else if (*c == '"') {
			quoted = !quoted;
		}
	}
	assert_false(quoted);
	assert_int_equal(strspn(c + 1, "0123456789."), (size_t)(end - c - 1));
}

static void test_prometheus(void **state)
{
	char *text = render("prometheus", &plain);

	(void)state;
	for (const char *line = text; *line; line += strcspn(line, "\n") + 1) {
		if (*line != '#')
			assert_sample(line, strcspn(line, "\n"));
		else
			assert_true(!strncmp(line, "# HELP cpucompat_", 17) || !strncmp(line, "# TYPE cpucompat_", 17));
	}
	assert_contains(text, "brand=\"Xeon \\\"Gold\\\"\"} 1\n");
	assert_contains(text, "{requirement=\"hardware_virtualization\",status=\"present\"} 1\n");
	assert_contains(text, "{requirement=\"hardware_virtualization\",status=\"absent\"} 0\n");
	assert_contains(text, "cpucompat_cpu_kinds 1\n");
	assert_contains(text, "cpucompat_probe_success{probe=\"msr\"} 0\n");
	assert_contains(text, "cpucompat_probe_duration_seconds{probe=\"cpuid\"} 0.001500000\n");
	assert_contains(text, "cpucompat_last_probe_timestamp_seconds 1795490092\n");
	free(text);
}

static void test_page(void **state)
{
	struct cpc_buffer out = { 0 };
	struct cpc_capture capture;
	struct cpc_report report;

	(void)state;
	make_capture(&capture);
	cpc_report_of(&capture, &report);
	assert_int_equal(cpc_render_page(&(struct cpc_published){ .report = &report }, &out, NULL), CPC_OK);
	assert_null(strstr(out.bytes, "<script"));
	assert_contains(out.bytes, "&lt;script&gt;alert(&quot;a\\b&quot;)&lt;/script&gt;");
	assert_contains(out.bytes, "/v1/report");
	assert_contains(out.bytes, "</html>\n");
	assert_null(strstr(out.bytes, "http://"));
	assert_null(strstr(out.bytes, "https://"));
	cpc_buffer_free(&out);
	cpc_capture_free(&capture);
}

static void test_problem(void **state)
{
	struct cpc_buffer out = { 0 };
	json_t *root;

	(void)state;
	assert_int_equal(cpc_render_problem(400, "Bad Request", "with=\xff is no fingerprint", &out), CPC_OK);
	root = json_loads(out.bytes, 0, NULL);
	assert_non_null(root);
	assert_int_equal(json_integer_value(json_object_get(root, "status")), 400);
	assert_text_at(root, "title", "Bad Request");
	assert_text_at(root, "detail", "with=%FF is no fingerprint");
	json_decref(root);
	cpc_buffer_free(&out);
}

static void test_digest(void **state)
{
	const struct cpc_fingerprint a = parsed("cpc1:GenuineIntel:6.106.6:77fab203:pa=46");
	const struct cpc_fingerprint b = parsed("cpc1:GenuineIntel:6.85.4:77fab203:pa=46");
	char id[CPC_ID_SIZE];

	(void)state;
	/* printf cpc1:GenuineIntel:77fab203:pa=46 | sha256sum | cut -c1-32 */
	cpc_fingerprint_id(&a, id);
	assert_string_equal(id, "ad4d28d57ffd8dbf179cf33022d5b782");
	cpc_fingerprint_id(&b, id);
	assert_string_equal(id, "ad4d28d57ffd8dbf179cf33022d5b782");
}

static void test_formats(void **state)
{
	(void)state;
	assert_null(cpc_report_format_named("nfd"));
	assert_null(cpc_report_format_named(""));
	assert_null(cpc_comparison_format_named("raw"));
	assert_null(cpc_baseline_format_named("xen"));
	for (size_t i = 0; i < cpc_report_format_count; i++)
		assert_ptr_equal(cpc_report_format_named(cpc_report_formats[i].name), &cpc_report_formats[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_text_is_quiet_unless_asked),
		cmocka_unit_test(test_colour),
		cmocka_unit_test(test_narrow),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_raw),
		cmocka_unit_test(test_raw_needs_leaves),
		cmocka_unit_test(test_prometheus),
		cmocka_unit_test(test_page),
		cmocka_unit_test(test_problem),
		cmocka_unit_test(test_digest),
		cmocka_unit_test(test_formats),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
