/* SPDX-License-Identifier: MIT */
/*
 * A path is gone component by component, with the folders above it held open: ".." goes to the one that was left, a
 * link is read and gone as what it says, and no step follows one by itself. So nobody who changes the folder meanwhile
 * leads out of it either. openat2(RESOLVE_IN_ROOT) does as much, where a kernel from 5.6 on is asked and no container
 * forbids it; this is one way for all.
 */
#include "sysroot.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/** Folders that may lie in each other. /sys has less than half of it. */
#define DEPTH_MAX 64

/** As path_resolution(7) has it. */
#define LINKS_MAX 40

#define ALWAYS (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
#define STEP (O_PATH | O_NOFOLLOW | O_CLOEXEC)

struct walk {
	int folders[DEPTH_MAX]; /* from the root down to where it is */
	size_t depth;
	char rest[PATH_MAX]; /* what is still to be gone */
	unsigned int links;
};

static int result_of(int descriptor)
{
	return descriptor < 0 ? -errno : descriptor;
}

static void go_up(struct walk *walk, size_t depth)
{
	while (walk->depth > depth)
		(void)close(walk->folders[--walk->depth]);
}

/* Takes the next component off the rest; "" at its end. */
static void take(struct walk *walk, char ret_name[static NAME_MAX + 1], bool *ret_long)
{
	const char *start = walk->rest + strspn(walk->rest, "/");
	const size_t length = strcspn(start, "/");
	const char *next = start + length + strspn(start + length, "/");

	*ret_long = length > NAME_MAX;
	(void)snprintf(ret_name, NAME_MAX + 1, "%.*s", (int)(*ret_long ? 0 : length), start);
	memmove(walk->rest, next, strlen(next) + 1);
}

static int target_of(int link, char *ret_target, size_t size)
{
	const ssize_t length = readlinkat(link, "", ret_target, size);

	if (length < 0 || (size_t)length >= size) {
		const int error = length < 0 ? errno : ENAMETOOLONG;

		ret_target[0] = '\0';
		/* Of what is no link it says that there is none. */
		return error == ENOENT ? -EINVAL : -error;
	}
	ret_target[length] = '\0';
	return (int)length;
}

/* What a link says comes before the rest. */
static int follow(struct walk *walk, int link)
{
	char whole[PATH_MAX];
	const int length = target_of(link, whole, sizeof(whole));

	if (length < 0)
		return length;
	if (++walk->links > LINKS_MAX)
		return -ELOOP;
	if (!length)
		return -ENOENT;
	if (snprintf(whole + length, sizeof(whole) - (size_t)length, "/%s", walk->rest) >=
	    (int)(sizeof(whole) - (size_t)length))
		return -ENAMETOOLONG;
	if (whole[0] == '/')
		go_up(walk, 1);
	memcpy(walk->rest, whole, strlen(whole) + 1);
	return 0;
}

/* At the last component, which is no link. */
static int open_last(const struct walk *walk, const char *name, mode_t mode, int flags)
{
	if (!(flags & (O_PATH | O_DIRECTORY)) && !S_ISREG(mode) && !S_ISDIR(mode))
		return -EINVAL;
	return result_of(openat(walk->folders[walk->depth - 1], name, ALWAYS | O_NOFOLLOW | flags));
}

/* One component. 0 to go on, 1 with the descriptor where that was the last, or negative errno. */
static int step(struct walk *walk, const char *name, int flags, int *ret_descriptor)
{
	const int here = walk->folders[walk->depth - 1];
	const int entry = openat(here, name, STEP);
	struct stat found;
	int result = 0;

	if (entry < 0)
		return -errno;
	if (fstat(entry, &found)) {
		result = -errno;
	} else if (S_ISLNK(found.st_mode) && (walk->rest[0] || !(flags & O_NOFOLLOW))) {
		result = follow(walk, entry);
	} else if (!walk->rest[0]) {
		*ret_descriptor = open_last(walk, name, found.st_mode, flags);
		result = *ret_descriptor < 0 ? *ret_descriptor : 1;
	} else if (!S_ISDIR(found.st_mode)) {
		result = -ENOTDIR;
	} else if (walk->depth == DEPTH_MAX) {
		result = -ENAMETOOLONG;
	} else {
		walk->folders[walk->depth++] = entry;
		return 0;
	}
	(void)close(entry);
	return result;
}

static int go(struct walk *walk, int flags)
{
	char name[NAME_MAX + 1];
	int descriptor = -1;
	int result = 0;

	while (result == 0) {
		bool is_long;

		take(walk, name, &is_long);
		if (is_long)
			return -ENAMETOOLONG;
		if (!name[0])
			return result_of(openat(walk->folders[walk->depth - 1], ".", ALWAYS | (flags & ~O_NOFOLLOW)));
		if (!strcmp(name, ".."))
			go_up(walk, walk->depth > 1 ? walk->depth - 1 : 1);
		else if (strcmp(name, ".") != 0)
			result = step(walk, name, flags, &descriptor);
	}
	return result < 0 ? result : descriptor;
}

int cpc_sysroot_open(const char *sysroot, const char *path, int flags)
{
	struct walk walk = { .depth = 0 };
	int descriptor;

	if (!sysroot[0])
		return result_of(open(path, ALWAYS | flags));
	if (snprintf(walk.rest, sizeof(walk.rest), "%s", path) >= (int)sizeof(walk.rest))
		return -ENAMETOOLONG;
	walk.folders[0] = open(sysroot, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (walk.folders[0] < 0)
		return -errno;
	walk.depth = 1;
	descriptor = go(&walk, flags);
	go_up(&walk, 0);
	return descriptor;
}

int cpc_sysroot_target(const char *sysroot, const char *path, char *ret_target, size_t size)
{
	const int link = cpc_sysroot_open(sysroot, path, O_PATH | O_NOFOLLOW);
	int length;

	ret_target[0] = '\0';
	if (link < 0)
		return link;
	length = target_of(link, ret_target, size);
	(void)close(link);
	return length;
}
