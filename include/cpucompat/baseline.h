/* SPDX-License-Identifier: MIT */
#ifndef CPUCOMPAT_BASELINE_H
#define CPUCOMPAT_BASELINE_H

#include <cpucompat/fingerprint.h>
#include <cpucompat/policy.h>

/**
 * The meet of two fingerprints of one vendor: AND of needed bits, OR of bad news,
 * minimum of at-most scalars, the XSAVE components that lie alike in both, and
 * without the features whose state had to go. A word unread on either side is
 * unread in the meet. EQUAL scalars that differ become 0 (none).
 *
 * Family, model and stepping are `a`'s where equal; else the smaller triple, so that
 * the meet does not depend on the order of its operands.
 *
 * Fails with CPC_BAD_DATA where vendors differ (no platform moves across vendors)
 * or where scalars that only a newer agent knows differ. `ret_meet` may be `a` or `b`.
 */
enum cpc_status cpc_meet(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b,
			 struct cpc_fingerprint *ret_meet, struct cpc_error *reterr);

/**
 * The same under a policy: AND of whatever it needs, bad news too. A platform that asks
 * for every bit of a list gives no guest one that a host of its lacks.
 */
enum cpc_status cpc_meet_under(const struct cpc_lens *lens, const struct cpc_fingerprint *a,
			       const struct cpc_fingerprint *b, struct cpc_fingerprint *ret_meet,
			       struct cpc_error *reterr);

#endif
