/* SPDX-License-Identifier: MIT */
#ifndef CPC_VMS_JSON_H
#define CPC_VMS_JSON_H

#include <cpucompat/overhead.h>

#include "json.h"

/**
 * Put `vms` into an object: null, or {count, memory_bytes, vcpus}; and with them `reckoned`: null, or
 * {host_keeps_bytes, vm_takes_bytes, vm_takes_bytes_per_further_gib, vcpus_per_cpu_thousandths}, each {value, sure,
 * source}, where a null source is the user, and {vm_vcpus_max, vm_memory_bytes_max, host_vms_max, cluster_vms_max},
 * each such an object, or null where nobody says.
 */
void cpc_json_vms(struct cpc_json *json, json_t *object, const struct cpc_vms *vms,
		  const struct cpc_overhead *overhead);

#endif
