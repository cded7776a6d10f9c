/* SPDX-License-Identifier: MIT */
#include "cli_inside.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "client.h"

#define WIDTH_DEFAULT 80
#define WIDTH_MIN 40
#define WIDTH_MAX 500

bool cli_is_terminal(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && term && *term && strcmp(term, "dumb") != 0;
}

static bool wants_colour(void)
{
	const char *no_colour = getenv("NO_COLOR");

	return !(no_colour && *no_colour) && cli_is_terminal(STDOUT_FILENO);
}

static int width(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size;
	long width = 0;

	if (!ioctl(STDOUT_FILENO, TIOCGWINSZ, &size))
		width = size.ws_col;
	if (!width && columns)
		width = strtol(columns, NULL, 10);
	if (width <= 0)
		return WIDTH_DEFAULT;
	if (width > WIDTH_MAX)
		return WIDTH_MAX;
	return width < WIDTH_MIN ? WIDTH_MIN : (int)width;
}

struct cpc_style cli_style(const struct cli_options *options)
{
	return (struct cpc_style){
		.colour = wants_colour(),
		.verbose = options->verbose,
		.timing = options->timing,
		.width = width(),
	};
}

static bool write_whole(const char *bytes, size_t length)
{
	while (length) {
		ssize_t written = write(STDOUT_FILENO, bytes, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return false;
		bytes += written;
		length -= (size_t)written;
	}
	return true;
}

static bool drain(void *context, const char *bytes, size_t length)
{
	int *error = context;

	if (!write_whole(bytes, length))
		*error = errno;
	return !*error;
}

void cli_write_through(struct cpc_buffer *out, int *error)
{
	out->drain = drain;
	out->drain_context = error;
}

int cli_write(struct cpc_buffer *out, int code)
{
	const int *drained = out->drain_context;
	const bool cut = drained && *drained;
	bool failed = out->failed && !cut;
	bool written = !out->failed && write_whole(out->bytes, out->length);
	int error = cut ? *drained : errno;

	cpc_buffer_free(out);
	if (failed)
		return cli_complain(CPC_INTERNAL, "out of memory");
	if (written)
		return code;
	/* The reader of a pipe has read enough, and says so by leaving. */
	if (error == EPIPE)
		return CPC_INTERNAL;
	return cli_complain(CPC_INTERNAL, "standard output: %s; make room or write elsewhere", strerror(error));
}

/** One line stays one line, whatever a file's name or an argument holds. */
static void print_line(char *line)
{
	static const size_t longest = 600;

	for (char *c = line; *c; c++) {
		if ((unsigned char)*c < ' ' || *c == 0x7F)
			*c = '?';
	}
	fprintf(stderr, "cpucompat: %.*s%s\n", (int)longest, line, strlen(line) > longest ? "..." : "");
}

int cli_complain(enum cpc_status status, const char *format, ...)
{
	va_list arguments;
	char *line = NULL;

	va_start(arguments, format);
	if (vasprintf(&line, format, arguments) < 0)
		line = NULL;
	va_end(arguments);
	if (line)
		print_line(line);
	free(line);
	return (int)status;
}

void cli_print_address(const char *address, char *ret_text, size_t size)
{
	const char *start = strstr(address, "://");
	const char *at;

	if (!start) {
		snprintf(ret_text, size, "%s", address);
		return;
	}
	start += 3;
	at = memrchr(start, '@', strcspn(start, "/?#"));
	snprintf(ret_text, size, "%.*s%s", (int)(start - address), address, at ? at + 1 : start);
}

int cli_fail(const char *where, const struct cpc_error *error)
{
	char address[256];

	/* The client names the address itself. */
	if (!where || !*where || (cpc_is_address(where) && error->status == CPC_UNAVAILABLE))
		return cli_complain(error->status, "%s", error->what);
	if (cpc_is_address(where) || cpc_is_prometheus(where)) {
		cli_print_address(where, address, sizeof(address));
		where = address;
	}
	if (!strcmp(where, "-"))
		where = "standard input";
	if (error->line)
		return cli_complain(error->status, "%s:%zu: %s", where, error->line, error->what);
	return cli_complain(error->status, "%s: %s", where, error->what);
}
