/* SPDX-License-Identifier: MIT */
/*
 * What is written by hand about settings names every setting and only those: packaging/cpucompat.conf and the manual
 * pages. The example's lines are also held to mean the same as a key and as a flag. The agent's page names its routes.
 */
#include "routes.h"
#include "settings_support.h"

#define NAME_MAX_LENGTH 40

/** A file of the sources, which the caller frees. */
static char *read_source(const char *name)
{
	const char *source = getenv("CPC_SOURCE");
	char path[4096];
	struct cpc_buffer text = { .length = 0 };
	char piece[4096];
	size_t length;

	assert_non_null(source);
	snprintf(path, sizeof(path), "%s/%s", source, name);
	FILE *file = fopen(path, "re");
	if (!file)
		fail_msg("%s cannot be read", path);
	while ((length = fread(piece, 1, sizeof(piece), file)) > 0)
		cpc_buffer_add(&text, piece, length);
	fclose(file);
	assert_non_null(text.bytes);
	return text.bytes;
}

/** The word after `head` where that begins the line; false elsewhere. */
static bool word_after(const char *line, const char *head, char ret_word[static NAME_MAX_LENGTH])
{
	if (strncmp(line, head, strlen(head)) != 0)
		return false;
	line += strlen(head);
	const size_t length = strspn(line, "abcdefghijklmnopqrstuvwxyz0123456789-");
	if (length == 0 || length >= NAME_MAX_LENGTH)
		return false;
	memcpy(ret_word, line, length);
	ret_word[length] = '\0';
	return true;
}

static const char *next_line(const char *line)
{
	line += strcspn(line, "\n");
	return *line ? line + 1 : line;
}

/** Every row, and nothing else but flags of the command line where those may be, follows `head` on a line. */
static void assert_lists_rows(const char *file, const char *head, bool flags)
{
	char *text = read_source(file);
	bool seen[CPC_SETTINGS_MAX] = { false };
	char name[NAME_MAX_LENGTH];

	for (const char *line = text; *line; line = next_line(line)) {
		if (!word_after(line, head, name) || (flags && cpc_command_line_only(name)))
			continue;
		const struct cpc_setting *row = cpc_setting_named(name);
		if (!row)
			fail_msg("%s has %s%s, which is no setting", file, head, name);
		else
			seen[row - cpc_setting_rows] = true;
	}
	for (size_t i = 0; i < cpc_setting_count; i++)
		if (!seen[i])
			fail_msg("setting %s is not in %s; write it there as a line: %s%s ...",
				 cpc_setting_rows[i].name, file, head, cpc_setting_rows[i].name);
	free(text);
}

static void names_every_setting(void **state)
{
	(void)state;
	assert_lists_rows("packaging/cpucompat.conf", "#", false);
	assert_lists_rows("packaging/man/cpucompat.conf.5", ".It Ic ", false);
	assert_lists_rows("packaging/man/cpucompatd.8", ".Op Fl -", true);
}

/** Whether the path is there as a whole, and not only as the beginning or end of another. */
static bool mentions(const char *text, const char *path)
{
	for (const char *at = strstr(text, path); at; at = strstr(at + 1, path))
		if (at > text && at[-1] == ' ' && strchr(" \n?", at[strlen(path)]))
			return true;
	return false;
}

static void names_every_route(void **state)
{
	char *text = read_source("packaging/man/cpucompatd.8");

	(void)state;
	for (size_t i = 0; i < cpc_route_count; i++) {
		if (!mentions(text, cpc_routes[i].path))
			fail_msg("route %s is not in packaging/man/cpucompatd.8, What it answers", cpc_routes[i].path);
	}
	free(text);
}

/** As it is installed it says nothing. */
static void example_is_all_comments(void **state)
{
	char *text = read_source("packaging/cpucompat.conf");
	struct cpc_settings settings;
	const struct cpc_settings nothing = NO_SETTINGS;
	struct cpc_error error = { .status = CPC_OK };

	(void)state;
	if (read_text(text, &settings, &error))
		fail_msg("line %zu: %s", error.line, error.what);
	for (size_t i = 0; i < cpc_setting_count; i++)
		assert_true(cpc_setting_equal(&cpc_setting_rows[i], &settings, &nothing));
	cpc_settings_free(&settings);
	free(text);
}

/** `#key = value` as it would be without the #, as a line and as a flag. */
static void assert_same_as_flag(const char *line, const struct cpc_setting *row)
{
	char key[CPC_CONFIG_LINE_MOST];
	char flag[CPC_CONFIG_LINE_MOST + 2];
	char *argv[] = { (char *)"cpucompatd", flag, NULL };
	struct cpc_settings of_file;
	struct cpc_settings of_flag = NO_SETTINGS;
	enum cpc_command_line command;
	struct cpc_error error = { .status = CPC_OK };

	snprintf(key, sizeof(key), "%.*s", (int)strcspn(line + 1, "\n"), line + 1);
	const char *value = strstr(key, " = ");
	if (!value) {
		fail_msg("%s: no ' = '", key);
		return;
	}
	snprintf(flag, sizeof(flag), "--%s=%s", row->name, value + strlen(" = "));
	if (read_text(key, &of_file, &error) || cpc_settings_parse(2, argv, &of_flag, &command, &error))
		fail_msg("%s: %s", key, error.what);
	for (size_t i = 0; i < cpc_setting_count; i++)
		if (!cpc_setting_equal(&cpc_setting_rows[i], &of_file, &of_flag))
			fail_msg("%s and %s differ in %s", key, flag, cpc_setting_rows[i].name);
	if (row->fallback && strcmp(row->fallback, value + strlen(" = ")) != 0)
		fail_msg("%s: the default is %s", key, row->fallback);
	cpc_settings_free(&of_file);
	cpc_settings_free(&of_flag);
}

static void example_means_what_it_says(void **state)
{
	char *text = read_source("packaging/cpucompat.conf");
	char name[NAME_MAX_LENGTH];
	size_t lines = 0;

	(void)state;
	for (const char *line = text; *line; line = next_line(line)) {
		if (!word_after(line, "#", name) || !cpc_setting_named(name))
			continue;
		assert_same_as_flag(line, cpc_setting_named(name));
		lines++;
	}
	assert_true(lines >= cpc_setting_count);
	free(text);
}

/** Uncommented as a whole it is a file too. */
static void example_can_be_uncommented(void **state)
{
	char *text = read_source("packaging/cpucompat.conf");
	char name[NAME_MAX_LENGTH];
	struct cpc_settings settings;
	struct cpc_error error = { .status = CPC_OK };

	(void)state;
	for (char *line = text; *line; line = (char *)next_line(line))
		if (word_after(line, "#", name))
			*line = ' ';
	if (read_text(text, &settings, &error))
		fail_msg("line %zu: %s", error.line, error.what);
	assert_int_equal(settings.listen.count, 1);
	cpc_settings_free(&settings);
	free(text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_every_setting),	      cmocka_unit_test(names_every_route),
		cmocka_unit_test(example_is_all_comments),    cmocka_unit_test(example_means_what_it_says),
		cmocka_unit_test(example_can_be_uncommented),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
