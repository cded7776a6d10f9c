/* SPDX-License-Identifier: MIT */
/* Shapes in the form of the documents that they are of: for files that hold schemas, and nothing else. */
#ifndef CPC_SHAPES_H
#define CPC_SHAPES_H

#include "schema.h"

/* NAMES(verdict, enum cpc_verdict) makes a function of cpc_verdict_name() that takes any number. */
#define NAMES(id, type)                                                                                                \
	static const char *id##_of(unsigned int value)                                                                 \
	{                                                                                                              \
		return cpc_##id##_name((enum type)value);                                                              \
	}

/* clang-format off */
#define SHAPE(...) (&(const struct cpc_shape){ __VA_ARGS__ })
#define MEMBERS(...) .members = (const struct cpc_shape_member[]){ __VA_ARGS__, { .shape = NULL } }
#define HAS(key, value) { .name = key, .shape = value }
#define MAY(key, value) { .name = key, .shape = value, .optional = true }
#define OBJECT(...) SHAPE(.kind = CPC_SHAPE_OBJECT, MEMBERS(__VA_ARGS__))
#define OBJECT_OR_NULL(...) SHAPE(.kind = CPC_SHAPE_OBJECT, .nullable = true, MEMBERS(__VA_ARGS__))
#define EITHER(...) SHAPE(.kind = CPC_SHAPE_EITHER, MEMBERS(__VA_ARGS__))
#define LIST(shape) SHAPE(.kind = CPC_SHAPE_LIST, .of = shape)
#define LIST_OR_NULL(shape) SHAPE(.kind = CPC_SHAPE_LIST, .nullable = true, .of = shape)
#define ROW(size, shape) SHAPE(.kind = CPC_SHAPE_LIST, .count = size, .of = shape)
#define MAP(shape) SHAPE(.kind = CPC_SHAPE_MAP, .of = shape)
#define RANGE(table, from, to) .names = { .of = table##_of, .first = from, .last = to }
#define RECORD(table, to, shape) SHAPE(.kind = CPC_SHAPE_RECORD, RANGE(table, 0, to), .of = shape)
#define NAME(table, from, to) SHAPE(.kind = CPC_SHAPE_NAME, RANGE(table, from, to))
#define NAME_OR_NULL(table, from, to) SHAPE(.kind = CPC_SHAPE_NAME, .nullable = true, RANGE(table, from, to))
#define CONSTANT(text) SHAPE(.kind = CPC_SHAPE_CONSTANT, .pattern = text)
#define MATCHING(text) SHAPE(.kind = CPC_SHAPE_TEXT, .pattern = text)
#define TEXT SHAPE(.kind = CPC_SHAPE_TEXT)
#define TEXT_OR_NULL SHAPE(.kind = CPC_SHAPE_TEXT, .nullable = true)
#define INTEGER SHAPE(.kind = CPC_SHAPE_INTEGER)
#define INTEGER_OR_NULL SHAPE(.kind = CPC_SHAPE_INTEGER, .nullable = true)
#define BOOLEAN SHAPE(.kind = CPC_SHAPE_BOOLEAN)
#define BOOLEAN_OR_NULL SHAPE(.kind = CPC_SHAPE_BOOLEAN, .nullable = true)
#define REFERENCE(name) SHAPE(.kind = CPC_SHAPE_SCHEMA, .schema = &cpc_schema_##name)
#define REFERENCE_OR_NULL(name) SHAPE(.kind = CPC_SHAPE_SCHEMA, .nullable = true, .schema = &cpc_schema_##name)
/* clang-format on */

#endif
