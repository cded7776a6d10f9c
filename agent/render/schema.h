/* SPDX-License-Identifier: MIT */
/*
 * The shape of a JSON document as data, and a JSON Schema (2020-12) made of it. What a
 * member may hold comes from the tables that its values come from, so that a schema knows of a new
 * verdict, policy or scalar as soon as there is one.
 */
#ifndef CPC_SCHEMA_H
#define CPC_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>

#include "json.h"

enum cpc_shape_kind {
	CPC_SHAPE_ANY = 1,
	CPC_SHAPE_TEXT,	    /**< `pattern`, or any */
	CPC_SHAPE_CONSTANT, /**< the text `pattern` alone */
	CPC_SHAPE_NAME,	    /**< a text: one of `names` */
	CPC_SHAPE_INTEGER,  /**< not negative */
	CPC_SHAPE_BOOLEAN,
	CPC_SHAPE_OBJECT, /**< `members` */
	CPC_SHAPE_RECORD, /**< an object with a member for each of `names`, all of shape `of` */
	CPC_SHAPE_MAP,	  /**< an object with any members of shape `of` */
	CPC_SHAPE_LIST,	  /**< of `of`; so many as `count` says, where it is not 0 */
	CPC_SHAPE_EITHER, /**< of any of the shapes of `members`, whose names mean nothing */
	CPC_SHAPE_SCHEMA, /**< what `schema` says */
	CPC_SHAPE_MADE,	  /**< what `make` makes */
};

struct cpc_shape;

struct cpc_shape_member {
	const char *name;
	const struct cpc_shape *shape;
	bool optional; /**< may be left out, which is not the same as null */
};

/** The names of a table or enum: `of(first)` to `of(last)`; NULLs are left out. */
struct cpc_shape_names {
	const char *(*of)(unsigned int value);
	unsigned int first;
	unsigned int last;
};

struct cpc_shape {
	enum cpc_shape_kind kind;
	bool nullable;
	size_t count;
	const char *pattern; /**< ECMA-262, anchored where it means to be */
	const char *format;  /**< of a text: `date-time` */
	const struct cpc_shape *of;
	const struct cpc_shape_member *members; /**< ends with a NULL shape */
	struct cpc_shape_names names;
	const struct cpc_schema *schema;
	json_t *(*make)(struct cpc_json *json); /**< of a table that is no list of names */
};

/** A shape with a name, for others to refer to. */
struct cpc_schema {
	const char *name;
	const char *what; /**< one line about it */
	const struct cpc_shape *shape;
};

/** Every schema that another one or an operation refers to; ends with NULL. */
extern const struct cpc_schema *const cpc_schemas[];

/** A shape as JSON Schema; other schemas are referred to at `#/components/schemas/NAME`. */
json_t *cpc_schema_json(struct cpc_json *json, const struct cpc_shape *shape);

#endif
