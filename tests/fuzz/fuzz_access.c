/* SPDX-License-Identifier: MIT */
/*
 * What comes from clients and administrators on the way to an answer: the Authorization header, the file of tokens,
 * an address to listen on. A token that is found is in the input; a row that is read has a name and a line that is
 * there.
 */
#include <stdlib.h>
#include <string.h>

#include "listen.h"
#include "tokens.h"

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void check_tokens(const char *text, size_t size)
{
	struct cpc_tokens tokens;
	struct cpc_error error = { .line = 0 };

	if (cpc_tokens_parse(text, size, &tokens, &error)) {
		if (error.status != CPC_BAD_DATA || error.line == 0 || error.line > size + 1)
			abort();
		return;
	}
	for (size_t i = 0; i < tokens.count; i++)
		if (*tokens.items[i].name == '\0' || !memchr(tokens.items[i].name, '\0', CPC_TOKEN_NAME_SIZE))
			abort();
	/* Nobody's digest is that of a text which holds it. */
	if (tokens.count > CPC_TOKENS_MAX || cpc_tokens_find(&tokens, text, size))
		abort();
	cpc_tokens_free(&tokens);
}

static void check_header(const char *value, size_t size)
{
	size_t length = 0;
	const char *token = cpc_bearer_token(value, size, &length);

	if (!token)
		return;
	if (token < value || length == 0 || length > CPC_TOKEN_MAX || token + length != value + size)
		abort();
	if (memchr(token, ' ', length) || memchr(token, '\0', length))
		abort();
}

static void check_address(const char *text)
{
	const struct cpc_listen_options near = { .far = false };
	struct cpc_socket_address address = { .length = 0 };
	struct cpc_error error = { .line = 0 };

	if (cpc_listen_parse(text, &address, &error)) {
		if (error.status != CPC_USAGE || address.length != 0)
			abort();
		if (cpc_listen_check(text, &near, NULL) != CPC_USAGE)
			abort();
	} else if (address.length == 0 || address.length > sizeof(address.u)) {
		abort();
	}
}

int LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	/* With exact bounds, so that a sanitizer sees a byte too many. */
	char *text = malloc(size + 1);

	if (!text)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	check_address(text);
	char *exact = malloc(size ? size : 1);
	if (exact) {
		memcpy(exact, data, size);
		check_tokens(exact, size);
		check_header(exact, size);
	}
	free(exact);
	free(text);
	return 0;
}
