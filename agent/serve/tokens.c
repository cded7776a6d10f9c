/* SPDX-License-Identifier: MIT */
#include "tokens.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lines.h"

#define DIGEST_PREFIX "sha256:"
#define HEX_LENGTH ((size_t)2 * CPC_DIGEST_SIZE)

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static bool is_letter_or_digit(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

/** Length of the name that a line begins with; 0 where it is none. */
static size_t name_length(const char *line, size_t length)
{
	size_t i = 0;

	while (i < length && (is_letter_or_digit(line[i]) || strchr("._-@", line[i] ? line[i] : '?')))
		i++;
	return i < length && is_blank(line[i]) && i < CPC_TOKEN_NAME_SIZE ? i : 0;
}

static bool parse_digest(const char *text, size_t length, unsigned char ret_digest[static CPC_DIGEST_SIZE])
{
	const size_t prefix = strlen(DIGEST_PREFIX);

	if (length != prefix + HEX_LENGTH || memcmp(text, DIGEST_PREFIX, prefix) != 0)
		return false;
	for (size_t i = 0; i < CPC_DIGEST_SIZE; i++) {
		const int high = cpc_hex_digit(text[prefix + 2 * i]);
		const int low = cpc_hex_digit(text[prefix + 2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		ret_digest[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

/** A line without blanks at its ends. */
static bool parse_row(const char *line, size_t length, struct cpc_token *ret_token)
{
	const size_t name = name_length(line, length);
	size_t at = name;

	if (name == 0)
		return false;
	while (at < length && is_blank(line[at]))
		at++;
	*ret_token = (struct cpc_token){ .name = "" };
	memcpy(ret_token->name, line, name);
	return parse_digest(line + at, length - at, ret_token->digest);
}

/** Room for one more, and the row in it. */
static bool add(struct cpc_tokens *tokens, const struct cpc_token *token)
{
	if (tokens->count % 16 == 0) {
		struct cpc_token *items = realloc(tokens->items, (tokens->count + 16) * sizeof(*items));

		if (!items)
			return false;
		tokens->items = items;
	}
	tokens->items[tokens->count++] = *token;
	return true;
}

static enum cpc_status take_line(const char *line, size_t length, size_t number, struct cpc_tokens *tokens,
				 struct cpc_error *reterr)
{
	struct cpc_token token;

	while (length && (is_blank(line[length - 1]) || line[length - 1] == '\r'))
		length--;
	while (length && is_blank(*line)) {
		line++;
		length--;
	}
	if (length == 0 || *line == '#')
		return CPC_OK;
	if (!parse_row(line, length, &token))
		return cpc_fail(reterr, CPC_BAD_DATA, number,
				"not a token's row; write NAME sha256:DIGEST, the digest in 64 hex digits");
	if (tokens->count == CPC_TOKENS_MAX)
		return cpc_fail(reterr, CPC_BAD_DATA, number, "more than %d tokens", CPC_TOKENS_MAX);
	return add(tokens, &token) ? CPC_OK : cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
}

enum cpc_status cpc_tokens_parse(const char *text, size_t length, struct cpc_tokens *ret_tokens,
				 struct cpc_error *reterr)
{
	struct cpc_tokens tokens = { .count = 0 };
	enum cpc_status status = CPC_OK;
	size_t number = 0;

	while (length && !status) {
		const char *end = memchr(text, '\n', length);
		const size_t line = end ? (size_t)(end - text) : length;
		const size_t step = line + (end != NULL);

		status = take_line(text, line, ++number, &tokens, reterr);
		text += step;
		length -= step;
	}
	if (status) {
		cpc_tokens_free(&tokens);
		return status;
	}
	*ret_tokens = tokens;
	return CPC_OK;
}

void cpc_tokens_free(struct cpc_tokens *tokens)
{
	free(tokens->items);
	*tokens = (struct cpc_tokens){ .count = 0 };
}

/** All ones where two digests are equal, else 0, whatever they differ in. */
static size_t equal_mask(const unsigned char a[static CPC_DIGEST_SIZE], const unsigned char b[static CPC_DIGEST_SIZE])
{
	uint64_t difference = 0;

	for (size_t i = 0; i < CPC_DIGEST_SIZE; i += sizeof(uint64_t)) {
		uint64_t left;
		uint64_t right;

		memcpy(&left, a + i, sizeof(left));
		memcpy(&right, b + i, sizeof(right));
		difference |= left ^ right;
	}
	/* Out of the compiler's sight, which might else make a branch of it. */
	volatile uint64_t all = difference;
	const uint64_t seen = all;
	/* The highest bit of one of both is set but for 0. */
	return (size_t)((seen | (UINT64_C(0) - seen)) >> 63) - 1;
}

const struct cpc_token *cpc_tokens_find(const struct cpc_tokens *tokens, const char *token, size_t length)
{
	unsigned char digest[CPC_DIGEST_SIZE];
	size_t found = 0; /* one more than the row's number */

	cpc_digest(token, length, digest);
	for (size_t i = 0; i < tokens->count; i++) {
		const size_t mask = equal_mask(tokens->items[i].digest, digest);

		found = (found & ~mask) | ((i + 1) & mask);
	}
	return found ? &tokens->items[found - 1] : NULL;
}

const char *cpc_bearer_token(const char *value, size_t length, size_t *ret_length)
{
	static const char scheme[] = "Bearer ";
	const size_t prefix = sizeof(scheme) - 1;

	if (length <= prefix || strncasecmp(value, scheme, prefix) != 0)
		return NULL;
	value += prefix;
	length -= prefix;
	while (length && *value == ' ') {
		value++;
		length--;
	}
	if (length == 0 || length > CPC_TOKEN_MAX)
		return NULL;
	for (size_t i = 0; i < length; i++)
		if (!is_letter_or_digit(value[i]) && (value[i] == '\0' || !strchr("-._~+/=", value[i])))
			return NULL;
	*ret_length = length;
	return value;
}
