/* SPDX-License-Identifier: MIT */
/*
 * The tables that everything else is derived from, as enums and const arrays.
 *
 *   words.def     the CPUID and MSR registers we know, in fingerprint order
 *   features.def  one row per named bit
 *   scalars.def   one row per number
 *   msrs.def      the MSRs that a probe reads, and when
 *
 * A row that claims a taken bit, names no rule, or sits in a register that
 * words.def lacks does not compile.
 */
#ifndef CPUCOMPAT_TABLES_H
#define CPUCOMPAT_TABLES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cpucompat/snapshot.h>

/** How a bit matters to a move. */
enum cpc_rule {
	CPC_RULE_NEED = 1, /**< a guest may use it: the destination must have it */
	CPC_RULE_ANY,	   /**< bad news to be known wherever the VM may run: OR over a pool, warns */
	CPC_RULE_HINT,	   /**< performance only: reported, never blocks */
	CPC_RULE_EQUAL,	   /**< must match */
	CPC_RULE_BLOCK,	   /**< cannot move while exposed to the guest */
	CPC_RULE_HOST,	   /**< for the host alone: reported, never compared */
	CPC_RULE_NOISE,	   /**< changes by boot, OS, CPU or time: masked before anything is stored */
};

/** What a bit is about. CPC_GROUP_MITIGATION is what the silicon id masks. */
enum cpc_group {
	CPC_GROUP_BASE = 1,
	CPC_GROUP_SIMD,
	CPC_GROUP_CRYPTO,
	CPC_GROUP_PAGING,
	CPC_GROUP_SECURITY,
	CPC_GROUP_MITIGATION,
	CPC_GROUP_XSTATE,
	CPC_GROUP_AMX,
	CPC_GROUP_TSX,
	CPC_GROUP_NESTED,
	CPC_GROUP_VIRTUALIZATION,
	CPC_GROUP_MANAGEMENT,
	CPC_GROUP_PERFORMANCE,
	CPC_GROUP_TRACE,
	CPC_GROUP_ENCRYPTION,
	CPC_GROUP_TOPOLOGY,
};

/** The XSAVE state without which a guest cannot use a feature (0: none). */
enum cpc_xstate {
	CPC_XSTATE_NONE = 0,
	CPC_XSTATE_AVX,	   /**< component 2 */
	CPC_XSTATE_MPX,	   /**< components 3 and 4 */
	CPC_XSTATE_AVX512, /**< components 5, 6 and 7 (and AVX's) */
	CPC_XSTATE_PKRU,   /**< component 9 */
	CPC_XSTATE_CET,	   /**< components 11 and 12 */
	CPC_XSTATE_AMX,	   /**< components 17 and 18 */
	CPC_XSTATE_APX,	   /**< component 19 */
	CPC_XSTATE_LWP,	   /**< component 62 */
	CPC_XSTATE_COUNT
};

/** How we know a row. */
enum cpc_sureness {
	CPC_SURE_DOCUMENTED = 1, /**< the vendor's manual or the platform's documentation */
	CPC_SURE_HEADER,	 /**< a header or source of an implementation */
	CPC_SURE_INFERRED,	 /**< concluded from data */
	CPC_SURE_MEMORY,	 /**< remembered; nobody has found the text again */
};

/** Where a register is: a register of a CPUID leaf, or half of an MSR. */
enum cpc_place {
	CPC_PLACE_EAX = CPC_EAX,
	CPC_PLACE_EBX = CPC_EBX,
	CPC_PLACE_ECX = CPC_ECX,
	CPC_PLACE_EDX = CPC_EDX,
	CPC_PLACE_MSR_LO,
	CPC_PLACE_MSR_HI,
};

/**
 * The registers: first the words of a fingerprint, in its order, for ever; then
 * those that are only reported.
 */
enum cpc_register {
#define CPC_WORD(id, leaf, subleaf, place, unnamed) CPC_##id,
#define CPC_REPORTED(id, leaf, subleaf, place)
#include <cpucompat/words.def>
#undef CPC_WORD
#undef CPC_REPORTED
	CPC_WORD_COUNT,
	CPC_BEFORE_REPORTED = CPC_WORD_COUNT - 1,
#define CPC_WORD(id, leaf, subleaf, place, unnamed)
#define CPC_REPORTED(id, leaf, subleaf, place) CPC_##id,
#include <cpucompat/words.def>
#undef CPC_WORD
#undef CPC_REPORTED
	CPC_REGISTER_COUNT
};

/** A row of words.def. For an MSR `leaf` is its address. */
struct cpc_register_info {
	uint32_t leaf;
	uint32_t subleaf;
	enum cpc_place place;
	enum cpc_rule unnamed; /**< the rule of bits that no row names: NEED or HOST */
};

/** Indexed by enum cpc_register. */
extern const struct cpc_register_info cpc_registers[CPC_REGISTER_COUNT];

/** The features, in table order; CPC_F_<name>. */
enum cpc_feature_id {
#define CPC_FEATURE(reg, bit, name, qemu, rule, group, xstate, sure, meaning, source) CPC_F_##name,
#include <cpucompat/features.def>
#undef CPC_FEATURE
	CPC_FEATURE_COUNT
};

/** A row of features.def. */
struct cpc_feature {
	enum cpc_register reg;
	uint8_t bit;
	enum cpc_rule rule;
	enum cpc_group group;
	enum cpc_xstate xstate;
	enum cpc_sureness sure;
	const char *name;    /**< as /proc/cpuinfo prints it */
	const char *qemu;    /**< QEMU's and libvirt's name; NULL where they have none */
	const char *meaning; /**< a few words */
	const char *source;
};

/** Indexed by enum cpc_feature_id. */
extern const struct cpc_feature cpc_features[CPC_FEATURE_COUNT];

/** The feature at a bit, or NULL for an unnamed one. */
const struct cpc_feature *cpc_feature_at(enum cpc_register reg, unsigned int bit);

/** The feature of that name (or QEMU's name for it), or NULL. */
const struct cpc_feature *cpc_feature_named(const char *name);

/** How many features a row of msrs.def may name. */
#define CPC_MSR_WHEN_MAX 2

/** A row of msrs.def: an MSR that a probe reads where one of `when` is set. */
struct cpc_msr_info {
	uint32_t address;
	const char *why;
	const char *source;
	size_t when_count;
	enum cpc_feature_id when[CPC_MSR_WHEN_MAX];
};

/** In the order in which they are read. */
extern const struct cpc_msr_info cpc_msrs[];
extern const size_t cpc_msr_count;

/**
 * How a number matters to a move. The first four are in the fingerprint's text; the
 * others are in reports alone, for they are measured, or change with time, or belong
 * to the platform. Where both reports have one of the middle three, it warns.
 */
enum cpc_scalar_rule {
	CPC_SCALAR_AT_MOST = 1,	 /**< source's <= destination's */
	CPC_SCALAR_EQUAL,	 /**< equal, where the source has one at all (0: it has none) */
	CPC_SCALAR_LAYOUT,	 /**< equal for each XSAVE component that both have */
	CPC_SCALAR_FLAGS,	 /**< a bit per XSAVE component: equal for each that both have */
	CPC_SCALAR_WARN_ABOVE,	 /**< warns where the source's is above the destination's */
	CPC_SCALAR_WARN_UNEQUAL, /**< warns where they differ and the source has one */
	CPC_SCALAR_WARN_SUBSET,	 /**< bits: warns where the source has one that the destination lacks */
	CPC_SCALAR_WARN_FAR, /**< warns where they are 250 parts in a million apart, and the destination does not scale
			      */
	CPC_SCALAR_REPORT,   /**< reported, never compared */
};

enum cpc_scalar_id {
#define CPC_SCALAR(name, rule, leaf, subleaf, reg, lo, hi, scale, xstate, meaning, ...) CPC_S_##name,
#define CPC_DERIVED(name, rule, where, meaning, source) CPC_S_##name,
#include <cpucompat/scalars.def>
#undef CPC_SCALAR
#undef CPC_DERIVED
	CPC_SCALAR_COUNT
};

/** A row of scalars.def: a bit field of a register, times `scale`. */
struct cpc_scalar {
	const char *name; /**< its key in the text: [a-z][a-z0-9]* */
	enum cpc_scalar_rule rule;
	uint32_t leaf;
	uint32_t subleaf;
	enum cpc_reg reg;
	uint8_t lo;
	uint8_t hi;
	uint32_t scale;
	enum cpc_xstate xstate; /**< the state that it describes: gone with it */
	bool optional;		/**< of EQUAL: a guest can be made without what it counts, so a baseline drops it */
	bool zero_is_pa;	/**< where the field is 0 the width is that of `pa` */
	bool guest_pa;		/**< a width that a policy's guest_pa caps */
	const char *derived;	/**< not a field of a register: where it comes from; else NULL */
	const char *meaning;	/**< with its unit */
	const char *source;
};

/** Indexed by enum cpc_scalar_id. */
extern const struct cpc_scalar cpc_scalars[CPC_SCALAR_COUNT];

/** Whether the text carries this scalar: the first four rules. */
bool cpc_scalar_in_text(enum cpc_scalar_id id);

/** Whether it is compared beside the text, and warns: the middle rules. */
bool cpc_scalar_beside_text(enum cpc_scalar_id id);

/**
 * The bits of each word that a fingerprint keeps: all but NOISE and HOST bits,
 * unnamed bits where the word's row makes them HOST, and fields of scalars.
 */
void cpc_canonical_masks(uint32_t ret_masks[static CPC_WORD_COUNT]);

/** The bits of each word that belong to the mitigation group, within the canonical mask. */
void cpc_mitigation_masks(uint32_t ret_masks[static CPC_WORD_COUNT]);

/** Room for the longest place, "80000001.0.ecx[31]", and a NUL. */
#define CPC_WHERE_SIZE 32

/** Write where a bit lives: `7.0.ebx[5]`, `msr.10a[17]`. */
void cpc_where(enum cpc_register reg, unsigned int bit, char ret_where[static CPC_WHERE_SIZE]);

/** The same for a bit of a fingerprint's word; those that only newer agents know are `word.NN[5]`. */
void cpc_word_bit_where(unsigned int word, unsigned int bit, char ret_where[static CPC_WHERE_SIZE]);

/** Write where a scalar's field lives: `80000008.0.eax[7:0]`. */
void cpc_scalar_where(enum cpc_scalar_id id, char ret_where[static CPC_WHERE_SIZE]);

/** The table words for enum values, for renderers and `list`: "NEED", "simd", "documented". */
const char *cpc_rule_name(enum cpc_rule rule);
const char *cpc_group_name(enum cpc_group group);
const char *cpc_sureness_name(enum cpc_sureness sure);
const char *cpc_scalar_rule_name(enum cpc_scalar_rule rule);

/** The XSAVE components of a state, as a bit per component; 0 for none. */
uint64_t cpc_xstate_components(enum cpc_xstate xstate);

/** Whether a feature is the bit of an XSAVE component itself (XCR0, XSS), and not something that uses it. */
bool cpc_is_component(const struct cpc_feature *feature);

/** The compared bits of each word that use a state. All zero: nothing compared stands for it. */
struct cpc_xstate_masks {
	uint32_t of[CPC_XSTATE_COUNT][CPC_WORD_COUNT];
};

void cpc_xstate_masks_of(struct cpc_xstate_masks *ret_masks);

#endif
