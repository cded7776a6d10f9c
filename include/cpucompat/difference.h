/* SPDX-License-Identifier: MIT */
#ifndef CPUCOMPAT_DIFFERENCE_H
#define CPUCOMPAT_DIFFERENCE_H

#include <cpucompat/compare.h>
#include <cpucompat/fingerprint.h>

/**
 * Tell the visitor of everything in which two fingerprints differ, whether a policy would mind or not: what a host has
 * gained and lost since an earlier look. In the order of the text: words, scalars, XSAVE components. As findings
 * of weight CPC_NOTE from `before` (a) to `now` (b), with the codes
 *
 *   CPC_FINDING_VENDOR    the vendor is another; nothing else is told then
 *   CPC_FINDING_GAIN      a bit that was clear and is set
 *   CPC_FINDING_LOSS      a bit that was set and is clear
 *   CPC_FINDING_UNREAD    a bit, or a whole word, or a number, or the XSAVE layout (scalar xs), that one of the two did
 *                         not read: b_unknown where it was known and no longer is, a_unknown where it is now
 *   CPC_FINDING_UNEQUAL   a number that differs
 *   CPC_FINDING_LAYOUT    an XSAVE component that lies elsewhere, or is laid out by one alone though both name it
 *   CPC_FINDING_FOREIGN   scalars that only a newer agent understands
 *
 * Family, model and stepping are numbers of both, and left to the caller. Two fingerprints of one text may differ: an
 * `x` hides which bits of its word were read. Two of different texts, and of one family, model and
 * stepping, are told of at least once. Pure; allocates nothing.
 */
void cpc_each_difference(const struct cpc_fingerprint *before, const struct cpc_fingerprint *now,
			 void (*visit)(void *context, const struct cpc_finding *finding), void *context);

#endif
