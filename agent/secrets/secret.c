/* SPDX-License-Identifier: MIT */
#include "secret.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** Up to `room` bytes, fewer only at the end. -1 with errno. */
static ssize_t read_all(int descriptor, char *bytes, size_t room)
{
	size_t length = 0;

	while (length < room) {
		const ssize_t got = read(descriptor, bytes + length, room - length);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -1;
		if (got == 0)
			break;
		length += (size_t)got;
	}
	return (ssize_t)length;
}

static enum cpc_status refuse(const char *what, const char *path, struct cpc_error *reterr)
{
	return cpc_fail(reterr, errno == EACCES ? CPC_DENIED : CPC_NO_INPUT, 0, "%s %.80s: %s", what, path,
			strerror(errno));
}

static enum cpc_status take(int descriptor, const char *what, const char *path, struct cpc_secret *ret_secret,
			    struct cpc_error *reterr)
{
	struct cpc_secret file = { .length = 0 };
	struct stat found;

	if (fstat(descriptor, &found))
		return refuse(what, path, reterr);
	if (!S_ISREG(found.st_mode))
		return cpc_fail(reterr, CPC_NO_INPUT, 0, "%s %.80s: not a file", what, path);
	/* One size for all, so that growing leaves no copy of a key behind. */
	file.bytes = malloc(CPC_SECRET_MAX + 2);
	if (!file.bytes)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	const ssize_t length = read_all(descriptor, file.bytes, CPC_SECRET_MAX + 1);
	file.length = length > 0 ? (size_t)length : 0;
	enum cpc_status status = CPC_OK;
	if (length < 0)
		status = refuse(what, path, reterr);
	else if (file.length > CPC_SECRET_MAX)
		status = cpc_fail(reterr, CPC_BAD_DATA, 0, "%s %.80s: longer than %zu bytes", what, path,
				  CPC_SECRET_MAX);
	if (status) {
		cpc_secret_forget(&file);
		return status;
	}
	file.bytes[file.length] = '\0';
	file.open_to_group = found.st_mode & S_IRGRP;
	file.open_to_all = found.st_mode & S_IROTH;
	*ret_secret = file;
	return CPC_OK;
}

enum cpc_status cpc_secret_read(const char *what, const char *path, struct cpc_secret *ret_secret,
				struct cpc_error *reterr)
{
	/* Not blocking: a pipe in its place is refused, not waited for. */
	const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);

	if (descriptor < 0)
		return refuse(what, path, reterr);
	enum cpc_status status = take(descriptor, what, path, ret_secret, reterr);
	close(descriptor);
	return status;
}

void cpc_secret_forget(struct cpc_secret *file)
{
	if (file->bytes)
		explicit_bzero(file->bytes, file->length);
	free(file->bytes);
	*file = (struct cpc_secret){ .length = 0 };
}
