/* SPDX-License-Identifier: MIT */
/*
 * What becomes of a peer's row when it answers, and when it does not. Changes of state,
 * of relation and of a fingerprint are logged, each once. Each call says whether anything but times changed.
 */
#ifndef CPC_PEER_ROW_H
#define CPC_PEER_ROW_H

#include <cpucompat/peer.h>

/** No answer at `at`, or none to be believed: what it told before stays, as what it last told. */
bool cpc_peer_row_fail(struct cpc_peer *peer, const char *error, int64_t at);

/** A report: `*host` is taken over and NULL afterwards, or left alone where it cannot be compared. */
bool cpc_peer_row_answer(struct cpc_peer *peer, struct cpc_peer_host **host, const struct cpc_report *self,
			 const struct cpc_policy *policy, int64_t at);

/** The report is the one that it told last. */
bool cpc_peer_row_same(struct cpc_peer *peer, int64_t at);

/** This host or the policy is another: compare again. */
bool cpc_peer_row_relate(struct cpc_peer *peer, const struct cpc_report *self, const struct cpc_policy *policy);

#endif
