/* SPDX-License-Identifier: MIT */
/* cpucompat/fleet/1. Classes are numbered from 0, in the order of the document; rows of the matrix move to columns. */
#include "renderers.h"

#include "describe.h"
#include "escape.h"
#include "json.h"

static json_t *fingerprint(struct cpc_json *json, const struct cpc_fingerprint *value)
{
	return value ? cpc_json_fingerprint(json, value) : json_null();
}

static json_t *class(struct cpc_json *json, const struct cpc_class *class)
{
	json_t *object = json_object();
	char text[CPC_FINGERPRINT_SIZE];
	char id[CPC_ID_SIZE];
	char cpu[CPC_LINE_SIZE];
	json_t *requirements;
	json_t *hosts;

	cpc_fingerprint_id(&class->fingerprint, id);
	cpc_fingerprint_print(&class->fingerprint, text);
	cpc_describe_cpu(&class->fingerprint, cpu);
	cpc_json_put(json, object, "id", json_string(id));
	cpc_json_put(json, object, "fingerprint", json_string(text));
	cpc_json_put(json, object, "kvm", fingerprint(json, class->kvm));
	cpc_json_put(json, object, "cpu", json_string(cpu));
	cpc_json_put(json, object, "vantage", json_string(cpc_vantage_name(class->vantage)));
	requirements = cpc_json_object(json, object, "requirements");
	for (unsigned int i = 0; i < CPC_REQUIREMENT_COUNT; i++)
		cpc_json_put(json, requirements, cpc_requirement_key(i),
			     json_string(cpc_requirement_status_name(class->requirements[i])));
	cpc_json_put(json, object, "count", json_integer((json_int_t) class->count));
	hosts = cpc_json_array(json, object, "hosts");
	for (size_t i = 0; i < class->name_count; i++)
		cpc_json_append(json, hosts, cpc_json_text(class->names[i]));
	return object;
}

static void put_classes(struct cpc_json *json, const struct cpc_fleet_view *view)
{
	json_t *classes = cpc_json_array(json, json->root, "classes");

	for (size_t i = 0; i < view->fleet->count; i++)
		cpc_json_append(json, classes, class(json, &view->fleet->classes[i]));
}

static void put_matrix(struct cpc_json *json, const struct cpc_fleet_view *view)
{
	const size_t count = view->fleet->count;
	json_t *matrix = cpc_json_array(json, json->root, "matrix");

	for (size_t i = 0; i < count; i++) {
		json_t *row = json_array();

		for (size_t j = 0; j < count; j++)
			cpc_json_append(json, row,
					json_string(cpc_verdict_letter(view->answers->verdicts[i * count + j])));
		cpc_json_append(json, matrix, row);
	}
}

static void put_pools(struct cpc_json *json, const struct cpc_fleet_view *view)
{
	json_t *pools = cpc_json_array(json, json->root, "pools");

	for (size_t pool = 0; pool < view->answers->pool_count; pool++) {
		json_t *classes = json_array();

		for (size_t i = 0; i < view->fleet->count; i++)
			if (view->answers->pool_of[i] == pool)
				cpc_json_append(json, classes, json_integer((json_int_t)i));
		cpc_json_append(json, pools, classes);
	}
}

/** A list of names that grows. */
struct names {
	struct cpc_json *json;
	json_t *list;
};

static void add_name(void *context, const char *name)
{
	const struct names *names = context;

	cpc_json_append(names->json, names->list, json_string(name));
}

static json_t *names_of_bits(struct cpc_json *json, const uint32_t words[static CPC_WORDS_MAX])
{
	struct names names = { .json = json, .list = json_array() };

	cpc_each_bit_name(words, add_name, &names);
	return names.list;
}

/** What the others could have without the class of each host. */
static void put_lost(struct cpc_json *json, json_t *object, const struct cpc_fleet_view *view,
		     const struct cpc_fleet_baseline *baseline)
{
	json_t *lost = cpc_json_object(json, object, "lost_by_host");

	for (size_t i = 0; i < baseline->cost_count; i++) {
		const struct cpc_class_cost *cost = &baseline->costs[i];
		const struct cpc_class *class = &view->fleet->classes[cost->class];

		for (size_t n = 0; n < class->name_count && cost->bits; n++) {
			/* A key has to be as printable as a value. */
			json_t *name = cpc_json_text(class->names[n]);

			cpc_json_put(json, lost, json_string_value(name), names_of_bits(json, cost->gained));
			json_decref(name);
		}
	}
}

static json_t *baseline(struct cpc_json *json, const struct cpc_fleet_view *view,
			const struct cpc_fleet_baseline *baseline)
{
	json_t *object = json_object();
	char vendor[CPC_VENDOR_TEXT_SIZE];

	cpc_vendor_text(baseline->vendor, vendor);
	cpc_json_put(json, object, "vendor", json_string(vendor));
	cpc_json_put(json, object, "view", json_string(cpc_view_name(baseline->view)));
	cpc_json_put(json, object, "fingerprint", fingerprint(json, baseline->exists ? &baseline->meet : NULL));
	cpc_json_put(json, object, "error", baseline->exists ? json_null() : cpc_json_text(baseline->why.what));
	if (baseline->exists)
		put_lost(json, object, view, baseline);
	return object;
}

/** `baseline` is the whole fleet's, which there is only where it is of one vendor. */
static void put_baselines(struct cpc_json *json, const struct cpc_fleet_view *view)
{
	json_t *baselines;

	cpc_json_put(json, json->root, "baseline",
		     view->answers->baseline_count == 1 ? baseline(json, view, &view->answers->baselines[0])
							: json_null());
	baselines = cpc_json_array(json, json->root, "baselines");
	for (size_t i = 0; i < view->answers->baseline_count; i++)
		cpc_json_append(json, baselines, baseline(json, view, &view->answers->baselines[i]));
}

static void put_unreadable(struct cpc_json *json, const struct cpc_fleet_view *view)
{
	const size_t count = view->unreadable_count + view->unreadable_more;
	json_t *unreadable;

	cpc_json_put(json, json->root, "unreadable_count", json_integer((json_int_t)count));
	unreadable = cpc_json_array(json, json->root, "unreadable");

	for (size_t i = 0; i < view->unreadable_count; i++) {
		json_t *object = json_object();

		cpc_json_put(json, object, "source", cpc_json_text(view->unreadable[i].source));
		cpc_json_put(json, object, "error", cpc_json_text(view->unreadable[i].error));
		cpc_json_append(json, unreadable, object);
	}
}

enum cpc_status cpc_fleet_json(const struct cpc_fleet_view *view, const struct cpc_style *style, struct cpc_buffer *out,
			       struct cpc_error *reterr)
{
	struct cpc_json json = cpc_json_start("cpucompat/fleet/1");

	(void)style;
	cpc_json_put(&json, json.root, "policy", json_string(view->answers->policy->name));
	cpc_json_put(&json, json.root, "hosts", json_integer((json_int_t)view->fleet->hosts));
	put_classes(&json, view);
	put_matrix(&json, view);
	put_pools(&json, view);
	put_baselines(&json, view);
	put_unreadable(&json, view);
	return cpc_json_finish(&json, out, reterr);
}
