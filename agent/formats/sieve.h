/* SPDX-License-Identifier: MIT */
#ifndef CPC_SIEVE_H
#define CPC_SIEVE_H

#include <stddef.h>

/**
 * A JSON object without the values of most of its members, so that they cost no memory when it is parsed: each that
 * `wanted`, which a NULL ends, does not list is 0. Lines stay where they are. What is left out is not looked at
 * but for where it ends; anything that is wrong elsewhere is so afterwards, too. Returns a text of `*ret_length` bytes
 * that the caller frees, or NULL without memory.
 */
char *cpc_sieve(const char *bytes, size_t length, const char *const *wanted, size_t *ret_length);

#endif
