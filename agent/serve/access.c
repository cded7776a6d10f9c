/* SPDX-License-Identifier: MIT */
#include "access.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "secret.h"
#include "respond.h"

#define HEALTH "/healthz"

bool cpc_access_has_credential(const struct cpc_serving *serving)
{
	return serving->tokens || serving->tls_client_ca;
}

static uint64_t bit_of(const struct cpc_route *route)
{
	return UINT64_C(1) << (route - cpc_routes);
}

/** One value of `public`. */
static enum cpc_status add_public(const char *text, struct cpc_public *paths, struct cpc_error *reterr)
{
	const struct cpc_route *route = cpc_route_at(text);

	if (strcmp(text, "none") == 0)
		return CPC_OK;
	if (strcmp(text, "all") == 0)
		paths->all = true;
	else if (route)
		paths->routes |= bit_of(route);
	else
		return cpc_fail(reterr, CPC_USAGE, 0,
				"public: %.60s is no path of this agent; write all, none or one such as /metrics",
				text);
	return CPC_OK;
}

static enum cpc_status read_public(const struct cpc_serving *serving, struct cpc_access *access,
				   struct cpc_error *reterr)
{
	struct cpc_public given = { .all = false };
	enum cpc_status status = CPC_OK;

	if (cpc_route_count > 64)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "more routes than bits");
	for (size_t i = 0; i < serving->public_count && !status; i++)
		status = add_public(serving->public[i], &given, reterr);
	access->near = given;
	access->far = given;
	if (serving->public_count == 0) {
		access->near.all = true;
		access->far.all = !cpc_access_has_credential(serving);
		access->far.routes = bit_of(cpc_route_at(HEALTH));
	}
	return status;
}

static enum cpc_status read_tokens(const struct cpc_serving *serving, struct cpc_tokens *ret_tokens,
				   struct cpc_error *reterr)
{
	struct cpc_error error = { .status = CPC_INTERNAL };
	struct cpc_secret file;

	if (!serving->tokens)
		return CPC_OK;
	enum cpc_status status = cpc_secret_read("tokens", serving->tokens, &file, reterr);
	if (status)
		return status;
	status = cpc_tokens_parse(file.bytes, file.length, ret_tokens, &error);
	cpc_secret_forget(&file);
	if (status && error.line)
		return cpc_fail(reterr, status, 0, "tokens %.60s:%zu: %s", serving->tokens, error.line, error.what);
	return status ? cpc_fail(reterr, status, 0, "tokens %.60s: %s", serving->tokens, error.what) : CPC_OK;
}

static enum cpc_status make_refusals(struct cpc_access *access, struct cpc_error *reterr)
{
	access->refusals[CPC_NO_CREDENTIAL] = cpc_make_unauthorized(
		"Bearer realm=\"cpucompat\"",
		"This needs a credential: a client certificate or a token, as in \"Authorization: Bearer TOKEN\".");
	access->refusals[CPC_BAD_CREDENTIAL] =
		cpc_make_unauthorized("Bearer realm=\"cpucompat\", error=\"invalid_token\"",
				      "The Authorization header holds no token that is known here.");
	if (access->refusals[CPC_NO_CREDENTIAL] && access->refusals[CPC_BAD_CREDENTIAL])
		return CPC_OK;
	return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
}

enum cpc_status cpc_access_make(const struct cpc_serving *serving, struct cpc_access **ret_access,
				struct cpc_error *reterr)
{
	struct cpc_access *access = calloc(1, sizeof(*access));

	if (!access)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	atomic_init(&access->references, 1);
	access->log = serving->log;
	access->log_context = serving->log_context;
	enum cpc_status status = read_public(serving, access, reterr);
	if (!status)
		status = read_tokens(serving, &access->tokens, reterr);
	if (!status)
		status = make_refusals(access, reterr);
	if (status) {
		cpc_access_release(access);
		return status;
	}
	*ret_access = access;
	return CPC_OK;
}

void cpc_access_release(struct cpc_access *access)
{
	if (!access || atomic_fetch_sub(&access->references, 1) != 1)
		return;
	for (size_t i = 0; i < CPC_ADMISSION_COUNT; i++)
		if (access->refusals[i])
			MHD_destroy_response(access->refusals[i]);
	cpc_tokens_free(&access->tokens);
	free(access);
}

bool cpc_access_is_public(const struct cpc_access *access, bool near, const char *path)
{
	const struct cpc_public *paths = near ? &access->near : &access->far;
	const struct cpc_route *route = paths->all ? NULL : cpc_route_at(path);

	return paths->all || (route && paths->routes & bit_of(route));
}

/** The Authorization headers of a request. */
struct authorization {
	const char *value;
	size_t length;
	unsigned int count;
};

static enum MHD_Result look(void *context, enum MHD_ValueKind kind, const char *key, size_t key_length,
			    const char *value, size_t length)
{
	static const char name[] = MHD_HTTP_HEADER_AUTHORIZATION;
	struct authorization *found = context;

	(void)kind;
	if (key_length != sizeof(name) - 1 || strncasecmp(key, name, key_length) != 0)
		return MHD_YES;
	found->value = value;
	found->length = value ? length : 0;
	found->count++;
	return MHD_YES;
}

enum cpc_admission cpc_access_admit(const struct cpc_access *access, struct MHD_Connection *connection,
				    const char **ret_name)
{
	struct authorization found = { .count = 0 };
	size_t length;

	MHD_get_connection_values_n(connection, MHD_HEADER_KIND, look, &found);
	if (found.count == 0)
		return CPC_NO_CREDENTIAL;
	/* Two of them: whoever stands between us and the client may have believed the other one. */
	const char *token = found.count == 1 ? cpc_bearer_token(found.value, found.length, &length) : NULL;
	const struct cpc_token *row = token ? cpc_tokens_find(&access->tokens, token, length) : NULL;
	if (!row)
		return CPC_BAD_CREDENTIAL;
	*ret_name = row->name;
	return CPC_ADMITTED;
}
