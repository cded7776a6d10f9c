/* SPDX-License-Identifier: MIT */
/* What the agent remembers of its host, in a report's JSON. */
#include "json.h"

static json_t *text_or_null(const char *text)
{
	return *text ? cpc_json_text(text) : json_null();
}

static void put_view(struct cpc_json *json, json_t *views, const struct cpc_report *report, enum cpc_view view)
{
	const struct cpc_view_history *history = cpc_report_history(report, view);

	if (!history->seen) {
		cpc_json_put(json, views, cpc_view_name(view), json_null());
		return;
	}
	json_t *object = cpc_json_object(json, views, cpc_view_name(view));
	cpc_json_put(json, object, "changes", json_integer((json_int_t)history->changes));
	cpc_json_put(json, object, "changed_at", text_or_null(history->changed_at));
	cpc_json_put(json, object, "previous_id", text_or_null(history->previous_id));
}

void cpc_json_history(struct cpc_json *json, const struct cpc_report *report)
{
	const struct cpc_history *history = &report->capture->history;

	if (!*history->since) {
		cpc_json_put(json, json->root, "history", json_null());
		return;
	}
	json_t *object = cpc_json_object(json, json->root, "history");
	cpc_json_put(json, object, "since", cpc_json_text(history->since));
	cpc_json_put(json, object, "failures", json_integer((json_int_t)history->failures));
	cpc_json_put(json, object, "failing_since", text_or_null(history->failing_since));
	json_t *views = cpc_json_object(json, object, "views");
	put_view(json, views, report, CPC_VIEW_CPUID);
	put_view(json, views, report, CPC_VIEW_KVM);
}
