/* SPDX-License-Identifier: MIT */
#ifndef CPC_CLIENT_H
#define CPC_CLIENT_H

#include <stdbool.h>

#include <cpucompat/buffer.h>
#include <cpucompat/status.h>

/** Whether a SOURCE is an agent's address: `http://`, `https://` or `unix:`. */
bool cpc_is_address(const char *source);

/** Whether it is a Prometheus server's: `prometheus+...`. */
bool cpc_is_prometheus(const char *source);

/**
 * Ask an agent for its report (`/v1/report` is added to an address without a
 * path). libcurl is loaded here, on the first call, and not before. Bounded: 16 MiB,
 * 10 seconds, no redirects. Fails with CPC_UNAVAILABLE where nobody answers with
 * a 200, and where libcurl is not installed; the error names the address without credentials.
 * Not thread-safe on its first call.
 */
enum cpc_status cpc_fetch_report(const char *address, struct cpc_buffer *ret_body, struct cpc_error *reterr);

#endif
