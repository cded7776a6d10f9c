/* SPDX-License-Identifier: MIT */
#ifndef CPUCOMPAT_HISTORY_H
#define CPUCOMPAT_HISTORY_H

#include <stdbool.h>
#include <stdint.h>

#include <cpucompat/fingerprint.h>

/** RFC 3339, UTC, to the second, and a NUL: "2026-11-26T04:45:29Z". */
#define CPC_TIME_SIZE 21

/** What became of one view's fingerprint. A change is another text; the id may then be the same (another stepping). */
struct cpc_view_history {
	bool seen;			/**< the view was there at least once */
	uint64_t changes;		/**< since `since` */
	char changed_at[CPC_TIME_SIZE]; /**< the last one; "" where there was none */
	char previous_id[CPC_ID_SIZE];	/**< the id before the last one; "" where there was none */
};

/**
 * What an agent remembers of its host, beyond the last probe. All zero where nobody
 * remembers: of a report that a command made, or a dump. A plain value.
 */
struct cpc_history {
	char since[CPC_TIME_SIZE]; /**< the first probe; "": nobody remembers */
	uint64_t failures;	   /**< probes since then that gave no report */
	/** The first of those after the last that gave one; "" where the last probe did. */
	char failing_since[CPC_TIME_SIZE];
	struct cpc_view_history cpuid;
	struct cpc_view_history kvm;
};

#endif
