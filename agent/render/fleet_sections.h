/* SPDX-License-Identifier: MIT */
/* Parts of a fleet's text that have a file of their own. */
#ifndef CPC_FLEET_SECTIONS_H
#define CPC_FLEET_SECTIONS_H

#include <cpucompat/fleet_change.h>
#include <cpucompat/fleet_order.h>

#include "layout.h"
#include "render.h"

/** What changed since a document, or (`since` NULL) what would change by a plan. */
void cpc_put_fleet_change(struct cpc_text *text, const struct cpc_fleet_view *view);

/** The part of that about answers: baselines, pools, verdicts, reach. `was` and `is` are the words for both times. */
void cpc_put_changed_answers(struct cpc_text *text, const struct cpc_fleet_change *change, const char *was,
			     const char *is);

/** The order, step by step, or why there is none. */
void cpc_put_fleet_order(struct cpc_text *text, const struct cpc_order_plan *plan, const struct cpc_fleet_order *order);

#endif
