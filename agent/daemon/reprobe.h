/* SPDX-License-Identifier: MIT */
/* When the host is probed again: when asked, after a time, and when a CPU comes or goes. For the main thread. */
#ifndef CPC_REPROBE_H
#define CPC_REPROBE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cpucompat/status.h>

#include "memory.h"

/** Seconds between two probes, the least and the most that a setting may say. */
#define CPC_INTERVAL_LEAST 1
#define CPC_INTERVAL_MOST 86400

/** After the last word of the kernel's about CPUs, so that a socket's worth of them gives one probe ... */
#define CPC_SETTLE_MS 1000

/** ... and after the first word, however many follow. */
#define CPC_SETTLE_MOST_MS 10000

struct cpc_agent;

/** Part of struct cpc_agent. Zero-initialise. */
struct cpc_reprobe {
	struct cpc_memory memory;
	/** Of the last probe that failed; "" after a good one. */
	char complaint[sizeof((struct cpc_error){ 0 }.what)];
	size_t interval;    /**< timer: the next probe */
	size_t settle;	    /**< timer: CPUs have come or gone */
	uint64_t settle_by; /**< cpc_loop_now() at which that is over in any case; 0: none came or went */
	int hotplug;	    /**< a descriptor; 0 or negative: none */
};

/** Listen for CPUs, and probe, into agent->subject: an error if there is nothing to serve. */
enum cpc_status cpc_reprobe_begin(struct cpc_agent *agent, struct cpc_error *reterr);

/** Let the loop wait for both. The server runs already. */
void cpc_reprobe_watch(struct cpc_agent *agent);

/**
 * Probe, log what changed, and swap the replies. Where it fails the old ones are served on, marked as old, and a line
 * in the log says why: each time where somebody `asked`, else once until it succeeds or fails otherwise.
 */
void cpc_reprobe(struct cpc_agent *agent, bool asked);

/** Stop listening for CPUs. */
void cpc_reprobe_end(struct cpc_agent *agent);

#endif
