/* SPDX-License-Identifier: MIT */
/* A packing that is looked for by one part alone. */
#ifndef CPC_TEST_PLACEMENT_PARTS_H
#define CPC_TEST_PLACEMENT_PARTS_H

#include "../../agent/core/placement_inside.h"
#include "placement_support.h"

static inline struct cpc_packing start_packing(const struct packing_case *one, uint64_t steps)
{
	struct cpc_packing packing = { .kinds = &one->kinds,
				       .rooms = one->rooms,
				       .room_count = one->room_count,
				       .left = calloc(CASE_ROOMS, sizeof(struct cpc_room)),
				       .wait = calloc(CASE_KINDS, sizeof(uint32_t)),
				       .steps = steps };

	assert_non_null(packing.left);
	assert_non_null(packing.wait);
	cpc_packing_reset(&packing);
	return packing;
}

static inline void end_packing(struct cpc_packing *packing)
{
	free(packing->left);
	free(packing->wait);
	free(packing->items);
}

#endif
