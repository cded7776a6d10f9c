/* SPDX-License-Identifier: MIT */
#ifndef CPC_TAME_H
#define CPC_TAME_H

/** Make somebody else's words fit for one line of text: what is not printable ASCII becomes '?'. */
void cpc_tame(char *words);

#endif
