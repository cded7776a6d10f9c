/* SPDX-License-Identifier: MIT */
/* The four requirements: their status by CPUID, /proc/cpuinfo and hypervisor, and the evidence that is shown for it. */
#include "support.h"

#define VMX (UINT32_C(1) << 5)
#define SVM (UINT32_C(1) << 2)
#define GUEST (UINT32_C(1) << 31)
#define NX (UINT32_C(1) << 20)
#define LM (UINT32_C(1) << 29)

struct machine {
	const char *vendor;
	uint32_t ecx; /* leaf 1 */
	uint32_t extended_ecx;
	uint32_t extended_edx;
	uint32_t svm_edx;
	uint32_t maximum; /* of the extended leaves; 0x8000000a where 0 */
	enum cpc_tristate vmx;
	enum cpc_tristate svm;
	enum cpc_tristate ept;
	enum cpc_tristate npt;
};

static uint32_t four(const char *text)
{
	return (uint32_t)(unsigned char)text[0] | (uint32_t)(unsigned char)text[1] << 8 |
	       (uint32_t)(unsigned char)text[2] << 16 | (uint32_t)(unsigned char)text[3] << 24;
}

static void report_of(const struct machine *machine, struct cpc_capture *capture, struct cpc_report *report)
{
	const struct cpc_leaf leaves[] = {
		{ 0, 0, { 1, four(machine->vendor), four(machine->vendor + 8), four(machine->vendor + 4) } },
		{ 1, 0, { 0x606a6, 0, machine->ecx, 0 } },
		{ 0x80000000, 0, { machine->maximum ? machine->maximum : 0x8000000a, 0, 0, 0 } },
		{ 0x80000001, 0, { 0, 0, machine->extended_ecx, machine->extended_edx } },
		{ 0x8000000a, 0, { 0, 0, 0, machine->svm_edx } },
	};
	struct cpc_snapshot snapshot = sealed_snapshot(leaves, COUNT(leaves));

	*capture = (struct cpc_capture){ .origin = CPC_ORIGIN_LIVE,
					 .cpuinfo_vmx = machine->vmx,
					 .cpuinfo_svm = machine->svm,
					 .cpuinfo_ept = machine->ept,
					 .cpuinfo_npt = machine->npt };
	assert_int_equal(cpc_capture_add(capture, 0, &snapshot, NULL), CPC_OK);
	cpc_report_of(capture, report);
}

#define NOT_READ .vmx = CPC_UNKNOWN, .svm = CPC_UNKNOWN, .ept = CPC_UNKNOWN, .npt = CPC_UNKNOWN
#define I .vendor = "GenuineIntel"
#define A .vendor = "AuthenticAMD"

static void test_statuses(void **state)
{
	static const struct {
		const char *what;
		struct machine machine;
		enum cpc_requirement_status expected[CPC_REQUIREMENT_COUNT];
	} rows[] = {
		{ "Intel, bare",
		  { I, .ecx = VMX, .extended_edx = NX | LM, .vmx = CPC_SET, .ept = CPC_SET, .svm = CPC_UNKNOWN,
		    .npt = CPC_UNKNOWN },
		  { CPC_PRESENT, CPC_PRESENT, CPC_PRESENT, CPC_PRESENT } },
		{ "Intel, no EPT",
		  { I, .ecx = VMX, .extended_edx = NX | LM, .vmx = CPC_SET, .ept = CPC_CLEAR },
		  { CPC_PRESENT, CPC_PRESENT, CPC_PRESENT, CPC_ABSENT } },
		{ "Intel, a dump",
		  { I, .ecx = VMX, .extended_edx = NX | LM, NOT_READ },
		  { CPC_PRESENT, CPC_PRESENT, CPC_PRESENT, CPC_REQUIREMENT_UNKNOWN } },
		{ "Intel, off in firmware",
		  { I, .ecx = VMX, .extended_edx = LM, .vmx = CPC_CLEAR, .ept = CPC_CLEAR },
		  { CPC_DISABLED_BY_FIRMWARE, CPC_ABSENT, CPC_PRESENT, CPC_DISABLED_BY_FIRMWARE } },
		{ "Intel, without", { I, NOT_READ }, { CPC_ABSENT, CPC_ABSENT, CPC_ABSENT, CPC_ABSENT } },
		{ "Intel, a guest",
		  { I, .ecx = GUEST, .extended_edx = NX | LM, NOT_READ },
		  { CPC_HIDDEN_BY_HYPERVISOR, CPC_PRESENT, CPC_PRESENT, CPC_HIDDEN_BY_HYPERVISOR } },
		{ "Intel, a guest without XD",
		  { I, .ecx = GUEST, .extended_edx = LM, NOT_READ },
		  { CPC_HIDDEN_BY_HYPERVISOR, CPC_HIDDEN_BY_HYPERVISOR, CPC_PRESENT, CPC_HIDDEN_BY_HYPERVISOR } },
		{ "Intel, nested",
		  { I, .ecx = GUEST | VMX, .extended_edx = NX | LM, .vmx = CPC_SET, .ept = CPC_SET },
		  { CPC_PRESENT, CPC_PRESENT, CPC_PRESENT, CPC_PRESENT } },
		{ "AMD, bare",
		  { A, .extended_ecx = SVM, .extended_edx = NX | LM, .svm_edx = 1, .svm = CPC_SET, .npt = CPC_SET },
		  { CPC_PRESENT, CPC_PRESENT, CPC_PRESENT, CPC_PRESENT } },
		{ "AMD, a dump",
		  { A, .extended_ecx = SVM, .extended_edx = NX | LM, .svm_edx = 1, NOT_READ },
		  { CPC_PRESENT, CPC_PRESENT, CPC_PRESENT, CPC_PRESENT } },
		{ "AMD, no RVI",
		  { A, .extended_ecx = SVM, .extended_edx = NX | LM, NOT_READ },
		  { CPC_PRESENT, CPC_PRESENT, CPC_PRESENT, CPC_ABSENT } },
		{ "AMD, off in firmware",
		  { A, .extended_ecx = SVM, .extended_edx = NX | LM, .svm_edx = 1, .svm = CPC_CLEAR,
		    .npt = CPC_UNKNOWN },
		  { CPC_DISABLED_BY_FIRMWARE, CPC_PRESENT, CPC_PRESENT, CPC_DISABLED_BY_FIRMWARE } },
		{ "AMD, a guest",
		  { A, .ecx = GUEST, .extended_edx = NX | LM, NOT_READ },
		  { CPC_HIDDEN_BY_HYPERVISOR, CPC_PRESENT, CPC_PRESENT, CPC_HIDDEN_BY_HYPERVISOR } },
		{ "AMD, nested, of 32 bits",
		  { A, .ecx = GUEST, .extended_ecx = SVM, .extended_edx = NX, .svm_edx = 1, NOT_READ },
		  { CPC_PRESENT, CPC_PRESENT, CPC_HIDDEN_BY_HYPERVISOR, CPC_PRESENT } },
		{ "AMD, without",
		  { A, .extended_edx = LM, NOT_READ },
		  { CPC_ABSENT, CPC_ABSENT, CPC_PRESENT, CPC_ABSENT } },
		{ "AMD, SVM leaf of an echo",
		  { A, .extended_edx = LM, .svm_edx = 1, .maximum = 0x80000008, NOT_READ },
		  { CPC_ABSENT, CPC_ABSENT, CPC_PRESENT, CPC_ABSENT } },
		{ "Zhaoxin",
		  { .vendor = "  Shanghai  ", .ecx = VMX, .extended_edx = NX | LM, NOT_READ },
		  { CPC_PRESENT, CPC_PRESENT, CPC_PRESENT, CPC_REQUIREMENT_UNKNOWN } },
		{ "a vendor that nobody knows, with VT-x",
		  { .vendor = "GenericIntel", .ecx = VMX, .extended_edx = NX | LM, NOT_READ },
		  { CPC_PRESENT, CPC_PRESENT, CPC_PRESENT, CPC_REQUIREMENT_UNKNOWN } },
		{ "a vendor that nobody knows, with AMD-V",
		  { .vendor = "Nobody knows", .extended_ecx = SVM, .extended_edx = NX | LM, .svm_edx = 1, NOT_READ },
		  { CPC_PRESENT, CPC_PRESENT, CPC_PRESENT, CPC_PRESENT } },
		{ "Hygon",
		  { .vendor = "HygonGenuine", .extended_ecx = SVM, .extended_edx = NX | LM, .svm_edx = 1, NOT_READ },
		  { CPC_PRESENT, CPC_PRESENT, CPC_PRESENT, CPC_PRESENT } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cpc_capture capture;
		struct cpc_report report;

		report_of(&rows[i].machine, &capture, &report);
		for (size_t j = 0; j < CPC_REQUIREMENT_COUNT; j++) {
			if (report.requirements[j].status != rows[i].expected[j])
				fail_msg("%s: %s is %s", rows[i].what, cpc_requirement_key((enum cpc_requirement_id)j),
					 cpc_requirement_status_name(report.requirements[j].status));
			assert_in_range(report.requirements[j].evidence_count, j == CPC_SLAT ? 0 : 1, CPC_EVIDENCE_MAX);
		}
		cpc_capture_free(&capture);
	}
}

static void test_evidence(void **state)
{
	const struct machine off = { I, .ecx = VMX, .vmx = CPC_CLEAR, .ept = CPC_CLEAR };
	const struct machine guest = { I, .ecx = GUEST, NOT_READ };
	struct cpc_capture capture;
	struct cpc_report report;
	const struct cpc_requirement *requirement = &report.requirements[CPC_HARDWARE_VIRTUALIZATION];

	(void)state;
	report_of(&off, &capture, &report);
	assert_int_equal(requirement->evidence_count, 2);
	assert_int_equal(requirement->evidence[0].source, CPC_EVIDENCE_CPUID);
	assert_string_equal(requirement->evidence[0].where, "1.0.ecx[5]");
	assert_string_equal(requirement->evidence[0].name, "vmx");
	assert_int_equal(requirement->evidence[0].value, CPC_SET);
	assert_int_equal(requirement->evidence[1].source, CPC_EVIDENCE_CPUINFO);
	assert_string_equal(requirement->evidence[1].where, "flags");
	assert_int_equal(requirement->evidence[1].value, CPC_CLEAR);
	cpc_capture_free(&capture);
	report_of(&guest, &capture, &report);
	assert_int_equal(requirement->evidence_count, 2);
	assert_int_equal(requirement->evidence[1].source, CPC_EVIDENCE_HYPERVISOR);
	assert_string_equal(requirement->evidence[1].where, "1.0.ecx[31]");
	requirement = &report.requirements[CPC_EXECUTE_DISABLE];
	assert_int_equal(requirement->evidence_count, 2);
	assert_int_equal(requirement->evidence[0].value, CPC_CLEAR);
	assert_int_equal(requirement->evidence[1].source, CPC_EVIDENCE_HYPERVISOR);
	cpc_capture_free(&capture);
}

/* Of a fingerprint alone only compared bits are known: NX and long mode, not what a hypervisor hides. */
static void test_fingerprint_alone(void **state)
{
	struct cpc_capture capture = { .origin = CPC_ORIGIN_FINGERPRINT,
				       .cpuinfo_vmx = CPC_UNKNOWN,
				       .cpuinfo_svm = CPC_UNKNOWN,
				       .cpuinfo_ept = CPC_UNKNOWN,
				       .cpuinfo_npt = CPC_UNKNOWN };
	struct cpc_report report;

	(void)state;
	capture.fingerprint = plain_fingerprint("AuthenticAMD");
	apply_features(&capture.fingerprint, "-nx");
	cpc_report_of(&capture, &report);
	assert_int_equal(report.requirements[CPC_HARDWARE_VIRTUALIZATION].status, CPC_REQUIREMENT_UNKNOWN);
	assert_int_equal(report.requirements[CPC_EXECUTE_DISABLE].status, CPC_ABSENT);
	assert_int_equal(report.requirements[CPC_LONG_MODE].status, CPC_PRESENT);
	assert_int_equal(report.requirements[CPC_SLAT].status, CPC_REQUIREMENT_UNKNOWN);
}

/* A capture that a program only zeroed, as capture.h tells it to, was never told that a flag is missing. */
static void test_zeroed_capture(void **state)
{
	static const struct cpc_leaf leaves[] = { { 0, 0, { 1, INTEL } }, { 1, 0, { 0x606a6, 0, VMX, 0 } } };
	struct cpc_snapshot snapshot = sealed_snapshot(leaves, COUNT(leaves));
	struct cpc_capture capture = { 0 };
	struct cpc_report report;

	(void)state;
	capture.origin = CPC_ORIGIN_DUMP;
	assert_int_equal(cpc_capture_add(&capture, 0, &snapshot, NULL), CPC_OK);
	cpc_report_of(&capture, &report);
	assert_int_equal(report.requirements[CPC_HARDWARE_VIRTUALIZATION].status, CPC_PRESENT);
	cpc_capture_free(&capture);
}

/* Nothing but what /proc/cpuinfo shows: a flag is proof, and a flag that is missing is not. */
static void test_flags_alone(void **state)
{
	static const struct {
		const char *vendor;
		enum cpc_tristate virtualization;
		enum cpc_tristate slat;
		enum cpc_requirement_status expected[2];
	} rows[] = {
		{ "GenuineIntel", CPC_SET, CPC_SET, { CPC_PRESENT, CPC_PRESENT } },
		{ "GenuineIntel", CPC_SET, CPC_CLEAR, { CPC_PRESENT, CPC_ABSENT } },
		{ "GenuineIntel", CPC_CLEAR, CPC_CLEAR, { CPC_REQUIREMENT_UNKNOWN, CPC_REQUIREMENT_UNKNOWN } },
		{ "AuthenticAMD", CPC_SET, CPC_SET, { CPC_PRESENT, CPC_PRESENT } },
		{ "AuthenticAMD", CPC_SET, CPC_CLEAR, { CPC_PRESENT, CPC_REQUIREMENT_UNKNOWN } },
		{ "AuthenticAMD", CPC_CLEAR, CPC_CLEAR, { CPC_REQUIREMENT_UNKNOWN, CPC_REQUIREMENT_UNKNOWN } },
		{ "AuthenticAMD", CPC_UNKNOWN, CPC_UNKNOWN, { CPC_REQUIREMENT_UNKNOWN, CPC_REQUIREMENT_UNKNOWN } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct cpc_capture capture = {
			.origin = CPC_ORIGIN_FINGERPRINT,
			.cpuinfo_vmx = rows[i].virtualization,
			.cpuinfo_svm = rows[i].virtualization,
			.cpuinfo_ept = rows[i].slat,
			.cpuinfo_npt = rows[i].slat,
			.fingerprint = plain_fingerprint(rows[i].vendor),
		};
		struct cpc_report report;

		cpc_report_of(&capture, &report);
		if (report.requirements[CPC_HARDWARE_VIRTUALIZATION].status != rows[i].expected[0] ||
		    report.requirements[CPC_SLAT].status != rows[i].expected[1])
			fail_msg("row %zu: %d and %d", i, report.requirements[CPC_HARDWARE_VIRTUALIZATION].status,
				 report.requirements[CPC_SLAT].status);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_statuses),	  cmocka_unit_test(test_evidence),
		cmocka_unit_test(test_fingerprint_alone), cmocka_unit_test(test_flags_alone),
		cmocka_unit_test(test_zeroed_capture),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
