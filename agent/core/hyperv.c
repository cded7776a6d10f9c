/* SPDX-License-Identifier: MIT */
/*
 * What Hyper-V's leaves tell: which partition this is, of which release, how deep it is
 * nested, whether it is isolated (Hypervisor Top Level Functional Specification, chapter 2;
 * Linux include/hyperv/hvgdk_mini.h names the same bits).
 */
#include "derive.h"

#include <string.h>

/* Leaves above the first of its block. */
#define VERSION 2U
#define FEATURES 3U
#define RECOMMENDATIONS 4U
#define HARDWARE 6U
#define ISOLATION 0xcU

/* FEATURES, ebx: what the partition may do. */
#define CREATE_PARTITIONS 0
#define CPU_MANAGEMENT 12
#define ISOLATED 22

/* RECOMMENDATIONS, eax: this hypervisor itself is a guest of Hyper-V's. */
#define NESTED 12

/* HARDWARE, eax[13:10]: how many hypervisors of its kind are below it. */
#define LEVEL_SHIFT 10
#define LEVEL_MASK 0xfU

static const struct cpc_hyperv_build builds[] = {
#define CPC_HYPERV_BUILD(row_major, row_minor, row_build, row_release, row_sure, row_source)                           \
	{ .major = (row_major),                                                                                        \
	  .minor = (row_minor),                                                                                        \
	  .build = (row_build),                                                                                        \
	  .sure = CPC_SURE_##row_sure,                                                                                 \
	  .release = (row_release),                                                                                    \
	  .source = (row_source) },
#include <cpucompat/hyperv_builds.def>
#undef CPC_HYPERV_BUILD
};

static int compare_versions(const struct cpc_hyperv_build *row, const struct cpc_hypervisor_version *version)
{
	if (row->major != version->major)
		return row->major < version->major ? -1 : 1;
	if (row->minor != version->minor)
		return row->minor < version->minor ? -1 : 1;
	return (row->build > version->build) - (row->build < version->build);
}

const struct cpc_hyperv_build *cpc_hyperv_build_of(const struct cpc_hypervisor_version *version)
{
	const struct cpc_hyperv_build *found = NULL;

	for (size_t i = 0; i < sizeof(builds) / sizeof(builds[0]); i++)
		if (compare_versions(&builds[i], version) <= 0)
			found = &builds[i];
	return found;
}

static bool bit(const struct cpc_snapshot *snapshot, uint32_t leaf, enum cpc_reg reg, unsigned int at)
{
	return cpc_snapshot_reg(snapshot, leaf, 0, reg) >> at & 1U;
}

/*
 * Hyper-V 2.0 leaves this leaf zero until the guest has written its own identity to an MSR
 * (TLFS 2.0A, 3.5), which before an operating system runs, nobody did: zeros are no version.
 */
static void read_version(const struct cpc_snapshot *snapshot, struct cpc_hypervisor *hypervisor)
{
	const struct cpc_leaf *leaf = cpc_snapshot_leaf(snapshot, hypervisor->base + VERSION, 0);
	struct cpc_hypervisor_version *version = &hypervisor->version;

	if (!leaf || !leaf->regs[CPC_EAX])
		return;
	*version = (struct cpc_hypervisor_version){
		.build = leaf->regs[CPC_EAX],
		.major = leaf->regs[CPC_EBX] >> 16,
		.minor = leaf->regs[CPC_EBX] & 0xffff,
		.service_pack = leaf->regs[CPC_ECX],
		.service_branch = leaf->regs[CPC_EDX] >> 24,
		.service_number = leaf->regs[CPC_EDX] & 0xffffff,
	};
	hypervisor->build = cpc_hyperv_build_of(version);
	hypervisor->build_exact = hypervisor->build && compare_versions(hypervisor->build, version) == 0;
}

/*
 * The root partition creates partitions and manages CPUs; a parent that does only the
 * former is a guest whose children are siblings (L1VH). An isolated guest trusts nothing
 * that its hypervisor says of its privileges, and neither do we.
 */
static void read_partition(const struct cpc_snapshot *snapshot, struct cpc_hypervisor *hypervisor)
{
	const uint32_t leaf = hypervisor->base + FEATURES;

	if (!cpc_snapshot_leaf(snapshot, leaf, 0))
		return;
	hypervisor->partition = CPC_PARTITION_GUEST;
	if (bit(snapshot, leaf, CPC_EBX, CREATE_PARTITIONS) && !bit(snapshot, leaf, CPC_EBX, ISOLATED))
		hypervisor->partition =
			bit(snapshot, leaf, CPC_EBX, CPU_MANAGEMENT) ? CPC_PARTITION_ROOT : CPC_PARTITION_L1VH;
}

static void read_isolation(const struct cpc_snapshot *snapshot, struct cpc_hypervisor *hypervisor)
{
	static const enum cpc_isolation types[] = { CPC_ISOLATION_OTHER, CPC_ISOLATION_VBS, CPC_ISOLATION_SNP,
						    CPC_ISOLATION_TDX };
	const uint32_t type = cpc_snapshot_reg(snapshot, hypervisor->base + ISOLATION, 0, CPC_EBX) & 0xf;

	if (!bit(snapshot, hypervisor->base + FEATURES, CPC_EBX, ISOLATED))
		return;
	hypervisor->isolation = type < sizeof(types) / sizeof(types[0]) ? types[type] : CPC_ISOLATION_OTHER;
	hypervisor->paravisor = bit(snapshot, hypervisor->base + ISOLATION, CPC_EAX, 0);
}

static void read_nesting(const struct cpc_snapshot *snapshot, struct cpc_hypervisor *hypervisor)
{
	const struct cpc_leaf *hardware = cpc_snapshot_leaf(snapshot, hypervisor->base + HARDWARE, 0);

	if (hardware) {
		hypervisor->level = (struct cpc_number){ .value = hardware->regs[CPC_EAX] >> LEVEL_SHIFT & LEVEL_MASK };
		hypervisor->nested = hypervisor->level.value ? CPC_SET : CPC_CLEAR;
	}
	if (bit(snapshot, hypervisor->base + RECOMMENDATIONS, CPC_EAX, NESTED))
		hypervisor->nested = CPC_SET;
}

void cpc_hyperv_of(const struct cpc_snapshot *snapshot, struct cpc_hypervisor *hypervisor)
{
	read_version(snapshot, hypervisor);
	read_partition(snapshot, hypervisor);
	read_isolation(snapshot, hypervisor);
	read_nesting(snapshot, hypervisor);
}

/*
 * The mode's fixed list hides what came after 64-bit processors with VT-x or AMD-V first
 * had it: each Intel processor of family 6 that Hyper-V starts on has SSSE3, and each of
 * AMD's from family 10h on but 11h has POPCNT, so a guest that has not is in the mode. No
 * document says so; it holds on every dump that we have. A mode that hides what the nodes
 * of one cluster do not share (Windows Server 2025) cannot be seen from within.
 */
enum cpc_tristate cpc_compatibility_mode_of(const struct cpc_snapshot *snapshot,
					    const struct cpc_hypervisor *hypervisor)
{
	const struct cpc_signature signature = cpc_snapshot_signature(snapshot);
	enum cpc_feature_id mark;

	if (hypervisor->partition != CPC_PARTITION_GUEST)
		return CPC_UNKNOWN;
	if (strcmp(signature.vendor, "GenuineIntel") == 0 && signature.family == 6)
		mark = CPC_F_ssse3;
	else if (strcmp(signature.vendor, "AuthenticAMD") == 0 && signature.family >= 0x10 && signature.family != 0x11)
		mark = CPC_F_popcnt;
	else
		return CPC_UNKNOWN;
	switch (cpc_snapshot_bit(snapshot, cpc_features[mark].reg, cpc_features[mark].bit)) {
	case CPC_CLEAR:
		return CPC_SET;
	case CPC_SET:
		return CPC_CLEAR;
	case CPC_UNKNOWN:
		break;
	}
	return CPC_UNKNOWN;
}
