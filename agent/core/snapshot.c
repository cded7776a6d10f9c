/* SPDX-License-Identifier: MIT */
/*
 * A snapshot is filled once, sealed, and only read from then on. Lookups are by
 * binary search and go through cpc_snapshot_leaf(), which alone knows which leaves
 * exist.
 */
#include <cpucompat/snapshot.h>

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum cpc_status cpc_snapshot_add_leaf(struct cpc_snapshot *snapshot, const struct cpc_leaf *leaf,
				      struct cpc_error *reterr)
{
	if (snapshot->leaf_count >= CPC_LEAVES_MAX)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "more than %d CPUID leaves for one CPU", CPC_LEAVES_MAX);
	if (snapshot->leaf_count == snapshot->leaf_room) {
		size_t room = snapshot->leaf_room ? snapshot->leaf_room * 2 : 128;
		struct cpc_leaf *leaves = realloc(snapshot->leaves, room * sizeof(*leaves));

		if (!leaves)
			return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
		snapshot->leaves = leaves;
		snapshot->leaf_room = room;
	}
	snapshot->leaves[snapshot->leaf_count++] = *leaf;
	return CPC_OK;
}

enum cpc_status cpc_snapshot_add_msr(struct cpc_snapshot *snapshot, const struct cpc_msr *msr, struct cpc_error *reterr)
{
	if (snapshot->msr_count >= CPC_MSRS_MAX)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "more than %d MSRs for one CPU", CPC_MSRS_MAX);
	if (snapshot->msr_count == snapshot->msr_room) {
		size_t room = snapshot->msr_room ? snapshot->msr_room * 2 : 8;
		struct cpc_msr *msrs = realloc(snapshot->msrs, room * sizeof(*msrs));

		if (!msrs)
			return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
		snapshot->msrs = msrs;
		snapshot->msr_room = room;
	}
	snapshot->msrs[snapshot->msr_count++] = *msr;
	return CPC_OK;
}

static int compare_leaves(const void *left, const void *right)
{
	const struct cpc_leaf *a = left;
	const struct cpc_leaf *b = right;

	if (a->leaf != b->leaf)
		return a->leaf < b->leaf ? -1 : 1;
	return (a->subleaf > b->subleaf) - (a->subleaf < b->subleaf);
}

static int compare_msrs(const void *left, const void *right)
{
	const struct cpc_msr *a = left;
	const struct cpc_msr *b = right;

	return (a->address > b->address) - (a->address < b->address);
}

static enum cpc_status drop_repeated_leaves(struct cpc_snapshot *snapshot, struct cpc_error *reterr)
{
	size_t kept = 0;

	for (size_t i = 0; i < snapshot->leaf_count; i++) {
		struct cpc_leaf *leaf = &snapshot->leaves[i];
		struct cpc_leaf *last = kept ? &snapshot->leaves[kept - 1] : NULL;

		if (!last || compare_leaves(last, leaf)) {
			snapshot->leaves[kept++] = *leaf;
		} else if (memcmp(last->regs, leaf->regs, sizeof(leaf->regs)) != 0) {
			return cpc_fail(reterr, CPC_BAD_DATA, 0,
					"two different answers for CPUID leaf 0x%" PRIx32 " subleaf 0x%" PRIx32,
					leaf->leaf, leaf->subleaf);
		}
	}
	snapshot->leaf_count = kept;
	return CPC_OK;
}

static enum cpc_status drop_repeated_msrs(struct cpc_snapshot *snapshot, struct cpc_error *reterr)
{
	size_t kept = 0;

	for (size_t i = 0; i < snapshot->msr_count; i++) {
		struct cpc_msr *msr = &snapshot->msrs[i];
		struct cpc_msr *last = kept ? &snapshot->msrs[kept - 1] : NULL;

		if (!last || last->address != msr->address)
			snapshot->msrs[kept++] = *msr;
		else if (last->readable != msr->readable || last->value != msr->value)
			return cpc_fail(reterr, CPC_BAD_DATA, 0, "two different values for MSR 0x%" PRIx32,
					msr->address);
	}
	snapshot->msr_count = kept;
	return CPC_OK;
}

/* Twelve bytes, of which every processor ever made prints at least one. */
static bool names_vendor(const struct cpc_snapshot *snapshot)
{
	const uint32_t *regs = snapshot->leaves[0].regs;

	for (int byte = 0; byte < 32; byte += 8)
		for (int reg = CPC_EBX; reg <= CPC_EDX; reg++)
			if ((regs[reg] >> byte & 0xff) >= ' ' && (regs[reg] >> byte & 0xff) <= '~')
				return true;
	return false;
}

enum cpc_status cpc_snapshot_seal(struct cpc_snapshot *snapshot, struct cpc_error *reterr)
{
	enum cpc_status status;

	if (snapshot->leaf_count)
		qsort(snapshot->leaves, snapshot->leaf_count, sizeof(*snapshot->leaves), compare_leaves);
	if (snapshot->msr_count)
		qsort(snapshot->msrs, snapshot->msr_count, sizeof(*snapshot->msrs), compare_msrs);
	status = drop_repeated_leaves(snapshot, reterr);
	if (status)
		return status;
	status = drop_repeated_msrs(snapshot, reterr);
	if (status)
		return status;
	if (!snapshot->leaf_count || snapshot->leaves[0].leaf != 0 || snapshot->leaves[0].subleaf != 0)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "no CPUID leaf 0: vendor and maximum leaf are missing");
	if (!names_vendor(snapshot))
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "CPUID leaf 0 names no vendor: this is no processor's answer");
	return CPC_OK;
}

void cpc_snapshot_free(struct cpc_snapshot *snapshot)
{
	if (!snapshot)
		return;
	free(snapshot->leaves);
	free(snapshot->msrs);
	*snapshot = (struct cpc_snapshot){ 0 };
}

static const struct cpc_leaf *find_leaf(const struct cpc_snapshot *snapshot, uint32_t leaf, uint32_t subleaf)
{
	const struct cpc_leaf key = { .leaf = leaf, .subleaf = subleaf };

	if (!snapshot->leaf_count)
		return NULL;
	return bsearch(&key, snapshot->leaves, snapshot->leaf_count, sizeof(key), compare_leaves);
}

uint32_t cpc_leaf_group(uint32_t leaf)
{
	/* Hypervisors announce blocks of 0x100 leaves each, every block with its own maximum. */
	return leaf >> 16 == 0x4000 ? leaf & 0xffffff00U : leaf & 0xffff0000U;
}

const struct cpc_leaf *cpc_snapshot_leaf(const struct cpc_snapshot *snapshot, uint32_t leaf, uint32_t subleaf)
{
	const uint32_t group = cpc_leaf_group(leaf);
	const struct cpc_leaf *first = find_leaf(snapshot, group, 0);

	if (!first || first->regs[CPC_EAX] < leaf || first->regs[CPC_EAX] - group > 0xffff)
		return NULL;
	return find_leaf(snapshot, leaf, subleaf);
}

/* From maximum leaf 5 on (Pentium 4) every processor has extended leaves; those before may have none. */
#define HAS_EXTENDED_LEAVES 5

/*
 * The highest subleaf, where the leaf itself tells. Of 0xD the second is there where anything can be saved: XCR0's
 * first bit is set in every processor with XSAVE (SDM 1, 13.3), and KVM offers no second where it offers no component.
 */
static uint32_t last_subleaf(const struct cpc_snapshot *snapshot, uint32_t leaf)
{
	const uint32_t eax = cpc_snapshot_reg(snapshot, leaf, 0, CPC_EAX);

	return leaf == 0xd && eax ? 1 : eax;
}

/* Whether the processor should have a group of which there is not even the first leaf. */
static bool group_missing(const struct cpc_snapshot *snapshot, uint32_t group)
{
	if (group == 0xc0000000U)
		return cpc_has_centaur_leaves(cpc_snapshot_signature(snapshot).vendor);
	return group == 0x80000000U && cpc_snapshot_reg(snapshot, 0, 0, CPC_EAX) >= HAS_EXTENDED_LEAVES;
}

bool cpc_snapshot_missing(const struct cpc_snapshot *snapshot, uint32_t leaf, uint32_t subleaf)
{
	const uint32_t group = cpc_leaf_group(leaf);

	if (cpc_snapshot_leaf(snapshot, leaf, subleaf))
		return false;
	if (!find_leaf(snapshot, group, 0))
		return group_missing(snapshot, group);
	if (cpc_snapshot_reg(snapshot, group, 0, CPC_EAX) < leaf)
		return false;
	return !subleaf || !cpc_snapshot_leaf(snapshot, leaf, 0) || subleaf <= last_subleaf(snapshot, leaf);
}

uint32_t cpc_snapshot_reg(const struct cpc_snapshot *snapshot, uint32_t leaf, uint32_t subleaf, enum cpc_reg reg)
{
	const struct cpc_leaf *found = cpc_snapshot_leaf(snapshot, leaf, subleaf);

	return found ? found->regs[reg] : 0;
}

const struct cpc_msr *cpc_snapshot_msr(const struct cpc_snapshot *snapshot, uint32_t address)
{
	const struct cpc_msr key = { .address = address };

	if (!snapshot->msr_count)
		return NULL;
	return bsearch(&key, snapshot->msrs, snapshot->msr_count, sizeof(key), compare_msrs);
}

static void put_bytes(char *bytes, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		bytes[i] = (char)(value >> (8 * i) & 0xff);
}

void cpc_vendor_of(const uint32_t regs[static CPC_REG_COUNT], char ret_vendor[static CPC_VENDOR_SIZE])
{
	put_bytes(ret_vendor, regs[CPC_EBX]);
	put_bytes(ret_vendor + 4, regs[CPC_EDX]);
	put_bytes(ret_vendor + 8, regs[CPC_ECX]);
	ret_vendor[CPC_VENDOR_SIZE - 1] = '\0';
}

bool cpc_has_centaur_leaves(const char *vendor)
{
	return strcmp(vendor, "CentaurHauls") == 0 || strcmp(vendor, "  Shanghai  ") == 0;
}

struct cpc_signature cpc_snapshot_signature(const struct cpc_snapshot *snapshot)
{
	const uint32_t eax = cpc_snapshot_reg(snapshot, 1, 0, CPC_EAX);
	const struct cpc_leaf *zero = cpc_snapshot_leaf(snapshot, 0, 0);
	struct cpc_signature signature = {
		.family = eax >> 8 & 0xf,
		.model = eax >> 4 & 0xf,
		.stepping = eax & 0xf,
	};

	if (signature.family >= 6)
		signature.model |= eax >> 12 & 0xf0;
	if (signature.family == 15)
		signature.family += eax >> 20 & 0xff;
	if (zero)
		cpc_vendor_of(zero->regs, signature.vendor);
	return signature;
}

void cpc_snapshot_brand(const struct cpc_snapshot *snapshot, char ret_brand[static CPC_BRAND_SIZE])
{
	char raw[CPC_BRAND_SIZE] = { 0 };
	size_t length = 0;

	for (uint32_t leaf = 0; leaf < 3; leaf++)
		for (int reg = 0; reg < CPC_REG_COUNT; reg++)
			put_bytes(raw + 16 * leaf + 4 * (size_t)reg,
				  cpc_snapshot_reg(snapshot, 0x80000002U + leaf, 0, (enum cpc_reg)reg));
	for (size_t i = 0; raw[i]; i++) {
		const char c = raw[i];

		if (c < ' ' || c > '~')
			continue;
		if (c != ' ' || (length && ret_brand[length - 1] != ' '))
			ret_brand[length++] = c;
	}
	if (length && ret_brand[length - 1] == ' ')
		length--;
	ret_brand[length] = '\0';
}
