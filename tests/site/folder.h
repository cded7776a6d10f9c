/* SPDX-License-Identifier: MIT */
/* Folders that look like a machine's /proc, /sys and /etc. What cannot be made ends the program: no test is made of
 * half a host. */
#ifndef CPC_SITE_FOLDER_H
#define CPC_SITE_FOLDER_H

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

__attribute__((noreturn)) static inline void folder_fail(const char *path)
{
	perror(path);
	abort();
}

/* root + a path that is printed, in one of a few buffers, so that a call may have several. */
__attribute__((format(printf, 2, 3))) static inline const char *at(const char *root, const char *format, ...)
{
	static char paths[4][PATH_MAX];
	static unsigned int turn;
	char *path = paths[turn++ % 4];
	const size_t length = strlen(root);
	va_list arguments;

	if (length >= PATH_MAX)
		folder_fail(root);
	memcpy(path, root, length);
	va_start(arguments, format);
	if (vsnprintf(path + length, PATH_MAX - length, format, arguments) >= (int)(PATH_MAX - length))
		folder_fail(format);
	va_end(arguments);
	return path;
}

static inline void make_parents(const char *path)
{
	char folder[PATH_MAX];

	if (strlen(path) >= sizeof(folder))
		folder_fail(path);
	for (size_t i = 1; path[i]; i++) {
		if (path[i] != '/')
			continue;
		memcpy(folder, path, i);
		folder[i] = '\0';
		if (mkdir(folder, 0755) && errno != EEXIST)
			folder_fail(folder);
	}
}

static inline void put_folder(const char *path)
{
	make_parents(path);
	if (mkdir(path, 0755) && errno != EEXIST)
		folder_fail(path);
}

static inline void put_bytes(const char *path, const void *bytes, size_t length)
{
	int fd;

	make_parents(path);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, bytes, length) != (ssize_t)length || close(fd))
		folder_fail(path);
}

/* A line, as files of /sys are. */
static inline void put_line(const char *path, const char *text)
{
	char line[4096];

	if (snprintf(line, sizeof(line), "%s\n", text) >= (int)sizeof(line))
		folder_fail(path);
	put_bytes(path, line, strlen(line));
}

static inline void put_number(const char *path, long long number)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%lld", number);
	put_line(path, text);
}

static inline void put_link(const char *path, const char *target)
{
	make_parents(path);
	if (symlink(target, path))
		folder_fail(path);
}

static inline void put_fifo(const char *path)
{
	make_parents(path);
	if (mkfifo(path, 0644))
		folder_fail(path);
}

/* A file of so many bytes, all of them zeros, that takes no room. */
static inline void put_huge(const char *path, off_t length)
{
	put_bytes(path, "", 0);
	if (truncate(path, length))
		folder_fail(path);
}

/* A folder of its own, in memory where that can be: some tests make thousands of files. */
static inline int make_scratch(char ret_path[static 64])
{
	(void)strcpy(ret_path, "/dev/shm/cpc-site-XXXXXX");
	if (mkdtemp(ret_path))
		return 0;
	(void)strcpy(ret_path, "/tmp/cpc-site-XXXXXX");
	return mkdtemp(ret_path) ? 0 : -1;
}

static inline int remove_entry(const char *path, const struct stat *entry, int type, struct FTW *place)
{
	(void)entry;
	(void)type;
	(void)place;
	return remove(path);
}

static inline void remove_folder(const char *path)
{
	if (nftw(path, remove_entry, 32, FTW_DEPTH | FTW_PHYS))
		folder_fail(path);
}

#endif
