/* SPDX-License-Identifier: MIT */
/* What hypervisors tell of themselves: Hyper-V's partitions, releases, nesting, isolation and compatibility mode; Xen's
 * domains. And what follows for the requirements of its parents. */
#include "support.h"

#define HV1 0x31237648
#define MICROSOFT 0x7263694d, 0x666f736f, 0x76482074
#define KVM 0x4b4d564b, 0x564b4d56, 0x4d
#define XEN 0x566e6558, 0x65584d4d, 0x4d4d566e

#define CREATE_PARTITIONS (1U << 0)
#define CPU_MANAGEMENT (1U << 12)
#define ISOLATED (1U << 22)
#define ROOT (CREATE_PARTITIONS | CPU_MANAGEMENT)

#define GUEST (UINT32_C(1) << 31)
#define SSSE3 (UINT32_C(1) << 9)
#define POPCNT (UINT32_C(1) << 23)
#define BOTH (UINT32_C(1) << 20 | UINT32_C(1) << 29)

/* A system under Hyper-V, or under Xen. */
struct system {
	bool amd;
	uint32_t signature; /* leaf 1, eax; an Ice Lake or a Zen where 0 */
	uint32_t ecx;	    /* more of leaf 1 */

	uint32_t interface; /* Hv#1 where 0 */
	uint32_t version;   /* major << 16 | minor */
	uint32_t build;
	uint32_t service;
	uint32_t privileges;
	uint32_t recommendations;
	uint32_t hardware;
	uint32_t isolation_eax;
	uint32_t isolation_ebx;
};

static const struct cpc_leaf intel_0 = { 0, 0, { 1, INTEL } };
static const struct cpc_leaf amd_0 = { 0, 0, { 1, AMD } };

static void report_leaves(const struct cpc_leaf *leaves, size_t count, enum cpc_origin origin,
			  struct cpc_capture *capture, struct cpc_report *report)
{
	struct cpc_snapshot snapshot = sealed_snapshot(leaves, count);

	*capture = (struct cpc_capture){ .origin = origin };
	assert_int_equal(cpc_capture_add(capture, 0, &snapshot, NULL), CPC_OK);
	cpc_report_of(capture, report);
}

static void report_of(const struct system *system, enum cpc_origin origin, struct cpc_capture *capture,
		      struct cpc_report *report)
{
	const uint32_t signature = system->signature ? system->signature : system->amd ? 0xa00f11 : 0x606a6;
	const struct cpc_leaf leaves[] = {
		system->amd ? amd_0 : intel_0,
		{ 1, 0, { signature, 0, GUEST | system->ecx, 0 } },
		{ 0x40000000, 0, { 0x4000000c, MICROSOFT } },
		{ 0x40000001, 0, { system->interface ? system->interface : HV1, 0, 0, 0 } },
		{ 0x40000002, 0, { system->build, system->version, system->service, 0x3000471 } },
		{ 0x40000003, 0, { 0x3fff, system->privileges, 0, 0 } },
		{ 0x40000004, 0, { system->recommendations, 0, 0, 0 } },
		{ 0x40000006, 0, { system->hardware, 0, 0, 0 } },
		{ 0x4000000c, 0, { system->isolation_eax, system->isolation_ebx, 0, 0 } },
		{ 0x80000000, 0, { 0x8000000a, 0, 0, 0 } },
		{ 0x80000001, 0, { 0, 0, 0, BOTH } },
		{ 0x8000000a, 0, { 0 } },
	};

	report_leaves(leaves, COUNT(leaves), origin, capture, report);
}

static void test_partitions(void **state)
{
	static const struct {
		struct system system;
		enum cpc_partition partition;
		enum cpc_vantage vantage;
		enum cpc_requirement_status virtualization;
	} rows[] = {
		{ { .privileges = ROOT }, CPC_PARTITION_ROOT, CPC_ROOT_PARTITION, CPC_PRESENT },
		{ { .privileges = UINT32_MAX & ~ISOLATED }, CPC_PARTITION_ROOT, CPC_ROOT_PARTITION, CPC_PRESENT },
		{ { .privileges = CREATE_PARTITIONS }, CPC_PARTITION_L1VH, CPC_GUEST, CPC_PRESENT },
		{ { .privileges = CPU_MANAGEMENT }, CPC_PARTITION_GUEST, CPC_GUEST, CPC_HIDDEN_BY_HYPERVISOR },
		{ { .privileges = ROOT | ISOLATED }, CPC_PARTITION_GUEST, CPC_GUEST, CPC_HIDDEN_BY_HYPERVISOR },
		{ { .privileges = 0 }, CPC_PARTITION_GUEST, CPC_GUEST, CPC_HIDDEN_BY_HYPERVISOR },
		{ { .privileges = ROOT, .interface = 0x31235356 },
		  CPC_PARTITION_UNKNOWN,
		  CPC_GUEST,
		  CPC_HIDDEN_BY_HYPERVISOR },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (int amd = 0; amd < 2; amd++) {
			struct system system = rows[i].system;
			struct cpc_capture capture;
			struct cpc_report report;

			system.amd = amd;
			report_of(&system, CPC_ORIGIN_LIVE, &capture, &report);
			assert_int_equal(report.hypervisor.partition, rows[i].partition);
			assert_int_equal(report.vantage, rows[i].vantage);
			assert_int_equal(report.taken, rows[i].vantage);
			assert_int_equal(report.requirements[CPC_HARDWARE_VIRTUALIZATION].status,
					 rows[i].virtualization);
			assert_false(report.requirements[CPC_HARDWARE_VIRTUALIZATION].disputed);
			assert_int_equal(report.hypervisor.hv1, !rows[i].system.interface);
			assert_string_equal(report.hypervisor.signature, "Microsoft Hv");
			assert_string_equal(report.hypervisor.id, rows[i].system.interface ? "unknown" : "microsoft");
			cpc_capture_free(&capture);
			/* A dump stays one, and says all the same where it was taken. */
			report_of(&system, CPC_ORIGIN_DUMP, &capture, &report);
			assert_int_equal(report.vantage, CPC_DUMP);
			assert_int_equal(report.taken, rows[i].vantage);
			cpc_capture_free(&capture);
		}
	}
}

/* Leaf 0x40000006 proves EPT and RVI to those who run guests; of a guest's own abilities it says nothing. */
static void test_slat(void **state)
{
	static const struct {
		uint32_t privileges;
		uint32_t hardware;
		enum cpc_requirement_status slat;
	} rows[] = {
		{ ROOT, 8, CPC_PRESENT },
		{ ROOT, ~8U, CPC_HIDDEN_BY_HYPERVISOR },
		{ CREATE_PARTITIONS, 8, CPC_PRESENT },
		{ 0, 8, CPC_HIDDEN_BY_HYPERVISOR },
		{ 0, 0, CPC_HIDDEN_BY_HYPERVISOR },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		for (int amd = 0; amd < 2; amd++) {
			const struct system system = { .amd = amd,
						       .privileges = rows[i].privileges,
						       .hardware = rows[i].hardware };
			struct cpc_capture capture;
			struct cpc_report report;
			const struct cpc_requirement *slat = &report.requirements[CPC_SLAT];
			bool shown = false;

			report_of(&system, CPC_ORIGIN_LIVE, &capture, &report);
			assert_int_equal(slat->status, rows[i].slat);
			assert_false(slat->disputed);
			for (size_t j = 0; j < slat->evidence_count; j++)
				shown |= strcmp(slat->evidence[j].where, "40000006.0.eax[3]") == 0 &&
					 slat->evidence[j].value == (rows[i].hardware & 8 ? CPC_SET : CPC_CLEAR);
			assert_true(shown);
			cpc_capture_free(&capture);
		}
	}
}

static void test_inference_is_marked(void **state)
{
	const struct system system = { .privileges = ROOT };
	struct cpc_capture capture;
	struct cpc_report report;
	const struct cpc_requirement *requirement = &report.requirements[CPC_HARDWARE_VIRTUALIZATION];

	(void)state;
	report_of(&system, CPC_ORIGIN_DUMP, &capture, &report);
	assert_int_equal(requirement->evidence_count, 2);
	assert_int_equal(requirement->evidence[0].value, CPC_CLEAR);
	assert_false(requirement->evidence[0].inferred);
	assert_int_equal(requirement->evidence[1].source, CPC_EVIDENCE_HYPERVISOR);
	assert_string_equal(requirement->evidence[1].where, "40000003.0.ebx[0]");
	assert_true(requirement->evidence[1].inferred);
	cpc_capture_free(&capture);
}

#define V(major, minor) ((major) << 16 | (minor))

static void test_releases(void **state)
{
	static const struct {
		uint32_t version;
		uint32_t build;
		const char *release; /* NULL: none */
		bool exact;
	} rows[] = {
		{ V(6U, 1U), 7601, "Windows Server 2008 R2 SP1", true },
		{ V(6U, 2U), 9200, "Windows Server 2012", true },
		{ V(6U, 3U), 9600, "Windows Server 2012 R2", true },
		{ V(10U, 0U), 14393, "Windows Server 2016 or Windows 10 1607", true },
		{ V(10U, 0U), 17763, "Windows Server 2019 or Windows 10 1809", true },
		{ V(10U, 0U), 20348, "Windows Server 2022", true },
		{ V(10U, 0U), 26100, "Windows Server 2025 or Windows 11 24H2", true },
		/* Between two, and above the last. */
		{ V(10U, 0U), 20347, "Windows 10 22H2", false },
		{ V(10U, 0U), 26099, "Azure Stack HCI 23H2", false },
		{ V(10U, 0U), 99999, "Windows 11 26H1", false },
		{ V(11U, 0U), 1, "Windows 11 26H1", false },
		/* A build of another version is not that release. */
		{ V(6U, 3U), 7601, "Windows Server 2012", false },
		{ V(10U, 0U), 9600, "Windows Server 2012 R2", false },
		{ V(6U, 0U), 6000, NULL, false },
		{ V(5U, 2U), 3790, NULL, false },
		/* Hyper-V 2.0 before it knows its guest. */
		{ 0, 0, NULL, false },
		{ V(6U, 1U), 0, NULL, false },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct system system = { .version = rows[i].version, .build = rows[i].build, .service = 1 };
		struct cpc_capture capture;
		struct cpc_report report;
		const struct cpc_hypervisor *hypervisor = &report.hypervisor;

		report_of(&system, CPC_ORIGIN_LIVE, &capture, &report);
		assert_int_equal(hypervisor->version.build, rows[i].build);
		assert_int_equal(hypervisor->build != NULL, rows[i].release != NULL);
		assert_int_equal(hypervisor->build_exact, rows[i].exact);
		if (rows[i].release)
			assert_string_equal(hypervisor->build->release, rows[i].release);
		assert_true(rows[i].build || (!hypervisor->version.major && !hypervisor->version.service_pack));
		if (rows[i].build) {
			assert_int_equal(hypervisor->version.major, rows[i].version >> 16);
			assert_int_equal(hypervisor->version.minor, rows[i].version & 0xffff);
			assert_int_equal(hypervisor->version.service_pack, 1);
			assert_int_equal(hypervisor->version.service_branch, 3);
			assert_int_equal(hypervisor->version.service_number, 0x471);
		}
		cpc_capture_free(&capture);
	}
}

/* The rows ascend, or the nearest below would be none. */
static void test_builds_ascend(void **state)
{
	static const struct cpc_hypervisor_version versions[] = {
#define CPC_HYPERV_BUILD(row_major, row_minor, row_build, release, sure, source)                                       \
	{ .major = (row_major), .minor = (row_minor), .build = (row_build) },
#include <cpucompat/hyperv_builds.def>
#undef CPC_HYPERV_BUILD
	};

	(void)state;
	for (size_t i = 0; i < COUNT(versions); i++) {
		const struct cpc_hyperv_build *row = cpc_hyperv_build_of(&versions[i]);

		assert_non_null(row);
		assert_int_equal(row->build, versions[i].build);
		assert_true(*row->source && *row->release && row->sure);
		if (i) {
			assert_true(row->build > versions[i - 1].build);
			assert_true(row->major >= versions[i - 1].major);
		}
	}
}

static void test_nesting(void **state)
{
	static const struct {
		uint32_t recommendations;
		uint32_t hardware;
		enum cpc_tristate nested;
		uint64_t level;
	} rows[] = {
		{ 0, 0, CPC_CLEAR, 0 },		  { 0, 0xffffc3ff, CPC_CLEAR, 0 },    { 1U << 12, 0, CPC_SET, 0 },
		{ 0, 1U << 10, CPC_SET, 1 },	  { 1U << 12, 2U << 10, CPC_SET, 2 }, { 0, 15U << 10, CPC_SET, 15 },
		{ ~(1U << 12), 0, CPC_CLEAR, 0 },
	};
	static const struct cpc_leaf short_block[] = { { 0, 0, { 1, INTEL } },
						       { 1, 0, { 0, 0, GUEST, 0 } },
						       { 0x40000000, 0, { 0x40000001, MICROSOFT } },
						       { 0x40000001, 0, { HV1, 0, 0, 0 } } };
	struct cpc_capture capture;
	struct cpc_report report;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct system system = { .recommendations = rows[i].recommendations,
					       .hardware = rows[i].hardware };

		report_of(&system, CPC_ORIGIN_LIVE, &capture, &report);
		assert_int_equal(report.hypervisor.nested, rows[i].nested);
		assert_false(report.hypervisor.level.unknown);
		assert_int_equal(report.hypervisor.level.value, rows[i].level);
		cpc_capture_free(&capture);
	}
	/* Without the leaves nothing is known. */
	report_leaves(short_block, COUNT(short_block), CPC_ORIGIN_LIVE, &capture, &report);
	assert_string_equal(report.hypervisor.id, "microsoft");
	assert_int_equal(report.hypervisor.nested, CPC_UNKNOWN);
	assert_true(report.hypervisor.level.unknown);
	assert_int_equal(report.hypervisor.partition, CPC_PARTITION_UNKNOWN);
	assert_null(report.hypervisor.build);
	cpc_capture_free(&capture);
}

static void test_isolation(void **state)
{
	static const struct {
		struct system system;
		enum cpc_isolation isolation;
		bool paravisor;
	} rows[] = {
		{ { .privileges = ISOLATED, .isolation_eax = 1, .isolation_ebx = 1 }, CPC_ISOLATION_VBS, true },
		{ { .privileges = ISOLATED, .isolation_ebx = 2 }, CPC_ISOLATION_SNP, false },
		{ { .privileges = ISOLATED, .isolation_eax = 1, .isolation_ebx = 0xf3 }, CPC_ISOLATION_TDX, true },
		{ { .privileges = ISOLATED, .isolation_ebx = 7 }, CPC_ISOLATION_OTHER, false },
		{ { .privileges = ISOLATED }, CPC_ISOLATION_OTHER, false },
		{ { .isolation_eax = 1, .isolation_ebx = 2 }, CPC_ISOLATION_NONE, false },
	};
	/* "IntelTDX    " in ebx, edx and ecx. */
	static const struct cpc_leaf tdx[] = { { 0, 0, { 0x21, INTEL } },
					       { 1, 0, { 0, 0, GUEST, 0 } },
					       { 0x21, 0, { 0, 0x65746e49, 0x20202020, 0x5844546c } },
					       { 0x40000000, 0, { 0x40000001, KVM } } };
	struct cpc_capture capture;
	struct cpc_report report;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		report_of(&rows[i].system, CPC_ORIGIN_LIVE, &capture, &report);
		assert_int_equal(report.hypervisor.isolation, rows[i].isolation);
		assert_int_equal(report.hypervisor.paravisor, rows[i].paravisor);
		assert_int_equal(report.vantage, CPC_GUEST);
		cpc_capture_free(&capture);
	}
	report_leaves(tdx, COUNT(tdx), CPC_ORIGIN_LIVE, &capture, &report);
	assert_int_equal(report.hypervisor.isolation, CPC_ISOLATION_TDX);
	assert_string_equal(report.hypervisor.id, "kvm");
	cpc_capture_free(&capture);
}

static void test_compatibility_mode(void **state)
{
	static const struct {
		struct system system;
		enum cpc_tristate mode;
	} rows[] = {
		{ { .ecx = SSSE3 | POPCNT }, CPC_CLEAR },
		{ { .ecx = SSSE3 }, CPC_CLEAR },
		{ { .ecx = POPCNT }, CPC_SET },
		{ { .ecx = 0 }, CPC_SET },
		{ { .amd = true, .ecx = POPCNT }, CPC_CLEAR },
		{ { .amd = true, .ecx = SSSE3 }, CPC_SET },
		{ { .amd = true, .signature = 0x100f42, .ecx = POPCNT }, CPC_CLEAR }, /* family 10h */
		{ { .amd = true, .signature = 0x100f42 }, CPC_SET },
		{ { .amd = true, .signature = 0x200f31 }, CPC_UNKNOWN }, /* 11h has no POPCNT of its own */
		{ { .amd = true, .signature = 0x40f33 }, CPC_UNKNOWN },	 /* nor had family 0Fh */
		{ { .signature = 0xf65 }, CPC_UNKNOWN },		 /* nor NetBurst SSSE3 */
		{ { .privileges = ROOT }, CPC_UNKNOWN },
		{ { .privileges = CREATE_PARTITIONS }, CPC_UNKNOWN },
		{ { .interface = 1 }, CPC_UNKNOWN },
	};
	static const struct cpc_leaf kvm[] = { { 0, 0, { 1, INTEL } },
					       { 1, 0, { 0x606a6, 0, GUEST, 0 } },
					       { 0x40000000, 0, { 0x40000003, MICROSOFT } },
					       { 0x40000001, 0, { HV1, 0, 0, 0 } },
					       { 0x40000003, 0, { 0 } },
					       { 0x40000100, 0, { 0x40000101, KVM } } };
	struct cpc_capture capture;
	struct cpc_report report;

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		report_of(&rows[i].system, i % 2 ? CPC_ORIGIN_LIVE : CPC_ORIGIN_DUMP, &capture, &report);
		assert_int_equal(report.compatibility_mode, rows[i].mode);
		cpc_capture_free(&capture);
	}
	/* KVM that shows Hyper-V's interface has no such mode. */
	report_leaves(kvm, COUNT(kvm), CPC_ORIGIN_LIVE, &capture, &report);
	assert_string_equal(report.hypervisor.id, "kvm");
	assert_true(report.hypervisor.hv1);
	assert_int_equal(report.hypervisor.base, 0x40000100);
	assert_int_equal(report.hypervisor.partition, CPC_PARTITION_UNKNOWN);
	assert_int_equal(report.hypervisor.nested, CPC_UNKNOWN);
	assert_int_equal(report.compatibility_mode, CPC_UNKNOWN);
	cpc_capture_free(&capture);
}

static void test_xen(void **state)
{
	static const struct {
		uint32_t pv_features;
		uint32_t hvm_features;
		uint32_t domain;
		enum cpc_partition partition;
		bool number;
		enum cpc_vantage vantage;
		enum cpc_requirement_status virtualization;
	} rows[] = {
		{ 1, 0, 7, CPC_PARTITION_PV, false, CPC_GUEST, CPC_HIDDEN_BY_HYPERVISOR },
		{ 0, 0x1c, 7, CPC_PARTITION_HVM, true, CPC_GUEST, CPC_HIDDEN_BY_HYPERVISOR },
		{ 0, 0x1c, 0, CPC_PARTITION_HVM, true, CPC_ROOT_PARTITION, CPC_PRESENT },
		/* Without the flag the register is no number, and Xen before 4.7 tells nothing. */
		{ 0, 0x0c, 0, CPC_PARTITION_HVM, false, CPC_GUEST, CPC_HIDDEN_BY_HYPERVISOR },
		{ 0, 0, 0, CPC_PARTITION_UNKNOWN, false, CPC_GUEST, CPC_HIDDEN_BY_HYPERVISOR },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		/* Alone in the first block, and moved up by a Viridian interface. */
		for (uint32_t base = 0x40000000; base <= 0x40000100; base += 0x100) {
			const struct cpc_leaf leaves[] = {
				intel_0,
				{ 1, 0, { 0x606a6, 0, GUEST, 0 } },
				{ base, 0, { base + 5, XEN } },
				{ base + 1, 0, { 4U << 16 | 17, 0, 0, 0 } },
				{ base + 2, 0, { 1, base, rows[i].pv_features, 0 } },
				{ base + 4, 0, { rows[i].hvm_features, 0, rows[i].domain, 0 } },
			};
			struct cpc_capture capture;
			struct cpc_report report;

			report_leaves(leaves, COUNT(leaves), CPC_ORIGIN_LIVE, &capture, &report);
			assert_string_equal(report.hypervisor.id, "xen");
			assert_int_equal(report.hypervisor.base, base);
			assert_int_equal(report.hypervisor.version.major, 4);
			assert_int_equal(report.hypervisor.version.minor, 17);
			assert_int_equal(report.hypervisor.partition, rows[i].partition);
			assert_int_equal(report.hypervisor.domain.unknown, !rows[i].number);
			assert_int_equal(report.vantage, rows[i].vantage);
			assert_int_equal(report.requirements[CPC_HARDWARE_VIRTUALIZATION].status,
					 rows[i].virtualization);
			assert_int_equal(report.hypervisor.nested, CPC_UNKNOWN);
			cpc_capture_free(&capture);
		}
	}
}

/* What a guest is shown of VT-x and AMD-V. */
static void test_shown_virtualization(void **state)
{
	static const struct system shown = { .ecx = 1U << 5 };
	static const struct system hidden = { .ecx = 0 };
	struct cpc_capture capture;
	struct cpc_report report;

	(void)state;
	report_of(&shown, CPC_ORIGIN_LIVE, &capture, &report);
	assert_int_equal(report.hypervisor.shows_virt, CPC_SET);
	assert_int_equal(report.requirements[CPC_HARDWARE_VIRTUALIZATION].status, CPC_PRESENT);
	cpc_capture_free(&capture);
	report_of(&hidden, CPC_ORIGIN_LIVE, &capture, &report);
	assert_int_equal(report.hypervisor.shows_virt, CPC_CLEAR);
	cpc_capture_free(&capture);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_partitions),
		cmocka_unit_test(test_slat),
		cmocka_unit_test(test_inference_is_marked),
		cmocka_unit_test(test_releases),
		cmocka_unit_test(test_builds_ascend),
		cmocka_unit_test(test_nesting),
		cmocka_unit_test(test_isolation),
		cmocka_unit_test(test_compatibility_mode),
		cmocka_unit_test(test_xen),
		cmocka_unit_test(test_shown_virtualization),
	};

	return cmocka_run_group_tests_name("hyperv", tests, NULL, NULL);
}
