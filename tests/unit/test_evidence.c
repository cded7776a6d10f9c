/* SPDX-License-Identifier: MIT */
/*
 * What MSRs, modules, KVM and hypervisors say of the requirements: the status that follows,
 * the lines that are shown, and the contradictions between them. All CPUs count.
 */
#include "support.h"

#define VMX (UINT32_C(1) << 5)
#define SVM (UINT32_C(1) << 2)
#define GUEST (UINT32_C(1) << 31)
#define BOTH (UINT32_C(1) << 20 | UINT32_C(1) << 29) /* NX and long mode */

/* IA32_FEATURE_CONTROL, VM_CR */
#define LOCKED UINT64_C(1)
#define INSIDE UINT64_C(2)
#define OUTSIDE UINT64_C(4)
#define SVMDIS UINT64_C(0x10)
#define VM_CR_LOCK UINT64_C(8)

#define SECONDARY (UINT64_C(1) << 63)
#define EPT (UINT64_C(1) << 33)

/* Everything else may be 1, and nothing must. */
#define NO_SECONDARY UINT64_C(0x7fffffff00000000)
#define NO_EPT UINT64_C(0xfffffffd00000000)

#define MSRS_MAX 6

/* A host of one kind, and what each source says of it. */
struct host {
	bool amd;
	bool without; /* the bit of CPUID is clear */
	bool npt;
	uint32_t ecx; /* more of leaf 1 */
	struct cpc_msr msrs[MSRS_MAX];
	struct cpc_msr odd;	    /* of CPU 1 alone */
	enum cpc_tristate flag;	    /* vmx or svm */
	enum cpc_tristate ept_flag; /* ept or npt */
	enum cpc_tristate vmx_ept;
	bool live;
	enum cpc_tristate parameter; /* ept or npt */
	bool kvm_bit;		     /* KVM offers VT-x or AMD-V */
	bool kvm_ept;
};

struct outcome {
	enum cpc_requirement_status virtualization;
	enum cpc_requirement_status slat;
	bool virtualization_disputed;
	bool slat_disputed;
};

#define MSR(address, value)                                                                                            \
	{                                                                                                              \
		(address), true, (value)                                                                               \
	}
#define REFUSED(address)                                                                                               \
	{                                                                                                              \
		(address), false, 0                                                                                    \
	}
#define NONE CPC_REQUIREMENT_UNKNOWN
#define OFF CPC_DISABLED_BY_FIRMWARE
#define HIDDEN CPC_HIDDEN_BY_HYPERVISOR

static struct cpc_snapshot cpu_of(const struct host *host, const struct cpc_msr *odd)
{
	const struct cpc_leaf intel_0 = { 0, 0, { 1, INTEL } };
	const struct cpc_leaf amd_0 = { 0, 0, { 1, AMD } };
	const struct cpc_leaf leaves[] = {
		host->amd ? amd_0 : intel_0,
		{ 1, 0, { 0x606a6, 0, host->ecx | (host->amd || host->without ? 0 : VMX), 0 } },
		{ 0x80000000, 0, { 0x8000000a, 0, 0, 0 } },
		{ 0x80000001, 0, { 0, 0, host->amd && !host->without ? SVM : 0, BOTH } },
		{ 0x8000000a, 0, { 0, 0, 0, host->npt } },
	};
	struct cpc_snapshot snapshot = raw_snapshot(leaves, COUNT(leaves));

	for (size_t i = 0; i < MSRS_MAX && host->msrs[i].address; i++) {
		const bool changed = odd && odd->address == host->msrs[i].address;

		assert_int_equal(cpc_snapshot_add_msr(&snapshot, changed ? odd : &host->msrs[i], NULL), CPC_OK);
	}
	assert_int_equal(cpc_snapshot_seal(&snapshot, NULL), CPC_OK);
	return snapshot;
}

/* KVM's own answers: leaf 1 and 0x80000001, and the MSR of secondary controls. */
static void add_kvm(const struct host *host, struct cpc_capture *capture)
{
	struct host offered = *host;

	offered.without = !host->kvm_bit;
	offered.npt = host->kvm_ept;
	memset(offered.msrs, 0, sizeof(offered.msrs));
	offered.msrs[0] = (struct cpc_msr){ 0x48b, true, host->kvm_ept ? EPT : 0 };
	capture->kvm.present = true;
	capture->kvm.snapshot = cpu_of(&offered, NULL);
}

static void report_of(const struct host *host, struct cpc_capture *capture, struct cpc_report *report)
{
	struct cpc_snapshot first = cpu_of(host, NULL);
	struct cpc_snapshot second = cpu_of(host, &host->odd);

	*capture = (struct cpc_capture){ .origin = CPC_ORIGIN_LIVE, .cpuinfo_vmx_ept = host->vmx_ept };
	*(host->amd ? &capture->cpuinfo_svm : &capture->cpuinfo_vmx) = host->flag;
	*(host->amd ? &capture->cpuinfo_npt : &capture->cpuinfo_ept) = host->ept_flag;
	capture->modules[host->amd ? CPC_MODULE_KVM_AMD : CPC_MODULE_KVM_INTEL] = host->live ? CPC_SET : CPC_UNKNOWN;
	capture->parameters[host->amd ? CPC_PARAMETER_KVM_AMD_NPT : CPC_PARAMETER_KVM_INTEL_EPT] = host->parameter;
	assert_int_equal(cpc_capture_add(capture, 0, &first, NULL), CPC_OK);
	assert_int_equal(cpc_capture_add(capture, 1, &second, NULL), CPC_OK);
	assert_int_equal(capture->kind_count, 1);
	if (host->kvm_bit || host->kvm_ept)
		add_kvm(host, capture);
	cpc_report_of(capture, report);
}

static void expect(const char *what, const struct host *host, const struct outcome *expected)
{
	struct cpc_capture capture;
	struct cpc_report report;
	const struct cpc_requirement *virtualization = &report.requirements[CPC_HARDWARE_VIRTUALIZATION];
	const struct cpc_requirement *slat = &report.requirements[CPC_SLAT];

	report_of(host, &capture, &report);
	if (virtualization->status != expected->virtualization || slat->status != expected->slat)
		fail_msg("%s: %s, %s", what, cpc_requirement_status_name(virtualization->status),
			 cpc_requirement_status_name(slat->status));
	if (virtualization->disputed != expected->virtualization_disputed || slat->disputed != expected->slat_disputed)
		fail_msg("%s: disputed %d, %d", what, virtualization->disputed, slat->disputed);
	for (unsigned int id = 0; id < CPC_REQUIREMENT_COUNT; id++) {
		const struct cpc_requirement *requirement = &report.requirements[id];
		size_t disputed = 0;

		for (size_t i = 0; i < requirement->evidence_count; i++)
			disputed += requirement->evidence[i].disputed;
		/* A dispute has two sides, and where there is none no line is marked. */
		assert_true(requirement->disputed ? disputed >= 2 : disputed == 0);
	}
	cpc_capture_free(&capture);
}

static void test_intel(void **state)
{
	static const struct {
		const char *what;
		struct host host;
		struct outcome expected;
	} rows[] = {
		{ "on, with EPT",
		  { .msrs = { MSR(0x3a, LOCKED | OUTSIDE), MSR(0x482, SECONDARY), MSR(0x48b, EPT) } },
		  { CPC_PRESENT, CPC_PRESENT, false, false } },
		{ "on, without EPT",
		  { .msrs = { MSR(0x3a, LOCKED | OUTSIDE), MSR(0x482, SECONDARY), MSR(0x48b, NO_EPT) } },
		  { CPC_PRESENT, CPC_ABSENT, false, false } },
		{ "on, without secondary controls",
		  { .msrs = { MSR(0x3a, LOCKED | OUTSIDE), MSR(0x482, NO_SECONDARY) } },
		  { CPC_PRESENT, CPC_ABSENT, false, false } },
		{ "QEMU's figures, which are no processor's",
		  { .msrs = { MSR(0x3a, LOCKED | OUTSIDE), MSR(0x482, 0x1), MSR(0x48b, 0x136bff) } },
		  { CPC_PRESENT, NONE, false, false } },
		{ "locked off, EPT or not",
		  { .msrs = { MSR(0x3a, LOCKED), MSR(0x482, SECONDARY), MSR(0x48b, EPT) } },
		  { OFF, OFF, false, false } },
		{ "locked off, and nothing else known", { .msrs = { MSR(0x3a, LOCKED) } }, { OFF, OFF, false, false } },
		{ "locked off, and the processor has no EPT",
		  { .msrs = { MSR(0x3a, LOCKED), MSR(0x482, 0) } },
		  { OFF, CPC_ABSENT, false, false } },
		{ "locked off, as Linux says too",
		  { .msrs = { MSR(0x3a, LOCKED) }, .flag = CPC_CLEAR, .ept_flag = CPC_CLEAR },
		  { OFF, OFF, false, false } },
		{ "not locked: nobody forbids it", { .msrs = { MSR(0x3a, 0) } }, { CPC_PRESENT, NONE, false, false } },
		{ "not locked, on already", { .msrs = { MSR(0x3a, OUTSIDE) } }, { CPC_PRESENT, NONE, false, false } },
		{ "after a measured launch alone, and nobody knows of one",
		  { .msrs = { MSR(0x3a, LOCKED | INSIDE) } },
		  { NONE, NONE, false, false } },
		{ "after a measured launch, which there was",
		  { .msrs = { MSR(0x3a, LOCKED | INSIDE) }, .flag = CPC_SET },
		  { CPC_PRESENT, NONE, false, false } },
		{ "after a measured launch, which there was not",
		  { .msrs = { MSR(0x3a, LOCKED | INSIDE) }, .flag = CPC_CLEAR },
		  { OFF, OFF, false, false } },
		{ "inside and outside",
		  { .msrs = { MSR(0x3a, LOCKED | INSIDE | OUTSIDE) } },
		  { CPC_PRESENT, NONE, false, false } },
		{ "denied: unknown, not clear",
		  { .msrs = { REFUSED(0x3a), REFUSED(0x482) } },
		  { CPC_PRESENT, NONE, false, false } },
		{ "denied, and Linux knows",
		  { .msrs = { REFUSED(0x3a), REFUSED(0x482) }, .flag = CPC_CLEAR, .ept_flag = CPC_CLEAR },
		  { OFF, OFF, false, false } },
		{ "denied, and Linux knows better",
		  { .msrs = { REFUSED(0x3a), REFUSED(0x482) }, .flag = CPC_SET, .vmx_ept = CPC_SET },
		  { CPC_PRESENT, CPC_PRESENT, false, false } },
		{ "what the MSR and Linux say is opposite: firmware says on",
		  { .msrs = { MSR(0x3a, LOCKED | OUTSIDE) }, .flag = CPC_CLEAR },
		  { NONE, NONE, true, false } },
		{ "not locked, and Linux denies it",
		  { .msrs = { MSR(0x3a, 0) }, .flag = CPC_CLEAR },
		  { NONE, NONE, true, false } },
		{ "what the MSR and Linux say is opposite: firmware says off",
		  { .msrs = { MSR(0x3a, LOCKED) }, .flag = CPC_SET },
		  { OFF, OFF, true, false } },
		{ "locked off, and yet a module runs on it",
		  { .msrs = { MSR(0x3a, LOCKED) }, .live = true, .parameter = CPC_SET },
		  { OFF, OFF, true, false } },
		{ "CPUID has no VT-x, and yet a module runs on it",
		  { .without = true, .live = true },
		  { NONE, NONE, true, false } },
		{ "one CPU of two is locked off",
		  { .msrs = { MSR(0x3a, LOCKED | OUTSIDE) }, .odd = MSR(0x3a, LOCKED) },
		  { OFF, OFF, true, false } },
		{ "the first CPU of two is locked off",
		  { .msrs = { MSR(0x3a, LOCKED) }, .odd = MSR(0x3a, LOCKED | OUTSIDE) },
		  { OFF, OFF, true, false } },
		{ "one CPU of two is not locked, which is no harm",
		  { .msrs = { MSR(0x3a, LOCKED | OUTSIDE) }, .odd = MSR(0x3a, OUTSIDE) },
		  { CPC_PRESENT, NONE, true, false } },
		{ "one CPU of two was not read",
		  { .msrs = { MSR(0x3a, LOCKED | OUTSIDE) }, .odd = REFUSED(0x3a) },
		  { CPC_PRESENT, NONE, false, false } },
		{ "EPT on one CPU of two",
		  { .msrs = { MSR(0x3a, LOCKED | OUTSIDE), MSR(0x482, SECONDARY), MSR(0x48b, EPT) },
		    .odd = MSR(0x48b, 0) },
		  { CPC_PRESENT, NONE, false, true } },
		{ "a module that is live proves it, without any privilege",
		  { .live = true, .parameter = CPC_SET },
		  { CPC_PRESENT, CPC_PRESENT, false, false } },
		{ "ept=N alone: absent, or not wanted",
		  { .live = true, .parameter = CPC_CLEAR },
		  { CPC_PRESENT, NONE, false, false } },
		{ "ept=N, and the processor has it",
		  { .msrs = { MSR(0x482, SECONDARY), MSR(0x48b, EPT) }, .live = true, .parameter = CPC_CLEAR },
		  { CPC_PRESENT, NONE, false, true } },
		{ "ept=N, and the processor has it not",
		  { .msrs = { MSR(0x482, SECONDARY), MSR(0x48b, 0) }, .live = true, .parameter = CPC_CLEAR },
		  { CPC_PRESENT, CPC_ABSENT, false, false } },
		{ "the parameter of a module that is not live",
		  { .parameter = CPC_SET },
		  { CPC_PRESENT, NONE, false, false } },
		{ "KVM offers nested VT-x and EPT",
		  { .kvm_bit = true, .kvm_ept = true, .flag = CPC_SET },
		  { CPC_PRESENT, CPC_PRESENT, false, false } },
		{ "KVM offers VT-x without EPT: that proves nothing",
		  { .kvm_bit = true },
		  { CPC_PRESENT, NONE, false, false } },
		{ "the MSR says no EPT, the flag says EPT",
		  { .msrs = { MSR(0x482, SECONDARY), MSR(0x48b, 0) }, .flag = CPC_SET, .ept_flag = CPC_SET },
		  { CPC_PRESENT, NONE, false, true } },
		{ "`flags` without it, `vmx flags` with it",
		  { .flag = CPC_SET, .ept_flag = CPC_CLEAR, .vmx_ept = CPC_SET },
		  { CPC_PRESENT, NONE, false, true } },
		{ "a guest that is shown nothing, whatever its MSRs say",
		  { .without = true, .ecx = GUEST, .msrs = { MSR(0x3a, 0) } },
		  { HIDDEN, HIDDEN, false, false } },
		{ "a guest that is shown VT-x with EPT",
		  { .ecx = GUEST, .msrs = { MSR(0x3a, LOCKED | OUTSIDE), MSR(0x482, SECONDARY), MSR(0x48b, EPT) } },
		  { CPC_PRESENT, CPC_PRESENT, false, false } },
		{ "a guest that is shown VT-x without EPT",
		  { .ecx = GUEST, .msrs = { MSR(0x3a, LOCKED | OUTSIDE), MSR(0x482, SECONDARY), MSR(0x48b, 0) } },
		  { CPC_PRESENT, HIDDEN, false, false } },
		{ "a guest that is shown VT-x, and of EPT nobody knows",
		  { .ecx = GUEST },
		  { CPC_PRESENT, NONE, false, false } },
		{ "a guest whose VT-x is locked off",
		  { .ecx = GUEST, .msrs = { MSR(0x3a, LOCKED) } },
		  { OFF, OFF, false, false } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect(rows[i].what, &rows[i].host, &rows[i].expected);
}

static void test_amd(void **state)
{
	static const struct {
		const char *what;
		struct host host;
		struct outcome expected;
	} rows[] = {
		{ "on, with RVI",
		  { .amd = true, .npt = true, .msrs = { MSR(0xc0010114, 0) } },
		  { CPC_PRESENT, CPC_PRESENT, false, false } },
		{ "off and locked",
		  { .amd = true, .npt = true, .msrs = { MSR(0xc0010114, SVMDIS | VM_CR_LOCK) } },
		  { OFF, OFF, false, false } },
		{ "off and not locked is off",
		  { .amd = true, .npt = true, .msrs = { MSR(0xc0010114, SVMDIS) } },
		  { OFF, OFF, false, false } },
		{ "locked on",
		  { .amd = true, .npt = true, .msrs = { MSR(0xc0010114, VM_CR_LOCK) } },
		  { CPC_PRESENT, CPC_PRESENT, false, false } },
		{ "off, and an older Linux that shows the flag all the same",
		  { .amd = true, .npt = true, .msrs = { MSR(0xc0010114, SVMDIS) }, .flag = CPC_SET },
		  { OFF, OFF, true, false } },
		{ "on, and Linux denies it",
		  { .amd = true, .npt = true, .msrs = { MSR(0xc0010114, 0) }, .flag = CPC_CLEAR },
		  { NONE, CPC_PRESENT, true, false } },
		{ "denied",
		  { .amd = true, .npt = true, .msrs = { REFUSED(0xc0010114) } },
		  { CPC_PRESENT, CPC_PRESENT, false, false } },
		{ "one CPU of two is off",
		  { .amd = true, .npt = true, .msrs = { MSR(0xc0010114, 0) }, .odd = MSR(0xc0010114, SVMDIS) },
		  { OFF, OFF, true, false } },
		{ "npt=N, and the processor has it",
		  { .amd = true, .npt = true, .live = true, .parameter = CPC_CLEAR },
		  { CPC_PRESENT, NONE, false, true } },
		{ "npt=N, and the processor has it not",
		  { .amd = true, .live = true, .parameter = CPC_CLEAR },
		  { CPC_PRESENT, CPC_ABSENT, false, false } },
		{ "KVM offers nested AMD-V with RVI",
		  { .amd = true, .npt = true, .kvm_bit = true, .kvm_ept = true },
		  { CPC_PRESENT, CPC_PRESENT, false, false } },
		{ "the flag contradicts CPUID",
		  { .amd = true, .npt = true, .flag = CPC_SET, .ept_flag = CPC_CLEAR },
		  { CPC_PRESENT, NONE, false, true } },
		{ "a guest that is shown AMD-V without RVI",
		  { .amd = true, .ecx = GUEST, .flag = CPC_SET, .ept_flag = CPC_CLEAR },
		  { CPC_PRESENT, HIDDEN, false, false } },
		{ "/dev/kvm alone does not prove AMD-V",
		  { .amd = true, .without = true, .ecx = GUEST, .kvm_ept = false },
		  { HIDDEN, HIDDEN, false, false } },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++)
		expect(rows[i].what, &rows[i].host, &rows[i].expected);
}

static void expect_line(const struct cpc_requirement *requirement, size_t index, enum cpc_evidence_source source,
			const char *where, const char *name, enum cpc_tristate value, const char *cpus)
{
	const struct cpc_evidence *evidence = &requirement->evidence[index];
	char list[CPC_CPU_LIST_SIZE] = "";

	assert_true(index < requirement->evidence_count);
	assert_int_equal(evidence->source, source);
	assert_string_equal(evidence->where, where);
	assert_string_equal(evidence->name, name);
	assert_int_equal(evidence->value, value);
	if (evidence->cpus)
		cpc_cpu_set_print(evidence->cpus, list);
	assert_string_equal(list, cpus);
}

static void test_lines(void **state)
{
	const struct host host = { .msrs = { MSR(0x3a, LOCKED | OUTSIDE), MSR(0x482, SECONDARY), MSR(0x48b, EPT) },
				   .odd = MSR(0x3a, LOCKED),
				   .flag = CPC_SET,
				   .ept_flag = CPC_SET,
				   .vmx_ept = CPC_SET,
				   .live = true,
				   .parameter = CPC_SET,
				   .kvm_bit = true,
				   .kvm_ept = true };
	const struct host dump = { .flag = CPC_UNKNOWN };
	struct cpc_capture capture;
	struct cpc_report report;
	const struct cpc_requirement *virtualization = &report.requirements[CPC_HARDWARE_VIRTUALIZATION];
	const struct cpc_requirement *slat = &report.requirements[CPC_SLAT];

	(void)state;
	report_of(&host, &capture, &report);
	assert_int_equal(virtualization->evidence_count, 8);
	expect_line(virtualization, 0, CPC_EVIDENCE_CPUID, "1.0.ecx[5]", "vmx", CPC_SET, "");
	expect_line(virtualization, 1, CPC_EVIDENCE_MSR, "msr.3a[0]", "feat_ctl_locked", CPC_SET, "");
	expect_line(virtualization, 2, CPC_EVIDENCE_MSR, "msr.3a[2]", "vmx_outside_smx", CPC_SET, "");
	expect_line(virtualization, 3, CPC_EVIDENCE_MSR, "msr.3a[2]", "vmx_outside_smx", CPC_CLEAR, "1");
	expect_line(virtualization, 4, CPC_EVIDENCE_MSR, "msr.3a[1]", "vmx_inside_smx", CPC_CLEAR, "");
	expect_line(virtualization, 5, CPC_EVIDENCE_CPUINFO, "flags", "vmx", CPC_SET, "");
	expect_line(virtualization, 6, CPC_EVIDENCE_MODULE, "kvm_intel", "live", CPC_SET, "");
	expect_line(virtualization, 7, CPC_EVIDENCE_KVM, "1.0.ecx[5]", "vmx", CPC_SET, "");
	/* Neither the CPUID bit nor the lock takes a side. */
	assert_false(virtualization->evidence[0].disputed || virtualization->evidence[1].disputed);
	assert_true(virtualization->evidence[2].disputed && virtualization->evidence[3].disputed);
	assert_true(virtualization->evidence[5].disputed && virtualization->evidence[6].disputed);
	assert_int_equal(slat->evidence_count, 6);
	expect_line(slat, 0, CPC_EVIDENCE_MSR, "msr.482[63]", "vmx_secondary_ctls", CPC_SET, "");
	expect_line(slat, 1, CPC_EVIDENCE_MSR, "msr.48b[33]", "ept", CPC_SET, "");
	expect_line(slat, 2, CPC_EVIDENCE_CPUINFO, "flags", "ept", CPC_SET, "");
	expect_line(slat, 3, CPC_EVIDENCE_CPUINFO, "vmx flags", "ept", CPC_SET, "");
	expect_line(slat, 4, CPC_EVIDENCE_MODULE, "kvm_intel", "ept", CPC_SET, "");
	expect_line(slat, 5, CPC_EVIDENCE_KVM, "msr.48b[33]", "ept", CPC_SET, "");
	cpc_capture_free(&capture);

	/* Where nothing told, the line says what would have. */
	report_of(&dump, &capture, &report);
	assert_int_equal(slat->evidence_count, 1);
	expect_line(slat, 0, CPC_EVIDENCE_MSR, "msr.48b[33]", "ept", CPC_UNKNOWN, "");
	cpc_capture_free(&capture);
}

/* More kinds than there is room for lines: the status still counts all of them, and nothing is written past the end. */
static void test_many_kinds(void **state)
{
	struct cpc_capture capture = { .origin = CPC_ORIGIN_DUMP };
	struct cpc_report report;

	(void)state;
	for (unsigned int cpu = 0; cpu < CPC_KINDS_MAX; cpu++) {
		/* Every other one has VT-x, the last one no long mode. */
		const struct cpc_leaf leaves[] = {
			{ 0, 0, { 1, INTEL } },
			{ 1, 0, { cpu << 4, 0, cpu % 2 ? VMX : 0, 0 } },
			{ 0x80000000, 0, { 0x80000001, 0, 0, 0 } },
			{ 0x80000001, 0, { 0, 0, 0, cpu == CPC_KINDS_MAX - 1 ? 1U << 20 : BOTH } }
		};
		struct cpc_snapshot snapshot = sealed_snapshot(leaves, COUNT(leaves));

		assert_int_equal(cpc_capture_add(&capture, cpu, &snapshot, NULL), CPC_OK);
	}
	cpc_report_of(&capture, &report);
	assert_int_equal(report.requirements[CPC_HARDWARE_VIRTUALIZATION].status, CPC_ABSENT);
	assert_true(report.requirements[CPC_HARDWARE_VIRTUALIZATION].disputed);
	assert_int_equal(report.requirements[CPC_HARDWARE_VIRTUALIZATION].evidence_count, CPC_EVIDENCE_MAX);
	assert_int_equal(report.requirements[CPC_EXECUTE_DISABLE].status, CPC_PRESENT);
	assert_int_equal(report.requirements[CPC_LONG_MODE].status, CPC_ABSENT);
	assert_true(report.requirements[CPC_LONG_MODE].disputed);
	cpc_capture_free(&capture);
}

/* A leaf that a dump was cut off before says nothing: that is not absence. */
static void test_missing_leaf(void **state)
{
	static const struct cpc_leaf leaves[] = { { 0, 0, { 1, AMD } },
						  { 1, 0, { 0x606a6, 0, 0, 0 } },
						  { 0x80000000, 0, { 0x8000000a, 0, 0, 0 } },
						  { 0x80000001, 0, { 0, 0, SVM, BOTH } } };
	struct cpc_snapshot snapshot = sealed_snapshot(leaves, COUNT(leaves));
	struct cpc_capture capture = { .origin = CPC_ORIGIN_DUMP };
	struct cpc_report report;

	(void)state;
	assert_int_equal(cpc_capture_add(&capture, 0, &snapshot, NULL), CPC_OK);
	cpc_report_of(&capture, &report);
	assert_int_equal(report.requirements[CPC_HARDWARE_VIRTUALIZATION].status, CPC_PRESENT);
	assert_int_equal(report.requirements[CPC_SLAT].status, CPC_REQUIREMENT_UNKNOWN);
	cpc_capture_free(&capture);
}

/* What decides of a destination: off in firmware refuses, unknown and hidden do not. */
static void test_destinations(void **state)
{
	static const struct {
		struct host host;
		bool refused;
	} rows[] = {
		{ { .msrs = { MSR(0x3a, LOCKED | OUTSIDE) } }, false },
		{ { .msrs = { MSR(0x3a, LOCKED) } }, true },
		{ { .msrs = { MSR(0x3a, LOCKED | OUTSIDE) }, .odd = MSR(0x3a, LOCKED) }, true },
		{ { .msrs = { REFUSED(0x3a) } }, false },
		{ { .msrs = { MSR(0x3a, LOCKED | OUTSIDE) }, .flag = CPC_CLEAR }, false },
		{ { .without = true }, true },
		{ { .without = true, .ecx = GUEST }, false },
		{ { .amd = true, .npt = true, .msrs = { MSR(0xc0010114, SVMDIS) } }, true },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cpc_capture capture;
		struct cpc_report report;
		struct cpc_comparison comparison;
		struct cpc_side host;

		report_of(&rows[i].host, &capture, &report);
		host = cpc_side_of(&report);
		assert_int_equal(cpc_compare(&host, &host, cpc_policy_named("kvm"), &comparison, NULL), CPC_OK);
		assert_int_equal(comparison.a_to_b.verdict, rows[i].refused ? CPC_IMPOSSIBLE : CPC_SAME);
		cpc_comparison_free(&comparison);
		cpc_capture_free(&capture);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_intel),	     cmocka_unit_test(test_amd),
		cmocka_unit_test(test_lines),	     cmocka_unit_test(test_many_kinds),
		cmocka_unit_test(test_missing_leaf), cmocka_unit_test(test_destinations),
	};

	return cmocka_run_group_tests_name("evidence", tests, NULL, NULL);
}
