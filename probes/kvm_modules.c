/* SPDX-License-Identifier: MIT */
/*
 * The modules of kvm_modules.def. This is what a host shows of VT-x and AMD-V to everybody:
 * MSRs are for root, and /dev/kvm for the members of a group.
 */
#include "probe_inside.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define PATH_SIZE 96

static int read_module_file(const struct cpc_env *env, enum cpc_kvm_module module, const char *folder, const char *name,
			    char *ret_text, size_t size)
{
	char path[PATH_SIZE];

	(void)snprintf(path, sizeof(path), "/sys/module/%s%s/%s", cpc_kvm_modules[module], folder, name);
	return cpc_sysroot_read(env->sysroot, path, ret_text, size);
}

/*
 * A loaded module has a file that tells how far it got (kernel/module/sysfs.c); one that is
 * built in has a folder of parameters and no such file, whether it found VT-x or not.
 */
static enum cpc_tristate is_live(const struct cpc_env *env, enum cpc_kvm_module module)
{
	char text[16];
	const int length = read_module_file(env, module, "", "initstate", text, sizeof(text));

	if (length > 0)
		return strcmp(text, "live\n") == 0 ? CPC_SET : CPC_UNKNOWN;
	/* Reading a folder says EISDIR, and of one that is not there ENOENT. */
	return length == -ENOENT && read_module_file(env, module, "", "", text, sizeof(text)) == -ENOENT ? CPC_CLEAR
													 : CPC_UNKNOWN;
}

/* Linux prints a bool as Y or N, and `nested` was an int once. */
static enum cpc_tristate parameter(const struct cpc_env *env, const struct cpc_kvm_parameter_info *info)
{
	char text[4];

	if (read_module_file(env, info->module, "/parameters", info->name, text, sizeof(text)) <= 0)
		return CPC_UNKNOWN;
	if (strcmp(text, "Y\n") == 0 || strcmp(text, "1\n") == 0)
		return CPC_SET;
	return strcmp(text, "N\n") == 0 || strcmp(text, "0\n") == 0 ? CPC_CLEAR : CPC_UNKNOWN;
}

enum cpc_probe_status cpc_probe_kvm_modules(const struct cpc_env *env, struct cpc_capture *capture)
{
	char text[4];
	/* A folder: EISDIR where it is there. */
	const int modules = cpc_sysroot_read(env->sysroot, "/sys/module", text, sizeof(text));

	if (modules < 0 && modules != -EISDIR)
		return cpc_probe_status_of(modules);
	for (unsigned int i = 0; i < CPC_KVM_MODULE_COUNT; i++)
		capture->modules[i] = is_live(env, (enum cpc_kvm_module)i);
	for (unsigned int i = 0; i < CPC_KVM_PARAMETER_COUNT; i++)
		capture->parameters[i] = parameter(env, &cpc_kvm_parameters[i]);
	return CPC_PROBE_OK;
}
