/* SPDX-License-Identifier: MIT */
/* CPUs of one host that differ: which of them costs what. And the microcode that each of them runs. */
#include "support.h"

#include <sys/stat.h>
#include <unistd.h>

#include "formats.h"
#include "probe_inside.h"
#include "render.h"

/* A CPU with these features in 7.0.ebx, and physical address bits. */
static struct cpc_snapshot cpu(uint32_t features, uint32_t pa, uint32_t core_type)
{
	const struct cpc_leaf leaves[] = {
		{ 0, 0, { 0x1a, INTEL } },
		{ 1, 0, { 0x90672, 0x800, 0x20, 0 } },
		{ 7, 0, { 0, features, 0, 0 } },
		{ 0x1a, 0, { core_type, 0, 0, 0 } },
		{ 0x80000000, 0, { 0x80000008, 0, 0, 0 } },
		{ 0x80000001, 0, { 0, 0, 0, 0 } },
		{ 0x80000007, 0, { 0, 0, 0, 0 } },
		{ 0x80000008, 0, { pa, 0, 0, 0 } },
	};

	return sealed_snapshot(leaves, COUNT(leaves));
}

static void add(struct cpc_capture *capture, unsigned int number, struct cpc_snapshot snapshot)
{
	assert_int_equal(cpc_capture_add(capture, number, &snapshot, NULL), CPC_OK);
}

static bool costs(const struct cpc_capture *capture, size_t kind, const char *name, size_t count)
{
	struct cpc_findings findings;
	bool found = false;

	assert_int_equal(cpc_kind_costs(capture, kind, &findings, NULL), CPC_OK);
	assert_int_equal(findings.count, count);
	for (size_t i = 0; i < findings.count; i++)
		found |= findings.items[i].feature && strcmp(findings.items[i].feature->name, name) == 0;
	free(findings.items);
	return found;
}

/* Three kinds: the first has all, the second lacks AVX2, the third AVX2 and BMI1 and has fewer address bits. */
static void test_costs(void **state)
{
	struct cpc_capture capture = { 0 };

	(void)state;
	add(&capture, 0, cpu(0x28, 46, 0x40000000));
	add(&capture, 1, cpu(0x08, 46, 0x20000000));
	add(&capture, 2, cpu(0, 39, 0x20000001));
	assert_int_equal(capture.kind_count, 3);
	assert_false(costs(&capture, 0, "avx2", 0));
	assert_true(costs(&capture, 1, "avx2", 1));
	assert_true(costs(&capture, 2, "bmi1", 3));
	cpc_capture_free(&capture);
}

static void test_one_kind(void **state)
{
	struct cpc_capture capture = { 0 };

	(void)state;
	add(&capture, 0, cpu(0x28, 46, 0));
	add(&capture, 1, cpu(0x28, 46, 0));
	assert_int_equal(capture.kind_count, 1);
	assert_false(costs(&capture, 0, "", 0));
	cpc_capture_free(&capture);
}

/* Each kind lacks what the other has. */
static void test_both_cost(void **state)
{
	struct cpc_capture capture = { 0 };
	struct cpc_report report;

	(void)state;
	add(&capture, 0, cpu(0x20, 46, 1));
	add(&capture, 1, cpu(0x08, 46, 2));
	assert_true(costs(&capture, 0, "bmi1", 1));
	assert_true(costs(&capture, 1, "avx2", 1));
	cpc_report_of(&capture, &report);
	assert_int_equal(report.fingerprint.words[CPC_L7_0_EBX], 0);
	cpc_capture_free(&capture);
}

static void put_microcode(const char *root, unsigned int number, const char *text)
{
	static const char *const folders[] = { "/sys", "/sys/devices", "/sys/devices/system",
					       "/sys/devices/system/cpu" };
	char path[256];
	FILE *file;

	for (size_t i = 0; i < COUNT(folders); i++) {
		(void)snprintf(path, sizeof(path), "%s%s", root, folders[i]);
		(void)mkdir(path, 0755);
	}
	(void)snprintf(path, sizeof(path), "%s/sys/devices/system/cpu/cpu%u", root, number);
	(void)mkdir(path, 0755);
	(void)snprintf(path, sizeof(path), "%s/sys/devices/system/cpu/cpu%u/microcode", root, number);
	assert_int_equal(mkdir(path, 0755), 0);
	(void)snprintf(path, sizeof(path), "%s/sys/devices/system/cpu/cpu%u/microcode/version", root, number);
	file = fopen(path, "we");
	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

static void remove_tree(const char *root)
{
	char command[128];

	assert_true(snprintf(command, sizeof(command), "rm -rf '%s'", root) < (int)sizeof(command));
	assert_int_equal(system(command), 0);
}

/* Four CPUs, of which two were left behind; what is no revision is not taken for one. */
static void test_microcodes(void **state)
{
	char root[] = "/tmp/cpc-microcode-XXXXXX";
	struct cpc_capture host = { 0 };
	struct cpc_capture probed = { 0 };
	struct cpc_env env;

	(void)state;
	assert_non_null(mkdtemp(root));
	for (unsigned int i = 0; i < 4; i++)
		add(&host, i, cpu(0, 46, 0));
	cpc_env_replay(&env, &host, root);
	assert_int_equal(cpc_probe_microcode(&env, &probed), CPC_PROBE_ABSENT);
	put_microcode(root, 0, "0xd0003a5\n");
	put_microcode(root, 1, "0xd000390\n");
	put_microcode(root, 2, "0xd0003a5\n");
	put_microcode(root, 3, "nonsense\n");
	assert_int_equal(cpc_probe_microcode(&env, &probed), CPC_PROBE_OK);
	assert_int_equal(probed.microcode_count, 2);
	assert_string_equal(probed.microcodes[0].version, "0xd0003a5");
	assert_int_equal(probed.microcodes[0].cpus.bits[0], 5);
	assert_string_equal(probed.microcodes[1].version, "0xd000390");
	assert_int_equal(probed.microcodes[1].cpus.bits[0], 2);
	remove_tree(root);
	cpc_capture_free(&host);
}

/* Costs and microcodes are in the report, and what was captured comes back out of it. */
static void test_in_report(void **state)
{
	static const struct cpc_style style = { .width = 80 };
	struct cpc_capture capture = { .origin = CPC_ORIGIN_LIVE, .microcode_count = 2 };
	struct cpc_captures again;
	struct cpc_buffer json = { 0 };
	struct cpc_buffer text = { 0 };
	struct cpc_report report;

	(void)state;
	add(&capture, 0, cpu(0x28, 46, 1));
	add(&capture, 1, cpu(0x08, 46, 2));
	capture.microcodes[0] = (struct cpc_microcode){ .version = "0x24", .cpus.bits = { 1 } };
	capture.microcodes[1] = (struct cpc_microcode){ .version = "0x2b", .cpus.bits = { 2 } };
	cpc_report_of(&capture, &report);
	assert_int_equal(cpc_report_format_named("text")->render(&report, &style, &text, NULL), CPC_OK);
	assert_non_null(strstr(text.bytes, "CPU 1 cost the host 1 feature (avx2)"));
	assert_non_null(strstr(text.bytes, "2 on one host: load the newest on every CPU"));
	assert_int_equal(cpc_report_format_named("json")->render(&report, &style, &json, NULL), CPC_OK);
	assert_non_null(strstr(json.bytes, "\"name\": \"avx2\""));
	assert_int_equal(cpc_read(json.bytes, json.length, &again, NULL), CPC_OK);
	assert_int_equal(again.items[0].microcode_count, 2);
	assert_memory_equal(again.items[0].microcodes, capture.microcodes, sizeof(capture.microcodes));
	cpc_captures_free(&again);
	cpc_buffer_free(&json);
	cpc_buffer_free(&text);
	cpc_capture_free(&capture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_costs),	   cmocka_unit_test(test_one_kind),  cmocka_unit_test(test_both_cost),
		cmocka_unit_test(test_microcodes), cmocka_unit_test(test_in_report),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
