/* SPDX-License-Identifier: MIT */
/*
 * What changed between two fleets: two looks at one, or one as it is and as it is planned.
 * Hosts are known by their names, classes by everything that a verdict depends on.
 */
#ifndef CPUCOMPAT_FLEET_CHANGE_H
#define CPUCOMPAT_FLEET_CHANGE_H

#include <cpucompat/fleet.h>

/** No class: of the fleet in which a host is not. */
#define CPC_NO_CLASS SIZE_MAX

/** An index of a fleet's hosts by their names. */
struct cpc_host_index;

/** Of a fleet that outlives it and does not grow meanwhile; NULL without memory. */
struct cpc_host_index *cpc_host_index_new(const struct cpc_fleet *fleet);
void cpc_host_index_free(struct cpc_host_index *index);

/** How many hosts have the name; `ret_class`, untouched where there is none, is the class of the first of them. */
size_t cpc_host_index_find(const struct cpc_host_index *index, const char *name, size_t *ret_class);

/** Hosts that went from one class to another, came, went, or stayed as they were. */
struct cpc_fleet_shift {
	size_t before;	    /**< class of the earlier fleet, or CPC_NO_CLASS: they appeared */
	size_t now;	    /**< class of the later fleet, or CPC_NO_CLASS: they are gone */
	bool changed;	    /**< in both, and of another class now */
	const char **names; /**< in the order of the fleets; borrows them, and the list is part of a greater one */
	size_t count;
	/** Of VMs that were started before, moving to such a host as it is now; of those that changed. */
	enum cpc_verdict carries_on;
};

/** Hosts of a name that is not theirs alone, in either fleet: which is which cannot be told. */
struct cpc_ambiguous_name {
	const char *name;
	size_t before; /**< so many had it */
	size_t now;
};

/** Hosts without a name, by class; where their numbers differ. */
struct cpc_nameless {
	size_t before_class; /**< or CPC_NO_CLASS */
	size_t now_class;    /**< or CPC_NO_CLASS */
	size_t before;
	size_t now;
};

/** A vendor's baseline before and now, by their places in the answers; CPC_NO_CLASS where there is no such vendor. */
struct cpc_baseline_change {
	size_t before;
	size_t now;
	uint32_t gained[CPC_WORDS_MAX]; /**< bits that decide moves; of both where both exist */
	uint32_t lost[CPC_WORDS_MAX];
	uint32_t learned[CPC_WORDS_MAX];   /**< set now, and not known before */
	uint32_t forgotten[CPC_WORDS_MAX]; /**< set before, and not known now: they were not read of a host */
	size_t gained_bits;
	size_t lost_bits;
	size_t learned_bits;
	size_t forgotten_bits;
	bool differs;	   /**< in anything, be it whether it exists */
	bool views_differ; /**< both exist, one of each view: of them no bits are told */
};

/** Between hosts that were there before and still are: a verdict that is another now. Numbers of shifts. */
struct cpc_verdict_change {
	size_t from;
	size_t to;
	enum cpc_verdict before;
	enum cpc_verdict now;
};

/** Verdicts that are listed; of more the number is told. */
#define CPC_VERDICT_CHANGES_MAX 1000

/** How many other hosts take the VMs of a host of one class as they are; of classes where that differs. */
struct cpc_reach_change {
	size_t before_class;
	size_t now_class;
	size_t before;
	size_t now;
};

/** Borrows both fleets and their answers. Release with cpc_fleet_change_free(). */
struct cpc_fleet_change {
	const struct cpc_fleet *before;
	const struct cpc_fleet *now;
	const struct cpc_fleet_answers *before_answers;
	const struct cpc_fleet_answers *now_answers;
	size_t *now_of;			/**< [class of before]: the same class now, or CPC_NO_CLASS */
	size_t *before_of;		/**< [class of now] */
	struct cpc_fleet_shift *shifts; /**< appeared last, else in the order of the classes */
	size_t shift_count;
	struct cpc_ambiguous_name *ambiguous; /**< each once */
	size_t ambiguous_count;
	struct cpc_nameless *nameless;
	size_t nameless_count;
	struct cpc_baseline_change *baselines;
	size_t baseline_count;
	bool *pool_gone; /**< [pool of before]: no pool now is of the same classes */
	bool *pool_new;	 /**< [pool of now] */
	struct cpc_verdict_change *verdicts;
	size_t verdict_count;
	size_t verdicts_more; /**< beyond those that are listed */
	struct cpc_reach_change *reaches;
	size_t reach_count;
	const char **names; /**< what the shifts point into; owned */
};

/** Hosts that take VMs of a class as they are, but for the one that they are on. */
size_t cpc_fleet_reach(const struct cpc_fleet *fleet, const uint8_t *verdicts, size_t class);

/**
 * Work it all out, of fleets that were asked under one policy. Time goes with the hosts and with the squares of the
 * numbers of classes. CPC_INTERNAL without memory, and there is nothing to free then.
 */
enum cpc_status cpc_fleet_change_of(const struct cpc_fleet *before, const struct cpc_fleet_answers *before_answers,
				    const struct cpc_fleet *now, const struct cpc_fleet_answers *now_answers,
				    struct cpc_fleet_change *ret_change, struct cpc_error *reterr);
void cpc_fleet_change_free(struct cpc_fleet_change *change);

#endif
