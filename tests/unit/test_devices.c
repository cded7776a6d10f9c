/* SPDX-License-Identifier: MIT */
/* Devices opened once, in a folder that looks like a machine's: what is held is read, what is not is opened. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "probes.h"
#include "support.h"

/** Where the tests' MSR lies, as an offset in a file. */
#define ADDRESS 0x48

static char root[] = "/tmp/cpc-devices-XXXXXX";

static void path_of(char path[static 120], const char *format, unsigned int number)
{
	int length = snprintf(path, 120, "%s", root);

	snprintf(path + length, 120 - (size_t)length, format, number);
}

static void write_file(const char *path, off_t offset, const void *bytes, size_t length)
{
	const int descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(descriptor >= 0);
	assert_int_equal(pwrite(descriptor, bytes, length, offset), length);
	close(descriptor);
}

static void make_online(const char *list)
{
	char path[120];

	path_of(path, "/sys/devices/system/cpu/online", 0);
	write_file(path, 0, list, strlen(list));
}

static void make_msr(unsigned int cpu, uint64_t value)
{
	char path[120];

	path_of(path, "/dev/cpu/%u", cpu);
	mkdir(path, 0700);
	path_of(path, "/dev/cpu/%u/msr", cpu);
	write_file(path, ADDRESS, &value, sizeof(value));
}

static void remove_msr(unsigned int cpu)
{
	char path[120];

	path_of(path, "/dev/cpu/%u/msr", cpu);
	unlink(path);
	path_of(path, "/dev/cpu/%u", cpu);
	rmdir(path);
}

static int make_root(void **state)
{
	static const char *const folders[] = {
		"/dev", "/dev/cpu", "/sys", "/sys/devices", "/sys/devices/system", "/sys/devices/system/cpu"
	};
	char path[120];

	(void)state;
	if (!mkdtemp(root))
		return -1;
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		path_of(path, folders[i], 0);
		if (mkdir(path, 0700))
			return -1;
	}
	return 0;
}

static int remove_root(void **state)
{
	static const char *const folders[] = {
		"/sys/devices/system/cpu", "/sys/devices/system", "/sys/devices", "/sys", "/dev/cpu", "/dev", ""
	};
	char path[120];

	(void)state;
	path_of(path, "/sys/devices/system/cpu/online", 0);
	unlink(path);
	for (size_t i = 0; i < sizeof(folders) / sizeof(*folders); i++) {
		path_of(path, folders[i], 0);
		if (rmdir(path))
			return -1;
	}
	return 0;
}

static void holds_an_msr_for_every_online_cpu(void **state)
{
	struct cpc_devices *devices;
	struct cpc_env env;
	uint64_t value = 0;

	(void)state;
	make_online("0-1,3\n");
	for (unsigned int cpu = 0; cpu < 5; cpu++)
		make_msr(cpu, 100 + cpu);
	devices = cpc_devices_open(root);
	assert_non_null(devices);
	assert_int_equal(devices->cpus_online, 3);
	assert_int_equal(devices->msrs_open, 3);
	assert_int_equal(devices->msr_end, 4);
	assert_int_equal(devices->msrs[2], -1);
	/* Whoever could open them is gone; so are their names. */
	for (unsigned int cpu = 0; cpu < 4; cpu++)
		remove_msr(cpu);
	cpc_env_live(&env, devices);
	assert_int_equal(env.rdmsr(env.context, 0, ADDRESS, &value), 0);
	assert_int_equal(value, 100);
	assert_int_equal(env.rdmsr(env.context, 3, ADDRESS, &value), 0);
	assert_int_equal(value, 103);
	assert_int_equal(env.rdmsr(env.context, 3, 1 << 20, &value), -EIO);
	assert_int_equal(env.rdmsr(env.context, 2, ADDRESS, &value), -ENOENT);
	/* Online since, and still to be opened. */
	assert_int_equal(env.rdmsr(env.context, 4, ADDRESS, &value), 0);
	assert_int_equal(value, 104);
	cpc_devices_free(devices);
	remove_msr(4);
}

static void goes_without(void **state)
{
	struct cpc_devices *devices;
	struct cpc_env env;
	struct cpc_capture capture = { .kind_count = 0 };
	uint64_t value = 7;

	(void)state;
	make_online("0-1\n");
	devices = cpc_devices_open(root);
	assert_non_null(devices);
	assert_int_equal(devices->msrs_open, 0);
	assert_int_equal(devices->kvm, -ENOENT);
	cpc_devices_settle(devices);
	cpc_env_live(&env, devices);
	assert_int_equal(env.rdmsr(env.context, 0, ADDRESS, &value), -ENOENT);
	assert_int_equal(value, 7);
	assert_int_equal(env.kvm(env.context, &capture), -ENOENT);
	cpc_devices_free(devices);
	make_online("nonsense");
	devices = cpc_devices_open(root);
	assert_non_null(devices);
	assert_int_equal(devices->cpus_online, 0);
	cpc_devices_free(devices);
	cpc_devices_free(NULL);
}

/** A /dev/kvm that can be opened again is let go of; one that cannot is kept. */
static void settles(void **state)
{
	struct cpc_devices *devices;
	char path[120];

	(void)state;
	make_online("0\n");
	path_of(path, "/dev/kvm", 0);
	write_file(path, 0, "", 0);
	devices = cpc_devices_open(root);
	assert_true(devices->kvm >= 0);
	const int held = devices->kvm;
	unlink(path);
	cpc_devices_settle(devices);
	assert_int_equal(devices->kvm, held);
	write_file(path, 0, "", 0);
	cpc_devices_settle(devices);
	assert_int_equal(devices->kvm, -1);
	assert_int_equal(fcntl(held, F_GETFD), -1);
	cpc_devices_free(devices);
	unlink(path);
}

/** More CPUs than descriptors: as many as leave half of the limit. */
static void leaves_descriptors_for_others(void **state)
{
	struct rlimit before;
	struct rlimit limit;
	struct cpc_devices *devices;

	(void)state;
	make_online("0-79\n");
	for (unsigned int cpu = 0; cpu < 80; cpu++)
		make_msr(cpu, cpu);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
	/* A soft limit is raised by what is held ... */
	limit = (struct rlimit){ .rlim_cur = 64, .rlim_max = before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	devices = cpc_devices_open(root);
	assert_int_equal(devices->msrs_open, 80);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	assert_int_equal(limit.rlim_cur, 64 + 80);
	cpc_devices_free(devices);
	/* ... up to the hard one. */
	limit = (struct rlimit){ .rlim_cur = 100, .rlim_max = before.rlim_max };
	setrlimit(RLIMIT_NOFILE, &limit);
	limit.rlim_max = 100;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &limit), 0);
	devices = cpc_devices_open(root);
	assert_int_equal(devices->msrs_open, 50);
	assert_int_equal(devices->cpus_online, 80);
	cpc_devices_free(devices);
	(void)setrlimit(RLIMIT_NOFILE, &before);
	for (unsigned int cpu = 0; cpu < 80; cpu++)
		remove_msr(cpu);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(holds_an_msr_for_every_online_cpu),
		cmocka_unit_test(goes_without),
		cmocka_unit_test(settles),
		cmocka_unit_test(leaves_descriptors_for_others),
	};

	return cmocka_run_group_tests_name("devices", tests, make_root, remove_root);
}
