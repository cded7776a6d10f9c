/* SPDX-License-Identifier: MIT */
/* Who moves to whom, and the pools that follow from it. */
#include <cpucompat/fleet.h>

#include <string.h>

/** The lenses of one vendor: of hosts whose guests move, and of guests that move themselves. */
struct lenses {
	char vendor[CPC_VENDOR_SIZE];
	bool made;
	struct cpc_lens of[2];
};

static void make_lenses(struct lenses *lenses, const struct cpc_policy *policy, const char *vendor)
{
	if (lenses->made && memcmp(lenses->vendor, vendor, sizeof(lenses->vendor)) == 0)
		return;
	memcpy(lenses->vendor, vendor, sizeof(lenses->vendor));
	cpc_lens_of(policy, vendor, false, &lenses->of[false]);
	cpc_lens_of(policy, vendor, true, &lenses->of[true]);
	lenses->made = true;
}

/** What another host of the same class would be told: its values, at another address. */
static enum cpc_verdict within(const struct cpc_class *class, const struct lenses *lenses)
{
	const struct cpc_side side = cpc_class_side(class);
	struct cpc_fingerprint fingerprint = class->fingerprint;
	struct cpc_side other = side;
	struct cpc_fingerprint kvm;

	if (class->count > 1) {
		other.fingerprint = &fingerprint;
		if (class->kvm) {
			kvm = *class->kvm;
			other.kvm = &kvm;
		}
	}
	const bool guest = cpc_moves_itself(&side, &other, lenses->of[0].policy);
	return cpc_verdict_of(&side, &other, &lenses->of[guest]);
}

void cpc_fleet_matrix(const struct cpc_fleet *fleet, const struct cpc_policy *policy, uint8_t *ret_verdicts)
{
	struct lenses lenses = { .made = false };

	for (size_t i = 0; i < fleet->count; i++) {
		const struct cpc_side source = cpc_class_side(&fleet->classes[i]);
		uint8_t *row = ret_verdicts + i * fleet->count;

		make_lenses(&lenses, policy, source.fingerprint->vendor);
		for (size_t j = 0; j < fleet->count; j++) {
			const struct cpc_side destination = cpc_class_side(&fleet->classes[j]);
			const bool guest = cpc_moves_itself(&source, &destination, policy);

			row[j] = i == j ? (uint8_t)within(&fleet->classes[i], &lenses)
					: (uint8_t)cpc_verdict_of(&source, &destination, &lenses.of[guest]);
		}
	}
}

static bool moves_both_ways(const uint8_t *verdicts, size_t count, size_t a, size_t b)
{
	return cpc_verdict_moves(verdicts[a * count + b]) && cpc_verdict_moves(verdicts[b * count + a]);
}

/** Whether a class moves to and from every class before it that is in the pool. */
static bool fits(const uint8_t *verdicts, size_t count, size_t class, const size_t *pool_of, size_t pool)
{
	for (size_t i = 0; i < class; i++)
		if (pool_of[i] == pool && !moves_both_ways(verdicts, count, class, i))
			return false;
	return true;
}

/** The first pool, of `pools`, that a class fits into, or `pools`. */
static size_t pool_for(const uint8_t *verdicts, size_t count, size_t class, const size_t *pool_of, size_t pools)
{
	size_t pool = 0;

	/* Pools are numbered by their first classes, and most pools refuse a class by that one. */
	for (size_t i = 0; i < class && pool < pools; i++) {
		if (pool_of[i] != pool)
			continue;
		if (cpc_verdict_moves(verdicts[i * count + i]) && moves_both_ways(verdicts, count, class, i) &&
		    fits(verdicts, count, class, pool_of, pool))
			return pool;
		pool++;
	}
	return pools;
}

/*
 * Moving both ways is an equivalence where everything was read, and then the first pool that takes
 * a class is the only one. Where something was not, a class joins the first pool all of whose
 * classes it moves to and from. A class whose own hosts do not move among each other is alone.
 */
size_t cpc_fleet_pools(const struct cpc_fleet *fleet, const uint8_t *verdicts, size_t *ret_pool_of)
{
	const size_t count = fleet->count;
	size_t pools = 0;

	for (size_t i = 0; i < count; i++) {
		const bool alone = !cpc_verdict_moves(verdicts[i * count + i]);

		ret_pool_of[i] = alone ? pools : pool_for(verdicts, count, i, ret_pool_of, pools);
		pools += ret_pool_of[i] == pools;
	}
	return pools;
}
