/* SPDX-License-Identifier: MIT */
/*
 * One question to one agent or Prometheus server through libcurl, bounded in every way that the other side could
 * stretch it. The agent asks its peers with it (poller.c), the program agents (client.c) and Prometheus (prometheus.c).
 */
#ifndef CPC_TRANSFER_H
#define CPC_TRANSFER_H

#include <stdbool.h>

#include <cpucompat/buffer.h>
#include <cpucompat/status.h>

#include "libcurl.h"

/** Longest ETag that is kept, quotes and NUL included; a longer one is as good as none. */
#define CPC_TAG_SIZE 128

/** A report of the largest host that we know of has less than a tenth of it. */
#define CPC_BODY_MAX ((size_t)1 << 20)

/** What is asked, and how. Borrowed from start to end. */
struct cpc_question {
	const char *url;
	const char *socket_path; /**< "" where it goes over the network */
	const char *token;	 /**< bearer token; NULL: none */
	const char *tag;	 /**< ETag of the answer that is known; NULL: none is */
	const char *ca_file;	 /**< who signs certificates; NULL: those whom the system trusts */
	long timeout_ms;	 /**< for the whole of it */
	size_t body_max;	 /**< bytes of the body that are taken, decoded; 0: CPC_BODY_MAX */
	const char *program;	 /**< who asks, for the User-Agent; NULL: cpucompatd */
	bool packed;		 /**< it may come packed, of any length */
	bool patient;		 /**< it may take as long as it likes, within the whole */
	/** Who takes the body, piece by piece, whatever the status; false ends the transfer. NULL: it is kept. */
	bool (*take)(void *context, const char *bytes, size_t length);
	/** Called now and then while nothing else happens; may be NULL. */
	void (*tick)(void *context);
	void *context; /**< for both */
};

/** A question under way. */
struct cpc_transfer {
	CURL *easy;
	struct curl_slist *headers;
	struct cpc_buffer body;
	size_t body_length; /**< bytes so far, whoever takes them */
	size_t body_max;
	bool (*take)(void *context, const char *bytes, size_t length);
	void (*tick)(void *context);
	void *context;
	size_t head_length;
	bool packed;
	bool patient;
	bool too_large;
	bool head_too_large;
	bool not_taken; /**< `take` wanted no more */
	bool conditional;
	long timeout_ms;
	char tag[CPC_TAG_SIZE]; /**< of the answer; "": it has none */
	char detail[CURL_ERROR_SIZE];
};

enum cpc_transfer_result { CPC_TRANSFER_FAILED, CPC_TRANSFER_UNCHANGED, CPC_TRANSFER_BODY };

/**
 * Make a handle that asks the question, `transfer` being its private pointer. The transfer stays where it is.
 * CPC_INTERNAL without memory, CPC_UNAVAILABLE where this libcurl lacks an option. Release it in any case.
 */
enum cpc_status cpc_transfer_start(const struct cpc_curl *curl, const struct cpc_question *question,
				   struct cpc_transfer *ret_transfer, struct cpc_error *reterr);

/** What came of it, once libcurl says `code`: a body of a 200, a 304 that was asked for, or an error. */
enum cpc_transfer_result cpc_transfer_end(const struct cpc_curl *curl, const struct cpc_transfer *transfer,
					  CURLcode code, struct cpc_error *reterr);

/** Release what it holds; it is no longer in a multi handle. */
void cpc_transfer_free(const struct cpc_curl *curl, struct cpc_transfer *transfer);

#endif
