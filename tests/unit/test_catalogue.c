/* SPDX-License-Identifier: MIT */
/* The catalogue: names that work after an `@`, texts that are fingerprints, and hosts made of rows. */
#include "support.h"

#include <ctype.h>

#include <cpucompat/catalogue.h>

static void test_rows(void **state)
{
	(void)state;
	assert_true(cpc_catalogue_count > 300);
	for (size_t i = 0; i < cpc_catalogue_count; i++) {
		const struct cpc_catalogue_row *row = &cpc_catalogue[i];
		char text[CPC_FINGERPRINT_SIZE];
		const struct cpc_fingerprint fingerprint = parsed(row->fingerprint);
		const struct cpc_signature signature = cpc_catalogue_signature(row);

		cpc_fingerprint_print(&fingerprint, text);
		assert_string_equal(text, row->fingerprint);
		assert_int_equal(fingerprint.foreign[0], '\0');
		assert_ptr_equal(cpc_catalogue_named(row->name), row);
		assert_true(row->source[0]);
		assert_true(strlen(row->brand) < CPC_SHORT_SIZE);
		for (const char *c = row->brand; *c; c++)
			assert_true(isprint((unsigned char)*c));
		assert_memory_equal(signature.vendor, fingerprint.vendor, sizeof(signature.vendor));
		assert_int_equal(signature.family, fingerprint.family);
		assert_int_equal(signature.model, fingerprint.model);
		assert_int_equal(signature.stepping, fingerprint.stepping);
		assert_true(row->part == CPC_PART_SERVER || row->part == CPC_PART_OTHER);
		if (i)
			assert_true(row->part >= cpc_catalogue[i - 1].part);
	}
	assert_int_equal(cpc_catalogue[0].part, CPC_PART_SERVER);
}

static void assert_name(const char *name)
{
	assert_true(islower((unsigned char)name[0]));
	assert_true(strlen(name) < 40);
	for (const char *c = name; *c; c++)
		if (!islower((unsigned char)*c) && !isdigit((unsigned char)*c) && *c != '-')
			fail_msg("%s", name);
}

/* A name is one shell word and never needs quoting; no two rows share one, and no alias is a name. */
static void test_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < cpc_catalogue_count; i++) {
		const struct cpc_catalogue_row *row = &cpc_catalogue[i];

		assert_name(row->name);
		if (!*row->alias)
			continue;
		assert_name(row->alias);
		assert_ptr_equal(cpc_catalogue_named(row->alias), row);
	}
	assert_null(cpc_catalogue_named(""));
	assert_null(cpc_catalogue_named("@none"));
	assert_null(cpc_catalogue_named("no such processor"));
}

/* What was in scripts and documents before there were brands in names. */
static void test_aliases(void **state)
{
	static const char *const names[] = {
		"nehalem-ep",	  "westmere-ep", "sandy-bridge-ep", "ivy-bridge",      "haswell-ep",
		"broadwell-ep",	  "skylake-sp",	 "ice-lake-sp",	    "cascade-lake-sp", "sapphire-rapids",
		"granite-rapids", "barcelona",	 "interlagos",	    "naples",	       "rome",
		"milan",	  "genoa",	 "turin",	    "xeon-gold-6336y",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(names); i++)
		if (!cpc_catalogue_named(names[i]))
			fail_msg("@%s is gone", names[i]);
	assert_string_equal(cpc_catalogue_named("milan")->brand, "AMD EPYC 7713 64-Core Processor");
	assert_int_equal(cpc_catalogue_signature(cpc_catalogue_named("ice-lake-sp")).model, 106);
}

static bool has_unread(const struct cpc_fingerprint *fingerprint)
{
	bool unread = fingerprint->layout_unknown;

	for (unsigned int i = 0; i < CPC_WORDS_MAX; i++)
		unread |= cpc_word_unread(fingerprint, i);
	for (unsigned int i = 0; i < CPC_SCALAR_COUNT; i++)
		unread |= fingerprint->scalars[i].unknown;
	return unread;
}

/* A policy that demands features of every host finds old processors wanting, themselves included. */
static void check_itself(const struct cpc_policy *policy)
{
	size_t counts[CPC_VERDICT_COUNT] = { 0 };

	for (size_t i = 0; i < cpc_catalogue_count; i++) {
		const struct cpc_fingerprint fingerprint = parsed(cpc_catalogue[i].fingerprint);
		const struct cpc_fingerprint twin = fingerprint;
		const struct cpc_side side = side_of(&fingerprint);
		const struct cpc_side other = side_of(&twin);
		enum cpc_verdict verdict;
		struct cpc_lens lens;

		cpc_lens_of(policy, fingerprint.vendor, false, &lens);
		assert_int_equal(cpc_verdict_of(&side, &side, &lens), CPC_SAME);
		verdict = cpc_verdict_of(&side, &other, &lens);
		counts[verdict]++;
		if (verdict != CPC_SAME && !has_unread(&fingerprint))
			fail_msg("%s under %s: %s", cpc_catalogue[i].name, policy->name, cpc_verdict_name(verdict));
	}
	assert_int_equal(counts[CPC_COMPATIBILITY_MODE] + counts[CPC_IMPOSSIBLE], 0);
	assert_true(counts[CPC_SAME] > cpc_catalogue_count / 2);
	printf("%s: of %zu rows %zu are the same as a twin, and %zu but for what was not read\n", policy->name,
	       cpc_catalogue_count, counts[CPC_SAME], counts[CPC_MIGRATABLE] + counts[CPC_VERDICT_UNKNOWN]);
}

/* A processor is the same as itself; as another of its kind it is, but for what was not read. */
static void test_itself(void **state)
{
	(void)state;
	for (size_t i = 0; i < CPC_POLICY_COUNT; i++)
		if (!cpc_policies[i].required.count)
			check_itself(&cpc_policies[i]);
}

static enum cpc_requirement_status status_of(enum cpc_tristate virtualization, enum cpc_tristate slat,
					     enum cpc_requirement_id id)
{
	const struct cpc_catalogue_row row = {
		.name = "a",
		.alias = "",
		.virtualization = virtualization,
		.slat = slat,
		.brand = "A",
		.fingerprint = "cpc1:GenuineIntel:6.106.6:1-78bf9ff-0-0-0-0-0-0-0-0-0-0-0-0-0-1-20100000:pa=46",
		.source = "nowhere",
	};
	struct cpc_capture capture = { 0 };
	struct cpc_report report;

	assert_int_equal(cpc_catalogue_capture(&row, &capture, NULL), CPC_OK);
	cpc_report_of(&capture, &report);
	assert_string_equal(report.brand, "A");
	assert_int_equal(report.vantage, CPC_DUMP);
	return report.requirements[id].status;
}

/* A row tells what its fingerprint does not. */
static void test_requirements(void **state)
{
	const struct cpc_catalogue_row bad = { .name = "a", .alias = "", .brand = "", .fingerprint = "cpc1:nonsense" };
	struct cpc_capture capture = { 0 };
	struct cpc_error error = { 0 };

	(void)state;
	assert_int_equal(status_of(CPC_SET, CPC_SET, CPC_HARDWARE_VIRTUALIZATION), CPC_PRESENT);
	assert_int_equal(status_of(CPC_SET, CPC_SET, CPC_SLAT), CPC_PRESENT);
	assert_int_equal(status_of(CPC_SET, CPC_CLEAR, CPC_SLAT), CPC_ABSENT);
	assert_int_equal(status_of(CPC_SET, CPC_UNKNOWN, CPC_SLAT), CPC_REQUIREMENT_UNKNOWN);
	assert_int_equal(status_of(CPC_CLEAR, CPC_UNKNOWN, CPC_HARDWARE_VIRTUALIZATION), CPC_ABSENT);
	assert_int_equal(status_of(CPC_CLEAR, CPC_UNKNOWN, CPC_SLAT), CPC_ABSENT);
	assert_int_equal(status_of(CPC_UNKNOWN, CPC_UNKNOWN, CPC_HARDWARE_VIRTUALIZATION), CPC_REQUIREMENT_UNKNOWN);
	assert_int_equal(status_of(CPC_SET, CPC_SET, CPC_LONG_MODE), CPC_PRESENT);
	assert_int_equal(cpc_catalogue_capture(&bad, &capture, &error), CPC_BAD_DATA);
	assert_true(error.what[0]);
	assert_int_equal(cpc_catalogue_signature(&bad).family, 0);
	assert_int_equal(cpc_catalogue_signature(&bad).vendor[0], '\0');
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows),   cmocka_unit_test(test_names),	    cmocka_unit_test(test_aliases),
		cmocka_unit_test(test_itself), cmocka_unit_test(test_requirements),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
