/* SPDX-License-Identifier: MIT */
#ifndef CPUCOMPAT_FINGERPRINT_H
#define CPUCOMPAT_FINGERPRINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cpucompat/snapshot.h>
#include <cpucompat/status.h>
#include <cpucompat/tables.h>

/** Words that a text may carry: ours, and room for those of agents newer than we are. */
#define CPC_WORDS_MAX 128

/** Room for scalars that only newer agents know, kept as they came. */
#define CPC_FOREIGN_MAX 256

/** XSAVE components are bits of a 64-bit XCR0. */
#define CPC_COMPONENTS_MAX 63

/** Longest fingerprint text, NUL included. */
#define CPC_FINGERPRINT_SIZE 4608

/** A number, or that it could not be read. 0 and known: the processor has no such thing. */
struct cpc_number {
	bool unknown;
	uint64_t value;
};

/** One XSAVE component as the standard format lays it out (SDM vol. 1, 13.4.3), in bytes. */
struct cpc_component {
	uint8_t index;
	uint32_t offset;
	uint32_t size;
};

/**
 * Everything of one view that matters to a move: a point in a lattice.
 * A plain value: copy it, compare it, no thread rules.
 */
struct cpc_fingerprint {
	char vendor[CPC_VENDOR_SIZE];
	uint32_t family;
	uint32_t model;
	uint32_t stepping;
	unsigned int word_count;	/**< at least CPC_WORD_COUNT; more where a newer agent made the text */
	uint32_t words[CPC_WORDS_MAX];	/**< canonically masked; 0 where unread or absent */
	uint32_t unread[CPC_WORDS_MAX]; /**< the bits of each word that could not be read, of those compared */
	struct cpc_number scalars[CPC_SCALAR_COUNT];	 /**< xs and REPORT rows unused */
	struct cpc_component layout[CPC_COMPONENTS_MAX]; /**< by index; the xs scalar */
	size_t layout_count;
	bool layout_unknown;
	char foreign[CPC_FOREIGN_MAX]; /**< `,`-joined scalars that we do not know, verbatim; "" for none */
};

/** Whether a word, or a part of it, could not be read; its text is then `x`. */
static inline bool cpc_word_unread(const struct cpc_fingerprint *fingerprint, unsigned int word)
{
	return fingerprint->unread[word] != 0;
}

/**
 * The fingerprint of one CPU. Pure; every snapshot has one. MSR 0x10A is read as
 * zero where CPUID does not announce it, and as unread where it does and nobody
 * could read it.
 */
void cpc_fingerprint_of(const struct cpc_snapshot *snapshot, struct cpc_fingerprint *ret_fingerprint);

/** A scalar's field of one CPU, in the scalar's unit; 0 where the leaf does not exist. Not for the XSAVE layout. */
uint64_t cpc_scalar_field(const struct cpc_snapshot *snapshot, enum cpc_scalar_id id);

/**
 * The XSAVE components, a bit each, that a guest can switch on: all but those of states
 * whose features are all clear. `masks` are those of cpc_xstate_masks_of().
 */
uint64_t cpc_fingerprint_usable(const struct cpc_fingerprint *fingerprint, const struct cpc_xstate_masks *masks);

/** The same, without those of states of which it was not read whether there is a feature. */
uint64_t cpc_fingerprint_surely_usable(const struct cpc_fingerprint *fingerprint, const struct cpc_xstate_masks *masks);

/** Whether a word was read in part: then the text, which has an `x` for it, does not tell all that is known. */
bool cpc_fingerprint_in_parts(const struct cpc_fingerprint *fingerprint);

/** Whether everything was read. Equal ids of fingerprints that are not complete promise nothing. */
bool cpc_fingerprint_complete(const struct cpc_fingerprint *fingerprint);

/**
 * Print the canonical text (design: `cpc1:GenuineIntel:6.106.6:<words>:<scalars>`).
 * Returns its length; it always fits.
 */
size_t cpc_fingerprint_print(const struct cpc_fingerprint *fingerprint, char ret_text[static CPC_FINGERPRINT_SIZE]);

/** Whether both are printed as the same text. */
bool cpc_fingerprint_same_text(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b);

/** The processor that it names. */
struct cpc_signature cpc_fingerprint_signature(const struct cpc_fingerprint *fingerprint);

/**
 * Print what the ids are digests of: the text without family, model and stepping
 * (`cpc1:GenuineIntel:<words>:<scalars>`), and with the mitigation group masked
 * where `silicon` is set.
 */
size_t cpc_fingerprint_print_for_id(const struct cpc_fingerprint *fingerprint, bool silicon,
				    char ret_text[static CPC_FINGERPRINT_SIZE]);

/**
 * Parse a text of `length` bytes. Accepts exactly what cpc_fingerprint_print()
 * prints, of this version and of any later one that only appended words or
 * scalars: print(parse(t)) == t. Anything else is CPC_BAD_DATA; a version that we
 * do not know is named in the error. `ret_fingerprint` is untouched on failure.
 */
enum cpc_status cpc_fingerprint_parse(const char *text, size_t length, struct cpc_fingerprint *ret_fingerprint,
				      struct cpc_error *reterr);

/** Three values, never two; what nobody set is unknown. */
enum cpc_tristate { CPC_UNKNOWN, CPC_CLEAR, CPC_SET };

/** A bit of a fingerprint. */
enum cpc_tristate cpc_fingerprint_bit(const struct cpc_fingerprint *fingerprint, unsigned int word, unsigned int bit);

/** The layout of a component, or NULL where the fingerprint has none. */
const struct cpc_component *cpc_fingerprint_component(const struct cpc_fingerprint *fingerprint, unsigned int index);

/** Supported XCR0 components, as a bit each, from words 0xD.0. */
uint64_t cpc_fingerprint_xcr0(const struct cpc_fingerprint *fingerprint);

/** 128 bits in lower-case hex and a NUL. */
#define CPC_ID_SIZE 33

/**
 * The ids: SHA-256 over the text without family, model and stepping, first 128 bits in hex.
 * Not of libcpucompat, which knows no hash library, but of agent/digest.
 */
void cpc_fingerprint_id(const struct cpc_fingerprint *fingerprint, char ret_id[static CPC_ID_SIZE]);
void cpc_fingerprint_silicon_id(const struct cpc_fingerprint *fingerprint, char ret_id[static CPC_ID_SIZE]);

#endif
