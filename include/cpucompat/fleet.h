/* SPDX-License-Identifier: MIT */
/*
 * Many hosts at once. Hosts between which nothing that decides a move differs are one
 * class, so everything here grows with the number of different hosts, not of hosts.
 */
#ifndef CPUCOMPAT_FLEET_H
#define CPUCOMPAT_FLEET_H

#include <cpucompat/peer.h>

/** Hosts of equal ids in both views, of equal requirements, seen from the same vantage. */
struct cpc_class {
	struct cpc_fingerprint fingerprint; /**< of the first of its hosts: another may have another stepping */
	struct cpc_fingerprint *kvm;	    /**< the kvm view, or NULL; owned */
	enum cpc_vantage vantage;
	bool dumped;
	enum cpc_requirement_status requirements[CPC_REQUIREMENT_COUNT];
	size_t count; /**< hosts */
	char **names; /**< of those that were added with one; owned */
	size_t name_count;
};

/** Zero-initialise; release with cpc_fleet_free(). One thread at a time. */
struct cpc_fleet {
	struct cpc_class *classes; /**< in the order of their first hosts */
	size_t count;
	size_t hosts;
	struct cpc_fleet_keys *keys; /**< by what a class is found again; owned */
};

/** Count a host in. `name`, which is copied, may be NULL. CPC_INTERNAL without memory, and the fleet is as it was. */
enum cpc_status cpc_fleet_add(struct cpc_fleet *fleet, const char *name, const struct cpc_side *side,
			      struct cpc_error *reterr);

/**
 * The same of a host of which nothing but its fingerprint's text is known, `length` bytes at `text`: what was seen
 * before is not parsed again, so memory and most of the time go with different texts. CPC_BAD_DATA for a text that
 * is no fingerprint.
 */
enum cpc_status cpc_fleet_add_text(struct cpc_fleet *fleet, const char *name, const char *text, size_t length,
				   struct cpc_error *reterr);

/** The same where both views may be known; `kvm` is NULL where there is no such view. */
enum cpc_status cpc_fleet_add_texts(struct cpc_fleet *fleet, const char *name, const char *cpuid, size_t cpuid_length,
				    const char *kvm, size_t kvm_length, struct cpc_error *reterr);

/**
 * Count in `count` hosts that are alike, of which `name_count` have names. On failure (CPC_INTERNAL without memory) the
 * fleet holds some of them, and is fit to be freed.
 */
enum cpc_status cpc_fleet_add_alike(struct cpc_fleet *fleet, const struct cpc_side *side, char *const *names,
				    size_t name_count, size_t count, struct cpc_error *reterr);

/**
 * Count in every host of another fleet. On failure (CPC_INTERNAL without memory) the fleet holds some of them, and is
 * fit to be freed.
 */
enum cpc_status cpc_fleet_add_fleet(struct cpc_fleet *fleet, const struct cpc_fleet *other, struct cpc_error *reterr);

/** The class that a host would be counted into; false where it would be a new one. */
bool cpc_fleet_find(const struct cpc_fleet *fleet, const struct cpc_side *side, size_t *ret_class);

/** A host of a fleet by its name. Borrows the fleet. */
struct cpc_named_host {
	const char *name;
	size_t class;
};

/**
 * A new fleet of the hosts of this one, its classes in their order, but for those `without`: named hosts of it, each
 * once. A class of which none is left is left out. CPC_INTERNAL without memory; the caller frees `ret_copy` otherwise.
 */
enum cpc_status cpc_fleet_copy(const struct cpc_fleet *fleet, const struct cpc_named_host *without,
			       size_t without_count, struct cpc_fleet *ret_copy, struct cpc_error *reterr);

/** Count in what an agent serves: its own host, by the name "self" where it has none, and each peer that is up. */
enum cpc_status cpc_fleet_add_published(struct cpc_fleet *fleet, const struct cpc_published *published,
					struct cpc_error *reterr);

/** NULL is fine. */
void cpc_fleet_free(struct cpc_fleet *fleet);

/** A host of the class, as comparisons want it; borrows the class. */
struct cpc_side cpc_class_side(const struct cpc_class *class);

/**
 * Every class's VMs moving to every class: `ret_verdicts[source * count + destination]`, an enum cpc_verdict
 * each. A class with itself is a host of it and another: `unknown` where something was
 * not read that could differ between the two. Of a class of one host it is `same`.
 */
void cpc_fleet_matrix(const struct cpc_fleet *fleet, const struct cpc_policy *policy, uint8_t *ret_verdicts);

/**
 * Sets of classes in which every VM moves to every host as it is, as large as they come: `ret_pool_of[class]` is the
 * number of its pool, from 0 in the order of their first classes. Returns how many there are.
 */
size_t cpc_fleet_pools(const struct cpc_fleet *fleet, const uint8_t *verdicts, size_t *ret_pool_of);

/** The greatest fingerprint that moves to every class of one vendor, and who stands in its way. */
struct cpc_fleet_baseline {
	char vendor[CPC_VENDOR_SIZE];
	enum cpc_view view; /**< the policy's where every class has it */
	bool exists;	    /**< false: there is no such fingerprint; `why` tells between what */
	struct cpc_error why;
	struct cpc_fingerprint meet;
	/** The classes of this vendor, and what stands in each one's way: the bits that the meet of the others has
	 * beyond `meet`. */
	struct cpc_class_cost {
		size_t class;			 /**< its number in the fleet */
		uint32_t gained[CPC_WORDS_MAX];	 /**< what comes back without this class */
		size_t bits;			 /**< how many; 0 also where the others have no meet */
		uint32_t learned[CPC_WORDS_MAX]; /**< what the others have, and was not read of this class */
		size_t learned_bits;
	} * costs; /**< owned */
	size_t cost_count;
};

/**
 * The baseline of each vendor, in the order of their first classes; free with cpc_fleet_baselines_free(). CPC_INTERNAL
 * without memory.
 */
enum cpc_status cpc_fleet_baselines(const struct cpc_fleet *fleet, const struct cpc_policy *policy,
				    struct cpc_fleet_baseline **ret_baselines, size_t *ret_count,
				    struct cpc_error *reterr);
void cpc_fleet_baselines_free(struct cpc_fleet_baseline *baselines, size_t count);

/** Above so many pools no chains are looked for: the work grows with their square. */
#define CPC_CHAIN_POOLS_MAX 2000

/** Pools in which every VM moves as it is from each to all later ones, and none of them back. */
struct cpc_chain {
	size_t *pools; /**< at least two; owned */
	size_t length;
};

/** All of it, under one policy. */
struct cpc_fleet_answers {
	const struct cpc_policy *policy;
	uint8_t *verdicts; /**< of cpc_fleet_matrix() */
	size_t *pool_of;   /**< of cpc_fleet_pools() */
	size_t pool_count;
	bool chains_known; /**< false: there are more pools than chains are looked for in */
	struct cpc_chain *chains;
	size_t chain_count;
	struct cpc_fleet_baseline *baselines; /**< of each vendor */
	size_t baseline_count;
	struct cpc_named_host *twins; /**< of cpc_fleet_twins() */
	size_t twin_count;
};

/**
 * Fill the chains in, after the verdicts and the pools. No pool is in two of them; where
 * everything was read, of two pools that are in none neither moves one way to the other. A greedy cover: each chain
 * begins with the pool that moves to most others of those that are left, and takes every later one that follows all
 * that it has; neither the fewest chains nor the longest are promised. What is unknown is no step. CPC_INTERNAL without
 * memory; release with cpc_fleet_chains_free() in any case.
 */
enum cpc_status cpc_fleet_chains(const struct cpc_fleet *fleet, struct cpc_fleet_answers *answers,
				 struct cpc_error *reterr);
void cpc_fleet_chains_free(struct cpc_fleet_answers *answers);

/** How many hosts have a name. */
size_t cpc_fleet_name_count(const struct cpc_fleet *fleet);

/**
 * Every host whose name another host has, too, sorted by name and then by class. The caller frees `*ret_twins`, which
 * is NULL where there is none. CPC_INTERNAL without memory.
 */
enum cpc_status cpc_fleet_twins(const struct cpc_fleet *fleet, struct cpc_named_host **ret_twins, size_t *ret_count,
				struct cpc_error *reterr);

/** Ask everything. The caller frees the answers; on failure (CPC_INTERNAL without memory) there are none to free. */
enum cpc_status cpc_fleet_ask(const struct cpc_fleet *fleet, const struct cpc_policy *policy,
			      struct cpc_fleet_answers *ret_answers, struct cpc_error *reterr);
void cpc_fleet_answers_free(struct cpc_fleet_answers *answers);

#endif
