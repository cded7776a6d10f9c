/* SPDX-License-Identifier: MIT */
/* Bytes of files and of standard input, bounded, with an error that says what was there instead. */
#include "cli_inside.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sysroot.h"

static enum cpc_status fail_open(int error, struct cpc_error *reterr)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case ENAMETOOLONG:
		return cpc_fail(
			reterr, CPC_NO_INPUT, 0,
			"no such file; a SOURCE is self, a file, an agent's address, a fingerprint, @NAME or -");
	case EACCES:
	case EPERM:
		return cpc_fail(reterr, CPC_DENIED, 0, "not permitted to read it; try as root or change its mode");
	case ENXIO:
	case EINVAL:
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "is a socket or has no device, not a file; give a file");
	default:
		return cpc_fail(reterr, CPC_NO_INPUT, 0, "cannot be opened: %s", strerror(error));
	}
}

static const char *kind_of_file(mode_t mode)
{
	if (S_ISDIR(mode))
		return "a directory";
	if (S_ISFIFO(mode))
		return "a named pipe";
	if (S_ISSOCK(mode))
		return "a socket";
	return "a device";
}

/** A pipe that a shell made for `<(command)` is as bounded as standard input is; others may never end. */
static bool is_shell_pipe(const char *path, mode_t mode)
{
	return S_ISFIFO(mode) && (!strncmp(path, "/dev/fd/", 8) || !strncmp(path, "/proc/self/fd/", 14));
}

enum cpc_status cli_read_rest(int fd, struct cpc_buffer *bytes, struct cpc_error *reterr)
{
	static const size_t room = 64 * 1024;
	char chunk[64 * 1024];

	for (;;) {
		ssize_t got = read(fd, chunk, room);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return cpc_fail(reterr, CPC_NO_INPUT, 0, "cannot be read: %s", strerror(errno));
		if (!got)
			break;
		if (bytes->length + (size_t)got > CPC_INPUT_MAX)
			return cpc_fail(reterr, CPC_BAD_DATA, 0, "larger than %u MiB; no dump or report is",
					CPC_INPUT_MAX >> 20);
		cpc_buffer_add(bytes, chunk, (size_t)got);
	}
	return bytes->failed ? cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory") : CPC_OK;
}

/** Opened without blocking, so that a pipe nobody writes to is found out and not waited for. */
static enum cpc_status open_file(const char *path, int *ret_fd, struct cpc_error *reterr)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	enum cpc_status status = CPC_OK;
	struct stat stat;

	if (fd < 0)
		return fail_open(errno, reterr);
	if (fstat(fd, &stat))
		status = cpc_fail(reterr, CPC_NO_INPUT, 0, "cannot be examined: %s", strerror(errno));
	else if (is_shell_pipe(path, stat.st_mode))
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	else if (!S_ISREG(stat.st_mode))
		status = cpc_fail(reterr, CPC_BAD_DATA, 0, "is %s, not a file; give a file, or - for standard input",
				  kind_of_file(stat.st_mode));
	if (status) {
		close(fd);
		return status;
	}
	*ret_fd = fd;
	return CPC_OK;
}

enum cpc_status cli_open_input(const char *path, int *ret_fd, struct cpc_error *reterr)
{
	if (strcmp(path, "-") != 0)
		return open_file(path, ret_fd, reterr);
	*ret_fd = STDIN_FILENO;
	return CPC_OK;
}

void cli_close_input(int fd)
{
	if (fd != STDIN_FILENO)
		close(fd);
}

/** All of a descriptor, which is closed. */
static enum cpc_status read_and_close(int fd, struct cpc_buffer *ret_bytes, struct cpc_error *reterr)
{
	struct cpc_buffer bytes = { 0 };
	const enum cpc_status status = cli_read_rest(fd, &bytes, reterr);

	cli_close_input(fd);
	if (status) {
		cpc_buffer_free(&bytes);
		return status;
	}
	*ret_bytes = bytes;
	return CPC_OK;
}

enum cpc_status cli_read_input(const char *path, struct cpc_buffer *ret_bytes, struct cpc_error *reterr)
{
	int fd;
	const enum cpc_status status = cli_open_input(path, &fd, reterr);

	return status ? status : read_and_close(fd, ret_bytes, reterr);
}

enum cpc_status cli_read_below(const char *folder, const char *path, struct cpc_buffer *ret_bytes,
			       struct cpc_error *reterr)
{
	const int fd = cpc_sysroot_open(folder, path, 0);

	return fd < 0 ? fail_open(-fd, reterr) : read_and_close(fd, ret_bytes, reterr);
}
