/* SPDX-License-Identifier: MIT */
/* This machine: Linux on x86. */
#include "probe_inside.h"

#include <assert.h>
#include <cpuid.h>
#include <errno.h>
#include <sched.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* sysfs prints a list within one page. */
#define ONLINE_SIZE 4097

/*
 * A cpc_cpu_set is what the affinity calls take: an array of words, CPU n in bit n.
 * glibc's cpu_set_t ends at 1024 CPUs and the kernel refuses to fill a set that is
 * smaller than its own (sched_setaffinity(2)), so ours, of 8192, goes in its place.
 */
static_assert(sizeof(struct cpc_cpu_set) * 8 == CPC_CPUS_MAX, "a bit a CPU");
static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "CPU n is bit n whatever the word size");

static int get_affinity(struct cpc_cpu_set *ret_cpus)
{
	memset(ret_cpus, 0, sizeof(*ret_cpus));
	return sched_getaffinity(0, sizeof(*ret_cpus), (cpu_set_t *)(void *)ret_cpus) ? -errno : 0;
}

static int set_affinity(const struct cpc_cpu_set *cpus)
{
	return sched_setaffinity(0, sizeof(*cpus), (const cpu_set_t *)(const void *)cpus) ? -errno : 0;
}

static bool live_cpuid(void *context, uint32_t leaf, uint32_t subleaf, uint32_t ret_regs[static CPC_REG_COUNT])
{
	(void)context;
	__cpuid_count(leaf, subleaf, ret_regs[CPC_EAX], ret_regs[CPC_EBX], ret_regs[CPC_ECX], ret_regs[CPC_EDX]);
	return true;
}

/* open() says ENXIO for a CPU that went offline, EPERM without CAP_SYS_RAWIO (msr(4)). */
static int msr_open_error(int error)
{
	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case ENXIO:
	case ENODEV:
		return -ENOENT;
	case EACCES:
	case EPERM:
		return -EACCES;
	default:
		return -EIO;
	}
}

/** One that is held, or -1. */
static int held_msr(const struct cpc_devices *devices, unsigned int cpu)
{
	return devices && cpu < devices->msr_end ? devices->msrs[cpu] : -1;
}

/* The file offset is the address, and 8 bytes the only size that means one register: no buffered reads. */
static int read_msr(int fd, uint32_t address, uint64_t *ret_value)
{
	uint64_t value;

	if (pread(fd, &value, sizeof(value), (off_t)address) != (ssize_t)sizeof(value))
		return -EIO;
	*ret_value = value;
	return 0;
}

static int live_rdmsr(void *context, unsigned int cpu, uint32_t address, uint64_t *ret_value)
{
	const struct cpc_env_state *state = context;
	const int held = held_msr(state->devices, cpu);
	int error;

	if (held >= 0)
		return read_msr(held, address, ret_value);
	const int fd = cpc_msr_open(state->devices ? state->devices->root : "", cpu);
	if (fd < 0)
		return msr_open_error(-fd);
	error = read_msr(fd, address, ret_value);
	(void)close(fd);
	return error;
}

static int live_kvm(void *context, struct cpc_capture *capture)
{
	const struct cpc_env_state *state = context;
	int error;

	if (state->devices && state->devices->kvm >= 0)
		return cpc_env_kvm_ask(state->devices->kvm, capture);
	const int kvm = cpc_kvm_open(state->devices ? state->devices->root : "");
	error = cpc_env_kvm_ask(kvm, capture);
	if (kvm >= 0)
		(void)close(kvm);
	return error;
}

/* FXSAVE's image: the mask is in bytes 28 to 31; 0 there means the first processors' default (SDM vol. 1, 11.6.6). */
static uint32_t live_mxcsr_mask(void *context)
{
	_Alignas(16) unsigned char image[512] = { 0 };
	uint32_t mask;

	(void)context;
	__asm__ volatile("fxsave %0" : "=m"(image));
	memcpy(&mask, image + 28, sizeof(mask));
	return mask ? mask : 0xffbf;
}

static int live_online(void *context, struct cpc_cpu_set *ret_cpus)
{
	char list[ONLINE_SIZE];

	(void)context;
	if (cpc_sysroot_read("", "/sys/devices/system/cpu/online", list, sizeof(list)) > 0 &&
	    cpc_cpu_list_parse(list, ret_cpus) == 0)
		return 0;
	/* No sysfs, as in some containers: then the CPUs that this thread may use. */
	return get_affinity(ret_cpus);
}

static int live_pin(void *context, unsigned int cpu)
{
	struct cpc_env_state *state = context;
	struct cpc_cpu_set only = { 0 };

	if (cpu >= CPC_CPUS_MAX)
		return -EINVAL;
	if (!state->pinned) {
		const int error = get_affinity(&state->affinity);

		if (error)
			return error;
		state->pinned = true;
	}
	only.bits[cpu / 64] = UINT64_C(1) << (cpu % 64);
	/* The thread is on that CPU when this returns: the kernel migrates before it answers. */
	return set_affinity(&only);
}

static void live_unpin(void *context)
{
	struct cpc_env_state *state = context;
	struct cpc_cpu_set every;

	if (!state->pinned)
		return;
	state->pinned = false;
	if (set_affinity(&state->affinity) == 0)
		return;
	/* All of the former CPUs went away meanwhile: any CPU of the cpuset is better than the last one asked. */
	memset(&every, 0xff, sizeof(every));
	(void)set_affinity(&every);
}

static uint64_t live_now(void *context)
{
	struct timespec now = { 0 };

	(void)context;
	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * UINT64_C(1000000000) + (uint64_t)now.tv_nsec;
}

static int64_t live_time(void *context)
{
	(void)context;
	return (int64_t)time(NULL);
}

void cpc_env_live(struct cpc_env *ret_env, const struct cpc_devices *devices)
{
	*ret_env = (struct cpc_env){
		.context = &ret_env->state,
		.cpuid = live_cpuid,
		.rdmsr = live_rdmsr,
		.kvm = live_kvm,
		.mxcsr_mask = live_mxcsr_mask,
		.online = live_online,
		.pin = live_pin,
		.unpin = live_unpin,
		.now = live_now,
		.time = live_time,
		.sysroot = "",
		.live = true,
		.state = { .devices = devices },
	};
}
