/* SPDX-License-Identifier: MIT */
/* Members of the fleet document that have a file of their own. The caller takes what is returned. */
#ifndef CPC_FLEET_PIECES_H
#define CPC_FLEET_PIECES_H

#include <cpucompat/fleet_change.h>
#include <cpucompat/fleet_order.h>

#include "json.h"
#include "render.h"

/** `chains`: arrays of pool numbers, or null where chains were not looked for. */
json_t *cpc_json_chains(struct cpc_json *json, const struct cpc_fleet_answers *answers);

/** `change` of a view that has one: everything of it. */
json_t *cpc_json_change(struct cpc_json *json, const struct cpc_fleet_view *view);

/** `order`: its steps, or what is in its way. */
json_t *cpc_json_order(struct cpc_json *json, const struct cpc_order_plan *plan, const struct cpc_fleet_order *order);

/** [{id, fingerprint, cpu, count}], to be referred to by number. */
json_t *cpc_json_class_list(struct cpc_json *json, const struct cpc_fleet *fleet);

/** The number of a class; null for CPC_NO_CLASS. */
json_t *cpc_json_class(size_t class);

/** The names of the bits that are set in words of a fingerprint. */
json_t *cpc_json_bit_names(struct cpc_json *json, const uint32_t words[static CPC_WORDS_MAX]);

json_t *cpc_json_names(struct cpc_json *json, const char *const *names, size_t count);

/** {code, name, where} of a finding. */
json_t *cpc_json_place(struct cpc_json *json, const struct cpc_finding *finding, const char *vendor);

#endif
