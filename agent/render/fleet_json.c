/* SPDX-License-Identifier: MIT */
/* cpucompat/fleet/1. Classes are numbered from 0, in the order of the document; rows of the matrix move to columns. */
#include "renderers.h"

#include "describe.h"
#include "escape.h"
#include "fleet_pieces.h"
#include "json_stream.h"

static json_t *fingerprint(struct cpc_json *json, const struct cpc_fingerprint *value)
{
	return value ? cpc_json_fingerprint(json, value) : json_null();
}

static json_t *requirements(struct cpc_json *json, const struct cpc_class *class)
{
	json_t *object = json_object();

	for (unsigned int i = 0; i < CPC_REQUIREMENT_COUNT; i++)
		cpc_json_put(json, object, cpc_requirement_key(i),
			     json_string(cpc_requirement_status_name(class->requirements[i])));
	return object;
}

static void write_class(struct cpc_json_stream *stream, const struct cpc_class *class)
{
	char text[CPC_FINGERPRINT_SIZE];
	char id[CPC_ID_SIZE];
	char cpu[CPC_LINE_SIZE];

	cpc_fingerprint_id(&class->fingerprint, id);
	cpc_fingerprint_print(&class->fingerprint, text);
	cpc_describe_cpu(&class->fingerprint, cpu);
	cpc_json_open(stream, NULL, '{');
	cpc_json_write(stream, "id", json_string(id));
	cpc_json_write(stream, "fingerprint", json_string(text));
	if (cpc_fingerprint_in_parts(&class->fingerprint))
		cpc_json_write(stream, "partial", cpc_json_partial(&stream->json, &class->fingerprint));
	cpc_json_write(stream, "kvm", fingerprint(&stream->json, class->kvm));
	cpc_json_write(stream, "cpu", json_string(cpu));
	cpc_json_write(stream, "vantage", json_string(cpc_vantage_name(class->vantage)));
	cpc_json_write(stream, "dumped", json_boolean(class->dumped));
	cpc_json_write(stream, "requirements", requirements(&stream->json, class));
	cpc_json_write(stream, "count", cpc_json_count(class->count));
	cpc_json_open(stream, "hosts", '[');
	for (size_t i = 0; i < class->name_count; i++)
		cpc_json_write(stream, NULL, cpc_json_text(class->names[i]));
	cpc_json_close(stream, ']');
	cpc_json_close(stream, '}');
}

static void write_classes(struct cpc_json_stream *stream, const struct cpc_fleet_view *view)
{
	cpc_json_open(stream, "classes", '[');
	for (size_t i = 0; i < view->fleet->count; i++)
		write_class(stream, &view->fleet->classes[i]);
	cpc_json_close(stream, ']');
}

/** A row a line: of 2,000 classes there are four million letters, each of them a character that JSON takes as it is. */
static void write_matrix(struct cpc_json_stream *stream, const struct cpc_fleet_view *view)
{
	const size_t count = view->fleet->count;

	cpc_json_open(stream, "matrix", '[');
	for (size_t i = 0; i < count; i++) {
		struct cpc_buffer *out = cpc_json_element(stream);

		for (size_t j = 0; j < count; j++) {
			const char *letter = cpc_verdict_letter(view->answers->verdicts[i * count + j]);
			const char cell[] = { j ? ',' : '[', '"', *letter, '"' };

			cpc_buffer_add(out, cell, sizeof(cell));
		}
		cpc_buffer_puts(out, "]");
	}
	cpc_json_close(stream, ']');
}

static void write_pools(struct cpc_json_stream *stream, const struct cpc_fleet_view *view)
{
	cpc_json_open(stream, "pools", '[');
	for (size_t pool = 0; pool < view->answers->pool_count; pool++) {
		cpc_json_open(stream, NULL, '[');
		for (size_t i = 0; i < view->fleet->count; i++)
			if (view->answers->pool_of[i] == pool)
				cpc_json_write(stream, NULL, cpc_json_class(i));
		cpc_json_close(stream, ']');
	}
	cpc_json_close(stream, ']');
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

json_t *cpc_json_bit_names(struct cpc_json *json, const uint32_t words[static CPC_WORDS_MAX])
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
		json_t *gained = cost->bits ? cpc_json_bit_names(json, cost->gained) : NULL;

		for (size_t n = 0; cost->bits && n < class->name_count; n++) {
			/* A key has to be as printable as a value. */
			json_t *name = cpc_json_text(class->names[n]);

			cpc_json_put(json, lost, json_string_value(name), json_incref(gained));
			json_decref(name);
		}
		json_decref(gained);
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
static void write_baselines(struct cpc_json_stream *stream, const struct cpc_fleet_view *view)
{
	const struct cpc_fleet_baseline *baselines = view->answers->baselines;
	const size_t count = view->answers->baseline_count;

	cpc_json_write(stream, "baseline", count == 1 ? baseline(&stream->json, view, &baselines[0]) : json_null());
	cpc_json_open(stream, "baselines", '[');
	for (size_t i = 0; i < count; i++)
		cpc_json_write(stream, NULL, baseline(&stream->json, view, &baselines[i]));
	cpc_json_close(stream, ']');
}

static void write_unreadable(struct cpc_json_stream *stream, const struct cpc_fleet_view *view)
{
	const size_t count = view->unreadable_count + view->unreadable_more;

	cpc_json_write(stream, "unreadable_count", cpc_json_count(count));
	cpc_json_open(stream, "unreadable", '[');
	for (size_t i = 0; i < view->unreadable_count; i++) {
		cpc_json_open(stream, NULL, '{');
		cpc_json_write(stream, "source", cpc_json_text(view->unreadable[i].source));
		cpc_json_write(stream, "error", cpc_json_text(view->unreadable[i].error));
		cpc_json_close(stream, '}');
	}
	cpc_json_close(stream, ']');
}

enum cpc_status cpc_fleet_json(const struct cpc_fleet_view *view, const struct cpc_style *style, struct cpc_buffer *out,
			       struct cpc_error *reterr)
{
	struct cpc_json_stream stream = cpc_json_stream_start("cpucompat/fleet/1", out);

	(void)style;
	cpc_json_write(&stream, "policy", json_string(view->answers->policy->name));
	cpc_json_write(&stream, "hosts", cpc_json_count(view->fleet->hosts));
	write_classes(&stream, view);
	write_matrix(&stream, view);
	write_pools(&stream, view);
	cpc_json_write(&stream, "chains", cpc_json_chains(&stream.json, view->answers));
	write_baselines(&stream, view);
	write_unreadable(&stream, view);
	if (view->change)
		cpc_json_write(&stream, "change", cpc_json_change(&stream.json, view));
	if (view->order)
		cpc_json_write(&stream, "order", cpc_json_order(&stream.json, view->order_plan, view->order));
	return cpc_json_stream_finish(&stream, reterr);
}
