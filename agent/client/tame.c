/* SPDX-License-Identifier: MIT */
#include "tame.h"

void cpc_tame(char *words)
{
	for (; *words; words++)
		if (*words < ' ' || *words > '~')
			*words = '?';
}
