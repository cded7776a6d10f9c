/* SPDX-License-Identifier: MIT */
#include "host_names.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

/** Longest number that is counted with. */
#define DIGITS_MAX 9

/** Where the number at the end of a name begins. Its end where it has none, or one that is too long. */
static size_t number_at(const char *name)
{
	const size_t length = strlen(name);
	size_t at = length;

	while (at && name[at - 1] >= '0' && name[at - 1] <= '9')
		at--;
	return length - at > DIGITS_MAX ? length : at;
}

static unsigned long number_of(const char *digits)
{
	unsigned long number = 0;

	for (; *digits; digits++)
		number = number * 10 + (unsigned long)(*digits - '0');
	return number;
}

static bool follows(const char *name, const char *next)
{
	const size_t at = number_at(name);

	return name[at] && strlen(name) == strlen(next) && number_at(next) == at && memcmp(name, next, at) == 0 &&
	       number_of(next + at) == number_of(name + at) + 1;
}

void cpc_each_name_range(char *const *names, size_t count, void (*visit)(void *context, const char *range),
			 void *context)
{
	char range[320];

	for (size_t first = 0; first < count;) {
		size_t last = first;

		while (last + 1 < count && follows(names[last], names[last + 1]))
			last++;
		if (last > first) {
			snprintf(range, sizeof(range), "%.150s-%.150s", names[first], names[last]);
			visit(context, range);
		} else {
			visit(context, names[first]);
		}
		first = last + 1;
	}
}
