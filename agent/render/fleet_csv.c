/* SPDX-License-Identifier: MIT */
/*
 * A fleet as a table: a record a host, one for all hosts of a class that have no name, and one
 * for each source that gave no host. The header is a contract: columns are only ever appended.
 */
#include "renderers.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "csv.h"
#include "describe.h"

#define HEADER                                                                                                         \
	"host,hosts,class,class_number,pool,cpu,id,silicon_id,vantage,"                                                \
	"hardware_virtualization,execute_disable,long_mode,slat,"                                                      \
	"moves_to,moves_to_in_mode,moves_to_unknown,moves_from,baseline_cost,baseline_gains,"                          \
	"fingerprint,kvm_fingerprint,error"
static_assert(CPC_REQUIREMENT_COUNT == 4, "a column each");

/** Columns between `hosts` and the error. */
#define MIDDLE 19

/** What is summed up over the matrix: hosts of the fleet beside the one that is looked at. */
struct sums {
	size_t to[CPC_VERDICT_COUNT]; /**< hosts that a VM of this one moves to, by verdict */
	size_t from;		      /**< hosts whose VMs move here as they are */
	const struct cpc_class_cost *cost;
};

/** Of every class. NULL without memory. */
static struct sums *sum_up(const struct cpc_fleet_view *view)
{
	const struct cpc_fleet_answers *answers = view->answers;
	const size_t count = view->fleet->count;
	struct sums *sums = calloc(count ? count : 1, sizeof(*sums));

	for (size_t i = 0; sums && i < count; i++) {
		for (size_t j = 0; j < count; j++) {
			const enum cpc_verdict verdict = answers->verdicts[i * count + j];

			/* Of its own class, all but itself. */
			sums[i].to[verdict] += view->fleet->classes[j].count - (i == j);
			if (cpc_verdict_moves(verdict))
				sums[j].from += view->fleet->classes[i].count - (i == j);
		}
	}
	for (size_t i = 0; sums && i < answers->baseline_count; i++)
		for (size_t n = 0; answers->baselines[i].exists && n < answers->baselines[i].cost_count; n++)
			sums[answers->baselines[i].costs[n].class].cost = &answers->baselines[i].costs[n];
	return sums;
}

static void add_processor(struct cpc_csv *csv, const struct cpc_class *class)
{
	char text[CPC_LINE_SIZE];

	cpc_describe_cpu(&class->fingerprint, text);
	cpc_csv_text(csv, text);
	cpc_fingerprint_id(&class->fingerprint, text);
	cpc_csv_text(csv, text);
	cpc_fingerprint_silicon_id(&class->fingerprint, text);
	cpc_csv_text(csv, text);
	cpc_csv_text(csv, cpc_vantage_name(class->vantage));
	for (unsigned int i = 0; i < CPC_REQUIREMENT_COUNT; i++)
		cpc_csv_text(csv, cpc_requirement_status_name(class->requirements[i]));
}

/** A list of names in one field. */
static void add_name(void *context, const char *name)
{
	struct cpc_buffer *names = context;

	cpc_buffer_printf(names, "%s%s", names->length ? " " : "", name);
}

static void add_cost(struct cpc_csv *csv, const struct cpc_class_cost *cost)
{
	struct cpc_buffer names = { 0 };

	if (!cost) {
		cpc_csv_empty(csv, 2);
		return;
	}
	cpc_each_bit_name(cost->gained, add_name, &names);
	cpc_csv_count(csv, cost->bits);
	cpc_csv_text(csv, names.bytes ? names.bytes : "");
	csv->out->failed |= names.failed;
	cpc_buffer_free(&names);
}

static void add_fingerprint(struct cpc_csv *csv, const struct cpc_fingerprint *fingerprint)
{
	char text[CPC_FINGERPRINT_SIZE] = "";

	if (fingerprint)
		cpc_fingerprint_print(fingerprint, text);
	cpc_csv_text(csv, text);
}

/** What the records of all hosts of a class have in common: everything behind `hosts`. */
static void add_class(struct cpc_csv *csv, const struct cpc_fleet_view *view, size_t number, const struct sums *sums)
{
	const struct cpc_class *class = &view->fleet->classes[number];
	char letters[CPC_CLASS_LETTERS_SIZE];

	cpc_class_letters(number, letters);
	cpc_csv_text(csv, letters);
	cpc_csv_count(csv, number);
	cpc_csv_count(csv, view->answers->pool_of[number]);
	add_processor(csv, class);
	cpc_csv_count(csv, sums->to[CPC_SAME] + sums->to[CPC_MIGRATABLE]);
	cpc_csv_count(csv, sums->to[CPC_COMPATIBILITY_MODE]);
	cpc_csv_count(csv, sums->to[CPC_VERDICT_UNKNOWN]);
	cpc_csv_count(csv, sums->from);
	add_cost(csv, sums->cost);
	add_fingerprint(csv, &class->fingerprint);
	add_fingerprint(csv, class->kvm);
	cpc_csv_empty(csv, 1);
	cpc_csv_end(csv);
}

/** The common part is printed once: a class may have a million hosts. */
static void add_hosts(struct cpc_buffer *out, const struct cpc_fleet_view *view, size_t number, const struct sums *sums)
{
	const struct cpc_class *class = &view->fleet->classes[number];
	struct cpc_buffer common = { 0 };
	struct cpc_csv behind = { .out = &common, .begun = true };

	add_class(&behind, view, number, sums);
	out->failed |= common.failed;
	for (size_t i = 0; i < class->name_count && !out->failed; i++) {
		struct cpc_csv csv = { .out = out };

		cpc_csv_text(&csv, class->names[i]);
		cpc_csv_count(&csv, 1);
		cpc_buffer_add(out, common.bytes, common.length);
	}
	if (class->count > class->name_count && !out->failed) {
		struct cpc_csv csv = { .out = out };

		cpc_csv_empty(&csv, 1);
		cpc_csv_count(&csv, class->count - class->name_count);
		cpc_buffer_add(out, common.bytes, common.length);
	}
	cpc_buffer_free(&common);
}

static void add_unreadable(struct cpc_buffer *out, const char *source, const char *error)
{
	struct cpc_csv csv = { .out = out };

	cpc_csv_text(&csv, source);
	cpc_csv_count(&csv, 0);
	cpc_csv_empty(&csv, MIDDLE);
	cpc_csv_text(&csv, error);
	cpc_csv_end(&csv);
}

enum cpc_status cpc_fleet_csv(const struct cpc_fleet_view *view, const struct cpc_style *style, struct cpc_buffer *out,
			      struct cpc_error *reterr)
{
	struct sums *sums = sum_up(view);
	char more[CPC_LINE_SIZE];

	(void)style;
	if (!sums)
		return cpc_out_of_memory(reterr);
	cpc_buffer_puts(out, HEADER "\r\n");
	for (size_t i = 0; i < view->fleet->count; i++)
		add_hosts(out, view, i, &sums[i]);
	free(sums);
	for (size_t i = 0; i < view->unreadable_count; i++)
		add_unreadable(out, view->unreadable[i].source, view->unreadable[i].error);
	if (view->unreadable_more) {
		snprintf(more, sizeof(more), "%zu more gave nothing and are not listed", view->unreadable_more);
		add_unreadable(out, "", more);
	}
	return cpc_rendered(out, reterr);
}
