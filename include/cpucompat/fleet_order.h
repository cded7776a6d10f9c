/* SPDX-License-Identifier: MIT */
/*
 * An order in which hosts of a fleet are taken out, in which running VMs always have somewhere to go.
 *
 * The model. Hosts to add come first: one more never hurts. Then each host to leave is drained, one at a time, and is
 * gone; or, where none is to leave, each host that was there is drained once and then comes back as it was, as when a
 * fleet is patched. Every drained host had VMs that were started on it, but for those that can host none: a host with
 * VT-x off is drained without a move, while a guest that tells of itself is the VM, and
 * where VT-x is hidden from it takes none of a host's. A VM carries the features of the
 * host that it was started on wherever it goes, so it is asked about as a VM of that host again and again; at every
 * step each VM on the drained host needs another host, present at the time, that takes it as it is (`same` or
 * `migratable`). VMs may be spread over all hosts of the class that they move to, and a host holds any number of them:
 * memory and load are not known here.
 *
 * Where hosts leave, VMs move once, to hosts that stay. Of the hosts that take a VM those of its own class are
 * preferred, then those from which it could still return after a power cycle, then those that have the least
 * beyond it. Legs that keep the way back come first; in a round those whose VMs have the most choice, so that a VM
 * that had to move one way is home again once its new host is drained.
 *
 * With this model there is an order if and only if each class that is drained has, among the hosts that stay (in a
 * round: among all others), one that takes its VMs; then every order is one.
 */
#ifndef CPUCOMPAT_FLEET_ORDER_H
#define CPUCOMPAT_FLEET_ORDER_H

#include <cpucompat/fleet.h>
#include <cpucompat/fleet_change.h>

/** What is to be done. Borrows everything. */
struct cpc_order_plan {
	const struct cpc_fleet *fleet; /**< every host: those that leave, and those that are added, too */
	const struct cpc_fleet_answers *answers;
	/** Those of them that are there now, its classes being the first of `fleet`; what `fleet` has beyond it is
	 * added, and its names come last in each class. */
	const struct cpc_fleet *present;
	const struct cpc_named_host *leaving; /**< each a host that was there, once */
	size_t leaving_count;		      /**< 0: a round */
};

/** Where VMs go. */
struct cpc_order_move {
	size_t origin; /**< the class of the hosts that they were started on */
	size_t at;     /**< the class of the host that they are on */
	size_t to;     /**< the class of the hosts that take them */
	bool returns;  /**< after a power cycle there they could still move to hosts of their origin */
};

/** Hosts of one class, added at once or drained one at a time. */
struct cpc_order_leg {
	bool add;
	size_t class;
	size_t hosts;
	size_t first_move; /**< of what is drained: VMs of each origin that may be there */
	size_t move_count;
};

/** VMs of a class that have nowhere to go. */
struct cpc_order_block {
	size_t class;
	size_t hosts;	/**< of those that are to be drained */
	size_t nearest; /**< the class that has the fewest features in its way, or CPC_NO_CLASS: no other host */
	enum cpc_verdict verdict;    /**< to the nearest: why it does not take them; `unknown` where any might */
	size_t obstacles;	     /**< bits that it lacks */
	struct cpc_findings reasons; /**< of the first CPC_ORDER_REASONS_MAX blocks; owned */
};

#define CPC_ORDER_REASONS_MAX 32

struct cpc_fleet_order {
	bool round;		  /**< every host comes back */
	enum cpc_verdict verdict; /**< `same`: there is one; `impossible`: none; `unknown`: only unread values stand in
				     the way */
	struct cpc_order_leg *legs;
	size_t leg_count;
	struct cpc_order_move *moves;
	size_t move_count;
	struct cpc_order_move *away; /**< VMs that are not back in their class at the end, `at` and `to` being one */
	size_t away_count;
	struct cpc_order_block *blocks;
	size_t block_count;
};

/** Find one, or what is in its way. CPC_INTERNAL without memory, and there is nothing to free then. */
enum cpc_status cpc_fleet_order_of(const struct cpc_order_plan *plan, struct cpc_fleet_order *ret_order,
				   struct cpc_error *reterr);
void cpc_fleet_order_free(struct cpc_fleet_order *order);

#endif
