/* SPDX-License-Identifier: MIT */
/*
 * Ask many agents again and again, each in its interval, from one thread. What an agent
 * answers is the caller's to judge; how long, how much and how often it may answer is decided here.
 */
#ifndef CPC_POLLER_H
#define CPC_POLLER_H

#include <stdbool.h>
#include <stddef.h>

#include <cpucompat/status.h>

/** Questions under way at once, and those of them that agents get which did not answer the last time. */
#define CPC_POLLS_MAX 32
#define CPC_POLLS_OF_FAILING_MAX 16

/** An agent to ask. */
struct cpc_poll_target {
	const char *address; /**< as cpc_address_parse() takes it */
	const char *token;   /**< bearer token; NULL: none */
};

enum cpc_poll_result {
	CPC_POLL_FAILED,    /**< no answer, or not a 200; `error` says why */
	CPC_POLL_UNCHANGED, /**< the body is the one that was kept last (304) */
	CPC_POLL_ANSWERED,  /**< `bytes` is the body, at most 1 MiB */
};

/** One answer. Borrowed for the call. */
struct cpc_poll_answer {
	size_t target; /**< index */
	enum cpc_poll_result result;
	const char *bytes;
	size_t length;
	const struct cpc_error *error;
};

/** Whom to ask, and whom to tell. Borrowed for the call that takes it, but for the context. */
struct cpc_polling {
	const struct cpc_poll_target *targets;
	size_t count;
	unsigned int interval_seconds;
	const char *ca_file; /**< who signs certificates; NULL: those whom the system trusts */
	/**
	 * Called on the poller's thread, one call at a time. Returns whether the body makes sense: one that
	 * does not is asked for again as a whole, and counts as a failure.
	 */
	bool (*answered)(void *context, const struct cpc_poll_answer *answer);
	void *context;
};

struct cpc_poller;

/**
 * Load libcurl and start to ask. First questions are spread over the first interval, at up to 50 a second; later
 * ones come an interval apart, less a tenth of it by chance. An agent that fails again and again is asked after one
 * and a half intervals. Each has three quarters of one to answer, 10 s at most; one whose time ran out while the
 * poller's thread itself did not run is asked once more before it has failed. CPC_UNAVAILABLE without libcurl,
 * CPC_USAGE for a bad address. For one thread at a time.
 */
enum cpc_status cpc_poller_start(const struct cpc_polling *polling, struct cpc_poller **ret_poller,
				 struct cpc_error *reterr);

/** Give up what is under way and wait for the thread, which calls nobody any more then. NULL is fine. */
void cpc_poller_stop(struct cpc_poller *poller);

#endif
