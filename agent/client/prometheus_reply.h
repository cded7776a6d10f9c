/* SPDX-License-Identifier: MIT */
/* What Prometheus answers to an instant query, of any length, read as it comes. No network here. */
#ifndef CPC_PROMETHEUS_REPLY_H
#define CPC_PROMETHEUS_REPLY_H

#include <stdbool.h>
#include <stddef.h>

#include <cpucompat/sightings.h>

#include "splitter.h"

/** Series that one answer may have; more are not read. */
#define CPC_SERIES_MAX ((size_t)4 << 20)

/** Whom to tell. Each returns false to have no more. */
struct cpc_series_sink {
	/** A view of a host. Borrowed for the call. */
	bool (*sighted)(void *context, const struct cpc_sighting *sighting);
	/** A series that is none, by the name of its host, or "a series"; of any bytes. */
	bool (*unreadable)(void *context, const char *name, const char *why);
	/** What the server warns of: a part of the answer may be missing. Of any bytes. */
	bool (*warned)(void *context, const char *warning);
	void *context;
};

/** Zero-initialise, set `sink`, and release with cpc_prometheus_reply_free(). */
struct cpc_prometheus_reply {
	const struct cpc_series_sink *sink;
	struct cpc_splitter splitter;
	struct cpc_buffer labels; /**< of the series at hand */
	bool too_many;
	bool no_memory;
};

/** Take the next piece of the body. False: there is no use in more. */
bool cpc_prometheus_reply_feed(struct cpc_prometheus_reply *reply, const char *bytes, size_t length);

/**
 * The body is at its end, and the answer had that HTTP status. CPC_OK where it is a whole answer; CPC_UNAVAILABLE with
 * the server's own words where it says that it failed, and where it is no answer of Prometheus; CPC_BAD_DATA where it
 * is one to another question or has too many series; CPC_INTERNAL without memory.
 */
enum cpc_status cpc_prometheus_reply_end(struct cpc_prometheus_reply *reply, long http_status,
					 struct cpc_error *reterr);

void cpc_prometheus_reply_free(struct cpc_prometheus_reply *reply);

#endif
