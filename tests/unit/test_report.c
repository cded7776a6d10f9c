/* SPDX-License-Identifier: MIT */
/* The report: what it takes from the first kind, what from all, and what of a fingerprint alone is known. */
#include "support.h"

#define BRAND_LEAVES(a, b)                                                                                             \
	{ 0x80000002, 0, { a, b, 0, 0 } }, { 0x80000003, 0, { 0, 0, 0, 0 } },                                          \
	{                                                                                                              \
		0x80000004, 0,                                                                                         \
		{                                                                                                      \
			0, 0, 0, 0                                                                                     \
		}                                                                                                      \
	}

static struct cpc_snapshot cpu(uint32_t ebx7, uint32_t brand)
{
	const struct cpc_leaf leaves[] = {
		{ 0, 0, { 0x16, INTEL } },
		{ 1, 0, { 0x606a6, 0x00100800, 0x1201, 1 << 6 } },
		{ 7, 0, { 0, ebx7, 0, 0 } },
		{ 0x16, 0, { 2600, 0, 0, 0 } },
		{ 0x80000000, 0, { 0x80000008, 0, 0, 0 } },
		{ 0x80000001, 0, { 0, 0, 0, 1 << 29 | 1 << 20 } },
		BRAND_LEAVES(brand, 0),
		{ 0x80000008, 0, { 0x302e, 0, 0, 0 } },
	};

	return sealed_snapshot(leaves, COUNT(leaves));
}

static void add(struct cpc_capture *capture, unsigned int number, struct cpc_snapshot snapshot)
{
	assert_int_equal(cpc_capture_add(capture, number, &snapshot, NULL), CPC_OK);
}

static void test_one_kind(void **state)
{
	struct cpc_capture capture = { .origin = CPC_ORIGIN_LIVE };
	struct cpc_fingerprint expected;
	struct cpc_report report;

	(void)state;
	add(&capture, 0, cpu(0x20, 0x6f656558));
	add(&capture, 1, cpu(0x20, 0x6f656558));
	strcpy(capture.libcpuid_brand, "not asked");
	cpc_report_of(&capture, &report);
	assert_ptr_equal(report.capture, &capture);
	assert_string_equal(report.signature.vendor, "GenuineIntel");
	assert_int_equal(report.signature.model, 106);
	assert_string_equal(report.brand, "Xeeo");
	assert_string_equal(report.microarchitecture, "Ice Lake-SP");
	assert_int_equal(report.logical_cpus, 2);
	assert_int_equal(report.vantage, CPC_BARE_METAL);
	assert_false(report.hypervisor.present);
	cpc_fingerprint_of(&capture.kinds[0].snapshot, &expected);
	assert_same_text(&report.fingerprint, &expected);
	cpc_capture_free(&capture);
}

/* A guest may run on any CPU: the host offers what all kinds have. */
static void test_two_kinds(void **state)
{
	struct cpc_capture capture = { .origin = CPC_ORIGIN_DUMP };
	struct cpc_report report;

	(void)state;
	add(&capture, 0, cpu(0x20 | 0x8, 0));
	add(&capture, 1, cpu(0x20 | 0x100, 0));
	strcpy(capture.libcpuid_brand, "of the library");
	cpc_report_of(&capture, &report);
	assert_int_equal(capture.kind_count, 2);
	assert_int_equal(report.fingerprint.words[CPC_L7_0_EBX], 0x20);
	assert_int_equal(report.logical_cpus, 2);
	assert_int_equal(report.vantage, CPC_DUMP);
	assert_string_equal(report.brand, "of the library");
	/* Bits of the report are those of the first kind. */
	assert_int_equal(cpc_report_bit(&report, CPC_VIEW_CPUID, CPC_L7_0_EBX, 3), CPC_SET);
	assert_int_equal(cpc_report_bit(&report, CPC_VIEW_CPUID, CPC_L7_0_EBX, 8), CPC_CLEAR);
	cpc_capture_free(&capture);
}

static void test_fingerprint_alone(void **state)
{
	struct cpc_capture capture = { .origin = CPC_ORIGIN_FINGERPRINT };
	struct cpc_report report;

	(void)state;
	capture.fingerprint = plain_fingerprint("GenuineIntel");
	set_unread_10a(&capture.fingerprint);
	cpc_report_of(&capture, &report);
	assert_same_text(&report.fingerprint, &capture.fingerprint);
	assert_string_equal(report.signature.vendor, "GenuineIntel");
	assert_string_equal(report.microarchitecture, "Ice Lake-SP");
	assert_int_equal(report.logical_cpus, 0);
	assert_string_equal(report.brand, "");
	assert_int_equal(report.vantage, CPC_DUMP);
	assert_int_equal(cpc_report_bit(&report, CPC_VIEW_CPUID, CPC_L1_ECX, 0), CPC_SET);
	assert_int_equal(cpc_report_bit(&report, CPC_VIEW_CPUID, CPC_L1_ECX, 9), CPC_CLEAR);
	assert_int_equal(cpc_report_bit(&report, CPC_VIEW_CPUID, CPC_L1_ECX, 5), CPC_UNKNOWN); /* vmx is never kept */
	assert_int_equal(cpc_report_bit(&report, CPC_VIEW_CPUID, CPC_M10A_LO, 0), CPC_UNKNOWN);
	assert_int_equal(cpc_report_bit(&report, CPC_VIEW_CPUID, CPC_L8000000A_EDX, 0), CPC_UNKNOWN);
	assert_int_equal(cpc_report_scalar(&report, CPC_S_pa).value, 46);
	assert_true(cpc_report_scalar(&report, CPC_S_base_mhz).unknown);
}

/* A capture of nothing still has a report. */
static void test_empty(void **state)
{
	const struct cpc_capture capture = { 0 };
	struct cpc_report report;
	char text[CPC_FINGERPRINT_SIZE];

	(void)state;
	cpc_report_of(&capture, &report);
	cpc_fingerprint_print(&report.fingerprint, text);
	assert_string_equal(text, "cpc1::0.0.0::");
	assert_string_equal(report.microarchitecture, "unknown");
}

/* A dump that claims two vendors: the first stands, and nothing is half-met. */
static void test_two_vendors(void **state)
{
	static const struct cpc_leaf amd = { 0, 0, { 0, AMD } };
	struct cpc_capture capture = { .origin = CPC_ORIGIN_DUMP };
	struct cpc_fingerprint expected;
	struct cpc_report report;

	(void)state;
	add(&capture, 0, cpu(0x20, 0));
	add(&capture, 1, sealed_snapshot(&amd, 1));
	cpc_report_of(&capture, &report);
	cpc_fingerprint_of(&capture.kinds[0].snapshot, &expected);
	assert_same_text(&report.fingerprint, &expected);
	cpc_capture_free(&capture);
}

static void test_side(void **state)
{
	struct cpc_report report = { .vantage = CPC_GUEST };
	struct cpc_side side;

	(void)state;
	for (int i = 0; i < CPC_REQUIREMENT_COUNT; i++)
		report.requirements[i].status = (enum cpc_requirement_status)(i + 1);
	side = cpc_side_of(&report);
	assert_ptr_equal(side.fingerprint, &report.fingerprint);
	assert_int_equal(side.vantage, CPC_GUEST);
	for (int i = 0; i < CPC_REQUIREMENT_COUNT; i++)
		assert_int_equal(side.requirements[i], i + 1);
}

static void test_probe_names(void **state)
{
	(void)state;
	assert_string_equal(cpc_probe_status_name(CPC_PROBE_OK), "ok");
	assert_string_equal(cpc_probe_status_name(CPC_PROBE_ABSENT), "absent");
	assert_string_equal(cpc_probe_status_name(CPC_PROBE_DENIED), "denied");
	assert_string_equal(cpc_probe_status_name(CPC_PROBE_FAILED), "failed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_kind),	  cmocka_unit_test(test_two_kinds),
		cmocka_unit_test(test_fingerprint_alone), cmocka_unit_test(test_empty),
		cmocka_unit_test(test_two_vendors),	  cmocka_unit_test(test_side),
		cmocka_unit_test(test_probe_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
