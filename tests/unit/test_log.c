/* SPDX-License-Identifier: MIT */
/* What a line of the log looks like on a pipe and on a terminal, and that nothing which happens to it stops anything.
 */
#include "support.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "log.h"

static char seen[16384];

/** Put another descriptor in the place of standard error; the one that was there. */
static int replace_stderr(int descriptor)
{
	const int kept = dup(STDERR_FILENO);

	assert_true(kept >= 0);
	assert_int_equal(dup2(descriptor, STDERR_FILENO), STDERR_FILENO);
	close(descriptor);
	return kept;
}

static void restore_stderr(int kept)
{
	assert_int_equal(dup2(kept, STDERR_FILENO), STDERR_FILENO);
	close(kept);
}

/** One read, of all that is there now. */
static size_t see(int descriptor)
{
	const ssize_t length = read(descriptor, seen, sizeof(seen) - 1);

	seen[length > 0 ? length : 0] = '\0';
	return length > 0 ? (size_t)length : 0;
}

/** Log `text` through a pipe; what came out is in `seen`. */
#define LOG_TO_PIPE(log, ...)                                                                                          \
	do {                                                                                                           \
		int ends[2];                                                                                           \
                                                                                                                       \
		assert_int_equal(pipe(ends), 0);                                                                       \
		const int kept = replace_stderr(ends[1]);                                                              \
		log(__VA_ARGS__);                                                                                      \
		restore_stderr(kept);                                                                                  \
		see(ends[0]);                                                                                          \
		close(ends[0]);                                                                                        \
	} while (0)

static void begins_with_its_priority(void **state)
{
	(void)state;
	LOG_TO_PIPE(cpc_log_error, "%s %d", "text", 1);
	assert_string_equal(seen, "<3>cpucompatd: text 1\n");
	LOG_TO_PIPE(cpc_log_warning, "text");
	assert_string_equal(seen, "<4>cpucompatd: text\n");
	LOG_TO_PIPE(cpc_log_notice, "text");
	assert_string_equal(seen, "<5>cpucompatd: text\n");
	LOG_TO_PIPE(cpc_log_info, "text");
	assert_string_equal(seen, "<6>cpucompatd: text\n");
	LOG_TO_PIPE(cpc_log_long, "text");
	assert_string_equal(seen, "<5>cpucompatd: text\n");
	LOG_TO_PIPE(cpc_log_info, "%s", "");
	assert_string_equal(seen, "<6>cpucompatd: \n");
}

static void has_no_priority_on_a_terminal(void **state)
{
	int master;
	int slave;

	(void)state;
	if (openpty(&master, &slave, NULL, NULL, NULL) != 0) {
		print_message("no terminal: %s\n", strerror(errno));
		skip();
	}
	const int kept = replace_stderr(slave);
	cpc_log_warning("text");
	restore_stderr(kept);
	see(master);
	close(master);
	assert_string_equal(seen, "cpucompatd: text\r\n");
}

static void stays_one_line_of_ascii(void **state)
{
	(void)state;
	LOG_TO_PIPE(cpc_log_error, "%s", "a\n<0>b\r\tc");
	assert_string_equal(seen, "<3>cpucompatd: a\\x0a<0>b\\x0d\\x09c\n");
	LOG_TO_PIPE(cpc_log_error, "%s", "\x1b[31m\x7f\x80\xff");
	assert_string_equal(seen, "<3>cpucompatd: \\x1b[31m\\x7f\\x80\\xff\n");
	LOG_TO_PIPE(cpc_log_error, "%s", "gr\xc3\xbc\xc3\x9f");
	assert_string_equal(seen, "<3>cpucompatd: gr\\xc3\\xbc\\xc3\\x9f\n");
	LOG_TO_PIPE(cpc_log_error, "%s", "100% \"'\\ ~");
	assert_string_equal(seen, "<3>cpucompatd: 100% \"'\\ ~\n");
}

/** Cut to `most` bytes, newline included, and never within an escape. */
static void assert_cut(size_t most)
{
	const size_t length = strlen(seen);

	assert_true(length <= most && length > most - 10);
	assert_int_equal(seen[length - 1], '\n');
	assert_ptr_equal(strchr(seen, '\n'), &seen[length - 1]);
	for (const char *escape = strchr(seen, '\\'); escape; escape = strchr(escape + 1, '\\'))
		if (strncmp(escape, "\\x0a", 4) != 0)
			fail_msg("cut within an escape: %s", escape);
}

static void is_cut(void **state)
{
	static char text[12000];

	(void)state;
	memset(text, 'x', sizeof(text) - 1);
	LOG_TO_PIPE(cpc_log_info, "%s", text);
	assert_cut(1000);
	LOG_TO_PIPE(cpc_log_long, "%s", text);
	assert_cut(PIPE_BUF);
	for (size_t shift = 0; shift < 4; shift++) {
		memset(text, '\n', sizeof(text) - 1);
		memset(text, 'x', shift);
		LOG_TO_PIPE(cpc_log_info, "%s", text);
		assert_cut(1000);
		LOG_TO_PIPE(cpc_log_long, "%s", text);
		assert_cut(PIPE_BUF);
	}
}

/** Each write to a socket of this kind is a message of its own. */
static void is_one_write(void **state)
{
	static char text[5000];
	int ends[2];

	(void)state;
	memset(text, '\n', sizeof(text) - 1);
	assert_int_equal(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, ends), 0);
	const int kept = replace_stderr(ends[1]);
	cpc_log_info("one");
	cpc_log_error("two %s", "three");
	cpc_log_long("%s", text);
	cpc_log_info("four");
	restore_stderr(kept);
	see(ends[0]);
	assert_string_equal(seen, "<6>cpucompatd: one\n");
	see(ends[0]);
	assert_string_equal(seen, "<3>cpucompatd: two three\n");
	assert_true(see(ends[0]) > 4000);
	see(ends[0]);
	assert_string_equal(seen, "<6>cpucompatd: four\n");
	close(ends[0]);
}

static void *log_many(void *letter)
{
	char text[200];

	memset(text, *(char *)letter, sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	for (size_t i = 0; i < 100; i++)
		cpc_log_info("%s", text);
	return NULL;
}

/** Lines of several threads come out whole. */
static void does_not_mix(void **state)
{
	char letters[] = "abcd";
	pthread_t threads[4];
	size_t lines = 0;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	assert_true(fcntl(ends[1], F_SETPIPE_SZ, 1 << 17) >= 400 * 220);
	const int kept = replace_stderr(ends[1]);
	for (size_t i = 0; i < COUNT(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, log_many, &letters[i]), 0);
	for (size_t i = 0; i < COUNT(threads); i++)
		pthread_join(threads[i], NULL);
	restore_stderr(kept);
	FILE *stream = fdopen(ends[0], "r");
	assert_non_null(stream);
	while (fgets(seen, sizeof(seen), stream)) {
		assert_int_equal(strlen(seen), strlen("<6>cpucompatd: ") + 199 + 1);
		assert_int_equal(strspn(seen + strlen("<6>cpucompatd: "), (char[]){ seen[20], '\0' }), 199);
		lines++;
	}
	fclose(stream);
	assert_int_equal(lines, 400);
}

/** A line of each function; errno is as it was. */
static void log_each(void)
{
	errno = 4711;
	cpc_log_error("text");
	cpc_log_warning("text");
	cpc_log_notice("text");
	cpc_log_info("text");
	cpc_log_long("text");
	assert_int_equal(errno, 4711);
}

static void keeps_errno(void **state)
{
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	const int kept = replace_stderr(ends[1]);
	log_each();
	restore_stderr(kept);
	assert_int_equal(see(ends[0]), 5 * strlen("<6>cpucompatd: text\n"));
	close(ends[0]);
}

static void does_without_standard_error(void **state)
{
	const int kept = dup(STDERR_FILENO);

	(void)state;
	close(STDERR_FILENO);
	log_each();
	restore_stderr(kept);
}

static void does_without_room_on_a_disk(void **state)
{
	const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);

	(void)state;
	assert_true(full >= 0);
	const int kept = replace_stderr(full);
	log_each();
	restore_stderr(kept);
}

/** A pipe that nobody empties, blocking as a service manager's is: lines are dropped, and come again afterwards. */
static void does_not_wait_for_a_reader(void **state)
{
	static char block[65536];
	int ends[2];

	(void)state;
	assert_int_equal(pipe2(ends, O_NONBLOCK), 0);
	while (write(ends[1], block, sizeof(block)) > 0)
		;
	while (write(ends[1], block, 1) > 0)
		;
	assert_int_equal(fcntl(ends[1], F_SETFL, 0), 0);
	const int kept = replace_stderr(ends[1]);
	alarm(20);
	log_each();
	alarm(0);
	while (see(ends[0]) > 0)
		;
	cpc_log_info("again");
	restore_stderr(kept);
	see(ends[0]);
	assert_string_equal(seen, "<6>cpucompatd: again\n");
	close(ends[0]);
}

/** A reader that is gone: in a process of its own, for SIGPIPE would end it. */
static void outlives_its_reader(void **state)
{
	int status = -1;
	int ends[2];

	(void)state;
	assert_int_equal(pipe(ends), 0);
	close(ends[0]);
	const pid_t child = fork();
	if (child == 0) {
		signal(SIGPIPE, SIG_DFL);
		dup2(ends[1], STDERR_FILENO);
		cpc_log_error("text");
		_exit(42);
	}
	close(ends[1]);
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 42);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(begins_with_its_priority),
		cmocka_unit_test(has_no_priority_on_a_terminal),
		cmocka_unit_test(stays_one_line_of_ascii),
		cmocka_unit_test(is_cut),
		cmocka_unit_test(is_one_write),
		cmocka_unit_test(does_not_mix),
		cmocka_unit_test(keeps_errno),
		cmocka_unit_test(does_without_standard_error),
		cmocka_unit_test(does_without_room_on_a_disk),
		cmocka_unit_test(does_not_wait_for_a_reader),
		cmocka_unit_test(outlives_its_reader),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
