/* SPDX-License-Identifier: MIT */
/* Numbers as people write them on command lines and in lists: nothing is guessed, nothing is rounded. */
#ifndef CPC_QUANTITY_H
#define CPC_QUANTITY_H

#include <cpucompat/status.h>

#include "span.h"

/**
 * Bytes: "4GiB", "4096MiB", "4G", "4294967296": whole numbers with KiB, MiB, GiB or TiB, of which the "iB" may be left
 * out, or none. KB, MB, GB and TB are refused, for nobody knows whether 1000 or 1024 is meant. CPC_USAGE outside `min`
 * to `max`, too.
 */
enum cpc_status cpc_quantity_bytes(struct cpc_span span, uint64_t min, uint64_t max, uint64_t *ret_bytes,
				   struct cpc_error *reterr);

/** A whole number from `min` to `max`. `what` is what it counts, for the error. CPC_USAGE. */
enum cpc_status cpc_quantity_whole(struct cpc_span span, const char *what, uint32_t min, uint32_t max,
				   uint32_t *ret_number, struct cpc_error *reterr);

/**
 * A number with a decimal point or without, "1000", "0.5", in units of which `unit`, a power of ten, make one: 500 of
 * 1000. CPC_USAGE with more digits behind the point than that, and outside `min` to `max`, in units.
 */
enum cpc_status cpc_quantity_decimal(struct cpc_span span, uint32_t unit, uint64_t min, uint64_t max,
				     uint64_t *ret_units, struct cpc_error *reterr);

#endif
