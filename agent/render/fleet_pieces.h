/* SPDX-License-Identifier: MIT */
/* Members of the fleet document that have a file of their own. The caller takes what is returned. */
#ifndef CPC_FLEET_PIECES_H
#define CPC_FLEET_PIECES_H

#include <cpucompat/fleet.h>

#include "json.h"

/** `chains`: arrays of pool numbers, or null where chains were not looked for. */
json_t *cpc_json_chains(struct cpc_json *json, const struct cpc_fleet_answers *answers);

#endif
