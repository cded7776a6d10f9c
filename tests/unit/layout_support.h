/* SPDX-License-Identifier: MIT */
/* Layouts and VMs of the founding example, and others by a word. */
#ifndef CPC_TEST_LAYOUT_SUPPORT_H
#define CPC_TEST_LAYOUT_SUPPORT_H

#include <cpucompat/layout.h>

#include "layout_text.h"
#include "support.h"
#include "vms.h"

/** 108 GiB and 48 vCPUs: more than three hosts of 32 GiB have, and less than two of 64 GiB. */
#define FOUNDING_VMS "web 2GiB 1 x30\ndb 8GiB 4 x4\nmail 16GiB 2\n"

struct planning {
	struct cpc_vms vms;
	struct cpc_layout layouts[8];
	struct cpc_layout_terms terms;
	struct cpc_plan plan;
};

/** Up to eight layouts, each a word of `words`; without `vms` none are named. `cores` are those of all that name none.
 */
static inline void start_planning(struct planning *planning, const char *policy, const char *const *words, size_t count,
				  const char *vms, uint32_t cores)
{
	struct cpc_error error;

	*planning = (struct planning){ .vms.count = 0 };
	if (vms && cpc_vms_read(vms, strlen(vms), &planning->vms, &error))
		fail_msg("%s", error.what);
	for (size_t i = 0; i < count; i++) {
		if (cpc_layout_read(words[i], &planning->layouts[i], &error))
			fail_msg("%s", error.what);
		if (!planning->layouts[i].cores)
			planning->layouts[i].cores = cores;
	}
	planning->terms.policy = cpc_policy_named(policy);
	planning->terms.overhead = cpc_overhead_of(planning->terms.policy);
	planning->terms.vms = vms ? &planning->vms : NULL;
	planning->terms.prices[CPC_LICENSE_HOST] = (struct cpc_measurement){ true, 1000 * CPC_MONEY_UNIT };
}

static inline void end_planning(struct planning *planning)
{
	cpc_plan_free(&planning->plan);
	cpc_vms_free(&planning->vms);
}

#endif
