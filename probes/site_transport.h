/* SPDX-License-Identifier: MIT */
/* By which way a disk is reached. */
#ifndef CPC_SITE_TRANSPORT_H
#define CPC_SITE_TRANSPORT_H

#include "site_entry.h"

/** Of a disk of /sys/block: by the devices that it hangs from, else by what its host adapter is. */
enum cpc_transport cpc_site_transport_of(const struct cpc_entry *disk);

#endif
