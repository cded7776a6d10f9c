/* SPDX-License-Identifier: MIT */
/* The setting `peer`, well and badly written, and the files that hold tokens. */
#include "settings_support.h"

#include <sys/stat.h>
#include <unistd.h>

#include "peer_config.h"
#include "peer_line.h"
#include "token.h"

static void reads_lines(void **state)
{
	static const struct {
		const char *text;
		const char *name;
		const char *address;
		const char *shown;
		const char *token_file;
	} rows[] = {
		{ "a http://b", "a", "http://b", "http://b", NULL },
		{ "  web-03.example_1\t https://[::1]:1/x  ", "web-03.example_1", "https://[::1]:1/x",
		  "https://[::1]:1", NULL },
		{ "<script>alert('&\")</script> unix:/run/x", "<script>alert('&\")</script>", "unix:/run/x",
		  "unix:/run/x", NULL },
		{ "a http://b token-file=/x=y", "a", "http://b", "http://b", "/x=y" },
		{ "a HTTP://b/p?q@r", "a", "HTTP://b/p?q@r", "HTTP://b", NULL },
		{ "0123456789012345678901234567890123456789012345678901234567890123 http://b",
		  "0123456789012345678901234567890123456789012345678901234567890123", "http://b", "http://b", NULL },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cpc_peer_line line = { .name = NULL };
		struct cpc_error error;

		if (cpc_peer_line_parse(rows[i].text, &line, &error))
			fail_msg("%s: %s", rows[i].text, error.what);
		assert_int_equal(cpc_peer_line_check(rows[i].text, NULL), CPC_OK);
		assert_string_equal(line.name, rows[i].name);
		assert_string_equal(line.address, rows[i].address);
		assert_string_equal(line.shown, rows[i].shown);
		if (rows[i].token_file)
			assert_string_equal(line.token_file, rows[i].token_file);
		else
			assert_null(line.token_file);
		cpc_peer_line_free(&line);
	}
}

static void refuses_lines(void **state)
{
	static const struct {
		const char *text;
		const char *what;
	} rows[] = {
		{ "", "NAME URL" },
		{ " ", "NAME URL" },
		{ "a", "NAME URL" },
		{ "http://b", "NAME URL" },
		{ "a b", "not an address" },
		{ "a ftp://b", "not an address" },
		{ "a http://", "without a host" },
		{ "a unix:", "path of a socket" },
		{ "a http://b c", "not c" },
		{ "a http://b token-file=", "not token-file=" },
		{ "a http://b token-file=c d", "no more" },
		{ "a http://b\nc", "printable" },
		{ "a\x1b http://b", "printable" },
		{ "\xc3\xa4 http://b", "printable" },
		{ "a http://secret@b", "credentials" },
		{ "a http://u:secret@b:1/x", "credentials" },
		{ "a https://u:secret@", "credentials" },
		{ "01234567890123456789012345678901234567890123456789012345678901234 http://b", "64 characters" },
	};
	char *const long_text = malloc(5000);

	(void)state;
	for (size_t i = 0; i < COUNT(rows); i++) {
		struct cpc_peer_line line = { .name = NULL };
		struct cpc_error error;

		assert_int_equal(cpc_peer_line_parse(rows[i].text, &line, &error), CPC_USAGE);
		if (!strstr(error.what, rows[i].what))
			fail_msg("%s: %s", rows[i].text, error.what);
		assert_null(strstr(error.what, "secret"));
		assert_null(line.name);
	}
	assert_non_null(long_text);
	memset(long_text, 'a', 4999);
	memcpy(long_text, "a http://", 9);
	long_text[4999] = '\0';
	assert_int_equal(cpc_peer_line_check(long_text, NULL), CPC_USAGE);
	free(long_text);
}

/* A file with these bytes, that `mode` says who may read. */
static const char *token_file(const char *bytes, size_t length, mode_t mode)
{
	static char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/tmp/cpc-test-token-%ld", (long)getpid());
	file = fopen(path, "w");
	assert_non_null(file);
	assert_int_equal(fwrite(bytes, 1, length, file), length);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(path, mode), 0);
	return path;
}

static void reads_tokens(void **state)
{
	static const char *const good[] = { "abc", "abc\n", "abc\r\n", "abc\nsecond line\n" };
	static const char *const bad[] = { "", "\n", " abc", "a b", "a\tb\n", "abc \n", "\xc3\xa4" };
	char *token = NULL;
	bool exposed = true;
	char large[5000];
	struct cpc_error error;

	(void)state;
	for (size_t i = 0; i < COUNT(good); i++) {
		assert_int_equal(cpc_token_read("peer-token", token_file(good[i], strlen(good[i]), 0600), &token,
						     &exposed, NULL),
				 CPC_OK);
		assert_string_equal(token, "abc");
		assert_false(exposed);
		cpc_token_free(token);
	}
	token = NULL;
	for (size_t i = 0; i < COUNT(bad); i++)
		assert_int_equal(cpc_token_read("peer-token", token_file(bad[i], strlen(bad[i]), 0600), &token,
						     &exposed, NULL),
				 CPC_BAD_DATA);
	memset(large, 'a', sizeof(large));
	assert_int_equal(
		cpc_token_read("peer-token", token_file(large, sizeof(large), 0600), &token, &exposed, NULL),
		CPC_BAD_DATA);
	assert_int_equal(cpc_token_read("peer-token", "/nonexistent", &token, &exposed, &error), CPC_NO_INPUT);
	assert_non_null(strstr(error.what, "/nonexistent"));
	assert_null(token);
	assert_int_equal(cpc_token_read("peer-token", token_file("abc", 3, 0640), &token, &exposed, NULL), CPC_OK);
	assert_true(exposed);
	cpc_token_free(token);
	unlink(token_file("", 0, 0600));
}

static void wants_names_apart(void **state)
{
	struct cpc_settings settings = NO_SETTINGS;
	struct cpc_error error;

	(void)state;
	assert_int_equal(read_text("peer = ab http://a\npeer = a http://a\npeer = abc http://a\n", &settings, &error),
			 CPC_OK);
	assert_int_equal(cpc_settings_check(&settings, &error), CPC_OK);
	cpc_settings_free(&settings);
	assert_int_equal(read_text("peer = ab http://a\npeer = a http://a\npeer = ab\thttp://b\n", &settings, &error),
			 CPC_OK);
	assert_int_equal(cpc_settings_check(&settings, &error), CPC_USAGE);
	assert_non_null(strstr(error.what, "two peers are named ab;"));
	cpc_settings_free(&settings);
	assert_int_equal(read_text("peer = a http://u:p@b\n", &settings, &error), CPC_BAD_DATA);
	cpc_settings_free(&settings);
	assert_int_equal(read_text("policy = perhaps\n", &settings, &error), CPC_BAD_DATA);
	assert_non_null(strstr(error.what, "perhaps"));
	cpc_settings_free(&settings);
}

/* Own tokens before the shared one, and none is read where nobody needs it. */
static void reads_a_configuration(void **state)
{
	const char *path = token_file("abc\n", 4, 0600);
	struct cpc_settings settings = NO_SETTINGS;
	struct cpc_peer_config config = { .count = 0 };
	struct cpc_peer_config again = { .count = 0 };
	struct cpc_error error;
	char text[512];

	(void)state;
	snprintf(text, sizeof(text),
		 "peer = a http://127.0.0.1:1\npeer = b http://127.0.0.1:2 token-file=%s\npeer-interval = 5s\n", path);
	assert_int_equal(read_text(text, &settings, &error), CPC_OK);
	assert_int_equal(cpc_peer_config_read(&settings, &config, &error), CPC_OK);
	assert_int_equal(config.count, 2);
	assert_null(config.tokens[0]);
	assert_string_equal(config.tokens[1], "abc");
	assert_int_equal(config.interval, 5);
	assert_int_equal(cpc_peer_config_read(&settings, &again, &error), CPC_OK);
	assert_true(cpc_peer_config_same(&config, &again));
	again.tokens[1][0] = 'x';
	assert_false(cpc_peer_config_same(&config, &again));
	cpc_peer_config_free(&again);

	settings.peer_token = strdup(path);
	assert_int_equal(cpc_peer_config_read(&settings, &again, &error), CPC_OK);
	assert_string_equal(again.tokens[0], "abc");
	assert_false(cpc_peer_config_same(&config, &again));
	cpc_peer_config_free(&again);
	unlink(path);
	assert_int_equal(cpc_peer_config_read(&settings, &again, &error), CPC_NO_INPUT);
	assert_true(strncmp(error.what, "peer-token ", strlen("peer-token ")) == 0);
	free(settings.peer_token);
	settings.peer_token = NULL;
	settings.peer_ca = strdup("/nonexistent");
	settings.peer.count = 1;
	assert_int_equal(cpc_peer_config_read(&settings, &again, &error), CPC_NO_INPUT);
	assert_string_equal(error.what, "peer-ca /nonexistent: No such file or directory");
	/* libcurl would wait for a pipe's writer, for ever. */
	free(settings.peer_ca);
	settings.peer_ca = strdup("/dev/null");
	assert_int_equal(cpc_peer_config_read(&settings, &again, &error), CPC_BAD_DATA);
	assert_string_equal(error.what, "peer-ca /dev/null: not a regular file");
	settings.peer.count = 0;
	assert_int_equal(cpc_peer_config_read(&settings, &again, &error), CPC_OK);
	cpc_peer_config_free(&again);
	settings.peer.count = 2;
	cpc_settings_free(&settings);
	cpc_peer_config_free(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_lines),		 cmocka_unit_test(refuses_lines),
		cmocka_unit_test(reads_tokens),		 cmocka_unit_test(wants_names_apart),
		cmocka_unit_test(reads_a_configuration),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
