/* SPDX-License-Identifier: MIT */
#ifndef CPC_EXPLAIN_H
#define CPC_EXPLAIN_H

#include "transfer.h"

/** Longest that connecting may take. */
#define CPC_CONNECT_SECONDS 3L

/** A transfer to `name` ended: CPC_OK where that was with a 200, else what is wrong, where, and what to do. */
enum cpc_status cpc_explain(const struct cpc_curl *curl, const struct cpc_transfer *transfer, CURLcode code,
			    const char *name, struct cpc_error *reterr);

#endif
