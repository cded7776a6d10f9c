/* SPDX-License-Identifier: MIT */
#ifndef CPC_NEGOTIATE_H
#define CPC_NEGOTIATE_H

#include <stdbool.h>

/** What Accept (RFC 9110, 12.5.1) says of one media type. Zero-initialise: nothing was said yet. */
struct cpc_preference {
	unsigned int quality;	  /**< in thousandths */
	unsigned int specificity; /**< of the range that said so; 0: none did */
};

/**
 * Read one Accept header into what is known of `content_type`. The most specific range that takes
 * it in decides. Of parameters `version` alone tells types apart; ranges that cannot be read say nothing.
 */
void cpc_preference_read(struct cpc_preference *preference, const char *header, const char *content_type);

/** Whether the client would rather have `a`: by quality, and of equal ones that which it named more closely. */
bool cpc_preference_beats(const struct cpc_preference *a, const struct cpc_preference *b);

#endif
