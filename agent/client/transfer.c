/* SPDX-License-Identifier: MIT */
#include "transfer.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "tame.h"

#define HEAD_MAX ((size_t)32 << 10)

#define CONNECT_MS 3000L

/** Bytes a second, for so many seconds, below which nobody waits any longer. */
#define SLOW_BYTES 200L
#define SLOW_SECONDS 4L

/** Longest line of our own request: the name of a header and a token. */
#define LINE_SIZE 8192

static size_t receive_body(char *bytes, size_t size, size_t count, void *context)
{
	struct cpc_transfer *transfer = context;
	const size_t length = size * count;

	if (length > transfer->body_max - transfer->body_length) {
		transfer->too_large = true;
		return 0;
	}
	transfer->body_length += length;
	if (transfer->take) {
		transfer->not_taken = !transfer->take(transfer->context, bytes, length);
		return transfer->not_taken ? 0 : length;
	}
	cpc_buffer_add(&transfer->body, bytes, length);
	return transfer->body.failed ? 0 : length;
}

static int tick(void *context, curl_off_t down_all, curl_off_t down, curl_off_t up_all, curl_off_t up)
{
	const struct cpc_transfer *transfer = context;

	(void)down_all;
	(void)down;
	(void)up_all;
	(void)up;
	transfer->tick(transfer->context);
	return 0;
}

/** A tag that may be sent back as it is: printable, without blanks, and in quotes. */
static void keep_tag(struct cpc_transfer *transfer, const char *value, size_t length)
{
	while (length && (*value == ' ' || *value == '\t')) {
		value++;
		length--;
	}
	while (length && (unsigned char)value[length - 1] <= ' ')
		length--;
	if (length < 2 || length >= CPC_TAG_SIZE || value[length - 1] != '"')
		return;
	for (size_t i = 0; i < length; i++)
		if (value[i] <= ' ' || value[i] > '~')
			return;
	memcpy(transfer->tag, value, length);
	transfer->tag[length] = '\0';
}

static size_t receive_head(char *bytes, size_t size, size_t count, void *context)
{
	static const char name[] = "etag:";
	struct cpc_transfer *transfer = context;
	const size_t length = size * count;
	size_t same = 0;

	transfer->head_length += length;
	if (transfer->head_length > HEAD_MAX) {
		transfer->head_too_large = true;
		return 0;
	}
	/* Another answer begins, after a 1xx. */
	if (length >= 5 && memcmp(bytes, "HTTP/", 5) == 0)
		transfer->tag[0] = '\0';
	while (same < sizeof(name) - 1 && same < length && tolower((unsigned char)bytes[same]) == name[same])
		same++;
	if (same == sizeof(name) - 1)
		keep_tag(transfer, bytes + same, length - same);
	return length;
}

static bool add_header(const struct cpc_curl *curl, struct cpc_transfer *transfer, const char *name, const char *value)
{
	char line[LINE_SIZE];
	struct curl_slist *headers;

	if (!value)
		return true;
	const int length = snprintf(line, sizeof(line), "%s%s", name, value);
	headers = length < LINE_SIZE ? curl->slist_append(transfer->headers, line) : NULL;
	if (headers)
		transfer->headers = headers;
	return headers != NULL;
}

/** An option with the type of its value, as curl_easy_setopt(3) wants it. */
struct number_option {
	CURLoption option;
	long value;
};

static CURLcode set_numbers(const struct cpc_curl *curl, const struct cpc_transfer *transfer)
{
	const struct number_option options[] = {
		{ CURLOPT_FOLLOWLOCATION, 0L },
		{ CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1 },
		{ CURLOPT_HTTP09_ALLOWED, 0L },
		/* Where no encodings are asked for, what comes in one all the same is left in it, and then no report.
		 */
		{ CURLOPT_HTTP_CONTENT_DECODING, transfer->packed },
		{ CURLOPT_SSL_VERIFYPEER, 1L },
		{ CURLOPT_SSL_VERIFYHOST, 2L },
		{ CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2 },
		{ CURLOPT_NOSIGNAL, 1L },
		/* A resolver that hangs would else hold up all others when its question is given up. */
		{ CURLOPT_QUICK_EXIT, 1L },
		/* It is asked again in a minute; agents close idle connections long before. */
		{ CURLOPT_FORBID_REUSE, 1L },
		{ CURLOPT_TIMEOUT_MS, transfer->timeout_ms },
		{ CURLOPT_CONNECTTIMEOUT_MS, transfer->timeout_ms < CONNECT_MS ? transfer->timeout_ms : CONNECT_MS },
		{ CURLOPT_LOW_SPEED_LIMIT, transfer->patient ? 0 : SLOW_BYTES },
		{ CURLOPT_LOW_SPEED_TIME, transfer->patient ? 0 : SLOW_SECONDS },
		/* A packed length says nothing; and what is taken is counted. */
		{ CURLOPT_MAXFILESIZE, transfer->packed ? 0 : (long)transfer->body_max },
		{ CURLOPT_NOPROGRESS, transfer->tick == NULL },
	};
	CURLcode code = CURLE_OK;

	for (size_t i = 0; i < sizeof(options) / sizeof(*options) && !code; i++)
		code = curl->easy_setopt(transfer->easy, options[i].option, options[i].value);
	return code;
}

static CURLcode set_texts(const struct cpc_curl *curl, const struct cpc_transfer *transfer,
			  const struct cpc_question *question)
{
	const struct {
		CURLoption option;
		const char *value;
	} options[] = {
		{ CURLOPT_PROTOCOLS_STR, "http,https" },
		{ CURLOPT_URL, question->url },
		/* Agents are asked directly: a proxy in the environment is for browsing. */
		{ CURLOPT_PROXY, "" },
		{ CURLOPT_USERAGENT, question->program ? question->program : "cpucompatd/" CPC_VERSION },
		{ CURLOPT_ACCEPT_ENCODING, question->packed ? "gzip" : NULL },
		{ CURLOPT_UNIX_SOCKET_PATH, question->socket_path[0] ? question->socket_path : NULL },
		{ CURLOPT_CAINFO, question->ca_file },
	};
	CURLcode code = CURLE_OK;

	for (size_t i = 0; i < sizeof(options) / sizeof(*options) && !code; i++)
		if (options[i].value)
			code = curl->easy_setopt(transfer->easy, options[i].option, options[i].value);
	return code;
}

static CURLcode set_pointers(const struct cpc_curl *curl, struct cpc_transfer *transfer)
{
	CURLcode code = curl->easy_setopt(transfer->easy, CURLOPT_WRITEFUNCTION, receive_body);

	if (!code)
		code = curl->easy_setopt(transfer->easy, CURLOPT_WRITEDATA, transfer);
	if (!code)
		code = curl->easy_setopt(transfer->easy, CURLOPT_HEADERFUNCTION, receive_head);
	if (!code)
		code = curl->easy_setopt(transfer->easy, CURLOPT_HEADERDATA, transfer);
	if (!code)
		code = curl->easy_setopt(transfer->easy, CURLOPT_PRIVATE, transfer);
	if (!code)
		code = curl->easy_setopt(transfer->easy, CURLOPT_ERRORBUFFER, transfer->detail);
	if (!code)
		code = curl->easy_setopt(transfer->easy, CURLOPT_HTTPHEADER, transfer->headers);
	if (!code && transfer->tick)
		code = curl->easy_setopt(transfer->easy, CURLOPT_XFERINFOFUNCTION, tick);
	if (!code && transfer->tick)
		code = curl->easy_setopt(transfer->easy, CURLOPT_XFERINFODATA, transfer);
	return code;
}

enum cpc_status cpc_transfer_start(const struct cpc_curl *curl, const struct cpc_question *question,
				   struct cpc_transfer *ret_transfer, struct cpc_error *reterr)
{
	struct cpc_transfer *transfer = ret_transfer;
	CURLcode code;

	*transfer = (struct cpc_transfer){ .easy = curl->easy_init(),
					   .timeout_ms = question->timeout_ms,
					   .body_max = question->body_max ? question->body_max : CPC_BODY_MAX,
					   .packed = question->packed,
					   .patient = question->patient,
					   .take = question->take,
					   .tick = question->tick,
					   .context = question->context,
					   .conditional = question->tag != NULL };
	if (!transfer->easy || !add_header(curl, transfer, "Accept: ", "application/json") ||
	    !add_header(curl, transfer, "If-None-Match: ", question->tag) ||
	    !add_header(curl, transfer, "Authorization: Bearer ", question->token))
		return cpc_out_of_memory(reterr);
	code = set_numbers(curl, transfer);
	if (!code)
		code = set_texts(curl, transfer, question);
	if (!code)
		code = set_pointers(curl, transfer);
	if (code)
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "this libcurl is too old or too small: %s",
				curl->easy_strerror(code));
	return CPC_OK;
}

static enum cpc_status not_connected(const struct cpc_curl *curl, const struct cpc_transfer *transfer,
				     struct cpc_error *reterr)
{
	long error = 0;

	curl->easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &error);
	if (error == ECONNREFUSED)
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "connection refused");
	if (error == ENOENT)
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "no such socket");
	return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "%s", error ? strerror((int)error) : "cannot connect");
}

static enum cpc_status explain(const struct cpc_curl *curl, const struct cpc_transfer *transfer, CURLcode code,
			       struct cpc_error *reterr)
{
	char detail[CURL_ERROR_SIZE];

	if (transfer->head_too_large)
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "the headers of its answer are larger than any agent's");
	if (transfer->too_large || code == CURLE_FILESIZE_EXCEEDED)
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "the answer is larger than a report can be");
	if (transfer->body.failed)
		return cpc_out_of_memory(reterr);
	switch (code) {
	case CURLE_COULDNT_CONNECT:
		return not_connected(curl, transfer, reterr);
	case CURLE_COULDNT_RESOLVE_HOST:
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "no such host");
	case CURLE_OPERATION_TIMEDOUT:
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "no whole answer in time");
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CONNECT_ERROR:
	case CURLE_SSL_CACERT_BADFILE:
		/* Of libcurl's own words a certificate may be a part. */
		memcpy(detail, transfer->detail, sizeof(detail));
		cpc_tame(detail);
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "%s", *detail ? detail : curl->easy_strerror(code));
	default:
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "%s", curl->easy_strerror(code));
	}
}

enum cpc_transfer_result cpc_transfer_end(const struct cpc_curl *curl, const struct cpc_transfer *transfer,
					  CURLcode code, struct cpc_error *reterr)
{
	long http_status = 0;

	if (code) {
		explain(curl, transfer, code, reterr);
		return CPC_TRANSFER_FAILED;
	}
	curl->easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &http_status);
	if (http_status == 200)
		return CPC_TRANSFER_BODY;
	if (http_status == 304 && transfer->conditional)
		return CPC_TRANSFER_UNCHANGED;
	if (http_status >= 300 && http_status < 400 && http_status != 304)
		cpc_fail(reterr, CPC_UNAVAILABLE, 0, "HTTP status %ld, a redirect, which is not followed", http_status);
	else
		cpc_fail(reterr, CPC_UNAVAILABLE, 0, "HTTP status %ld instead of 200", http_status);
	return CPC_TRANSFER_FAILED;
}

void cpc_transfer_free(const struct cpc_curl *curl, struct cpc_transfer *transfer)
{
	if (transfer->easy)
		curl->easy_cleanup(transfer->easy);
	curl->slist_free_all(transfer->headers);
	cpc_buffer_free(&transfer->body);
	*transfer = (struct cpc_transfer){ .easy = NULL };
}
