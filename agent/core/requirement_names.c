/* SPDX-License-Identifier: MIT */
/* The words for requirements and their statuses. */
#include <cpucompat/report.h>

#include <string.h>

const char *cpc_requirement_key(enum cpc_requirement_id id)
{
	static const char *const keys[CPC_REQUIREMENT_COUNT] = {
		[CPC_HARDWARE_VIRTUALIZATION] = "hardware_virtualization",
		[CPC_EXECUTE_DISABLE] = "execute_disable",
		[CPC_LONG_MODE] = "long_mode",
		[CPC_SLAT] = "slat",
	};

	return keys[id];
}

const char *cpc_requirement_name(enum cpc_requirement_id id, const char *vendor)
{
	static const char *const names[CPC_REQUIREMENT_COUNT][3] = {
		[CPC_HARDWARE_VIRTUALIZATION] = { "VT-x", "AMD-V", "VT-x/AMD-V" },
		[CPC_EXECUTE_DISABLE] = { "XD", "NX", "XD/NX" },
		[CPC_LONG_MODE] = { "Intel 64", "AMD64", "Intel 64/AMD64" },
		[CPC_SLAT] = { "EPT", "RVI", "EPT/RVI" },
	};

	if (strcmp(vendor, "GenuineIntel") == 0)
		return names[id][0];
	if (strcmp(vendor, "AuthenticAMD") == 0 || strcmp(vendor, "HygonGenuine") == 0)
		return names[id][1];
	return names[id][2];
}

const char *cpc_requirement_status_name(enum cpc_requirement_status status)
{
	static const char *const names[CPC_REQUIREMENT_STATUS_COUNT] = {
		[CPC_REQUIREMENT_UNKNOWN] = "unknown",
		[CPC_PRESENT] = "present",
		[CPC_ABSENT] = "absent",
		[CPC_DISABLED_BY_FIRMWARE] = "disabled-by-firmware",
		[CPC_HIDDEN_BY_HYPERVISOR] = "hidden-by-hypervisor",
	};

	return names[status];
}
