/* SPDX-License-Identifier: MIT */
/*
 * https://prometheus.io/docs/prometheus/latest/querying/api/: {"status": "success", "data": {"resultType": "vector",
 * "result": [{"metric": {LABEL: VALUE, ...}, "value": [TIME, "VALUE"]}, ...]}, "warnings": [...]}, or {"status":
 * "error", "errorType": ..., "error": ...}. The value is that of timestamp(): when the sample was scraped.
 */
#include "prometheus_reply.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "tame.h"

/** Labels that a host may have beside ours, and bytes of them all. */
#define LABELS_MAX 64
#define LABELS_LENGTH_MAX 1024
#define NAME_LENGTH_MAX 256

/** Of a server's own words, what is shown. */
#define WORDS_SHOWN 100

static bool is_ours(const char *label)
{
	return strcmp(label, "view") == 0 || strcmp(label, "id") == 0 || strcmp(label, "fingerprint") == 0 ||
	       strcmp(label, "__name__") == 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/** `text`, so that no quote in it ends it. */
static void add_escaped(struct cpc_buffer *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '"' || *text == '\\')
			cpc_buffer_add(out, "\\", 1);
		cpc_buffer_add(out, text, 1);
	}
}

/** Labels that tell hosts apart, but for the instance, in the order of their names. NULL, or why there are none. */
static const char *collect_labels(struct cpc_prometheus_reply *reply, json_t *metric, const char *name)
{
	struct cpc_buffer *out = &reply->labels;
	const char *keys[LABELS_MAX];
	size_t count = 0;
	const char *key;
	json_t *value;

	json_object_foreach(metric, key, value)
	{
		if (is_ours(key) || (strcmp(key, "instance") == 0 && json_string_value(value) == name))
			continue;
		if (!json_is_string(value))
			return "a label that is no text";
		if (count == LABELS_MAX)
			return "more labels than hosts have";
		keys[count++] = key;
	}
	qsort(keys, count, sizeof(*keys), by_text);
	out->length = 0;
	for (size_t i = 0; i < count; i++) {
		cpc_buffer_puts(out, i ? "," : "");
		add_escaped(out, keys[i]);
		cpc_buffer_puts(out, "=\"");
		add_escaped(out, json_string_value(json_object_get(metric, keys[i])));
		cpc_buffer_puts(out, "\"");
		if (out->length > LABELS_LENGTH_MAX)
			return "labels that are longer than hosts' are";
	}
	reply->no_memory |= out->failed;
	return NULL;
}

/** Seconds since the epoch; negative where it is no such time. */
static double time_of(const json_t *value)
{
	const char *text = json_string_value(json_array_get(value, 1));
	char *end = NULL;
	const double time = text ? strtod(text, &end) : -1;

	return text && end != text && !*end && time >= 0 && time < 1e12 ? time : -1;
}

static const char *label(const json_t *metric, const char *name)
{
	return json_string_value(json_object_get(metric, name));
}

/** NULL, or why it is none. */
static const char *take_labels(struct cpc_prometheus_reply *reply, json_t *metric, struct cpc_sighting *sighting)
{
	const char *view = label(metric, "view");
	const char *why;

	if (strlen(sighting->name) > NAME_LENGTH_MAX)
		return "an instance that is longer than hosts' names are";
	why = collect_labels(reply, metric, sighting->name);
	if (why)
		return why;
	sighting->labels = reply->labels.bytes ? reply->labels.bytes : "";
	sighting->labels_length = reply->labels.length;
	sighting->text = label(metric, "fingerprint");
	sighting->id = label(metric, "id");
	if (!sighting->text)
		return "it has no label fingerprint; is that cpucompat's metric?";
	if (!view)
		return "it has no label view; is that cpucompat's metric?";
	sighting->text_length = strlen(sighting->text);
	if (strcmp(view, cpc_view_name(CPC_VIEW_CPUID)) == 0)
		sighting->view = CPC_VIEW_CPUID;
	else if (strcmp(view, cpc_view_name(CPC_VIEW_KVM)) == 0)
		sighting->view = CPC_VIEW_KVM;
	else
		return "its view is none that this program knows; a newer agent's?";
	return NULL;
}

static bool take_series(struct cpc_prometheus_reply *reply, const json_t *series)
{
	const struct cpc_series_sink *sink = reply->sink;
	json_t *metric = json_object_get(series, "metric");
	const char *instance = label(metric, "instance");
	struct cpc_sighting sighting = { .name = instance ? instance : "", .time = -1 };
	const char *why = json_is_object(metric) ? take_labels(reply, metric, &sighting) : "it has no labels";

	if (reply->no_memory)
		return false;
	if (why)
		return sink->unreadable(sink->context, instance ? instance : "a series", why);
	sighting.name_length = strlen(sighting.name);
	sighting.time = time_of(json_object_get(series, "value"));
	return sink->sighted(sink->context, &sighting);
}

/** Jansson has no words for it where it could not allocate: only what it reads can be wrong in its eyes. */
static bool ran_out(const json_error_t *error)
{
	return !error->text[0] || json_error_code(error) == json_error_out_of_memory;
}

static bool take_element(void *context, const char *bytes, size_t length)
{
	struct cpc_prometheus_reply *reply = context;
	json_error_t error;
	json_t *series;
	bool more;

	if (reply->splitter.count > CPC_SERIES_MAX) {
		reply->too_many = true;
		return false;
	}
	if (!bytes)
		return reply->sink->unreadable(reply->sink->context, "a series", "it is longer than any of ours");
	series = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, &error);
	if (!series && ran_out(&error)) {
		reply->no_memory = true;
		return false;
	}
	if (!series)
		return reply->sink->unreadable(reply->sink->context, "a series", "it is no JSON");
	more = take_series(reply, series);
	json_decref(series);
	return more;
}

bool cpc_prometheus_reply_feed(struct cpc_prometheus_reply *reply, const char *bytes, size_t length)
{
	reply->splitter.element = take_element;
	reply->splitter.context = reply;
	return cpc_splitter_feed(&reply->splitter, bytes, length) == CPC_SPLIT_OK;
}

/** As many of the server's words as are shown. */
static void quote(const char *words, char ret_words[static WORDS_SHOWN + 1])
{
	snprintf(ret_words, WORDS_SHOWN + 1, "%s", words);
	cpc_tame(ret_words);
}

static enum cpc_status no_answer(long http_status, struct cpc_error *reterr)
{
	switch (http_status) {
	case 200:
		return cpc_fail(
			reterr, CPC_UNAVAILABLE, 0,
			"what answers is not Prometheus' API (no whole JSON answer); a login page, or another prefix?");
	case 401:
	case 403:
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "HTTP status %ld: it wants a token; give --token-file FILE",
				http_status);
	case 404:
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0,
				"HTTP status 404: no /api/v1/query there; does its address have a prefix?");
	default:
		if (http_status >= 300 && http_status < 400)
			return cpc_fail(reterr, CPC_UNAVAILABLE, 0,
					"HTTP status %ld, a redirect, which is not followed; give the final address",
					http_status);
		return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "HTTP status %ld instead of 200", http_status);
	}
}

/** The server's own error, if it is one. */
static enum cpc_status told_error(const json_t *envelope, long http_status, struct cpc_error *reterr)
{
	const char *error = json_string_value(json_object_get(envelope, "error"));
	char words[WORDS_SHOWN + 1];

	if (!error)
		return no_answer(http_status, reterr);
	quote(error, words);
	return cpc_fail(reterr, CPC_UNAVAILABLE, 0, "HTTP status %ld: %s", http_status, words);
}

static enum cpc_status tell_warnings(const struct cpc_prometheus_reply *reply, const json_t *envelope,
				     struct cpc_error *reterr)
{
	const json_t *warnings = json_object_get(envelope, "warnings");
	const json_t *warning;
	size_t i;

	json_array_foreach(warnings, i, warning)
	{
		char words[WORDS_SHOWN + 1];

		quote(json_is_string(warning) ? json_string_value(warning) : "?", words);
		if (!reply->sink->warned(reply->sink->context, words))
			return cpc_out_of_memory(reterr);
	}
	return CPC_OK;
}

static enum cpc_status judge(const struct cpc_prometheus_reply *reply, const json_t *envelope, long http_status,
			     struct cpc_error *reterr)
{
	const char *status = json_string_value(json_object_get(envelope, "status"));
	const json_t *data = json_object_get(envelope, "data");
	const char *type = json_string_value(json_object_get(data, "resultType"));

	if (!status || strcmp(status, "success") != 0 || http_status != 200)
		return told_error(envelope, http_status, reterr);
	if (!type || strcmp(type, "vector") != 0 || !json_is_array(json_object_get(data, "result")))
		return cpc_fail(reterr, CPC_BAD_DATA, 0,
				"its answer is no instant vector; is that Prometheus' API behind this address?");
	return tell_warnings(reply, envelope, reterr);
}

enum cpc_status cpc_prometheus_reply_end(struct cpc_prometheus_reply *reply, long http_status, struct cpc_error *reterr)
{
	const struct cpc_splitter *splitter = &reply->splitter;
	json_error_t error;
	json_t *envelope;
	enum cpc_status status;

	if (reply->too_many)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "more than %zu series; take fewer with --match",
				CPC_SERIES_MAX);
	if (reply->no_memory || splitter->state == CPC_SPLIT_NO_MEMORY || splitter->state == CPC_SPLIT_ENDED)
		return cpc_out_of_memory(reterr);
	if (splitter->state != CPC_SPLIT_OK)
		return no_answer(http_status, reterr);
	envelope = json_loadb(splitter->envelope.bytes ? splitter->envelope.bytes : "", splitter->envelope.length,
			      JSON_REJECT_DUPLICATES, &error);
	if (!envelope && ran_out(&error))
		return cpc_out_of_memory(reterr);
	if (!envelope)
		return no_answer(http_status, reterr);
	status = judge(reply, envelope, http_status, reterr);
	json_decref(envelope);
	return status;
}

void cpc_prometheus_reply_free(struct cpc_prometheus_reply *reply)
{
	cpc_splitter_free(&reply->splitter);
	cpc_buffer_free(&reply->labels);
}
