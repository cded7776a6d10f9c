/* SPDX-License-Identifier: MIT */
/*
 * libmicrohttpd (0.9.75) accepts one connection, then polls all it has, then accepts the next: a burst of 512
 * takes 513 polls of up to 512 descriptors, and what the backlog has no room for meanwhile comes again a second later.
 * So a connection that it has accepted brings those along that wait behind it. They are handed to the
 * library as if another thread had accepted them, and it takes all of them after its next poll.
 */
#include "accept.h"

#include <sys/socket.h>

/** Whether this connection is one of those that were handed over: they bring no others. */
static bool was_handed(atomic_uint *handed)
{
	unsigned int left = atomic_load(handed);

	while (left)
		if (atomic_compare_exchange_weak(handed, &left, left - 1))
			return true;
	return false;
}

void cpc_accept_more(struct cpc_service *service, struct MHD_Connection *connection)
{
	if (was_handed(&service->handed))
		return;

	const union MHD_ConnectionInfo *info = MHD_get_connection_info(connection, MHD_CONNECTION_INFO_DAEMON);
	struct MHD_Daemon *daemon = info ? info->daemon : NULL;
	const union MHD_DaemonInfo *listener = daemon ? MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_LISTEN_FD) : NULL;

	for (size_t left = cpc_guard_batch(&service->guard); listener && left; left--) {
		struct sockaddr_storage address;
		socklen_t length = sizeof(address);
		struct sockaddr *client = (struct sockaddr *)&address;
		const int descriptor = accept4(listener->listen_fd, client, &length, SOCK_CLOEXEC | SOCK_NONBLOCK);
		/* It closes what it does not take. */
		if (descriptor < 0 || MHD_add_connection(daemon, descriptor, client, length) != MHD_YES)
			return;
		atomic_fetch_add(&service->handed, 1);
	}
}
