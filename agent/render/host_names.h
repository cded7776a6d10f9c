/* SPDX-License-Identifier: MIT */
#ifndef CPC_HOST_NAMES_H
#define CPC_HOST_NAMES_H

#include <stddef.h>

#include <cpucompat/buffer.h>

/**
 * Tell the visitor of each name in its order, with neighbours that count up folded: "web01-web09".
 * A run has one prefix and numbers of one width.
 */
void cpc_each_name_range(char *const *names, size_t count, void (*visit)(void *context, const char *range),
			 void *context);

#endif
