/* SPDX-License-Identifier: MIT */
/* The table of probes. CPUID comes first: the others may look at what it found. */
#include "probe_inside.h"

#include <assert.h>
#include <stdio.h>

static const struct cpc_probe probes[] = {
	{ .name = "cpuid", .run = cpc_probe_cpuid },
	{ .name = "cpuinfo", .run = cpc_probe_cpuinfo },
	{ .name = "kvm_modules", .run = cpc_probe_kvm_modules },
	{ .name = "kvm", .run = cpc_probe_kvm },
	{ .name = "mxcsr", .run = cpc_probe_mxcsr },
	{ .name = "microcode", .run = cpc_probe_microcode },
	{ .name = "host", .run = cpc_probe_host },
	{ .name = "libcpuid", .run = cpc_probe_libcpuid },
};

#define PROBE_COUNT (sizeof(probes) / sizeof(probes[0]))

static_assert(PROBE_COUNT <= CPC_PROBES_MAX, "a capture has a row of results for each probe");

/* Its row of results is counted only when it is complete. */
static void run(const struct cpc_probe *probe, const struct cpc_env *env, struct cpc_capture *capture)
{
	struct cpc_probe_result *result = &capture->probes[capture->probe_count];
	const uint64_t start = env->now(env->context);

	(void)snprintf(result->name, sizeof(result->name), "%s", probe->name);
	result->status = probe->run(env, capture);
	result->nanoseconds = env->now(env->context) - start;
	capture->probe_count++;
}

enum cpc_status cpc_probe_all(const struct cpc_env *env, struct cpc_capture *ret_capture, struct cpc_error *reterr)
{
	struct cpc_capture capture = {
		.origin = env->live ? CPC_ORIGIN_LIVE : CPC_ORIGIN_DUMP,
		.cpuinfo_vmx = CPC_UNKNOWN,
		.cpuinfo_svm = CPC_UNKNOWN,
		.cpuinfo_ept = CPC_UNKNOWN,
		.cpuinfo_npt = CPC_UNKNOWN,
	};

	run(&probes[0], env, &capture);
	if (capture.probes[0].status != CPC_PROBE_OK) {
		cpc_capture_free(&capture);
		return cpc_fail(reterr, CPC_INTERNAL, 0,
				"CPUID: the processor answers beyond every bound, or there is no memory for it");
	}
	for (size_t i = 1; i < PROBE_COUNT; i++)
		run(&probes[i], env, &capture);
	*ret_capture = capture;
	return CPC_OK;
}
