/* SPDX-License-Identifier: MIT */
/* What comes of a layout in words. */
#ifndef CPC_PLAN_WORDS_H
#define CPC_PLAN_WORDS_H

#include <cpucompat/layout.h>

#include "layout.h"

/** "all VMs fit", "not all fit", "cannot tell", "not known" without VMs: with one host gone; or "refused". */
const char *cpc_plan_verdict_words(const struct cpc_layout_answer *answer);

/** Write why a layout does not keep N+1, or why that cannot be told: sentences. Nothing where it does. */
void cpc_plan_why(struct cpc_text *text, const struct cpc_plan *plan, size_t layout);

#endif
