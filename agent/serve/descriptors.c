/* SPDX-License-Identifier: MIT */
#include "descriptors.h"

#include <sys/resource.h>

/** For listeners, log, probes, the polling of peers. */
#define OTHERS 256U

/** Where the limit cannot be read: what every system allows. */
#define FEW 128U

size_t cpc_descriptors_for_connections(size_t most)
{
	struct rlimit limit;
	const rlim_t wanted = (rlim_t)most + OTHERS;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return FEW;
	if (limit.rlim_cur < wanted) {
		const struct rlimit raised = {
			.rlim_cur = limit.rlim_max < wanted ? limit.rlim_max : wanted,
			.rlim_max = limit.rlim_max,
		};
		if (setrlimit(RLIMIT_NOFILE, &raised) == 0)
			limit = raised;
	}
	if (limit.rlim_cur >= wanted)
		return most;
	/* Of few descriptors, half are for the others. */
	return (size_t)(limit.rlim_cur > 2 * OTHERS ? limit.rlim_cur - OTHERS : limit.rlim_cur / 2 + 1);
}
