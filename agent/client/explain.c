/* SPDX-License-Identifier: MIT */
#include "explain.h"

#include <errno.h>
#include <string.h>

static enum cpc_status not_connected(const char *name, long error, struct cpc_error *reterr)
{
	if (error == ECONNREFUSED || error == ENOENT)
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "%s: %s; is cpucompatd running there?", name,
				error == ENOENT ? "no such socket" : "connection refused");
	return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "%s: %s; check the address and the way there", name,
			error ? strerror((int)error) : "cannot connect");
}

static enum cpc_status too_late(const struct cpc_transfer *transfer, const char *name, struct cpc_error *reterr)
{
	const long seconds = transfer->timeout_ms / 1000;

	return cpc_fail(reterr, CPC_UNAVAILABLE, 0,
			"%s: no whole answer in time (%ld s to connect, %ld s in all); is it a cpucompatd?", name,
			seconds < CPC_CONNECT_SECONDS ? seconds : CPC_CONNECT_SECONDS, seconds);
}

/** libcurl's own messages may hold the whole address, so none but its names of errors are printed. */
static enum cpc_status explain_code(const struct cpc_curl *curl, const struct cpc_transfer *transfer, CURLcode code,
				    const char *name, struct cpc_error *reterr)
{
	long error = 0;

	switch (code) {
	case CURLE_COULDNT_CONNECT:
		curl->easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &error);
		return not_connected(name, error, reterr);
	case CURLE_COULDNT_RESOLVE_HOST:
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "%s: no such host; check its name", name);
	case CURLE_OPERATION_TIMEDOUT:
		return too_late(transfer, name, reterr);
	case CURLE_PEER_FAILED_VERIFICATION:
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "%s: its certificate is not trusted here; give --ca FILE",
				name);
	case CURLE_SSL_CACERT_BADFILE:
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "%s: the file of --ca holds no certificates", name);
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
	if (http_status == 401 || http_status == 403)
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0,
				"%s: HTTP status %ld: it wants a token; give --token-file FILE", name, http_status);
	return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "%s: HTTP status %ld instead of 200; is it a cpucompatd?", name,
			http_status);
}

enum cpc_status cpc_explain(const struct cpc_curl *curl, const struct cpc_transfer *transfer, CURLcode code,
			    const char *name, struct cpc_error *reterr)
{
	long http_status = 0;

	if (transfer->head_too_large)
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0,
				"%s: the headers of its answer are larger than any agent's; is it a cpucompatd?", name);
	if (transfer->too_large || code == CURLE_FILESIZE_EXCEEDED)
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0,
				"%s: the answer is larger than %zu bytes; is it a cpucompatd?", name,
				transfer->body_max);
	if (transfer->body.failed)
		return cpc_fail(reterr, CPC_INTERNAL, 0, "%s: out of memory", name);
	if (code)
		return explain_code(curl, transfer, code, name, reterr);
	curl->easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &http_status);
	return check_http_status(http_status, name, reterr);
}
