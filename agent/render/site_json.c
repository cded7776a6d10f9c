/* SPDX-License-Identifier: MIT */
/* A site as it is found, for another machine to judge it by (agent/formats/ready_document.c reads it back). */
#include "site_json.h"

#include <cpucompat/report.h>
#include <cpucompat/site_fields.h>

static json_t *value_of(const char *base, const struct cpc_site_field *field)
{
	const void *at = base + field->offset;

	switch (field->kind) {
	case CPC_SITE_TEXT:
		return cpc_json_text(at);
	case CPC_SITE_NUMBER:
		return cpc_json_measurement(*(const struct cpc_measurement *)at);
	case CPC_SITE_TRISTATE:
		return cpc_json_tristate(*(const enum cpc_tristate *)at);
	case CPC_SITE_BOOLEAN:
		return json_boolean(*(const bool *)at);
	case CPC_SITE_PORT_KIND:
		return json_string(cpc_port_kind_name(*(const enum cpc_port_kind *)at));
	case CPC_SITE_TRANSPORT:
		return json_string(cpc_transport_name(*(const enum cpc_transport *)at));
	}
	return json_null();
}

static json_t *item(struct cpc_json *json, const struct cpc_site_part *part, const char *base)
{
	json_t *object = json_object();

	for (size_t i = 0; i < part->field_count; i++)
		cpc_json_put(json, object, part->fields[i].name, value_of(base, &part->fields[i]));
	return object;
}

static void put_list(struct cpc_json *json, json_t *object, const struct cpc_site_part *part,
		     const struct cpc_site *site)
{
	const char *base = (const char *)site;
	const char *const *items = (const void *)(base + part->offset);
	const size_t count = *(const size_t *)(const void *)(base + part->count_offset);
	json_t *list = cpc_json_object(json, object, part->name);
	json_t *array;

	cpc_json_put(json, list, "left_out",
		     json_integer((json_int_t) * (const size_t *)(const void *)(base + part->left_out_offset)));
	array = cpc_json_array(json, list, "items");
	for (size_t i = 0; i < count; i++)
		cpc_json_append(json, array, item(json, part, *items + i * part->item_size));
}

json_t *cpc_json_site(struct cpc_json *json, const struct cpc_site *site)
{
	json_t *object = json_object();
	json_t *results = cpc_json_object(json, object, "probes");

	for (unsigned int id = 0; id < CPC_SITE_PROBE_COUNT; id++) {
		json_t *result = cpc_json_object(json, results, cpc_site_probe_name(id));

		cpc_json_put(json, result, "status", json_string(cpc_probe_status_name(site->results[id].status)));
		cpc_json_put(json, result, "needs", cpc_json_text(site->results[id].needs));
	}
	for (size_t i = 0; i < cpc_site_part_count; i++) {
		const struct cpc_site_part *part = &cpc_site_parts[i];

		if (part->item_size)
			put_list(json, object, part, site);
		else
			cpc_json_put(json, object, part->name, item(json, part, (const char *)site + part->offset));
	}
	return object;
}
