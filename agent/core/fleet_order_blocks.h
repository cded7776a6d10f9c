/* SPDX-License-Identifier: MIT */
/* Inside core: what fleet_order.c and fleet_order_blocks.c share. */
#ifndef CPC_FLEET_ORDER_BLOCKS_H
#define CPC_FLEET_ORDER_BLOCKS_H

#include <cpucompat/fleet_order.h>

/** Hosts of a class that may take VMs from a host of class `at` that is being drained. */
size_t cpc_order_takers(const struct cpc_order_plan *plan, const size_t *leaving, size_t class, size_t at);

/** Say what stands in the way of the VMs of a class that has no taker. CPC_INTERNAL without memory. */
enum cpc_status cpc_order_explain(const struct cpc_order_plan *plan, const size_t *leaving, bool reasons,
				  struct cpc_order_block *block, struct cpc_error *reterr);

#endif
