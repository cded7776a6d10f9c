/* SPDX-License-Identifier: MIT */
/* By which way a disk is reached. */
#ifndef CPC_SITE_TRANSPORT_H
#define CPC_SITE_TRANSPORT_H

#include "site_entry.h"

/** Of a disk of /sys/block: by the devices that it hangs from, else by what its host adapter is. */
enum cpc_transport cpc_site_transport_of(const struct cpc_entry *disk);

/** Whether an end device of SAS, "end_device-0:3", is a SATA disk: then nobody else can reach it. */
bool cpc_site_is_sata(const char *sysroot, const char *end_device);

#endif
