/* SPDX-License-Identifier: MIT */
#include "file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** Of a longer path its end is shown, so that there is room for what is wrong. */
#define PATH_SHOWN 80

enum cpc_status cpc_file_fail(struct cpc_error *reterr, const char *path, const struct cpc_error *error)
{
	const size_t length = strlen(path);
	const char *dots = length > PATH_SHOWN ? "..." : "";

	if (length > PATH_SHOWN)
		path += length - PATH_SHOWN + strlen(dots);
	if (error->line)
		return cpc_fail(reterr, error->status, 0, "%s%s:%zu: %s", dots, path, error->line, error->what);
	return cpc_fail(reterr, error->status, 0, "%s%s: %s", dots, path, error->what);
}

/** The regular file's descriptor. It is opened without waiting, for a pipe would have it wait for a writer. */
static enum cpc_status open_regular(const char *path, int *ret_descriptor, struct cpc_error *reterr)
{
	const int descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	struct stat stat;

	if (descriptor < 0)
		return cpc_fail(reterr, errno == EACCES || errno == EPERM ? CPC_DENIED : CPC_NO_INPUT, 0, "%s",
				strerror(errno));
	if (fstat(descriptor, &stat) != 0 || !S_ISREG(stat.st_mode)) {
		close(descriptor);
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "not a regular file");
	}
	*ret_descriptor = descriptor;
	return CPC_OK;
}

static enum cpc_status read_all(int descriptor, size_t most, struct cpc_buffer *out, struct cpc_error *reterr)
{
	char piece[4096];
	size_t total = 0;

	for (;;) {
		const ssize_t length = read(descriptor, piece, sizeof(piece));

		if (length < 0 && errno == EINTR)
			continue;
		if (length < 0)
			return cpc_fail(reterr, CPC_NO_INPUT, 0, "%s", strerror(errno));
		if (length == 0)
			break;
		total += (size_t)length;
		if (total > most)
			return cpc_fail(reterr, CPC_BAD_DATA, 0, "longer than %zu bytes", most);
		cpc_buffer_add(out, piece, (size_t)length);
	}
	return out->failed ? cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory") : CPC_OK;
}

enum cpc_status cpc_file_read(const char *path, size_t most, struct cpc_buffer *out, struct cpc_error *reterr)
{
	struct cpc_error error = { .status = CPC_INTERNAL };
	int descriptor = -1;

	if (open_regular(path, &descriptor, &error))
		return cpc_file_fail(reterr, path, &error);
	const enum cpc_status status = read_all(descriptor, most, out, &error);
	close(descriptor);
	return status ? cpc_file_fail(reterr, path, &error) : CPC_OK;
}
