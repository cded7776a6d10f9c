/* SPDX-License-Identifier: MIT */
/* Searching the catalogue: word after word, and what somebody probably meant by the one that matches nothing. */
#include "catalogue_words.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "cli_inside.h"

/** Longer words of names and brands are not offered. */
#define TOKEN_SIZE 48

/** The word of a row that is nearest to one that matches nothing. */
struct meant {
	const char *word;
	struct cpc_near near;
	char token[TOKEN_SIZE];
	const struct cpc_catalogue_row *row;
};

static const char *bare(const char *word)
{
	return *word == '@' ? word + 1 : word;
}

static void consider(struct meant *meant, const struct cpc_catalogue_row *row, const char *token)
{
	if (!cpc_nearer(meant->word, token, &meant->near))
		return;
	meant->row = row;
	snprintf(meant->token, sizeof(meant->token), "%s", token);
}

/* The words of a text: runs of letters and digits. */
static void consider_text(struct meant *meant, const struct cpc_catalogue_row *row, const char *text)
{
	while (*text) {
		char token[TOKEN_SIZE];
		size_t length = 0;

		while (isalnum((unsigned char)text[length]))
			length++;
		if (length > 1 && length < sizeof(token)) {
			memcpy(token, text, length);
			token[length] = '\0';
			consider(meant, row, token);
		}
		text += length ? length : 1;
	}
}

static void consider_candidate(struct meant *meant, const struct cpc_candidate *candidate)
{
	consider(meant, candidate->row, candidate->row->name);
	consider_text(meant, candidate->row, candidate->row->name);
	consider_text(meant, candidate->row, candidate->row->alias);
	consider_text(meant, candidate->row, candidate->microarchitecture);
	consider_text(meant, candidate->row, candidate->row->brand);
}

static bool any_matches(const char *word, const struct cpc_candidate *candidates, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (cpc_candidate_matches(&candidates[i], bare(word)))
			return true;
	}
	return false;
}

/* Of all candidates `count` match the words before this one. */
static int complain(const char *word, const struct cpc_candidate *candidates, size_t count, size_t all)
{
	const char *among = count < all ? " and the words before it" : "";
	struct meant meant = { .word = bare(word) };

	for (size_t i = 0; i < count; i++)
		consider_candidate(&meant, &candidates[i]);
	if (!meant.row)
		return cli_complain(CPC_NO_INPUT,
				    "catalogue: no processor matches '%s'%s; `cpucompat catalogue` lists them all",
				    word, among);
	if (!strcmp(meant.token, meant.row->name))
		return cli_complain(CPC_NO_INPUT, "catalogue: no processor matches '%s'%s; did you mean @%s?", word,
				    among, meant.row->name);
	return cli_complain(CPC_NO_INPUT, "catalogue: no processor matches '%s'%s; did you mean '%s', as in @%s?", word,
			    among, meant.token, meant.row->name);
}

/* How many match; those that do, first. */
static size_t keep(const char *word, struct cpc_candidate *candidates, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		const struct cpc_candidate candidate = candidates[i];

		if (!cpc_candidate_matches(&candidate, bare(word)))
			continue;
		candidates[i] = candidates[kept];
		candidates[kept++] = candidate;
	}
	return kept;
}

int cli_catalogue_select(char *const *words, size_t word_count, struct cpc_candidate *candidates, size_t count,
			 size_t *ret_count)
{
	const size_t all = count;

	for (size_t i = 0; i < word_count; i++) {
		const size_t kept = keep(words[i], candidates, count);

		if (!kept && any_matches(words[i], candidates, all))
			return cli_complain(CPC_NO_INPUT,
					    "catalogue: no processor matches '%s' and the words before it; try fewer",
					    words[i]);
		if (!kept)
			return complain(words[i], candidates, count, all);
		count = kept;
	}
	*ret_count = count;
	return CPC_OK;
}
