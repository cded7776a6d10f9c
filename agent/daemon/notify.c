/* SPDX-License-Identifier: MIT */
#include "notify.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "number.h"

#define STATUS_SIZE 501
#define MESSAGE_SIZE 700

/**
 * A path, or `@NAME` for a socket in the abstract namespace, whose name begins with a NUL and
 * ends with the address's length. (systemd also knows `vsock:`, for virtual machines as a whole.)
 */
static bool parse_address(const char *text, struct cpc_notify *notify)
{
	const size_t length = strlen(text);

	if ((text[0] != '/' && text[0] != '@') || length < 2 || length >= sizeof(notify->address.sun_path))
		return false;
	notify->address = (struct sockaddr_un){ .sun_family = AF_UNIX };
	memcpy(notify->address.sun_path, text, length);
	if (text[0] == '@')
		notify->address.sun_path[0] = '\0';
	notify->length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length + (text[0] == '/'));
	return true;
}

static enum cpc_status open_socket(const char *text, struct cpc_notify *notify, struct cpc_error *reterr)
{
	if (!parse_address(text, notify))
		return cpc_fail(reterr, CPC_USAGE, 0, "NOTIFY_SOCKET=%.60s: neither a path nor @NAME", text);
	/* Not connected: a manager that binds its socket anew is still found. */
	notify->descriptor = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (notify->descriptor < 0)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "no socket to notify the service manager: %s",
				strerror(errno));
	return CPC_OK;
}

/** The watchdog is for the process of WATCHDOG_PID, and for whoever is started where that is not set. */
static enum cpc_status take_watchdog(struct cpc_notify *notify, struct cpc_error *reterr)
{
	const char *limit = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");
	uint64_t microseconds;
	uint64_t whose;

	if (!limit || (pid && (!cpc_parse_number(pid, &whose) || whose != (uint64_t)getpid())))
		return CPC_OK;
	if (!cpc_parse_number(limit, &microseconds))
		return cpc_fail(reterr, CPC_USAGE, 0, "WATCHDOG_USEC=%.60s: not a number", limit);
	notify->watchdog_ms = microseconds / 2000;
	if (microseconds && !notify->watchdog_ms)
		notify->watchdog_ms = 1;
	return CPC_OK;
}

enum cpc_status cpc_notify_open(struct cpc_notify *ret_notify, struct cpc_error *reterr)
{
	const char *text = getenv("NOTIFY_SOCKET");
	enum cpc_status status = CPC_OK;

	*ret_notify = (struct cpc_notify){ .descriptor = -1 };
	if (text && *text) {
		status = open_socket(text, ret_notify, reterr);
		if (!status)
			status = take_watchdog(ret_notify, reterr);
	}
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
	unsetenv("WATCHDOG_PID");
	return status;
}

static void clean(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20)
			*text = ' ';
}

void cpc_notify_send(const struct cpc_notify *notify, const char *state, const char *status)
{
	char line[STATUS_SIZE] = "";
	char message[MESSAGE_SIZE];

	if (notify->descriptor < 0)
		return;
	snprintf(line, sizeof(line), "%s", status ? status : "");
	clean(line);
	const int length = snprintf(message, sizeof(message), "%s%s%s%s%s", state ? state : "", state ? "\n" : "",
				    status ? "STATUS=" : "", line, status ? "\n" : "");
	/* A manager that is gone, or too busy to take a datagram, is no reason to stop: the next one tells it. */
	(void)sendto(notify->descriptor, message, (size_t)length, MSG_NOSIGNAL | MSG_DONTWAIT,
		     (const struct sockaddr *)&notify->address, notify->length);
}

void cpc_notify_reloading(const struct cpc_notify *notify)
{
	char state[80];
	struct timespec now = { 0 };

	clock_gettime(CLOCK_MONOTONIC, &now);
	snprintf(state, sizeof(state), "RELOADING=1\nMONOTONIC_USEC=%" PRIu64,
		 (uint64_t)now.tv_sec * 1000000 + (uint64_t)now.tv_nsec / 1000);
	cpc_notify_send(notify, state, NULL);
}

void cpc_notify_free(struct cpc_notify *notify)
{
	if (notify->descriptor >= 0)
		close(notify->descriptor);
	notify->descriptor = -1;
}
