/* SPDX-License-Identifier: MIT */
/*
 * From where CPUID was seen: on bare metal, in a guest, or in the root partition of
 * Hyper-V, which is a guest of the hypervisor that it manages.
 */
#include "derive.h"

#include <string.h>

/* Hypervisors announce themselves in blocks of 0x100 leaves; Xen and KVM move up when they also speak Hyper-V's. */
#define FIRST_BLOCK 0x40000000U
#define LAST_BLOCK 0x4000ff00U
#define BLOCK 0x100U

struct row {
	const char *signature;
	const char *id;
	const char *name;
};

static const struct row rows[] = {
#define CPC_HYPERVISOR(signature, id, name) { (signature), (id), (name) },
#define CPC_EMULATOR(vendor, id, name)
#include <cpucompat/hypervisors.def>
#undef CPC_HYPERVISOR
#undef CPC_EMULATOR
};

static const struct row emulators[] = {
#define CPC_HYPERVISOR(signature, id, name)
#define CPC_EMULATOR(vendor, id, name) { (vendor), (id), (name) },
#include <cpucompat/hypervisors.def>
#undef CPC_HYPERVISOR
#undef CPC_EMULATOR
};

static const struct row *find(const struct row *table, size_t count, const char *signature)
{
	for (size_t i = 0; i < count; i++)
		if (strncmp(table[i].signature, signature, CPC_VENDOR_SIZE - 1) == 0)
			return &table[i];
	return NULL;
}

static const struct row *row_of(const char *signature)
{
	return find(rows, sizeof(rows) / sizeof(rows[0]), signature);
}

static void read_signature(const struct cpc_leaf *leaf, char ret_signature[static CPC_VENDOR_SIZE])
{
	memset(ret_signature, 0, CPC_VENDOR_SIZE);
	for (int reg = CPC_EBX; reg <= CPC_EDX; reg++)
		for (int byte = 0; byte < 4; byte++)
			ret_signature[4 * (reg - CPC_EBX) + byte] = (char)(leaf->regs[reg] >> (8 * byte) & 0xff);
}

/* "Microsoft Hv" is what others claim to be too; a more specific name in a later block wins. */
static bool is_generic(const char *id)
{
	return strcmp(id, "microsoft") == 0 || strcmp(id, "unknown") == 0;
}

/* Only the interface id says whether the leaves that follow are Hyper-V's (TLFS 2.4). */
static bool has_hv1(const struct cpc_snapshot *snapshot, uint32_t base)
{
	const uint32_t hv1 = 0x31237648; /* "Hv#1" */

	return cpc_snapshot_reg(snapshot, base + 1, 0, CPC_EAX) == hv1;
}

static void look_at_block(const struct cpc_snapshot *snapshot, const struct cpc_leaf *leaf,
			  struct cpc_hypervisor *hypervisor)
{
	char signature[CPC_VENDOR_SIZE];
	const struct row *row;

	read_signature(leaf, signature);
	row = row_of(signature);
	if (row && strcmp(row->id, "microsoft") == 0) {
		hypervisor->hv1 |= has_hv1(snapshot, leaf->leaf);
		/* With another interface it is none of Microsoft's, whatever it is. */
		if (!has_hv1(snapshot, leaf->leaf) && cpc_snapshot_leaf(snapshot, leaf->leaf + 1, 0))
			row = NULL;
	}
	if (!signature[0] || (hypervisor->signature[0] && (!row || !is_generic(hypervisor->id))))
		return;
	memcpy(hypervisor->signature, signature, sizeof(signature));
	hypervisor->id = row ? row->id : "unknown";
	hypervisor->name = row ? row->name : "an unknown hypervisor";
	hypervisor->base = leaf->leaf;
}

/* A program that answers CPUID by itself may sign in the vendor's place instead. */
static void look_at_vendor(const struct cpc_snapshot *snapshot, struct cpc_hypervisor *hypervisor)
{
	const struct cpc_signature signature = cpc_snapshot_signature(snapshot);
	const struct row *row = find(emulators, sizeof(emulators) / sizeof(emulators[0]), signature.vendor);

	if (!row || hypervisor->signature[0])
		return;
	memcpy(hypervisor->signature, signature.vendor, sizeof(hypervisor->signature));
	hypervisor->id = row->id;
	hypervisor->name = row->name;
}

/*
 * What Xen tells: a feature of page tables that PV guests alone have, features that HVM
 * guests alone have, and to these their number (Xen include/public/arch-x86/cpuid.h). A PV
 * guest's CPUID instruction may well be the hardware's, and then tells nothing of this.
 */
static void read_xen(const struct cpc_snapshot *snapshot, struct cpc_hypervisor *hypervisor)
{
	const uint32_t features = cpc_snapshot_reg(snapshot, hypervisor->base + 4, 0, CPC_EAX);
	const uint32_t domain_present = 1U << 4;
	const uint32_t version = cpc_snapshot_reg(snapshot, hypervisor->base + 1, 0, CPC_EAX);

	hypervisor->version.major = version >> 16;
	hypervisor->version.minor = version & 0xffff;
	if (cpc_snapshot_reg(snapshot, hypervisor->base + 2, 0, CPC_ECX) & 1U)
		hypervisor->partition = CPC_PARTITION_PV;
	else if (features)
		hypervisor->partition = CPC_PARTITION_HVM;
	if (hypervisor->partition != CPC_PARTITION_HVM || !(features & domain_present))
		return;
	hypervisor->domain = (struct cpc_number){
		.value = cpc_snapshot_reg(snapshot, hypervisor->base + 4, 0, CPC_ECX),
	};
}

/* The TDX module, which stands between guest and hypervisor, has a leaf of its own (Linux
 * arch/x86/include/asm/shared/tdx.h). */
static bool is_tdx_guest(const struct cpc_snapshot *snapshot)
{
	const struct cpc_leaf *leaf = cpc_snapshot_leaf(snapshot, 0x21, 0);
	uint32_t words[3];

	if (!leaf)
		return false;
	words[0] = leaf->regs[CPC_EBX];
	words[1] = leaf->regs[CPC_EDX];
	words[2] = leaf->regs[CPC_ECX];
	return memcmp(words, "IntelTDX    ", sizeof(words)) == 0;
}

static bool feature_is_set(const struct cpc_snapshot *snapshot, enum cpc_feature_id id)
{
	return cpc_snapshot_bit(snapshot, cpc_features[id].reg, cpc_features[id].bit) == CPC_SET;
}

struct cpc_hypervisor cpc_hypervisor_of(const struct cpc_snapshot *snapshot)
{
	struct cpc_hypervisor hypervisor = {
		.id = "unknown",
		.name = "an unknown hypervisor",
		.domain = { .unknown = true },
		.level = { .unknown = true },
	};

	for (uint32_t block = FIRST_BLOCK; block <= LAST_BLOCK; block += BLOCK) {
		const struct cpc_leaf *leaf = cpc_snapshot_leaf(snapshot, block, 0);

		if (leaf)
			look_at_block(snapshot, leaf, &hypervisor);
	}
	look_at_vendor(snapshot, &hypervisor);
	/* The bit can be switched off while the leaves stay (QEMU's hypervisor=off), so a known name counts as well. */
	hypervisor.present = feature_is_set(snapshot, CPC_F_hypervisor) || strcmp(hypervisor.id, "unknown") != 0;
	if (!hypervisor.present)
		return hypervisor;
	if (strcmp(hypervisor.id, "microsoft") == 0 && hypervisor.hv1)
		cpc_hyperv_of(snapshot, &hypervisor);
	else if (strcmp(hypervisor.id, "xen") == 0)
		read_xen(snapshot, &hypervisor);
	if (!hypervisor.isolation && is_tdx_guest(snapshot))
		hypervisor.isolation = CPC_ISOLATION_TDX;
	hypervisor.shows_virt =
		feature_is_set(snapshot, CPC_F_vmx) || feature_is_set(snapshot, CPC_F_svm) ? CPC_SET : CPC_CLEAR;
	return hypervisor;
}

/* Hyper-V's root partition, and Xen's control domain where it tells its number. */
static bool is_root(const struct cpc_hypervisor *hypervisor)
{
	return hypervisor->partition == CPC_PARTITION_ROOT ||
	       (hypervisor->partition == CPC_PARTITION_HVM && !hypervisor->domain.unknown && !hypervisor->domain.value);
}

enum cpc_vantage cpc_vantage_of(const struct cpc_hypervisor *hypervisor, enum cpc_origin origin)
{
	if (origin == CPC_ORIGIN_DUMP || origin == CPC_ORIGIN_FINGERPRINT)
		return CPC_DUMP;
	if (!hypervisor->present)
		return CPC_BARE_METAL;
	return is_root(hypervisor) ? CPC_ROOT_PARTITION : CPC_GUEST;
}

const char *cpc_vantage_name(enum cpc_vantage vantage)
{
	static const char *const names[CPC_VANTAGE_COUNT] = {
		[CPC_BARE_METAL] = "bare-metal",
		[CPC_GUEST] = "guest",
		[CPC_ROOT_PARTITION] = "root-partition",
		[CPC_DUMP] = "dump",
	};

	return names[vantage];
}

const char *cpc_partition_name(enum cpc_partition partition)
{
	static const char *const names[CPC_PARTITION_COUNT] = {
		[CPC_PARTITION_GUEST] = "guest", [CPC_PARTITION_ROOT] = "root", [CPC_PARTITION_L1VH] = "l1vh",
		[CPC_PARTITION_PV] = "pv",	 [CPC_PARTITION_HVM] = "hvm",
	};

	return names[partition];
}

const char *cpc_isolation_name(enum cpc_isolation isolation)
{
	static const char *const names[CPC_ISOLATION_COUNT] = {
		[CPC_ISOLATION_VBS] = "vbs",
		[CPC_ISOLATION_SNP] = "sev-snp",
		[CPC_ISOLATION_TDX] = "tdx",
		[CPC_ISOLATION_OTHER] = "other",
	};

	return names[isolation];
}
