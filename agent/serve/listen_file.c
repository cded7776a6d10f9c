/* SPDX-License-Identifier: MIT */
/*
 * Unix sockets and their files. A file outlives the process that bound it, so one that
 * nobody answers at is replaced; whether somebody does is known by connecting. The mode is
 * there before the name is: a socket's own mode is what bind(2) gives its file on Linux, and it starts with none.
 */
#include "listen.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum cpc_status cpc_group_named(const char *name, gid_t *ret_group, struct cpc_error *reterr)
{
	struct group group;
	struct group *found = NULL;
	char room[16384];
	char *end;

	getgrnam_r(name, &group, room, sizeof(room), &found);
	if (found) {
		*ret_group = found->gr_gid;
		return CPC_OK;
	}
	errno = 0;
	const unsigned long number = strtoul(name, &end, 10);
	if (*name < '0' || *name > '9' || *end != '\0' || errno || number >= (gid_t)-1)
		return cpc_fail(reterr, CPC_USAGE, 0, "socket-group: there is no group %.60s", name);
	*ret_group = (gid_t)number;
	return CPC_OK;
}

/** Whether somebody takes connections there. One whose queue is full does. */
static bool answers(const struct cpc_socket_address *address)
{
	const int client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (client < 0)
		return true;
	const bool dead = connect(client, &address->u.any, address->length) != 0 && errno == ECONNREFUSED;
	close(client);
	return !dead;
}

/** Make way for a new file of that name. */
static enum cpc_status clear_way(const struct cpc_socket_address *address, struct cpc_error *reterr)
{
	const char *path = address->u.local.sun_path;
	struct stat found;

	if (lstat(path, &found))
		return CPC_OK;
	if (!S_ISSOCK(found.st_mode))
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0,
				"unix:%.107s: is there and is no socket; choose another path", path);
	if (answers(address))
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0,
				"unix:%.107s: address already in use; is another cpucompatd running?", path);
	if (unlink(path) && errno != ENOENT)
		return cpc_fail(reterr, CPC_DENIED, 0, "unix:%.107s: left by another; cannot be removed: %s", path,
				strerror(errno));
	return CPC_OK;
}

/** Bind, and give the file its group and mode in that order, so that no wrong group ever has it. */
static bool bind_file(int descriptor, const struct cpc_socket_address *address, unsigned int mode, gid_t group,
		      struct cpc_listening *listening)
{
	const char *path = address->u.local.sun_path;
	struct stat made;

	if (fchmod(descriptor, 0) || bind(descriptor, &address->u.any, address->length))
		return false;
	if (lstat(path, &made))
		return false;
	listening->file = address->u.local;
	listening->device = made.st_dev;
	listening->inode = made.st_ino;
	return (group == (gid_t)-1 || lchown(path, (uid_t)-1, group) == 0) && chmod(path, mode) == 0 &&
	       listen(descriptor, CPC_BACKLOG) == 0;
}

enum cpc_status cpc_listen_file(const struct cpc_socket_address *address, const struct cpc_listen_options *options,
				struct cpc_listening *ret_listening, struct cpc_error *reterr)
{
	struct cpc_listening listening = { .descriptor = -1 };
	gid_t group = (gid_t)-1;
	enum cpc_status status = options->group ? cpc_group_named(options->group, &group, reterr) : CPC_OK;

	if (!status)
		status = clear_way(address, reterr);
	if (status)
		return status;
	listening.descriptor = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (listening.descriptor < 0 ||
	    !bind_file(listening.descriptor, address, options->mode ? options->mode : CPC_SOCKET_MODE_DEFAULT, group,
		       &listening)) {
		status = cpc_fail(reterr, errno == EACCES || errno == EPERM ? CPC_DENIED : CPC_UNAVAILABLE, 0,
				  "unix:%.107s: %s; choose another path, or another socket-group",
				  address->u.local.sun_path, strerror(errno));
		cpc_listen_close(&listening);
		return status;
	}
	*ret_listening = listening;
	return CPC_OK;
}

void cpc_listen_close(struct cpc_listening *listening)
{
	const char *path = listening->file.sun_path;
	struct stat found;

	if (*path && lstat(path, &found) == 0 && found.st_dev == listening->device && found.st_ino == listening->inode)
		unlink(path);
	if (listening->descriptor >= 0)
		close(listening->descriptor);
	listening->descriptor = -1;
	listening->file.sun_path[0] = '\0';
}
