/* SPDX-License-Identifier: MIT */
/* Amounts in words that do not say more than is true. */
#ifndef CPC_AMOUNTS_H
#define CPC_AMOUNTS_H

#include <stdbool.h>
#include <stdint.h>

#define CPC_AMOUNT_SIZE 32

/** "30 GiB", "1.5 TiB", "512 MiB": with two digits behind the point at most; what is cut off counts as one more where
 * it is rounded `up`, and as nothing else. */
void cpc_bytes_words(uint64_t bytes, bool up, char ret_words[static CPC_AMOUNT_SIZE]);

/** Whole where it is whole, and else with two digits behind the point, or so many as it has. */
void cpc_money_words(uint64_t units, char ret_words[static CPC_AMOUNT_SIZE]);

/** Thousandths as a number: "8", "1.5". */
void cpc_thousandths_words(uint64_t thousandths, char ret_words[static CPC_AMOUNT_SIZE]);

/** Thousandths of `whole` that `part` is, cut off: 1000 only where it is all of it. UINT64_MAX where that
 * is no number of use: of nothing, or beyond all measure. */
uint64_t cpc_permille(uint64_t part, uint64_t whole);

#endif
