/* SPDX-License-Identifier: MIT */
/*
 * One record is a leaf or an MSR with the line it came from. Lines are kept so that
 * a contradiction, which shows only once a CPU's records are sorted, can be placed.
 */
#include "cpus.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* For an MSR: key is {address, 0}, value is {low, high, readable, 0}. */
struct record {
	bool is_msr;
	uint32_t key[2];
	uint32_t value[CPC_REG_COUNT];
	uint32_t line; /* CPC_INPUT_MAX bytes have fewer lines than 2^32 */
};

struct section {
	struct record *records;
	size_t count;
	size_t room;
	size_t leaf_count;
	size_t msr_count;
	bool layout_unknown;
};

struct cpc_cpus {
	bool first_msr_wins;
	bool drop_absent;
	struct section *sections; /* in order of appearance */
	size_t count;
	size_t room;
	uint16_t slots[CPC_CPUS_MAX + 1]; /* by CPU: index into sections, plus one */
};

struct cpc_cpus *cpc_cpus_new(bool first_msr_wins)
{
	struct cpc_cpus *cpus = calloc(1, sizeof(*cpus));

	if (cpus)
		cpus->first_msr_wins = first_msr_wins;
	return cpus;
}

void cpc_cpus_drop_absent(struct cpc_cpus *cpus)
{
	cpus->drop_absent = true;
}

void cpc_cpus_free(struct cpc_cpus *cpus)
{
	if (!cpus)
		return;
	for (size_t i = 0; i < cpus->count; i++)
		free(cpus->sections[i].records);
	free(cpus->sections);
	free(cpus);
}

static struct section *find(const struct cpc_cpus *cpus, unsigned int cpu)
{
	return cpu <= CPC_EVERY_CPU && cpus->slots[cpu] ? &cpus->sections[cpus->slots[cpu] - 1] : NULL;
}

/* The section of a CPU, made where there is none; NULL without memory. */
static struct section *find_or_add(struct cpc_cpus *cpus, unsigned int cpu)
{
	if (cpus->slots[cpu])
		return find(cpus, cpu);
	if (cpus->count == cpus->room) {
		const size_t room = cpus->room ? cpus->room * 2 : 16;
		struct section *sections = realloc(cpus->sections, room * sizeof(*sections));

		if (!sections)
			return NULL;
		cpus->sections = sections;
		cpus->room = room;
	}
	cpus->sections[cpus->count] = (struct section){ 0 };
	cpus->slots[cpu] = (uint16_t)++cpus->count;
	return find(cpus, cpu);
}

static bool append(struct section *section, const struct record *record)
{
	if (section->count == section->room) {
		const size_t room = section->room ? section->room * 2 : 64;
		struct record *records = realloc(section->records, room * sizeof(*records));

		if (!records)
			return false;
		section->records = records;
		section->room = room;
	}
	section->records[section->count++] = *record;
	*(record->is_msr ? &section->msr_count : &section->leaf_count) += 1;
	return true;
}

static enum cpc_status add(struct cpc_cpus *cpus, unsigned int cpu, const struct record *record,
			   struct cpc_error *reterr)
{
	struct section *section;

	if (cpu > CPC_EVERY_CPU || (cpu == CPC_EVERY_CPU && !record->is_msr))
		return cpc_fail(reterr, CPC_BAD_DATA, record->line, "CPU %u: only CPUs below %d are followed", cpu,
				CPC_CPUS_MAX);
	section = find_or_add(cpus, cpu);
	if (section && (section->leaf_count >= CPC_LEAVES_MAX || section->msr_count >= CPC_MSRS_MAX))
		return cpc_fail(reterr, CPC_BAD_DATA, record->line, "more than %d CPUID leaves or MSRs for one CPU",
				CPC_LEAVES_MAX);
	if (!section || !append(section, record))
		return cpc_fail(reterr, CPC_INTERNAL, record->line, "out of memory");
	return CPC_OK;
}

enum cpc_status cpc_cpus_add_leaf(struct cpc_cpus *cpus, unsigned int cpu, size_t line, const struct cpc_leaf *leaf,
				  struct cpc_error *reterr)
{
	struct record record = { .key = { leaf->leaf, leaf->subleaf }, .line = (uint32_t)line };

	memcpy(record.value, leaf->regs, sizeof(record.value));
	return add(cpus, cpu, &record, reterr);
}

enum cpc_status cpc_cpus_add_msr(struct cpc_cpus *cpus, unsigned int cpu, size_t line, const struct cpc_msr *msr,
				 struct cpc_error *reterr)
{
	const struct record record = {
		.is_msr = true,
		.key = { msr->address, 0 },
		.value = { (uint32_t)msr->value, (uint32_t)(msr->value >> 32), msr->readable, 0 },
		.line = (uint32_t)line,
	};

	return add(cpus, cpu, &record, reterr);
}

size_t cpc_cpus_leaves(const struct cpc_cpus *cpus, unsigned int cpu)
{
	const struct section *section = find(cpus, cpu);

	return section ? section->leaf_count : 0;
}

void cpc_cpus_layout_unknown(struct cpc_cpus *cpus, unsigned int cpu)
{
	struct section *section = find(cpus, cpu);

	if (section)
		section->layout_unknown = true;
}

/* By what a record is about; not by line. */
static int compare_subjects(const struct record *a, const struct record *b)
{
	if (a->is_msr != b->is_msr)
		return a->is_msr ? 1 : -1;
	if (a->key[0] != b->key[0])
		return a->key[0] < b->key[0] ? -1 : 1;
	return (a->key[1] > b->key[1]) - (a->key[1] < b->key[1]);
}

static int compare_records(const void *left, const void *right)
{
	const struct record *a = left;
	const struct record *b = right;
	const int subjects = compare_subjects(a, b);

	return subjects ? subjects : (a->line > b->line) - (a->line < b->line);
}

static enum cpc_status contradiction(unsigned int cpu, const struct record *first, const struct record *second,
				     struct cpc_error *reterr)
{
	if (first->is_msr)
		return cpc_fail(reterr, CPC_BAD_DATA, second->line,
				"CPU %u has another value of MSR 0x%" PRIx32 " on line %" PRIu32, cpu, first->key[0],
				first->line);
	return cpc_fail(reterr, CPC_BAD_DATA, second->line,
			"CPU %u has another answer for leaf 0x%" PRIx32 " subleaf 0x%" PRIx32 " on line %" PRIu32, cpu,
			first->key[0], first->key[1], first->line);
}

static enum cpc_status put(struct cpc_snapshot *snapshot, const struct record *record, struct cpc_error *reterr)
{
	struct cpc_leaf leaf = { .leaf = record->key[0], .subleaf = record->key[1] };
	const struct cpc_msr msr = {
		.address = record->key[0],
		.readable = record->value[2] != 0,
		.value = (uint64_t)record->value[1] << 32 | record->value[0],
	};

	memcpy(leaf.regs, record->value, sizeof(leaf.regs));
	return record->is_msr ? cpc_snapshot_add_msr(snapshot, &msr, reterr)
			      : cpc_snapshot_add_leaf(snapshot, &leaf, reterr);
}

/* Fill a snapshot from the sorted records of one CPU, each subject once. */
static enum cpc_status fill(const struct cpc_cpus *cpus, unsigned int cpu, const struct section *section,
			    struct cpc_snapshot *snapshot, struct cpc_error *reterr)
{
	const struct record *last = NULL;
	enum cpc_status status = CPC_OK;

	for (size_t i = 0; i < section->count && status == CPC_OK; i++) {
		const struct record *record = &section->records[i];

		if (!last || compare_subjects(last, record) != 0) {
			last = record;
			status = put(snapshot, record, reterr);
		} else if (memcmp(last->value, record->value, sizeof(last->value)) != 0 &&
			   !(record->is_msr && cpus->first_msr_wins)) {
			return contradiction(cpu, last, record, reterr);
		}
	}
	return status;
}

/* What is left of a sealed snapshot without echoes; cpc_snapshot_leaf() knows which they are. */
static enum cpc_status drop_absent(struct cpc_snapshot *snapshot, struct cpc_error *reterr)
{
	struct cpc_snapshot kept = { .layout_unknown = snapshot->layout_unknown };
	enum cpc_status status = CPC_OK;

	for (size_t i = 0; i < snapshot->leaf_count && status == CPC_OK; i++) {
		const struct cpc_leaf *leaf = &snapshot->leaves[i];

		if (leaf->leaf == cpc_leaf_group(leaf->leaf) || cpc_snapshot_leaf(snapshot, leaf->leaf, leaf->subleaf))
			status = cpc_snapshot_add_leaf(&kept, leaf, reterr);
	}
	for (size_t i = 0; i < snapshot->msr_count && status == CPC_OK; i++)
		status = cpc_snapshot_add_msr(&kept, &snapshot->msrs[i], reterr);
	if (!status)
		status = cpc_snapshot_seal(&kept, reterr);
	cpc_snapshot_free(snapshot);
	*snapshot = kept;
	return status;
}

static enum cpc_status finish_cpu(struct cpc_cpus *cpus, unsigned int cpu, struct cpc_capture *capture,
				  struct cpc_error *reterr)
{
	struct section *section = find(cpus, cpu);
	const struct section *every = find(cpus, CPC_EVERY_CPU);
	struct cpc_snapshot snapshot = { .layout_unknown = section->layout_unknown };
	const size_t first_line = section->records[0].line;
	enum cpc_status status;

	for (size_t i = 0; every && i < every->count; i++)
		if (!append(section, &every->records[i]))
			return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	qsort(section->records, section->count, sizeof(*section->records), compare_records);
	status = fill(cpus, cpu, section, &snapshot, reterr);
	if (!status)
		status = cpc_snapshot_seal(&snapshot, reterr);
	if (!status && cpus->drop_absent)
		status = drop_absent(&snapshot, reterr);
	if (status)
		cpc_snapshot_free(&snapshot);
	else
		status = cpc_capture_add(capture, cpu, &snapshot, reterr);
	if (status && reterr && !reterr->line)
		reterr->line = first_line;
	/* Its records are in the snapshot: with many CPUs the memory is wanted for the next. */
	free(section->records);
	*section = (struct section){ 0 };
	return status;
}

enum cpc_status cpc_cpus_finish(struct cpc_cpus *cpus, struct cpc_capture *capture, struct cpc_error *reterr)
{
	enum cpc_status status = CPC_OK;

	for (unsigned int cpu = 0; cpu < CPC_CPUS_MAX && status == CPC_OK; cpu++)
		if (cpc_cpus_leaves(cpus, cpu))
			status = finish_cpu(cpus, cpu, capture, reterr);
	if (status || capture->kind_count)
		return status;
	if (cpus->count)
		return cpc_fail(reterr, CPC_BAD_DATA, 0,
				"holds MSRs and no CPUID leaves: read it together with the CPUID dump it belongs to");
	return cpc_fail(reterr, CPC_BAD_DATA, 0, "holds no CPUID leaves");
}
