/* SPDX-License-Identifier: MIT */
/* What cpucompat/ready/1 holds. The site's part is made of the table that writes and reads it (site_fields.h). */
#include "ready_schema.h"

#include <cpucompat/policy.h>
#include <cpucompat/ready.h>
#include <cpucompat/site_fields.h>

#include "openapi.h"
#include "shapes.h"

NAMES(sureness, cpc_sureness)
NAMES(probe_status, cpc_probe_status)
NAMES(port_kind, cpc_port_kind)
NAMES(transport, cpc_transport)
NAMES(ready_row, cpc_ready_row_id)
NAMES(ready_fact, cpc_ready_fact_id)
NAMES(ready_remedy, cpc_ready_remedy)
NAMES(ready_verdict, cpc_ready_verdict)
NAMES(ready_column, cpc_ready_column)

static const char *policy_of(unsigned int id)
{
	return cpc_policies[id].name;
}

/** By their exit codes they would not be next to each other. */
static const char *ready_end_of(unsigned int value)
{
	static const enum cpc_ready_end ends[] = { CPC_READY, CPC_READY_MINIMUM, CPC_READY_NOT, CPC_READY_UNKNOWN };

	return cpc_ready_end_name(ends[value]);
}

/* clang-format off */
#define VERDICT NAME(ready_verdict, CPC_MET, CPC_NOT_MET)

/* Who judges a host by the minimum and by what production needs. */
#define COLUMNS(shape) HAS("minimum", shape), HAS("realistic", shape)

const struct cpc_schema cpc_schema_ready_fact = {
	.name = "ready_fact", .what = "Something that was found, of a host or, where that is null, of all of them; `where` tells it.",
	.shape = OBJECT(
		HAS("host", TEXT_OR_NULL),
		HAS("name", NAME(ready_fact, 0, CPC_FACT_COUNT - 1)),
		HAS("subject", TEXT_OR_NULL),
		HAS("value", EITHER({ .shape = INTEGER }, { .shape = TEXT }, { .shape = BOOLEAN_OR_NULL })),
		HAS("where", TEXT_OR_NULL)),
};

const struct cpc_schema cpc_schema_ready_reason = {
	.name = "ready_reason", .what = "Why a row is not met or cannot be seen, and what to do; `have` and `want` where it counts, "
				    "`has` where a host differs from the `others`, such as `like`.",
	.shape = OBJECT(
		HAS("host", TEXT_OR_NULL),
		HAS("column", NAME(ready_column, 0, CPC_COLUMN_COUNT - 1)),
		HAS("verdict", NAME(ready_verdict, CPC_CANNOT_SEE, CPC_NOT_MET)),
		HAS("remedy", NAME(ready_remedy, CPC_REMEDY_NONE + 1, CPC_REMEDY_COUNT - 1)),
		HAS("subject", TEXT_OR_NULL),
		HAS("have", INTEGER_OR_NULL),
		HAS("want", INTEGER_OR_NULL),
		HAS("has", TEXT_OR_NULL),
		HAS("others", TEXT_OR_NULL),
		HAS("like", TEXT_OR_NULL)),
};

const struct cpc_schema cpc_schema_ready_caution = {
	.name = "ready_caution", .what = "Something to beware of, which decides nothing; `have` and `want` in Mbit/s.",
	.shape = OBJECT(
		HAS("host", TEXT_OR_NULL),
		HAS("remedy", NAME(ready_remedy, CPC_REMEDY_NONE + 1, CPC_REMEDY_COUNT - 1)),
		HAS("subject", TEXT_OR_NULL),
		HAS("have", INTEGER_OR_NULL),
		HAS("want", INTEGER_OR_NULL),
		HAS("source", TEXT)),
};

const struct cpc_schema cpc_schema_ready_row = {
	.name = "ready_row", .what = "A row of the table. What is not asked is met; who asks it is in `by`.",
	.shape = OBJECT(
		HAS("row", NAME(ready_row, 0, CPC_ROW_COUNT - 1)),
		HAS("found", LIST(REFERENCE(ready_fact))),
		COLUMNS(VERDICT),
		HAS("asked", OBJECT(COLUMNS(BOOLEAN))),
		HAS("by", OBJECT_OR_NULL(HAS("sure", NAME(sureness, CPC_SURE_DOCUMENTED, CPC_SURE_MEMORY)),
					 HAS("source", TEXT))),
		MAY("not_asked_by", TEXT_OR_NULL),
		HAS("assumed", BOOLEAN),
		HAS("evidence", LIST(REFERENCE(ready_fact))),
		HAS("remedy", NAME_OR_NULL(ready_remedy, CPC_REMEDY_NONE + 1, CPC_REMEDY_COUNT - 1)),
		HAS("reasons", LIST(REFERENCE(ready_reason))),
		HAS("cautions", LIST(REFERENCE(ready_caution)))),
};

/* A number that is reckoned with, and who says so: null where the user does. */
#define SOURCED OBJECT(HAS("value", INTEGER), HAS("sure", NAME_OR_NULL(sureness, CPC_SURE_DOCUMENTED, CPC_SURE_MEMORY)), \
		       HAS("source", TEXT_OR_NULL))
/* The most that the platform runs: null where nobody says. */
#define LIMIT OBJECT_OR_NULL(HAS("value", INTEGER), HAS("sure", NAME(sureness, CPC_SURE_DOCUMENTED, CPC_SURE_MEMORY)), \
			     HAS("source", TEXT))

const struct cpc_schema cpc_schema_ready = {
	.name = "ready", .what = "What live migration asks, row by row, and what was found on the hosts, for others to judge it anew: "
			     "`site` is null where nobody looked at more than the processor, `vms` where nobody named them.",
	.shape = OBJECT(
		HAS("schema", CONSTANT("cpucompat/ready/1")),
		HAS("policy", NAME(policy, 0, CPC_POLICY_COUNT - 1)),
		HAS("hosts", LIST(TEXT)),
		HAS("rows", ROW(CPC_ROW_COUNT, REFERENCE(ready_row))),
		HAS("verdict", NAME(ready_end, 0, 3)),
		HAS("facts", LIST(OBJECT(
			HAS("host", TEXT),
			HAS("report", REFERENCE(report)),
			HAS("site", REFERENCE_OR_NULL(site))))),
		HAS("vms", OBJECT_OR_NULL(HAS("count", INTEGER), HAS("memory_bytes", INTEGER), HAS("vcpus", INTEGER))),
		HAS("reckoned", OBJECT_OR_NULL(
			HAS("host_keeps_bytes", SOURCED),
			HAS("vm_takes_bytes", SOURCED),
			HAS("vm_takes_bytes_per_further_gib", SOURCED),
			HAS("vcpus_per_cpu_thousandths", SOURCED),
			HAS("vm_vcpus_max", LIMIT),
			HAS("vm_memory_bytes_max", LIMIT),
			HAS("host_vms_max", LIMIT),
			HAS("cluster_vms_max", LIMIT)))),
};

static const struct cpc_shape *const fields[] = {
	[CPC_SITE_TEXT] = TEXT,
	[CPC_SITE_NUMBER] = INTEGER_OR_NULL,
	[CPC_SITE_TRISTATE] = BOOLEAN_OR_NULL,
	[CPC_SITE_BOOLEAN] = BOOLEAN,
	[CPC_SITE_PORT_KIND] = NAME(port_kind, 0, CPC_PORT_KIND_COUNT - 1),
	[CPC_SITE_TRANSPORT] = NAME(transport, 0, CPC_TRANSPORT_COUNT - 1),
};

static const struct cpc_shape *const result = OBJECT(
	HAS("status", NAME(probe_status, CPC_PROBE_OK, CPC_PROBE_FAILED)), HAS("needs", TEXT));
/* clang-format on */

/** An object of which all members are required. */
struct object {
	json_t *schema;
	json_t *properties;
	json_t *required;
};

static struct object begin(struct cpc_json *json)
{
	struct object object = { .schema = json_object() };

	cpc_json_put(json, object.schema, "type", json_string("object"));
	object.properties = cpc_json_object(json, object.schema, "properties");
	object.required = cpc_json_array(json, object.schema, "required");
	return object;
}

static void put(struct cpc_json *json, const struct object *object, const char *name, json_t *schema)
{
	cpc_json_put(json, object->properties, name, schema);
	cpc_json_append(json, object->required, json_string(name));
}

static json_t *part_schema(struct cpc_json *json, const struct cpc_site_part *part)
{
	const struct object item = begin(json);
	struct object list;
	json_t *items;

	for (size_t i = 0; i < part->field_count; i++)
		put(json, &item, part->fields[i].name, cpc_schema_json(json, fields[part->fields[i].kind]));
	if (!part->item_size)
		return item.schema;
	list = begin(json);
	put(json, &list, "left_out", cpc_schema_json(json, INTEGER));
	items = json_object();
	cpc_json_put(json, items, "type", json_string("array"));
	cpc_json_put(json, items, "items", item.schema);
	put(json, &list, "items", items);
	return list.schema;
}

static json_t *make_site(struct cpc_json *json)
{
	const struct object site = begin(json);
	const struct object probes = begin(json);

	for (unsigned int id = 0; id < CPC_SITE_PROBE_COUNT; id++)
		put(json, &probes, cpc_site_probe_name(id), cpc_schema_json(json, result));
	put(json, &site, "probes", probes.schema);
	for (size_t i = 0; i < cpc_site_part_count; i++)
		put(json, &site, cpc_site_parts[i].name, part_schema(json, &cpc_site_parts[i]));
	return site.schema;
}

const struct cpc_schema cpc_schema_site = {
	.name = "site",
	.what = "What a host has beside its processor, and how each probe of it ended: what is null or an empty text "
		"is not "
		"known, and a list is whole only where its probe is ok.",
	.shape = SHAPE(.kind = CPC_SHAPE_MADE, .make = make_site),
};
