/* SPDX-License-Identifier: MIT */
/*
 * To open is to act: a named pipe waits for its writer, a tape rewinds, a watchdog starts. So it is asked first what a
 * name stands for, and once more after it was opened.
 */
#include "disk_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum cpc_status fail_errno(int error, struct cpc_error *reterr)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case ENAMETOOLONG:
	case ELOOP:
		return cpc_fail(reterr, CPC_NO_INPUT, 0, "no such file; give a disk image");
	case EACCES:
	case EPERM:
		return cpc_fail(reterr, CPC_DENIED, 0, "not permitted to read it; try as root or change its mode");
	default:
		return cpc_fail(reterr, CPC_NO_INPUT, 0, "cannot be opened: %s", strerror(error));
	}
}

static enum cpc_status check_mode(mode_t mode, struct cpc_error *reterr)
{
	if (S_ISREG(mode) || S_ISBLK(mode))
		return CPC_OK;
	return cpc_fail(reterr, CPC_BAD_DATA, 0, "is %s, not a disk image; give a file",
			S_ISDIR(mode)	 ? "a directory"
			: S_ISFIFO(mode) ? "a named pipe"
			: S_ISSOCK(mode) ? "a socket"
					 : "a device");
}

static ptrdiff_t read_at(void *context, uint64_t offset, void *bytes, size_t length)
{
	const struct cpc_disk_file *file = context;
	ssize_t got;

	do
		got = pread(file->fd, bytes, length, (off_t)offset);
	while (got < 0 && errno == EINTR);
	return got;
}

enum cpc_status cpc_disk_file_open(const char *path, struct cpc_disk_file *ret_file, struct cpc_error *reterr)
{
	struct cpc_disk_file file = { .fd = -1 };
	enum cpc_status status;
	struct stat found;
	off_t size;

	if (stat(path, &found))
		return fail_errno(errno, reterr);
	status = check_mode(found.st_mode, reterr);
	if (status)
		return status;
	file.fd = open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (file.fd < 0)
		return fail_errno(errno, reterr);
	if (fstat(file.fd, &found))
		status = fail_errno(errno, reterr);
	else
		status = check_mode(found.st_mode, reterr);
	if (!status) {
		file.device = S_ISBLK(found.st_mode);
		/* Of a device, fstat() says nothing. */
		size = file.device ? lseek(file.fd, 0, SEEK_END) : found.st_size;
		if (size < 0)
			status = fail_errno(errno, reterr);
		else
			file.source.size = (uint64_t)size;
	}
	if (status) {
		cpc_disk_file_close(&file);
		return status;
	}
	file.source.read = read_at;
	*ret_file = file;
	ret_file->source.context = ret_file;
	return CPC_OK;
}

void cpc_disk_file_close(struct cpc_disk_file *file)
{
	if (file->fd >= 0)
		(void)close(file->fd);
	file->fd = -1;
}
