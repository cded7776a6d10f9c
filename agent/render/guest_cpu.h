/* SPDX-License-Identifier: MIT */
/* What the formats that describe a guest's processor share. */
#ifndef CPC_RENDER_GUEST_CPU_H
#define CPC_RENDER_GUEST_CPU_H

#include <cpucompat/guest_cpu.h>

#include "render.h"

/** The processor of a view's baseline. CPC_INTERNAL without memory. */
enum cpc_status cpc_view_guest_cpu(const struct cpc_baseline_view *view, struct cpc_guest_cpu *ret_guest,
				   struct cpc_error *reterr);

/** What to know of a baseline of another view than KVM's, in a clause; NULL of KVM's own. */
const char *cpc_view_caveat(const struct cpc_baseline_view *view);

/** Append the names of bits, or their places, joined by ", ". */
void cpc_add_bit_names(struct cpc_buffer *out, const uint32_t words[static CPC_WORD_COUNT]);

/** The same for bits that only newer agents know and that hosts share: `word.30[5]`. */
void cpc_add_foreign_bits(struct cpc_buffer *out, const struct cpc_fingerprint *baseline);

/** The same for the registers and numbers that could not be read. */
void cpc_add_unread(struct cpc_buffer *out, const struct cpc_guest_cpu *guest);

#endif
