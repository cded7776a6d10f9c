/* SPDX-License-Identifier: MIT */
#include <cpucompat/cpu_map.h>

#include <stdlib.h>
#include <string.h>

#include "grow.h"

bool cpc_map_name_is_plain(const char *name)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._+-";
	const size_t length = strspn(name, plain);

	return length && !name[length] && length < CPC_MAP_NAME_SIZE;
}

bool cpc_map_vendor_named(const struct cpc_cpu_map *map, const char *name, size_t *ret_index)
{
	for (size_t i = 0; i < map->vendor_count; i++) {
		if (strcmp(map->vendors[i].name, name) == 0) {
			*ret_index = i;
			return true;
		}
	}
	return false;
}

bool cpc_map_bit_named(const struct cpc_cpu_map *map, const char *name, size_t *ret_index)
{
	for (size_t i = 0; i < map->bit_count; i++) {
		if (strcmp(map->bits[i].name, name) == 0) {
			*ret_index = i;
			return true;
		}
	}
	return false;
}

bool cpc_map_model_named(const struct cpc_cpu_map *map, const char *name, size_t *ret_index)
{
	for (size_t i = 0; i < map->model_count; i++) {
		if (strcmp(map->models[i].name, name) == 0) {
			*ret_index = i;
			return true;
		}
	}
	return false;
}

const struct cpc_map_vendor *cpc_map_vendor_of(const struct cpc_cpu_map *map, const char *id)
{
	for (size_t i = 0; i < map->vendor_count; i++)
		if (strncmp(map->vendors[i].id, id, CPC_VENDOR_SIZE - 1) == 0)
			return &map->vendors[i];
	return NULL;
}

static enum cpc_status may_add(const char *name, const char *what, bool known, bool full, size_t line,
			       struct cpc_error *reterr)
{
	if (!cpc_map_name_is_plain(name))
		return cpc_fail(reterr, CPC_BAD_DATA, line, "has a %s whose name is not one plain word", what);
	if (known)
		return cpc_fail(reterr, CPC_BAD_DATA, line, "describes %s %s a second time", what, name);
	if (full)
		return cpc_fail(reterr, CPC_BAD_DATA, line, "holds more %ss than any CPU map does", what);
	return CPC_OK;
}

enum cpc_status cpc_map_add_vendor(struct cpc_cpu_map *map, const struct cpc_map_vendor *vendor, size_t line,
				   struct cpc_error *reterr)
{
	size_t index;
	enum cpc_status status = may_add(vendor->name, "vendor", cpc_map_vendor_named(map, vendor->name, &index),
					 map->vendor_count == CPC_MAP_VENDORS_MAX, line, reterr);

	if (!status)
		map->vendors[map->vendor_count++] = *vendor;
	return status;
}

enum cpc_status cpc_map_add_bit(struct cpc_cpu_map *map, const struct cpc_map_bit *bit, size_t line,
				struct cpc_error *reterr)
{
	struct cpc_map_bit *bits;
	size_t index;
	enum cpc_status status = may_add(bit->name, "feature", cpc_map_bit_named(map, bit->name, &index),
					 map->bit_count == CPC_MAP_BITS_MAX, line, reterr);

	if (status)
		return status;
	bits = cpc_grown(map->bits, map->bit_count, sizeof(*bits));
	if (!bits)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	map->bits = bits;
	map->bits[map->bit_count++] = *bit;
	return CPC_OK;
}

enum cpc_status cpc_map_add_model(struct cpc_cpu_map *map, const struct cpc_map_model *model, size_t line,
				  struct cpc_error *reterr)
{
	struct cpc_map_model *models;
	size_t index;
	enum cpc_status status = may_add(model->name, "model", cpc_map_model_named(map, model->name, &index),
					 map->model_count == CPC_MAP_MODELS_MAX, line, reterr);

	if (status)
		return status;
	models = cpc_grown(map->models, map->model_count, sizeof(*models));
	if (!models)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	map->models = models;
	map->models[map->model_count++] = *model;
	return CPC_OK;
}

void cpc_cpu_map_free(struct cpc_cpu_map *map)
{
	if (!map)
		return;
	free(map->bits);
	free(map->models);
	*map = (struct cpc_cpu_map){ 0 };
}
