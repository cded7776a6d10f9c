/* SPDX-License-Identifier: MIT */
#ifndef CPC_ADDRESS_H
#define CPC_ADDRESS_H

#include <stdbool.h>

#include <cpucompat/status.h>

#define CPC_ADDRESS_MAX 2048

/** Longest path of a unix socket, sun_path's NUL included. */
#define CPC_SOCKET_PATH_SIZE 108

/** An agent's address, taken apart. */
struct cpc_address {
	char url[CPC_ADDRESS_MAX + 16];
	char socket_path[CPC_SOCKET_PATH_SIZE]; /**< "" where there is none */
	char name[96];				/**< to be printed: without credentials, path and control characters */
	bool has_path;				/**< it names a path itself */
};

/** Take it apart. CPC_USAGE where it is none, or too long; the error repeats no credentials. */
enum cpc_status cpc_address_parse(const char *text, struct cpc_address *ret_address, struct cpc_error *reterr);

/** The same, for another of the agent's documents than its report: "v1/ready", which an address without a path gets. */
enum cpc_status cpc_address_parse_for(const char *text, const char *path, struct cpc_address *ret_address,
				      struct cpc_error *reterr);

/**
 * The same of a Prometheus server's: `prometheus+http://HOST[:PORT][/PREFIX]`, or https. `url` is that of its API's
 * `query`, without a question.
 */
enum cpc_status cpc_address_parse_prometheus(const char *text, struct cpc_address *ret_address,
					     struct cpc_error *reterr);

/** Whether what is sent there can be read on the way: plain HTTP to another machine. */
bool cpc_address_is_exposed(const char *text);

#endif
