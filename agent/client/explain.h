/* SPDX-License-Identifier: MIT */
#ifndef CPC_EXPLAIN_H
#define CPC_EXPLAIN_H

#include "transfer.h"

/** Longest that connecting may take. */
#define CPC_CONNECT_SECONDS 3L

/**
 * A transfer to `name` ended: CPC_OK where that was with a 200, else what is wrong, where, and what to do.
 * CPC_UNAVAILABLE where there is no good answer, CPC_USAGE for a malformed address, CPC_BAD_DATA for a file of
 * authorities that holds none, CPC_INTERNAL without memory. For people at a command line; an agent's log has the
 * shorter words of cpc_transfer_end().
 */
enum cpc_status cpc_explain(const struct cpc_curl *curl, const struct cpc_transfer *transfer, CURLcode code,
			    const char *name, struct cpc_error *reterr);

#endif
