/* SPDX-License-Identifier: MIT */
/*
 * The part of a report that everything else is derived from: leaves and MSRs, a
 * kind of CPU each.
 */
#include "report_cpus.h"

#include <inttypes.h>
#include <stdio.h>

#include "lines.h"
#include "text.h"

enum cpc_status cpc_report_bad(const char *path, const char *wanted, struct cpc_error *reterr)
{
	return cpc_fail(reterr, CPC_BAD_DATA, 0, "report: %s is not %s", path, wanted);
}

bool cpc_report_has(const json_t *value)
{
	return value && !json_is_null(value) && !(json_is_array(value) && json_array_size(value) == 0);
}

bool cpc_report_hex(const json_t *value, unsigned int max_digits, uint64_t *ret_value)
{
	struct cpc_scan scan;

	if (!json_is_string(value))
		return false;
	scan = (struct cpc_scan){ json_string_value(value), json_string_value(value) + json_string_length(value) };
	return cpc_scan_text(&scan, "0x") && cpc_scan_hex(&scan, 1, max_digits, ret_value) && scan.at == scan.end;
}

static enum cpc_status read_leaf(const json_t *row, const char *path, size_t index, struct cpc_snapshot *snapshot,
				 struct cpc_error *reterr)
{
	uint32_t numbers[2 + CPC_REG_COUNT];
	struct cpc_leaf leaf;
	char where[CPC_INDEXED_PATH_SIZE];

	(void)snprintf(where, sizeof(where), "%s[%zu]", path, index);
	if (json_array_size(row) != 2 + CPC_REG_COUNT)
		return cpc_report_bad(where, "an array of leaf, subleaf, eax, ebx, ecx and edx", reterr);
	for (size_t i = 0; i < 2 + CPC_REG_COUNT; i++) {
		uint64_t value;

		(void)snprintf(where, sizeof(where), "%s[%zu][%zu]", path, index, i);
		if (!cpc_report_hex(json_array_get(row, i), 8, &value))
			return cpc_report_bad(where, "a string such as \"0x1f\"", reterr);
		numbers[i] = (uint32_t)value;
	}
	leaf = (struct cpc_leaf){
		.leaf = numbers[0],
		.subleaf = numbers[1],
		.regs = { numbers[2], numbers[3], numbers[4], numbers[5] },
	};
	return cpc_snapshot_add_leaf(snapshot, &leaf, reterr);
}

static enum cpc_status read_leaves(const json_t *leaves, const char *path, struct cpc_snapshot *snapshot,
				   struct cpc_error *reterr)
{
	enum cpc_status status = CPC_OK;

	if (!json_is_array(leaves))
		return cpc_report_bad(path, "an array", reterr);
	for (size_t i = 0; i < json_array_size(leaves) && status == CPC_OK; i++)
		status = read_leaf(json_array_get(leaves, i), path, i, snapshot, reterr);
	return status;
}

static enum cpc_status parse_msr(const json_t *row, const char *where, struct cpc_msr *ret_msr,
				 struct cpc_error *reterr)
{
	const json_t *value = json_array_get(row, 1);
	struct cpc_msr msr = { .readable = !json_is_null(value) };
	uint64_t address;

	if (json_array_size(row) != 2 || !cpc_report_hex(json_array_get(row, 0), 8, &address) ||
	    (msr.readable && !cpc_report_hex(value, 16, &msr.value)))
		return cpc_report_bad(where, "[\"0x10a\", \"0x2b\"] or [\"0x10a\", null]", reterr);
	msr.address = (uint32_t)address;
	*ret_msr = msr;
	return CPC_OK;
}

static enum cpc_status read_msr(const json_t *row, const char *path, size_t index, struct cpc_snapshot *snapshot,
				struct cpc_error *reterr)
{
	char where[CPC_INDEXED_PATH_SIZE];
	struct cpc_msr msr;
	enum cpc_status status;

	(void)snprintf(where, sizeof(where), "%s[%zu]", path, index);
	status = parse_msr(row, where, &msr, reterr);
	return status ? status : cpc_snapshot_add_msr(snapshot, &msr, reterr);
}

static enum cpc_status read_msrs(const json_t *msrs, const char *path, struct cpc_snapshot *snapshot,
				 struct cpc_error *reterr)
{
	enum cpc_status status = CPC_OK;

	if (!cpc_report_has(msrs))
		return CPC_OK;
	if (!json_is_array(msrs))
		return cpc_report_bad(path, "an array", reterr);
	for (size_t i = 0; i < json_array_size(msrs) && status == CPC_OK; i++)
		status = read_msr(json_array_get(msrs, i), path, i, snapshot, reterr);
	return status;
}

static void add_range(struct cpc_cpu_set *set, uint32_t first, uint32_t last)
{
	for (uint32_t cpu = first; cpu <= last; cpu++)
		set->bits[cpu / 64] |= UINT64_C(1) << (cpu % 64);
}

/* An ascending list such as "0-3,8"; cpc_cpu_set_print() ends long ones in "...". */
static bool parse_cpus(const char *text, size_t length, struct cpc_cpu_set *set, uint32_t *ret_first)
{
	struct cpc_scan scan = { text, text + length };
	uint32_t least = 0;

	do {
		uint32_t first;
		uint32_t last;

		if (least && cpc_scan_text(&scan, "..."))
			break;
		if (!cpc_scan_decimal(&scan, &first))
			return false;
		last = first;
		if (cpc_scan_text(&scan, "-") && !cpc_scan_decimal(&scan, &last))
			return false;
		if (first < least || last < first || last >= CPC_CPUS_MAX)
			return false;
		add_range(set, first, last);
		if (!least)
			*ret_first = first;
		least = last + 1;
	} while (cpc_scan_text(&scan, ","));
	return scan.at == scan.end;
}

static bool set_has(const struct cpc_cpu_set *set, uint32_t cpu)
{
	return set->bits[cpu / 64] >> (cpu % 64) & 1U;
}

static bool sets_meet(const struct cpc_capture *capture, const struct cpc_cpu_set *set)
{
	for (size_t kind = 0; kind < capture->kind_count; kind++)
		for (size_t i = 0; i < CPC_CPUS_MAX / 64; i++)
			if (capture->kinds[kind].cpus.bits[i] & set->bits[i])
				return true;
	return false;
}

/* Seal a snapshot and give it to the first of these CPUs, then let its kind have the others as well. */
static enum cpc_status add_kind(struct cpc_capture *capture, const struct cpc_cpu_set *set, uint32_t first,
				struct cpc_snapshot *snapshot, struct cpc_error *reterr)
{
	enum cpc_status status = cpc_snapshot_seal(snapshot, reterr);

	if (status) {
		cpc_snapshot_free(snapshot);
		return status;
	}
	status = cpc_capture_add(capture, first, snapshot, reterr);
	for (size_t kind = 0; kind < capture->kind_count && status == CPC_OK; kind++)
		if (set_has(&capture->kinds[kind].cpus, first))
			for (size_t i = 0; i < CPC_CPUS_MAX / 64; i++)
				capture->kinds[kind].cpus.bits[i] |= set->bits[i];
	return status;
}

static enum cpc_status read_registers(const json_t *kind, size_t index, const json_t *shared_leaves,
				      struct cpc_snapshot *snapshot, struct cpc_error *reterr)
{
	const json_t *leaves = json_object_get(kind, "leaves");
	const json_t *layout_unknown = json_object_get(kind, "layout_unknown");
	char path[CPC_PATH_SIZE];
	enum cpc_status status;

	(void)snprintf(path, sizeof(path), "cpu.kinds[%zu].layout_unknown", index);
	if (cpc_report_has(layout_unknown) && !json_is_boolean(layout_unknown))
		return cpc_report_bad(path, "true or false", reterr);
	snapshot->layout_unknown = json_is_true(layout_unknown);
	(void)snprintf(path, sizeof(path), "cpu.kinds[%zu].leaves", index);
	status = !leaves && shared_leaves ? read_leaves(shared_leaves, "leaves.cpuid", snapshot, reterr)
					  : read_leaves(leaves, path, snapshot, reterr);
	if (status)
		return status;
	(void)snprintf(path, sizeof(path), "cpu.kinds[%zu].msrs", index);
	return read_msrs(json_object_get(kind, "msrs"), path, snapshot, reterr);
}

/* Kinds come in the order of their first CPUs; `least` is the lowest that the next may begin with. */
static enum cpc_status read_kind(const json_t *kind, size_t index, const json_t *shared_leaves, uint32_t *least,
				 struct cpc_capture *capture, struct cpc_error *reterr)
{
	const json_t *cpus = json_object_get(kind, "cpus");
	struct cpc_snapshot snapshot = { 0 };
	struct cpc_cpu_set set = { 0 };
	uint32_t first = 0;
	char path[CPC_PATH_SIZE];
	enum cpc_status status;

	(void)snprintf(path, sizeof(path), "cpu.kinds[%zu].cpus", index);
	if (!json_is_string(cpus) || !parse_cpus(json_string_value(cpus), json_string_length(cpus), &set, &first))
		return cpc_report_bad(path, "an ascending list of CPUs such as \"0-3,8\"", reterr);
	if (sets_meet(capture, &set))
		return cpc_report_bad(path, "free of CPUs that another kind has", reterr);
	if (first < *least)
		return cpc_report_bad(path, "above the first CPU of the kind before", reterr);
	*least = first + 1;
	status = read_registers(kind, index, shared_leaves, &snapshot, reterr);
	if (status) {
		cpc_snapshot_free(&snapshot);
		return status;
	}
	return add_kind(capture, &set, first, &snapshot, reterr);
}

enum cpc_status cpc_report_kinds(const json_t *kinds, const json_t *leaves, struct cpc_capture *capture,
				 struct cpc_error *reterr)
{
	enum cpc_status status = CPC_OK;
	uint32_t least = 0;

	if (!json_is_array(kinds))
		return cpc_report_bad("cpu.kinds", "an array", reterr);
	for (size_t i = 0; i < json_array_size(kinds) && status == CPC_OK; i++)
		status = read_kind(json_array_get(kinds, i), i, i == 0 ? leaves : NULL, &least, capture, reterr);
	return status;
}

/* Revisions above CPC_MICROCODES_MAX are left out, as the probe leaves them out. */
enum cpc_status cpc_report_microcodes(const json_t *list, struct cpc_capture *capture, struct cpc_error *reterr)
{
	if (!cpc_report_has(list))
		return CPC_OK;
	if (!json_is_array(list))
		return cpc_report_bad("cpu.microcodes", "an array", reterr);
	for (size_t i = 0; i < json_array_size(list) && i < CPC_MICROCODES_MAX; i++) {
		const json_t *version = json_object_get(json_array_get(list, i), "version");
		const json_t *cpus = json_object_get(json_array_get(list, i), "cpus");
		struct cpc_microcode microcode = { 0 };
		char path[CPC_PATH_SIZE];
		uint32_t first;

		(void)snprintf(path, sizeof(path), "cpu.microcodes[%zu]", i);
		if (!json_is_string(version) || !json_is_string(cpus) ||
		    !parse_cpus(json_string_value(cpus), json_string_length(cpus), &microcode.cpus, &first))
			return cpc_report_bad(path, "a version and an ascending list of CPUs", reterr);
		cpc_text_copy(microcode.version, sizeof(microcode.version), json_string_value(version));
		capture->microcodes[capture->microcode_count++] = microcode;
	}
	return CPC_OK;
}

static bool in_a_kind(const struct cpc_capture *capture, uint32_t cpu)
{
	for (size_t kind = 0; kind < capture->kind_count; kind++)
		if (set_has(&capture->kinds[kind].cpus, cpu))
			return true;
	return false;
}

static bool is_odd(const struct cpc_capture *capture, uint32_t cpu, uint32_t address)
{
	for (size_t i = 0; i < capture->odd_msr_count; i++)
		if (capture->odd_msrs[i].msr.address == address && set_has(&capture->odd_msrs[i].cpus, cpu))
			return true;
	return false;
}

static enum cpc_status read_odd_msr(const json_t *object, size_t index, struct cpc_capture *capture,
				    struct cpc_error *reterr)
{
	const json_t *cpus = json_object_get(object, "cpus");
	struct cpc_cpu_set set = { 0 };
	struct cpc_msr msr;
	uint32_t first = 0;
	char path[CPC_PATH_SIZE];
	enum cpc_status status;

	(void)snprintf(path, sizeof(path), "cpu.odd_msrs[%zu].msr", index);
	status = parse_msr(json_object_get(object, "msr"), path, &msr, reterr);
	if (status)
		return status;
	(void)snprintf(path, sizeof(path), "cpu.odd_msrs[%zu].cpus", index);
	if (!json_is_string(cpus) || !parse_cpus(json_string_value(cpus), json_string_length(cpus), &set, &first))
		return cpc_report_bad(path, "an ascending list of CPUs such as \"0-3,8\"", reterr);
	for (uint32_t cpu = first; cpu < CPC_CPUS_MAX && status == CPC_OK; cpu++) {
		if (!set_has(&set, cpu))
			continue;
		if (!in_a_kind(capture, cpu) || is_odd(capture, cpu, msr.address))
			return cpc_report_bad(path, "of CPUs that cpu.kinds has, each once for an MSR", reterr);
		status = cpc_capture_add_odd_msr(capture, cpu, &msr, reterr);
	}
	return status;
}

enum cpc_status cpc_report_odd_msrs(const json_t *list, struct cpc_capture *capture, struct cpc_error *reterr)
{
	enum cpc_status status = CPC_OK;

	if (!cpc_report_has(list))
		return CPC_OK;
	if (!json_is_array(list))
		return cpc_report_bad("cpu.odd_msrs", "an array", reterr);
	for (size_t i = 0; i < json_array_size(list) && status == CPC_OK; i++)
		status = read_odd_msr(json_array_get(list, i), i, capture, reterr);
	return status;
}

enum cpc_status cpc_report_kvm(const json_t *leaves, const json_t *msrs, struct cpc_kvm *kvm, struct cpc_error *reterr)
{
	struct cpc_snapshot snapshot = { 0 };
	enum cpc_status status = read_leaves(leaves, "leaves.kvm", &snapshot, reterr);

	if (!status)
		status = read_msrs(msrs, "msrs.kvm", &snapshot, reterr);
	if (!status)
		status = cpc_snapshot_seal(&snapshot, reterr);
	if (status) {
		cpc_snapshot_free(&snapshot);
		return status;
	}
	kvm->snapshot = snapshot;
	kvm->present = true;
	return CPC_OK;
}

enum cpc_status cpc_report_leaves(const json_t *leaves, struct cpc_capture *capture, struct cpc_error *reterr)
{
	const struct cpc_cpu_set set = { .bits = { 1 } };
	struct cpc_snapshot snapshot = { 0 };
	const enum cpc_status status = read_leaves(leaves, "leaves.cpuid", &snapshot, reterr);

	if (status) {
		cpc_snapshot_free(&snapshot);
		return status;
	}
	return add_kind(capture, &set, 0, &snapshot, reterr);
}
