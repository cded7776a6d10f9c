/* SPDX-License-Identifier: MIT */
/* Which interface an address of this host's is on, by the kernel's table of routes. Pure, for any thread. */
#ifndef CPC_SITE_ROUTE_H
#define CPC_SITE_ROUTE_H

#include <stdbool.h>
#include <stddef.h>

/** Room for the table; one that fills it is not whole. */
#define CPC_ROUTES_SIZE 16384

/**
 * Of /proc/net/route's text the interface on whose own network an IPv4 address lies: the smallest such network counts.
 * False, and "", where there is none, where two interfaces are on that network, and where `address` is no IPv4 address.
 */
bool cpc_route_interface(const char *text, const char *address, char *ret_name, size_t size);

#endif
