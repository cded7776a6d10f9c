/* SPDX-License-Identifier: MIT */
#ifndef CPC_REPORT_CPUS_H
#define CPC_REPORT_CPUS_H

#include <jansson.h>

#include <cpucompat/capture.h>
#include <cpucompat/report.h>

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

/** A member that must be an object where it is there at all; NULL where it is not. */
enum cpc_status cpc_report_object(const json_t *parent, const char *key, json_t **ret_object, struct cpc_error *reterr);

/** Read a row of `partial`, [word, bits that are set, bits that are unread]: what is known of a word whose text is `x`.
 */
bool cpc_report_partial_word(const json_t *row, struct cpc_fingerprint *fingerprint);

/** Read `cpuinfo` and `modules`: what the kernel said. */
enum cpc_status cpc_report_kernel(const json_t *root, struct cpc_capture *capture, struct cpc_error *reterr);

/**
 * Read `cpu.kinds`: [{"cpus": "0-3,8", "leaves": [...], "msrs": [...], "layout_unknown": false}, ...].
 * A first kind without leaves has those of `leaves.cpuid`, which may be NULL.
 */
enum cpc_status cpc_report_kinds(const json_t *kinds, const json_t *leaves, struct cpc_capture *capture,
				 struct cpc_error *reterr);

/**
 * Read `cpu.odd_msrs`: [{"cpus": "4-7", "msr": ["0x3a", "0x1"]}, ...]. The kinds are read
 * already, and hold every CPU that is named; none is named twice for one MSR.
 */
enum cpc_status cpc_report_odd_msrs(const json_t *list, struct cpc_capture *capture, struct cpc_error *reterr);

/** Read `history`: {"since": ..., "failures": 0, "failing_since": null, "views": {"cpuid": {...}, "kvm": null}};
 * missing is fine. */
enum cpc_status cpc_report_history_read(const json_t *root, struct cpc_history *history, struct cpc_error *reterr);

/** Read `leaves.cpuid` as CPU 0. */
enum cpc_status cpc_report_leaves(const json_t *leaves, struct cpc_capture *capture, struct cpc_error *reterr);

/** Read `cpu.microcodes`: [{"version": "0xd0003a5", "cpus": "0-31"}, ...]; missing is fine. */
enum cpc_status cpc_report_microcodes(const json_t *list, struct cpc_capture *capture, struct cpc_error *reterr);

/** Read `leaves.kvm` and `msrs.kvm` (which may be NULL) as KVM's view. */
enum cpc_status cpc_report_kvm(const json_t *leaves, const json_t *msrs, struct cpc_kvm *kvm, struct cpc_error *reterr);

#endif
