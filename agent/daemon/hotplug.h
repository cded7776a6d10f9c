/* SPDX-License-Identifier: MIT */
/*
 * The kernel's word that a CPU came, went or changed: a uevent (Linux
 * Documentation/core-api/kobject.rst; lib/kobject_uevent.c writes them). No privilege is needed to listen.
 */
#ifndef CPC_HOTPLUG_H
#define CPC_HOTPLUG_H

#include <stdbool.h>
#include <stddef.h>

/** A message is cut there; what is looked for stands at its beginning. */
#define CPC_UEVENT_SIZE 8192

/** Whether a uevent is about a CPU that was added, removed, changed, or went on- or offline. Any bytes are fine. */
bool cpc_uevent_of_cpu(const char *bytes, size_t length);

/**
 * A descriptor that becomes readable when the kernel says something of CPUs, and hardly ever otherwise; the caller
 * closes it. Negative errno where there is none to be had: no netlink in this sandbox, say.
 */
int cpc_hotplug_open(void);

/** What was waiting on the descriptor. */
enum cpc_hotplug {
	CPC_HOTPLUG_NOTHING, /**< nothing about CPUs */
	CPC_HOTPLUG_CPU,     /**< something about CPUs, or messages were lost that may have been */
	CPC_HOTPLUG_BROKEN,  /**< nothing will come any more: close it */
};

/** Read everything that waits, up to a bound. */
enum cpc_hotplug cpc_hotplug_read(int descriptor);

#endif
