/* SPDX-License-Identifier: MIT */
#ifndef CPUCOMPAT_CATALOGUE_H
#define CPUCOMPAT_CATALOGUE_H

#include <stddef.h>

/** A real processor, as our own tool fingerprinted it from a published dump. */
struct cpc_catalogue_row {
	const char *name; /**< what follows the `@` */
	const char *brand;
	const char *fingerprint;
	const char *source; /**< where the figures come from */
};

extern const struct cpc_catalogue_row cpc_catalogue[];
extern const size_t cpc_catalogue_count;

/** By name (without `@`), or NULL. */
const struct cpc_catalogue_row *cpc_catalogue_named(const char *name);

#endif
