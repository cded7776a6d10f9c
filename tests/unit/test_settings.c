/* SPDX-License-Identifier: MIT */
/* Every kind of setting, well and badly written, and the command line that is made of the same rows. */
#include <string.h>

#include "settings.h"
#include "support.h"

static enum cpc_status parse(struct cpc_settings *settings, enum cpc_command_line *command, struct cpc_error *error,
			     const char *const *arguments)
{
	char *argv[16] = { (char *)"cpucompatd" };
	int argc = 1;

	while (arguments[argc - 1]) {
		argv[argc] = (char *)arguments[argc - 1];
		argc++;
	}
	return cpc_settings_parse(argc, argv, settings, command, error);
}

#define PARSE(...) parse(&settings, &command, &error, (const char *const[]){ __VA_ARGS__, NULL })

static void reads_a_command_line(void **state)
{
	struct cpc_settings settings = { .listen = { .count = 0 } };
	enum cpc_command_line command = CPC_PRINT_HELP;
	struct cpc_error error;

	(void)state;
	assert_int_equal(PARSE("--listen", "127.0.0.1:0", "--listen=[::1]:0", "--replay", "a", "--replay", "b"),
			 CPC_OK);
	assert_int_equal(command, CPC_RUN);
	assert_int_equal(settings.listen.count, 2);
	assert_string_equal(settings.listen.items[1], "[::1]:0");
	assert_string_equal(settings.replay, "b");
	cpc_settings_free(&settings);
	assert_null(settings.replay);
	assert_int_equal(PARSE("--version"), CPC_OK);
	assert_int_equal(command, CPC_PRINT_VERSION);
	assert_int_equal(PARSE("--help", "--nonsense"), CPC_OK);
	assert_int_equal(command, CPC_PRINT_HELP);
	cpc_settings_free(&settings);
}

static void refuses_what_it_does_not_know(void **state)
{
	struct cpc_settings settings = { .listen = { .count = 0 } };
	enum cpc_command_line command = CPC_RUN;
	struct cpc_error error;

	(void)state;
	assert_int_equal(PARSE("--frobnicate"), CPC_USAGE);
	assert_non_null(strstr(error.what, "bad option --frobnicate"));
	assert_int_equal(PARSE("--listen"), CPC_USAGE);
	assert_non_null(strstr(error.what, "no value for --listen"));
	assert_int_equal(PARSE("--listen", ""), CPC_USAGE);
	assert_int_equal(PARSE("operand"), CPC_USAGE);
	assert_non_null(strstr(error.what, "unexpected operand"));
	cpc_settings_free(&settings);
}

static void bounds_what_repeats(void **state)
{
	struct cpc_settings settings = { .listen = { .count = 0 } };
	const struct cpc_setting *listen = cpc_setting_named("listen");
	struct cpc_error error;

	(void)state;
	for (size_t i = 0; i < listen->most; i++)
		assert_int_equal(cpc_settings_take(&settings, listen, "x", &error), CPC_OK);
	assert_int_equal(cpc_settings_take(&settings, listen, "x", &error), CPC_USAGE);
	assert_int_equal(settings.listen.count, listen->most);
	cpc_settings_free(&settings);
}

/** A row as the table could have it, on the memory of any field that is large enough. */
static enum cpc_status take(enum cpc_setting_kind kind, const char *value, unsigned int *ret_number)
{
	const struct cpc_setting row = { .name = "row", .kind = kind, .least = 10, .most = 7200 };
	struct cpc_settings settings = { .listen = { .count = 0 } };
	struct cpc_error error;
	enum cpc_status status = cpc_settings_take(&settings, &row, value, &error);

	*ret_number = 0;
	memcpy(ret_number, &settings, kind == CPC_SETTING_FLAG ? sizeof(bool) : sizeof(*ret_number));
	return status;
}

static void reads_times_numbers_and_flags(void **state)
{
	static const struct {
		enum cpc_setting_kind kind;
		const char *value;
		enum cpc_status status;
		unsigned int number;
	} rows[] = {
		{ CPC_SETTING_SECONDS, "90", CPC_OK, 90 },
		{ CPC_SETTING_SECONDS, "90s", CPC_OK, 90 },
		{ CPC_SETTING_SECONDS, "5min", CPC_OK, 300 },
		{ CPC_SETTING_SECONDS, "2h", CPC_OK, 7200 },
		{ CPC_SETTING_SECONDS, "3h", CPC_USAGE, 0 },
		{ CPC_SETTING_SECONDS, "9s", CPC_USAGE, 0 },
		{ CPC_SETTING_SECONDS, "5 min", CPC_USAGE, 0 },
		{ CPC_SETTING_SECONDS, "min", CPC_USAGE, 0 },
		{ CPC_SETTING_SECONDS, "-90", CPC_USAGE, 0 },
		{ CPC_SETTING_SECONDS, "", CPC_USAGE, 0 },
		{ CPC_SETTING_SECONDS, "99999999999999999999999", CPC_USAGE, 0 },
		{ CPC_SETTING_NUMBER, "10", CPC_OK, 10 },
		{ CPC_SETTING_NUMBER, "10s", CPC_USAGE, 0 },
		{ CPC_SETTING_NUMBER, "0x10", CPC_USAGE, 0 },
		{ CPC_SETTING_FLAG, "yes", CPC_OK, 1 },
		{ CPC_SETTING_FLAG, "no", CPC_OK, 0 },
		{ CPC_SETTING_FLAG, "true", CPC_USAGE, 0 },
	};
	unsigned int number;

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		assert_int_equal(take(rows[i].kind, rows[i].value, &number), rows[i].status);
		assert_int_equal(number, rows[i].number);
	}
}

/** A row of each kind, on memory of its own, that is the same in both, then not, then the other way round. */
static void compares_and_exchanges(void **state)
{
	static const struct {
		enum cpc_setting_kind kind;
		const char *one;
		const char *other;
	} rows[] = {
		{ CPC_SETTING_TEXT, "a", "b" },	    { CPC_SETTING_TEXTS, "a", "b" },
		{ CPC_SETTING_FLAG, "yes", "no" },  { CPC_SETTING_SECONDS, "60", "2min" },
		{ CPC_SETTING_NUMBER, "10", "11" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct cpc_setting row = {
			.name = "row",
			.kind = rows[i].kind,
			.most = 200,
			.field = rows[i].kind == CPC_SETTING_TEXT ? offsetof(struct cpc_settings, replay)
								  : offsetof(struct cpc_settings, listen),
		};
		struct cpc_settings a = { .listen = { .count = 0 } };
		struct cpc_settings b = { .listen = { .count = 0 } };

		assert_true(cpc_setting_equal(&row, &a, &b));
		assert_int_equal(cpc_settings_take(&a, &row, rows[i].one, NULL), CPC_OK);
		assert_false(cpc_setting_equal(&row, &a, &b));
		cpc_setting_swap(&row, &a, &b);
		assert_false(cpc_setting_equal(&row, &b, &a));
		assert_int_equal(cpc_settings_take(&a, &row, rows[i].one, NULL), CPC_OK);
		assert_true(cpc_setting_equal(&row, &a, &b));
		assert_int_equal(cpc_settings_take(&a, &row, rows[i].other, NULL), CPC_OK);
		assert_false(cpc_setting_equal(&row, &a, &b));
		if (rows[i].kind == CPC_SETTING_TEXT || rows[i].kind == CPC_SETTING_TEXTS) {
			cpc_settings_free(&a);
			cpc_settings_free(&b);
		}
	}
}

/** Every row is whole, and every name its own; the help names them all and keeps to 80 columns. */
static void has_whole_rows(void **state)
{
	struct cpc_buffer help = { .length = 0 };

	(void)state;
	cpc_settings_help(&help);
	for (size_t i = 0; i < cpc_setting_count; i++) {
		const struct cpc_setting *row = &cpc_setting_rows[i];

		assert_ptr_equal(cpc_setting_named(row->name), row);
		assert_true((row->argument == NULL) == (row->kind == CPC_SETTING_FLAG));
		assert_non_null(strstr(help.bytes, row->name));
		assert_false(row->kind == CPC_SETTING_TEXTS && row->fallback);
		assert_false(cpc_command_line_only(row->name));
		if (row->kind != CPC_SETTING_TEXT && row->kind != CPC_SETTING_FLAG)
			assert_true(row->most > 0);
	}
	for (const char *line = help.bytes; *line; line += strcspn(line, "\n") + 1)
		assert_true(strcspn(line, "\n") <= 80);
	cpc_buffer_free(&help);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_command_line),	  cmocka_unit_test(refuses_what_it_does_not_know),
		cmocka_unit_test(bounds_what_repeats),	  cmocka_unit_test(reads_times_numbers_and_flags),
		cmocka_unit_test(compares_and_exchanges), cmocka_unit_test(has_whole_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
