/* SPDX-License-Identifier: MIT */
#ifndef CPUCOMPAT_STATUS_H
#define CPUCOMPAT_STATUS_H

#include <stddef.h>

/**
 * How a call ended. The values are the process exit codes of sysexits.h, so a
 * program that fails can return the status as it stands.
 */
enum cpc_status {
	CPC_OK = 0,
	CPC_USAGE = 64,
	CPC_BAD_DATA = 65,
	CPC_NO_INPUT = 66,
	CPC_UNAVAILABLE = 69,
	CPC_INTERNAL = 70,
	CPC_DENIED = 77,
};

/**
 * What went wrong, where, in one line without a newline.
 * `line` is 1-based within the input that was read, 0 where lines mean nothing.
 * Calls that fail write it whole; calls that succeed leave it alone.
 */
struct cpc_error {
	enum cpc_status status;
	size_t line;
	char what[192];
};

/**
 * Fill `reterr` (which may be NULL) and return `status`, so that a failing
 * function can end with `return cpc_fail(reterr, ...)`. Longer texts are cut.
 * Thread-safe.
 */
#if defined(__GNUC__)
__attribute__((format(printf, 4, 5)))
#endif
enum cpc_status
cpc_fail(struct cpc_error *reterr, enum cpc_status status, size_t line, const char *format, ...);

/** The same with CPC_INTERNAL and the words for it. */
enum cpc_status cpc_out_of_memory(struct cpc_error *reterr);

#endif
