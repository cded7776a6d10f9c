/* SPDX-License-Identifier: MIT */
#include "fleet_keys.h"

#include <stdlib.h>

#include <cpucompat/interned.h>

#include "grow.h"

struct cpc_fleet_keys {
	struct cpc_interned texts;
	size_t *classes; /**< one a text */
};

struct cpc_fleet_keys *cpc_fleet_keys_new(void)
{
	return calloc(1, sizeof(struct cpc_fleet_keys));
}

void cpc_fleet_keys_free(struct cpc_fleet_keys *keys)
{
	if (!keys)
		return;
	cpc_interned_free(&keys->texts);
	free(keys->classes);
	free(keys);
}

bool cpc_fleet_keys_find(const struct cpc_fleet_keys *keys, const char *text, size_t length, size_t *ret_class)
{
	uint32_t number;

	if (!cpc_interned_find(&keys->texts, text, length, &number))
		return false;
	*ret_class = keys->classes[number];
	return true;
}

bool cpc_fleet_keys_add(struct cpc_fleet_keys *keys, const char *text, size_t length, size_t class)
{
	size_t *classes = cpc_grown(keys->classes, keys->texts.count, sizeof(*classes));
	uint32_t number;

	if (!classes)
		return false;
	keys->classes = classes;
	if (!cpc_interned_add(&keys->texts, text, length, &number))
		return false;
	keys->classes[number] = class;
	return true;
}
