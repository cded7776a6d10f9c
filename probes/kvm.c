/* SPDX-License-Identifier: MIT */
/*
 * The kvm view: what KVM offers guests of this host. Its answers are kept as they came;
 * what QEMU makes of them is fixups.def's.
 */
#include "probe_inside.h"

#include <string.h>

enum cpc_probe_status cpc_probe_kvm(const struct cpc_env *env, struct cpc_capture *capture)
{
	const int error = env->kvm(env->context, capture);

	if (!error && cpc_snapshot_seal(&capture->kvm.snapshot, NULL) == CPC_OK) {
		capture->kvm.present = true;
		return CPC_PROBE_OK;
	}
	cpc_snapshot_free(&capture->kvm.snapshot);
	return error ? cpc_probe_status_of(error) : CPC_PROBE_FAILED;
}
