/* SPDX-License-Identifier: MIT */
#ifndef CPC_CLIENT_H
#define CPC_CLIENT_H

#include <stdbool.h>
#include <stddef.h>

#include <cpucompat/buffer.h>
#include <cpucompat/status.h>

/** Whether a SOURCE is an agent's address: `http://`, `https://` or `unix:`. */
bool cpc_is_address(const char *source);

/** Whether it is a Prometheus server's: `prometheus+...`. */
bool cpc_is_prometheus(const char *source);

/** Who asks. Zero: without a token, believing whom the system trusts. Borrowed. */
struct cpc_client {
	const char *token;   /**< shown to every address that is asked, and to nobody else; NULL: none */
	const char *ca_file; /**< who signs certificates; NULL: those whom the system trusts */
	long timeout_ms; /**< for one whole answer; 0: ten seconds of an agent, two minutes of a Prometheus server */
};

/**
 * Ask an agent for its report (`/v1/report` is added to an address without a
 * path). libcurl is loaded here, on the first call, and not before. Bounded: 16 MiB,
 * the client's time, 3 seconds of it to connect, no redirects. Fails with CPC_UNAVAILABLE where nobody answers with
 * a 200, and where libcurl is not installed; the error names the address without credentials.
 * Not thread-safe on its first call.
 */
enum cpc_status cpc_fetch_report(const struct cpc_client *client, const char *address, struct cpc_buffer *ret_body,
				 struct cpc_error *reterr);

/** Questions under way at once. */
#define CPC_FETCHES_MAX 64

/** Descriptors of one of them at most: looking its name up, and a socket of each kind of address. */
#define CPC_FETCH_DESCRIPTORS 6

/** An agent to ask. */
struct cpc_fetch_target {
	const char *address;
	const char *token; /**< its own; NULL: the client's */
};

/** What agents are asked for, where their addresses have no path of their own. */
enum cpc_fetched {
	CPC_FETCH_REPORT,
	CPC_FETCH_READY, /**< the requirement table; the report of an agent that is too old to have one */
};

/** Many agents to ask once each. Borrowed for the call. */
struct cpc_fetching {
	const struct cpc_client *client;
	const struct cpc_fetch_target *targets;
	size_t count;
	enum cpc_fetched what;
	size_t most; /**< under way at once, where that is fewer than CPC_FETCHES_MAX; 0: those */
	/**
	 * Called once for each target, in their order: with its body, or with NULL and why there is none. False ends
	 * it.
	 */
	bool (*answered)(void *context, size_t target, const struct cpc_buffer *body, const struct cpc_error *error);
	void (*tick)(void *context, size_t answers); /**< called now and then with how many there are; may be NULL */
	void *context;
};

/**
 * Ask each of them as cpc_fetch_report() does, up to CPC_FETCHES_MAX, or `most`, at once. What one does, or does not
 * do, fails its own row. CPC_INTERNAL without memory or where `answered` ended it, CPC_UNAVAILABLE without libcurl.
 */
enum cpc_status cpc_fetch_reports(const struct cpc_fetching *fetching, struct cpc_error *reterr);

#endif
