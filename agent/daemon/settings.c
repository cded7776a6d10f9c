/* SPDX-License-Identifier: MIT */
#include "settings.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include <cpucompat/policy.h>

#include "peer_config.h"
#include "reprobe.h"
#include "serve.h"
#include "serving.h"

static enum cpc_status check_policy(const char *text, struct cpc_error *reterr)
{
	if (cpc_policy_named(text))
		return CPC_OK;
	return cpc_fail(reterr, CPC_USAGE, 0, "no policy is named %.40s; `cpucompat list policies` names them all",
			text);
}

#define FIELD(name) .field = offsetof(struct cpc_settings, name)

const struct cpc_setting cpc_setting_rows[] = {
	{ .name = "listen",
	  .kind = CPC_SETTING_TEXTS,
	  .reload = CPC_SETTING_RESTART,
	  FIELD(listen),
	  .most = CPC_LISTEN_MAX,
	  .argument = "ADDRESS",
	  .help = "listen on V4:PORT, [V6]:PORT or unix:PATH, port 0 for any;\n"
		  "may be repeated (default " CPC_LISTEN_DEFAULT ")" },
	{ .name = "interval",
	  .kind = CPC_SETTING_SECONDS,
	  .reload = CPC_SETTING_LIVE,
	  FIELD(interval),
	  .least = CPC_INTERVAL_LEAST,
	  .most = CPC_INTERVAL_MOST,
	  .fallback = "5min",
	  .argument = "TIME",
	  .help = "probe again this often: 90s, 5min, 2h (default 5min)" },
	{ .name = "socket-mode",
	  .kind = CPC_SETTING_TEXT,
	  .reload = CPC_SETTING_RESTART,
	  FIELD(socket_mode),
	  .argument = "OCTAL",
	  .check = cpc_check_mode,
	  .help = "mode of the files of unix sockets (default 0660)" },
	{ .name = "socket-group",
	  .kind = CPC_SETTING_TEXT,
	  .reload = CPC_SETTING_RESTART,
	  FIELD(socket_group),
	  .argument = "GROUP",
	  .help = "their group" },
	{ .name = "tls-certificate",
	  .kind = CPC_SETTING_TEXT,
	  .reload = CPC_SETTING_LIVE,
	  FIELD(tls_certificate),
	  .argument = "FILE",
	  .help = "PEM, its chain behind it: every TCP address then speaks\n"
		  "TLS 1.2 or 1.3, loopback too; unix sockets never do" },
	{ .name = "tls-key",
	  .kind = CPC_SETTING_TEXT,
	  .reload = CPC_SETTING_LIVE,
	  FIELD(tls_key),
	  .argument = "FILE",
	  .help = "the certificate's private key, PEM, without a passphrase" },
	{ .name = "tls-client-ca",
	  .kind = CPC_SETTING_TEXT,
	  .reload = CPC_SETTING_LIVE,
	  FIELD(tls_client_ca),
	  .argument = "FILE",
	  .help = "PEM: who may sign client certificates, each of which is\n"
		  "a credential; a client may come without one" },
	{ .name = "tls-client-required",
	  .kind = CPC_SETTING_FLAG,
	  .reload = CPC_SETTING_LIVE,
	  FIELD(tls_client_required),
	  .help = "no connection without a client certificate" },
	{ .name = "tokens",
	  .kind = CPC_SETTING_TEXT,
	  .reload = CPC_SETTING_LIVE,
	  FIELD(tokens),
	  .argument = "FILE",
	  .help = "who may ask with Authorization: Bearer TOKEN: lines of\n"
		  "NAME sha256:DIGEST, as of printf %s \"$TOKEN\" | sha256sum" },
	{ .name = "public",
	  .kind = CPC_SETTING_TEXTS,
	  .reload = CPC_SETTING_LIVE,
	  FIELD(public),
	  .most = CPC_PUBLIC_MAX,
	  .argument = "PATH",
	  .help = "what may be read without a credential: a path, all or\n"
		  "none; may be repeated (default all on loopback and unix\n"
		  "sockets, elsewhere /healthz)" },
	{ .name = "insecure",
	  .kind = CPC_SETTING_FLAG,
	  .reload = CPC_SETTING_LIVE,
	  FIELD(insecure),
	  .help = "listen where others can reach it without TLS or a\n"
		  "credential: who does may read everything, and anybody on\n"
		  "the way may too" },
	{ .name = "log-requests",
	  .kind = CPC_SETTING_FLAG,
	  .reload = CPC_SETTING_LIVE,
	  FIELD(log_requests),
	  .help = "log a line for every request" },
	{ .name = "replay",
	  .kind = CPC_SETTING_TEXT,
	  .reload = CPC_SETTING_LIVE,
	  FIELD(replay),
	  .argument = "FILE",
	  .help = "serve a CPUID dump instead of this machine" },
	{ .name = "no-sandbox",
	  .kind = CPC_SETTING_FLAG,
	  .reload = CPC_SETTING_RESTART,
	  FIELD(no_sandbox),
	  .help = "do not filter system calls: for debuggers and valgrind" },
	{ .name = "peer",
	  .kind = CPC_SETTING_TEXTS,
	  .reload = CPC_SETTING_LIVE,
	  FIELD(peer),
	  .most = CPC_PEERS_MAX,
	  .argument = "'NAME URL [token-file=FILE]'",
	  .help = "ask this agent and say how its host and this one relate;\n"
		  "http://HOST:PORT, https://HOST:PORT or unix:PATH; may\n"
		  "be repeated",
	  .check = cpc_peer_line_check },
	{ .name = "policy",
	  .kind = CPC_SETTING_TEXT,
	  .reload = CPC_SETTING_LIVE,
	  FIELD(policy),
	  .fallback = CPC_POLICY_DEFAULT,
	  .argument = "POLICY",
	  .help = "by which this host and its peers are compared, and its\n"
		  "requirements judged; one of `cpucompat list policies`\n"
		  "(default " CPC_POLICY_DEFAULT ")",
	  .check = check_policy },
	{ .name = "peer-interval",
	  .kind = CPC_SETTING_SECONDS,
	  .reload = CPC_SETTING_LIVE,
	  FIELD(peer_interval),
	  .least = 1,
	  .most = 86400,
	  .fallback = "1min",
	  .argument = "TIME",
	  .help = "ask each peer so often (default 1min)" },
	{ .name = "peer-ca",
	  .kind = CPC_SETTING_TEXT,
	  .reload = CPC_SETTING_LIVE,
	  FIELD(peer_ca),
	  .argument = "FILE",
	  .help = "who signs the certificates of https peers, in PEM\n"
		  "(default those whom the system trusts)" },
	{ .name = "peer-token",
	  .kind = CPC_SETTING_TEXT,
	  .reload = CPC_SETTING_LIVE,
	  FIELD(peer_token),
	  .argument = "FILE",
	  .help = "the bearer token for peers without a token-file" },
};
const size_t cpc_setting_count = sizeof(cpc_setting_rows) / sizeof(*cpc_setting_rows);
static_assert(sizeof(cpc_setting_rows) / sizeof(*cpc_setting_rows) <= CPC_SETTINGS_MAX, "raise CPC_SETTINGS_MAX");

enum cpc_status cpc_settings_check(const struct cpc_settings *settings, struct cpc_error *reterr)
{
	return cpc_peer_names_check(settings, reterr);
}

const struct cpc_setting *cpc_setting_named(const char *name)
{
	for (size_t i = 0; i < cpc_setting_count; i++)
		if (strcmp(cpc_setting_rows[i].name, name) == 0)
			return &cpc_setting_rows[i];
	return NULL;
}

static enum cpc_status take_text(char **field, const char *value, struct cpc_error *reterr)
{
	char *copy = strdup(value);

	if (!copy)
		return cpc_out_of_memory(reterr);
	free(*field);
	*field = copy;
	return CPC_OK;
}

static enum cpc_status add_text(const struct cpc_setting *setting, struct cpc_texts *field, const char *value,
				struct cpc_error *reterr)
{
	if (field->count == setting->most)
		return cpc_fail(reterr, CPC_USAGE, 0, "more than %zu times %s; leave some out", setting->most,
				setting->name);
	char **items = realloc(field->items, (field->count + 1) * sizeof(*items));
	if (!items)
		return cpc_out_of_memory(reterr);
	field->items = items;
	items[field->count] = strdup(value);
	if (!items[field->count])
		return cpc_out_of_memory(reterr);
	field->count++;
	return CPC_OK;
}

static enum cpc_status take_flag(const struct cpc_setting *setting, bool *field, const char *value,
				 struct cpc_error *reterr)
{
	const bool yes = strcmp(value, "yes") == 0;

	if (!yes && strcmp(value, "no") != 0)
		return cpc_fail(reterr, CPC_USAGE, 0, "%s is yes or no, not %.40s", setting->name, value);
	*field = yes;
	return CPC_OK;
}

/** Digits, and what follows them. False where there are none or too many. */
static bool parse_number(const char *text, size_t *ret_number, const char **ret_rest)
{
	size_t number = 0;

	if (*text < '0' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9'; text++) {
		number = number * 10 + (size_t)(*text - '0');
		if (number > UINT32_MAX)
			return false;
	}
	*ret_number = number;
	*ret_rest = text;
	return true;
}

/** Seconds in a unit as systemd.time(7) writes it, 0 for others. */
static size_t seconds_of(const char *unit)
{
	static const struct {
		const char *name;
		size_t seconds;
	} units[] = { { "", 1 }, { "s", 1 }, { "min", 60 }, { "m", 60 }, { "h", 3600 } };

	for (size_t i = 0; i < sizeof(units) / sizeof(*units); i++)
		if (strcmp(units[i].name, unit) == 0)
			return units[i].seconds;
	return 0;
}

static enum cpc_status take_number(const struct cpc_setting *setting, unsigned int *field, const char *value,
				   struct cpc_error *reterr)
{
	const bool seconds = setting->kind == CPC_SETTING_SECONDS;
	const char *rest;
	size_t number;

	if (!parse_number(value, &number, &rest) || (seconds ? seconds_of(rest) == 0 : *rest != '\0'))
		return cpc_fail(reterr, CPC_USAGE, 0,
				seconds ? "%s is a time such as 30s, 5min or 2h, not %.40s"
					: "%s is a number, not %.40s",
				setting->name, value);
	if (seconds)
		number *= seconds_of(rest);
	if (number < setting->least || number > setting->most)
		return cpc_fail(reterr, CPC_USAGE, 0, "%s is between %zu and %zu%s, not %.40s", setting->name,
				setting->least, setting->most, seconds ? " seconds" : "", value);
	*field = (unsigned int)number;
	return CPC_OK;
}

enum cpc_status cpc_settings_take(struct cpc_settings *settings, const struct cpc_setting *setting, const char *value,
				  struct cpc_error *reterr)
{
	void *field = (char *)settings + setting->field;

	if (*value == '\0')
		return cpc_fail(reterr, CPC_USAGE, 0, "%s has no value", setting->name);
	if (setting->check) {
		enum cpc_status status = setting->check(value, reterr);
		if (status)
			return status;
	}
	switch (setting->kind) {
	case CPC_SETTING_TEXT:
		return take_text(field, value, reterr);
	case CPC_SETTING_TEXTS:
		return add_text(setting, field, value, reterr);
	case CPC_SETTING_FLAG:
		return take_flag(setting, field, value, reterr);
	case CPC_SETTING_SECONDS:
	case CPC_SETTING_NUMBER:
		return take_number(setting, field, value, reterr);
	}
	return cpc_fail(reterr, CPC_INTERNAL, 0, "%s: a setting of no kind", setting->name);
}

/** Bytes of a field. */
static size_t size_of(enum cpc_setting_kind kind)
{
	switch (kind) {
	case CPC_SETTING_TEXT:
		return sizeof(char *);
	case CPC_SETTING_TEXTS:
		return sizeof(struct cpc_texts);
	case CPC_SETTING_FLAG:
		return sizeof(bool);
	case CPC_SETTING_SECONDS:
	case CPC_SETTING_NUMBER:
		break;
	}
	return sizeof(unsigned int);
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

static bool same_texts(const struct cpc_texts *a, const struct cpc_texts *b)
{
	bool same = a->count == b->count;

	for (size_t i = 0; same && i < a->count; i++)
		same = same_text(a->items[i], b->items[i]);
	return same;
}

bool cpc_setting_equal(const struct cpc_setting *setting, const struct cpc_settings *a, const struct cpc_settings *b)
{
	const void *left = (const char *)a + setting->field;
	const void *right = (const char *)b + setting->field;

	if (setting->kind == CPC_SETTING_TEXT)
		return same_text(*(char *const *)left, *(char *const *)right);
	if (setting->kind == CPC_SETTING_TEXTS)
		return same_texts(left, right);
	return memcmp(left, right, size_of(setting->kind)) == 0;
}

void cpc_setting_swap(const struct cpc_setting *setting, struct cpc_settings *a, struct cpc_settings *b)
{
	char *left = (char *)a + setting->field;
	char *right = (char *)b + setting->field;
	char kept[sizeof(struct cpc_texts)];
	const size_t size = size_of(setting->kind);

	memcpy(kept, left, size);
	memcpy(left, right, size);
	memcpy(right, kept, size);
}

static void free_texts(struct cpc_texts *texts)
{
	for (size_t i = 0; i < texts->count; i++)
		free(texts->items[i]);
	free(texts->items);
}

void cpc_settings_free(struct cpc_settings *settings)
{
	for (size_t i = 0; i < cpc_setting_count; i++) {
		void *field = (char *)settings + cpc_setting_rows[i].field;

		if (cpc_setting_rows[i].kind == CPC_SETTING_TEXT)
			free(*(char **)field);
		else if (cpc_setting_rows[i].kind == CPC_SETTING_TEXTS)
			free_texts(field);
	}
	free(settings->config);
	*settings = (struct cpc_settings){ .listen = { .count = 0 } };
}
