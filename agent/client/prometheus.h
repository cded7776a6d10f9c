/* SPDX-License-Identifier: MIT */
/* One instant query to a Prometheus server, or to what speaks its language: every fingerprint that it has scraped. */
#ifndef CPC_PROMETHEUS_H
#define CPC_PROMETHEUS_H

#include <stddef.h>

#include <cpucompat/status.h>

#include "client.h"
#include "prometheus_reply.h"

/** Bytes of an answer, unpacked. */
#define CPC_PROMETHEUS_BYTES_MAX ((size_t)4 << 30)

/** What is asked. Borrowed for the call. */
struct cpc_prometheus {
	const struct cpc_client *client;
	const char *address;	     /**< as cpc_address_parse_prometheus() takes it */
	const char *const *matchers; /**< lists of label matchers, all of which must hold */
	size_t matcher_count;
	const struct cpc_series_sink *sink;
	/** Called now and then with the bytes so far, unpacked; may be NULL. */
	void (*tick)(void *context, size_t bytes);
	void *context; /**< for `tick` */
};

/**
 * Ask, and give every series away as it comes. CPC_USAGE for a bad address or matcher, CPC_UNAVAILABLE
 * where there is no good answer, and the errors of cpc_prometheus_reply_end(); the error does not name
 * the server. What the sink was given of an answer that then failed is a part of it at most.
 * No redirect is followed. Not thread-safe on the first call that loads libcurl.
 */
enum cpc_status cpc_prometheus_ask(const struct cpc_prometheus *query, struct cpc_error *reterr);

#endif
