/* SPDX-License-Identifier: MIT */
/*
 * Lists of VMs, a line each:
 *
 *	NAME MEMORY VCPUS [xCOUNT]
 *
 * with blanks between, and comments after `#` at the start of a line or after a blank. MEMORY is as quantity.h has it;
 * xCOUNT says how many such VMs there are. The line is read from its end, so a NAME may have blanks.
 */
#ifndef CPC_FORMATS_VMS_H
#define CPC_FORMATS_VMS_H

#include <cpucompat/vms.h>

/**
 * Read such a list. CPC_BAD_DATA names the line and what is wrong in it; a list without any VM is bad, too. `ret_vms`
 * is zero or complete; release it with cpc_vms_free().
 */
enum cpc_status cpc_vms_read(const char *bytes, size_t length, struct cpc_vms *ret_vms, struct cpc_error *reterr);

#endif
