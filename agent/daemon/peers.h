/* SPDX-License-Identifier: MIT */
/*
 * The peers of an agent: asked by the poller's thread, kept by the main thread. With no
 * peers configured there is no such thread, no libcurl and no descriptor.
 */
#ifndef CPC_PEERS_H
#define CPC_PEERS_H

#include <cpucompat/peer.h>

#include "loop.h"
#include "settings.h"

struct cpc_peering;

/** What the peers are compared with, and whom to tell. */
struct cpc_peering_start {
	const struct cpc_settings *settings; /**< borrowed for the call */
	const struct cpc_report *self;	     /**< borrowed until cpc_peering_judge() gives another */
	struct cpc_loop *loop;
	/** Called by the loop when the list says something else: at most once a second, and for no more than a
	 * twentieth of the time, unless that would keep news for longer than a quarter of the peers' interval. */
	void (*changed)(void *context);
	void *context;
};

/**
 * Begin to ask. The failure of a file that the settings name,
 * CPC_UNAVAILABLE without libcurl; with no peers it cannot fail but for memory. All calls are the main thread's.
 */
enum cpc_status cpc_peering_start(const struct cpc_peering_start *start, struct cpc_peering **ret_peering,
				  struct cpc_error *reterr);

/** Whether cpc_peering_start() would find the files that the settings name, and sense in them. Asks nobody. */
enum cpc_status cpc_peering_check(const struct cpc_settings *settings, struct cpc_error *reterr);

/**
 * Go by other settings, which are borrowed for the call: peers that stay keep what is known of them. A file that cannot
 * be read, and no memory, leave the list as it was; where nobody can be asked (CPC_UNAVAILABLE) it is the new one, and
 * the next call tries again. The policy is the new one in any case.
 */
enum cpc_status cpc_peering_reload(struct cpc_peering *peering, const struct cpc_settings *settings,
				   struct cpc_error *reterr);

/** This host's report is another one, or the old one is about to be freed: compare again where that could change
 * anything. Calls nobody. */
void cpc_peering_judge(struct cpc_peering *peering, const struct cpc_report *self);

/** The list; the main thread's, valid until the loop runs on. */
const struct cpc_peers *cpc_peering_list(const struct cpc_peering *peering);

/** Stop asking and release everything. NULL is fine. */
void cpc_peering_stop(struct cpc_peering *peering);

#endif
