/* SPDX-License-Identifier: MIT */
/* What the probes share among themselves. */
#ifndef CPC_PROBE_INSIDE_H
#define CPC_PROBE_INSIDE_H

#include "probes.h"

/** The probes, a file each; rows of the table in probes.c. */
enum cpc_probe_status cpc_probe_cpuid(const struct cpc_env *env, struct cpc_capture *capture);
enum cpc_probe_status cpc_probe_cpuinfo(const struct cpc_env *env, struct cpc_capture *capture);
enum cpc_probe_status cpc_probe_kvm_modules(const struct cpc_env *env, struct cpc_capture *capture);
enum cpc_probe_status cpc_probe_kvm(const struct cpc_env *env, struct cpc_capture *capture);
enum cpc_probe_status cpc_probe_mxcsr(const struct cpc_env *env, struct cpc_capture *capture);
enum cpc_probe_status cpc_probe_microcode(const struct cpc_env *env, struct cpc_capture *capture);
enum cpc_probe_status cpc_probe_host(const struct cpc_env *env, struct cpc_capture *capture);
enum cpc_probe_status cpc_probe_libcpuid(const struct cpc_env *env, struct cpc_capture *capture);

/**
 * Read the beginning of `sysroot``path`: at most `size` - 1 bytes, then a NUL.
 * Does not wait for a writer where the path is a pipe. Returns how many bytes,
 * or negative errno (`ret_text` is then "").
 */
int cpc_sysroot_read(const char *sysroot, const char *path, char *ret_text, size_t size);

/**
 * Read the MSRs of msrs.def that this CPU has, by the leaves in its unsealed snapshot, and
 * add them to it; one that could not be read is added as unreadable. Fails without memory.
 */
enum cpc_status cpc_read_msrs(const struct cpc_env *env, unsigned int cpu, struct cpc_snapshot *snapshot);

/** Ask this machine's KVM, for the live environment (env_kvm.c), through an open /dev/kvm; a negative errno is why
 * there is none. */
int cpc_env_kvm_ask(int kvm, struct cpc_capture *capture);

/** Open /dev/kvm or the MSRs of a CPU below a root: a descriptor, or negative errno. */
int cpc_kvm_open(const char *root);
int cpc_msr_open(const char *root, unsigned int cpu);

/** How a probe ended whose only file could not be read: absent, denied or failed. */
enum cpc_probe_status cpc_probe_status_of(int error);

/** Copy foreign text of `length` bytes: printable ASCII, the rest as '?', blanks at its ends dropped, cut to fit. */
void cpc_text_clean(char *ret_text, size_t size, const char *text, size_t length);

/** Parse "0-63,128-191" as the kernel prints it; CPUs from CPC_CPUS_MAX on are left out. 0 or -EINVAL. */
int cpc_cpu_list_parse(const char *text, struct cpc_cpu_set *ret_cpus);

/** The 16 bytes of /etc/machine-id, and of the id that is published for them. */
#define CPC_MACHINE_ID_BYTES 16

/** The application-specific id for a raw one; lower-case hex. */
void cpc_machine_id_publish(const unsigned char raw[static CPC_MACHINE_ID_BYTES],
			    char ret_id[static CPC_MACHINE_ID_SIZE]);

#endif
