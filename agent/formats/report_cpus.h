/* SPDX-License-Identifier: MIT */
#ifndef CPC_REPORT_CPUS_H
#define CPC_REPORT_CPUS_H

#include <jansson.h>

#include <cpucompat/capture.h>

/** Room for a key's path, "cpu.kinds[63].layout_unknown", and a NUL. */
#define CPC_PATH_SIZE 64

/** Room for such a path with two indices after it. */
#define CPC_INDEXED_PATH_SIZE (CPC_PATH_SIZE + 48)

/** Fail because the value at `path` is not what it must be. */
enum cpc_status cpc_report_bad(const char *path, const char *wanted, struct cpc_error *reterr);

/**
 * Whether a value is there: neither missing nor null, nor an empty array.
 * A report may hold no leaves (it was made of a fingerprint).
 */
bool cpc_report_has(const json_t *value);

/** A value such as "0x7". */
bool cpc_report_hex(const json_t *value, unsigned int max_digits, uint64_t *ret_value);

/**
 * Read `cpu.kinds`: [{"cpus": "0-3,8", "leaves": [...], "msrs": [...], "layout_unknown": false}, ...].
 * A first kind without leaves has those of `leaves.cpuid`, which may be NULL.
 */
enum cpc_status cpc_report_kinds(const json_t *kinds, const json_t *leaves, struct cpc_capture *capture,
				 struct cpc_error *reterr);

/** Read `leaves.cpuid` as CPU 0. */
enum cpc_status cpc_report_leaves(const json_t *leaves, struct cpc_capture *capture, struct cpc_error *reterr);

/** Read `cpu.microcodes`: [{"version": "0xd0003a5", "cpus": "0-31"}, ...]; missing is fine. */
enum cpc_status cpc_report_microcodes(const json_t *list, struct cpc_capture *capture, struct cpc_error *reterr);

/** Read `leaves.kvm` and `msrs.kvm` (which may be NULL) as KVM's view. */
enum cpc_status cpc_report_kvm(const json_t *leaves, const json_t *msrs, struct cpc_kvm *kvm, struct cpc_error *reterr);

#endif
