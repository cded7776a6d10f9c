/* SPDX-License-Identifier: MIT */
/*
 * From a baseline to the processor that a guest is to be given, and how that is said
 * in another program's words: the closest model of a map, and what has to be named
 * beside it.
 */
#ifndef CPUCOMPAT_GUEST_CPU_H
#define CPUCOMPAT_GUEST_CPU_H

#include <cpucompat/cpu_map.h>
#include <cpucompat/fingerprint.h>

/** What becomes of a bit. */
enum cpc_give {
	CPC_WITHHOLD = 0, /**< not in the baseline, or not known to be: the guest must not have it */
	CPC_GIVE,	  /**< in the baseline */
	CPC_LEAVE,	  /**< the hypervisor's own business (APIC, topology): neither asked for nor forbidden */
};

/** A guest's processor. A plain value. */
struct cpc_guest_cpu {
	char vendor[CPC_VENDOR_SIZE];
	uint32_t family;
	uint32_t model;
	uint32_t stepping;
	struct cpc_number physical_bits; /**< 0: the hypervisor's own business, without long mode */
	uint32_t give[CPC_WORD_COUNT];
	uint32_t leave[CPC_WORD_COUNT];
	uint32_t implied[CPC_WORD_COUNT]; /**< of give: bits that follow from others and that nobody names */
	uint32_t partial[CPC_WORD_COUNT]; /**< bad news that only some of the hosts have, and so no guest can be told */
	uint32_t unread[CPC_WORD_COUNT];
};

/**
 * The processor of a baseline of `count` hosts. Every bit of the baseline is given
 * but for those that KVM or QEMU keep from guests (policies.def, `withheld` of kvm-host-model;
 * qemu.def, APART), and for bad news (rule ANY) that not every host has: a hypervisor
 * starts no guest with a bit that the host lacks.
 */
void cpc_guest_cpu_of(const struct cpc_fingerprint *baseline, const struct cpc_fingerprint *const *hosts, size_t count,
		      struct cpc_guest_cpu *ret_guest);

/** What becomes of a bit of ours, and of one of a map. What no fingerprint holds is withheld. */
enum cpc_give cpc_guest_gives(const struct cpc_guest_cpu *guest, enum cpc_register reg, unsigned int bit);
enum cpc_give cpc_guest_gives_map_bit(const struct cpc_guest_cpu *guest, const struct cpc_map_bit *bit);

/**
 * The model that needs the fewest words beside it: of the guest's vendor or of none,
 * first among those with the guest's family and model, and one that QEMU can start.
 * NULL where the map has none such.
 */
const struct cpc_map_model *cpc_map_closest(const struct cpc_cpu_map *map, const struct cpc_guest_cpu *guest);

/** Whether a guest of that model could have a bit that nobody asked for, or lack one that the map says it has. */
bool cpc_map_uncertain(const struct cpc_map_model *model, const struct cpc_map_bit *bit, size_t index);

/** Where a bit of a map is among our registers; false where it is in none of them. */
bool cpc_map_bit_register(const struct cpc_map_bit *bit, enum cpc_register *ret_reg);

/** The map's bit at a place of ours; false where the map has no name for it. */
bool cpc_map_bit_at(const struct cpc_cpu_map *map, enum cpc_register reg, unsigned int bit, size_t *ret_index);

#endif
