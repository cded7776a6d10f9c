/* SPDX-License-Identifier: MIT */
/*
 * "A moves to B" is a partial order on fingerprints under a policy. This is its
 * one implementation; baseline is its meet, fleet classes are its equal points, and
 * compatibility mode is the same question after the policy's mask.
 */
#ifndef CPUCOMPAT_COMPARE_H
#define CPUCOMPAT_COMPARE_H

#include <cpucompat/fingerprint.h>
#include <cpucompat/policy.h>
#include <cpucompat/report.h>

/** Of one direction. The order is that of badness, `unknown` last. */
enum cpc_verdict {
	CPC_SAME,
	CPC_MIGRATABLE,
	CPC_COMPATIBILITY_MODE,
	CPC_IMPOSSIBLE,
	CPC_VERDICT_UNKNOWN,
	CPC_VERDICT_COUNT
};

/** Of a pair. */
enum cpc_relation {
	CPC_RELATION_SAME,
	CPC_RELATION_BOTH_WAYS,
	CPC_RELATION_ONE_WAY,
	CPC_RELATION_COMPATIBILITY_MODE,
	CPC_RELATION_IMPOSSIBLE,
	CPC_RELATION_UNKNOWN,
	CPC_RELATION_COUNT
};

/** Why: one word per kind of reason. No prose. */
enum cpc_finding_code {
	CPC_FINDING_CANNOT_HOST = 1, /**< the destination lacks a requirement; `requirement` */
	CPC_FINDING_LACKS_REQUIRED,  /**< the destination lacks a feature that the policy demands of every host */
	CPC_FINDING_VENDOR,	     /**< vendors differ */
	CPC_FINDING_MISSING,	     /**< a NEED bit that the destination lacks */
	CPC_FINDING_EXTRA,	     /**< a bit that the source lacks, and the platform cannot hide from its guests */
	CPC_FINDING_UNEQUAL,	     /**< an EQUAL bit or scalar that differs */
	CPC_FINDING_BLOCKED,	     /**< a BLOCK bit that the guest has */
	CPC_FINDING_ABOVE,	     /**< an AT_MOST scalar above the destination's */
	CPC_FINDING_LAYOUT,	     /**< an XSAVE component that lies elsewhere; `component` */
	CPC_FINDING_UNREAD,	     /**< a word or scalar that was not read and could change the verdict */
	CPC_FINDING_FOREIGN,	     /**< scalars that only a newer agent understands, and they differ */
	CPC_FINDING_BAD_NEWS,	     /**< an ANY bit that differs */
	CPC_FINDING_SUPPLIED,	     /**< a NEED bit that differs, and the platform supplies it */
	CPC_FINDING_HINT,	     /**< a HINT bit (or one the platform withholds) that the destination lacks */
	CPC_FINDING_GAIN,	     /**< a bit that the VM would see after its next power cycle; in `gains` only */
	CPC_FINDING_LOSS,	     /**< a bit that compatibility mode takes from the guest; in `loses` only */
	CPC_FINDING_CODE_COUNT
};

/** What a finding does to the verdict. */
enum cpc_weight { CPC_NOTE, CPC_WARNING, CPC_REFUSAL };

/** What kind of thing a finding is about, and so which of its fields mean something. */
enum cpc_subject_kind {
	CPC_ABOUT_BIT,	       /**< word, bit; feature or NULL */
	CPC_ABOUT_WORD,	       /**< word (whole register unread) */
	CPC_ABOUT_SCALAR,      /**< scalar */
	CPC_ABOUT_COMPONENT,   /**< component */
	CPC_ABOUT_REQUIREMENT, /**< requirement */
	CPC_ABOUT_VENDOR,
	CPC_ABOUT_FOREIGN,
};

/** One reason. `a` and `b` are both sides' values: tristates for bits, numbers for scalars, offsets for components. */
struct cpc_finding {
	enum cpc_finding_code code;
	enum cpc_weight weight;
	enum cpc_subject_kind about;
	uint16_t word;
	uint8_t bit;
	uint8_t component;
	uint8_t scalar;
	uint8_t requirement;
	bool a_unknown;
	bool b_unknown;
	bool mitigation; /**< belongs to the mitigation group */
	const struct cpc_feature *feature;
	uint64_t a;
	uint64_t b;
	uint64_t a_size; /**< of a component */
	uint64_t b_size;
};

/** A list that grows; owned by the struct that holds it. */
struct cpc_findings {
	struct cpc_finding *items;
	size_t count;
	size_t room;
};

/** One side of a comparison: what may be known about a host beside its fingerprint. */
struct cpc_side {
	const struct cpc_fingerprint *fingerprint; /**< the cpuid view */
	const struct cpc_fingerprint *kvm;	   /**< the kvm view, or NULL */
	enum cpc_vantage vantage;		   /**< of a dump: where it was taken; CPC_DUMP where unknown */
	bool dumped;				   /**< known from a dump or a fingerprint alone */
	enum cpc_requirement_status requirements[CPC_REQUIREMENT_COUNT];
	const struct cpc_report *report; /**< for the numbers beside the text; or NULL */
};

/** A side made of a report; borrows it. */
struct cpc_side cpc_side_of(const struct cpc_report *report);

/** Whether a host is known to lack what the policy requires of every one, so that none of its VMs runs there. */
bool cpc_cannot_host(const struct cpc_side *side, const struct cpc_policy *policy);

/** One direction, source to destination. */
struct cpc_direction {
	enum cpc_verdict verdict;
	const struct cpc_fingerprint *from; /**< what was compared: a view of the source ... */
	const struct cpc_fingerprint *to;   /**< ... and one of the destination; borrowed from the sides */
	bool fallback;	       /**< the policy prefers another view than the cpuid view, and not both sides have it */
	bool only_mitigations; /**< every refusing finding is about a mitigation */
	struct cpc_findings findings; /**< every one, refusals first */
	struct cpc_findings gains;    /**< what the VM would gain after its next power cycle */
	struct cpc_findings loses;    /**< what the guest runs without in compatibility mode */
	bool mode_asked;	      /**< the mode was worked out: the verdict is compatibility-mode or impossible */
	bool mode_works;
	bool can_return; /**< after a power cycle on the destination it could come back */
};

struct cpc_comparison {
	const struct cpc_policy *policy;
	enum cpc_relation relation;
	struct cpc_direction a_to_b;
	struct cpc_direction b_to_a;
};

/**
 * Compare both ways. Pure but for memory; CPC_INTERNAL without it. Two sides with
 * one and the same fingerprint (the same address) are one host compared with itself:
 * then, and only then, what could not be read counts as equal.
 * Release the result with cpc_comparison_free() in any case.
 */
enum cpc_status cpc_compare(const struct cpc_side *a, const struct cpc_side *b, const struct cpc_policy *policy,
			    struct cpc_comparison *ret_comparison, struct cpc_error *reterr);

void cpc_comparison_free(struct cpc_comparison *comparison);

/**
 * Whether what moves is a guest whose own CPUID the source is, and not a guest of the source: the
 * `guest` of the lens that cpc_verdict_of() wants for this pair.
 */
bool cpc_moves_itself(const struct cpc_side *source, const struct cpc_side *destination,
		      const struct cpc_policy *policy);

/**
 * The verdict alone, of one direction, without findings and without allocating.
 * Agrees with cpc_compare() on everything that fingerprints and sides can say.
 */
enum cpc_verdict cpc_verdict_of(const struct cpc_side *source, const struct cpc_side *destination,
				const struct cpc_lens *lens);

/**
 * What one kind of CPU costs its host: every bit, number and XSAVE component that another kind has and this one
 * has not (or lays out otherwise), as findings from the other kind to this one. None for a host of one kind.
 * The caller frees `ret_costs->items`. CPC_INTERNAL without memory.
 */
enum cpc_status cpc_kind_costs(const struct cpc_capture *capture, size_t kind, struct cpc_findings *ret_costs,
			       struct cpc_error *reterr);

/** The relation that two verdicts make. */
enum cpc_relation cpc_relation_of(enum cpc_verdict a_to_b, enum cpc_verdict b_to_a);

/** "same", "migratable", ... */
const char *cpc_verdict_name(enum cpc_verdict verdict);
/** "same", "both-ways", ... */
const char *cpc_relation_name(enum cpc_relation relation);
/** "missing", "layout", ...: the JSON code */
const char *cpc_finding_code_name(enum cpc_finding_code code);

/** Whether the VM moves as it is: `same` or `migratable`. */
static inline bool cpc_verdict_moves(enum cpc_verdict verdict)
{
	return verdict == CPC_SAME || verdict == CPC_MIGRATABLE;
}

/** Exit code of a verdict: 0, 0, 10, 20, 30. */
int cpc_verdict_exit(enum cpc_verdict verdict);

#endif
