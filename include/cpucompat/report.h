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
	CPC_EVIDENCE_CPUINFO,
	CPC_EVIDENCE_HYPERVISOR,
	CPC_EVIDENCE_CATALOGUE, /**< a row of ours, which was made of a dump that showed it */
};

/** One fact: a bit or flag that was looked at, and what it said. */
struct cpc_evidence {
	enum cpc_evidence_source source;
	char where[CPC_WHERE_SIZE]; /**< "1.0.ecx[5]"; "flags" for /proc/cpuinfo */
	char name[CPC_WHERE_SIZE];  /**< "vmx" */
	enum cpc_tristate value;
};

#define CPC_EVIDENCE_MAX 4

struct cpc_requirement {
	enum cpc_requirement_status status;
	struct cpc_evidence evidence[CPC_EVIDENCE_MAX];
	size_t evidence_count;
};

/** From where the CPUID was seen. */
enum cpc_vantage { CPC_BARE_METAL, CPC_GUEST, CPC_ROOT_PARTITION, CPC_DUMP, CPC_VANTAGE_COUNT };

/** The hypervisor under which CPUID ran; `present` false on bare metal. */
struct cpc_hypervisor {
	bool present;
	char signature[CPC_VENDOR_SIZE]; /**< raw bytes of leaf 0x40000000 (or the more specific one) */
	const char *id;			 /**< "kvm", "microsoft", ...; "unknown" */
	const char *name;
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
	struct cpc_hypervisor hypervisor;
	struct cpc_requirement requirements[CPC_REQUIREMENT_COUNT];
	struct cpc_fingerprint fingerprint; /**< the cpuid view; the meet over the kinds */
	bool has_kvm;
	struct cpc_fingerprint kvm_fingerprint; /**< the kvm view, with what QEMU mends (fixups.def) */
};

/** The fingerprint of a view, which the report owns; NULL where it has no such view. */
const struct cpc_fingerprint *cpc_report_view(const struct cpc_report *report, enum cpc_view view);

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
