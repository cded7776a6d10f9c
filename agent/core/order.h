/* SPDX-License-Identifier: MIT */
/* Inside core: the one order on fingerprints, which compare.c turns into verdicts. */
#ifndef CPC_ORDER_H
#define CPC_ORDER_H

#include <cpucompat/compare.h>

/**
 * What walking over two fingerprints found. With `findings` NULL nothing is written down, and nothing is
 * looked for that a refusal leaves without weight: `unsure` may then be left out.
 */
struct cpc_tally {
	bool refused; /**< something stands in the way for certain */
	bool unsure;  /**< something unread could stand in the way */
	bool differs; /**< not everything that the policy compares is known to be equal */
	bool apart;   /**< something that the policy compares is known to differ */
	bool rigid;   /**< a refusal that no compatibility mode lifts */
	bool failed;  /**< no memory for a finding */
	struct cpc_findings *findings;
};

/** What is being ordered, for the two files that do it. */
struct cpc_pair {
	const struct cpc_fingerprint *a;
	const struct cpc_fingerprint *b;
	const struct cpc_lens *lens;
	const uint32_t *keep;	     /**< the bits that are looked at, CPC_WORDS_MAX words */
	const uint32_t *supplied;    /**< the needed bits whose absence never blocks, likewise */
	const struct cpc_hard *hard; /**< the others */
	bool clf_forced;	     /**< the CLFLUSH line is the mode's */
	/**
	 * What could not be read never equals anything, with one exception: a host
	 * compared with itself, which is the same fingerprint in the same place and not
	 * an equal one.
	 */
	bool itself;
	struct cpc_tally *tally;
};

/** The part of the order that is about scalars and the XSAVE layout (order_scalars.c). */
void cpc_order_scalars(const struct cpc_pair *pair);

/** Ask whether `source` is below `destination` under a lens, adding to the tally. */
void cpc_order(const struct cpc_fingerprint *source, const struct cpc_fingerprint *destination,
	       const struct cpc_lens *lens, struct cpc_tally *tally);

/**
 * The same where `destination` is what the platform offers its guests, and no stand-in
 * for it: what it supplies is in there, and what is not there it does not supply.
 */
void cpc_order_offered(const struct cpc_fingerprint *source, const struct cpc_fingerprint *destination,
		       const struct cpc_lens *lens, struct cpc_tally *tally);

/** The same of what CPC_MODE_KEEP leaves of both: the kept bits, and the CLFLUSH line that the mode shows. */
void cpc_order_kept(const struct cpc_fingerprint *source, const struct cpc_fingerprint *destination,
		    const struct cpc_lens *lens, struct cpc_tally *tally);

/** Warn of numbers beside the text. Does nothing where a report is missing (NULL) or both are one. */
void cpc_order_beside(const struct cpc_report *source, const struct cpc_report *destination,
		      const struct cpc_policy *policy, struct cpc_tally *tally);

/** Whether both have an XSAVE component that the lens looks at, and its place is unknown on either side. */
bool cpc_order_unplaced(const struct cpc_fingerprint *source, const struct cpc_fingerprint *destination,
			const struct cpc_lens *lens);

/** Write one finding down, where the tally keeps any. */
void cpc_tally_add(struct cpc_tally *tally, const struct cpc_finding *finding);

/** A finding about one bit of both. */
struct cpc_finding cpc_bit_finding(enum cpc_finding_code code, enum cpc_weight weight, unsigned int word,
				   unsigned int bit, const struct cpc_fingerprint *a, const struct cpc_fingerprint *b);

/** Add bits of one word to a list, one finding each. False without memory. */
bool cpc_findings_add_bits(struct cpc_findings *findings, enum cpc_finding_code code, enum cpc_weight weight,
			   unsigned int word, uint32_t bits, const struct cpc_fingerprint *a,
			   const struct cpc_fingerprint *b);

#endif
