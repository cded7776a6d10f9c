/* SPDX-License-Identifier: MIT */
#include "peer_line.h"

#include <stdlib.h>
#include <string.h>

#include "address.h"

#define TOKEN_FILE "token-file="

/** A word of the line. */
struct word {
	const char *text;
	size_t length;
};

static bool next_word(const char **at, struct word *ret_word)
{
	*at += strspn(*at, " \t");
	*ret_word = (struct word){ .text = *at, .length = strcspn(*at, " \t") };
	*at += ret_word->length;
	return ret_word->length > 0;
}

static bool is_printable(const char *text)
{
	for (; *text; text++)
		if (*text < ' ' || *text > '~')
			return *text == '\t' && is_printable(text + 1);
	return true;
}

static bool has_credentials(const char *address)
{
	const char *authority = strstr(address, "://");

	return authority && memchr(authority + 3, '@', strcspn(authority + 3, "/?#"));
}

static enum cpc_status check_address(const struct word *word, struct cpc_address *ret_address, char **ret_copy,
				     struct cpc_error *reterr)
{
	char *copy = strndup(word->text, word->length);
	enum cpc_status status;

	if (!copy)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	if (has_credentials(copy))
		status = cpc_fail(reterr, CPC_USAGE, 0,
				  "a peer's address holds no credentials, which everybody could read; use token-file=");
	else
		status = cpc_address_parse(copy, ret_address, reterr);
	if (status)
		free(copy);
	else
		*ret_copy = copy;
	return status;
}

static enum cpc_status keep(struct cpc_peer_line *line, const struct word *name, const struct word *token_file,
			    const struct cpc_address *address, struct cpc_error *reterr)
{
	line->name = strndup(name->text, name->length);
	line->shown = strdup(address->name);
	if (token_file->length)
		line->token_file = strndup(token_file->text, token_file->length);
	if (!line->name || !line->shown || (token_file->length && !line->token_file))
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	return CPC_OK;
}

enum cpc_status cpc_peer_line_parse(const char *text, struct cpc_peer_line *ret_line, struct cpc_error *reterr)
{
	const size_t prefix = strlen(TOKEN_FILE);
	struct cpc_peer_line line = { .name = NULL };
	struct cpc_address address;
	struct word name;
	struct word where;
	struct word more;
	struct word rest;
	enum cpc_status status;

	if (!is_printable(text))
		return cpc_fail(reterr, CPC_USAGE, 0, "a peer is written in printable ASCII");
	if (!next_word(&text, &name) || !next_word(&text, &where))
		return cpc_fail(reterr, CPC_USAGE, 0, "a peer is NAME URL [token-file=FILE]");
	if (name.length > CPC_PEER_NAME_MAX)
		return cpc_fail(reterr, CPC_USAGE, 0, "a peer's name is of at most %d characters", CPC_PEER_NAME_MAX);
	if (next_word(&text, &more)) {
		if (more.length <= prefix || strncmp(more.text, TOKEN_FILE, prefix) != 0)
			return cpc_fail(reterr, CPC_USAGE, 0, "a peer is NAME URL [token-file=FILE], not %.*s",
					(int)(more.length > 40 ? 40 : more.length), more.text);
		more.text += prefix;
		more.length -= prefix;
	}
	if (next_word(&text, &rest))
		return cpc_fail(reterr, CPC_USAGE, 0, "a peer is NAME URL [token-file=FILE] and no more");
	status = check_address(&where, &address, &line.address, reterr);
	if (!status)
		status = keep(&line, &name, &more, &address, reterr);
	if (status)
		cpc_peer_line_free(&line);
	else
		*ret_line = line;
	return status;
}

enum cpc_status cpc_peer_line_check(const char *text, struct cpc_error *reterr)
{
	struct cpc_peer_line line = { .name = NULL };
	const enum cpc_status status = cpc_peer_line_parse(text, &line, reterr);

	cpc_peer_line_free(&line);
	return status;
}

void cpc_peer_line_free(struct cpc_peer_line *line)
{
	free(line->name);
	free(line->address);
	free(line->shown);
	free(line->token_file);
	*line = (struct cpc_peer_line){ .name = NULL };
}
