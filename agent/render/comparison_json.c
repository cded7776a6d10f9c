/* SPDX-License-Identifier: MIT */
/* cpucompat/comparison/1: design, section 7. */
#include "renderers.h"

#include "describe.h"
#include "json.h"

static void put_side(struct cpc_json *json, const char *key, const char *name, const struct cpc_report *report,
		     const struct cpc_fingerprint *compared)
{
	json_t *side = cpc_json_object(json, json->root, key);
	char cpu[CPC_LINE_SIZE];
	char id[CPC_ID_SIZE];

	cpc_fingerprint_id(compared, id);
	cpc_describe_cpu(&report->fingerprint, cpu);
	cpc_json_put(json, side, "name", cpc_json_text(name));
	cpc_json_put(json, side, "id", json_string(id));
	cpc_json_put(json, side, "cpu", json_string(cpu));
}

static void put_names(struct cpc_json *json, json_t *object, const char *key, const struct cpc_findings *findings)
{
	json_t *names = cpc_json_array(json, object, key);

	for (size_t i = 0; i < findings->count; i++)
		cpc_json_append(json, names, json_string(cpc_subject_of(&findings->items[i], "").name));
}

static void put_mode(struct cpc_json *json, json_t *object, const struct cpc_direction *direction)
{
	json_t *mode;

	if (!direction->mode_asked) {
		cpc_json_put(json, object, "compatibility_mode", json_null());
		return;
	}
	mode = cpc_json_object(json, object, "compatibility_mode");
	cpc_json_put(json, mode, "works", json_boolean(direction->mode_works));
	put_names(json, mode, "guest_loses", &direction->loses);
}

/** Which view of each side was compared, and whether that is only what stands in for the policy's own. */
static json_t *views_of(struct cpc_json *json, const struct cpc_comparison_view *view,
			const struct cpc_direction *direction, bool swapped)
{
	const struct cpc_fingerprint *a = swapped ? direction->to : direction->from;
	const struct cpc_fingerprint *b = swapped ? direction->from : direction->to;
	json_t *object = json_object();

	cpc_json_put(json, object, "a", json_string(cpc_view_name(cpc_view_of(view->a, a))));
	cpc_json_put(json, object, "b", json_string(cpc_view_name(cpc_view_of(view->b, b))));
	cpc_json_put(json, object, "fallback", json_boolean(direction->fallback));
	return object;
}

static void put_direction(struct cpc_json *json, const char *key, const struct cpc_comparison_view *view, bool swapped)
{
	const struct cpc_direction *direction = swapped ? &view->comparison->b_to_a : &view->comparison->a_to_b;
	json_t *object = cpc_json_object(json, json->root, key);
	json_t *after;
	json_t *findings;

	cpc_json_put(json, object, "verdict", json_string(cpc_verdict_name(direction->verdict)));
	cpc_json_put(json, object, "views", views_of(json, view, direction, swapped));
	cpc_json_put(json, object, "only_mitigations", json_boolean(direction->only_mitigations));
	findings = cpc_json_array(json, object, "findings");
	for (size_t i = 0; i < direction->findings.count; i++)
		cpc_json_append(json, findings,
				cpc_json_finding(json, &direction->findings.items[i], view->comparison->policy,
						 direction, swapped));
	put_mode(json, object, direction);
	after = cpc_json_object(json, object, "after_power_cycle");
	put_names(json, after, "gains", &direction->gains);
	cpc_json_put(json, after, "can_return", json_boolean(direction->can_return));
}

/** How sure the platform's part of the answer is. */
static void put_sureness(struct cpc_json *json, const struct cpc_policy *policy)
{
	json_t *sure = cpc_json_object(json, json->root, "policy_sure");

	cpc_json_put(json, sure, "compared", json_string(cpc_sureness_name(policy->sure)));
	cpc_json_put(json, sure, "mode",
		     policy->mode == CPC_MODE_NONE ? json_null()
						   : json_string(cpc_sureness_name(cpc_policy_mode_sure(policy))));
}

enum cpc_status cpc_comparison_json(const struct cpc_comparison_view *view, const struct cpc_style *style,
				    struct cpc_buffer *out, struct cpc_error *reterr)
{
	struct cpc_json json = cpc_json_start("cpucompat/comparison/1");

	(void)style;
	cpc_json_put(&json, json.root, "policy", json_string(view->comparison->policy->name));
	put_sureness(&json, view->comparison->policy);
	put_side(&json, "a", view->a_name, view->a, view->comparison->a_to_b.from);
	put_side(&json, "b", view->b_name, view->b, view->comparison->a_to_b.to);
	cpc_json_put(&json, json.root, "relation", json_string(cpc_relation_name(view->comparison->relation)));
	put_direction(&json, "a_to_b", view, false);
	put_direction(&json, "b_to_a", view, true);
	return cpc_json_finish(&json, out, reterr);
}
