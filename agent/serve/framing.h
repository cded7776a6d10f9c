/* SPDX-License-Identifier: MIT */
#ifndef CPC_FRAMING_H
#define CPC_FRAMING_H

#include <stdbool.h>
#include <stdint.h>

#include <microhttpd.h>

#include "faults.h"

/** Where a request says that it ends. */
struct cpc_framing {
	unsigned int hosts;
	unsigned int lengths;
	unsigned int encodings;
	bool chunked;
	bool waits;		  /**< Expect: the client has not sent its body yet */
	enum cpc_fault malformed; /**< a control character in a header, or a length that is no number */
	uint64_t length;	  /**< of the body, as declared; UINT64_MAX where it is beyond that */
};

/** Walk the headers of a request. */
void cpc_framing_of(struct MHD_Connection *connection, struct cpc_framing *ret_framing);

/** Why a request must not be believed; CPC_FAULT_NONE where it may. */
enum cpc_fault cpc_framing_fault(const struct cpc_framing *framing, const char *version);

/** Whether a body follows. */
bool cpc_framing_has_body(const struct cpc_framing *framing);

#endif
