/* SPDX-License-Identifier: MIT */
/*
 * What QEMU and KVM really gave guests of libvirt's machines, as the corpus records it
 * (dumps/libvirt/kvm): read with a scanner of its own, so that a test that asks these
 * files for the truth does not ask the code under test.
 */
#ifndef CPC_TEST_RECORDING_H
#define CPC_TEST_RECORDING_H

#include "cpu_map.h"

#define RECORDED_LEAVES 128
#define RECORDED_MSRS 32
#define RECORDED_NAME 40

/* Registers as they stand in a file: a dump's values, or the bits of one list. */
struct recorded {
	struct cpc_leaf leaves[RECORDED_LEAVES];
	size_t leaf_count;
	struct cpc_msr msrs[RECORDED_MSRS];
	size_t msr_count;
};

struct recording {
	char name[RECORDED_NAME];
	struct recorded host;	 /* its CPUID and the MSRs beside it */
	struct recorded enabled; /* what a guest had of it */
	bool has_kvm;		 /* there is such a list */
};

static inline bool recorded_read(const char *folder, const char *name, const char *end, struct recorded *recorded)
{
	char path[PATH_MAX];
	char line[256];
	FILE *file;

	assert_true(snprintf(path, sizeof(path), "%s/%s%s", folder, name, end) < PATH_MAX);
	file = fopen(path, "re");
	if (!file)
		return false;
	while (fgets(line, sizeof(line), file)) {
		struct cpc_leaf *leaf = &recorded->leaves[recorded->leaf_count];
		struct cpc_msr *msr = &recorded->msrs[recorded->msr_count];
		unsigned long long value;

		assert_true(recorded->leaf_count < RECORDED_LEAVES && recorded->msr_count < RECORDED_MSRS);
		if (sscanf(line, " 0x%x 0x%x: eax=0x%x ebx=0x%x ecx=0x%x edx=0x%x", &leaf->leaf, &leaf->subleaf,
			   &leaf->regs[0], &leaf->regs[1], &leaf->regs[2], &leaf->regs[3]) == 6) {
			recorded->leaf_count++;
		} else if (sscanf(line, "0x%x 0x%llx", &msr->address, &value) == 2) {
			msr->value = value;
			msr->readable = true;
			recorded->msr_count++;
		}
	}
	fclose(file);
	return true;
}

static inline uint32_t recorded_reg(const struct recorded *recorded, uint32_t leaf, uint32_t subleaf, unsigned int reg)
{
	for (size_t i = 0; i < recorded->leaf_count; i++)
		if (recorded->leaves[i].leaf == leaf && recorded->leaves[i].subleaf == subleaf)
			return recorded->leaves[i].regs[reg];
	return 0;
}

static inline uint64_t recorded_msr(const struct recorded *recorded, uint32_t address)
{
	for (size_t i = 0; i < recorded->msr_count; i++)
		if (recorded->msrs[i].address == address)
			return recorded->msrs[i].value;
	return 0;
}

/* Every machine of dumps/libvirt, by name. Returns how many; release with free(). */
static inline size_t recordings_read(struct recording **ret_recordings)
{
	struct corpus_paths paths = { 0 };
	struct recording *recordings;
	char folder[PATH_MAX - 8];
	char kvm[PATH_MAX];
	char dumps[PATH_MAX];
	size_t count = 0;

	assert_true(corpus_path("corpus/dumps/libvirt", dumps));
	assert_true(snprintf(folder, sizeof(folder), "%s", dumps) < (int)sizeof(folder));
	(void)snprintf(kvm, sizeof(kvm), "%s/kvm", folder);
	corpus_list(folder, ".txt", &paths);
	recordings = calloc(paths.count, sizeof(*recordings));
	assert_non_null(recordings);
	for (size_t i = 0; i < paths.count; i++) {
		const char *file = strrchr(paths.items[i], '/') + 1;
		struct recording *recording = &recordings[count];

		if (ends_with(file, "abled.txt"))
			continue;
		assert_true(strlen(file) < sizeof(recording->name));
		memcpy(recording->name, file, strlen(file) - 4);
		assert_true(recorded_read(folder, recording->name, ".txt", &recording->host));
		(void)recorded_read(folder, recording->name, ".msr", &recording->host);
		recording->has_kvm = recorded_read(kvm, recording->name, ".enabled.txt", &recording->enabled);
		(void)recorded_read(kvm, recording->name, ".enabled.msr", &recording->enabled);
		count++;
	}
	corpus_free(&paths);
	*ret_recordings = recordings;
	return count;
}

/* The highest leaf of a group that a guest was given features in, at least the processor's own: QEMU raises it. */
static inline uint32_t recorded_max(const struct recording *recording, uint32_t group)
{
	uint32_t max = recorded_reg(&recording->host, group, 0, CPC_EAX);

	for (size_t i = 0; i < recording->enabled.leaf_count; i++) {
		const uint32_t leaf = recording->enabled.leaves[i].leaf;

		if (cpc_leaf_group(leaf) == group && leaf > max)
			max = leaf;
	}
	return max;
}

/* The XSAVE components that QEMU switches on: those of features that the guest has (x86_cpu_enable_xsave_components).
 */
static inline uint32_t recorded_xcr0(const struct recorded *guest)
{
	const uint32_t leaf_1 = recorded_reg(guest, 1, 0, CPC_ECX);
	const uint32_t leaf_7_ebx = recorded_reg(guest, 7, 0, CPC_EBX);
	const uint32_t leaf_7_ecx = recorded_reg(guest, 7, 0, CPC_ECX);
	uint32_t components = 3;

	if (!(leaf_1 >> 26 & 1U)) /* xsave */
		return 0;
	components |= leaf_1 >> 28 & 1U ? 1U << 2 : 0;	   /* avx */
	components |= leaf_7_ebx >> 14 & 1U ? 3U << 3 : 0; /* mpx */
	components |= leaf_7_ebx >> 16 & 1U ? 7U << 5 : 0; /* avx512f */
	components |= leaf_7_ecx >> 3 & 1U ? 1U << 9 : 0;  /* pku */
	return components;
}

/* As the MSR has it, and not as libvirt keeps it; 0x482 says of the same what 0x48e says. */
static inline void recorded_add_msr(const struct cpc_msr *recorded, struct cpc_snapshot *snapshot)
{
	struct cpc_msr msr = *recorded;

	if (cpu_map_is_control(msr.address))
		msr.value <<= 32;
	assert_int_equal(cpc_snapshot_add_msr(snapshot, &msr, NULL), CPC_OK);
	if (msr.address != 0x48e)
		return;
	msr.address = 0x482;
	assert_int_equal(cpc_snapshot_add_msr(snapshot, &msr, NULL), CPC_OK);
}

/*
 * What KVM offered there, sealed. Registers of features are the recorded list, and XCR0
 * follows from it. The rest a guest sees as the processor has it, for KVM passes it on:
 * vendor and signature, CLFLUSH line, address widths, where each XSAVE component lies;
 * but for the leaves of resource control, of which KVM has none.
 */
static inline struct cpc_snapshot recorded_snapshot(const struct recording *recording)
{
	const struct recorded *guest = &recording->enabled;
	struct cpc_snapshot snapshot = { 0 };
	struct cpc_leaf leaves[2 * RECORDED_LEAVES];
	size_t count = recording->host.leaf_count;

	memcpy(leaves, recording->host.leaves, count * sizeof(*leaves));
	for (size_t i = 0; i < guest->leaf_count; i++) {
		bool found = false;

		for (size_t j = 0; j < count; j++)
			found |= leaves[j].leaf == guest->leaves[i].leaf &&
				 leaves[j].subleaf == guest->leaves[i].subleaf;
		if (!found)
			leaves[count++] = guest->leaves[i];
	}
	for (size_t i = 0; i < count; i++) {
		struct cpc_leaf *leaf = &leaves[i];

		if (leaf->subleaf == 0 && leaf->leaf == cpc_leaf_group(leaf->leaf) && leaf->regs[CPC_EAX] >= leaf->leaf)
			leaf->regs[CPC_EAX] = recorded_max(recording, leaf->leaf);
		for (size_t j = 0; j < CPC_REGISTER_COUNT; j++)
			if (cpc_registers[j].place < CPC_PLACE_MSR_LO && cpc_registers[j].leaf == leaf->leaf &&
			    cpc_registers[j].subleaf == leaf->subleaf)
				leaf->regs[cpc_registers[j].place] =
					recorded_reg(guest, leaf->leaf, leaf->subleaf, cpc_registers[j].place);
		if (leaf->leaf == 0xf || leaf->leaf == 0x10)
			*leaf = (struct cpc_leaf){ .leaf = leaf->leaf, .subleaf = leaf->subleaf };
		if (leaf->leaf == 0xd && leaf->subleaf == 0)
			leaf->regs[CPC_EAX] = recorded_xcr0(guest);
		assert_int_equal(cpc_snapshot_add_leaf(&snapshot, leaf, NULL), CPC_OK);
	}
	for (size_t i = 0; i < guest->msr_count; i++)
		recorded_add_msr(&guest->msrs[i], &snapshot);
	assert_int_equal(cpc_snapshot_seal(&snapshot, NULL), CPC_OK);
	return snapshot;
}

/* The host with both views, as a probe would have captured it; release with cpc_capture_free(). */
static inline struct cpc_capture recorded_capture(const struct recording *recording)
{
	struct cpc_snapshot snapshot = { 0 };
	struct cpc_capture capture = { .origin = CPC_ORIGIN_DUMP };

	for (size_t i = 0; i < recording->host.leaf_count; i++)
		assert_int_equal(cpc_snapshot_add_leaf(&snapshot, &recording->host.leaves[i], NULL), CPC_OK);
	for (size_t i = 0; i < recording->host.msr_count; i++)
		assert_int_equal(cpc_snapshot_add_msr(&snapshot, &recording->host.msrs[i], NULL), CPC_OK);
	assert_int_equal(cpc_snapshot_seal(&snapshot, NULL), CPC_OK);
	assert_int_equal(cpc_capture_add(&capture, 0, &snapshot, NULL), CPC_OK);
	if (recording->has_kvm)
		capture.kvm = (struct cpc_kvm){ .present = true, .snapshot = recorded_snapshot(recording) };
	return capture;
}

#endif
