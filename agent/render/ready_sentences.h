/* SPDX-License-Identifier: MIT */
/* The requirement table in words. */
#ifndef CPC_READY_SENTENCES_H
#define CPC_READY_SENTENCES_H

#include <cpucompat/ready.h>

/** Room for a fact in words. */
#define CPC_READY_WORDS_SIZE 512

/** What to do, as a clause; "" for CPC_REMEDY_NONE. */
const char *cpc_remedy_words(enum cpc_ready_remedy remedy);

/** "ports with carrier: 6", "VT-x present", "system: Debian GNU/Linux 12" */
void cpc_fact_words(const struct cpc_ready_fact *fact, char ret_words[static CPC_READY_WORDS_SIZE]);
/** Its value alone: "6", "40 GiB", "set", "fibre-channel" */
void cpc_fact_value_words(const struct cpc_ready_fact *fact, char ret_words[static CPC_READY_WORDS_SIZE]);

/** "met", "not met", "cannot see" */
const char *cpc_ready_verdict_words(enum cpc_ready_verdict verdict);
/** "ready for production", ... */
const char *cpc_ready_end_words(enum cpc_ready_end end);

/** What a reason counts: "4 of 6 (8 in production)", "20, at most 16"; "" where that is nothing. */
void cpc_count_words(enum cpc_ready_row_id id, const struct cpc_ready_row *row, const struct cpc_ready_reason *reason,
		     char ret_words[static CPC_READY_WORDS_SIZE]);
/** What it is about, "" where it does not say; of what hosts have alike the fact's name, in words. */
void cpc_subject_words(const struct cpc_ready_reason *reason, char ret_words[static CPC_READY_WORDS_SIZE]);
/** Whether it says of production what another of the row said of the minimum already. */
bool cpc_ready_is_implied(const struct cpc_ready_row *row, const struct cpc_ready_reason *reason);

#endif
