/* SPDX-License-Identifier: MIT */
/*
 * The HTTP contract as data. The server's rows hold it, obey it where they can (a query is
 * read by its operation's parameters), and have it printed as OpenAPI 3.1.
 */
#ifndef CPC_OPENAPI_H
#define CPC_OPENAPI_H

#include <stdbool.h>
#include <stddef.h>

#include <cpucompat/buffer.h>
#include <cpucompat/status.h>

struct cpc_schema;
struct cpc_shape;

#define CPC_API_PARAMETERS_MAX 4
#define CPC_API_CONTENTS_MAX 2

/** A parameter of a query. */
struct cpc_api_parameter {
	const char *name;
	bool required;
	const char *what; /**< without a capital and a full stop */
	const struct cpc_shape *shape;
};

/** What a method does at a path. */
struct cpc_api_operation {
	const char *id;	     /**< a name for generated clients; NULL: there is no such operation */
	const char *summary; /**< a sentence without a full stop */
	const struct cpc_api_parameter *parameters; /**< ends with a NULL name; NULL: none */
	const char *body;			    /**< what the body holds, as a sentence; NULL: it takes none */
};

/** A representation. The schema is NULL where it is no JSON. */
struct cpc_api_content {
	const char *type;
	const struct cpc_schema *schema;
};

struct cpc_api_route {
	const char *path;
	struct cpc_api_operation read; /**< GET, and HEAD */
	struct cpc_api_operation post;
	struct cpc_api_content contents[CPC_API_CONTENTS_MAX]; /**< of a 200; Accept chooses where there are more */
	size_t content_count;
	bool conditional; /**< has an ETag, and heeds If-None-Match and If-Match */
	bool may_lack;	  /**< answers 404 where there is nothing to print so */
};

/** Who may get a failure, as bits. */
enum cpc_api_scope {
	CPC_API_ON_READ = 1 << 0,
	CPC_API_ON_POST = 1 << 1,
	CPC_API_ON_CONDITIONAL = 1 << 2,
	CPC_API_ON_LACKING = 1 << 3,
	CPC_API_ON_MADE = 1 << 4, /**< answers that are made for the request */
};
#define CPC_API_ON_ALL (CPC_API_ON_READ | CPC_API_ON_POST)

/** In what form a failure comes, as bits. */
enum cpc_api_form {
	CPC_API_PROBLEM = 1 << 0, /**< a problem document */
	CPC_API_LIBRARY = 1 << 1, /**< the HTTP library's own page, in HTML without a Content-Type */
};

/** An answer that several routes may give instead. */
struct cpc_api_failure {
	unsigned int status;
	unsigned int scope;
	unsigned int form;
	const char *header; /**< one that it always has; NULL: none */
	const char *what;   /**< when, as a sentence */
};

struct cpc_api {
	const struct cpc_api_route *routes;
	size_t route_count;
	const struct cpc_api_failure *failures;
	size_t failure_count;
};

/** The document. CPC_INTERNAL without memory. */
enum cpc_status cpc_render_openapi(const struct cpc_api *api, struct cpc_buffer *out, struct cpc_error *reterr);

/** The name of a policy, for parameters. */
extern const struct cpc_shape cpc_shape_policy;

/** The format of a list of peers, likewise: in the order of the replies. */
extern const struct cpc_shape cpc_shape_peers_format;

/** A fingerprint, likewise. */
extern const struct cpc_shape cpc_shape_fingerprint;

/** What documents hold. */
extern const struct cpc_schema cpc_schema_report;
extern const struct cpc_schema cpc_schema_comparison;
extern const struct cpc_schema cpc_schema_peers;
extern const struct cpc_schema cpc_schema_fleet;
extern const struct cpc_schema cpc_schema_ready;
extern const struct cpc_schema cpc_schema_problem;

/** This document itself: an object with the members that OpenAPI wants. */
extern const struct cpc_schema cpc_schema_openapi;

#endif
