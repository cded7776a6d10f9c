/* SPDX-License-Identifier: MIT */
/*
 * A table of processor models as libvirt keeps one (its CPU map): vendors, named
 * bits, and models that are sets of them. Whoever reads its files fills one in; the
 * names are those that the files give.
 */
#ifndef CPUCOMPAT_CPU_MAP_H
#define CPUCOMPAT_CPU_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cpucompat/snapshot.h>
#include <cpucompat/status.h>
#include <cpucompat/tables.h>

/** Room for a name and a NUL. Names hold letters, digits, `.`, `_`, `+` and `-`, and so need no quoting anywhere. */
#define CPC_MAP_NAME_SIZE 64

/** Bounds of a table. libvirt 11 has about 450 bits, 150 models, 3 vendors and 8 signatures a model. */
#define CPC_MAP_BITS_MAX 1024
#define CPC_MAP_MODELS_MAX 512
#define CPC_MAP_VENDORS_MAX 16
#define CPC_MAP_SIGNATURES_MAX 16

struct cpc_map_vendor {
	char name[CPC_MAP_NAME_SIZE]; /**< "Intel" */
	char id[CPC_VENDOR_SIZE];     /**< "GenuineIntel" */
};

/** A named bit of a CPUID register or of half an MSR. */
struct cpc_map_bit {
	char name[CPC_MAP_NAME_SIZE];
	bool placed; /**< it is one bit; otherwise what follows is unset */
	uint32_t leaf;
	uint32_t subleaf;
	enum cpc_place place; /**< with MSR_LO and MSR_HI `leaf` is the MSR's address */
	uint8_t bit;
};

struct cpc_map_signature {
	uint32_t family;
	uint32_t model;
	uint32_t stepping_lo;
	uint32_t stepping_hi;
};

/** A set of the map's bits, by index. */
struct cpc_map_bits {
	uint64_t words[CPC_MAP_BITS_MAX / 64];
};

struct cpc_map_model {
	char name[CPC_MAP_NAME_SIZE];
	size_t vendor;	 /**< 1 and up: of the map's vendors; 0: of any vendor */
	bool not_guests; /**< the map offers it for describing hosts alone */
	struct cpc_map_signature signatures[CPC_MAP_SIGNATURES_MAX];
	size_t signature_count;
	struct cpc_map_bits has;
	struct cpc_map_bits removed; /**< once were part of the model: a hypervisor may still add them */
};

/** Zero-initialise; release with cpc_cpu_map_free(). */
struct cpc_cpu_map {
	struct cpc_map_vendor vendors[CPC_MAP_VENDORS_MAX];
	size_t vendor_count;
	struct cpc_map_bit *bits;
	size_t bit_count;
	struct cpc_map_model *models; /**< in the order of the files */
	size_t model_count;
	bool no_maxphysaddr; /**< this libvirt is known not to take the element <maxphysaddr> */
};

static inline bool cpc_map_bits_hold(const struct cpc_map_bits *bits, size_t index)
{
	return bits->words[index / 64] >> (index % 64) & 1U;
}

static inline void cpc_map_bits_add(struct cpc_map_bits *bits, size_t index)
{
	bits->words[index / 64] |= UINT64_C(1) << (index % 64);
}

static inline void cpc_map_bits_drop(struct cpc_map_bits *bits, size_t index)
{
	bits->words[index / 64] &= ~(UINT64_C(1) << (index % 64));
}

/** Whether it may be a name of the map: see CPC_MAP_NAME_SIZE. */
bool cpc_map_name_is_plain(const char *name);

/**
 * Append one, copied. CPC_BAD_DATA, with `line`, for a name that is not plain or
 * that the map has already, and where it is full; CPC_INTERNAL without memory. The
 * map is as it was after a failure.
 */
enum cpc_status cpc_map_add_vendor(struct cpc_cpu_map *map, const struct cpc_map_vendor *vendor, size_t line,
				   struct cpc_error *reterr);
enum cpc_status cpc_map_add_bit(struct cpc_cpu_map *map, const struct cpc_map_bit *bit, size_t line,
				struct cpc_error *reterr);
enum cpc_status cpc_map_add_model(struct cpc_cpu_map *map, const struct cpc_map_model *model, size_t line,
				  struct cpc_error *reterr);

/** The index of that name; false where the map has none. */
bool cpc_map_vendor_named(const struct cpc_cpu_map *map, const char *name, size_t *ret_index);
bool cpc_map_bit_named(const struct cpc_cpu_map *map, const char *name, size_t *ret_index);
bool cpc_map_model_named(const struct cpc_cpu_map *map, const char *name, size_t *ret_index);

/** The map's vendor of that CPUID string (12 bytes, NUL-padded), or NULL. */
const struct cpc_map_vendor *cpc_map_vendor_of(const struct cpc_cpu_map *map, const char *id);

/** Release everything and zero the struct. NULL is fine. */
void cpc_cpu_map_free(struct cpc_cpu_map *map);

#endif
