/* SPDX-License-Identifier: MIT */
#include <cpucompat/nearest.h>

#include <ctype.h>
#include <string.h>

#define WORD_MAX 63

static size_t least(size_t a, size_t b, size_t c)
{
	size_t ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* Wagner and Fischer's, one row at a time. */
size_t cpc_distance(const char *a, const char *b)
{
	const size_t a_length = strnlen(a, WORD_MAX);
	const size_t b_length = strnlen(b, WORD_MAX);
	size_t row[WORD_MAX + 1];

	for (size_t j = 0; j <= b_length; j++)
		row[j] = j;
	for (size_t i = 1; i <= a_length; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			bool differs = tolower((unsigned char)a[i - 1]) != tolower((unsigned char)b[j - 1]);
			size_t above = row[j];

			row[j] = least(above + 1, row[j - 1] + 1, diagonal + differs);
			diagonal = above;
		}
	}
	return row[b_length];
}

static size_t common_prefix(const char *a, const char *b)
{
	size_t length = 0;

	while (a[length] && tolower((unsigned char)a[length]) == tolower((unsigned char)b[length]))
		length++;
	return length;
}

bool cpc_nearer(const char *word, const char *name, struct cpc_near *near)
{
	const size_t length = strnlen(word, WORD_MAX);
	const size_t limit = length / 3 < 2 ? 3 : length / 3 + 1;
	const size_t prefix = common_prefix(word, name);
	const size_t distance = length >= 2 && !word[prefix] ? 1 : cpc_distance(word, name);

	/* A word of which every letter would be replaced is near nothing. */
	if (distance >= limit || distance >= length)
		return false;
	/* Of model numbers that are equally far, that which begins alike is meant. */
	if (near->found && (distance > near->distance || (distance == near->distance && prefix <= near->prefix)))
		return false;
	*near = (struct cpc_near){ .found = true, .distance = distance, .prefix = prefix };
	return true;
}

const char *cpc_nearest(const char *word, struct cpc_names names)
{
	struct cpc_near near = { 0 };
	const char *nearest = NULL;

	for (size_t i = 0; i < names.count; i++) {
		if (cpc_nearer(word, names.at(i), &near))
			nearest = names.at(i);
	}
	return nearest;
}
