/* SPDX-License-Identifier: MIT */
#include "log.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#define LINE_SIZE 1000
/* So much of a pipe is written at once, or not at all. */
#define LONG_SIZE PIPE_BUF

/** Every control character and byte that is no ASCII becomes \xNN, so that a line stays one line. */
static size_t escape(const char *text, char *ret_line, size_t size)
{
	static const char digits[] = "0123456789abcdef";
	size_t length = 0;

	for (; *text && length + 6 < size; text++) {
		const unsigned char c = (unsigned char)*text;

		if (c >= 0x20 && c < 0x7f) {
			ret_line[length++] = *text;
			continue;
		}
		ret_line[length++] = '\\';
		ret_line[length++] = 'x';
		ret_line[length++] = digits[c >> 4];
		ret_line[length++] = digits[c & 15];
	}
	ret_line[length++] = '\n';
	return length;
}

/** Whether a line can be written now: a reader that has stopped must not stop the agent, one that is gone not kill it.
 */
static bool is_writable(void)
{
	struct pollfd polled = { .fd = STDERR_FILENO, .events = POLLOUT };

	return poll(&polled, 1, 0) == 1 && polled.revents == POLLOUT;
}

static void write_line(int priority, char *text, char *line, size_t size, const char *format, va_list arguments)
{
	const int error = errno;
	int head = isatty(STDERR_FILENO) ? snprintf(line, size, "cpucompatd: ")
					 : snprintf(line, size, "<%d>cpucompatd: ", priority);

	vsnprintf(text, size, format, arguments);
	const size_t length = (size_t)head + escape(text, line + head, size - (size_t)head);
	/* Nobody is left to be told that this failed. */
	if (is_writable() && write(STDERR_FILENO, line, length) < 0)
		errno = error;
	errno = error;
}

#define LOG_FUNCTION(name, priority, size)                                                                             \
	void name(const char *format, ...)                                                                             \
	{                                                                                                              \
		char text[size];                                                                                       \
		char line[size];                                                                                       \
		va_list arguments;                                                                                     \
                                                                                                                       \
		va_start(arguments, format);                                                                           \
		write_line(priority, text, line, size, format, arguments);                                             \
		va_end(arguments);                                                                                     \
	}

LOG_FUNCTION(cpc_log_error, LOG_ERR, LINE_SIZE)
LOG_FUNCTION(cpc_log_warning, LOG_WARNING, LINE_SIZE)
LOG_FUNCTION(cpc_log_notice, LOG_NOTICE, LINE_SIZE)
LOG_FUNCTION(cpc_log_info, LOG_INFO, LINE_SIZE)
LOG_FUNCTION(cpc_log_long, LOG_NOTICE, LONG_SIZE)
