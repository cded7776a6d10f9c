/* SPDX-License-Identifier: MIT */
#ifndef CPC_READY_DOCUMENT_H
#define CPC_READY_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include <cpucompat/buffer.h>
#include <cpucompat/site.h>
#include <cpucompat/status.h>

/** Hosts of one document: more than any platform allows in a cluster. */
#define CPC_READY_HOSTS_MAX 256

/** What a document has of a host. */
struct cpc_ready_document_host {
	char name[128];		  /**< printable ASCII */
	struct cpc_buffer report; /**< its cpucompat/report/1, to be read by cpc_read() */
	bool has_site;
	struct cpc_site site;
};

/** Zero-initialise; release with cpc_ready_document_free(). */
struct cpc_ready_document {
	struct cpc_ready_document_host *hosts;
	size_t count;
};

/** Whether bytes are a requirement table of ours, as their schema says wherever it stands; of whatever version. */
bool cpc_ready_document_recognise(const char *bytes, size_t length);

/**
 * Read a cpucompat/ready/1 document back: what was found on its hosts, for their rows to be judged anew. What it does
 * not tell is not known, and a probe that it does not name is absent. CPC_BAD_DATA for what is no such document, is of
 * another version, or has members of another kind than ours; `ret_document` is then empty.
 */
enum cpc_status cpc_ready_document_read(const char *bytes, size_t length, struct cpc_ready_document *ret_document,
					struct cpc_error *reterr);

void cpc_ready_document_free(struct cpc_ready_document *document);

#endif
