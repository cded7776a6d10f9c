/* SPDX-License-Identifier: MIT */
/*
 * Ways to lay out a cluster: many small hosts or few large ones that carry the same VMs, what they need of licences,
 * and what is lost when a host fails.
 *
 * A layout keeps N+1 where all VMs fit with one host gone. A single host is no layout of a cluster: nothing stands in
 * for it, and its VMs have nowhere to migrate to.
 */
#ifndef CPUCOMPAT_LAYOUT_H
#define CPUCOMPAT_LAYOUT_H

#include <cpucompat/placement.h>

#define CPC_LAYOUT_HOSTS_MAX 1024
#define CPC_LAYOUT_SOCKETS_MAX 64
#define CPC_LAYOUT_CORES_MAX 1024
#define CPC_LAYOUT_THREADS_MAX 8
#define CPC_LAYOUT_MEMORY_MAX (UINT64_C(1) << 50)

/** Equal hosts. */
struct cpc_layout {
	const char *name; /**< as it was given; borrowed */
	uint32_t hosts;
	uint32_t sockets; /**< of a host */
	uint64_t memory;  /**< bytes of a host */
	uint32_t cores;	  /**< of a socket; 0: not told */
	uint32_t threads; /**< of a core: at least 1 */
};

/** Amounts of money, in the user's currency, are whole numbers of ten-thousandths. */
#define CPC_MONEY_UNIT 10000

/** The most that one licence may cost: with it every cost here is within 64 bits. */
#define CPC_PRICE_MAX (UINT64_C(10000000) * CPC_MONEY_UNIT)

/** What is licensed. */
enum cpc_license { CPC_LICENSE_HOST, CPC_LICENSE_SOCKET, CPC_LICENSE_CORE, CPC_LICENSE_COUNT };

/** What all layouts are asked about. Borrows everything. */
struct cpc_layout_terms {
	const struct cpc_policy *policy;
	const struct cpc_overhead *overhead;
	const struct cpc_vms *vms;			  /**< NULL: nobody named any */
	struct cpc_measurement prices[CPC_LICENSE_COUNT]; /**< of one licence each */
};

/** Why a layout is not to be had, whatever it costs. */
enum cpc_refusal {
	CPC_NOT_REFUSED,
	CPC_REFUSED_ONE_HOST, /**< no redundancy, and nowhere to migrate to */
	CPC_REFUSED_TOO_MANY, /**< hosts, for a cluster under the policy */
	CPC_REFUSAL_COUNT
};

struct cpc_layout_fit {
	enum cpc_fit fit;
	enum cpc_fit_reason reason;
	struct cpc_vm_kind kind; /**< that the reason names, where it names one */
};

/** What comes of one. */
struct cpc_layout_answer {
	enum cpc_refusal refusal;
	uint64_t sockets; /**< of all hosts */
	struct cpc_measurement cores;
	uint64_t memory;				    /**< bytes */
	struct cpc_measurement licenses[CPC_LICENSE_COUNT]; /**< of each kind that has a price */
	struct cpc_measurement cost;			    /**< unknown without prices, or where cores are not told */
	struct cpc_layout_fit all;			    /**< with every host */
	struct cpc_layout_fit one_gone;			    /**< with one host gone: N+1 */
	uint32_t spare;	       /**< hosts that can be gone for certain; only where `all` fits */
	bool spare_is_most;    /**< and with one more gone they do not fit */
	uint64_t room;	       /**< bytes that all hosts have for VMs */
	uint64_t taken;	       /**< bytes that VMs take */
	uint64_t lost_evenly;  /**< VMs that restart when the fullest host fails, where they are spread evenly */
	uint64_t lost_at_most; /**< however they are spread */
};

/** Layouts beside each other. Release with cpc_plan_free(). */
struct cpc_plan {
	const struct cpc_layout_terms *terms;
	const struct cpc_layout *layouts;
	struct cpc_layout_answer *answers; /**< as many; owned */
	size_t count;
	/** Whether one of them keeps N+1. */
	enum cpc_fit keeps;
	/** The cheapest of those that keep it, of equal ones that which loses least, then the first; `count`: none, or
	 * what they cost is not known. */
	size_t cheapest;
};

/** Compare layouts, whose numbers are within the bounds above. Pure but for memory: CPC_INTERNAL without it. */
enum cpc_status cpc_plan_of(const struct cpc_layout_terms *terms, const struct cpc_layout *layouts, size_t count,
			    struct cpc_plan *ret_plan, struct cpc_error *reterr);

/** Whether a layout keeps N+1: it is not refused, and all VMs fit with one host gone. */
bool cpc_layout_keeps(const struct cpc_layout_answer *answer);

/** Release the answers and zero the struct. */
void cpc_plan_free(struct cpc_plan *plan);

/** "host", "socket", "core"; "one-host", "too-many-hosts", or NULL: static. */
const char *cpc_license_name(enum cpc_license license);
const char *cpc_refusal_name(enum cpc_refusal refusal);

#endif
