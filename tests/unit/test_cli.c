/* SPDX-License-Identifier: MIT */
/* Option parsing, near names, and what a SOURCE is taken for. */
#include "support.h"

#include "catalogue_words.h"
#include "cli_inside.h"

/* Who asks no agent. */
static const struct cpc_client nobody;

static const struct cli_command probe = { .name = "probe",
					  .accepts = CLI_FROM | CLI_FORMAT | CLI_TIMING | CLI_VERBOSE };
static const struct cli_command compare = { .name = "compare", .accepts = CLI_POLICY | CLI_FORMAT };

/** Parse words that end with NULL, from memory that getopt may reorder. */
static enum cpc_status parse(const struct cli_command *command, const char *const *words, struct cli_options *options)
{
	static char copies[16][64];
	static char *argv[17];
	int argc = 0;

	for (; words[argc]; argc++) {
		snprintf(copies[argc], sizeof(copies[argc]), "%s", words[argc]);
		argv[argc] = copies[argc];
	}
	argv[argc] = NULL;
	return cli_parse(command, argc, argv, options);
}

#define PARSE(command, ...) parse(command, (const char *const[]){ (command)->name, __VA_ARGS__, NULL }, &options)

static void test_options(void **state)
{
	struct cli_options options;

	(void)state;
	assert_int_equal(PARSE(&probe, "--format=json", "--timing"), CPC_OK);
	assert_string_equal(options.format, "json");
	assert_true(options.timing);
	assert_false(options.verbose);
	assert_int_equal(PARSE(&probe, "--format", "raw", "--from", "-"), CPC_OK);
	assert_string_equal(options.format, "raw");
	assert_string_equal(options.from, "-");
	assert_int_equal(PARSE(&compare, "a", "--policy", "hyperv-2008r2", "b"), CPC_OK);
	assert_string_equal(options.format, "text");
	assert_string_equal(options.policy->name, "hyperv-2008r2");
	assert_int_equal(options.argument_count, 2);
	assert_string_equal(options.arguments[0], "a");
	assert_string_equal(options.arguments[1], "b");
	assert_int_equal(PARSE(&compare, "--", "--format", "-"), CPC_OK);
	assert_int_equal(options.argument_count, 2);
	assert_string_equal(options.policy->name, CPC_POLICY_DEFAULT);
	assert_int_equal(PARSE(&compare, "--help"), CPC_OK);
	assert_true(options.help);
}

static void test_wrong_options(void **state)
{
	struct cli_options options;

	(void)state;
	assert_int_equal(PARSE(&probe, "--nonsense"), CPC_USAGE);
	assert_int_equal(PARSE(&probe, "-x"), CPC_USAGE);
	assert_int_equal(PARSE(&probe, "--format"), CPC_USAGE);
	assert_int_equal(PARSE(&probe, "--timing=1"), CPC_USAGE);
	assert_int_equal(PARSE(&probe, "--policy", "kvm"), CPC_USAGE);
	assert_int_equal(PARSE(&compare, "--policy", "hyperv-2525"), CPC_USAGE);
	assert_int_equal(PARSE(&compare, "--timing"), CPC_USAGE);
}

static void assert_near(const char *word, struct cpc_names names, const char *expected)
{
	const char *nearest = cpc_nearest(word, names);

	if (!expected) {
		assert_null(nearest);
		return;
	}
	assert_non_null(nearest);
	assert_string_equal(nearest, expected);
}

static void test_nearest(void **state)
{
	char longest[300];

	(void)state;
	assert_near("jsn", cli_report_format_names(), "json");
	assert_near("prom", cli_report_format_names(), "prometheus");
	assert_near("hyperv-2008R2", cli_policy_names(), "hyperv-2008r2");
	assert_near("x86-64-v5", cli_policy_names(), "x86-64-v1");
	assert_near("campare", cli_command_names(), "compare");
	assert_near("qqqqqqqq", cli_command_names(), NULL);
	assert_near("xeon-platinum-9243", cli_catalogue_names(), "xeon-platinum-9242");
	assert_near("ice-lake-ps", cli_catalogue_names(), "ice-lake-sp");
	assert_near("", cli_command_names(), NULL);
	memset(longest, 'x', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	assert_near(longest, cli_command_names(), NULL);
}

static void test_sources(void **state)
{
	char *twice[] = { (char[]){ "-" }, (char[]){ "a" }, (char[]){ "-" } };
	struct cli_source source;
	struct cpc_error error;

	(void)state;
	assert_true(cli_stdin_twice(twice, 3));
	assert_false(cli_stdin_twice(twice, 2));
	assert_int_equal(cli_source_open_one(&nobody, "cpc1:GenuineIntel:6.106.6:1:pa=46", &source, &error), CPC_OK);
	assert_int_equal(source.captures.count, 1);
	assert_int_equal(source.reports[0].fingerprint.model, 106);
	assert_int_equal(strlen(source.names[0]), 8);
	cli_source_close(&source);
	assert_int_equal(cli_source_open(&nobody, "cpc1:nonsense", &source, &error), CPC_BAD_DATA);
	assert_int_equal(cli_source_open(&nobody, "cpc99:x", &source, &error), CPC_BAD_DATA);
	assert_int_equal(cli_source_open(&nobody, "/nonexistent/file", &source, &error), CPC_NO_INPUT);
	assert_int_equal(cli_source_open(&nobody, "/", &source, &error), CPC_BAD_DATA);
	assert_int_equal(cli_source_open(&nobody, "/dev/zero", &source, &error), CPC_BAD_DATA);
	assert_int_equal(cli_source_open(&nobody, "@no such processor", &source, &error), CPC_NO_INPUT);
	assert_int_equal(cli_source_open(&nobody, "", &source, &error), CPC_USAGE);
}

/* How many rows hold all words, first in the list and in its order; or none, and what that is called. */
static size_t selected(const char *first, const char *second, int expected)
{
	char *words[] = { (char *)first, (char *)second };
	struct cpc_candidate *candidates = calloc(cpc_catalogue_count, sizeof(*candidates));
	size_t count = 0;

	assert_non_null(candidates);
	for (size_t i = 0; i < cpc_catalogue_count; i++)
		candidates[i] = cpc_candidate_of(&cpc_catalogue[i]);
	assert_int_equal(
		cli_catalogue_select(words, second ? 2 : first != NULL, candidates, cpc_catalogue_count, &count),
		expected);
	for (size_t i = 0; i < count; i++) {
		assert_true(cpc_candidate_matches(&candidates[i], first ? first : ""));
		assert_true(cpc_candidate_matches(&candidates[i], second ? second : ""));
		assert_true(!i || candidates[i - 1].row < candidates[i].row);
	}
	free(candidates);
	return count;
}

static void test_catalogue_words(void **state)
{
	(void)state;
	assert_int_equal(selected(NULL, NULL, CPC_OK), cpc_catalogue_count);
	assert_true(selected("xeon", NULL, CPC_OK) > 50);
	assert_int_equal(selected("xeon", "9242", CPC_OK), 1);
	assert_int_equal(selected("9242", "XEON", CPC_OK), 1);
	assert_true(selected("Ice Lake-SP", "intel", CPC_OK) > 1);
	assert_int_equal(selected("xeon", "epyc", CPC_NO_INPUT), 0);
	assert_int_equal(selected("xeno", NULL, CPC_NO_INPUT), 0);
	assert_int_equal(selected("qqqqqqqqqq", NULL, CPC_NO_INPUT), 0);
}

static void write_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

/** Two fingerprints in one file: named by line, and too many for a comparison. */
static void test_source_of_many(void **state)
{
	char path[] = "/tmp/test_cli_XXXXXX";
	struct cli_source source;
	struct cpc_error error;
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	write_file(path, "cpc1:GenuineIntel:6.106.6:1:pa=46\ncpc1:GenuineIntel:6.85.4:1:pa=46\n");
	assert_int_equal(cli_source_open_one(&nobody, path, &source, &error), CPC_BAD_DATA);
	assert_int_equal(cli_source_open(&nobody, path, &source, &error), CPC_OK);
	assert_int_equal(source.captures.count, 2);
	assert_non_null(strstr(source.names[1], "#2"));
	cli_source_close(&source);
	remove(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_options),	       cmocka_unit_test(test_wrong_options),
		cmocka_unit_test(test_nearest),	       cmocka_unit_test(test_sources),
		cmocka_unit_test(test_source_of_many), cmocka_unit_test(test_catalogue_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
