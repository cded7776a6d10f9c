/* SPDX-License-Identifier: MIT */
#include "openapi.h"

#include <stdio.h>

#include "schema.h"

/** Room for an HTTP status in decimal. */
#define STATUS_SIZE 12

/** Headers that answers are promised to have. */
static const struct {
	const char *name;
	const char *what;
	const char *pattern; /**< NULL: any */
} headers[] = {
	{ "Allow", "The methods that there are.", "^GET, HEAD(, POST)?$" },
	{ "Cache-Control", "A copy may be kept, but is asked about before it is used; or not kept.",
	  "^no-(cache|store)$" },
	{ "Content-Security-Policy", "The page loads nothing, and runs what has these hashes.",
	  "^default-src 'none'; style-src 'sha256-[A-Za-z0-9+/]{43}='; script-src 'sha256-[A-Za-z0-9+/]{43}='; "
	  "base-uri 'none'; form-action 'none'; frame-ancestors 'none'$" },
	{ "ETag", "A strong validator.", "^\"[0-9a-f]{16}\"$" },
	{ "Vary", "Accept chooses between the representations.", "^Accept$" },
	{ "WWW-Authenticate", "What a credential looks like.", "^Bearer" },
	{ "X-Content-Type-Options", "A type is not to be guessed.", "^nosniff$" },
};

static json_t *reference(struct cpc_json *json, const char *kind, const char *name)
{
	json_t *object = json_object();

	cpc_json_put(json, object, "$ref", json_sprintf("#/components/%s/%s", kind, name));
	return object;
}

static void put_header(struct cpc_json *json, json_t *object, const char *name)
{
	cpc_json_put(json, object, name, reference(json, "headers", name));
}

static void put_content(struct cpc_json *json, json_t *contents, const struct cpc_api_content *content)
{
	json_t *object = cpc_json_object(json, contents, content->type);

	if (content->schema)
		cpc_json_put(json, object, "schema", reference(json, "schemas", content->schema->name));
	else
		cpc_json_put(json, cpc_json_object(json, object, "schema"), "type", json_string("string"));
}

/** A 200 of a route; without its contents for HEAD, and without headers that a POST's has not. */
static json_t *success(struct cpc_json *json, const struct cpc_api_route *route, bool body)
{
	json_t *object = json_object();
	json_t *list;

	cpc_json_put(json, object, "description", json_string(body ? "It." : "The headers of GET's answer."));
	list = cpc_json_object(json, object, "headers");
	put_header(json, list, "Cache-Control");
	put_header(json, list, "X-Content-Type-Options");
	if (route->conditional)
		put_header(json, list, "ETag");
	if (route->content_count > 1)
		put_header(json, list, "Vary");
	if (!body)
		return object;
	list = cpc_json_object(json, object, "content");
	for (size_t i = 0; i < route->content_count; i++)
		put_content(json, list, &route->contents[i]);
	return object;
}

static json_t *not_modified(struct cpc_json *json, const struct cpc_api_route *route)
{
	json_t *object = json_object();
	json_t *list;

	cpc_json_put(json, object, "description", json_string("If-None-Match names the representation as it is."));
	list = cpc_json_object(json, object, "headers");
	put_header(json, list, "Cache-Control");
	put_header(json, list, "ETag");
	if (route->content_count > 1)
		put_header(json, list, "Vary");
	return object;
}

static const char *print_status(unsigned int status, char ret_text[static STATUS_SIZE])
{
	snprintf(ret_text, STATUS_SIZE, "%u", status);
	return ret_text;
}

static void put_responses(struct cpc_json *json, json_t *operation, const struct cpc_api *api,
			  const struct cpc_api_route *route, unsigned int scope, bool body)
{
	json_t *responses = cpc_json_object(json, operation, "responses");
	char status[STATUS_SIZE];

	scope |= route->conditional ? CPC_API_ON_CONDITIONAL : CPC_API_ON_MADE;
	if (route->may_lack)
		scope |= CPC_API_ON_LACKING;
	cpc_json_put(json, responses, "200", success(json, route, body));
	if (route->conditional)
		cpc_json_put(json, responses, "304", not_modified(json, route));
	for (size_t i = 0; i < api->failure_count; i++)
		if (api->failures[i].scope & scope) {
			print_status(api->failures[i].status, status);
			cpc_json_put(json, responses, status, reference(json, "responses", status));
		}
}

static json_t *parameters_of(struct cpc_json *json, const struct cpc_api_operation *operation)
{
	json_t *list = json_array();

	for (const struct cpc_api_parameter *row = operation->parameters; row && row->name; row++) {
		json_t *object = json_object();

		cpc_json_put(json, object, "name", json_string(row->name));
		cpc_json_put(json, object, "in", json_string("query"));
		cpc_json_put(json, object, "required", json_boolean(row->required));
		cpc_json_put(json, object, "description", json_string(row->what));
		cpc_json_put(json, object, "schema", cpc_schema_json(json, row->shape));
		cpc_json_append(json, list, object);
	}
	return list;
}

static void put_operation(struct cpc_json *json, json_t *path, const char *method,
			  const struct cpc_api_operation *operation, const char *id)
{
	json_t *object = cpc_json_object(json, path, method);
	json_t *body;

	cpc_json_put(json, object, "operationId", json_string(id));
	cpc_json_put(json, object, "summary", json_string(operation->summary));
	if (operation->parameters)
		cpc_json_put(json, object, "parameters", parameters_of(json, operation));
	if (!operation->body)
		return;
	body = cpc_json_object(json, object, "requestBody");
	cpc_json_put(json, body, "description", json_string(operation->body));
	cpc_json_put(json, body, "required", json_true());
	body = cpc_json_object(json, body, "content");
	cpc_json_object(json, body, "*/*");
}

static void put_path(struct cpc_json *json, json_t *paths, const struct cpc_api *api, const struct cpc_api_route *route)
{
	json_t *path = cpc_json_object(json, paths, route->path);
	char head[80];

	put_operation(json, path, "get", &route->read, route->read.id);
	put_responses(json, json_object_get(path, "get"), api, route, CPC_API_ON_READ, true);
	snprintf(head, sizeof(head), "%s_head", route->read.id);
	put_operation(json, path, "head", &route->read, head);
	put_responses(json, json_object_get(path, "head"), api, route, CPC_API_ON_READ, false);
	if (!route->post.id)
		return;
	put_operation(json, path, "post", &route->post, route->post.id);
	put_responses(json, json_object_get(path, "post"), api, route, CPC_API_ON_POST, true);
}

static json_t *failure_of(struct cpc_json *json, const struct cpc_api_failure *failure)
{
	static const struct cpc_api_content problem = { "application/problem+json", &cpc_schema_problem };
	static const struct cpc_api_content page = { "*/*", NULL };
	json_t *object = json_object();
	json_t *list;

	cpc_json_put(json, object, "description", json_string(failure->what));
	if (failure->header)
		put_header(json, cpc_json_object(json, object, "headers"), failure->header);
	list = cpc_json_object(json, object, "content");
	if (failure->form & CPC_API_PROBLEM)
		put_content(json, list, &problem);
	if (failure->form & CPC_API_LIBRARY)
		put_content(json, list, &page);
	return object;
}

static void put_headers(struct cpc_json *json, json_t *components)
{
	json_t *list = cpc_json_object(json, components, "headers");

	for (size_t i = 0; i < sizeof(headers) / sizeof(*headers); i++) {
		json_t *object = cpc_json_object(json, list, headers[i].name);
		json_t *schema;

		cpc_json_put(json, object, "description", json_string(headers[i].what));
		cpc_json_put(json, object, "required", json_true());
		schema = cpc_json_object(json, object, "schema");
		cpc_json_put(json, schema, "type", json_string("string"));
		if (headers[i].pattern)
			cpc_json_put(json, schema, "pattern", json_string(headers[i].pattern));
	}
}

/** Either kind of credential does, and none where the agent asks for none. */
static void put_security(struct cpc_json *json, json_t *components)
{
	static const char *const kinds[] = { NULL, "token", "certificate" };
	json_t *schemes = cpc_json_object(json, components, "securitySchemes");
	json_t *choices = cpc_json_array(json, json->root, "security");
	json_t *scheme = cpc_json_object(json, schemes, "token");

	cpc_json_put(json, scheme, "type", json_string("http"));
	cpc_json_put(json, scheme, "scheme", json_string("bearer"));
	scheme = cpc_json_object(json, schemes, "certificate");
	cpc_json_put(json, scheme, "type", json_string("mutualTLS"));
	for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++) {
		json_t *choice = json_object();

		if (kinds[i])
			cpc_json_put(json, choice, kinds[i], json_array());
		cpc_json_append(json, choices, choice);
	}
}

static void put_components(struct cpc_json *json, const struct cpc_api *api)
{
	json_t *components = cpc_json_object(json, json->root, "components");
	json_t *list = cpc_json_object(json, components, "schemas");
	char status[STATUS_SIZE];

	for (size_t i = 0; cpc_schemas[i]; i++) {
		json_t *schema = cpc_schema_json(json, cpc_schemas[i]->shape);

		cpc_json_put(json, schema, "description", json_string(cpc_schemas[i]->what));
		cpc_json_put(json, list, cpc_schemas[i]->name, schema);
	}
	list = cpc_json_object(json, components, "responses");
	for (size_t i = 0; i < api->failure_count; i++)
		cpc_json_put(json, list, print_status(api->failures[i].status, status),
			     failure_of(json, &api->failures[i]));
	put_headers(json, components);
	put_security(json, components);
}

enum cpc_status cpc_render_openapi(const struct cpc_api *api, struct cpc_buffer *out, struct cpc_error *reterr)
{
	struct cpc_json json = { .root = json_object() };
	json_t *object;

	cpc_json_put(&json, json.root, "openapi", json_string("3.1.0"));
	object = cpc_json_object(&json, json.root, "info");
	cpc_json_put(&json, object, "title", json_string("cpucompat"));
	cpc_json_put(
		&json, object, "summary",
		json_string("What this host's processor offers to virtual machines, and which hosts they move to"));
	cpc_json_put(&json, object, "description",
		     json_string("Keys are stable: later versions add, and remove nothing. Paths that are not listed "
				 "answer as `#/components/responses/404` does. HEAD answers as GET does, without the "
				 "body. Accept chooses where a path has several representations; the first is given "
				 "where it names none of them."));
	cpc_json_put(&json, object, "version", json_string(CPC_VERSION));
	object = cpc_json_object(&json, object, "license");
	cpc_json_put(&json, object, "name", json_string("MIT"));
	cpc_json_put(&json, object, "identifier", json_string("MIT"));
	object = cpc_json_object(&json, json.root, "paths");
	for (size_t i = 0; i < api->route_count; i++)
		put_path(&json, object, api, &api->routes[i]);
	put_components(&json, api);
	return cpc_json_finish(&json, out, reterr);
}
