/* SPDX-License-Identifier: MIT */
/* The VMs of --vms, and what is reckoned beside them. */
#include "cli_inside.h"

#include <string.h>
#include <unistd.h>

#include "vms.h"

int cli_vms_open(const struct cli_options *options, struct cpc_vms *ret_vms)
{
	const char *path = options->vms;
	struct cpc_buffer bytes = { 0 };
	struct cpc_error error;
	enum cpc_status status;

	if (strcmp(path, "-") != 0 && access(path, F_OK))
		return cli_complain(
			CPC_NO_INPUT,
			"%s: no such file; --vms wants a list of VMs, a line each: NAME MEMORY VCPUS [xCOUNT]", path);
	status = cli_read_input(path, &bytes, &error);
	if (!status)
		status = cpc_vms_read(bytes.bytes ? bytes.bytes : "", bytes.length, ret_vms, &error);
	cpc_buffer_free(&bytes);
	return status ? cli_fail(path, &error) : CPC_OK;
}

struct cpc_overhead cli_overhead(const struct cli_options *options)
{
	struct cpc_overhead overhead = *cpc_overhead_of(options->policy);

	if (options->host_keeps.known)
		overhead.host = (struct cpc_sourced){ options->host_keeps.value, CPC_SURE_DOCUMENTED, NULL };
	if (options->vcpus_per_cpu.known)
		overhead.vcpus_per_cpu =
			(struct cpc_sourced){ options->vcpus_per_cpu.value, CPC_SURE_DOCUMENTED, NULL };
	return overhead;
}
