/* SPDX-License-Identifier: MIT */
#ifndef CPUCOMPAT_REPORT_H
#define CPUCOMPAT_REPORT_H

#include <cpucompat/capture.h>
#include <cpucompat/fingerprint.h>

/** The four things that a live migration host must have, or should. */
enum cpc_requirement_id {
	CPC_HARDWARE_VIRTUALIZATION, /**< VT-x or AMD-V */
	CPC_EXECUTE_DISABLE,	     /**< XD or NX */
	CPC_LONG_MODE,		     /**< Intel 64 or AMD64 */
	CPC_SLAT,		     /**< EPT or RVI */
	CPC_REQUIREMENT_COUNT
};

enum cpc_requirement_status {
	CPC_REQUIREMENT_UNKNOWN,
	CPC_PRESENT,
	CPC_ABSENT,
	CPC_DISABLED_BY_FIRMWARE,
	CPC_HIDDEN_BY_HYPERVISOR,
	CPC_REQUIREMENT_STATUS_COUNT
};

/** Where a piece of evidence was seen. */
enum cpc_evidence_source {
	CPC_EVIDENCE_CPUID,
	CPC_EVIDENCE_MSR,
	CPC_EVIDENCE_CPUINFO,	 /**< /proc/cpuinfo */
	CPC_EVIDENCE_MODULE,	 /**< /sys/module, kvm_modules.def */
	CPC_EVIDENCE_KVM,	 /**< what KVM offers guests */
	CPC_EVIDENCE_HYPERVISOR, /**< what the hypervisor says of itself */
	CPC_EVIDENCE_CATALOGUE,	 /**< a row of ours, which was made of a dump that showed it */
	CPC_EVIDENCE_SOURCE_COUNT
};

/** One fact: a bit or flag that was looked at, and what it said. Borrows from the capture. */
struct cpc_evidence {
	enum cpc_evidence_source source;
	char where[CPC_WHERE_SIZE]; /**< "1.0.ecx[5]", "msr.3a[2]"; "flags" for /proc/cpuinfo */
	char name[CPC_WHERE_SIZE];  /**< "vmx" */
	enum cpc_tristate value;
	const struct cpc_cpu_set *cpus; /**< on these CPUs alone; NULL: on all that the other lines do not name */
	bool inferred;			/**< says it of something else, from which it follows */
	bool disputed;			/**< another line says the opposite */
};

#define CPC_EVIDENCE_MAX 16

struct cpc_requirement {
	enum cpc_requirement_status status;
	bool disputed; /**< two sources contradict each other; the status is then the more careful one */
	struct cpc_evidence evidence[CPC_EVIDENCE_MAX];
	size_t evidence_count;
};

/** From where the CPUID was seen. */
enum cpc_vantage { CPC_BARE_METAL, CPC_GUEST, CPC_ROOT_PARTITION, CPC_DUMP, CPC_VANTAGE_COUNT };

/** What kind of guest of its hypervisor this is, as far as its leaves tell. */
enum cpc_partition {
	CPC_PARTITION_UNKNOWN,
	CPC_PARTITION_GUEST, /**< Hyper-V: may create no partitions */
	CPC_PARTITION_ROOT,  /**< Hyper-V: creates partitions and manages CPUs */
	CPC_PARTITION_L1VH,  /**< Hyper-V: a guest that creates partitions beside itself */
	CPC_PARTITION_PV,    /**< Xen */
	CPC_PARTITION_HVM,   /**< Xen: HVM or PVH */
	CPC_PARTITION_COUNT
};

/** Whether the hypervisor is kept out of this guest's memory. */
enum cpc_isolation {
	CPC_ISOLATION_NONE, /**< or not told */
	CPC_ISOLATION_VBS,
	CPC_ISOLATION_SNP,
	CPC_ISOLATION_TDX,
	CPC_ISOLATION_OTHER, /**< of a kind that we do not know */
	CPC_ISOLATION_COUNT
};

/** What Hyper-V says of its version (leaf 0x40000002); Xen has the first two. All zero: it said nothing. */
struct cpc_hypervisor_version {
	uint32_t major;
	uint32_t minor;
	uint32_t build;
	uint32_t service_pack;
	uint32_t service_branch;
	uint32_t service_number;
};

/** A row of hyperv_builds.def. */
struct cpc_hyperv_build {
	uint32_t major;
	uint32_t minor;
	uint32_t build;
	enum cpc_sureness sure;
	const char *release;
	const char *source;
};

/** The last row that is not above a version, or NULL where it is below all of them. */
const struct cpc_hyperv_build *cpc_hyperv_build_of(const struct cpc_hypervisor_version *version);

/** The hypervisor under which CPUID ran; `present` false on bare metal. */
struct cpc_hypervisor {
	bool present;
	char signature[CPC_VENDOR_SIZE]; /**< raw bytes of leaf 0x40000000 (or the more specific one) */
	const char *id;			 /**< "kvm", "microsoft", ...; "unknown" */
	const char *name;
	uint32_t base; /**< the first leaf of its block */
	bool hv1;      /**< it, or another block beside it, has Hyper-V's interface ("Hv#1") */
	enum cpc_partition partition;
	struct cpc_number domain;     /**< Xen's number of this guest, 0: the control domain */
	enum cpc_tristate nested;     /**< it runs under another Hyper-V itself; of others nothing tells */
	struct cpc_number level;      /**< Hyper-V's own level, 0: it runs on the hardware */
	enum cpc_tristate shows_virt; /**< it shows VT-x or AMD-V to this guest */
	enum cpc_isolation isolation;
	bool paravisor; /**< isolated behind a layer of the host's that the guest trusts */
	struct cpc_hypervisor_version version;
	const struct cpc_hyperv_build *build; /**< of `version`, or NULL */
	bool build_exact;		      /**< false: it is later than `build`, and no row has it */
};

/** From which vantage a host's features are seen. */
enum cpc_view {
	CPC_VIEW_CPUID = 1, /**< what the instruction says here */
	CPC_VIEW_KVM,	    /**< what KVM and QEMU offer guests here */
};

/** Everything derived from a capture. Borrows from the capture, which must outlive it. */
struct cpc_report {
	const struct cpc_capture *capture;
	struct cpc_signature signature;
	char brand[CPC_SHORT_SIZE];    /**< leaf 0x80000002-4, or libcpuid's word, or "" */
	const char *microarchitecture; /**< of our own table; "unknown" */
	size_t logical_cpus;	       /**< 0 where unknown */
	enum cpc_vantage vantage;      /**< CPC_DUMP also for a dump that was taken inside a guest */
	enum cpc_vantage taken;	       /**< the same of a dump: where its CPUID was executed; CPC_DUMP: not known */
	struct cpc_hypervisor hypervisor;
	/**
	 * Whether this guest of Hyper-V runs in processor compatibility mode with its fixed list
	 * of features. Inferred from features that every processor fit for Hyper-V has; UNKNOWN
	 * elsewhere.
	 */
	enum cpc_tristate compatibility_mode;
	struct cpc_requirement requirements[CPC_REQUIREMENT_COUNT];
	struct cpc_fingerprint fingerprint; /**< the cpuid view; the meet over the kinds */
	bool has_kvm;
	struct cpc_fingerprint kvm_fingerprint; /**< the kvm view, with what QEMU mends (fixups.def) */
};

/** The fingerprint of a view, which the report owns; NULL where it has no such view. */
const struct cpc_fingerprint *cpc_report_view(const struct cpc_report *report, enum cpc_view view);

/** What is remembered of a view, which the capture owns. */
const struct cpc_view_history *cpc_report_history(const struct cpc_report *report, enum cpc_view view);

/** "cpuid", "kvm". */
const char *cpc_view_name(enum cpc_view view);

/** Derive the report. Pure and total. */
void cpc_report_of(const struct cpc_capture *capture, struct cpc_report *ret_report);

/** Our table's name for a processor; "unknown" where it has none. */
const char *cpc_microarchitecture(const struct cpc_signature *signature);

/** "hardware_virtualization", ... ; the JSON key. */
const char *cpc_requirement_key(enum cpc_requirement_id id);

/** The vendor's own word: "VT-x" or "AMD-V", "XD" or "NX", ... ; both, with a slash, for other vendors. */
const char *cpc_requirement_name(enum cpc_requirement_id id, const char *vendor);

/** "present", "absent", "disabled-by-firmware", "hidden-by-hypervisor", "unknown". */
const char *cpc_requirement_status_name(enum cpc_requirement_status status);

/** "guest", "root", "l1vh", "pv", "hvm"; NULL for CPC_PARTITION_UNKNOWN. */
const char *cpc_partition_name(enum cpc_partition partition);

/** "vbs", "sev-snp", "tdx", "other"; NULL for CPC_ISOLATION_NONE. */
const char *cpc_isolation_name(enum cpc_isolation isolation);

/** "bare-metal", "guest", "root-partition", "dump". */
const char *cpc_vantage_name(enum cpc_vantage vantage);

/** "ok", "absent", "denied", "failed". */
const char *cpc_probe_status_name(enum cpc_probe_status status);

/**
 * A bit of a view whether compared or not: CLEAR or SET in the first kind's snapshot, or KVM's
 * (as QEMU mends it), UNKNOWN without one.
 */
enum cpc_tristate cpc_report_bit(const struct cpc_report *report, enum cpc_view view, enum cpc_register reg,
				 unsigned int bit);

/** A scalar, whatever its rule: of the fingerprint, or of the first kind, or as a probe measured it. */
struct cpc_number cpc_report_scalar(const struct cpc_report *report, enum cpc_scalar_id id);

#endif
