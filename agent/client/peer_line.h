/* SPDX-License-Identifier: MIT */
#ifndef CPC_PEER_LINE_H
#define CPC_PEER_LINE_H

#include <stdbool.h>

#include <cpucompat/status.h>

/** Longest name of a peer. */
#define CPC_PEER_NAME_MAX 64

/** A value of the setting `peer`, taken apart: `NAME URL [token-file=FILE]`. Owned; zero-initialise. */
struct cpc_peer_line {
	char *name;
	char *address;	  /**< as it was written */
	char *shown;	  /**< the same without its path, for people */
	char *token_file; /**< NULL: none of its own */
};

/** Take it apart. CPC_USAGE where it is none, CPC_INTERNAL without memory; then `ret_line` is untouched. */
enum cpc_status cpc_peer_line_parse(const char *text, struct cpc_peer_line *ret_line, struct cpc_error *reterr);

/** The same of a line of a list of hosts, `[NAME] ADDRESS [token-file=FILE]`; `name` is "" where it has none. */
enum cpc_status cpc_host_line_parse(const char *text, struct cpc_peer_line *ret_line, struct cpc_error *reterr);

/** Whether it is one: the check of the setting. */
enum cpc_status cpc_peer_line_check(const char *text, struct cpc_error *reterr);

void cpc_peer_line_free(struct cpc_peer_line *line);

#endif
