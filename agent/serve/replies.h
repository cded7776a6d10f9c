/* SPDX-License-Identifier: MIT */
#ifndef CPC_REPLIES_H
#define CPC_REPLIES_H

#include <stdatomic.h>

#include <microhttpd.h>

#include <cpucompat/peer.h>
#include <cpucompat/report.h>
#include <cpucompat/status.h>

/** The answers that are made once, at probe time. */
enum cpc_reply_id {
	CPC_REPLY_PAGE,
	CPC_REPLY_REPORT,
	CPC_REPLY_FINGERPRINT,
	CPC_REPLY_SNAPSHOT,
	CPC_REPLY_METRICS,
	CPC_REPLY_OPENMETRICS, /**< the other representation of the same: stays behind it */
	CPC_REPLY_PEERS,
	CPC_REPLY_TARGETS, /**< the same in another format */
	CPC_REPLY_FLEET,
	CPC_REPLY_TABLE,
	CPC_REPLY_HEALTH,
	CPC_REPLY_READY,
	CPC_REPLY_OPENAPI,
	CPC_REPLY_COUNT
};

/** Room for a quoted 64-bit digest in hex and a NUL. */
#define CPC_ETAG_SIZE 19

/** One answer. `response` is NULL where the report holds nothing to print so. */
struct cpc_reply {
	struct MHD_Response *response;
	char etag[CPC_ETAG_SIZE];
};

/** All of one report, and the report itself for comparisons. Immutable but for the count. */
struct cpc_replies {
	atomic_uint references;
	struct cpc_reply items[CPC_REPLY_COUNT];
	struct cpc_capture capture; /**< owned */
	struct cpc_report report;   /**< of that capture */
};

/** The Content-Type that a reply will have. */
const char *cpc_reply_content_type(enum cpc_reply_id id);

/** Render every answer. What is published is only borrowed for the call. The caller holds the one reference. */
enum cpc_status cpc_replies_make(const struct cpc_published *published, struct cpc_replies **ret_replies,
				 struct cpc_error *reterr);

/** Give a reference back; the last one releases everything. Answers on their way out keep theirs. NULL is fine. */
void cpc_replies_release(struct cpc_replies *replies);

#endif
