/* SPDX-License-Identifier: MIT */
#include "peer_config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "log.h"
#include "token.h"

/** The end of a peer's name, which a blank follows. */
static size_t name_length(const char *peer)
{
	return strcspn(peer, " \t");
}

static int by_name(const void *a, const void *b)
{
	const char *left = *(const char *const *)a;
	const char *right = *(const char *const *)b;
	const size_t left_length = name_length(left);
	const size_t right_length = name_length(right);
	const int order = memcmp(left, right, left_length < right_length ? left_length : right_length);

	return order ? order : (left_length > right_length) - (left_length < right_length);
}

enum cpc_status cpc_peer_names_check(const struct cpc_settings *settings, struct cpc_error *reterr)
{
	const struct cpc_texts *peers = &settings->peer;
	const char **names = calloc(peers->count + 1, sizeof(*names));
	enum cpc_status status = CPC_OK;

	if (!names)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	for (size_t i = 0; i < peers->count; i++)
		names[i] = peers->items[i] + strspn(peers->items[i], " \t");
	qsort(names, peers->count, sizeof(*names), by_name);
	for (size_t i = 1; i < peers->count && !status; i++)
		if (by_name(&names[i - 1], &names[i]) == 0)
			status = cpc_fail(reterr, CPC_USAGE, 0, "two peers are named %.*s; names tell them apart",
					  (int)name_length(names[i]), names[i]);
	free(names);
	return status;
}

/** A token is as secret as the way it travels. */
static void warn_of_plain_text(const struct cpc_peer_line *line)
{
	if (cpc_address_is_exposed(line->address))
		cpc_log_warning("peer %s: its token goes over the network in the clear; use https", line->name);
}

/** `what` is the setting that names the file. */
static enum cpc_status read_token(const char *what, const char *path, char **ret_token, struct cpc_error *reterr)
{
	bool exposed = false;
	enum cpc_status status = cpc_token_read(what, path, ret_token, &exposed, reterr);

	if (!status && exposed)
		cpc_log_warning("%s %s can be read by others than its owner; chmod 600 it", what, path);
	return status;
}

/** The token of a peer: its own, or the one that all others share. */
static enum cpc_status give_token(const struct cpc_peer_line *line, const char *shared, char **ret_token,
				  struct cpc_error *reterr)
{
	enum cpc_status status = CPC_OK;
	char what[CPC_PEER_NAME_MAX + 32];

	if (line->token_file) {
		snprintf(what, sizeof(what), "peer %s: token-file", line->name);
		status = read_token(what, line->token_file, ret_token, reterr);
	} else if (shared) {
		*ret_token = strdup(shared);
		if (!*ret_token)
			status = cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	}
	if (!status && *ret_token)
		warn_of_plain_text(line);
	return status;
}

static enum cpc_status read_lines(const struct cpc_texts *peers, const char *shared, struct cpc_peer_config *config,
				  struct cpc_error *reterr)
{
	enum cpc_status status = CPC_OK;

	config->lines = calloc(peers->count, sizeof(*config->lines));
	config->tokens = calloc(peers->count, sizeof(*config->tokens));
	if (!config->lines || !config->tokens)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	for (size_t i = 0; i < peers->count && !status; i++) {
		status = cpc_peer_line_parse(peers->items[i], &config->lines[i], reterr);
		if (status)
			break;
		config->count++;
		status = give_token(&config->lines[i], shared, &config->tokens[i], reterr);
	}
	return status;
}

static enum cpc_status keep_ca_file(const char *path, struct cpc_peer_config *config, struct cpc_error *reterr)
{
	const enum cpc_status status = cpc_authorities_check("peer-ca", path, reterr);

	if (status)
		return status;
	config->ca_file = strdup(path);
	return config->ca_file ? CPC_OK : cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
}

enum cpc_status cpc_peer_config_read(const struct cpc_settings *settings, struct cpc_peer_config *ret_config,
				     struct cpc_error *reterr)
{
	struct cpc_peer_config config = {
		.interval = settings->peer_interval,
	};
	enum cpc_status status = CPC_OK;
	char *shared = NULL;

	if (settings->peer.count && settings->peer_token)
		status = read_token("peer-token", settings->peer_token, &shared, reterr);
	if (!status && settings->peer.count)
		status = read_lines(&settings->peer, shared, &config, reterr);
	if (!status && settings->peer.count && settings->peer_ca)
		status = keep_ca_file(settings->peer_ca, &config, reterr);
	cpc_token_free(shared);
	if (status)
		cpc_peer_config_free(&config);
	else
		*ret_config = config;
	return status;
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool cpc_peer_config_same(const struct cpc_peer_config *a, const struct cpc_peer_config *b)
{
	if (a->count != b->count || a->interval != b->interval || !same_text(a->ca_file, b->ca_file))
		return false;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->lines[i].name, b->lines[i].name) != 0 ||
		    strcmp(a->lines[i].address, b->lines[i].address) != 0 || !same_text(a->tokens[i], b->tokens[i]))
			return false;
	return true;
}

void cpc_peer_config_free(struct cpc_peer_config *config)
{
	for (size_t i = 0; i < config->count; i++) {
		cpc_peer_line_free(&config->lines[i]);
		cpc_token_free(config->tokens[i]);
	}
	free(config->lines);
	free(config->tokens);
	free(config->ca_file);
	*config = (struct cpc_peer_config){ .count = 0 };
}
