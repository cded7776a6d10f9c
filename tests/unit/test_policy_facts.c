/* SPDX-License-Identifier: MIT */
/*
 * The rows of Hyper-V and Xen against tables that others made of what those platforms
 * compare, show and hide. Each difference stands here with its reason; one that no
 * longer occurs fails.
 */
#include "support.h"

#include <unistd.h>

#define COLUMNS 12
#define LINE_MAX_BYTES 4096
#define VENDORS 2

static const char *const vendors[VENDORS] = { "GenuineIntel", "AuthenticAMD" };
static const char *const vendor_words[VENDORS] = { "intel", "amd" };

/* A row of tab-separated columns; those that are missing are "". */
struct row {
	char line[LINE_MAX_BYTES];
	const char *at[COLUMNS];
};

static FILE *open_table(const char *name)
{
	char path[4096];
	char head[LINE_MAX_BYTES];
	FILE *file;

	assert_true(snprintf(path, sizeof(path), "%s/facts/%s", getenv("CPC_SHARED"), name) < (int)sizeof(path));
	file = fopen(path, "re");
	assert_non_null(file);
	assert_non_null(fgets(head, sizeof(head), file));
	return file;
}

static bool next_row(FILE *file, struct row *ret_row)
{
	char *rest = ret_row->line;

	if (!fgets(ret_row->line, sizeof(ret_row->line), file))
		return false;
	ret_row->line[strcspn(ret_row->line, "\r\n")] = '\0';
	for (int i = 0; i < COLUMNS; i++) {
		ret_row->at[i] = rest ? rest : "";
		rest = rest ? strchr(rest, '\t') : NULL;
		if (rest)
			*rest++ = '\0';
	}
	return true;
}

/* The bit at a place as the tables write it: `00000007` or `msr0000010a`, subleaf, `ebx` or `lo`. */
static const struct cpc_feature *feature_of(const char *leaf, const char *subleaf, const char *reg, const char *bit)
{
	static const char *const regs[] = { "eax", "ebx", "ecx", "edx", "lo", "hi" };
	const bool msr = strncmp(leaf, "msr", 3) == 0;
	const unsigned long number = strtoul(msr ? leaf + 3 : leaf, NULL, 16);
	char *end;
	const unsigned long at = strtoul(bit, &end, 10);

	if (!*leaf || !*bit || *end)
		return NULL;
	for (size_t i = 0; i < CPC_REGISTER_COUNT; i++) {
		const struct cpc_register_info *info = &cpc_registers[i];

		if (info->leaf == number && (info->place >= CPC_PLACE_MSR_LO) == msr &&
		    (msr || info->subleaf == strtoul(subleaf, NULL, 0)) && strcmp(regs[info->place], reg) == 0)
			return cpc_feature_at((enum cpc_register)i, (unsigned int)at);
	}
	return NULL;
}

/* Where policy and table disagree by design. `policy` is NULL where that is so of every policy. */
struct difference {
	const char *policy;
	const char *what;
	const char *vendor; /* NULL: of either */
	const char *why;
	bool seen;
};

static bool is_known(struct difference *differences, size_t count, const char *policy, const char *what,
		     const char *vendor)
{
	for (size_t i = 0; i < count; i++) {
		struct difference *known = &differences[i];

		if ((known->policy && strcmp(known->policy, policy) != 0) || strcmp(known->what, what) != 0 ||
		    (known->vendor && strcmp(known->vendor, vendor) != 0))
			continue;
		known->seen = true;
		return true;
	}
	return false;
}

static void expect_all_seen(const struct difference *differences, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (!differences[i].seen)
			fail_msg("%s (%s) is no difference any more", differences[i].what, differences[i].why);
}

static bool is_kept_bit(const struct cpc_feature *feature)
{
	return feature && feature->reg < CPC_WORD_COUNT && feature->rule != CPC_RULE_HOST &&
	       feature->rule != CPC_RULE_NOISE;
}

static bool compares(const struct cpc_lens *lens, const struct cpc_feature *feature)
{
	return lens->compared[feature->reg] >> feature->bit & 1U;
}

/* By the names of hyperv_features.tsv, without their `_support`. */
#define HYPERV_FEATURES 256
static struct {
	char name[64];
	const struct cpc_feature *at[VENDORS];
} hyperv[HYPERV_FEATURES];
static size_t hyperv_count;

static size_t hyperv_named(const char *name)
{
	const size_t length = strlen(name) - (strstr(name, "_support") ? strlen(strstr(name, "_support")) : 0);
	size_t i = 0;

	assert_true(length < sizeof(hyperv[0].name));
	while (i < hyperv_count && (strlen(hyperv[i].name) != length || strncmp(hyperv[i].name, name, length) != 0))
		i++;
	assert_true(i < HYPERV_FEATURES);
	if (i == hyperv_count)
		memcpy(hyperv[hyperv_count++].name, name, length);
	return i;
}

static void read_hyperv_features(void)
{
	FILE *file = open_table("hyperv_features.tsv");
	struct row row;

	while (next_row(file, &row)) {
		const struct cpc_feature *feature = feature_of(row.at[5], row.at[6], row.at[7], row.at[8]);
		const size_t id = hyperv_named(row.at[2]);

		for (int i = 0; i < VENDORS; i++)
			if (strcmp(row.at[4], "both") == 0 || strcmp(row.at[4], vendor_words[i]) == 0)
				hyperv[id].at[i] = feature;
	}
	(void)fclose(file);
}

#define OPENVMM "microsoft/openvmm, cpu_profile hv_banks.rs"

/* Every feature bit that the hypervisor has today, and that a fingerprint keeps, is compared under the newest row. */
static struct difference newest[] = {
	{ NULL, "ibrs_all", "amd", "AutoIBRS: not in the map of " OPENVMM, false },
	{ NULL, "rsb_a_no", "intel", "not in the map of " OPENVMM, false },
	{ NULL, "fs_rep_stosb", "amd", "controls leaf 7.1 alone: " OPENVMM, false },
	{ NULL, "fs_rep_cmpsb", "amd", "controls leaf 7.1 alone: " OPENVMM, false },
	{ NULL, "prefetch_i", "amd", "controls leaf 7.1 alone: " OPENVMM, false },
	{ NULL, "intel_prefetch", "amd", "shown to AMD's guests whatever the bit says: " OPENVMM, false },
	{ NULL, "amd_processor_topology_node_id", "amd", "a guess, and not in the map of " OPENVMM, false },
};

static void test_hyperv_newest(void **state)
{
	size_t compared = 0;
	size_t failed = 0;

	(void)state;
	for (int i = 0; i < VENDORS; i++) {
		static struct cpc_lens lens;

		cpc_lens_of(cpc_policy_named("hyperv-2025"), vendors[i], false, &lens);
		for (size_t j = 0; j < hyperv_count; j++) {
			if (!is_kept_bit(hyperv[j].at[i]))
				continue;
			compared++;
			if (compares(&lens, hyperv[j].at[i]) ||
			    is_known(newest, COUNT(newest), "hyperv-2025", hyperv[j].name, vendor_words[i]))
				continue;
			print_error("hyperv-2025 on %s: %s is not compared\n", vendors[i], hyperv[j].name);
			failed++;
		}
	}
	printf("%zu feature bits of the hypervisor, %zu differ\n", compared, failed);
	assert_int_equal(failed, 0);
	assert_true(compared > 200);
	expect_all_seen(newest, COUNT(newest));
}

/* What each release is said to show and hide in its mode: it compares these, and keeps those that are shown. */
static struct difference per_release[] = {
	{ "hyperv-2016", "intel_prefetch", "amd", "shown to AMD's guests whatever the bit says: " OPENVMM, false },
};

static const struct {
	const char *words;
	const char *policy;
} releases[] = {
	{ "2008R2", "hyperv-2008r2" },
	{ "2012/2012R2", "hyperv-2012" },
	{ "2016/2019", "hyperv-2016" },
};

/* The bits that a release's table names, per vendor, to find what we list and it does not. */
static uint32_t named_bits[COUNT(releases)][VENDORS][CPC_WORDS_MAX];

static size_t hold_mode_row(const struct row *row, size_t release, int vendor)
{
	const struct cpc_policy *policy = cpc_policy_named(releases[release].policy);
	const struct cpc_feature *feature = hyperv[hyperv_named(row->at[2])].at[vendor];
	static struct cpc_lens lens;
	const bool shown = strcmp(row->at[3], "visible") == 0;

	if (strcmp(row->at[2], "cache_line_flush_size") == 0) {
		assert_int_equal(policy->forced_clf, strtoul(strchr(row->at[3], '=') + 1, NULL, 10) * 8);
		return 0;
	}
	/* A feature of the other vendor's processors is hidden on this one's, which do not have it. */
	if (!feature)
		feature = hyperv[hyperv_named(row->at[2])].at[1 - vendor];
	if (!is_kept_bit(feature))
		return 0;
	cpc_lens_of(policy, vendors[vendor], false, &lens);
	named_bits[release][vendor][feature->reg] |= UINT32_C(1) << feature->bit;
	if (compares(&lens, feature) && cpc_policy_keeps(policy, vendors[vendor], feature) == shown)
		return 0;
	if (is_known(per_release, COUNT(per_release), policy->name, row->at[2], vendor_words[vendor]))
		return 0;
	print_error("%s on %s: %s is %s\n", policy->name, vendors[vendor], row->at[2], row->at[3]);
	return 1;
}

/* Nothing more is compared than the table names, but for the states of those features. */
static size_t hold_rest(size_t release, int vendor)
{
	static struct cpc_lens lens;
	size_t failed = 0;

	cpc_lens_of(cpc_policy_named(releases[release].policy), vendors[vendor], false, &lens);
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++) {
		const struct cpc_feature *feature = &cpc_features[i];

		if (feature->reg >= CPC_WORD_COUNT || cpc_is_component(feature) || !compares(&lens, feature) ||
		    named_bits[release][vendor][feature->reg] >> feature->bit & 1U)
			continue;
		print_error("%s on %s: compares %s, which the table does not name\n", releases[release].policy,
			    vendors[vendor], feature->name);
		failed++;
	}
	return failed;
}

static void test_hyperv_modes(void **state)
{
	FILE *file = open_table("hyperv_compat_mode.tsv");
	struct row row;
	size_t rows = 0;
	size_t failed = 0;

	(void)state;
	while (next_row(file, &row)) {
		for (size_t i = 0; i < COUNT(releases); i++) {
			if (strcmp(row.at[0], releases[i].words) != 0)
				continue;
			failed += hold_mode_row(&row, i, strcmp(row.at[1], "amd") == 0);
			rows++;
		}
	}
	(void)fclose(file);
	for (size_t i = 0; i < COUNT(releases); i++)
		for (int vendor = 0; vendor < VENDORS; vendor++)
			failed += hold_rest(i, vendor);
	printf("%zu rows of modes, %zu differ\n", rows, failed);
	assert_int_equal(failed, 0);
	assert_int_equal(rows, 232);
	expect_all_seen(per_release, COUNT(per_release));
}

/* A status code a missing feature: each of those that are bits is compared under the row of 2008 R2. */
static void test_hyperv_codes(void **state)
{
	static const struct {
		const char *name;
		enum cpc_feature_id id;
	} states[] = { { "xsave_legacy_sse", CPC_F_xcr0_sse }, { "xsave_avx", CPC_F_xcr0_avx } };
	FILE *file = open_table("hyperv_reason_codes.tsv");
	static struct cpc_lens lens;
	struct row row;
	size_t bits = 0;

	(void)state;
	cpc_lens_of(cpc_policy_named("hyperv-2008r2"), vendors[0], false, &lens);
	while (next_row(file, &row)) {
		const struct cpc_feature *feature = NULL;

		for (size_t i = 0; i < hyperv_count && !feature; i++)
			if (strcmp(hyperv[i].name, row.at[1]) == 0)
				feature = hyperv[i].at[0] ? hyperv[i].at[0] : hyperv[i].at[1];
		for (size_t i = 0; i < COUNT(states); i++)
			if (strcmp(states[i].name, row.at[1]) == 0)
				feature = &cpc_features[states[i].id];
		if (!feature)
			continue;
		bits++;
		if (!compares(&lens, feature))
			fail_msg("hyperv-2008r2 does not compare %s, and has a code for it", row.at[1]);
	}
	(void)fclose(file);
	/* All 24 but the flush line, the save area, the unknown state and the vendor. */
	assert_int_equal(bits, 20);
}

/* Xen calls these special: it folds the host's own into each guest's view, by code and not by the table. */
static struct difference folded[] = {
	{ NULL, "FDP_EXCP_ONLY", NULL, "recalculate_cpuid_policy()", false },
	{ NULL, "NO_FPU_SEL", NULL, "recalculate_cpuid_policy()", false },
	{ NULL, "RSBA", NULL, "calculate_hvm_def_policy()", false },
	{ NULL, "RRSBA", NULL, "calculate_hvm_def_policy()", false },
};

static size_t hold_xen(const struct row *row, const struct cpc_lens *given, const struct cpc_lens *asked,
		       uint32_t *ret_named)
{
	const struct cpc_feature *feature = feature_of(row->at[3], row->at[4], row->at[5], row->at[2]);
	const bool hidden = strcmp(row->at[7], "none") == 0;
	const bool on_demand = strstr(row->at[7], "(opt-in)") != NULL;
	bool right;

	if (!is_kept_bit(feature))
		return 0;
	ret_named[feature->reg] |= UINT32_C(1) << feature->bit;
	right = compares(asked, feature) == !hidden;
	/* What guests get on demand alone moves no verdict of a host's own. */
	if (!hidden)
		right &= on_demand == (bool)(given->hint[feature->reg] >> feature->bit & 1U);
	/* A pool ORs what is bad news, and ANDs the rest. */
	if (!hidden)
		right &= (strcmp(row->at[9], "or") == 0) == (bool)(given->any[feature->reg] >> feature->bit & 1U);
	if (right || is_known(folded, COUNT(folded), "xen", row->at[0], ""))
		return 0;
	print_error("xen: %s is for %s, %s\n", row->at[0], row->at[7], row->at[9]);
	return 1;
}

static void test_xen(void **state)
{
	FILE *file = open_table("xen_featureset.tsv");
	static struct cpc_lens given;
	static struct cpc_lens asked;
	uint32_t named[CPC_WORDS_MAX] = { 0 };
	struct row row;
	size_t rows = 0;
	size_t failed = 0;

	(void)state;
	cpc_lens_of(cpc_policy_named("xen"), vendors[0], false, &given);
	cpc_lens_of(cpc_policy_named("xen"), vendors[0], true, &asked);
	while (next_row(file, &row)) {
		failed += hold_xen(&row, &given, &asked, named);
		rows++;
	}
	(void)fclose(file);
	for (size_t i = 0; i < CPC_FEATURE_COUNT; i++) {
		const struct cpc_feature *feature = &cpc_features[i];

		if (feature->reg < CPC_WORD_COUNT && compares(&asked, feature) && !cpc_is_component(feature) &&
		    !(named[feature->reg] >> feature->bit & 1U)) {
			print_error("xen: compares %s, which is not in its featureset\n", feature->name);
			failed++;
		}
	}
	printf("%zu bits of Xen's featureset, %zu differ\n", rows, failed);
	assert_int_equal(failed, 0);
	assert_int_equal(rows, 287);
	expect_all_seen(folded, COUNT(folded));
}

static int setup(void **state)
{
	(void)state;
	read_hyperv_features();
	return 0;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hyperv_newest),
		cmocka_unit_test(test_hyperv_modes),
		cmocka_unit_test(test_hyperv_codes),
		cmocka_unit_test(test_xen),
	};
	const char *shared = getenv("CPC_SHARED");
	char path[4096];

	if (!shared || snprintf(path, sizeof(path), "%s/facts/xen_featureset.tsv", shared) >= (int)sizeof(path) ||
	    access(path, R_OK)) {
		printf("skipped: there are no facts at %s\n", shared ? shared : "CPC_SHARED");
		return 77;
	}
	return cmocka_run_group_tests(tests, setup, NULL);
}
