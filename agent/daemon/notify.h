/* SPDX-License-Identifier: MIT */
/*
 * Telling the service manager how the agent is, by the protocol that sd_notify(3) documents as
 * stable: datagrams of NAME=VALUE lines to the socket that NOTIFY_SOCKET names. Without it every
 * function here does nothing. For the main thread.
 */
#ifndef CPC_NOTIFY_H
#define CPC_NOTIFY_H

#include <stdint.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <cpucompat/status.h>

/** Where the manager listens, and how often it wants to hear from us. */
struct cpc_notify {
	int descriptor; /**< a datagram socket; -1 where nobody is to be told */
	struct sockaddr_un address;
	socklen_t length;
	uint64_t watchdog_ms; /**< send CPC_NOTIFY_WATCHDOG this often: half of the manager's limit; 0 is never */
};

/** What is sent as it stands. */
#define CPC_NOTIFY_READY "READY=1"
#define CPC_NOTIFY_STOPPING "STOPPING=1"
#define CPC_NOTIFY_WATCHDOG "WATCHDOG=1"

/**
 * Take NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment, and open the socket.
 * Before the first thread starts. CPC_USAGE for a NOTIFY_SOCKET that is neither a path nor
 * `@NAME`, or for a WATCHDOG_USEC that is no number; `ret_notify` can be used and freed all the same.
 */
enum cpc_status cpc_notify_open(struct cpc_notify *ret_notify, struct cpc_error *reterr);

/**
 * Send a state and a status line for people, each where it is not NULL: control characters in it
 * become blanks, and it is cut at 500 bytes. A manager that does not take it is not waited for.
 */
void cpc_notify_send(const struct cpc_notify *notify, const char *state, const char *status);

/** Say that the configuration is being read again; CPC_NOTIFY_READY ends it. */
void cpc_notify_reloading(const struct cpc_notify *notify);

/** Close the socket. */
void cpc_notify_free(struct cpc_notify *notify);

#endif
