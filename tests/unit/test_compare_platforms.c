/* SPDX-License-Identifier: MIT */
/* What is each platform's own: pairs of hand-made hosts that only its rules tell apart. */
#include "compare_rows.h"

static void test_hyperv_releases(void **state)
{
	static const struct row rows[] = {
		{ .what = "AES counts from 2012 on",
		  .policy = "hyperv-2008r2",
		  .a = { .features = "aes" },
		  .relation = CPC_RELATION_SAME },
		{ .what = "AES in 2012",
		  .policy = "hyperv-2012",
		  .a = { .features = "aes" },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE, .findings = "!missing:aes", .loses = "aes" },
		  .back = { .verdict = CPC_MIGRATABLE, .gains = "aes" },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "2016 on processors newer than it",
		  .policy = "hyperv-2016",
		  .a = { .features = "gfni vaes amx_tile shstk waitpkg rdcl_no", .unread_10a = true },
		  .b = { .features = "avx_vnni" },
		  .relation = CPC_RELATION_SAME },
		{ .what = "fast strings are a bit like any other",
		  .policy = "hyperv-2016",
		  .a = { .features = "erms fsrm" },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE, .findings = "!missing:erms", .loses = "erms" },
		  .back = { .verdict = CPC_MIGRATABLE, .gains = "erms" },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "the mode of 2016 does not hide IBRS",
		  .policy = "hyperv-2016",
		  .a = { .features = "spec_ctrl avx2" },
		  .there = { .verdict = CPC_IMPOSSIBLE, .findings = "!missing:avx2 !missing:spec_ctrl" },
		  .back = { .verdict = CPC_MIGRATABLE, .gains = "avx2 spec_ctrl" },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "the mode of 2012 does not know it",
		  .policy = "hyperv-2012",
		  .a = { .features = "spec_ctrl avx2" },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE, .findings = "!missing:avx2", .loses = "avx2" },
		  .back = { .verdict = CPC_MIGRATABLE, .gains = "avx2" },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "each vendor's own place",
		  .policy = "hyperv-2022",
		  .a = { .vendor = "AuthenticAMD", .features = "spec_ctrl amd_stibp amd_fsrs" },
		  .b = { .vendor = "AuthenticAMD" },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE,
			     .findings = "!missing:amd_stibp",
			     .loses = "amd_stibp",
			     .only_mitigations = true },
		  .back = { .verdict = CPC_MIGRATABLE, .gains = "amd_stibp" },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "what the cluster has in common",
		  .policy = "hyperv-2025",
		  .a = { .features = "avx2 md_clear sha_ni" },
		  .b = { .features = "avx2 gfni" },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE,
			     .findings = "!missing:sha_ni !missing:md_clear",
			     .loses = "sha_ni md_clear",
			     .gains = "gfni" },
		  .back = { .verdict = CPC_COMPATIBILITY_MODE,
			    .findings = "!missing:gfni",
			    .loses = "gfni",
			    .gains = "sha_ni md_clear" },
		  .relation = CPC_RELATION_COMPATIBILITY_MODE },
		{ .what = "the minimum takes all",
		  .policy = "hyperv-2025-minimum",
		  .a = { .features = "avx2 md_clear sha_ni" },
		  .b = { .features = "avx2" },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE,
			     .findings = "!missing:sha_ni !missing:md_clear",
			     .loses = "avx2 sha_ni md_clear" },
		  .back = { .verdict = CPC_MIGRATABLE, .gains = "sha_ni md_clear" },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "values that only newer agents know are nobody's",
		  .policy = "hyperv-2025",
		  .a = { .features = "sha_ni", .foreign = "zz=1" },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE, .findings = "!missing:sha_ni", .loses = "sha_ni" },
		  .back = { .verdict = CPC_MIGRATABLE, .gains = "sha_ni" },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "no SLAT, from 2016 on",
		  .policy = "hyperv-2016",
		  .b = { .requirements = { [CPC_SLAT] = CPC_ABSENT } },
		  .there = { .verdict = CPC_IMPOSSIBLE, .findings = "!cannot-host:slat" },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "no SLAT, in 2012",
		  .policy = "hyperv-2012",
		  .b = { .requirements = { [CPC_SLAT] = CPC_ABSENT } },
		  .relation = CPC_RELATION_SAME },
	};

	(void)state;
	expect_rows(rows, COUNT(rows));
}

static void test_host_model(void **state)
{
	static const struct row rows[] = {
		{ .what = "40 bits are enough for a guest of 40",
		  .policy = "kvm-host-model",
		  .a = { .pa = 52 },
		  .b = { .pa = 40 },
		  .relation = CPC_RELATION_SAME },
		{ .what = "39 are not",
		  .policy = "kvm-host-model",
		  .b = { .pa = 39 },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE, .findings = "!above:pa" },
		  .back = { .verdict = CPC_MIGRATABLE },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "what has no name is in nobody's guest",
		  .policy = "kvm-host-model",
		  .a = { .features = "lass bpext btc_no", .unnamed = CPC_L7_1_EDX * 32 + 30 },
		  .relation = CPC_RELATION_SAME },
		{ .what = "no PMU, no PDCM",
		  .policy = "kvm-host-model",
		  .a = { .features = "pdcm invtsc acpi" },
		  .there = { .verdict = CPC_MIGRATABLE, .findings = ".hint:pdcm .hint:acpi .hint:invtsc" },
		  .back = { .verdict = CPC_MIGRATABLE },
		  .relation = CPC_RELATION_BOTH_WAYS },
		{ .what = "the flush line is told to be 64 bytes",
		  .policy = "kvm-host-model",
		  .a = { .features = "avx2", .clf = 32 },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE, .findings = "!missing:avx2", .loses = "avx2" },
		  .back = { .verdict = CPC_MIGRATABLE, .gains = "avx2" },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "with the host's own model there is no such limit",
		  .policy = "kvm",
		  .a = { .pa = 52, .features = "pdcm bpext" },
		  .b = { .pa = 46 },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE,
			     .findings = "!missing:pdcm !above:pa .hint:bpext",
			     .loses = "pdcm" },
		  .back = { .verdict = CPC_MIGRATABLE, .gains = "pdcm" },
		  .relation = CPC_RELATION_ONE_WAY },
	};

	(void)state;
	expect_rows(rows, COUNT(rows));
}

static void test_xen(void **state)
{
	static const struct row rows[] = {
		{ .what = "what guests never see",
		  .policy = "xen",
		  .a = { .features = "waitpkg la57 amx_tile shstk pdcm tsx_ctrl", .unnamed = CPC_L7_1_EDX * 32 + 30 },
		  .relation = CPC_RELATION_SAME },
		{ .what = "what guests see on demand",
		  .policy = "xen",
		  .a = { .features = "mpx cmpccxadd" },
		  .there = { .verdict = CPC_MIGRATABLE, .findings = ".hint:mpx .hint:cmpccxadd" },
		  .back = { .verdict = CPC_MIGRATABLE },
		  .relation = CPC_RELATION_BOTH_WAYS },
		{ .what = "and had asked for",
		  .policy = "xen",
		  .a = { .features = "cmpccxadd", .vantage = CPC_GUEST },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE,
			     .findings = "!missing:cmpccxadd",
			     .loses = "cmpccxadd" },
		  .back = { .verdict = CPC_MIGRATABLE },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "supplied, and STIBP with IBRS",
		  .policy = "xen",
		  .a = { .features = "x2apic spec_ctrl intel_stibp" },
		  .b = { .features = "spec_ctrl" },
		  .there = { .verdict = CPC_MIGRATABLE, .findings = ".supplied:x2apic .supplied:intel_stibp" },
		  .back = { .verdict = CPC_MIGRATABLE },
		  .relation = CPC_RELATION_BOTH_WAYS },
		{ .what = "a subset of the featureset, hints too",
		  .policy = "xen",
		  .a = { .features = "fsrm md_clear" },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE,
			     .findings = "!missing:fsrm ~bad-news:md_clear",
			     .loses = "fsrm" },
		  .back = { .verdict = CPC_MIGRATABLE, .findings = "~bad-news:md_clear", .gains = "fsrm" },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "a levelled pool of different flush lines",
		  .policy = "xen",
		  .a = { .features = "avx2", .clf = 128 },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE,
			     .findings = "!missing:avx2 ~unequal:clf",
			     .loses = "avx2" },
		  .back = { .verdict = CPC_MIGRATABLE, .findings = "~unequal:clf", .gains = "avx2" },
		  .relation = CPC_RELATION_ONE_WAY },
	};

	(void)state;
	expect_rows(rows, COUNT(rows));
}

static void test_vmware(void **state)
{
	static const struct row rows[] = {
		{ .what = "a user-level feature more",
		  .policy = "vmware",
		  .b = { .features = "sse4_1" },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE, .findings = "!extra:sse4_1", .gains = "sse4_1" },
		  .back = { .verdict = CPC_COMPATIBILITY_MODE, .findings = "!missing:sse4_1", .loses = "sse4_1" },
		  .relation = CPC_RELATION_COMPATIBILITY_MODE },
		{ .what = "a kernel-level feature more",
		  .policy = "vmware",
		  .b = { .features = "smep" },
		  .there = { .verdict = CPC_MIGRATABLE, .gains = "smep" },
		  .back = { .verdict = CPC_COMPATIBILITY_MODE, .findings = "!missing:smep", .loses = "smep" },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "one more and one less",
		  .policy = "vmware",
		  .a = { .features = "pcid" },
		  .b = { .features = "aes" },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE,
			     .findings = "!missing:pcid !extra:aes",
			     .loses = "pcid",
			     .gains = "aes" },
		  .back = { .verdict = CPC_COMPATIBILITY_MODE,
			    .findings = "!missing:aes",
			    .loses = "aes",
			    .gains = "pcid" },
		  .relation = CPC_RELATION_COMPATIBILITY_MODE },
		{ .what = "what a VM's requirements name, and what they do not",
		  .policy = "vmware",
		  .a = { .features = "erms md_clear x2apic invtsc" },
		  .there = { .verdict = CPC_COMPATIBILITY_MODE,
			     .findings = "!missing:erms !missing:md_clear .supplied:x2apic .hint:invtsc",
			     .loses = "erms md_clear" },
		  .back = { .verdict = CPC_MIGRATABLE, .gains = "erms md_clear" },
		  .relation = CPC_RELATION_ONE_WAY },
		{ .what = "address bits only warn",
		  .policy = "vmware",
		  .b = { .pa = 39 },
		  .there = { .verdict = CPC_MIGRATABLE, .findings = "~above:pa" },
		  .back = { .verdict = CPC_MIGRATABLE },
		  .relation = CPC_RELATION_BOTH_WAYS },
	};

	(void)state;
	expect_rows(rows, COUNT(rows));
}

/* A destination of which the word was not read might have more than the source: that is not known to be fine. */
static void test_vmware_unread(void **state)
{
	const struct host none = { .features = "ssse3" };
	const struct cpc_fingerprint a = fingerprint_of(&none);
	struct cpc_fingerprint b = a;
	const struct cpc_side sides[] = { host_side(&none, &a), host_side(&none, &b) };

	(void)state;
	set_unread(&b, CPC_L7_0_EBX);
	assert_int_equal(quick(&sides[0], &sides[1], cpc_policy_named("vmware")), CPC_VERDICT_UNKNOWN);
	assert_int_equal(quick(&sides[0], &sides[1], cpc_policy_named("kvm")), CPC_MIGRATABLE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hyperv_releases),
		cmocka_unit_test(test_host_model),
		cmocka_unit_test(test_xen),
		cmocka_unit_test(test_vmware),
		cmocka_unit_test(test_vmware_unread),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
