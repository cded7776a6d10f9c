/* SPDX-License-Identifier: MIT */
#include "schema.h"

#include <string.h>

static json_t *typed(struct cpc_json *json, const char *type)
{
	json_t *object = json_object();

	cpc_json_put(json, object, "type", json_string(type));
	return object;
}

static bool has(const json_t *list, const char *text)
{
	const json_t *item;
	size_t i;

	json_array_foreach(list, i,
			   item) if (json_is_string(item) && strcmp(json_string_value(item), text) == 0) return true;
	return false;
}

/** Each name once: two values of a table may share one. */
static json_t *names_of(struct cpc_json *json, const struct cpc_shape_names *names)
{
	json_t *list = json_array();

	for (unsigned int value = names->first; value <= names->last; value++) {
		const char *name = names->of(value);

		if (name && !has(list, name))
			cpc_json_append(json, list, json_string(name));
	}
	return list;
}

static json_t *text(struct cpc_json *json, const struct cpc_shape *shape)
{
	json_t *object = typed(json, "string");

	if (shape->kind == CPC_SHAPE_CONSTANT)
		cpc_json_put(json, object, "const", json_string(shape->pattern));
	else if (shape->kind == CPC_SHAPE_NAME)
		cpc_json_put(json, object, "enum", names_of(json, &shape->names));
	else if (shape->pattern)
		cpc_json_put(json, object, "pattern", json_string(shape->pattern));
	if (shape->format)
		cpc_json_put(json, object, "format", json_string(shape->format));
	return object;
}

static json_t *integer(struct cpc_json *json)
{
	json_t *object = typed(json, "integer");

	cpc_json_put(json, object, "minimum", json_integer(0));
	return object;
}

static json_t *list(struct cpc_json *json, const struct cpc_shape *shape)
{
	json_t *object = typed(json, "array");

	cpc_json_put(json, object, "items", cpc_schema_json(json, shape->of));
	if (shape->count) {
		cpc_json_put(json, object, "minItems", json_integer((json_int_t)shape->count));
		cpc_json_put(json, object, "maxItems", json_integer((json_int_t)shape->count));
	}
	return object;
}

static json_t *map(struct cpc_json *json, const struct cpc_shape *shape)
{
	json_t *object = typed(json, "object");

	cpc_json_put(json, object, "additionalProperties", cpc_schema_json(json, shape->of));
	return object;
}

static json_t *record(struct cpc_json *json, const struct cpc_shape *shape)
{
	json_t *object = typed(json, "object");
	json_t *required = names_of(json, &shape->names);
	json_t *properties = cpc_json_object(json, object, "properties");
	const json_t *name;
	size_t i;

	json_array_foreach(required, i, name)
		cpc_json_put(json, properties, json_string_value(name), cpc_schema_json(json, shape->of));
	cpc_json_put(json, object, "required", required);
	return object;
}

static json_t *members(struct cpc_json *json, const struct cpc_shape *shape)
{
	json_t *object = typed(json, "object");
	json_t *properties = cpc_json_object(json, object, "properties");
	json_t *required = cpc_json_array(json, object, "required");

	for (const struct cpc_shape_member *member = shape->members; member->shape; member++) {
		cpc_json_put(json, properties, member->name, cpc_schema_json(json, member->shape));
		if (!member->optional)
			cpc_json_append(json, required, json_string(member->name));
	}
	return object;
}

static json_t *either(struct cpc_json *json, const struct cpc_shape *shape)
{
	json_t *object = json_object();
	json_t *choices = cpc_json_array(json, object, "anyOf");

	for (const struct cpc_shape_member *member = shape->members; member->shape; member++)
		cpc_json_append(json, choices, cpc_schema_json(json, member->shape));
	return object;
}

static json_t *reference(struct cpc_json *json, const struct cpc_schema *schema)
{
	json_t *object = json_object();

	cpc_json_put(json, object, "$ref", json_sprintf("#/components/schemas/%s", schema->name));
	return object;
}

static json_t *plain(struct cpc_json *json, const struct cpc_shape *shape)
{
	switch (shape->kind) {
	case CPC_SHAPE_ANY:
		return json_object();
	case CPC_SHAPE_TEXT:
	case CPC_SHAPE_CONSTANT:
	case CPC_SHAPE_NAME:
		return text(json, shape);
	case CPC_SHAPE_INTEGER:
		return integer(json);
	case CPC_SHAPE_BOOLEAN:
		return typed(json, "boolean");
	case CPC_SHAPE_OBJECT:
		return members(json, shape);
	case CPC_SHAPE_RECORD:
		return record(json, shape);
	case CPC_SHAPE_MAP:
		return map(json, shape);
	case CPC_SHAPE_LIST:
		return list(json, shape);
	case CPC_SHAPE_EITHER:
		return either(json, shape);
	case CPC_SHAPE_SCHEMA:
		return reference(json, shape->schema);
	case CPC_SHAPE_MADE:
		return shape->make(json);
	}
	return NULL;
}

json_t *cpc_schema_json(struct cpc_json *json, const struct cpc_shape *shape)
{
	json_t *object = plain(json, shape);
	json_t *choices;
	json_t *outer;

	if (!shape->nullable)
		return object;
	outer = json_object();
	choices = cpc_json_array(json, outer, "anyOf");
	cpc_json_append(json, choices, object);
	cpc_json_append(json, choices, typed(json, "null"));
	return outer;
}
