/* SPDX-License-Identifier: MIT */
/* The order itself; fleet_order.h says what is assumed. Hosts of one class are alike, so a leg is a class. */
#include "fleet_order_blocks.h"

#include <stdlib.h>
#include <string.h>

/** How well the VMs of a class fare, best first. */
enum fare { OWN_CLASS, BOTH_WAYS, ONE_WAY, NOWHERE };

/** An order in the making. */
struct making {
	const struct cpc_order_plan *plan;
	size_t *leaving; /**< [class]: hosts of it that leave */
	size_t *sorted;	 /**< classes, in the order in which they are drained */
	size_t *choices; /**< [class]: classes that take its VMs */
	bool *there;	 /**< [class * count + origin]: VMs of that origin may be on its hosts */
	size_t move_room;
	struct cpc_fleet_order *order;
};

static bool takes(const struct cpc_order_plan *plan, size_t origin, size_t class)
{
	return cpc_verdict_moves(plan->answers->verdicts[origin * plan->fleet->count + class]);
}

/**
 * A guest that was given no VT-x runs no other host's VMs, whatever its CPUID would take. Among guests, which are then
 * all that is known of the hosts that they are on, each stands for its own.
 */
static bool is_no_host_for(const struct cpc_order_plan *plan, size_t class, size_t at)
{
	const struct cpc_class *to = &plan->fleet->classes[class];

	return to->vantage == CPC_GUEST && plan->fleet->classes[at].vantage != CPC_GUEST &&
	       to->requirements[CPC_HARDWARE_VIRTUALIZATION] == CPC_HIDDEN_BY_HYPERVISOR &&
	       plan->answers->policy->requires >> CPC_HARDWARE_VIRTUALIZATION & 1U;
}

size_t cpc_order_takers(const struct cpc_order_plan *plan, const size_t *leaving, size_t class, size_t at)
{
	const size_t hosts = plan->fleet->classes[class].count - leaving[class];

	if (is_no_host_for(plan, class, at))
		return 0;

	/* A host that leaves is counted already. */
	return plan->leaving_count || class != at ? hosts : hosts - 1;
}

static size_t added(const struct cpc_order_plan *plan, size_t class)
{
	const size_t present = class < plan->present->count ? plan->present->classes[class].count : 0;

	return plan->fleet->classes[class].count - present;
}

/** Hosts of a class that are to be drained. */
static size_t drained(const struct making *making, size_t class)
{
	if (making->plan->leaving_count)
		return making->leaving[class];
	return making->plan->fleet->classes[class].count - added(making->plan, class);
}

/** Where none can run, as with VT-x off, there are none to move. A guest that tells of itself is one. */
static bool has_vms(const struct making *making, size_t class)
{
	const struct cpc_side side = cpc_class_side(&making->plan->fleet->classes[class]);

	return side.vantage == CPC_GUEST || !cpc_cannot_host(&side, making->plan->answers->policy);
}

static bool can_take(const struct making *making, size_t origin, size_t at, size_t to)
{
	return takes(making->plan, origin, to) && cpc_order_takers(making->plan, making->leaving, to, at) > 0;
}

/** Of two that take VMs one way: the one whose own VMs move to more classes has less beyond them. */
static bool is_nearer(const struct making *making, size_t a, size_t b)
{
	if (making->choices[a] != making->choices[b])
		return making->choices[a] > making->choices[b];
	return making->plan->fleet->classes[a].count > making->plan->fleet->classes[b].count;
}

/** Where VMs go, from a host of class `at` that is being drained. */
static enum fare choose(const struct making *making, size_t origin, size_t at, size_t *ret_to)
{
	enum fare best = NOWHERE;

	/* VMs are elsewhere only in a round: the host that they were started on is back, and takes them whatever was
	 * not read of it. */
	if (can_take(making, origin, at, origin) || origin != at) {
		*ret_to = origin;
		return OWN_CLASS;
	}
	for (size_t i = 0; i < making->plan->fleet->count; i++) {
		const enum fare fare = takes(making->plan, i, origin) ? BOTH_WAYS : ONE_WAY;

		if (!can_take(making, origin, at, i) || fare > best || (fare == best && !is_nearer(making, i, *ret_to)))
			continue;
		best = fare;
		*ret_to = i;
	}
	return best;
}

/** Of the VMs that were started on hosts of a class; where there are none nothing is lost. */
static enum fare fare_of(const struct making *making, size_t class)
{
	size_t to;

	return has_vms(making, class) ? choose(making, class, class, &to) : OWN_CLASS;
}

static void count_choices(struct making *making)
{
	const size_t count = making->plan->fleet->count;

	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < count; j++)
			making->choices[i] += i != j && takes(making->plan, i, j);
}

/** In a round those with the most choice first; where hosts leave, those whose VMs keep the way back. */
static void sort_classes(struct making *making)
{
	const size_t count = making->plan->fleet->count;
	size_t at = 0;

	if (!making->plan->leaving_count) {
		for (size_t choices = count; choices-- > 0;)
			for (size_t i = 0; i < count; i++)
				if (making->choices[i] == choices)
					making->sorted[at++] = i;
		return;
	}
	for (unsigned int fare = OWN_CLASS; fare <= NOWHERE; fare++)
		for (size_t i = 0; i < count; i++)
			if (making->leaving[i] && fare_of(making, i) == fare)
				making->sorted[at++] = i;
	while (at < count)
		making->sorted[at++] = CPC_NO_CLASS;
}

static bool make(struct making *making)
{
	const size_t count = making->plan->fleet->count;
	const size_t room = count ? count : 1;

	making->leaving = calloc(room, sizeof(*making->leaving));
	making->sorted = calloc(room, sizeof(*making->sorted));
	making->choices = calloc(room, sizeof(*making->choices));
	making->there = calloc(room, room);
	making->order->legs = calloc(2 * room, sizeof(*making->order->legs));
	if (!making->leaving || !making->sorted || !making->choices || !making->there || !making->order->legs)
		return false;
	for (size_t i = 0; i < making->plan->leaving_count; i++)
		making->leaving[making->plan->leaving[i].class]++;
	count_choices(making);
	sort_classes(making);
	return true;
}

static void unmake(struct making *making)
{
	free(making->leaving);
	free(making->sorted);
	free(making->choices);
	free(making->there);
}

static enum cpc_status add_block(struct making *making, size_t class, struct cpc_error *reterr)
{
	struct cpc_fleet_order *order = making->order;
	struct cpc_order_block *blocks = realloc(order->blocks, (order->block_count + 1) * sizeof(*blocks));
	struct cpc_order_block *block;

	if (!blocks)
		return cpc_out_of_memory(reterr);
	order->blocks = blocks;
	block = &blocks[order->block_count++];
	*block = (struct cpc_order_block){ .class = class, .hosts = drained(making, class) };
	return cpc_order_explain(making->plan, making->leaving, order->block_count <= CPC_ORDER_REASONS_MAX, block,
				 reterr);
}

/** An order stands or falls with the VMs that were started on each host; others can go home. */
static enum cpc_status find_blocks(struct making *making, struct cpc_error *reterr)
{
	struct cpc_fleet_order *order = making->order;
	enum cpc_status status = CPC_OK;

	for (size_t i = 0; i < making->plan->fleet->count && !status; i++)
		if (drained(making, i) && fare_of(making, i) == NOWHERE)
			status = add_block(making, i, reterr);
	order->verdict = order->block_count ? CPC_VERDICT_UNKNOWN : CPC_SAME;
	for (size_t i = 0; i < order->block_count; i++)
		if (order->blocks[i].verdict != CPC_VERDICT_UNKNOWN)
			order->verdict = CPC_IMPOSSIBLE;
	return status;
}

static bool add_move(struct making *making, size_t origin, size_t at)
{
	struct cpc_fleet_order *order = making->order;
	struct cpc_order_move move = { .origin = origin, .at = at };

	if (order->move_count == making->move_room) {
		const size_t room = making->move_room ? making->move_room * 2 : 64;
		struct cpc_order_move *moves = realloc(order->moves, room * sizeof(*moves));

		if (!moves)
			return false;
		order->moves = moves;
		making->move_room = room;
	}
	choose(making, origin, at, &move.to);
	move.returns = move.to == origin || takes(making->plan, move.to, origin);
	order->moves[order->move_count++] = move;
	return true;
}

/**
 * All hosts of a class, one after the other: of each, VMs of every origin that may be there. After the last only what
 * moves within the class is left, and what may be on hosts that were added. Where hosts leave, nothing was moved to
 * them.
 */
static bool drain(struct making *making, size_t class)
{
	const size_t count = making->plan->fleet->count;
	struct cpc_fleet_order *order = making->order;
	struct cpc_order_leg *leg = &order->legs[order->leg_count++];
	bool *there = making->there + class * count;

	*leg = (struct cpc_order_leg){ .class = class,
				       .hosts = drained(making, class),
				       .first_move = order->move_count };
	there[class] = has_vms(making, class);
	for (size_t origin = 0; origin < count; origin++)
		if (there[origin] && (origin == class || order->round) && !add_move(making, origin, class))
			return false;
	leg->move_count = order->move_count - leg->first_move;
	for (size_t i = 0; i < leg->move_count && !added(making->plan, class); i++)
		there[order->moves[leg->first_move + i].origin] = false;
	for (size_t i = 0; i < leg->move_count; i++) {
		const struct cpc_order_move *move = &order->moves[leg->first_move + i];

		making->there[move->to * count + move->origin] = true;
	}
	return true;
}

static bool list_away(struct making *making)
{
	const size_t count = making->plan->fleet->count;
	struct cpc_fleet_order *order = making->order;

	order->away = calloc(order->move_count + 1, sizeof(*order->away));
	if (!order->away)
		return false;
	for (size_t i = 0; i < order->move_count; i++) {
		struct cpc_order_move move = order->moves[i];

		if (move.to == move.origin || !making->there[move.to * count + move.origin])
			continue;
		/* Told once, though VMs may have come by more than one way. */
		making->there[move.to * count + move.origin] = false;
		move.at = move.to;
		order->away[order->away_count++] = move;
	}
	return true;
}

static bool make_legs(struct making *making)
{
	struct cpc_fleet_order *order = making->order;
	const size_t count = making->plan->fleet->count;

	for (size_t i = 0; i < count; i++)
		if (added(making->plan, i))
			order->legs[order->leg_count++] =
				(struct cpc_order_leg){ .add = true, .class = i, .hosts = added(making->plan, i) };
	for (size_t i = 0; i < count && making->sorted[i] != CPC_NO_CLASS; i++)
		if (drained(making, making->sorted[i]) && !drain(making, making->sorted[i]))
			return false;
	return list_away(making);
}

enum cpc_status cpc_fleet_order_of(const struct cpc_order_plan *plan, struct cpc_fleet_order *ret_order,
				   struct cpc_error *reterr)
{
	struct cpc_fleet_order order = { .round = plan->leaving_count == 0 };
	struct making making = { .plan = plan, .order = &order };
	enum cpc_status status = make(&making) ? find_blocks(&making, reterr) : cpc_out_of_memory(reterr);

	if (!status && order.verdict == CPC_SAME && !make_legs(&making))
		status = cpc_out_of_memory(reterr);
	unmake(&making);
	if (status) {
		cpc_fleet_order_free(&order);
		return status;
	}
	*ret_order = order;
	return CPC_OK;
}

void cpc_fleet_order_free(struct cpc_fleet_order *order)
{
	for (size_t i = 0; i < order->block_count; i++)
		free(order->blocks[i].reasons.items);
	free(order->blocks);
	free(order->legs);
	free(order->moves);
	free(order->away);
	*order = (struct cpc_fleet_order){ .verdict = CPC_SAME };
}
