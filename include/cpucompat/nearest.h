/* SPDX-License-Identifier: MIT */
/* Which name of a table somebody probably meant. Pure functions, safe from any thread. */
#ifndef CPUCOMPAT_NEAREST_H
#define CPUCOMPAT_NEAREST_H

#include <stdbool.h>
#include <stddef.h>

/** A table of names, wherever they live. */
struct cpc_names {
	size_t count;
	const char *(*at)(size_t n);
};

/** Insertions, deletions and replacements between two words, case ignored; texts above 63 bytes are cut. */
size_t cpc_distance(const char *a, const char *b);

/** How near the nearest name so far is; start with zeroes. */
struct cpc_near {
	bool found;
	size_t distance;
	size_t prefix; /**< letters at the beginning that agree */
};

/** Whether `name` is near `word`, and nearer than every one before; `near` then tells how near. */
bool cpc_nearer(const char *word, const char *name, struct cpc_near *near);

/** The name that is likely meant, or NULL where none is near. A name that starts with the word is near. */
const char *cpc_nearest(const char *word, struct cpc_names names);

#endif
