/* SPDX-License-Identifier: MIT */
/*
 * Chains of pools. Where everything was read, "moves and does not come back" is a strict partial order on pools, and
 * whoever moves to more of them stands above those with fewer: counting is a topological order. Where something
 * was not read it need not be transitive, and then a chain is shorter than it might be, and never wrong: each pool is
 * asked about every one before it.
 */
#include <cpucompat/fleet.h>

#include <stdlib.h>

/** What is known between two pools: every VM moves, and none of the way back does. */
enum { FORWARD = 1U << 0, NO_RETURN = 1U << 1, ONE_WAY = FORWARD | NO_RETURN };

struct pools {
	size_t count;
	uint8_t *steps;	 /**< [from * count + to] */
	size_t *order;	 /**< those that move to most others first */
	size_t *takers;	 /**< [pool]: to how many it moves one way */
	size_t *chained; /**< [place in a chain]: the pools of the chain that is being made */
	bool *taken;	 /**< [pool]: it has its chain */
};

static void free_pools(struct pools *pools)
{
	free(pools->steps);
	free(pools->order);
	free(pools->takers);
	free(pools->chained);
	free(pools->taken);
}

static bool make_pools(struct pools *pools, size_t count)
{
	*pools = (struct pools){
		.count = count,
		.steps = malloc(count * count),
		.order = calloc(count, sizeof(*pools->order)),
		.takers = calloc(count, sizeof(*pools->takers)),
		.chained = calloc(count, sizeof(*pools->chained)),
		.taken = calloc(count, sizeof(*pools->taken)),
	};
	return pools->steps && pools->order && pools->takers && pools->chained && pools->taken;
}

/** One pair of classes that does not do it is enough against either. */
static void find_steps(struct pools *pools, const struct cpc_fleet *fleet, const struct cpc_fleet_answers *answers)
{
	const size_t count = pools->count;

	for (size_t i = 0; i < count * count; i++)
		pools->steps[i] = ONE_WAY;
	for (size_t i = 0; i < fleet->count; i++) {
		for (size_t j = 0; j < fleet->count; j++) {
			const enum cpc_verdict verdict = answers->verdicts[i * fleet->count + j];
			const size_t from = answers->pool_of[i];
			const size_t to = answers->pool_of[j];

			if (cpc_verdict_moves(verdict) || verdict == CPC_VERDICT_UNKNOWN)
				pools->steps[to * count + from] &= (uint8_t)~NO_RETURN;
			if (!cpc_verdict_moves(verdict))
				pools->steps[from * count + to] &= (uint8_t)~FORWARD;
		}
	}
}

static bool is_step(const struct pools *pools, size_t from, size_t to)
{
	return from != to && pools->steps[from * pools->count + to] == ONE_WAY;
}

/** By counting sort, which keeps pools of one count in their order. */
static void order_pools(struct pools *pools)
{
	size_t at = 0;

	for (size_t from = 0; from < pools->count; from++)
		for (size_t to = 0; to < pools->count; to++)
			pools->takers[from] += is_step(pools, from, to);
	for (size_t takers = pools->count; takers-- > 0;)
		for (size_t pool = 0; pool < pools->count; pool++)
			if (pools->takers[pool] == takers)
				pools->order[at++] = pool;
}

static bool follows_all(const struct pools *pools, size_t length, size_t pool)
{
	for (size_t i = 0; i < length; i++)
		if (!is_step(pools, pools->chained[i], pool))
			return false;
	return true;
}

/** The chain that begins with a pool: every later one that follows all of those before it. Returns its length. */
static size_t make_chain(struct pools *pools, size_t first)
{
	size_t length = 0;

	for (size_t i = first; i < pools->count; i++) {
		const size_t pool = pools->order[i];

		if (!pools->taken[pool] && follows_all(pools, length, pool))
			pools->chained[length++] = pool;
	}
	return length;
}

static bool keep_chain(struct cpc_fleet_answers *answers, struct pools *pools, size_t length)
{
	struct cpc_chain *chains = realloc(answers->chains, (answers->chain_count + 1) * sizeof(*chains));
	struct cpc_chain chain = { .pools = malloc(length * sizeof(*chain.pools)), .length = length };

	if (chains)
		answers->chains = chains;
	if (!chains || !chain.pools) {
		free(chain.pools);
		return false;
	}
	for (size_t i = 0; i < length; i++) {
		chain.pools[i] = pools->chained[i];
		pools->taken[chain.pools[i]] = true;
	}
	chains[answers->chain_count++] = chain;
	return true;
}

enum cpc_status cpc_fleet_chains(const struct cpc_fleet *fleet, struct cpc_fleet_answers *answers,
				 struct cpc_error *reterr)
{
	struct pools pools;
	bool enough = true;

	answers->chains_known = answers->pool_count <= CPC_CHAIN_POOLS_MAX;
	if (!answers->chains_known || answers->pool_count < 2)
		return CPC_OK;
	enough = make_pools(&pools, answers->pool_count);
	if (enough) {
		find_steps(&pools, fleet, answers);
		order_pools(&pools);
	}
	for (size_t i = 0; i < pools.count && enough; i++) {
		const size_t length = pools.taken[pools.order[i]] ? 0 : make_chain(&pools, i);

		if (length > 1)
			enough = keep_chain(answers, &pools, length);
	}
	free_pools(&pools);
	return enough ? CPC_OK : cpc_out_of_memory(reterr);
}

void cpc_fleet_chains_free(struct cpc_fleet_answers *answers)
{
	for (size_t i = 0; i < answers->chain_count; i++)
		free(answers->chains[i].pools);
	free(answers->chains);
}
