/* SPDX-License-Identifier: MIT */
/*
 * What is shown of virtualization and of hypervisors, as text, page and JSON; and that a
 * report that is read back says all of it again.
 */
#include "support.h"

#include <jansson.h>

#include "formats.h"
#include "render.h"

#define GUEST (UINT32_C(1) << 31)
#define VMX (UINT32_C(1) << 5)
#define SSSE3 (UINT32_C(1) << 9)

static const struct cpc_style plain = { .width = 80 };
static const struct cpc_style everything = { .width = 80, .verbose = true };

/* Windows Server 2022's root partition, or with other privileges a guest of it. */
static void make_hyperv(uint32_t privileges, uint32_t ecx, uint32_t build, struct cpc_capture *ret_capture)
{
	const struct cpc_leaf leaves[] = {
		{ 0, 0, { 1, INTEL } },
		{ 1, 0, { 0x606a6, 0, GUEST | ecx, 0 } },
		{ 0x40000000, 0, { 0x4000000c, 0x7263694d, 0x666f736f, 0x76482074 } },
		{ 0x40000001, 0, { 0x31237648, 0, 0, 0 } },
		{ 0x40000002, 0, { build, build ? 0xa0000 : 0, 1, build ? 0x4aa : 0 } },
		{ 0x40000003, 0, { 0xbfff, privileges, 0, 0 } },
		{ 0x40000004, 0, { 0x1000, 0, 0, 0 } },
		{ 0x40000006, 0, { 0x408, 0, 0, 0 } },
		{ 0x4000000c, 0, { 1, 2, 0, 0 } },
		{ 0x80000000, 0, { 0x80000001, 0, 0, 0 } },
		{ 0x80000001, 0, { 0, 0, 0, 0x20100000 } },
	};
	struct cpc_snapshot snapshot = sealed_snapshot(leaves, COUNT(leaves));

	*ret_capture = (struct cpc_capture){ .origin = CPC_ORIGIN_DUMP };
	assert_int_equal(cpc_capture_add(ret_capture, 0, &snapshot, NULL), CPC_OK);
}

/* Eight CPUs with VT-x; firmware forgot two of them, and of EPT the kernel and the processor disagree. */
static void make_bare(struct cpc_capture *ret_capture)
{
	static const struct cpc_leaf leaves[] = { { 0, 0, { 1, INTEL } },
						  { 1, 0, { 0x606a6, 0, VMX, 0 } },
						  { 0x80000000, 0, { 0x80000001, 0, 0, 0 } },
						  { 0x80000001, 0, { 0, 0, 0, 0x20100000 } } };

	*ret_capture = (struct cpc_capture){
		.origin = CPC_ORIGIN_LIVE,
		.cpuinfo_vmx = CPC_SET,
		.cpuinfo_vmx_ept = CPC_CLEAR,
		.modules = { [CPC_MODULE_KVM_INTEL] = CPC_SET, [CPC_MODULE_KVM_AMD] = CPC_CLEAR },
		.parameters = { [CPC_PARAMETER_KVM_INTEL_NESTED] = CPC_SET, [CPC_PARAMETER_KVM_INTEL_EPT] = CPC_SET },
	};
	for (unsigned int cpu = 0; cpu < 8; cpu++) {
		const bool odd = cpu == 3 || cpu == 6;
		struct cpc_snapshot snapshot = raw_snapshot(leaves, COUNT(leaves));

		assert_int_equal(cpc_snapshot_add_msr(&snapshot, &(struct cpc_msr){ 0x3a, true, odd ? 1 : 5 }, NULL),
				 CPC_OK);
		assert_int_equal(cpc_snapshot_add_msr(&snapshot, &(struct cpc_msr){ 0x482, cpu != 7, 0 }, NULL),
				 CPC_OK);
		assert_int_equal(cpc_snapshot_seal(&snapshot, NULL), CPC_OK);
		assert_int_equal(cpc_capture_add(ret_capture, cpu, &snapshot, NULL), CPC_OK);
	}
}

static char *render(const struct cpc_capture *capture, const char *format, const struct cpc_style *style)
{
	struct cpc_buffer out = { 0 };
	struct cpc_report report;
	char *text;

	cpc_report_of(capture, &report);
	if (strcmp(format, "page") == 0)
		assert_int_equal(cpc_render_page(&(struct cpc_published){ .report = &report }, &out, NULL), CPC_OK);
	else
		assert_int_equal(cpc_report_format_named(format)->render(&report, style, &out, NULL), CPC_OK);
	text = strdup(out.bytes);
	assert_non_null(text);
	cpc_buffer_free(&out);
	return text;
}

/* `text` with each run of blanks and newlines as one blank, so that where a line was broken does not matter. */
static void has_words(const char *text, const char *words)
{
	char *folded = strdup(text);
	size_t length = 0;

	assert_non_null(folded);
	for (const char *c = text; *c; c++)
		if ((*c != ' ' && *c != '\n') || (length && folded[length - 1] != ' '))
			folded[length++] = *c == '\n' ? ' ' : *c;
	folded[length] = '\0';
	if (!strstr(folded, words))
		fail_msg("\"%s\" is not in:\n%s", words, text);
	free(folded);
}

static void is_narrow(const char *text, size_t width)
{
	for (const char *line = text; *line;) {
		const size_t length = strcspn(line, "\n");

		if (length > width && strncmp(line, "cpc1:", 5) != 0)
			fail_msg("wider than %zu: %.*s", width, (int)length, line);
		line += length + (line[length] == '\n');
	}
}

static void test_root_partition(void **state)
{
	static const char *const formats[] = { "text", "page" };
	struct cpc_capture capture;
	char *text;

	(void)state;
	make_hyperv(0x1001, 0, 20348, &capture);
	for (size_t i = 0; i < COUNT(formats); i++) {
		const bool page = i == 1;

		text = render(&capture, formats[i], &plain);
		has_words(text, "a dump, taken in the root partition of a hypervisor");
		has_words(text, page ? "Microsoft Hyper-V (&quot;Microsoft Hv&quot;)"
				     : "Microsoft Hyper-V (\"Microsoft Hv\")");
		has_words(text, "Windows Server 2022, build 10.0.20348.1194");
		has_words(text, "it runs inside another Hyper-V, at level 1");
		has_words(text, "cpuid 1.0.ecx[5] vmx clear");
		has_words(text, "hypervisor 40000003.0.ebx[0] create_partitions set, inferred");
		has_words(text, "hypervisor 40000006.0.eax[3] slat_in_use set");
		assert_null(strstr(text, "compatibility mode"));
		assert_null(strstr(text, "contradict"));
		if (!page)
			is_narrow(text, 80);
		free(text);
	}
	cpc_capture_free(&capture);
}

static void test_guests(void **state)
{
	static const struct {
		uint32_t privileges;
		uint32_t ecx;
		uint32_t build;
		const char *words;
	} rows[] = {
		{ 0, 0, 20348, "a dump, taken inside a guest" },
		{ 0, 0, 20348, "compatibility mode on, as it seems (inferred)" },
		{ 0, SSSE3, 20348, "compatibility mode no sign of its fixed list of features (inferred)" },
		{ 0, SSSE3 | VMX, 20348, "this guest is shown VT-x and may have guests of its own" },
		{ 1, SSSE3, 20348, "creates partitions beside itself (L1VH)" },
		{ 1U << 22, SSSE3, 20348, "isolation a confidential guest (SEV-SNP), behind a paravisor" },
		{ 0, 0, 25000, "release later than Windows 11 23H2, build 10.0.25000.1194" },
		{ 0, 0, 20349, "release Azure Stack HCI 22H2, build 10.0.20349.1194 (named from memory)" },
		{ 0, 0, 0, "release not told: Hyper-V 2.0 waits until the guest has told its own" },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cpc_capture capture;
		char *text;

		make_hyperv(rows[i].privileges, rows[i].ecx, rows[i].build, &capture);
		text = render(&capture, "text", &plain);
		has_words(text, rows[i].words);
		is_narrow(text, 80);
		free(text);
		cpc_capture_free(&capture);
	}
}

static void test_disputes(void **state)
{
	const struct cpc_style narrow = { .width = 40 };
	struct cpc_capture capture;
	char *text;

	(void)state;
	make_bare(&capture);
	text = render(&capture, "text", &plain);
	has_words(text, "VT-x disabled by firmware");
	has_words(text, "msr.3a[2] vmx_outside_smx set, disputed");
	has_words(text, "msr.3a[2] vmx_outside_smx clear on CPUs 3,6, disputed");
	has_words(text, "module kvm_intel live set, disputed");
	has_words(text, "/proc/cpuinfo vmx flags ept clear, disputed");
	has_words(text, "Its sources contradict each other.");
	has_words(text, "KVM lets its guests have VT-x (module kvm_intel, nested)");
	has_words(text, "seen from bare metal");
	is_narrow(text, 80);
	free(text);
	text = render(&capture, "text", &narrow);
	has_words(text, "clear on CPUs 3,6, disputed");
	free(text);
	text = render(&capture, "page", &plain);
	has_words(text, "clear on CPUs 3,6, disputed");
	has_words(text, "Its sources contradict each other.");
	free(text);
	cpc_capture_free(&capture);
}

/* What would tell is said where it can be had. */
static void test_what_would_tell(void **state)
{
	struct cpc_capture capture;
	char *text;

	(void)state;
	make_bare(&capture);
	capture.cpuinfo_vmx_ept = CPC_UNKNOWN;
	capture.modules[CPC_MODULE_KVM_INTEL] = CPC_UNKNOWN;
	for (size_t i = 0; i < capture.kinds[0].snapshot.msr_count; i++)
		capture.kinds[0].snapshot.msrs[i].readable = false;
	capture.odd_msr_count = 0;
	text = render(&capture, "text", &plain);
	has_words(text, "EPT unknown msr.482[63] vmx_secondary_ctls unknown");
	has_words(text, "Root reads it: `modprobe msr`, then probe again.");
	free(text);
	capture.origin = CPC_ORIGIN_DUMP;
	text = render(&capture, "text", &plain);
	assert_null(strstr(text, "Root reads it"));
	free(text);
	cpc_capture_free(&capture);
}

static json_t *json_of(const struct cpc_capture *capture)
{
	char *text = render(capture, "json", &plain);
	json_t *json = json_loads(text, 0, NULL);

	assert_non_null(json);
	free(text);
	return json;
}

static void has_string(const json_t *object, const char *key, const char *expected)
{
	const json_t *value = json_object_get(object, key);

	assert_non_null(value);
	if (!expected)
		assert_true(json_is_null(value));
	else
		assert_string_equal(json_string_value(value), expected);
}

static void has_number(const json_t *object, const char *key, json_int_t expected)
{
	assert_true(json_is_integer(json_object_get(object, key)));
	assert_int_equal(json_integer_value(json_object_get(object, key)), expected);
}

static void test_json_of_hyperv(void **state)
{
	struct cpc_capture capture;
	const json_t *hypervisor;
	const json_t *evidence;
	json_t *json;

	(void)state;
	make_hyperv(0x1001, 0, 20350, &capture);
	json = json_of(&capture);
	hypervisor = json_object_get(json, "hypervisor");
	has_string(json, "vantage", "dump");
	has_string(json, "taken_in", "root-partition");
	has_string(hypervisor, "name", "Microsoft Hyper-V");
	has_string(hypervisor, "signature", "Microsoft Hv");
	has_string(hypervisor, "release", "later than Azure Stack HCI 22H2");
	assert_true(json_is_false(json_object_get(hypervisor, "release_exact")));
	has_string(hypervisor, "release_sure", "memory");
	has_number(json_object_get(hypervisor, "version"), "build", 20350);
	has_number(json_object_get(hypervisor, "version"), "service_number", 1194);
	has_string(hypervisor, "id", "microsoft");
	has_string(hypervisor, "partition", "root");
	assert_true(json_is_null(json_object_get(hypervisor, "domain")));
	assert_true(json_is_true(json_object_get(hypervisor, "nested")));
	has_number(hypervisor, "level", 1);
	has_string(hypervisor, "isolation", NULL);
	assert_true(json_is_null(json_object_get(json, "compatibility_mode")));
	evidence = json_array_get(
		json_object_get(json_object_get(json_object_get(json, "requirements"), "hardware_virtualization"),
				"evidence"),
		1);
	has_string(evidence, "source", "hypervisor");
	has_string(evidence, "where", "40000003.0.ebx[0]");
	has_string(evidence, "value", "set");
	assert_true(json_is_true(json_object_get(evidence, "inferred")));
	assert_true(json_is_false(json_object_get(evidence, "disputed")));
	json_decref(json);
	cpc_capture_free(&capture);

	make_hyperv(1U << 22, 0, 0, &capture);
	json = json_of(&capture);
	hypervisor = json_object_get(json, "hypervisor");
	has_string(json, "taken_in", "guest");
	has_string(hypervisor, "release", NULL);
	assert_true(json_is_null(json_object_get(hypervisor, "version")));
	has_string(hypervisor, "isolation", "sev-snp");
	assert_true(json_is_true(json_object_get(hypervisor, "paravisor")));
	assert_true(json_is_true(json_object_get(json_object_get(json, "compatibility_mode"), "in")));
	has_string(json_object_get(json, "compatibility_mode"), "sure", "inferred");
	json_decref(json);
	cpc_capture_free(&capture);
}

static void test_json_of_disputes(void **state)
{
	struct cpc_capture capture;
	const json_t *requirement;
	const json_t *line;
	json_t *json;

	(void)state;
	make_bare(&capture);
	json = json_of(&capture);
	has_string(json, "vantage", "bare-metal");
	assert_true(json_is_null(json_object_get(json, "hypervisor")));
	requirement = json_object_get(json_object_get(json, "requirements"), "hardware_virtualization");
	has_string(requirement, "status", "disabled-by-firmware");
	assert_true(json_is_true(json_object_get(requirement, "disputed")));
	line = json_array_get(json_object_get(requirement, "evidence"), 3);
	has_string(line, "source", "msr");
	has_string(line, "where", "msr.3a[2]");
	has_string(line, "value", "clear");
	has_string(line, "cpus", "3,6");
	assert_true(json_is_true(json_object_get(line, "disputed")));
	json_decref(json);
	cpc_capture_free(&capture);
}

/* Read `text` back and print it again: nothing was lost, and nothing is derived otherwise than at home. */
static void survives(const struct cpc_capture *capture)
{
	char *first = render(capture, "json", &plain);
	struct cpc_captures captures = { 0 };
	json_t *before = json_loads(first, 0, NULL);
	json_t *after;

	assert_int_equal(cpc_read(first, strlen(first), &captures, NULL), CPC_OK);
	assert_int_equal(captures.count, 1);
	after = json_of(&captures.items[0]);
	/* Where it is from is what differs, and must. */
	assert_int_equal(json_object_del(before, "source"), 0);
	assert_int_equal(json_object_del(after, "source"), 0);
	if (!json_equal(before, after))
		fail_msg("not the same again:\n%s\n%s", json_dumps(before, 0), json_dumps(after, 0));
	json_decref(before);
	json_decref(after);
	cpc_captures_free(&captures);
	free(first);
}

static void test_json_round_trip(void **state)
{
	struct cpc_capture capture;

	(void)state;
	make_bare(&capture);
	assert_int_equal(capture.odd_msr_count, 2);
	survives(&capture);
	cpc_capture_free(&capture);
	make_hyperv(0x1001, 0, 20348, &capture);
	survives(&capture);
	cpc_capture_free(&capture);
	make_hyperv(0, 0, 0, &capture);
	survives(&capture);
	cpc_capture_free(&capture);
}

/* Raw text holds MSRs only where everything is wanted, each CPU's own, and is read back so. */
static void test_raw(void **state)
{
	struct cpc_captures captures = { 0 };
	struct cpc_capture capture;
	char list[CPC_CPU_LIST_SIZE];
	char *text;

	(void)state;
	make_bare(&capture);
	text = render(&capture, "raw", &plain);
	assert_null(strstr(text, "0x0000003a:"));
	free(text);
	text = render(&capture, "raw", &everything);
	assert_non_null(strstr(text, "   0x0000003a: 0x0000000000000005\n"));
	assert_non_null(strstr(text, "   0x0000003a: 0x0000000000000001\n"));
	assert_non_null(strstr(text, "   0x00000482: fail\n"));
	assert_int_equal(cpc_read(text, strlen(text), &captures, NULL), CPC_OK);
	assert_int_equal(captures.items[0].kind_count, 1);
	assert_int_equal(captures.items[0].odd_msr_count, 2);
	assert_int_equal(captures.items[0].odd_msrs[0].msr.address, 0x3a);
	assert_int_equal(captures.items[0].odd_msrs[0].msr.value, 1);
	cpc_cpu_set_print(&captures.items[0].odd_msrs[0].cpus, list);
	assert_string_equal(list, "3,6");
	assert_false(cpc_capture_msr(&captures.items[0], 7, 0x482)->readable);
	assert_true(cpc_capture_msr(&captures.items[0], 6, 0x482)->readable);
	free(text);
	cpc_captures_free(&captures);
	cpc_capture_free(&capture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_root_partition),	cmocka_unit_test(test_guests),
		cmocka_unit_test(test_disputes),	cmocka_unit_test(test_what_would_tell),
		cmocka_unit_test(test_json_of_hyperv),	cmocka_unit_test(test_json_of_disputes),
		cmocka_unit_test(test_json_round_trip), cmocka_unit_test(test_raw),
	};

	return cmocka_run_group_tests_name("render_vantage", tests, NULL, NULL);
}
