/* SPDX-License-Identifier: MIT */
#ifndef CPC_FLEET_DOCUMENT_H
#define CPC_FLEET_DOCUMENT_H

#include <stdbool.h>
#include <stddef.h>

#include <cpucompat/fleet.h>

/** Whether bytes begin like a fleet document of ours, of whatever version. */
bool cpc_fleet_document_recognise(const char *bytes, size_t length);

/**
 * Read a cpucompat/fleet/1 document back: its classes with the hosts that they name, and how many more there are.
 * Everything else in it follows from these, and is not read. Counts its hosts into `fleet`. CPC_BAD_DATA for what is no
 * such document, is one of another version, contradicts itself, or has fingerprints that are not known here;
 * `fleet` then has a part of its hosts, and is fit to be freed.
 */
enum cpc_status cpc_fleet_document_read(const char *bytes, size_t length, struct cpc_fleet *fleet,
					struct cpc_error *reterr);

/** How many sources gave nothing when a document that was read was saved: hosts may be missing in it. 0 without memory.
 */
size_t cpc_fleet_document_unreadable(const char *bytes, size_t length);

#endif
