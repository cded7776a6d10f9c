/* SPDX-License-Identifier: MIT */
#include "peer_line.h"

#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "client.h"

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
		return cpc_out_of_memory(reterr);
	if (has_credentials(copy))
		status = cpc_fail(reterr, CPC_USAGE, 0,
				  "an address holds no credentials, which everybody could read; use token-file=");
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
		return cpc_out_of_memory(reterr);
	return CPC_OK;
}

/** The words of a line. */
struct words {
	struct word name;
	struct word where;
	struct word token_file; /**< without what is before the file; empty: there is none */
};

/** `form` says what a line is. Where a name need not be, the address may come first. */
static enum cpc_status split(const char *text, const char *form, bool named, struct words *ret_words,
			     struct cpc_error *reterr)
{
	const size_t prefix = strlen(TOKEN_FILE);
	struct words words = { .where = { .length = 0 } };
	struct word *more = &words.token_file;
	struct word rest;

	if (!is_printable(text))
		return cpc_fail(reterr, CPC_USAGE, 0, "%s is written in printable ASCII", form);
	if (!next_word(&text, &words.name))
		return cpc_fail(reterr, CPC_USAGE, 0, "%s", form);
	if (!named && cpc_is_address(words.name.text)) {
		words.where = words.name;
		words.name.length = 0;
	} else if (!next_word(&text, &words.where)) {
		return cpc_fail(reterr, CPC_USAGE, 0, "%s", form);
	}
	if (words.name.length > CPC_PEER_NAME_MAX)
		return cpc_fail(reterr, CPC_USAGE, 0, "%s; a name is of at most %d characters", form,
				CPC_PEER_NAME_MAX);
	if (next_word(&text, more)) {
		if (more->length <= prefix || strncmp(more->text, TOKEN_FILE, prefix) != 0)
			return cpc_fail(reterr, CPC_USAGE, 0, "%s, not %.*s", form,
					(int)(more->length > 40 ? 40 : more->length), more->text);
		more->text += prefix;
		more->length -= prefix;
	}
	if (next_word(&text, &rest))
		return cpc_fail(reterr, CPC_USAGE, 0, "%s and no more", form);
	*ret_words = words;
	return CPC_OK;
}

static enum cpc_status parse(const char *text, const char *form, bool named, struct cpc_peer_line *ret_line,
			     struct cpc_error *reterr)
{
	struct cpc_peer_line line = { .name = NULL };
	struct cpc_address address;
	struct words words = { .where = { .length = 0 } };
	enum cpc_status status = split(text, form, named, &words, reterr);

	if (status)
		return status;
	status = check_address(&words.where, &address, &line.address, reterr);
	if (!status)
		status = keep(&line, &words.name, &words.token_file, &address, reterr);
	if (status)
		cpc_peer_line_free(&line);
	else
		*ret_line = line;
	return status;
}

enum cpc_status cpc_peer_line_parse(const char *text, struct cpc_peer_line *ret_line, struct cpc_error *reterr)
{
	return parse(text, "a peer is NAME URL [token-file=FILE]", true, ret_line, reterr);
}

enum cpc_status cpc_host_line_parse(const char *text, struct cpc_peer_line *ret_line, struct cpc_error *reterr)
{
	return parse(text, "a host is [NAME] ADDRESS [token-file=FILE]", false, ret_line, reterr);
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
