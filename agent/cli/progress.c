/* SPDX-License-Identifier: MIT */
#include "progress.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "cli_inside.h"

#define FIRST_MS 1000
#define NEXT_MS 250

#define WIDTH_DEFAULT 80
#define LINE_SIZE 256

/** To the first column, and clear what is there (ECMA-48 EL). */
#define ERASE "\r\033[K"

static int64_t now_ms(void)
{
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/** It is nobody's business whether this is written. */
static void put(const char *text, size_t length)
{
	while (length) {
		const ssize_t written = write(STDERR_FILENO, text, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written <= 0)
			return;
		text += written;
		length -= (size_t)written;
	}
}

static size_t width(void)
{
	struct winsize size = { .ws_col = 0 };

	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) || size.ws_col < 2)
		return WIDTH_DEFAULT;
	return size.ws_col;
}

void cli_progress_start(struct cli_progress *progress)
{
	*progress = (struct cli_progress){ .wanted = cli_is_terminal(STDERR_FILENO), .begin_ms = now_ms() };
}

bool cli_progress_due(struct cli_progress *progress)
{
	int64_t now;

	if (!progress->wanted)
		return false;
	now = now_ms();
	if (now - progress->begin_ms < FIRST_MS || now - progress->last_ms < NEXT_MS)
		return false;
	progress->last_ms = now;
	return true;
}

void cli_progress_show(struct cli_progress *progress, const char *format, ...)
{
	char line[LINE_SIZE] = ERASE;
	const size_t begin = strlen(ERASE);
	/* In the last column some terminals go on to the next line. */
	const size_t room = width() - 1;
	va_list arguments;
	size_t length;

	if (!progress->wanted)
		return;
	va_start(arguments, format);
	vsnprintf(line + begin, sizeof(line) - begin, format, arguments);
	va_end(arguments);
	length = strlen(line + begin);
	put(line, begin + (length < room ? length : room));
	progress->shown = true;
}

void cli_progress_erase(struct cli_progress *progress)
{
	if (progress->shown)
		put(ERASE, strlen(ERASE));
	progress->shown = false;
}
