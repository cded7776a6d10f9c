/* SPDX-License-Identifier: MIT */
/*
 * Why each class's VMs move to each other class, or do not: the sentences of a comparison, each kept once, for many
 * pairs have the same reasons and more have some of them.
 */
#ifndef CPC_PAGE_REASONS_H
#define CPC_PAGE_REASONS_H

#include <stdint.h>

#include <cpucompat/fleet.h>
#include <cpucompat/interned.h>

/** What stands in sentences for the names of both sides: whoever shows them knows which pair they are shown for. */
#define CPC_SOURCE_MARK "\001"
#define CPC_DESTINATION_MARK "\002"

/** No reasons were asked for of a pair. */
#define CPC_NO_REASON UINT32_MAX

/** Zero-initialise; release with cpc_reasons_free(). */
struct cpc_reasons {
	struct cpc_interned sentences; /**< text and its NUL */
	struct cpc_interned rows;      /**< name, where, values and meaning, each ended by a NUL */
	/** uint32_t: weight, the number of the sentence, and of each row under it. */
	struct cpc_interned groups;
	/** uint32_t: verdict, the number of the clause's sentence, how many groups, their numbers, and the numbers of
	 * the sentences that come after them. */
	struct cpc_interned reasons;
	bool failed; /**< memory ran out: numbers mean nothing any more */
};

/**
 * Compare every pair of classes, or only those with class `only` where that is not SIZE_MAX: `ret_why[source * count +
 * destination]` is the number of a reason, CPC_NO_REASON for a pair that was not asked about. CPC_INTERNAL without
 * memory.
 */
enum cpc_status cpc_reasons_ask(struct cpc_reasons *reasons, const struct cpc_fleet *fleet,
				const struct cpc_policy *policy, size_t only, uint32_t *ret_why,
				struct cpc_error *reterr);

/** A sentence, or the first field of a row. */
const char *cpc_reason_text(const struct cpc_interned *table, uint32_t number);

/** The numbers of a group or a reason. */
const uint32_t *cpc_reason_numbers(const struct cpc_interned *table, uint32_t number, size_t *ret_count);

void cpc_reasons_free(struct cpc_reasons *reasons);

#endif
