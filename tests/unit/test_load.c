/* SPDX-License-Identifier: MIT */
/* Settings from the command line and a real file, and again after the file has changed. */
#include "settings_support.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "file.h"

static char folder[] = "/tmp/cpc-load-XXXXXX";
static char path[64];

static int make_folder(void **state)
{
	(void)state;
	if (!mkdtemp(folder))
		return -1;
	snprintf(path, sizeof(path), "%s/cpucompat.conf", folder);
	return 0;
}

static int remove_folder(void **state)
{
	(void)state;
	unlink(path);
	return rmdir(folder);
}

static void write_file(const char *text)
{
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
}

struct loaded {
	struct cpc_settings settings;
	struct cpc_error error;
	enum cpc_command_line command;
	enum cpc_status status;
};

/** With the file, and so many words more on the command line. */
static struct loaded load(const char *file, const char *const *words)
{
	static char *argv[16];
	struct loaded loaded = { .command = CPC_PRINT_HELP };
	int argc = 0;

	argv[argc++] = (char *)"cpucompatd";
	argv[argc++] = (char *)"--config";
	argv[argc++] = (char *)file;
	while (*words)
		argv[argc++] = (char *)*words++;
	argv[argc] = NULL;
	loaded.status = cpc_settings_load(argc, argv, &loaded.settings, &loaded.command, &loaded.error);
	return loaded;
}

#define LOAD(file, ...) load(file, (const char *const[]){ __VA_ARGS__, NULL })
#define LOAD_FILE(file) load(file, (const char *const[]){ NULL })

static void reads_a_file(void **state)
{
	(void)state;
	write_file("listen = 127.0.0.1:1\nlisten = [::1]:2\nreplay = a\n");
	struct loaded loaded = LOAD(path, "--replay", "b");
	assert_int_equal(loaded.status, CPC_OK);
	assert_int_equal(loaded.command, CPC_RUN);
	assert_int_equal(loaded.settings.listen.count, 2);
	assert_string_equal(loaded.settings.replay, "b");
	assert_string_equal(cpc_settings_file(&loaded.settings), path);
	cpc_settings_free(&loaded.settings);
	loaded = LOAD(path, "--check", "--listen=127.0.0.1:3");
	assert_int_equal(loaded.status, CPC_OK);
	assert_int_equal(loaded.command, CPC_CHECK);
	assert_int_equal(loaded.settings.listen.count, 1);
	assert_string_equal(loaded.settings.replay, "a");
	cpc_settings_free(&loaded.settings);
}

static void reads_no_file(void **state)
{
	(void)state;
	struct loaded loaded = LOAD_FILE("none");
	assert_int_equal(loaded.status, CPC_OK);
	assert_null(cpc_settings_file(&loaded.settings));
	cpc_settings_free(&loaded.settings);
	loaded = LOAD("/nonexistent", "--help");
	assert_int_equal(loaded.status, CPC_OK);
	assert_int_equal(loaded.command, CPC_PRINT_HELP);
	cpc_settings_free(&loaded.settings);
}

static void assert_fails(const char *file, enum cpc_status status, const char *what)
{
	struct loaded loaded = LOAD_FILE(file);

	assert_int_equal(loaded.status, status);
	if (strncmp(loaded.error.what, file, strlen(file)) != 0 || !strstr(loaded.error.what, what))
		fail_msg("%s", loaded.error.what);
	cpc_settings_free(&loaded.settings);
}

static void names_the_file(void **state)
{
	char *long_name = malloc(3000);
	struct cpc_error error = { .line = 7, .status = CPC_BAD_DATA, .what = "what" };

	(void)state;
	write_file("\nlisen = 127.0.0.1:1\n");
	assert_fails(path, CPC_BAD_DATA, "cpucompat.conf:2: unknown key lisen; did you mean listen?");
	assert_fails("/nonexistent", CPC_NO_INPUT, ": No such file or directory");
	struct loaded loaded = LOAD_FILE("");
	assert_int_equal(loaded.status, CPC_USAGE);
	cpc_settings_free(&loaded.settings);
	assert_non_null(long_name);
	memset(long_name, '/', 2999);
	memcpy(long_name + 2999 - strlen("end.conf"), "end.conf", sizeof("end.conf"));
	assert_int_equal(cpc_file_fail(&error, long_name, &(struct cpc_error){ .line = 7, .what = "what" }), 0);
	assert_non_null(strstr(error.what, "/end.conf:7: what"));
	assert_true(strlen(error.what) < 100);
	free(long_name);
}

/** Nothing but a regular file is read, and nothing is waited for. */
static void refuses_what_is_no_file(void **state)
{
	char fifo[96];

	(void)state;
	snprintf(fifo, sizeof(fifo), "%s/fifo", folder);
	assert_int_equal(mkfifo(fifo, 0600), 0);
	alarm(10);
	assert_fails(fifo, CPC_BAD_DATA, ": not a regular file");
	alarm(0);
	unlink(fifo);
	assert_fails(folder, CPC_BAD_DATA, ": not a regular file");
	assert_fails("/dev/zero", CPC_BAD_DATA, ": not a regular file");
	assert_int_equal(symlink("fifo", fifo), 0);
	assert_fails(fifo, CPC_NO_INPUT, ": Too many levels");
	unlink(fifo);
}

static void bounds_the_file(void **state)
{
	static char text[CPC_CONFIG_MOST + 2];

	(void)state;
	memset(text, '\n', CPC_CONFIG_MOST + 1);
	write_file(text);
	assert_fails(path, CPC_BAD_DATA, ": longer than 1048576 bytes");
	text[CPC_CONFIG_MOST] = '\0';
	write_file(text);
	struct loaded loaded = LOAD_FILE(path);
	assert_int_equal(loaded.status, CPC_OK);
	cpc_settings_free(&loaded.settings);
}

static void says_what_is_not_permitted(void **state)
{
	(void)state;
	write_file("");
	assert_int_equal(chmod(path, 0), 0);
	if (geteuid() != 0)
		assert_fails(path, CPC_DENIED, ": Permission denied");
	else if (seteuid(65534) == 0) {
		chmod(folder, 0755);
		assert_fails(path, CPC_DENIED, ": Permission denied");
		assert_int_equal(seteuid(0), 0);
	}
	chmod(path, 0600);
}

/** Every row that has a fallback holds it where nothing else is said, and the file replaces it. */
static void falls_back(void **state)
{
	(void)state;
	struct loaded loaded = LOAD_FILE("none");
	assert_int_equal(loaded.status, CPC_OK);
	for (size_t i = 0; i < cpc_setting_count; i++) {
		const struct cpc_setting *row = &cpc_setting_rows[i];
		struct cpc_settings expected = NO_SETTINGS;

		if (row->fallback)
			assert_int_equal(cpc_settings_take(&expected, row, row->fallback, NULL), CPC_OK);
		if (!cpc_setting_equal(row, &expected, &loaded.settings))
			fail_msg("%s does not fall back on %s", row->name, row->fallback ? row->fallback : "nothing");
		cpc_settings_free(&expected);
	}
	cpc_settings_free(&loaded.settings);
}

/** Reload, and return what was logged meanwhile, in a buffer of the callee. */
static const char *reload(struct cpc_settings *settings)
{
	static char logged[4096];
	const int kept = dup(STDERR_FILENO);
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_true(dup2(ends[1], STDERR_FILENO) >= 0);
	close(ends[1]);
	cpc_settings_reload(settings);
	assert_true(dup2(kept, STDERR_FILENO) >= 0);
	close(kept);
	const ssize_t length = read(ends[0], logged, sizeof(logged) - 1);
	assert_true(length >= 0);
	logged[length] = '\0';
	close(ends[0]);
	return logged;
}

static size_t lines_in(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

static void reloads_what_can_be(void **state)
{
	(void)state;
	write_file("listen = 127.0.0.1:1\nreplay = a\n");
	struct loaded loaded = LOAD_FILE(path);
	assert_int_equal(loaded.status, CPC_OK);
	assert_string_equal(reload(&loaded.settings), "");

	write_file("listen = 127.0.0.1:2\nreplay = b\n");
	const char *logged = reload(&loaded.settings);
	assert_int_equal(lines_in(logged), 2);
	assert_non_null(strstr(logged, "<5>cpucompatd: listen changed in /tmp/"));
	assert_non_null(strstr(logged, "/cpucompat.conf; restart to apply\n"));
	assert_non_null(strstr(logged, "<6>cpucompatd: replay changed in /tmp/"));
	assert_string_equal(loaded.settings.listen.items[0], "127.0.0.1:1");
	assert_string_equal(loaded.settings.replay, "b");

	write_file("listen = 127.0.0.1:1\n");
	assert_int_equal(lines_in(reload(&loaded.settings)), 1);
	assert_null(loaded.settings.replay);
	cpc_settings_free(&loaded.settings);
}

static void keeps_what_was_when_the_file_is_broken(void **state)
{
	static const char *const texts[] = { "replay = b\nlisen = 127.0.0.1:1\n", "replay = b\nreplay = c\n",
					     "replay\n" };
	const char *logged;

	(void)state;
	write_file("replay = a\n");
	struct loaded loaded = LOAD_FILE(path);
	assert_int_equal(loaded.status, CPC_OK);
	for (size_t i = 0; i < COUNT(texts); i++) {
		write_file(texts[i]);
		logged = reload(&loaded.settings);
		assert_int_equal(lines_in(logged), 1);
		assert_non_null(strstr(logged, "<4>"));
		assert_non_null(strstr(logged, "; the settings stay as they were\n"));
		assert_string_equal(loaded.settings.replay, "a");
	}
	unlink(path);
	assert_non_null(strstr(reload(&loaded.settings), "No such file"));
	assert_string_equal(loaded.settings.replay, "a");
	cpc_settings_free(&loaded.settings);
}

static void leaves_the_command_line(void **state)
{
	(void)state;
	write_file("replay = a\n");
	struct loaded loaded = LOAD(path, "--replay", "flag");
	write_file("replay = b\n");
	assert_string_equal(reload(&loaded.settings), "");
	assert_string_equal(loaded.settings.replay, "flag");
	cpc_settings_free(&loaded.settings);
	loaded = LOAD_FILE("none");
	assert_string_equal(reload(&loaded.settings), "");
	cpc_settings_free(&loaded.settings);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_a_file),
		cmocka_unit_test(reads_no_file),
		cmocka_unit_test(names_the_file),
		cmocka_unit_test(refuses_what_is_no_file),
		cmocka_unit_test(bounds_the_file),
		cmocka_unit_test(says_what_is_not_permitted),
		cmocka_unit_test(falls_back),
		cmocka_unit_test(reloads_what_can_be),
		cmocka_unit_test(keeps_what_was_when_the_file_is_broken),
		cmocka_unit_test(leaves_the_command_line),
	};

	return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
