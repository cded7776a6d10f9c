/* SPDX-License-Identifier: MIT */
/* cpucompat/ready/1: the requirement table, and what each row rests on. */
#include "renderers.h"

#include "describe.h"
#include "json.h"
#include "site_json.h"
#include "vms_json.h"

static json_t *host_name(const struct cpc_ready_view *view, size_t host)
{
	return host == CPC_READY_CLUSTER ? json_null() : cpc_json_text(view->hosts[host].name);
}

static json_t *value_of(const struct cpc_ready_fact *fact)
{
	switch (fact->kind) {
	case CPC_READY_NUMBER:
		return cpc_json_count(fact->number);
	case CPC_READY_TRISTATE:
		return cpc_json_tristate(fact->tristate);
	case CPC_READY_TEXT:
		break;
	}
	return cpc_json_text(fact->text);
}

/** null where there is none */
static json_t *text_or_null(const char *text)
{
	return *text ? cpc_json_text(text) : json_null();
}

static json_t *fact_object(struct cpc_json *json, const struct cpc_ready_view *view, const struct cpc_ready_fact *fact)
{
	json_t *object = json_object();

	cpc_json_put(json, object, "host", host_name(view, fact->host));
	cpc_json_put(json, object, "name", json_string(cpc_ready_fact_name(fact->id)));
	cpc_json_put(json, object, "subject", text_or_null(fact->subject));
	cpc_json_put(json, object, "value", value_of(fact));
	cpc_json_put(json, object, "where", text_or_null(fact->where));
	return object;
}

static json_t *reason_object(struct cpc_json *json, const struct cpc_ready_view *view,
			     const struct cpc_ready_reason *reason)
{
	json_t *object = json_object();

	cpc_json_put(json, object, "host", host_name(view, reason->host));
	cpc_json_put(json, object, "column", json_string(cpc_ready_column_name(reason->column)));
	cpc_json_put(json, object, "verdict", json_string(cpc_ready_verdict_name(reason->verdict)));
	cpc_json_put(json, object, "remedy", json_string(cpc_ready_remedy_name(reason->remedy)));
	cpc_json_put(json, object, "subject", text_or_null(reason->subject));
	cpc_json_put(json, object, "have", cpc_json_measurement(reason->have));
	cpc_json_put(json, object, "want", cpc_json_measurement(reason->want));
	cpc_json_put(json, object, "has", text_or_null(reason->has));
	cpc_json_put(json, object, "others", text_or_null(reason->others));
	cpc_json_put(json, object, "like", *reason->others ? host_name(view, reason->like) : json_null());
	return object;
}

static json_t *caution_object(struct cpc_json *json, const struct cpc_ready_view *view,
			      const struct cpc_ready_caution *caution)
{
	json_t *object = json_object();

	cpc_json_put(json, object, "host", host_name(view, caution->host));
	cpc_json_put(json, object, "remedy", json_string(cpc_ready_remedy_name(caution->remedy)));
	cpc_json_put(json, object, "subject", text_or_null(caution->subject));
	cpc_json_put(json, object, "have", cpc_json_measurement(caution->have));
	cpc_json_put(json, object, "want", cpc_json_measurement(caution->want));
	cpc_json_put(json, object, "source", cpc_json_text(caution->source));
	return object;
}

/** Who asks it of the row, or null: nobody. */
static json_t *demand(struct cpc_json *json, const struct cpc_ready_view *view, enum cpc_ready_row_id id)
{
	const struct cpc_demand asks = cpc_demand_of(view->ready->policy, id);
	json_t *object;

	if (!asks.source)
		return json_null();
	object = json_object();
	cpc_json_put(json, object, "sure", json_string(cpc_sureness_name(asks.sure)));
	cpc_json_put(json, object, "source", cpc_json_text(asks.source));
	return object;
}

static json_t *row_object(struct cpc_json *json, const struct cpc_ready_view *view, enum cpc_ready_row_id id)
{
	const struct cpc_ready_row *row = &view->ready->rows[id];
	const struct cpc_ready_reason *main_reason = cpc_ready_main_reason(row);
	json_t *object = json_object();
	json_t *found, *evidence, *asked, *reasons, *cautions;

	cpc_json_put(json, object, "row", json_string(cpc_ready_row_name(id)));
	found = cpc_json_array(json, object, "found");
	for (unsigned int column = 0; column < CPC_COLUMN_COUNT; column++)
		cpc_json_put(json, object, cpc_ready_column_name(column),
			     json_string(cpc_ready_verdict_name(row->verdicts[column])));
	asked = cpc_json_object(json, object, "asked");
	for (unsigned int column = 0; column < CPC_COLUMN_COUNT; column++)
		cpc_json_put(json, asked, cpc_ready_column_name(column), json_boolean(row->asked[column]));
	cpc_json_put(json, object, "by", demand(json, view, id));
	/* Who says that the platform does without. */
	if (id == CPC_ROW_SHARED_STORAGE)
		cpc_json_put(json, object, "not_asked_by",
			     cpc_demands_of(view->ready->policy)->shared_elsewhere
				     ? cpc_json_text(cpc_demands_of(view->ready->policy)->shared_elsewhere)
				     : json_null());
	cpc_json_put(json, object, "assumed", json_boolean(row->assumed));
	evidence = cpc_json_array(json, object, "evidence");
	for (size_t i = 0; i < row->fact_count; i++)
		cpc_json_append(json, row->facts[i].found ? found : evidence, fact_object(json, view, &row->facts[i]));
	cpc_json_put(json, object, "remedy",
		     main_reason ? json_string(cpc_ready_remedy_name(main_reason->remedy)) : json_null());
	reasons = cpc_json_array(json, object, "reasons");
	for (size_t i = 0; i < row->reason_count; i++)
		cpc_json_append(json, reasons, reason_object(json, view, &row->reasons[i]));
	cautions = cpc_json_array(json, object, "cautions");
	for (size_t i = 0; i < row->caution_count; i++)
		cpc_json_append(json, cautions, caution_object(json, view, &row->cautions[i]));
	return object;
}

/** All that is known of the hosts, so that others can judge them, and together with others. */
static void put_facts(struct cpc_json *json, const struct cpc_ready_view *view)
{
	json_t *array = cpc_json_array(json, json->root, "facts");

	for (size_t i = 0; i < view->count; i++) {
		const struct cpc_ready_host *host = &view->hosts[i];
		json_t *object = json_object();

		cpc_json_put(json, object, "host", cpc_json_text(host->name));
		cpc_json_put(json, object, "report", cpc_json_report(json, host->report));
		cpc_json_put(json, object, "site", host->site ? cpc_json_site(json, host->site) : json_null());
		cpc_json_append(json, array, object);
	}
}

enum cpc_status cpc_ready_json(const struct cpc_ready_view *view, const struct cpc_style *style, struct cpc_buffer *out,
			       struct cpc_error *reterr)
{
	struct cpc_json json = cpc_json_start("cpucompat/ready/1");
	json_t *array;

	(void)style;
	cpc_json_put(&json, json.root, "policy", json_string(view->ready->policy->name));
	array = cpc_json_array(&json, json.root, "hosts");
	for (size_t i = 0; i < view->count; i++)
		cpc_json_append(&json, array, cpc_json_text(view->hosts[i].name));
	array = cpc_json_array(&json, json.root, "rows");
	for (unsigned int id = 0; id < CPC_ROW_COUNT; id++)
		cpc_json_append(&json, array, row_object(&json, view, id));
	cpc_json_put(&json, json.root, "verdict", json_string(cpc_ready_end_name(view->ready->end)));
	cpc_json_vms(&json, json.root, view->ready->vms, view->ready->overhead);
	put_facts(&json, view);
	return cpc_json_finish(&json, out, reterr);
}
