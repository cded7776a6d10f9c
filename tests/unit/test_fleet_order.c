/* SPDX-License-Identifier: MIT */
/*
 * Orders, held against a search through every order and every choice of destinations, host by host, that knows
 * nothing of classes; and each printed leg is carried out with VMs on every host where they may be.
 */
#include <cpucompat/fleet_order.h>

#include "support.h"

#define HOSTS_MAX 5

/** A fleet of a few hosts, and what is to become of them. */
struct world {
	struct cpc_fleet fleet;
	struct cpc_fleet present;
	struct cpc_fleet_answers answers;
	struct cpc_order_plan plan;
	struct cpc_named_host leaving[HOSTS_MAX];
	size_t host_count;
	struct {
		size_t class;
		bool added;
		bool leaves;
		bool off; /**< VT-x is, and there are no VMs */
	} hosts[HOSTS_MAX];
};

static void open_world(struct world *world, uint64_t *random, bool round)
{
	static const enum cpc_feature_id features[] = { CPC_F_avx, CPC_F_aes, CPC_F_rdrand };
	static const char *const names[] = { "a", "b", "c", "d", "e" };
	const bool lawless = random_below(random, 3) == 0;

	*world = (struct world){ .host_count = 1 + random_below(random, HOSTS_MAX) };
	const size_t added = random_below(random, (uint32_t)world->host_count);
	for (size_t i = 0; i < world->host_count; i++) {
		struct cpc_fingerprint fingerprint =
			plain_fingerprint(random_below(random, 9) ? "GenuineIntel" : "AuthenticAMD");
		struct cpc_side side = side_of(&fingerprint);

		world->hosts[i].off = random_below(random, 8) == 0;
		if (world->hosts[i].off)
			side.requirements[CPC_HARDWARE_VIRTUALIZATION] = CPC_DISABLED_BY_FIRMWARE;
		for (size_t f = 0; f < COUNT(features); f++)
			set_feature(&fingerprint, features[f], random_below(random, 2));
		if (random_below(random, 5) == 0)
			set_unread_10a(&fingerprint);
		/* What is added comes last. */
		world->hosts[i].added = i >= world->host_count - added;
		assert_int_equal(cpc_fleet_add(&world->fleet, names[i], &side, NULL), CPC_OK);
		if (!world->hosts[i].added)
			assert_int_equal(cpc_fleet_add(&world->present, names[i], &side, NULL), CPC_OK);
		assert_true(cpc_fleet_find(&world->fleet, &side, &world->hosts[i].class));
	}
	assert_int_equal(cpc_fleet_ask(&world->fleet, cpc_policy_named("kvm"), &world->answers, NULL), CPC_OK);
	/* Verdicts that nothing makes transitive. A class of one host takes its own. */
	for (size_t i = 0; i < world->fleet.count * world->fleet.count && lawless; i++)
		if (i / world->fleet.count != i % world->fleet.count ||
		    world->fleet.classes[i % world->fleet.count].count > 1)
			world->answers.verdicts[i] = (uint8_t)random_below(random, CPC_VERDICT_COUNT);
	world->plan = (struct cpc_order_plan){ .fleet = &world->fleet,
					       .present = &world->present,
					       .answers = &world->answers,
					       .leaving = world->leaving };
	for (size_t i = 0; i < world->host_count; i++) {
		world->hosts[i].leaves = !world->hosts[i].added && !round && random_below(random, 2);
		if (world->hosts[i].leaves)
			world->leaving[world->plan.leaving_count++] =
				(struct cpc_named_host){ .name = names[i], .class = world->hosts[i].class };
	}
}

static void close_world(struct world *world)
{
	cpc_fleet_answers_free(&world->answers);
	cpc_fleet_free(&world->fleet);
	cpc_fleet_free(&world->present);
}

static enum cpc_verdict verdict_of(const struct world *world, size_t vm, size_t host)
{
	if (vm == host)
		return CPC_SAME;
	return world->answers.verdicts[world->hosts[vm].class * world->fleet.count + world->hosts[host].class];
}

static bool is_drained(const struct world *world, size_t host)
{
	return world->plan.leaving_count ? world->hosts[host].leaves : !world->hosts[host].added;
}

/** Where each VM is, one a host that had some; and which hosts were drained already. */
struct position {
	size_t at[HOSTS_MAX];
	bool done[HOSTS_MAX];
};

static bool search(const struct world *world, const struct position *position, bool unknown_too);

/** Try every destination of each VM on the host, from the nth on, and go on from there. */
static bool place(const struct world *world, struct position *position, size_t host, size_t vm, bool unknown_too)
{
	while (vm < world->host_count && (world->hosts[vm].added || world->hosts[vm].off || position->at[vm] != host))
		vm++;
	if (vm == world->host_count)
		return search(world, position, unknown_too);
	for (size_t to = 0; to < world->host_count; to++) {
		const bool gone = world->plan.leaving_count && position->done[to];
		const enum cpc_verdict verdict = verdict_of(world, vm, to);

		if (to == host || gone || (!moves(verdict) && !(unknown_too && verdict == CPC_VERDICT_UNKNOWN)))
			continue;
		struct position next = *position;

		next.at[vm] = to;
		if (place(world, &next, host, vm + 1, unknown_too))
			return true;
	}
	return false;
}

static bool search(const struct world *world, const struct position *position, bool unknown_too)
{
	bool all = true;

	for (size_t host = 0; host < world->host_count; host++) {
		struct position next = *position;

		if (!is_drained(world, host) || position->done[host])
			continue;
		all = false;
		next.done[host] = true;
		if (place(world, &next, host, 0, unknown_too))
			return true;
	}
	return all;
}

/** Carry a leg out on one of its hosts. `may[vm][host]`: VMs of it may be there. */
static void drain(const struct world *world, const struct cpc_fleet_order *order, const struct cpc_order_leg *leg,
		  size_t host, bool may[HOSTS_MAX][HOSTS_MAX], const bool gone[HOSTS_MAX])
{
	for (size_t vm = 0; vm < world->host_count; vm++) {
		const struct cpc_order_move *move = NULL;
		size_t takers = 0;

		if (!may[vm][host])
			continue;
		for (size_t i = 0; i < leg->move_count; i++)
			if (order->moves[leg->first_move + i].origin == world->hosts[vm].class)
				move = &order->moves[leg->first_move + i];
		assert_non_null(move);
		assert_int_equal(move->at, world->hosts[host].class);
		for (size_t to = 0; to < world->host_count; to++) {
			/* Where hosts leave, no VM moves to one that is still to leave. */
			if (to == host || gone[to] || world->hosts[to].leaves || !moves(verdict_of(world, vm, to)))
				continue;
			/* None gives up its way back where another host keeps it. */
			assert_true(move->returns || !moves(verdict_of(world, to, vm)));
			if (world->hosts[to].class != move->to)
				continue;
			may[vm][to] = true;
			takers++;
		}
		assert_true(takers > 0);
		may[vm][host] = false;
		if (move->to != move->origin)
			assert_int_equal(move->returns,
					 moves(world->answers.verdicts[move->to * world->fleet.count + move->origin]));
		else
			assert_true(move->returns);
	}
}

static void carry_out(const struct world *world, const struct cpc_fleet_order *order)
{
	bool may[HOSTS_MAX][HOSTS_MAX] = { { false } };
	bool gone[HOSTS_MAX] = { false };
	size_t drained = 0;
	size_t expected = 0;
	bool away[HOSTS_MAX][HOSTS_MAX] = { { false } };

	for (size_t i = 0; i < world->host_count; i++) {
		may[i][i] = !world->hosts[i].added && !world->hosts[i].off;
		expected += is_drained(world, i);
	}
	for (size_t l = 0; l < order->leg_count; l++) {
		const struct cpc_order_leg *leg = &order->legs[l];
		size_t hosts = 0;

		for (size_t host = 0; host < world->host_count; host++) {
			if (world->hosts[host].class != leg->class ||
			    (leg->add ? !world->hosts[host].added : !is_drained(world, host)))
				continue;
			hosts++;
			/* What is added comes first, and is not drained. */
			assert_true(!leg->add || drained == 0);
			if (leg->add)
				continue;
			drain(world, order, leg, host, may, gone);
			gone[host] = world->hosts[host].leaves;
			drained++;
		}
		assert_int_equal(hosts, leg->hosts);
	}
	assert_int_equal(drained, expected);
	for (size_t vm = 0; vm < world->host_count; vm++)
		for (size_t host = 0; host < world->host_count; host++) {
			assert_false(may[vm][host] && gone[host]);
			if (may[vm][host] && world->hosts[host].class != world->hosts[vm].class)
				away[world->hosts[vm].class][world->hosts[host].class] = true;
		}
	for (size_t i = 0; i < order->away_count; i++) {
		assert_true(away[order->away[i].origin][order->away[i].to]);
		away[order->away[i].origin][order->away[i].to] = false;
	}
	for (size_t i = 0; i < HOSTS_MAX; i++)
		for (size_t j = 0; j < HOSTS_MAX; j++)
			assert_false(away[i][j]);
}

static void check_blocks(const struct world *world, const struct cpc_fleet_order *order)
{
	assert_true(order->block_count > 0);
	assert_int_equal(order->leg_count, 0);
	for (size_t i = 0; i < order->block_count; i++) {
		const struct cpc_order_block *block = &order->blocks[i];

		assert_true(block->hosts > 0);
		assert_false(moves(block->verdict));
		if (block->nearest != CPC_NO_CLASS)
			assert_int_equal(block->verdict,
					 world->answers.verdicts[block->class * world->fleet.count + block->nearest]);
	}
}

static void agrees_with_a_search(void **state)
{
	size_t found[CPC_VERDICT_COUNT] = { 0 };
	uint64_t random = 20261126;

	(void)state;
	for (unsigned int n = 0; n < 3000; n++) {
		struct cpc_fleet_order order;
		struct position position = { .at = { 0, 1, 2, 3, 4 } };
		struct world world;

		open_world(&world, &random, n % 2);
		const bool known = search(&world, &position, false);
		const bool hoped = known || search(&world, &position, true);
		assert_int_equal(cpc_fleet_order_of(&world.plan, &order, NULL), CPC_OK);
		assert_int_equal(order.verdict, known ? CPC_SAME : hoped ? CPC_VERDICT_UNKNOWN : CPC_IMPOSSIBLE);
		if (known)
			carry_out(&world, &order);
		else
			check_blocks(&world, &order);
		found[order.verdict]++;
		cpc_fleet_order_free(&order);
		close_world(&world);
	}
	assert_true(found[CPC_SAME] > 300 && found[CPC_IMPOSSIBLE] > 300 && found[CPC_VERDICT_UNKNOWN] > 100);
}

static void add_host(struct cpc_fleet *fleet, const char *name, const char *features)
{
	struct cpc_fingerprint fingerprint = plain_fingerprint("GenuineIntel");
	const struct cpc_side side = side_of(&fingerprint);

	apply_features(&fingerprint, features);
	assert_int_equal(cpc_fleet_add(fleet, name, &side, NULL), CPC_OK);
}

/* old01 -> mid01 -> new01, one way each: the oldest first, and its VMs are home again before the end. */
static void drains_the_least_first(void **state)
{
	struct cpc_fleet fleet = { .count = 0 };
	struct cpc_fleet_answers answers;
	struct cpc_fleet_order order;

	(void)state;
	add_host(&fleet, "new01", "avx aes");
	add_host(&fleet, "new02", "avx aes");
	add_host(&fleet, "mid01", "aes");
	add_host(&fleet, "old01", "");
	assert_int_equal(cpc_fleet_ask(&fleet, cpc_policy_named("kvm"), &answers, NULL), CPC_OK);
	const struct cpc_order_plan plan = { .fleet = &fleet, .present = &fleet, .answers = &answers };
	assert_int_equal(cpc_fleet_order_of(&plan, &order, NULL), CPC_OK);
	assert_int_equal(order.verdict, CPC_SAME);
	assert_int_equal(order.leg_count, 3);
	for (size_t i = 0; i < 3; i++)
		assert_int_equal(order.legs[i].class, 2 - i);
	/* To the middle, which has less beyond it than the newest. */
	assert_int_equal(order.moves[order.legs[0].first_move].to, 1);
	assert_false(order.moves[order.legs[0].first_move].returns);
	/* Both its own VMs and those of the oldest, which go home. */
	assert_int_equal(order.legs[1].move_count, 2);
	assert_int_equal(order.legs[2].hosts, 2);
	assert_int_equal(order.moves[order.legs[2].first_move].to, 0);
	/* Those of the middle went to the newest, and home when it was drained. */
	assert_int_equal(order.away_count, 0);
	cpc_fleet_order_free(&order);
	cpc_fleet_answers_free(&answers);
	cpc_fleet_free(&fleet);
}

/* A host with VT-x off has no VMs, is no way home for those that its processor would take, and a guest is a VM. */
static void moves_nothing_from_hosts_without_vtx(void **state)
{
	static const enum cpc_vantage vantages[] = { CPC_BARE_METAL, CPC_GUEST };

	(void)state;
	for (size_t i = 0; i < COUNT(vantages); i++) {
		struct cpc_fingerprint fingerprint = plain_fingerprint("GenuineIntel");
		struct cpc_side side = side_of(&fingerprint);
		struct cpc_fleet fleet = { .count = 0 };
		struct cpc_fleet_answers answers;
		struct cpc_fleet_order order;

		add_host(&fleet, "on01", "avx");
		add_host(&fleet, "on02", "avx");
		apply_features(&fingerprint, "avx aes");
		side.vantage = vantages[i];
		side.requirements[CPC_HARDWARE_VIRTUALIZATION] = CPC_ABSENT;
		assert_int_equal(cpc_fleet_add(&fleet, "off01", &side, NULL), CPC_OK);
		assert_int_equal(cpc_fleet_ask(&fleet, cpc_policy_named("kvm"), &answers, NULL), CPC_OK);
		const struct cpc_order_plan plan = { .fleet = &fleet, .present = &fleet, .answers = &answers };
		assert_int_equal(cpc_fleet_order_of(&plan, &order, NULL), CPC_OK);
		assert_int_equal(order.verdict, vantages[i] == CPC_GUEST ? CPC_IMPOSSIBLE : CPC_SAME);
		for (size_t n = 0; n < order.leg_count; n++)
			assert_int_equal(order.legs[n].move_count, order.legs[n].class == 0);
		cpc_fleet_order_free(&order);
		cpc_fleet_answers_free(&answers);
		cpc_fleet_free(&fleet);
	}
}

/* What a guest was given may take a host's VMs; it runs none without VT-x. Guests alone stand for their hosts. */
static void sends_no_vm_into_a_guest(void **state)
{
	static const struct {
		enum cpc_vantage first;
		enum cpc_requirement_status second;
		enum cpc_verdict verdict;
	} cases[] = {
		{ CPC_BARE_METAL, CPC_HIDDEN_BY_HYPERVISOR, CPC_IMPOSSIBLE },
		{ CPC_BARE_METAL, CPC_PRESENT, CPC_SAME },
		{ CPC_GUEST, CPC_HIDDEN_BY_HYPERVISOR, CPC_SAME },
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct cpc_fingerprint fingerprint = plain_fingerprint("GenuineIntel");
		struct cpc_side side = side_of(&fingerprint);
		struct cpc_fleet fleet = { .count = 0 };
		struct cpc_fleet_answers answers;
		struct cpc_fleet_order order;

		side.vantage = cases[i].first;
		assert_int_equal(cpc_fleet_add(&fleet, "first", &side, NULL), CPC_OK);
		side.vantage = CPC_GUEST;
		side.requirements[CPC_HARDWARE_VIRTUALIZATION] = cases[i].second;
		assert_int_equal(cpc_fleet_add(&fleet, "second", &side, NULL), CPC_OK);
		assert_int_equal(cpc_fleet_ask(&fleet, cpc_policy_named("kvm"), &answers, NULL), CPC_OK);
		const struct cpc_order_plan plan = { .fleet = &fleet, .present = &fleet, .answers = &answers };
		assert_int_equal(cpc_fleet_order_of(&plan, &order, NULL), CPC_OK);
		assert_int_equal(order.verdict, cases[i].verdict);
		if (order.block_count)
			assert_true(order.blocks[0].class == 0 && order.blocks[0].nearest == CPC_NO_CLASS);
		cpc_fleet_order_free(&order);
		cpc_fleet_answers_free(&answers);
		cpc_fleet_free(&fleet);
	}
}

/* Of no host there is nothing to drain; of one alone its VMs have nowhere to go. */
static void knows_small_fleets(void **state)
{
	struct cpc_fleet fleet = { .count = 0 };

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct cpc_fleet_answers answers;
		struct cpc_fleet_order order;

		assert_int_equal(cpc_fleet_ask(&fleet, cpc_policy_named("kvm"), &answers, NULL), CPC_OK);
		const struct cpc_order_plan plan = { .fleet = &fleet, .present = &fleet, .answers = &answers };
		assert_int_equal(cpc_fleet_order_of(&plan, &order, NULL), CPC_OK);
		assert_int_equal(order.verdict, i ? CPC_IMPOSSIBLE : CPC_SAME);
		assert_int_equal(order.leg_count, 0);
		if (i)
			assert_true(order.blocks[0].nearest == CPC_NO_CLASS);
		cpc_fleet_order_free(&order);
		cpc_fleet_answers_free(&answers);
		add_host(&fleet, "alone", "avx");
	}
	cpc_fleet_free(&fleet);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(agrees_with_a_search),
		cmocka_unit_test(drains_the_least_first),
		cmocka_unit_test(moves_nothing_from_hosts_without_vtx),
		cmocka_unit_test(sends_no_vm_into_a_guest),
		cmocka_unit_test(knows_small_fleets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
