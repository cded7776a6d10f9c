/* SPDX-License-Identifier: MIT */
/* What a client shows, and whom it believes: files that are named where an agent's peers are, and on a command line. */
#ifndef CPC_TOKEN_H
#define CPC_TOKEN_H

#include <stdbool.h>

#include <cpucompat/status.h>

/**
 * Read a bearer token: the first line of the file, printable and without blanks. `what` names the setting in
 * errors. The caller releases it with cpc_token_free(). The errors of cpc_secret_read(), CPC_BAD_DATA where it holds
 * none. `ret_exposed` says whether others than its owner may read the file.
 */
enum cpc_status cpc_token_read(const char *what, const char *path, char **ret_token, bool *ret_exposed,
			       struct cpc_error *reterr);

/** Wipe and free. NULL is fine. */
void cpc_token_free(char *token);

/**
 * Whether a file of authorities can be read; what it holds is libcurl's to say, which would wait for whoever writes to
 * a pipe. CPC_NO_INPUT, CPC_DENIED, or CPC_BAD_DATA where it is no regular file; `what` names the setting.
 */
enum cpc_status cpc_authorities_check(const char *what, const char *path, struct cpc_error *reterr);

#endif
