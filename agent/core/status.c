/* SPDX-License-Identifier: MIT */
#include <cpucompat/status.h>

#include <stdarg.h>
#include <stdio.h>

enum cpc_status cpc_fail(struct cpc_error *reterr, enum cpc_status status, size_t line, const char *format, ...)
{
	va_list arguments;

	if (!reterr)
		return status;
	reterr->status = status;
	reterr->line = line;
	va_start(arguments, format);
	(void)vsnprintf(reterr->what, sizeof(reterr->what), format, arguments);
	va_end(arguments);
	/* Names of files, hosts and vendors are foreign bytes: none of them may steer a terminal. */
	for (char *c = reterr->what; *c; c++)
		if ((unsigned char)*c < ' ' || *c == 0x7f)
			*c = '?';
	return status;
}

enum cpc_status cpc_out_of_memory(struct cpc_error *reterr)
{
	return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
}
