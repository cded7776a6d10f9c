/* SPDX-License-Identifier: MIT */
/* The corpus of real processors, beside the project: found, listed in order, read whole. */
#ifndef CPC_TEST_CORPUS_H
#define CPC_TEST_CORPUS_H

#include <dirent.h>
#include <errno.h>
#include <limits.h>

#include "support.h"

struct corpus_paths {
	char **items;
	size_t count;
};

/* $CPC_SHARED/`part`; false where it is not there. */
static inline bool corpus_path(const char *part, char ret_path[static PATH_MAX])
{
	const char *shared = getenv("CPC_SHARED");
	FILE *file;

	(void)snprintf(ret_path, PATH_MAX, "%s/%s", shared ? shared : "../shared", part);
	file = fopen(ret_path, "r");
	if (file)
		fclose(file);
	return file;
}

static inline bool ends_with(const char *text, const char *end)
{
	const size_t length = strlen(text);

	return length >= strlen(end) && strcmp(text + length - strlen(end), end) == 0;
}

static inline void corpus_add(struct corpus_paths *paths, const char *path)
{
	paths->items = realloc(paths->items, (paths->count + 1) * sizeof(*paths->items));
	assert_non_null(paths->items);
	paths->items[paths->count] = strdup(path);
	assert_non_null(paths->items[paths->count]);
	paths->count++;
}

static inline int corpus_by_name(const void *left, const void *right)
{
	return strcmp(*(char *const *)left, *(char *const *)right);
}

/* Every file below `folder` whose name ends so. */
static inline void corpus_list(const char *folder, const char *end, struct corpus_paths *paths)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char path[PATH_MAX];

		if (entry->d_name[0] == '.')
			continue;
		assert_true(snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name) < PATH_MAX);
		if (entry->d_type == DT_DIR)
			corpus_list(path, end, paths);
		else if (ends_with(path, end))
			corpus_add(paths, path);
	}
	if (dir)
		closedir(dir);
	if (paths->count)
		qsort(paths->items, paths->count, sizeof(*paths->items), corpus_by_name);
}

/* Split a line at its tabs; the number of fields. */
static inline size_t corpus_split(char *line, char **fields, size_t room)
{
	size_t count = 0;

	for (char *at = line; at && count < room; count++) {
		fields[count] = at;
		at = strchr(at, '\t');
		if (at)
			*at++ = '\0';
	}
	return count;
}

static inline void corpus_free(struct corpus_paths *paths)
{
	for (size_t i = 0; i < paths->count; i++)
		free(paths->items[i]);
	free(paths->items);
}

/* The bytes of a file, and `more` bytes of room after them; NULL where it is not there. */
static inline char *corpus_read(const char *path, size_t more, size_t *ret_length)
{
	FILE *file = fopen(path, "rb");
	char *bytes;
	long length;

	*ret_length = 0;
	if (!file)
		return NULL;
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	length = ftell(file);
	assert_true(length >= 0);
	rewind(file);
	bytes = malloc((size_t)length + more + 1);
	assert_non_null(bytes);
	*ret_length = fread(bytes, 1, (size_t)length, file);
	assert_int_equal(*ret_length, length);
	bytes[length] = '\0';
	fclose(file);
	return bytes;
}

#endif
