/* SPDX-License-Identifier: MIT */
/*
 * Devices that take privilege to open and none to ask: the kernel looks at CAP_SYS_RAWIO when
 * /dev/cpu/N/msr is opened (arch/x86/kernel/msr.c), and at the mode of /dev/kvm.
 */
#include "probe_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sysroot.h"

/* sysfs prints a list within one page. */
#define ONLINE_SIZE 4097

int cpc_kvm_open(const char *root)
{
	/* For reading: KVM's answers are ioctls, which ask for no more. */
	return cpc_sysroot_open(root, "/dev/kvm", 0);
}

int cpc_msr_open(const char *root, unsigned int cpu)
{
	char path[32];

	(void)snprintf(path, sizeof(path), "/dev/cpu/%u/msr", cpu);
	return cpc_sysroot_open(root, path, 0);
}

/**
 * Room for so many more descriptors than the process may have now. Returns how many it
 * may spend: where the limit cannot be raised, half, so that there is something left to live on.
 */
static size_t make_room(size_t wanted)
{
	struct rlimit limit;
	struct rlimit raised;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return 0;
	raised = (struct rlimit){ .rlim_cur = limit.rlim_cur + wanted, .rlim_max = limit.rlim_max };
	if (raised.rlim_cur <= limit.rlim_max && setrlimit(RLIMIT_NOFILE, &raised) == 0)
		return wanted;
	return limit.rlim_cur / 2 < wanted ? (size_t)limit.rlim_cur / 2 : wanted;
}

static bool online(const char *root, struct cpc_cpu_set *ret_cpus)
{
	char list[ONLINE_SIZE];

	return cpc_sysroot_read(root, "/sys/devices/system/cpu/online", list, sizeof(list)) > 0 &&
	       cpc_cpu_list_parse(list, ret_cpus) == 0;
}

static unsigned int end_of(const struct cpc_cpu_set *cpus)
{
	unsigned int end = CPC_CPUS_MAX;

	while (end && !(cpus->bits[(end - 1) / 64] >> ((end - 1) % 64) & 1U))
		end--;
	return end;
}

/** One descriptor a CPU. Where the first cannot be had, the others cannot be either. */
static void open_msrs(struct cpc_devices *devices, const struct cpc_cpu_set *cpus)
{
	size_t room = 0;

	devices->cpus_online = cpc_cpu_set_count(cpus);
	for (unsigned int cpu = 0; cpu < devices->msr_end; cpu++) {
		if (!(cpus->bits[cpu / 64] >> (cpu % 64) & 1U))
			continue;
		if (devices->msrs_open && !room)
			break;
		const int descriptor = cpc_msr_open(devices->root, cpu);
		if (descriptor < 0 && !devices->msrs_open)
			break;
		if (!devices->msrs_open)
			room = make_room(devices->cpus_online);
		devices->msrs[cpu] = descriptor < 0 ? -1 : descriptor;
		devices->msrs_open += descriptor >= 0;
		room -= room > 0;
	}
}

struct cpc_devices *cpc_devices_open(const char *root)
{
	struct cpc_devices *devices = calloc(1, sizeof(*devices));
	struct cpc_cpu_set cpus = { 0 };

	if (!devices)
		return NULL;
	devices->root = root;
	devices->kvm = cpc_kvm_open(root);
	if (!online(root, &cpus))
		return devices;
	devices->msr_end = end_of(&cpus);
	devices->msrs = malloc(devices->msr_end * sizeof(*devices->msrs));
	if (!devices->msrs) {
		cpc_devices_free(devices);
		return NULL;
	}
	for (unsigned int cpu = 0; cpu < devices->msr_end; cpu++)
		devices->msrs[cpu] = -1;
	open_msrs(devices, &cpus);
	return devices;
}

void cpc_devices_settle(struct cpc_devices *devices)
{
	if (devices->kvm < 0)
		return;
	const int again = cpc_kvm_open(devices->root);
	if (again < 0)
		return;
	(void)close(again);
	(void)close(devices->kvm);
	devices->kvm = -1;
}

void cpc_devices_free(struct cpc_devices *devices)
{
	if (!devices)
		return;
	if (devices->kvm >= 0)
		(void)close(devices->kvm);
	for (unsigned int cpu = 0; devices->msrs && cpu < devices->msr_end; cpu++)
		if (devices->msrs[cpu] >= 0)
			(void)close(devices->msrs[cpu]);
	free(devices->msrs);
	free(devices);
}
