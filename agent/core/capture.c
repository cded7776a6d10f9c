/* SPDX-License-Identifier: MIT */
/*
 * Folding CPUs into kinds. Two CPUs are of one kind when their snapshots agree but
 * for the fields of noise.def, which tell a CPU from its neighbour (APIC ids) or
 * mirror what an operating system has switched on (OSXSAVE).
 */
#include <cpucompat/capture.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fold.h"

struct noise {
	uint32_t leaf;
	uint32_t subleaf_lo;
	uint32_t subleaf_hi;
	uint32_t masks[CPC_REG_COUNT];
};

static const struct noise noise_rows[] = {
#define CPC_NOISE(leaf, subleaf_lo, subleaf_hi, eax, ebx, ecx, edx, why)                                               \
	{ (leaf), (subleaf_lo), (subleaf_hi), { (eax), (ebx), (ecx), (edx) } },
#include <cpucompat/noise.def>
#undef CPC_NOISE
};

static void mask_noise(struct cpc_leaf *leaf)
{
	for (size_t i = 0; i < sizeof(noise_rows) / sizeof(noise_rows[0]); i++) {
		const struct noise *row = &noise_rows[i];

		if (row->leaf != leaf->leaf || leaf->subleaf < row->subleaf_lo || leaf->subleaf > row->subleaf_hi)
			continue;
		for (int reg = 0; reg < CPC_REG_COUNT; reg++)
			leaf->regs[reg] &= ~row->masks[reg];
	}
}

/*
 * The next leaf at or after *index that exists and says something once masked: a
 * subleaf of zeros is the same as none, since dumps differ in whether they print it.
 */
static bool next_leaf(const struct cpc_snapshot *snapshot, size_t *index, struct cpc_leaf *ret_leaf)
{
	static const uint32_t zeros[CPC_REG_COUNT];

	for (; *index < snapshot->leaf_count; ++*index) {
		const struct cpc_leaf *leaf = &snapshot->leaves[*index];

		if (!cpc_snapshot_leaf(snapshot, leaf->leaf, leaf->subleaf))
			continue;
		*ret_leaf = *leaf;
		mask_noise(ret_leaf);
		if (memcmp(ret_leaf->regs, zeros, sizeof(zeros)) == 0)
			continue;
		++*index;
		return true;
	}
	return false;
}

static bool same_msrs(const struct cpc_snapshot *a, const struct cpc_snapshot *b)
{
	/* The others are switches of firmware's, and in dumps counters and temperatures. */
	const struct cpc_msr *left = cpc_snapshot_msr(a, CPC_ARCH_CAPABILITIES);
	const struct cpc_msr *right = cpc_snapshot_msr(b, CPC_ARCH_CAPABILITIES);

	if (!left || !right)
		return true;
	return left->readable == right->readable && left->value == right->value;
}

bool cpc_snapshot_same_kind(const struct cpc_snapshot *a, const struct cpc_snapshot *b)
{
	size_t i = 0;
	size_t j = 0;
	struct cpc_leaf left;
	struct cpc_leaf right;

	if (a->layout_unknown != b->layout_unknown || !same_msrs(a, b))
		return false;
	for (;;) {
		const bool more_left = next_leaf(a, &i, &left);
		const bool more_right = next_leaf(b, &j, &right);

		if (!more_left || !more_right)
			return more_left == more_right;
		if (left.leaf != right.leaf || left.subleaf != right.subleaf ||
		    memcmp(left.regs, right.regs, sizeof(left.regs)) != 0)
			return false;
	}
}

static bool set_has(const struct cpc_cpu_set *set, size_t cpu)
{
	return set->bits[cpu / 64] >> (cpu % 64) & 1U;
}

size_t cpc_cpu_set_count(const struct cpc_cpu_set *set)
{
	size_t count = 0;

	for (size_t i = 0; i < sizeof(set->bits) / sizeof(set->bits[0]); i++)
		for (uint64_t bits = set->bits[i]; bits; bits &= bits - 1)
			count++;
	return count;
}

void cpc_cpu_set_print(const struct cpc_cpu_set *set, char ret_list[static CPC_CPU_LIST_SIZE])
{
	static const char dots[] = ",...";
	size_t length = 0;
	size_t dots_fit = 0; /* the longest beginning after which the dots still fit */

	ret_list[0] = '\0';
	for (size_t first = 0; first < CPC_CPUS_MAX; first++) {
		char range[24];
		size_t last = first;
		int printed;

		if (!set_has(set, first))
			continue;
		while (last + 1 < CPC_CPUS_MAX && set_has(set, last + 1))
			last++;
		printed = last > first ? snprintf(range, sizeof(range), "%s%zu-%zu", length ? "," : "", first, last)
				       : snprintf(range, sizeof(range), "%s%zu", length ? "," : "", first);
		if (length + (size_t)printed >= CPC_CPU_LIST_SIZE) {
			memcpy(ret_list + dots_fit, dots, sizeof(dots));
			return;
		}
		memcpy(ret_list + length, range, (size_t)printed + 1);
		length += (size_t)printed;
		if (length + sizeof(dots) <= CPC_CPU_LIST_SIZE)
			dots_fit = length;
		first = last;
	}
}

static enum cpc_status add_kind(struct cpc_capture *capture, unsigned int cpu, struct cpc_snapshot *snapshot,
				struct cpc_error *reterr)
{
	struct cpc_kind *kinds;

	if (capture->kind_count >= CPC_KINDS_MAX)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "more than %d different kinds of CPU in one host",
				CPC_KINDS_MAX);
	kinds = realloc(capture->kinds, (capture->kind_count + 1) * sizeof(*kinds));
	if (!kinds)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	capture->kinds = kinds;
	kinds[capture->kind_count] = (struct cpc_kind){ .snapshot = *snapshot };
	kinds[capture->kind_count].cpus.bits[cpu / 64] |= UINT64_C(1) << (cpu % 64);
	capture->kind_count++;
	*snapshot = (struct cpc_snapshot){ 0 };
	return CPC_OK;
}

static enum cpc_status fold(struct cpc_capture *capture, unsigned int cpu, struct cpc_snapshot *snapshot,
			    struct cpc_error *reterr)
{
	if (cpu >= CPC_CPUS_MAX)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "CPU %u: only CPUs below %d are followed", cpu, CPC_CPUS_MAX);
	for (size_t i = 0; i < capture->kind_count; i++)
		if (set_has(&capture->kinds[i].cpus, cpu))
			return cpc_fail(reterr, CPC_BAD_DATA, 0, "CPU %u appears twice", cpu);
	for (size_t i = 0; i < capture->kind_count; i++) {
		struct cpc_kind *kind = &capture->kinds[i];

		if (cpc_snapshot_same_kind(&kind->snapshot, snapshot)) {
			kind->cpus.bits[cpu / 64] |= UINT64_C(1) << (cpu % 64);
			return cpc_fold_msrs(capture, kind, cpu, snapshot, reterr);
		}
	}
	return add_kind(capture, cpu, snapshot, reterr);
}

enum cpc_status cpc_capture_add(struct cpc_capture *capture, unsigned int cpu, struct cpc_snapshot *snapshot,
				struct cpc_error *reterr)
{
	const enum cpc_status status = fold(capture, cpu, snapshot, reterr);

	cpc_snapshot_free(snapshot);
	return status;
}

/* A copy of `count` items; NULL for none, and without memory. */
static void *copy_of(const void *items, size_t count, size_t size)
{
	void *copy = count ? malloc(count * size) : NULL;

	if (copy)
		memcpy(copy, items, count * size);
	return copy;
}

/* On failure what was copied is in `copy`, to be freed. */
static bool copy_snapshot(const struct cpc_snapshot *snapshot, struct cpc_snapshot *copy)
{
	*copy = *snapshot;
	copy->leaf_room = snapshot->leaf_count;
	copy->msr_room = snapshot->msr_count;
	copy->leaves = copy_of(snapshot->leaves, snapshot->leaf_count, sizeof(*snapshot->leaves));
	copy->msrs = copy_of(snapshot->msrs, snapshot->msr_count, sizeof(*snapshot->msrs));
	return (copy->leaves || !snapshot->leaf_count) && (copy->msrs || !snapshot->msr_count);
}

static bool copy_kinds(const struct cpc_capture *capture, struct cpc_capture *copy)
{
	copy->kind_count = 0;
	copy->kinds = capture->kind_count ? calloc(capture->kind_count, sizeof(*copy->kinds)) : NULL;
	if (capture->kind_count && !copy->kinds)
		return false;
	while (copy->kind_count < capture->kind_count) {
		const struct cpc_kind *kind = &capture->kinds[copy->kind_count];
		struct cpc_kind *to = &copy->kinds[copy->kind_count++];

		to->cpus = kind->cpus;
		if (!copy_snapshot(&kind->snapshot, &to->snapshot))
			return false;
	}
	return true;
}

enum cpc_status cpc_capture_copy(const struct cpc_capture *capture, struct cpc_capture *ret_copy,
				 struct cpc_error *reterr)
{
	struct cpc_capture copy = *capture;

	copy.kvm.snapshot = (struct cpc_snapshot){ 0 };
	copy.odd_msrs = copy_of(capture->odd_msrs, capture->odd_msr_count, sizeof(*capture->odd_msrs));
	if (!copy_kinds(capture, &copy) || (capture->odd_msr_count && !copy.odd_msrs) ||
	    !copy_snapshot(&capture->kvm.snapshot, &copy.kvm.snapshot)) {
		cpc_capture_free(&copy);
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	}
	*ret_copy = copy;
	return CPC_OK;
}

void cpc_capture_free(struct cpc_capture *capture)
{
	if (!capture)
		return;
	for (size_t i = 0; i < capture->kind_count; i++)
		cpc_snapshot_free(&capture->kinds[i].snapshot);
	free(capture->kinds);
	free(capture->odd_msrs);
	cpc_snapshot_free(&capture->kvm.snapshot);
	*capture = (struct cpc_capture){ 0 };
}
