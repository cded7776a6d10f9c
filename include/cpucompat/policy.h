/* SPDX-License-Identifier: MIT */
/*
 * How one platform decides. Policies are data: rows of policies.def, which name
 * features by the names of features.def. A list that names a feature that does
 * not exist does not compile, and neither does a row without a source.
 */
#ifndef CPUCOMPAT_POLICY_H
#define CPUCOMPAT_POLICY_H

#include <cpucompat/report.h>
#include <cpucompat/tables.h>

/** Which features a platform compares. */
enum cpc_considers {
	CPC_CONSIDERS_ALL = 1, /**< every compared bit, named or not */
	CPC_CONSIDERS_LISTED,  /**< the lists, and nothing else */
	CPC_CONSIDERS_QEMU,    /**< every compared bit that QEMU has a name for, and XSAVE components */
};

/** What compatibility mode is on this platform. */
enum cpc_mode {
	CPC_MODE_NONE = 1, /**< there is none */
	CPC_MODE_KEEP,	   /**< the guest sees the listed features and no others of those compared */
	CPC_MODE_MEET,	   /**< the guest sees what both hosts have: a lower model, a levelled pool, an EVC baseline */
};

/** What a scalar out of order does to the verdict. */
enum cpc_scalar_weight {
	CPC_SCALAR_IGNORED = 0,
	CPC_SCALAR_WARNS,
	CPC_SCALAR_REFUSES,
};

/** The longest list of a row; a longer one does not compile. */
#define CPC_LIST_MAX 256

/** A list of features. */
struct cpc_feature_list {
	uint16_t count;
	uint16_t ids[CPC_LIST_MAX]; /**< enum cpc_feature_id */
};

struct cpc_policy {
	const char *name;
	const char *title;
	const char *mode_name; /**< the platform's own word for its compatibility mode */
	const char *remedy;    /**< how that platform turns the mode on; one clause */
	enum cpc_view view;    /**< the one it prefers; the cpuid view stands in where a host has no other */
	enum cpc_considers considers;
	struct cpc_feature_list listed;	      /**< for CPC_CONSIDERS_LISTED: on processors of every vendor */
	struct cpc_feature_list listed_intel; /**< beside those, on all processors that are not AMD's or Hygon's */
	struct cpc_feature_list listed_amd;   /**< beside those, on AMD's and Hygon's */
	/** Compared as NEED whatever their own rule: the platform does not ask what a bit means. Needs no other
	 * listing. */
	struct cpc_feature_list needed;
	struct cpc_feature_list
		supplied; /**< the platform gives these to guests whatever the hardware says: never block */
	struct cpc_feature_list
		withheld; /**< the platform hides these from guests unless asked: never block a host's own view */
	struct cpc_feature_list matched; /**< compared in both directions: a destination that has more is refused too */
	enum cpc_mode mode;
	struct cpc_feature_list keep_intel; /**< for CPC_MODE_KEEP */
	struct cpc_feature_list keep_amd;
	uint32_t forced_clf;		   /**< CLFLUSH line bytes that the mode shows, 0: the host's own */
	uint32_t guest_pa;		   /**< physical address bits that guests get at most, 0: the host's own */
	struct cpc_feature_list required;  /**< what every host of this policy must have, beside the requirements */
	uint32_t requires;		   /**< a bit per enum cpc_requirement_id that a destination must not lack */
	uint8_t scalars[CPC_SCALAR_COUNT]; /**< enum cpc_scalar_weight */
	uint16_t hosts_max;		   /**< cluster size limit, 0: none known */
	struct cpc_feature_list inferred;  /**< those whose place in this row nobody has documented */
	enum cpc_sureness sure;		   /**< of what is compared, and how */
	const char *sources;
	enum cpc_sureness
		mode_sure;	  /**< of what the mode is and shows; 0: as sure as the rest, from the same sources */
	const char *mode_sources; /**< where `mode_sure` is given */
};

/** The rows of policies.def. */
enum cpc_policy_id {
#define CPC_POLICY(id, ...) CPC_P_##id,
#include <cpucompat/policies.def>
#undef CPC_POLICY
	CPC_POLICY_COUNT
};

extern const struct cpc_policy cpc_policies[CPC_POLICY_COUNT];

/** The policy used where none is named. */
#define CPC_POLICY_DEFAULT "kvm"

/** By name, or NULL. */
const struct cpc_policy *cpc_policy_named(const char *name);

/** How sure the row is as a whole: as its weakest part. */
enum cpc_sureness cpc_policy_sure(const struct cpc_policy *policy);

/** How sure it is what the mode shows. */
enum cpc_sureness cpc_policy_mode_sure(const struct cpc_policy *policy);

/** How sure it is that a feature counts under a policy: as the weakest of both their rows. NULL: an unnamed bit. */
enum cpc_sureness cpc_policy_sure_of(const struct cpc_policy *policy, const struct cpc_feature *feature);

/** Whether compatibility mode (CPC_MODE_KEEP) shows a feature on processors of a vendor. NULL: an unnamed bit. */
bool cpc_policy_keeps(const struct cpc_policy *policy, const char *vendor, const struct cpc_feature *feature);

/** The needed bits whose absence refuses: those of XCR0, and the others (words of XCR0 are 0). */
struct cpc_hard {
	uint32_t words[CPC_WORDS_MAX];
	uint64_t xcr0;
};

/**
 * A policy turned into masks over the words, so that a comparison is a handful
 * of word operations. A plain value; make one per policy and vendor and reuse it.
 */
struct cpc_lens {
	const struct cpc_policy *policy;
	uint32_t need[CPC_WORDS_MAX];
	uint32_t any[CPC_WORDS_MAX];
	uint32_t hint[CPC_WORDS_MAX];
	uint32_t equal[CPC_WORDS_MAX];
	uint32_t block[CPC_WORDS_MAX];
	uint32_t matched[CPC_WORDS_MAX];  /**< of need: what the destination has beyond the source is refused, too */
	uint32_t supplied[CPC_WORDS_MAX]; /**< of need: the platform supplies it, so its absence never blocks */
	uint32_t keep[CPC_WORDS_MAX];	  /**< bits that survive CPC_MODE_KEEP */
	uint32_t required[CPC_WORDS_MAX];
	/* The same once more, for the usual question: can anything but a needed bit refuse, and which bits are those?
	 */
	bool plain;			  /**< no EQUAL, BLOCK, matched or required bit */
	struct cpc_hard hard;		  /**< less what is supplied */
	struct cpc_hard hard_offered;	  /**< where the destination is the platform's own view, that has it already */
	uint32_t compared[CPC_WORDS_MAX]; /**< under any rule */
	struct cpc_xstate_masks xstates;
	uint8_t scalars[CPC_SCALAR_COUNT]; /**< the ids of those of the text that are weighed */
	uint8_t scalar_count;
	uint8_t rigid[CPC_SCALAR_COUNT]; /**< the ids of those that refuse and that no mode changes: EQUAL, of no state,
					    not optional */
	uint8_t rigid_count;
};

/**
 * Prepare the lens for a vendor (12 bytes, NUL-padded). `guest` says that the
 * source is a guest's own view: what the platform withholds by default then counts,
 * for this guest has it.
 */
void cpc_lens_of(const struct cpc_policy *policy, const char *vendor, bool guest, struct cpc_lens *ret_lens);

/** The first feature that the policy demands of every host and that this one lacks for certain, or NULL. With such a
 * host there is no baseline: one without the feature would move nowhere. */
const struct cpc_feature *cpc_policy_lacks(const struct cpc_policy *policy, const struct cpc_fingerprint *host);

#endif
