/* SPDX-License-Identifier: MIT */
#ifndef CPC_CATALOGUE_WORDS_H
#define CPC_CATALOGUE_WORDS_H

#include <stddef.h>

#include <cpucompat/candidate.h>

/**
 * Move the candidates that match every word to the front, in the order in which they
 * are, and tell how many there are. Where none is left, say on standard error which
 * word it was that matched nothing, and what is near it, and return CPC_NO_INPUT.
 */
int cli_catalogue_select(char *const *words, size_t word_count, struct cpc_candidate *candidates, size_t count,
			 size_t *ret_count);

#endif
