/* SPDX-License-Identifier: MIT */
/* `order` of the fleet document. Its classes are numbered by their place in `order.classes`. */
#include "fleet_pieces.h"

#include "describe.h"

static json_t *move(struct cpc_json *json, const struct cpc_order_move *move)
{
	json_t *object = json_object();

	cpc_json_put(json, object, "origin", cpc_json_class(move->origin));
	cpc_json_put(json, object, "to", cpc_json_class(move->to));
	cpc_json_put(json, object, "returns", json_boolean(move->returns));
	return object;
}

static json_t *moves(struct cpc_json *json, const struct cpc_order_move *items, size_t count)
{
	json_t *list = json_array();

	for (size_t i = 0; i < count; i++)
		cpc_json_append(json, list, move(json, &items[i]));
	return list;
}

/** Hosts of a class that leave, or all that were there. */
static json_t *drained(struct cpc_json *json, const struct cpc_order_plan *plan, size_t class)
{
	json_t *list = json_array();

	for (size_t i = 0; i < plan->leaving_count; i++)
		if (plan->leaving[i].class == class)
			cpc_json_append(json, list, cpc_json_text(plan->leaving[i].name));
	for (size_t i = 0; !plan->leaving_count && i < plan->present->classes[class].name_count; i++)
		cpc_json_append(json, list, cpc_json_text(plan->present->classes[class].names[i]));
	return list;
}

static json_t *added(struct cpc_json *json, const struct cpc_order_plan *plan, size_t class)
{
	const struct cpc_class *of = &plan->fleet->classes[class];
	const size_t present = class < plan->present->count ? plan->present->classes[class].name_count : 0;

	return cpc_json_names(json, (const char *const *)(of->names + present), of->name_count - present);
}

static json_t *step(struct cpc_json *json, const struct cpc_order_plan *plan, const struct cpc_fleet_order *order,
		    const struct cpc_order_leg *leg)
{
	json_t *object = json_object();

	cpc_json_put(json, object, "action", json_string(leg->add ? "add" : "drain"));
	cpc_json_put(json, object, "class", cpc_json_class(leg->class));
	cpc_json_put(json, object, "count", cpc_json_count(leg->hosts));
	cpc_json_put(json, object, "hosts", leg->add ? added(json, plan, leg->class) : drained(json, plan, leg->class));
	cpc_json_put(json, object, "moves",
		     leg->add ? json_array() : moves(json, order->moves + leg->first_move, leg->move_count));
	return object;
}

static json_t *block(struct cpc_json *json, const struct cpc_order_plan *plan, const struct cpc_order_block *block)
{
	const char *vendor = plan->fleet->classes[block->class].fingerprint.vendor;
	json_t *object = json_object();
	json_t *reasons;

	cpc_json_put(json, object, "class", cpc_json_class(block->class));
	cpc_json_put(json, object, "count", cpc_json_count(block->hosts));
	cpc_json_put(json, object, "hosts", drained(json, plan, block->class));
	cpc_json_put(json, object, "nearest", cpc_json_class(block->nearest));
	cpc_json_put(json, object, "verdict", json_string(cpc_verdict_name(block->verdict)));
	reasons = cpc_json_array(json, object, "reasons");
	for (size_t i = 0; i < block->reasons.count; i++)
		cpc_json_append(json, reasons, cpc_json_place(json, &block->reasons.items[i], vendor));
	return object;
}

json_t *cpc_json_order(struct cpc_json *json, const struct cpc_order_plan *plan, const struct cpc_fleet_order *order)
{
	json_t *object = json_object();
	json_t *list;

	cpc_json_put(json, object, "exists",
		     order->verdict == CPC_VERDICT_UNKNOWN ? json_null() : json_boolean(order->verdict == CPC_SAME));
	cpc_json_put(json, object, "round", json_boolean(order->round));
	cpc_json_put(json, object, "classes", cpc_json_class_list(json, plan->fleet));
	list = cpc_json_array(json, object, "steps");
	for (size_t i = 0; i < order->leg_count; i++)
		cpc_json_append(json, list, step(json, plan, order, &order->legs[i]));
	cpc_json_put(json, object, "away", moves(json, order->away, order->away_count));
	list = cpc_json_array(json, object, "blocks");
	for (size_t i = 0; i < order->block_count; i++)
		cpc_json_append(json, list, block(json, plan, &order->blocks[i]));
	return object;
}
