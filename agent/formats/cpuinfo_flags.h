/* SPDX-License-Identifier: MIT */
/*
 * What a flag of /proc/cpuinfo proves of CPUID.
 */
#ifndef CPC_CPUINFO_FLAGS_H
#define CPC_CPUINFO_FLAGS_H

#include <cpucompat/tables.h>

#include "span.h"

/** The features in order of their names, for looking flags up. */
struct cpc_flag_index {
	const struct cpc_feature *names[CPC_FEATURE_COUNT];
};

void cpc_flag_index_of(struct cpc_flag_index *ret_index);

/** The bits of a fingerprint's words that a list of flags proves to be set; not under any mask. */
void cpc_flags_prove(const struct cpc_flag_index *index, struct cpc_span flags, struct cpc_span vendor,
		     uint32_t ret_words[static CPC_WORD_COUNT]);

#endif
