/* SPDX-License-Identifier: MIT */
#include "serving.h"

#include "log.h"

/** Digits of a file's mode, 0 where it is none: nobody could connect then. */
static unsigned int parse_mode(const char *text)
{
	unsigned int mode = 0;

	for (; *text; text++) {
		if (*text < '0' || *text > '7')
			return 0;
		mode = mode * 8 + (unsigned int)(*text - '0');
		if (mode > 0777)
			return 0;
	}
	return mode;
}

enum cpc_status cpc_check_mode(const char *text, struct cpc_error *reterr)
{
	if (parse_mode(text))
		return CPC_OK;
	return cpc_fail(reterr, CPC_USAGE, 0, "socket-mode is octal digits from 1 to 777, as in 0660, not %.40s", text);
}

static void log_request(void *context, const char *line)
{
	(void)context;
	cpc_log_info("%s", line);
}

static void log_warning(void *context, const char *line)
{
	(void)context;
	cpc_log_warning("%s", line);
}

void cpc_serving_of(const struct cpc_settings *settings, struct cpc_serving *ret_serving)
{
	static const char *const by_default[] = { CPC_LISTEN_DEFAULT };
	const struct cpc_texts *listen = &settings->listen;

	*ret_serving = (struct cpc_serving){
		.listen = listen->count ? (const char *const *)listen->items : by_default,
		.listen_count = listen->count ? listen->count : 1,
		.socket_mode = settings->socket_mode ? parse_mode(settings->socket_mode) : 0,
		.socket_group = settings->socket_group,
		.insecure = settings->insecure,
		.tls_certificate = settings->tls_certificate,
		.tls_key = settings->tls_key,
		.tls_client_ca = settings->tls_client_ca,
		.tls_client_required = settings->tls_client_required,
		.tokens = settings->tokens,
		.public = (const char *const *)settings->public.items,
		.public_count = settings->public.count,
		.log = settings->log_requests ? log_request : NULL,
		.warn = log_warning,
	};
}
