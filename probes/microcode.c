/* SPDX-License-Identifier: MIT */
/*
 * Which CPU runs which microcode: two sockets, or a CPU that was switched on late, may
 * differ, and then so may what they can do (Linux Documentation/ABI/testing/sysfs-devices-system-cpu).
 */
#include "probe_inside.h"

#include <stdio.h>
#include <string.h>

#define PATH_SIZE 64
#define TEXT_SIZE 32

/* "0x" and hex digits, as everywhere; anything else is no revision. */
static bool is_revision(const char *text)
{
	return strncmp(text, "0x", 2) == 0 && text[2] && strspn(text + 2, "0123456789abcdef") == strlen(text + 2);
}

static void book(struct cpc_capture *capture, unsigned int cpu, const char *version)
{
	size_t i = 0;

	while (i < capture->microcode_count && strcmp(capture->microcodes[i].version, version) != 0)
		i++;
	if (i == CPC_MICROCODES_MAX)
		return;
	if (i == capture->microcode_count) {
		capture->microcodes[i] = (struct cpc_microcode){ 0 };
		(void)snprintf(capture->microcodes[i].version, sizeof(capture->microcodes[i].version), "%s", version);
		capture->microcode_count++;
	}
	capture->microcodes[i].cpus.bits[cpu / 64] |= UINT64_C(1) << (cpu % 64);
}

/* 0, or negative errno. */
static int ask(const struct cpc_env *env, unsigned int cpu, struct cpc_capture *capture)
{
	char path[PATH_SIZE];
	char text[TEXT_SIZE];
	int length;

	(void)snprintf(path, sizeof(path), "/sys/devices/system/cpu/cpu%u/microcode/version", cpu);
	length = cpc_sysroot_read(env->sysroot, path, text, sizeof(text));
	if (length < 0)
		return length;
	text[strcspn(text, "\n")] = '\0';
	if (is_revision(text))
		book(capture, cpu, text);
	return 0;
}

/* A CPU that went offline meanwhile has no file; the first one's answer speaks for the probe. */
enum cpc_probe_status cpc_probe_microcode(const struct cpc_env *env, struct cpc_capture *capture)
{
	struct cpc_cpu_set online = { 0 };
	bool asked = false;

	if (env->online(env->context, &online))
		return CPC_PROBE_FAILED;
	for (unsigned int cpu = 0; cpu < CPC_CPUS_MAX; cpu++) {
		int error;

		if (!(online.bits[cpu / 64] >> (cpu % 64) & 1))
			continue;
		error = ask(env, cpu, capture);
		if (!asked && error)
			return cpc_probe_status_of(error);
		asked = true;
	}
	return capture->microcode_count ? CPC_PROBE_OK : CPC_PROBE_FAILED;
}
