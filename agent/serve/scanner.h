/* SPDX-License-Identifier: MIT */
#ifndef CPC_SCANNER_H
#define CPC_SCANNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Longest target of a request, and most parameters in it, before it is answered with 414. */
#define CPC_TARGET_MAX 16384U
#define CPC_PARAMETERS_MAX 64U

/** Longest head of a request, and most headers in it, before it is answered with 431. */
#define CPC_HEAD_MAX 24576U
#define CPC_HEADERS_MAX 100U

/** What a scanner knows of the requests of one connection. Starts zeroed; holds no pointer and owns nothing. */
struct cpc_scanner {
	uint8_t state; /**< 0 before the first byte of a request */
	uint8_t fault;
	uint8_t header;	     /**< whose value is being read */
	uint8_t text_length; /**< of `text`, or of whatever is being counted */
	char text[20];	     /**< the name of a header, or a value that matters; longer ones matter not */
	bool old;	     /**< HTTP/1.0 */
	bool is_head;	     /**< the method is HEAD, whose answers have no body */
	bool has_host;
	bool has_length;
	bool has_encoding;
	bool in_query;
	uint8_t header_count;
	uint8_t parameter_count;
	uint32_t head_length;
	uint64_t left; /**< of the body or of its chunk */
};

/** What became of the bytes. */
enum cpc_scanned {
	CPC_SCAN_MORE,	/**< all belong to a request that goes on */
	CPC_SCAN_END,	/**< a request ends with the last byte that was used */
	CPC_SCAN_FAULT, /**< the byte after the last that was used makes it no request: see `fault`; it stays so */
};

/**
 * Follow a stream of HTTP/1.x requests, strictly, by RFC 9112: where each ends, and
 * whether everybody who reads it would say the same. How the stream is cut
 * into pieces makes no difference. Each call ends at the end of a request.
 */
enum cpc_scanned cpc_scanner_feed(struct cpc_scanner *scanner, const char *bytes, size_t length, size_t *ret_used);

/** Whether no byte of a request has come since the last one ended. */
static inline bool cpc_scanner_idle(const struct cpc_scanner *scanner)
{
	return scanner->state == 0;
}

#endif
