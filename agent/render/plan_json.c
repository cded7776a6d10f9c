/* SPDX-License-Identifier: MIT */
/*
 * cpucompat/plan/1:
 *
 *   schema, policy
 *   vms, reckoned  see vms_json.h
 *   prices         {host, socket, core}: each null or a decimal number as a string, for it is money
 *   layouts[]      {layout, hosts, sockets_per_host, memory_bytes_per_host, cores_per_socket or null, threads_per_core,
 *                  refused: null, one-host or too-many-hosts,
 *                  total {sockets, cores or null, memory_bytes, memory_bytes_for_vms or null},
 *                  licenses {host, socket, core}: each null or a number,
 *                  cost: null or such a string,
 *                  all_hosts, one_gone: each {fit (fits, does-not-fit, cannot-tell), reason},
 *                  spare_hosts: null or {at_least, exact},
 *                  failure {hosts: 1, of, vms_spread_evenly or null, vms_at_most or null},
 *                  vms_take_bytes or null}
 *   cheapest       the number of a layout, from 0, or null
 *   verdict        fits (on one of them all VMs do, with one host gone), does-not-fit, cannot-tell
 */
#include "renderers.h"

#include "amounts.h"
#include "json.h"
#include "vms_json.h"

static json_t *money(struct cpc_measurement units)
{
	char words[CPC_AMOUNT_SIZE];

	if (!units.known)
		return json_null();
	cpc_money_words(units.value, words);
	return json_string(words);
}

static void put_fit(struct cpc_json *json, json_t *object, const char *key, const struct cpc_layout_fit *fit)
{
	json_t *member = cpc_json_object(json, object, key);

	cpc_json_put(json, member, "fit", json_string(cpc_fit_name(fit->fit)));
	cpc_json_put(json, member, "reason", json_string(cpc_fit_reason_name(fit->reason)));
}

static void put_total(struct cpc_json *json, json_t *object, const struct cpc_layout_answer *answer, bool vms)
{
	json_t *member = cpc_json_object(json, object, "total");

	cpc_json_put(json, member, "sockets", cpc_json_count(answer->sockets));
	cpc_json_put(json, member, "cores", cpc_json_measurement(answer->cores));
	cpc_json_put(json, member, "memory_bytes", cpc_json_count(answer->memory));
	cpc_json_put(json, member, "memory_bytes_for_vms", vms ? cpc_json_count(answer->room) : json_null());
}

static void put_failure(struct cpc_json *json, json_t *object, const struct cpc_layout *layout,
			const struct cpc_layout_answer *answer, bool vms)
{
	json_t *member = cpc_json_object(json, object, "failure");

	cpc_json_put(json, member, "hosts", cpc_json_count(1));
	cpc_json_put(json, member, "of", cpc_json_count(layout->hosts));
	cpc_json_put(json, member, "vms_spread_evenly", vms ? cpc_json_count(answer->lost_evenly) : json_null());
	cpc_json_put(json, member, "vms_at_most", vms ? cpc_json_count(answer->lost_at_most) : json_null());
}

static void put_spare(struct cpc_json *json, json_t *object, const struct cpc_layout_answer *answer)
{
	json_t *member;

	if (answer->all.fit != CPC_FITS) {
		cpc_json_put(json, object, "spare_hosts", json_null());
		return;
	}
	member = cpc_json_object(json, object, "spare_hosts");
	cpc_json_put(json, member, "at_least", cpc_json_count(answer->spare));
	cpc_json_put(json, member, "exact", json_boolean(answer->spare_is_most));
}

static json_t *layout_object(struct cpc_json *json, const struct cpc_plan *plan, size_t i)
{
	const struct cpc_layout *layout = &plan->layouts[i];
	const struct cpc_layout_answer *answer = &plan->answers[i];
	const bool vms = plan->terms->vms != NULL;
	json_t *object = json_object();
	json_t *member;

	cpc_json_put(json, object, "layout", cpc_json_text(layout->name));
	cpc_json_put(json, object, "hosts", cpc_json_count(layout->hosts));
	cpc_json_put(json, object, "sockets_per_host", cpc_json_count(layout->sockets));
	cpc_json_put(json, object, "memory_bytes_per_host", cpc_json_count(layout->memory));
	cpc_json_put(json, object, "cores_per_socket", layout->cores ? cpc_json_count(layout->cores) : json_null());
	cpc_json_put(json, object, "threads_per_core", cpc_json_count(layout->threads));
	cpc_json_put(json, object, "refused",
		     answer->refusal ? json_string(cpc_refusal_name(answer->refusal)) : json_null());
	put_total(json, object, answer, vms);
	member = cpc_json_object(json, object, "licenses");
	for (unsigned int n = 0; n < CPC_LICENSE_COUNT; n++)
		cpc_json_put(json, member, cpc_license_name(n), cpc_json_measurement(answer->licenses[n]));
	cpc_json_put(json, object, "cost", money(answer->cost));
	put_fit(json, object, "all_hosts", &answer->all);
	put_fit(json, object, "one_gone", &answer->one_gone);
	put_spare(json, object, answer);
	put_failure(json, object, layout, answer, vms);
	cpc_json_put(json, object, "vms_take_bytes", vms ? cpc_json_count(answer->taken) : json_null());
	return object;
}

enum cpc_status cpc_plan_json(const struct cpc_plan *plan, const struct cpc_style *style, struct cpc_buffer *out,
			      struct cpc_error *reterr)
{
	struct cpc_json json = cpc_json_start("cpucompat/plan/1");
	json_t *member;

	(void)style;
	cpc_json_put(&json, json.root, "policy", json_string(plan->terms->policy->name));
	cpc_json_vms(&json, json.root, plan->terms->vms, plan->terms->overhead);
	member = cpc_json_object(&json, json.root, "prices");
	for (unsigned int i = 0; i < CPC_LICENSE_COUNT; i++)
		cpc_json_put(&json, member, cpc_license_name(i), money(plan->terms->prices[i]));
	member = cpc_json_array(&json, json.root, "layouts");
	for (size_t i = 0; i < plan->count; i++)
		cpc_json_append(&json, member, layout_object(&json, plan, i));
	cpc_json_put(&json, json.root, "cheapest",
		     plan->cheapest < plan->count ? cpc_json_count(plan->cheapest) : json_null());
	cpc_json_put(&json, json.root, "verdict", json_string(cpc_fit_name(plan->keeps)));
	return cpc_json_finish(&json, out, reterr);
}
