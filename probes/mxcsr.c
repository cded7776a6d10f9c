/* SPDX-License-Identifier: MIT */
/* Which bits of MXCSR may be set here: the one number that only FXSAVE tells. */
#include "probe_inside.h"

enum cpc_probe_status cpc_probe_mxcsr(const struct cpc_env *env, struct cpc_capture *capture)
{
	const uint32_t mask = env->mxcsr_mask(env->context);

	if (!mask)
		return CPC_PROBE_ABSENT;
	capture->measured[CPC_S_mxcsr_mask] = (struct cpc_measurement){ .known = true, .value = mask };
	return CPC_PROBE_OK;
}
