/* SPDX-License-Identifier: MIT */
/* The schemas behind cpucompat/ready/1, for the list of all of them. */
#ifndef CPC_READY_SCHEMA_H
#define CPC_READY_SCHEMA_H

#include "schema.h"

extern const struct cpc_schema cpc_schema_ready_row;
extern const struct cpc_schema cpc_schema_ready_fact;
extern const struct cpc_schema cpc_schema_ready_reason;
extern const struct cpc_schema cpc_schema_ready_caution;
extern const struct cpc_schema cpc_schema_site;

#endif
