/* SPDX-License-Identifier: MIT */
#ifndef CPUCOMPAT_SNAPSHOT_H
#define CPUCOMPAT_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cpucompat/status.h>

/** The four registers that CPUID answers in, in the order in which dumps print them. */
enum cpc_reg { CPC_EAX, CPC_EBX, CPC_ECX, CPC_EDX, CPC_REG_COUNT };

/** One CPUID answer. */
struct cpc_leaf {
	uint32_t leaf;
	uint32_t subleaf;
	uint32_t regs[CPC_REG_COUNT];
};

/** One model-specific register. `readable` false: the read was tried and refused; `value` is then 0. */
struct cpc_msr {
	uint32_t address;
	bool readable;
	uint64_t value;
};

/** No processor answers so many; a dump that claims more is refused. */
#define CPC_LEAVES_MAX 1024
#define CPC_MSRS_MAX 1024

/**
 * Every answer of one logical CPU. Zero-initialise it, add to it, seal it; from
 * then on it is immutable and any number of threads may read it.
 * Owns its arrays: release them with cpc_snapshot_free().
 */
struct cpc_snapshot {
	struct cpc_leaf *leaves; /**< by leaf, then subleaf, once sealed */
	size_t leaf_count;
	size_t leaf_room;
	struct cpc_msr *msrs; /**< by address, once sealed */
	size_t msr_count;
	size_t msr_room;
	/**
	 * The dump had no subleaf numbers for leaf 0xD and its components could not
	 * be told apart: the XSAVE layout is unknown, not empty.
	 */
	bool layout_unknown;
};

/** Append one answer. Fails with CPC_BAD_DATA above CPC_LEAVES_MAX, CPC_INTERNAL without memory. */
enum cpc_status cpc_snapshot_add_leaf(struct cpc_snapshot *snapshot, const struct cpc_leaf *leaf,
				      struct cpc_error *reterr);

/** Append one MSR; same failures. */
enum cpc_status cpc_snapshot_add_msr(struct cpc_snapshot *snapshot, const struct cpc_msr *msr,
				     struct cpc_error *reterr);

/**
 * Sort, and drop exact repeats. Two different answers for one leaf and subleaf
 * (or MSR) are CPC_BAD_DATA: one of them would have to be a lie. A snapshot
 * without leaf 0 is CPC_BAD_DATA too.
 */
enum cpc_status cpc_snapshot_seal(struct cpc_snapshot *snapshot, struct cpc_error *reterr);

/** Release the arrays and zero the struct. NULL is fine. */
void cpc_snapshot_free(struct cpc_snapshot *snapshot);

/**
 * The answer for a leaf and subleaf, or NULL where this CPU has none.
 *
 * This is the one place that decides whether a leaf exists. Intel processors
 * answer an out-of-range leaf with a copy of the highest basic leaf (SDM vol. 2A,
 * CPUID), so a leaf is looked for only up to eax of the first leaf of its group
 * (0, 0x40000000, 0x80000000, 0xC0000000), and a group whose eax lies below its own
 * base, or 64 Ki above it, does not exist.
 */
const struct cpc_leaf *cpc_snapshot_leaf(const struct cpc_snapshot *snapshot, uint32_t leaf, uint32_t subleaf);

/**
 * Whether a leaf and subleaf should be there and is not: within the maximum of its
 * group (or of its leaf, for a subleaf), and yet without an answer. A dump was cut
 * off, or its maker never asked. What it would say is unknown, not clear.
 */
bool cpc_snapshot_missing(const struct cpc_snapshot *snapshot, uint32_t leaf, uint32_t subleaf);

/** One register of a leaf; 0 where the leaf does not exist (absent means clear). */
uint32_t cpc_snapshot_reg(const struct cpc_snapshot *snapshot, uint32_t leaf, uint32_t subleaf, enum cpc_reg reg);

/** An MSR that was read or refused; NULL where nobody tried. */
const struct cpc_msr *cpc_snapshot_msr(const struct cpc_snapshot *snapshot, uint32_t address);

/** First leaf of the group that `leaf` belongs to (its upper 16 bits). */
uint32_t cpc_leaf_group(uint32_t leaf);

/** CPUID's vendor string is 12 bytes; this is room for it and a NUL. */
#define CPC_VENDOR_SIZE 13

/** The vendor string of leaf 0's registers. */
void cpc_vendor_of(const uint32_t regs[static CPC_REG_COUNT], char ret_vendor[static CPC_VENDOR_SIZE]);

/** Whether a vendor's processors have the leaves from 0xC0000000 on: Centaur's and Zhaoxin's. */
bool cpc_has_centaur_leaves(const char *vendor);

/** Vendor, family, model and stepping, decoded as the SDM and the APM tell. */
struct cpc_signature {
	char vendor[CPC_VENDOR_SIZE]; /**< raw bytes, NUL-padded; may hold any byte */
	uint32_t family;
	uint32_t model;
	uint32_t stepping;
};

/**
 * Decode leaves 0 and 1. The extended family counts when the base family is 15;
 * the extended model counts from base family 6 on (Zhaoxin's family 7 uses it;
 * SDM and APM name 6 and 15).
 */
struct cpc_signature cpc_snapshot_signature(const struct cpc_snapshot *snapshot);

/** Three brand leaves, 16 bytes each, and a NUL. */
#define CPC_BRAND_SIZE 49

/** The brand string of leaves 0x80000002-4, blanks trimmed and runs of blanks folded; "" where there is none. */
void cpc_snapshot_brand(const struct cpc_snapshot *snapshot, char ret_brand[static CPC_BRAND_SIZE]);

/** Whether two sealed snapshots agree once per-CPU noise (noise.def) is masked. */
bool cpc_snapshot_same_kind(const struct cpc_snapshot *a, const struct cpc_snapshot *b);

#endif
