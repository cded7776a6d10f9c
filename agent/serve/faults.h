/* SPDX-License-Identifier: MIT */
#ifndef CPC_FAULTS_H
#define CPC_FAULTS_H

/** What is wrong with a request; the row of its answer is cpc_fault_rows[fault]. */
enum cpc_fault {
	CPC_FAULT_NONE,
	CPC_FAULT_METHOD,
	CPC_FAULT_TARGET,
	CPC_FAULT_ESCAPE,
	CPC_FAULT_VERSION,
	CPC_FAULT_LINE_END,
	CPC_FAULT_NAME,
	CPC_FAULT_FOLD,
	CPC_FAULT_VALUE,
	CPC_FAULT_NO_HOST,
	CPC_FAULT_HOSTS,
	CPC_FAULT_HOST,
	CPC_FAULT_LENGTHS,
	CPC_FAULT_LENGTH,
	CPC_FAULT_ENCODINGS,
	CPC_FAULT_ENCODING,
	CPC_FAULT_OLD_ENCODING,
	CPC_FAULT_LENGTH_AND_ENCODING,
	CPC_FAULT_CHUNK_SIZE,
	CPC_FAULT_CHUNK_END,
	CPC_FAULT_TRAILER,
	CPC_FAULT_LONG_TARGET,
	CPC_FAULT_LONG_HEAD,
	CPC_FAULT_MANY_HEADERS,
	CPC_FAULT_CUT_SHORT, /**< the stream ends within a request; for whoever reads it to say */
	CPC_FAULT_LATE,	     /**< a request took too long; likewise */
	CPC_FAULT_COUNT
};

/** How a fault is answered. */
struct cpc_fault_row {
	unsigned int http_status;
	const char *detail; /**< a sentence */
};

extern const struct cpc_fault_row cpc_fault_rows[CPC_FAULT_COUNT];

#endif
