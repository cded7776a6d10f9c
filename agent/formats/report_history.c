/* SPDX-License-Identifier: MIT */
/* The part of a report that its agent remembers. */
#include "report_cpus.h"

#include <stdio.h>
#include <string.h>

/** Digits where the pattern has a 0, else its own characters. */
static bool fits(const char *text, const char *pattern)
{
	for (; *pattern; text++, pattern++)
		if (*pattern == '0' ? *text < '0' || *text > '9' : *text != *pattern)
			return false;
	return *text == '\0';
}

static bool is_time(const char *text)
{
	return fits(text, "0000-00-00T00:00:00Z");
}

static bool is_id(const char *text)
{
	return strlen(text) == CPC_ID_SIZE - 1 && strspn(text, "0123456789abcdef") == CPC_ID_SIZE - 1;
}

/* A text that may be missing or null, and is of a known length where it is there. */
static enum cpc_status read_text(const json_t *parent, const char *path, const char *key,
				 bool (*valid)(const char *text), const char *wanted, char *ret_text, size_t size,
				 struct cpc_error *reterr)
{
	const json_t *value = json_object_get(parent, key);
	char where[CPC_INDEXED_PATH_SIZE];

	if (!cpc_report_has(value))
		return CPC_OK;
	if (!json_is_string(value) || !valid(json_string_value(value))) {
		(void)snprintf(where, sizeof(where), "%s.%s", path, key);
		return cpc_report_bad(where, wanted, reterr);
	}
	(void)snprintf(ret_text, size, "%s", json_string_value(value));
	return CPC_OK;
}

static enum cpc_status read_time(const json_t *parent, const char *path, const char *key,
				 char ret_time[static CPC_TIME_SIZE], struct cpc_error *reterr)
{
	return read_text(parent, path, key, is_time, "a time such as 2026-01-31T12:00:00Z", ret_time, CPC_TIME_SIZE,
			 reterr);
}

static enum cpc_status read_count(const json_t *parent, const char *path, const char *key, uint64_t *ret_count,
				  struct cpc_error *reterr)
{
	const json_t *value = json_object_get(parent, key);
	char where[CPC_INDEXED_PATH_SIZE];

	if (!cpc_report_has(value))
		return CPC_OK;
	if (!json_is_integer(value) || json_integer_value(value) < 0) {
		(void)snprintf(where, sizeof(where), "%s.%s", path, key);
		return cpc_report_bad(where, "a number", reterr);
	}
	*ret_count = (uint64_t)json_integer_value(value);
	return CPC_OK;
}

static enum cpc_status read_view(const json_t *views, enum cpc_view view, struct cpc_view_history *history,
				 struct cpc_error *reterr)
{
	json_t *object = json_object_get(views, cpc_view_name(view));
	char path[CPC_PATH_SIZE];
	enum cpc_status status;

	if (!cpc_report_has(object))
		return CPC_OK;
	(void)snprintf(path, sizeof(path), "history.views.%s", cpc_view_name(view));
	if (!json_is_object(object))
		return cpc_report_bad(path, "an object", reterr);
	history->seen = true;
	status = read_count(object, path, "changes", &history->changes, reterr);
	if (!status)
		status = read_time(object, path, "changed_at", history->changed_at, reterr);
	if (!status)
		status = read_text(object, path, "previous_id", is_id, "32 hex digits", history->previous_id,
				   sizeof(history->previous_id), reterr);
	return status;
}

enum cpc_status cpc_report_history_read(const json_t *root, struct cpc_history *history, struct cpc_error *reterr)
{
	json_t *object;
	json_t *views;
	enum cpc_status status = cpc_report_object(root, "history", &object, reterr);

	if (status || !object)
		return status;
	status = read_time(object, "history", "since", history->since, reterr);
	if (!status)
		status = read_count(object, "history", "failures", &history->failures, reterr);
	if (!status)
		status = read_time(object, "history", "failing_since", history->failing_since, reterr);
	if (!status)
		status = cpc_report_object(object, "views", &views, reterr);
	if (!status)
		status = read_view(views, CPC_VIEW_CPUID, &history->cpuid, reterr);
	if (!status)
		status = read_view(views, CPC_VIEW_KVM, &history->kvm, reterr);
	return status;
}
