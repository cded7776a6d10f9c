/* SPDX-License-Identifier: MIT */
#include "token.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "secret.h"

/** Longest token. */
#define TOKEN_MAX 4094

static enum cpc_status take_first_line(const struct cpc_secret *file, const char *what, const char *path,
				       char **ret_token, struct cpc_error *reterr)
{
	size_t length = 0;
	char *token;

	while (file->bytes[length] > ' ' && file->bytes[length] <= '~')
		length++;
	if (length == 0 || length > TOKEN_MAX ||
	    (length < file->length && file->bytes[length] != '\n' && file->bytes[length] != '\r'))
		return cpc_fail(reterr, CPC_BAD_DATA, 0,
				"%s %.80s: its first line is no token: printable, without blanks", what, path);
	token = strndup(file->bytes, length);
	if (!token)
		return cpc_out_of_memory(reterr);
	*ret_token = token;
	return CPC_OK;
}

enum cpc_status cpc_token_read(const char *what, const char *path, char **ret_token, bool *ret_exposed,
			       struct cpc_error *reterr)
{
	struct cpc_secret file;
	enum cpc_status status = cpc_secret_read(what, path, &file, reterr);

	if (status)
		return status;
	status = take_first_line(&file, what, path, ret_token, reterr);
	if (!status)
		*ret_exposed = file.open_to_group || file.open_to_all;
	cpc_secret_forget(&file);
	return status;
}

void cpc_token_free(char *token)
{
	if (token)
		explicit_bzero(token, strlen(token));
	free(token);
}

enum cpc_status cpc_authorities_check(const char *what, const char *path, struct cpc_error *reterr)
{
	struct stat found;

	if (access(path, R_OK) != 0 || stat(path, &found) != 0)
		return cpc_fail(reterr, errno == EACCES ? CPC_DENIED : CPC_NO_INPUT, 0, "%s %.100s: %s", what, path,
				strerror(errno));
	if (!S_ISREG(found.st_mode))
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "%s %.100s: not a regular file", what, path);
	return CPC_OK;
}
