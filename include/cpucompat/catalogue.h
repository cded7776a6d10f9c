/* SPDX-License-Identifier: MIT */
#ifndef CPUCOMPAT_CATALOGUE_H
#define CPUCOMPAT_CATALOGUE_H

#include <stddef.h>

#include <cpucompat/capture.h>
#include <cpucompat/snapshot.h>

/** What a processor is sold for. */
enum cpc_part {
	CPC_PART_SERVER = 1,
	CPC_PART_OTHER, /**< desktops, laptops and devices */
};

/** A real processor, as our own tool fingerprinted it from a published dump. */
struct cpc_catalogue_row {
	const char *name;  /**< what follows the `@`: [a-z][a-z0-9-]* */
	const char *alias; /**< another name, that of the generation for which it stands; or "" */
	enum cpc_part part;
	enum cpc_tristate virtualization; /**< VT-x or AMD-V, which the fingerprint does not tell */
	enum cpc_tristate slat;		  /**< EPT or RVI, likewise */
	const char *brand;		  /**< "" where the processor has none */
	const char *fingerprint;
	const char *source; /**< where the figures come from */
};

/** Servers first; within a vendor's parts the kinds with the most features first. */
extern const struct cpc_catalogue_row cpc_catalogue[];
extern const size_t cpc_catalogue_count;

/** By name or alias (without `@`), or NULL. */
const struct cpc_catalogue_row *cpc_catalogue_named(const char *name);

/** Vendor, family, model and stepping, as its fingerprint has them. */
struct cpc_signature cpc_catalogue_signature(const struct cpc_catalogue_row *row);

/**
 * A row as a host of which nothing else is known. Fills `capture`, which is zeroed or
 * was just added to a list. CPC_BAD_DATA for a row that no script wrote.
 */
enum cpc_status cpc_catalogue_capture(const struct cpc_catalogue_row *row, struct cpc_capture *capture,
				      struct cpc_error *reterr);

#endif
