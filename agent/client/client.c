/* SPDX-License-Identifier: MIT */
#include "client.h"

#include <errno.h>
#include <string.h>

#include "address.h"
#include "libcurl.h"

#define BODY_MAX ((size_t)16 << 20)
#define TOTAL_SECONDS 10L
#define CONNECT_SECONDS 3L

/** What is received, and whether it was too much. */
struct reception {
	struct cpc_buffer body;
	bool too_large;
};

static size_t receive(char *bytes, size_t size, size_t count, void *context)
{
	struct reception *reception = context;
	const size_t length = size * count;

	if (length > BODY_MAX - reception->body.length) {
		reception->too_large = true;
		return 0;
	}
	cpc_buffer_add(&reception->body, bytes, length);
	return reception->body.failed ? 0 : length;
}

/** Every option, each of which matters: the first that this libcurl does not take. */
static CURLcode configure(const struct cpc_curl *curl, CURL *handle, const struct cpc_address *address,
			  struct reception *reception)
{
	CURLcode code = curl->easy_setopt(handle, CURLOPT_PROTOCOLS_STR, "http,https");

	if (!code)
		code = curl->easy_setopt(handle, CURLOPT_URL, address->url);
	if (!code && address->socket_path[0])
		code = curl->easy_setopt(handle, CURLOPT_UNIX_SOCKET_PATH, address->socket_path);
	if (!code)
		code = curl->easy_setopt(handle, CURLOPT_FOLLOWLOCATION, 0L);
	/* Agents are asked directly: a proxy in the environment is for browsing. */
	if (!code)
		code = curl->easy_setopt(handle, CURLOPT_PROXY, "");
	if (!code)
		code = curl->easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
	if (!code)
		code = curl->easy_setopt(handle, CURLOPT_TIMEOUT, TOTAL_SECONDS);
	if (!code)
		code = curl->easy_setopt(handle, CURLOPT_CONNECTTIMEOUT, CONNECT_SECONDS);
	if (!code)
		code = curl->easy_setopt(handle, CURLOPT_USERAGENT, "cpucompat/" CPC_VERSION);
	if (!code)
		code = curl->easy_setopt(handle, CURLOPT_WRITEFUNCTION, receive);
	if (!code)
		code = curl->easy_setopt(handle, CURLOPT_WRITEDATA, reception);
	return code;
}

static enum cpc_status not_connected(const char *name, long error, struct cpc_error *reterr)
{
	if (error == ECONNREFUSED || error == ENOENT)
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "%s: %s; is cpucompatd running there?", name,
				error == ENOENT ? "no such socket" : "connection refused");
	return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "%s: %s; check the address and the way there", name,
			error ? strerror((int)error) : "cannot connect");
}

/** libcurl's own messages may hold the whole address, so none but its names of errors are printed. */
static enum cpc_status explain(const struct cpc_curl *curl, CURLcode code, long error, const char *name,
			       const struct reception *reception, struct cpc_error *reterr)
{
	if (reception->too_large)
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0,
				"%s: the answer is larger than %zu bytes; is it a cpucompatd?", name, BODY_MAX);
	if (reception->body.failed)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "%s: out of memory", name);
	switch (code) {
	case CURLE_COULDNT_CONNECT:
		return not_connected(name, error, reterr);
	case CURLE_COULDNT_RESOLVE_HOST:
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "%s: no such host; check its name", name);
	case CURLE_OPERATION_TIMEDOUT:
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0,
				"%s: no whole answer in time (%ld s to connect, %ld s in all); is it a cpucompatd?",
				name, CONNECT_SECONDS, TOTAL_SECONDS);
	case CURLE_PEER_FAILED_VERIFICATION:
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "%s: its certificate is not trusted here", name);
	case CURLE_URL_MALFORMAT:
		/* What looked like the host may be part of a password. */
		return cpc_fail(reterr, CPC_USAGE, 0, "malformed address; write http://HOST:PORT");
	default:
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "%s: %s; is it a cpucompatd?", name,
				curl->easy_strerror(code));
	}
}

static enum cpc_status check_http_status(long http_status, const char *name, struct cpc_error *reterr)
{
	if (http_status == 200)
		return CPC_OK;
	if (http_status >= 300 && http_status < 400)
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0,
				"%s: HTTP status %ld, a redirect, which is not followed; give the final address", name,
				http_status);
	return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "%s: HTTP status %ld instead of 200; is it a cpucompatd?", name,
			http_status);
}

static enum cpc_status perform(const struct cpc_curl *curl, CURL *handle, const struct cpc_address *address,
			       struct reception *reception, struct cpc_error *reterr)
{
	long http_status = 0;
	long error = 0;
	CURLcode code = configure(curl, handle, address, reception);

	if (code)
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "this libcurl is too old or too small: %s",
				curl->easy_strerror(code));
	code = curl->easy_perform(handle);
	curl->easy_getinfo(handle, CURLINFO_OS_ERRNO, &error);
	curl->easy_getinfo(handle, CURLINFO_RESPONSE_CODE, &http_status);
	if (code)
		return explain(curl, code, error, address->name, reception, reterr);
	return check_http_status(http_status, address->name, reterr);
}

enum cpc_status cpc_fetch_report(const char *address_text, struct cpc_buffer *ret_body, struct cpc_error *reterr)
{
	struct reception reception = { .too_large = false };
	struct cpc_address address;
	struct cpc_curl curl;
	enum cpc_status status = cpc_address_parse(address_text, &address, reterr);

	if (!status)
		status = cpc_curl_load(&curl, reterr);
	if (status)
		return status;
	CURL *handle = curl.easy_init();
	if (!handle)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "out of memory");
	status = perform(&curl, handle, &address, &reception, reterr);
	curl.easy_cleanup(handle);
	if (status) {
		cpc_buffer_free(&reception.body);
		return status;
	}
	*ret_body = reception.body;
	return CPC_OK;
}
