/* SPDX-License-Identifier: MIT */
/*
 * cpucompat/catalogue/1:
 *
 *   schema
 *   policy       null where nothing was asked
 *   accepts      the host whose VMs the processors should take: null or {name, id, cpu}
 *   accepted_by  the host that should take theirs, likewise
 *   count        of processors in the document
 *   standings    null where nothing was asked, or how many of each: {moves, may-move,
 *                needs-patch, needs-mode, may-need-mode, never}
 *   processors[] in the catalogue's order, each {name, alias or null, part (server or other),
 *                brand, vendor, family, model, stepping, microarchitecture, virtualization and
 *                slat (set, clear or unknown), fingerprint, source, standing, accepts,
 *                accepted_by}
 *
 * A fingerprint is {id, silicon, text, ...} as in other documents. A processor's accepts and
 * accepted_by are null or {standing, verdict, reasons[{code, name, where, weight, mitigation,
 * a_unknown, b_unknown}]}; a is where the VM comes from, b where it goes. Its own standing is
 * the worse of the two.
 *
 * `verdict` is that of a comparison. `standing` says what a buyer asks: moves (as it is),
 * may-move (nothing known stands in the way, something unread might), needs-patch (only
 * mitigations do: equal microcode), needs-mode (only in the policy's compatibility mode),
 * may-need-mode (not as it is, and something unread decides whether in that mode), never.
 */
#include "renderers.h"

#include <string.h>

#include "describe.h"
#include "escape.h"
#include "json.h"

static void put_host(struct cpc_json *json, const char *key, const struct cpc_catalogue_host *host)
{
	char line[CPC_LINE_SIZE];
	char id[CPC_ID_SIZE];
	json_t *object;

	if (!host->report) {
		cpc_json_put(json, json->root, key, json_null());
		return;
	}
	object = cpc_json_object(json, json->root, key);
	cpc_fingerprint_id(&host->report->fingerprint, id);
	cpc_describe_cpu(&host->report->fingerprint, line);
	cpc_json_put(json, object, "name", cpc_json_text(host->name));
	cpc_json_put(json, object, "id", json_string(id));
	cpc_json_put(json, object, "cpu", json_string(line));
}

static json_t *standing(enum cpc_standing value)
{
	return value == CPC_NOT_ASKED ? json_null() : json_string(cpc_standing_name(value));
}

static void put_standings(struct cpc_json *json, const struct cpc_catalogue_view *view)
{
	json_int_t counts[CPC_STANDING_COUNT] = { 0 };
	json_t *object;

	for (size_t i = 0; i < view->count; i++)
		counts[cpc_candidate_standing(&view->candidates[i])]++;
	if (!view->accepts.report && !view->accepted_by.report) {
		cpc_json_put(json, json->root, "standings", json_null());
		return;
	}
	object = cpc_json_object(json, json->root, "standings");
	for (int i = CPC_MOVES; i < CPC_STANDING_COUNT; i++)
		cpc_json_put(json, object, cpc_standing_name((enum cpc_standing)i), json_integer(counts[i]));
}

static json_t *reason(struct cpc_json *json, const struct cpc_finding *finding, const char *vendor)
{
	const struct cpc_subject subject = cpc_subject_of(finding, vendor);
	json_t *object = json_object();

	cpc_json_put(json, object, "code", json_string(cpc_finding_code_name(finding->code)));
	cpc_json_put(json, object, "name", json_string(subject.name));
	cpc_json_put(json, object, "where", json_string(subject.where));
	cpc_json_put(json, object, "weight", json_string(cpc_weight_name(finding->weight)));
	cpc_json_put(json, object, "mitigation", json_boolean(finding->mitigation));
	cpc_json_put(json, object, "a_unknown", json_boolean(finding->a_unknown));
	cpc_json_put(json, object, "b_unknown", json_boolean(finding->b_unknown));
	return object;
}

static void put_answer(struct cpc_json *json, json_t *processor, const char *key, const struct cpc_answer *answer,
		       const char *vendor)
{
	json_t *object;
	json_t *reasons;

	if (answer->standing == CPC_NOT_ASKED) {
		cpc_json_put(json, processor, key, json_null());
		return;
	}
	object = cpc_json_object(json, processor, key);
	cpc_json_put(json, object, "standing", standing(answer->standing));
	cpc_json_put(json, object, "verdict", json_string(cpc_verdict_name(answer->verdict)));
	reasons = cpc_json_array(json, object, "reasons");
	for (size_t i = 0; i < answer->reasons.count; i++)
		cpc_json_append(json, reasons, reason(json, &answer->reasons.items[i], vendor));
}

static void put_fingerprint(struct cpc_json *json, json_t *processor, const char *text)
{
	struct cpc_fingerprint fingerprint;

	if (cpc_fingerprint_parse(text, strlen(text), &fingerprint, NULL))
		json->failed = true;
	else
		cpc_json_put(json, processor, "fingerprint", cpc_json_fingerprint(json, &fingerprint));
}

static json_t *processor(struct cpc_json *json, const struct cpc_candidate *candidate)
{
	const struct cpc_catalogue_row *row = candidate->row;
	const char *vendor = candidate->signature.vendor;
	char vendor_text[CPC_VENDOR_TEXT_SIZE];
	json_t *object = json_object();

	cpc_vendor_text(vendor, vendor_text);
	cpc_json_put(json, object, "name", json_string(row->name));
	cpc_json_put(json, object, "alias", *row->alias ? json_string(row->alias) : json_null());
	cpc_json_put(json, object, "part", json_string(row->part == CPC_PART_SERVER ? "server" : "other"));
	cpc_json_put(json, object, "brand", cpc_json_text(row->brand));
	cpc_json_put(json, object, "vendor", json_string(vendor_text));
	cpc_json_put(json, object, "family", json_integer(candidate->signature.family));
	cpc_json_put(json, object, "model", json_integer(candidate->signature.model));
	cpc_json_put(json, object, "stepping", json_integer(candidate->signature.stepping));
	cpc_json_put(json, object, "microarchitecture", json_string(candidate->microarchitecture));
	cpc_json_put(json, object, "virtualization", json_string(cpc_tristate_name(row->virtualization)));
	cpc_json_put(json, object, "slat", json_string(cpc_tristate_name(row->slat)));
	put_fingerprint(json, object, row->fingerprint);
	cpc_json_put(json, object, "source", cpc_json_text(row->source));
	cpc_json_put(json, object, "standing", standing(cpc_candidate_standing(candidate)));
	put_answer(json, object, "accepts", &candidate->accepts, vendor);
	put_answer(json, object, "accepted_by", &candidate->accepted_by, vendor);
	return object;
}

enum cpc_status cpc_catalogue_json(const struct cpc_catalogue_view *view, const struct cpc_style *style,
				   struct cpc_buffer *out, struct cpc_error *reterr)
{
	const bool asked = view->accepts.report || view->accepted_by.report;
	struct cpc_json json = cpc_json_start("cpucompat/catalogue/1");
	json_t *processors;

	(void)style;
	cpc_json_put(&json, json.root, "policy", asked ? json_string(view->policy->name) : json_null());
	put_host(&json, "accepts", &view->accepts);
	put_host(&json, "accepted_by", &view->accepted_by);
	cpc_json_put(&json, json.root, "count", json_integer((json_int_t)view->count));
	put_standings(&json, view);
	processors = cpc_json_array(&json, json.root, "processors");
	for (size_t i = 0; i < view->count; i++)
		cpc_json_append(&json, processors, processor(&json, &view->candidates[i]));
	return cpc_json_finish(&json, out, reterr);
}
