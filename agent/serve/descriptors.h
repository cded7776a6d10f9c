/* SPDX-License-Identifier: MIT */
#ifndef CPC_DESCRIPTORS_H
#define CPC_DESCRIPTORS_H

#include <stddef.h>

/**
 * How many connections this process may have, `most` at most: there is a descriptor for each, and
 * some are left for everything else. Raises the soft limit of descriptors where that is too low. Call it once, at
 * start.
 */
size_t cpc_descriptors_for_connections(size_t most);

#endif
