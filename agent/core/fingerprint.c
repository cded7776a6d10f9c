/* SPDX-License-Identifier: MIT */
/*
 * From one snapshot to everything of it that matters to a move: the compared
 * registers under their canonical masks, and the scalars.
 */
#include <cpucompat/fingerprint.h>

#include <string.h>

#define ARCH_CAPABILITIES 0x10aU

/* Bytes of the XSAVE area's legacy region and header (SDM vol. 1, 13.4). */
#define XSAVE_LEAST 0x240U

/* CPUID.0DH, subleaf n > 1, ECX bit 1: component n begins at a multiple of 64 bytes in the compacted format. */
#define COMPACTED_ALIGNED 2U

/*
 * An MSR word. CPUID 7.0.edx[29] announces IA32_ARCH_CAPABILITIES; without it
 * there is nothing to read, and what a dump may hold for it (KVM answers for AMD
 * processors too) is not the processor's.
 */
static void take_msr(const struct cpc_snapshot *snapshot, enum cpc_register word, uint32_t mask,
		     struct cpc_fingerprint *fingerprint)
{
	const struct cpc_feature *announced = &cpc_features[CPC_F_arch_capabilities];
	const struct cpc_msr *msr = cpc_snapshot_msr(snapshot, cpc_registers[word].leaf);

	if (!cpc_snapshot_missing(snapshot, 7, 0) &&
	    !(cpc_snapshot_reg(snapshot, 7, 0, CPC_EDX) >> announced->bit & 1U))
		return;
	if (!msr || !msr->readable)
		fingerprint->unread[word] = mask;
	else if (cpc_registers[word].place == CPC_PLACE_MSR_HI)
		fingerprint->words[word] = (uint32_t)(msr->value >> 32) & mask;
	else
		fingerprint->words[word] = (uint32_t)msr->value & mask;
}

/*
 * Intel processors show SYSCALL in 64-bit mode only (SDM vol. 2A, CPUID.80000001H),
 * so dumps made by 32-bit programs lack it. Long mode always has the instruction.
 */
static void mend_syscall(struct cpc_fingerprint *fingerprint)
{
	const struct cpc_feature *lm = &cpc_features[CPC_F_lm];
	const struct cpc_feature *syscall = &cpc_features[CPC_F_syscall];

	if (fingerprint->words[lm->reg] >> lm->bit & 1U)
		fingerprint->words[syscall->reg] |= UINT32_C(1) << syscall->bit;
}

static void forget(struct cpc_fingerprint *fingerprint, enum cpc_register word, const uint32_t *masks)
{
	fingerprint->words[word] = 0;
	fingerprint->unread[word] = masks[word];
}

/*
 * Dumps without subleaf numbers kept some subleaf of leaf 0xD in the place of
 * another. Every processor with XSAVE supports the x87 and SSE states, so a first
 * subleaf that denies both, or an area without room for them, is not the first; and a second that says what AVX's
 * component says, 0x100 bytes at 0x240, is that. What they replaced is unread.
 */
static void distrust_xsave(const struct cpc_snapshot *snapshot, const uint32_t *masks,
			   struct cpc_fingerprint *fingerprint)
{
	const struct cpc_leaf *first = cpc_snapshot_leaf(snapshot, 0xd, 0);
	const struct cpc_leaf *second = cpc_snapshot_leaf(snapshot, 0xd, 1);
	const struct cpc_feature *xsave = &cpc_features[CPC_F_xsave];
	const bool has_xsave = fingerprint->words[xsave->reg] >> xsave->bit & 1U;
	const bool denies = first && !(first->regs[CPC_EAX] & 3U);
	/* The size of everything (ecx) is never below that of legacy area and header; left out, it is 0. */
	const bool too_small = first && first->regs[CPC_ECX] && first->regs[CPC_ECX] < XSAVE_LEAST;
	const bool odd_first = has_xsave && (denies || too_small);

	if (odd_first) {
		forget(fingerprint, CPC_LD_0_EAX, masks);
		forget(fingerprint, CPC_LD_0_EDX, masks);
	}
	if (odd_first || (second && second->regs[CPC_EAX] == 0x100 && second->regs[CPC_EBX] == 0x240)) {
		forget(fingerprint, CPC_LD_1_EAX, masks);
		forget(fingerprint, CPC_LD_1_ECX, masks);
	}
}

static void take_words(const struct cpc_snapshot *snapshot, const uint32_t *masks, struct cpc_fingerprint *fingerprint)
{
	for (unsigned int word = 0; word < CPC_WORD_COUNT; word++) {
		const struct cpc_register_info *info = &cpc_registers[word];

		if (info->place >= CPC_PLACE_MSR_LO)
			take_msr(snapshot, (enum cpc_register)word, masks[word], fingerprint);
		else if (cpc_snapshot_missing(snapshot, info->leaf, info->subleaf))
			fingerprint->unread[word] = masks[word];
		else
			fingerprint->words[word] =
				cpc_snapshot_reg(snapshot, info->leaf, info->subleaf, (enum cpc_reg)info->place) &
				masks[word];
	}
}

/*
 * Processors without leaf 0x80000008 have 36 physical address bits with PAE, else
 * 32, and 32 linear ones (SDM vol. 3A, 4.1.4).
 */
static void take_address_bits(const struct cpc_snapshot *snapshot, struct cpc_fingerprint *fingerprint)
{
	const uint32_t edx = cpc_snapshot_reg(snapshot, 1, 0, CPC_EDX);

	if (!fingerprint->scalars[CPC_S_pa].unknown && !fingerprint->scalars[CPC_S_pa].value)
		fingerprint->scalars[CPC_S_pa].value = edx >> cpc_features[CPC_F_pae].bit & 1U ? 36 : 32;
	if (!fingerprint->scalars[CPC_S_la].unknown && !fingerprint->scalars[CPC_S_la].value)
		fingerprint->scalars[CPC_S_la].value =
			cpc_snapshot_reg(snapshot, 0x80000001U, 0, CPC_EDX) >> cpc_features[CPC_F_lm].bit & 1U ? 48
													       : 32;
}

uint64_t cpc_scalar_field(const struct cpc_snapshot *snapshot, enum cpc_scalar_id id)
{
	const struct cpc_scalar *scalar = &cpc_scalars[id];
	const uint64_t bits = UINT64_C(1) << (scalar->hi - scalar->lo + 1);
	const uint32_t reg = cpc_snapshot_reg(snapshot, scalar->leaf, scalar->subleaf, scalar->reg);

	return ((reg >> scalar->lo) & (bits - 1)) * scalar->scale;
}

static void take_scalars(const struct cpc_snapshot *snapshot, struct cpc_fingerprint *fingerprint)
{
	for (unsigned int i = 0; i < CPC_SCALAR_COUNT; i++) {
		const struct cpc_scalar *scalar = &cpc_scalars[i];

		if (!cpc_scalar_in_text((enum cpc_scalar_id)i) || scalar->derived || scalar->rule == CPC_SCALAR_LAYOUT)
			continue;
		fingerprint->scalars[i].unknown = cpc_snapshot_missing(snapshot, scalar->leaf, scalar->subleaf);
		fingerprint->scalars[i].value = cpc_scalar_field(snapshot, (enum cpc_scalar_id)i);
	}
	take_address_bits(snapshot, fingerprint);
}

uint64_t cpc_fingerprint_xcr0(const struct cpc_fingerprint *fingerprint)
{
	return fingerprint->words[CPC_LD_0_EAX] | (uint64_t)fingerprint->words[CPC_LD_0_EDX] << 32;
}

/* A component of no size is one that nobody was told about: a dump, or a hypervisor, that left the subleaf out. */
static const struct cpc_leaf *component_leaf(const struct cpc_snapshot *snapshot, unsigned int index)
{
	const struct cpc_leaf *leaf = cpc_snapshot_leaf(snapshot, 0xd, index);

	return leaf && leaf->regs[CPC_EAX] ? leaf : NULL;
}

/*
 * Old dumps lack the subleaves of the components. Where AVX's is the only one
 * beyond the legacy area and the whole area has 0x340 bytes, its 0x100 bytes can only
 * follow the 0x240 of legacy area and header (SDM vol. 1, 13.4).
 */
static bool only_avx_fits(const struct cpc_snapshot *snapshot, uint64_t components)
{
	return components >> 2 == 1 && cpc_snapshot_reg(snapshot, 0xd, 0, CPC_ECX) == 0x340;
}

/*
 * Components 0 and 1 (x87 and SSE) lie in the legacy area and never move. Of the
 * supervisor components only those count that the canonical mask leaves in (CET).
 */
static void take_layout(const struct cpc_snapshot *snapshot, struct cpc_fingerprint *fingerprint)
{
	const uint64_t components = cpc_fingerprint_xcr0(fingerprint) | fingerprint->words[CPC_LD_1_ECX];

	if (cpc_word_unread(fingerprint, CPC_LD_0_EAX))
		fingerprint->layout_unknown = true;
	for (unsigned int i = 2; i < CPC_COMPONENTS_MAX; i++) {
		const struct cpc_leaf *leaf = snapshot->layout_unknown ? NULL : component_leaf(snapshot, i);
		struct cpc_component component = { .index = (uint8_t)i, .offset = 0x240, .size = 0x100 };

		if (!(components >> i & 1U))
			continue;
		if (!leaf && !only_avx_fits(snapshot, components)) {
			fingerprint->layout_unknown = true;
			fingerprint->layout_count = 0;
			fingerprint->scalars[CPC_S_xa].value = 0;
			break;
		}
		if (leaf) {
			component.offset = leaf->regs[CPC_EBX];
			component.size = leaf->regs[CPC_EAX];
			if (leaf->regs[CPC_ECX] & COMPACTED_ALIGNED)
				fingerprint->scalars[CPC_S_xa].value |= UINT64_C(1) << i;
		}
		fingerprint->layout[fingerprint->layout_count++] = component;
	}
}

void cpc_fingerprint_of(const struct cpc_snapshot *snapshot, struct cpc_fingerprint *ret_fingerprint)
{
	const struct cpc_signature signature = cpc_snapshot_signature(snapshot);
	struct cpc_fingerprint fingerprint = {
		.family = signature.family,
		.model = signature.model,
		.stepping = signature.stepping,
		.word_count = CPC_WORD_COUNT,
	};

	uint32_t masks[CPC_WORD_COUNT];

	memcpy(fingerprint.vendor, signature.vendor, sizeof(fingerprint.vendor));
	cpc_canonical_masks(masks);
	take_words(snapshot, masks, &fingerprint);
	mend_syscall(&fingerprint);
	distrust_xsave(snapshot, masks, &fingerprint);
	take_scalars(snapshot, &fingerprint);
	take_layout(snapshot, &fingerprint);
	*ret_fingerprint = fingerprint;
}

enum cpc_tristate cpc_fingerprint_bit(const struct cpc_fingerprint *fingerprint, unsigned int word, unsigned int bit)
{
	if (fingerprint->unread[word] >> bit & 1U)
		return CPC_UNKNOWN;
	return fingerprint->words[word] >> bit & 1U ? CPC_SET : CPC_CLEAR;
}

/* Whether CPUID shows, or may show, anything that uses a state; one that nothing stands for is used by whoever sees it.
 */
static bool has_feature_of(const struct cpc_fingerprint *fingerprint, const uint32_t mask[static CPC_WORD_COUNT],
			   bool for_sure)
{
	uint32_t any = 0;

	for (size_t word = 0; word < CPC_WORD_COUNT; word++) {
		if ((fingerprint->words[word] | (for_sure ? 0 : fingerprint->unread[word])) & mask[word])
			return true;
		any |= mask[word];
	}
	return !any;
}

/*
 * The components that a guest of this host can switch on: not those of a state of which
 * CPUID shows no feature. Hypervisors enable a state by its feature (QEMU
 * target/i386/cpu.c, x86_cpu_enable_xsave_components), as operating systems do. Zen 2
 * shows PKRU's component and no PKU, so that where it lies is no guest's business.
 */
static uint64_t usable(const struct cpc_fingerprint *fingerprint, const struct cpc_xstate_masks *masks, bool for_sure)
{
	const uint64_t shown = cpc_fingerprint_xcr0(fingerprint);
	uint64_t idle = 0;
	uint64_t used = 0;

	for (unsigned int state = 1; state < CPC_XSTATE_COUNT; state++) {
		const uint64_t components = cpc_xstate_components((enum cpc_xstate)state);

		if (!(shown & components))
			continue;
		if (has_feature_of(fingerprint, masks->of[state], for_sure))
			used |= components;
		else
			idle |= components;
	}
	return ~(idle & ~used);
}

uint64_t cpc_fingerprint_usable(const struct cpc_fingerprint *fingerprint, const struct cpc_xstate_masks *masks)
{
	return usable(fingerprint, masks, false);
}

uint64_t cpc_fingerprint_surely_usable(const struct cpc_fingerprint *fingerprint, const struct cpc_xstate_masks *masks)
{
	return usable(fingerprint, masks, true);
}

bool cpc_fingerprint_complete(const struct cpc_fingerprint *fingerprint)
{
	bool unread = fingerprint->layout_unknown;

	for (unsigned int word = 0; word < CPC_WORDS_MAX; word++)
		unread |= cpc_word_unread(fingerprint, word);
	for (unsigned int id = 0; id < CPC_SCALAR_COUNT; id++)
		unread |= fingerprint->scalars[id].unknown;
	return !unread;
}

bool cpc_fingerprint_in_parts(const struct cpc_fingerprint *fingerprint)
{
	uint32_t kept[CPC_WORD_COUNT];

	cpc_canonical_masks(kept);
	for (unsigned int word = 0; word < CPC_WORD_COUNT; word++)
		if (cpc_word_unread(fingerprint, word) && (fingerprint->unread[word] & kept[word]) != kept[word])
			return true;
	return false;
}

const struct cpc_component *cpc_fingerprint_component(const struct cpc_fingerprint *fingerprint, unsigned int index)
{
	for (size_t i = 0; i < fingerprint->layout_count; i++)
		if (fingerprint->layout[i].index == index)
			return &fingerprint->layout[i];
	return NULL;
}
