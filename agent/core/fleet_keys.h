/* SPDX-License-Identifier: MIT */
#ifndef CPC_FLEET_KEYS_H
#define CPC_FLEET_KEYS_H

#include <stdbool.h>
#include <stddef.h>

/** From texts of any bytes to numbers of classes. */
struct cpc_fleet_keys;

/** An empty one, or NULL without memory. */
struct cpc_fleet_keys *cpc_fleet_keys_new(void);
void cpc_fleet_keys_free(struct cpc_fleet_keys *keys);

/** Whether the text is there; `*ret_class` is then its class. */
bool cpc_fleet_keys_find(const struct cpc_fleet_keys *keys, const char *text, size_t length, size_t *ret_class);

/** Make it found. The text is copied, and was not there. False without memory, and the table is as it was. */
bool cpc_fleet_keys_add(struct cpc_fleet_keys *keys, const char *text, size_t length, size_t class);

#endif
