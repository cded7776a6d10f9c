/* SPDX-License-Identifier: MIT */
#ifndef CPC_SITE_JSON_H
#define CPC_SITE_JSON_H

#include <cpucompat/site.h>

#include "json.h"

/** {probes: {memory: {status, needs}, ...}, memory: {...}, ports: {left_out, items}, ...}, as site_fields.h has it. */
json_t *cpc_json_site(struct cpc_json *json, const struct cpc_site *site);

#endif
