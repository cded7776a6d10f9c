/* SPDX-License-Identifier: MIT */
#include "prometheus.h"

#include <stdio.h>
#include <string.h>

#include <cpucompat/buffer.h>

#include "address.h"
#include "matchers.h"
#include "transfer.h"

#define TOTAL_MS 120000L
#define METRIC "cpucompat_fingerprint_info"

/** A query under way. */
struct asking {
	const struct cpc_prometheus *query;
	struct cpc_prometheus_reply reply;
	size_t bytes;
};

/** Everything but what RFC 3986 calls unreserved. */
static void add_encoded(struct cpc_buffer *url, const char *text)
{
	static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";

	for (; *text; text++) {
		if (strchr(plain, *text))
			cpc_buffer_add(url, text, 1);
		else
			cpc_buffer_printf(url, "%%%02X", (unsigned int)(unsigned char)*text);
	}
}

/** The value of timestamp() is when a sample was scraped; its labels are those of the metric. */
static enum cpc_status make_url(const struct cpc_prometheus *query, const char *base, struct cpc_buffer *url,
				struct cpc_error *reterr)
{
	enum cpc_status status = CPC_OK;

	cpc_buffer_printf(url, "%s?query=", base);
	add_encoded(url, "timestamp(" METRIC "{");
	for (size_t i = 0; i < query->matcher_count && !status; i++) {
		status = cpc_matchers_check(query->matchers[i], reterr);
		add_encoded(url, i ? "," : "");
		add_encoded(url, query->matchers[i]);
	}
	add_encoded(url, "})");
	return !status && url->failed ? cpc_out_of_memory(reterr) : status;
}

static bool take(void *context, const char *bytes, size_t length)
{
	struct asking *asking = context;

	asking->bytes += length;
	if (asking->query->tick)
		asking->query->tick(asking->query->context, asking->bytes);
	return cpc_prometheus_reply_feed(&asking->reply, bytes, length);
}

static void tick(void *context)
{
	const struct asking *asking = context;

	asking->query->tick(asking->query->context, asking->bytes);
}

/** What the transfer says, unless it ended because of what was read. */
static enum cpc_status judge(const struct cpc_curl *curl, const struct cpc_transfer *transfer, CURLcode code,
			     struct asking *asking, struct cpc_error *reterr)
{
	long http_status = 0;

	if (transfer->too_large)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "the answer is larger than %zu MiB; take less with --match",
				CPC_PROMETHEUS_BYTES_MAX >> 20);
	if (code == CURLE_SSL_CACERT_BADFILE)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "the file of --ca holds no certificates");
	if (code && !transfer->not_taken) {
		struct cpc_error error;

		cpc_transfer_end(curl, transfer, code, &error);
		return cpc_fail(reterr, error.status, 0, "%s", error.what);
	}
	curl->easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &http_status);
	return cpc_prometheus_reply_end(&asking->reply, http_status, reterr);
}

static enum cpc_status perform(const struct cpc_curl *curl, const struct cpc_question *question, struct asking *asking,
			       struct cpc_error *reterr)
{
	struct cpc_transfer transfer;
	enum cpc_status status = cpc_transfer_start(curl, question, &transfer, reterr);

	if (!status)
		status = judge(curl, &transfer, curl->easy_perform(transfer.easy), asking, reterr);
	cpc_transfer_free(curl, &transfer);
	return status;
}

enum cpc_status cpc_prometheus_ask(const struct cpc_prometheus *query, struct cpc_error *reterr)
{
	struct asking asking = { .query = query, .reply = { .sink = query->sink } };
	struct cpc_buffer url = { .length = 0 };
	struct cpc_address address;
	struct cpc_curl curl;
	enum cpc_status status = cpc_address_parse_prometheus(query->address, &address, reterr);

	if (status)
		return status;
	status = make_url(query, address.url, &url, reterr);
	if (!status)
		status = cpc_curl_load(&curl, reterr);
	if (!status) {
		const struct cpc_question question = {
			.url = url.bytes,
			.socket_path = "",
			.token = query->client->token,
			.ca_file = query->client->ca_file,
			.timeout_ms = query->client->timeout_ms ? query->client->timeout_ms : TOTAL_MS,
			.body_max = CPC_PROMETHEUS_BYTES_MAX,
			.program = "cpucompat/" CPC_VERSION,
			.packed = true,
			.patient = true,
			.take = take,
			.tick = query->tick ? tick : NULL,
			.context = &asking,
		};

		status = perform(&curl, &question, &asking, reterr);
	}
	cpc_prometheus_reply_free(&asking.reply);
	cpc_buffer_free(&url);
	return status;
}
