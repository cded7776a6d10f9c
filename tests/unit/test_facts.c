/* SPDX-License-Identifier: MIT */
/*
 * Every named bit against a table that others made: what it says of a bit's rule,
 * features.def must say too, or the difference stands here with its reason.
 */
#include "support.h"

#include <unistd.h>

#define COLUMNS 11
#define LINE_MAX_BYTES 4096

/* Columns of cpuid_bits.tsv and, but for the first ones, of msr_bits.tsv. */
struct columns {
	int leaf, subleaf, reg, lo, hi, name, kind, rule;
};

static const struct columns cpuid_columns = { 0, 1, 2, 3, 4, 5, 7, 8 };
static const struct columns msr_columns = { 0, -1, -1, 1, 2, 3, 5, 6 };

/* Rows on which the two disagree by design. An entry that no longer occurs fails. */
static struct {
	const char *name;
	enum cpc_rule ours;
	const char *why;
	bool seen;
} differences[] = {
	{ "apic", CPC_RULE_NOISE, "mirrors an MSR", false }, { "e_apic", CPC_RULE_NOISE, "mirrors an MSR", false },
	{ "erms", CPC_RULE_HINT, "speed only", false },	     { "fsrm", CPC_RULE_HINT, "speed only", false },
	{ "fzrm", CPC_RULE_HINT, "speed only", false },	     { "fsrs", CPC_RULE_HINT, "speed only", false },
	{ "fsrc", CPC_RULE_HINT, "speed only", false },	     { "amd_fsrs", CPC_RULE_HINT, "speed only", false },
	{ "amd_fsrc", CPC_RULE_HINT, "speed only", false },  { "fsrsc", CPC_RULE_HINT, "speed only", false },
};

static struct {
	size_t rows;
	size_t compared;
	size_t failed;
} tally;

static char *column_of(char **columns, int n)
{
	return n < 0 ? "" : columns[n];
}

static int split(char *line, char **columns)
{
	int count = 0;

	line[strcspn(line, "\r\n")] = '\0';
	while (count < COLUMNS && line) {
		columns[count++] = line;
		line = strchr(line, '\t');
		if (line)
			*line++ = '\0';
	}
	return count;
}

/* The register of words.def that a row is about, and whether there is one. */
static bool register_of(char **columns, const struct columns *at, unsigned int bit, enum cpc_register *ret_reg)
{
	static const char *const regs[] = { "eax", "ebx", "ecx", "edx" };
	const unsigned long leaf = strtoul(columns[at->leaf], NULL, 16);
	const unsigned long subleaf = strtoul(column_of(columns, at->subleaf), NULL, 0);

	for (size_t i = 0; i < CPC_REGISTER_COUNT; i++) {
		const struct cpc_register_info *info = &cpc_registers[i];
		const bool msr = info->place >= CPC_PLACE_MSR_LO;

		if (info->leaf != leaf || msr != (at->reg < 0))
			continue;
		if (msr ? (info->place == CPC_PLACE_MSR_HI) != (bit > 31)
			: info->subleaf != subleaf || strcmp(regs[info->place], columns[at->reg]) != 0)
			continue;
		*ret_reg = (enum cpc_register)i;
		return true;
	}
	return false;
}

static bool starts(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

/* What the table's words mean here; `facts/README` maps them. 0: nothing that a row could contradict. */
static bool agrees(const char *kind, const char *rule, enum cpc_rule ours)
{
	const bool left_out = ours == CPC_RULE_HOST || ours == CPC_RULE_NOISE;

	if (strcmp(kind, "reserved") == 0 && starts(rule, "exclude"))
		return true;
	if (strcmp(kind, "host") == 0)
		return left_out;
	if (strcmp(kind, "immunity") == 0)
		return ours == CPC_RULE_NEED || (starts(rule, "accumulate") && ours == CPC_RULE_ANY);
	if (strcmp(kind, "defeature") == 0)
		return ours == CPC_RULE_ANY;
	if (starts(rule, "subset_nomigrate"))
		return ours == CPC_RULE_BLOCK;
	if (starts(rule, "subset") || starts(rule, "warn_subset"))
		return ours == CPC_RULE_NEED;
	if (starts(rule, "accumulate"))
		return ours == CPC_RULE_ANY;
	if (starts(rule, "exclude") || starts(rule, "capability"))
		return left_out;
	return true;
}

static bool is_known_difference(const struct cpc_feature *feature, enum cpc_rule ours)
{
	for (size_t i = 0; feature && i < COUNT(differences); i++) {
		if (strcmp(differences[i].name, feature->name) != 0 || differences[i].ours != ours)
			continue;
		differences[i].seen = true;
		return true;
	}
	return false;
}

static void hold(char **columns, const struct columns *at)
{
	const unsigned int lo = (unsigned int)strtoul(columns[at->lo], NULL, 10);
	const unsigned int hi = (unsigned int)strtoul(columns[at->hi], NULL, 10);
	const struct cpc_feature *feature;
	enum cpc_register reg;
	enum cpc_rule ours;

	tally.rows++;
	if (lo != hi || !register_of(columns, at, lo, &reg))
		return;
	feature = cpc_feature_at(reg, lo % 32);
	ours = feature ? feature->rule : cpc_registers[reg].unnamed;
	tally.compared++;
	if (agrees(columns[at->kind], columns[at->rule], ours) || is_known_difference(feature, ours))
		return;
	tally.failed++;
	print_error("%s.%s.%s[%u] %s: %s %s, and here %s\n", columns[at->leaf], column_of(columns, at->subleaf),
		    column_of(columns, at->reg), lo, columns[at->name], columns[at->kind], columns[at->rule],
		    cpc_rule_name(ours));
}

static void read_table(const char *shared, const char *name, const struct columns *at)
{
	char path[4096];
	char line[LINE_MAX_BYTES];
	FILE *file;

	assert_true(snprintf(path, sizeof(path), "%s/facts/%s", shared, name) < (int)sizeof(path));
	file = fopen(path, "re");
	assert_non_null(file);
	assert_non_null(fgets(line, sizeof(line), file)); /* the head */
	while (fgets(line, sizeof(line), file)) {
		char *columns[COLUMNS];

		if (split(line, columns) > at->rule)
			hold(columns, at);
	}
	(void)fclose(file);
}

static void test_rules(void **state)
{
	const char *shared = getenv("CPC_SHARED");

	(void)state;
	read_table(shared, "cpuid_bits.tsv", &cpuid_columns);
	read_table(shared, "msr_bits.tsv", &msr_columns);
	printf("%zu rows, %zu bits compared, %zu differ\n", tally.rows, tally.compared, tally.failed);
	for (size_t i = 0; i < COUNT(differences); i++)
		if (!differences[i].seen)
			fail_msg("%s (%s) is no difference any more", differences[i].name, differences[i].why);
	assert_int_equal(tally.failed, 0);
	assert_true(tally.compared > 400);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_rules) };
	const char *shared = getenv("CPC_SHARED");
	char path[4096];

	if (!shared || snprintf(path, sizeof(path), "%s/facts/cpuid_bits.tsv", shared) >= (int)sizeof(path) ||
	    access(path, R_OK)) {
		printf("skipped: there are no facts at %s\n", shared ? shared : "CPC_SHARED");
		return 77;
	}
	return cmocka_run_group_tests(tests, NULL, NULL);
}
