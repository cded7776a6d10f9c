/* SPDX-License-Identifier: MIT */
#ifndef CPUCOMPAT_CAPTURE_H
#define CPUCOMPAT_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cpucompat/fingerprint.h>
#include <cpucompat/history.h>
#include <cpucompat/snapshot.h>
#include <cpucompat/status.h>

/** Highest logical CPU number, plus one, that we follow (Linux' own NR_CPUS limit on x86). */
#define CPC_CPUS_MAX 8192

/** Kinds that a host may have; a dump that claims more is refused. */
#define CPC_KINDS_MAX 64

/** A set of logical CPUs, a bit each. */
struct cpc_cpu_set {
	uint64_t bits[CPC_CPUS_MAX / 64];
};

/** Room for a list such as "0-63,128-191"; longer lists end in "...". */
#define CPC_CPU_LIST_SIZE 256

/** Print a set as the kernel prints CPU lists. */
void cpc_cpu_set_print(const struct cpc_cpu_set *set, char ret_list[static CPC_CPU_LIST_SIZE]);

/** How many CPUs a set holds. */
size_t cpc_cpu_set_count(const struct cpc_cpu_set *set);

/** Logical CPUs whose snapshots agree once per-CPU noise is masked. */
struct cpc_kind {
	struct cpc_snapshot snapshot; /**< of the first of them */
	struct cpc_cpu_set cpus;
};

/** Microcode revisions that one host may run at once; more are not told apart. */
#define CPC_MICROCODES_MAX 8

/** The CPUs that run one revision of microcode. */
struct cpc_microcode {
	char version[32]; /**< "0xd0003a5" */
	struct cpc_cpu_set cpus;
};

/**
 * CPUs on which an MSR that a probe reads says something else than on the first CPU of
 * their kind: a socket that firmware forgot, say. No kind of their own, for the MSR is no
 * part of the fingerprint; and yet worth knowing.
 */
struct cpc_odd_msr {
	struct cpc_msr msr;
	struct cpc_cpu_set cpus;
};

/** More different values of MSRs than this are no processor's; such a dump is refused. */
#define CPC_ODD_MSRS_MAX 64

/** The modules of kvm_modules.def. */
enum cpc_kvm_module {
#define CPC_KVM_MODULE(id, name) CPC_MODULE_##id,
#define CPC_KVM_PARAMETER(id, module, name)
#include <cpucompat/kvm_modules.def>
#undef CPC_KVM_MODULE
#undef CPC_KVM_PARAMETER
	CPC_KVM_MODULE_COUNT
};

/** And their parameters. */
enum cpc_kvm_parameter {
#define CPC_KVM_MODULE(id, name)
#define CPC_KVM_PARAMETER(id, module, name) CPC_PARAMETER_##id,
#include <cpucompat/kvm_modules.def>
#undef CPC_KVM_MODULE
#undef CPC_KVM_PARAMETER
	CPC_KVM_PARAMETER_COUNT
};

struct cpc_kvm_parameter_info {
	enum cpc_kvm_module module;
	const char *name;
};

/** "kvm_intel", "kvm_amd". */
extern const char *const cpc_kvm_modules[CPC_KVM_MODULE_COUNT];

/** Indexed by enum cpc_kvm_parameter. */
extern const struct cpc_kvm_parameter_info cpc_kvm_parameters[CPC_KVM_PARAMETER_COUNT];

/** A number that a probe measured or was told. What nobody set is not known. */
struct cpc_measurement {
	bool known;
	uint64_t value;
};

/**
 * What KVM offers guests of this host: the answers of KVM_GET_SUPPORTED_CPUID and the
 * feature MSRs (KVM_GET_MSR_FEATURE_INDEX_LIST), as they came. `present` where it was asked
 * and answered; the snapshot is then sealed, and owned.
 */
struct cpc_kvm {
	bool present;
	struct cpc_snapshot snapshot;
};

/** Where the figures of a capture come from. */
enum cpc_origin {
	CPC_ORIGIN_LIVE,	/**< this machine, now */
	CPC_ORIGIN_REPORT,	/**< a report of ours, from a file or an agent */
	CPC_ORIGIN_DUMP,	/**< somebody's CPUID dump */
	CPC_ORIGIN_FINGERPRINT, /**< nothing but a fingerprint */
};

/** How a probe ended. */
enum cpc_probe_status { CPC_PROBE_OK, CPC_PROBE_ABSENT, CPC_PROBE_DENIED, CPC_PROBE_FAILED };

#define CPC_PROBES_MAX 16
#define CPC_PROBE_NAME_SIZE 24

struct cpc_probe_result {
	char name[CPC_PROBE_NAME_SIZE];
	enum cpc_probe_status status;
	uint64_t nanoseconds; /**< its own time, 0 where not live */
	uint64_t cpuid_count; /**< CPUID instructions it executed */
};

#define CPC_HOST_NAME_SIZE 65
#define CPC_MACHINE_ID_SIZE 33
#define CPC_SHORT_SIZE 64

/**
 * What was learnt about one host, before anything is derived from it.
 * Zero-initialise; owns its kinds' snapshots: cpc_capture_free().
 * Texts are valid UTF-8 without control characters, or "".
 */
struct cpc_capture {
	enum cpc_origin origin;
	struct cpc_kind *kinds; /**< in order of their first CPU */
	size_t kind_count;
	struct cpc_odd_msr *odd_msrs; /**< owned; of one address no CPU is in two of them */
	size_t odd_msr_count;
	char host_name[CPC_HOST_NAME_SIZE];
	char machine_id[CPC_MACHINE_ID_SIZE];		     /**< 32 hex digits, never the raw /etc/machine-id, or "" */
	char collected_at[CPC_TIME_SIZE];		     /**< RFC 3339, UTC, to the second; "" where unknown */
	char microcode[CPC_SHORT_SIZE];			     /**< "0xd0003a5", or "" */
	struct cpc_microcode microcodes[CPC_MICROCODES_MAX]; /**< by their first CPU, where each CPU tells its own */
	size_t microcode_count;
	char brand[CPC_SHORT_SIZE];	     /**< as the source names it, where leaves do not; or "" */
	char libcpuid_brand[CPC_SHORT_SIZE]; /**< libcpuid's word, live only */
	char libcpuid_codename[CPC_SHORT_SIZE];
	enum cpc_tristate cpuinfo_vmx; /**< flags of /proc/cpuinfo; UNKNOWN where it was not read */
	enum cpc_tristate cpuinfo_svm;
	enum cpc_tristate cpuinfo_ept;
	enum cpc_tristate cpuinfo_npt;
	enum cpc_tristate cpuinfo_vmx_ept;		       /**< `ept` in the line `vmx flags` */
	enum cpc_tristate modules[CPC_KVM_MODULE_COUNT];       /**< SET: live, CLEAR: not there */
	enum cpc_tristate parameters[CPC_KVM_PARAMETER_COUNT]; /**< what they hold, live or not */
	struct cpc_kvm kvm;
	struct cpc_measurement measured[CPC_SCALAR_COUNT]; /**< those scalars that a probe fills in */
	enum cpc_tristate row_virtualization;		   /**< VT-x or AMD-V, as a row of the catalogue has it */
	enum cpc_tristate row_slat;			   /**< EPT or RVI, likewise */
	struct cpc_probe_result probes[CPC_PROBES_MAX];
	size_t probe_count;
	struct cpc_fingerprint fingerprint; /**< for CPC_ORIGIN_FINGERPRINT only */
	size_t logical_cpus;	    /**< as the source counts them, where there are no kinds; 0 where it does not */
	struct cpc_history history; /**< what the agent that serves it remembers; zero where none does */
	bool partial; /**< the source shows some of a processor only (/proc/cpuinfo): much of the fingerprint is unread
		       */
};

/**
 * Fold one sealed snapshot into the kind it belongs to, or make it a new kind.
 * Takes the snapshot's arrays over in either case, and on failure too.
 */
enum cpc_status cpc_capture_add(struct cpc_capture *capture, unsigned int cpu, struct cpc_snapshot *snapshot,
				struct cpc_error *reterr);

/** A copy that owns what it holds. CPC_INTERNAL without memory; `ret_copy` is then untouched. */
enum cpc_status cpc_capture_copy(const struct cpc_capture *capture, struct cpc_capture *ret_copy,
				 struct cpc_error *reterr);

/**
 * An MSR of one CPU: its own where that differs from its kind's, else its kind's. NULL where
 * nobody tried to read it, and where no kind has the CPU.
 */
const struct cpc_msr *cpc_capture_msr(const struct cpc_capture *capture, unsigned int cpu, uint32_t address);

/** Note that an MSR says something else on `cpu`. Fails with CPC_BAD_DATA above CPC_ODD_MSRS_MAX, CPC_INTERNAL. */
enum cpc_status cpc_capture_add_odd_msr(struct cpc_capture *capture, unsigned int cpu, const struct cpc_msr *msr,
					struct cpc_error *reterr);

/** Release everything and zero the struct. NULL is fine. */
void cpc_capture_free(struct cpc_capture *capture);

#endif
