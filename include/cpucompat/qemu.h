/* SPDX-License-Identifier: MIT */
/* What qemu.def knows of QEMU. */
#ifndef CPUCOMPAT_QEMU_H
#define CPUCOMPAT_QEMU_H

#include <stdbool.h>

#include <cpucompat/policy.h>
#include <cpucompat/tables.h>

/** Whether QEMU has had a name for the bit since 7.2. */
bool cpc_qemu_names(enum cpc_register reg, unsigned int bit);

/** Whether naming a feature does not give it to a guest. */
bool cpc_qemu_keeps_apart(enum cpc_feature_id id);

/** Whether QEMU's model of that name and libvirt's may disagree about the bit. */
bool cpc_qemu_differs(const char *model, enum cpc_register reg, unsigned int bit);

/** Whether QEMU has no model of that name. */
bool cpc_qemu_lacks(const char *model);

/** The model that stands in where no map is at hand. */
struct cpc_qemu_bare {
	const char *name;
	struct cpc_feature_list brings; /**< what it may have */
};

extern const struct cpc_qemu_bare cpc_qemu_bare;

#endif
