/* SPDX-License-Identifier: MIT */
#ifndef CPC_NUMBER_H
#define CPC_NUMBER_H

#include <stdbool.h>
#include <stdint.h>

/** Read a number of the environment: digits and nothing else, at least one, below 10^18. */
static inline bool cpc_parse_number(const char *text, uint64_t *ret_number)
{
	uint64_t number = 0;
	int digits = 0;

	for (; *text >= '0' && *text <= '9' && digits < 18; text++, digits++)
		number = number * 10 + (uint64_t)(*text - '0');
	if (*text != '\0' || digits == 0)
		return false;
	*ret_number = number;
	return true;
}

#endif
