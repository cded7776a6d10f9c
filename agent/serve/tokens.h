/* SPDX-License-Identifier: MIT */
#ifndef CPC_TOKENS_H
#define CPC_TOKENS_H

#include <stdbool.h>
#include <stddef.h>

#include <cpucompat/status.h>

#include "digest.h"

#define CPC_TOKENS_MAX 1024
#define CPC_TOKEN_NAME_SIZE 64

/** Longest token that is looked at. */
#define CPC_TOKEN_MAX 1024

/** Who has a token. The token itself is nowhere: it is long and random, so its plain SHA-256 cannot be reversed. */
struct cpc_token {
	char name[CPC_TOKEN_NAME_SIZE];
	unsigned char digest[CPC_DIGEST_SIZE];
};

struct cpc_tokens {
	struct cpc_token *items;
	size_t count;
};

/**
 * Read lines of `NAME sha256:HEX64`; empty ones and what follows a # at the start of a line are skipped. A name may
 * come more than once, with an old and a new token. CPC_BAD_DATA, with the line, for all else: the error repeats
 * nothing of the file, where somebody may have put the token itself.
 */
enum cpc_status cpc_tokens_parse(const char *text, size_t length, struct cpc_tokens *ret_tokens,
				 struct cpc_error *reterr);

void cpc_tokens_free(struct cpc_tokens *tokens);

/** The row of a token; NULL for one that nobody has. Every row is compared whole, so that time tells nothing. */
const struct cpc_token *cpc_tokens_find(const struct cpc_tokens *tokens, const char *token, size_t length);

/**
 * The token in the value of an Authorization header (RFC 6750, 2.1): a place in `value`. NULL where there is none, or
 * none that a client should send.
 */
const char *cpc_bearer_token(const char *value, size_t length, size_t *ret_length);

#endif
