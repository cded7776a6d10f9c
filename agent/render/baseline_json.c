/* SPDX-License-Identifier: MIT */
/* cpucompat/baseline/1: the meet, and what each host gives up for it. */
#include "renderers.h"

#include "describe.h"
#include "json.h"

static json_t *host(struct cpc_json *json, const struct cpc_baseline_view *view, size_t n)
{
	const struct cpc_direction *cost = &view->costs[n].a_to_b;
	const struct cpc_report *report = view->hosts[n];
	json_t *object = json_object();
	char line[CPC_LINE_SIZE];
	json_t *gives_up;

	cpc_json_put(json, object, "name", cpc_json_text(view->names[n]));
	cpc_fingerprint_id(cost->from, line);
	cpc_json_put(json, object, "id", json_string(line));
	cpc_describe_cpu(&report->fingerprint, line);
	cpc_json_put(json, object, "cpu", json_string(line));
	cpc_json_put(json, object, "verdict", json_string(cpc_verdict_name(cost->verdict)));
	gives_up = cpc_json_array(json, object, "gives_up");
	for (size_t i = 0; i < cost->findings.count; i++)
		cpc_json_append(json, gives_up,
				cpc_json_finding(json, &cost->findings.items[i], view->policy, cost, false));
	return object;
}

enum cpc_status cpc_baseline_json(const struct cpc_baseline_view *view, const struct cpc_style *style,
				  struct cpc_buffer *out, struct cpc_error *reterr)
{
	struct cpc_json json = cpc_json_start("cpucompat/baseline/1");
	json_t *hosts;

	(void)style;
	cpc_json_put(&json, json.root, "policy", json_string(view->policy->name));
	cpc_json_put(&json, json.root, "view", json_string(cpc_view_name(view->view)));
	cpc_json_put(&json, json.root, "fingerprint", cpc_json_fingerprint(&json, view->meet));
	hosts = cpc_json_array(&json, json.root, "hosts");
	for (size_t i = 0; i < view->count; i++)
		cpc_json_append(&json, hosts, host(&json, view, i));
	return cpc_json_finish(&json, out, reterr);
}
