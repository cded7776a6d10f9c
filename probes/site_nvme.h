/* SPDX-License-Identifier: MIT */
/* Namespaces of NVMe, which the kernel makes one disk of, whatever paths there are to it. */
#ifndef CPC_SITE_NVME_H
#define CPC_SITE_NVME_H

#include "site_entry.h"

/** Whether a disk of /sys/block is one, by its name: "nvme0n1". */
bool cpc_site_is_nvme(const char *name);

/** Fill in transport, identity and paths. 0; or -ENOMEM, and then not all of them. */
int cpc_site_read_nvme(const struct cpc_entry *disk, struct cpc_volume *volume);

#endif
