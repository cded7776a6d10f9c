/* SPDX-License-Identifier: MIT */
#ifndef CPC_CALL_FILTER_H
#define CPC_CALL_FILTER_H

#include <stdbool.h>

#include <cpucompat/status.h>

/** What the agent will do besides serving. */
struct cpc_call_filter {
	bool client; /**< ask peers: sockets, and libraries that are loaded when a name is resolved */
	bool unlink; /**< remove the names of unix sockets when it stops */
};

/**
 * Allow every thread of this process the system calls of calls.def, for good. One that is
 * refused fails with EPERM (ENOSYS where libseccomp has never heard of it, so that libraries fall back), and
 * the first of each number is a line in the log; one that only an intruder would make kills the
 * process. Sets no_new_privs. SIGSYS is taken for it, and must not be blocked. Once a process: what the
 * handler of SIGSYS has to know is the one variable of this file. CPC_INTERNAL where the kernel has no such filter.
 */
enum cpc_status cpc_call_filter_install(const struct cpc_call_filter *options, struct cpc_error *reterr);

#endif
