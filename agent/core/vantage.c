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
#include <cpucompat/hypervisors.def>
#undef CPC_HYPERVISOR
};

static const struct row *row_of(const char *signature)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (strncmp(rows[i].signature, signature, CPC_VENDOR_SIZE - 1) == 0)
			return &rows[i];
	return NULL;
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

static void look_at_block(const struct cpc_leaf *leaf, struct cpc_hypervisor *hypervisor)
{
	char signature[CPC_VENDOR_SIZE];
	const struct row *row;

	read_signature(leaf, signature);
	row = row_of(signature);
	if (!signature[0] || (hypervisor->signature[0] && (!row || !is_generic(hypervisor->id))))
		return;
	memcpy(hypervisor->signature, signature, sizeof(signature));
	hypervisor->id = row ? row->id : "unknown";
	hypervisor->name = row ? row->name : "an unknown hypervisor";
}

struct cpc_hypervisor cpc_hypervisor_of(const struct cpc_snapshot *snapshot)
{
	struct cpc_hypervisor hypervisor = { .id = "unknown", .name = "an unknown hypervisor" };

	for (uint32_t block = FIRST_BLOCK; block <= LAST_BLOCK; block += BLOCK) {
		const struct cpc_leaf *leaf = cpc_snapshot_leaf(snapshot, block, 0);

		if (leaf)
			look_at_block(leaf, &hypervisor);
	}
	/* The bit can be switched off while the leaves stay (QEMU's hypervisor=off), so a known name counts as well. */
	hypervisor.present = cpc_snapshot_reg(snapshot, 1, 0, CPC_ECX) >> cpc_features[CPC_F_hypervisor].bit & 1U ||
			     strcmp(hypervisor.id, "unknown") != 0;
	return hypervisor;
}

/*
 * The root partition may create partitions and manage CPUs, and is not isolated
 * (TLFS, leaf 0x40000003 ebx bits 0, 12 and 22).
 */
static bool is_root_partition(const struct cpc_snapshot *snapshot, const struct cpc_hypervisor *hypervisor)
{
	const uint32_t hv1 = 0x31237648; /* "Hv#1" */
	const uint32_t privileges = cpc_snapshot_reg(snapshot, 0x40000003, 0, CPC_EBX);

	return strcmp(hypervisor->id, "microsoft") == 0 && cpc_snapshot_reg(snapshot, 0x40000001, 0, CPC_EAX) == hv1 &&
	       privileges & 1U << 0 && privileges & 1U << 12 && !(privileges & 1U << 22);
}

enum cpc_vantage cpc_vantage_of(const struct cpc_snapshot *snapshot, const struct cpc_hypervisor *hypervisor,
				enum cpc_origin origin)
{
	if (origin == CPC_ORIGIN_DUMP || origin == CPC_ORIGIN_FINGERPRINT)
		return CPC_DUMP;
	if (!hypervisor->present)
		return CPC_BARE_METAL;
	return is_root_partition(snapshot, hypervisor) ? CPC_ROOT_PARTITION : CPC_GUEST;
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
