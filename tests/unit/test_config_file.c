/* SPDX-License-Identifier: MIT */
/* The configuration file as it should be, and in every way in which it should not. */
#include "settings_support.h"

static void reads_keys_and_values(void **state)
{
	static const char *const texts[] = {
		"listen = 127.0.0.1:1\nlisten = [::1]:2\nreplay = /a b/c=d#e\n",
		"listen=127.0.0.1:1\n\tlisten \t=\t [::1]:2 \t\n# replay = no\n\n   # more\nreplay = /a b/c=d#e",
		"\xef\xbb\xbflisten = 127.0.0.1:1\r\n\r\nlisten = [::1]:2\r\nreplay = /a b/c=d#e\r\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct cpc_settings settings;
		struct cpc_error error = { .status = CPC_OK };

		if (read_text(texts[i], &settings, &error))
			fail_msg("text %zu: %s", i, error.what);
		assert_int_equal(settings.listen.count, 2);
		assert_string_equal(settings.listen.items[0], "127.0.0.1:1");
		assert_string_equal(settings.listen.items[1], "[::1]:2");
		assert_string_equal(settings.replay, "/a b/c=d#e");
		cpc_settings_free(&settings);
	}
}

/** No settings are settings too. */
static void reads_nothing(void **state)
{
	static const char *const texts[] = { "", "\n", "\n\n\n", "#", "# listen = x", "\xef\xbb\xbf", " \t \r\n" };

	(void)state;
	for (size_t i = 0; i < COUNT(texts); i++) {
		struct cpc_settings settings;
		struct cpc_error error = { .status = CPC_OK };

		assert_int_equal(read_text(texts[i], &settings, &error), CPC_OK);
		assert_int_equal(settings.listen.count, 0);
		assert_null(settings.replay);
		cpc_settings_free(&settings);
	}
}

static void assert_refused(const char *text, size_t length, size_t line, const char *what)
{
	struct cpc_settings settings;
	struct cpc_error error = { .status = CPC_OK };

	if (read_bytes(text, length, &settings, &error) != CPC_BAD_DATA)
		fail_msg("accepted: %s", text);
	if (error.line != line || !strstr(error.what, what))
		fail_msg("%zu: %s; expected %zu: %s", error.line, error.what, line, what);
	assert_int_equal(error.status, CPC_BAD_DATA);
	cpc_settings_free(&settings);
}

#define REFUSED(text, line, what) assert_refused(text, sizeof(text) - 1, line, what)

static void refuses_and_says_where(void **state)
{
	(void)state;
	REFUSED("lisen = 127.0.0.1:1\n", 1, "unknown key lisen; did you mean listen?");
	REFUSED("#\n\n--listen = 127.0.0.1:1\n", 3, "did you mean listen?");
	REFUSED("Listen = 127.0.0.1:1\n", 1, "did you mean listen?");
	REFUSED("frobnicate = yes\n", 1, "unknown key frobnicate; cpucompatd --help lists all");
	REFUSED("replay = a\n\nreplay = b\n", 3, "replay again; line 1 has it already");
	REFUSED("listen\n", 1, "no =");
	REFUSED("[agent]\nlisten = 127.0.0.1:1\n", 1, "no =");
	REFUSED("listen =\n", 1, "listen has no value");
	REFUSED("listen = \t\r\n", 1, "listen has no value");
	REFUSED(" = 127.0.0.1:1\n", 1, "no key");
	REFUSED("replay = \"/dump\"\n", 1, "replay is written without quotes");
	REFUSED("replay = '/dump'\n", 1, "replay is written without quotes");
	REFUSED("replay = /dump # of web03\n", 1, "a comment after the value of replay");
	REFUSED("replay = # nothing\n", 1, "a comment after the value of replay");
	REFUSED("\nconfig = /etc/other.conf\n", 2, "config is for the command line alone");
	REFUSED("check = yes\n", 1, "check is for the command line alone");
	REFUSED("listen\xc2\xa0= 127.0.0.1:1\n", 1, "unknown key");
}

static void refuses_what_is_no_text(void **state)
{
	static const char elf[] = "\x7f"
				  "ELF\x02\x01\x01";
	static const char utf16[] = "\xff\xfel\0i\0s\0t\0e\0n\0";

	(void)state;
	REFUSED("replay = a\0b\n", 1, "control character");
	REFUSED("# a\0b\n", 1, "control character");
	REFUSED("replay = a\rb\n", 1, "control character");
	REFUSED("replay = a\x1b[31m\n", 1, "control character");
	REFUSED("replay = a\r\r\n", 1, "control character");
	assert_refused(elf, sizeof(elf), 1, "control character");
	assert_refused(utf16, sizeof(utf16), 1, "control character");
}

/** A line of `length` bytes that is all key, value or comment. */
static void assert_line(const char *head, char filler, size_t length, enum cpc_status expected)
{
	struct cpc_settings settings;
	struct cpc_error error;
	char *text = malloc(length + 1);

	assert_non_null(text);
	memset(text, filler, length);
	memcpy(text, head, strlen(head));
	text[length] = '\n';
	assert_int_equal(read_bytes(text, length + 1, &settings, &error), expected);
	if (!expected && settings.replay)
		assert_int_equal(strlen(settings.replay), length - strlen("replay="));
	cpc_settings_free(&settings);
	free(text);
}

static void bounds_a_line(void **state)
{
	(void)state;
	assert_line("replay=", 'x', CPC_CONFIG_LINE_MOST, CPC_OK);
	assert_line("replay=", 'x', CPC_CONFIG_LINE_MOST + 1, CPC_BAD_DATA);
	assert_line("#", '#', CPC_CONFIG_LINE_MOST, CPC_OK);
	assert_line("#", '#', CPC_CONFIG_LINE_MOST + 1, CPC_BAD_DATA);
	assert_line("=", 'x', CPC_CONFIG_LINE_MOST, CPC_BAD_DATA);
	assert_line("k", 'k', CPC_CONFIG_LINE_MOST, CPC_BAD_DATA);
	assert_line("k", 'k', 10 * CPC_CONFIG_MOST, CPC_BAD_DATA);
	assert_line("", '=', CPC_CONFIG_LINE_MOST, CPC_BAD_DATA);
}

/** What the command line says stays; the file's value must be one all the same, and of a list none is added. */
static void leaves_what_the_command_line_says(void **state)
{
	char *argv[] = { (char *)"cpucompatd", (char *)"--listen", (char *)"127.0.0.1:9", NULL };
	static const char text[] = "listen = 127.0.0.1:1\nreplay = a\nlisten = [::1]:2\n";
	struct cpc_settings settings = NO_SETTINGS;
	struct cpc_error error = { .status = CPC_OK };
	enum cpc_command_line command;

	(void)state;
	assert_int_equal(cpc_settings_parse(3, argv, &settings, &command, &error), CPC_OK);
	assert_int_equal(cpc_settings_read_text(text, strlen(text), &settings, &error), CPC_OK);
	assert_int_equal(settings.listen.count, 1);
	assert_string_equal(settings.listen.items[0], "127.0.0.1:9");
	assert_string_equal(settings.replay, "a");
	assert_int_equal(cpc_settings_read_text("listen =\n", 9, &settings, &error), CPC_BAD_DATA);
	cpc_settings_free(&settings);
}

static void bounds_a_list(void **state)
{
	const size_t most = cpc_setting_named("listen")->most;
	struct cpc_buffer text = { .length = 0 };
	struct cpc_settings settings;
	struct cpc_error error;

	(void)state;
	for (size_t i = 0; i < most; i++)
		cpc_buffer_printf(&text, "listen = 127.0.0.1:%zu\n", i + 1);
	assert_int_equal(read_text(text.bytes, &settings, &error), CPC_OK);
	cpc_settings_free(&settings);
	cpc_buffer_puts(&text, "listen = 127.0.0.1:9999\n");
	assert_refused(text.bytes, text.length, most + 1, "listen");
	cpc_buffer_free(&text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_keys_and_values),  cmocka_unit_test(reads_nothing),
		cmocka_unit_test(refuses_and_says_where), cmocka_unit_test(refuses_what_is_no_text),
		cmocka_unit_test(bounds_a_line),	  cmocka_unit_test(leaves_what_the_command_line_says),
		cmocka_unit_test(bounds_a_list),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
