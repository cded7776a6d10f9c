/* SPDX-License-Identifier: MIT */
/* A fleet beside an earlier one, or beside itself as it is planned; and the order in which that can be done. */
#include "cli_inside.h"
#include "fleet_inside.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cpucompat/fleet_change.h>
#include <cpucompat/fleet_order.h>

#include "fleet_document.h"

/** Names that are told of a NAME that no host has. */
#define NEAR_MAX 3

/** Everything that is made for one question. Zero-initialise. */
struct plan {
	const struct cli_options *options;
	const struct cpc_fleet *present; /**< as it was read */
	struct cpc_fleet saved;		 /**< of --since */
	size_t saved_unreadable;
	struct cpc_fleet all;	  /**< with what is added */
	struct cpc_fleet planned; /**< of them those that stay */
	struct cpc_named_host leaving[CLI_VALUES_MAX];
	size_t leaving_count;
};

bool cli_wants_plan(const struct cli_options *options)
{
	return options->since || options->add.count || options->remove.count || options->order;
}

static size_t count_stdin(const struct cli_options *options)
{
	size_t uses = options->since && !strcmp(options->since, "-");

	for (size_t i = 0; i < options->argument_count; i++)
		uses += !strcmp(options->arguments[i], "-");
	for (size_t i = 0; i < options->add.count; i++)
		uses += !strcmp(options->add.items[i], "-");
	return uses;
}

bool cli_refuse_plan(const struct cli_options *options)
{
	const struct cpc_fleet_format *format = cpc_fleet_format_named(options->format);

	if (!cli_wants_plan(options))
		return false;
	if (!format->tells_changes)
		return cli_complain(CPC_USAGE,
				    "fleet: --since, --add, --remove and --order are told as text and json, not as %s",
				    format->name);
	if (options->since && (options->add.count || options->remove.count))
		return cli_complain(CPC_USAGE,
				    "fleet: --since looks back, and --add and --remove look ahead; ask one after "
				    "the other");
	if (count_stdin(options) > 1)
		return cli_complain(CPC_USAGE,
				    "fleet: standard input can be read only once; save one of them to a file");
	return false;
}

static int out_of_memory(void)
{
	return cli_complain(CPC_INTERNAL, "fleet: out of memory");
}

static int read_saved(struct plan *plan)
{
	struct cpc_buffer bytes = { 0 };
	struct cpc_error error;
	enum cpc_status status = cli_read_input(plan->options->since, &bytes, &error);

	if (!status)
		status = cpc_fleet_document_read(bytes.bytes ? bytes.bytes : "", bytes.length, &plan->saved, &error);
	if (!status)
		plan->saved_unreadable = cpc_fleet_document_unreadable(bytes.bytes, bytes.length);
	cpc_buffer_free(&bytes);
	return status ? cli_fail(plan->options->since, &error) : 0;
}

static bool has_name(const struct cpc_fleet *fleet, const char *name)
{
	for (size_t i = 0; i < fleet->count; i++)
		for (size_t n = 0; n < fleet->classes[i].name_count; n++)
			if (!strcmp(fleet->classes[i].names[n], name))
				return true;
	return false;
}

/** A host that is bought twice has two names: its own, and that with a number. */
static enum cpc_status add_one(struct plan *plan, const struct cpc_side *side, const char *name)
{
	char numbered[2 * CLI_NAME_SIZE];

	snprintf(numbered, sizeof(numbered), "%s", name);
	for (size_t n = 2; has_name(&plan->all, numbered); n++)
		snprintf(numbered, sizeof(numbered), "%s#%zu", name, n);
	return cpc_fleet_add(&plan->all, numbered, side, NULL);
}

static enum cpc_status add_fleet(struct plan *plan, const struct cpc_fleet *added)
{
	enum cpc_status status = CPC_OK;

	for (size_t i = 0; i < added->count && !status; i++) {
		const struct cpc_class *class = &added->classes[i];
		const struct cpc_side side = cpc_class_side(class);

		if (added->hosts == 1 && class->name_count)
			status = add_one(plan, &side, class->names[0]);
		else
			status = cpc_fleet_add_alike(&plan->all, &side, class->names, class->name_count, class->count,
						     NULL);
	}
	return status;
}

/** What cannot be read is no host to plan with. */
static int read_added(struct plan *plan, const char *source)
{
	struct cli_reading reading = { .options = plan->options };
	enum cpc_status status = cli_read_fleet(&reading, source);
	int code = 0;

	if (!status && reading.unreadable_count)
		code = cli_complain(reading.worst, "--add %s: %s", reading.unreadable[0].source,
				    reading.unreadable[0].error);
	else if (status || add_fleet(plan, &reading.fleet))
		code = out_of_memory();
	cli_forget(&reading);
	return code;
}

/** The names that are nearest to a word, the nearest first. */
struct near_names {
	const char *names[NEAR_MAX];
	struct cpc_near near[NEAR_MAX];
	size_t count;
};

static bool is_nearer(const struct cpc_near *a, const struct cpc_near *b)
{
	return a->distance < b->distance || (a->distance == b->distance && a->prefix > b->prefix);
}

static void offer_name(struct near_names *list, const char *word, const char *name)
{
	struct cpc_near near = { 0 };
	size_t at = 0;

	if (!cpc_nearer(word, name, &near))
		return;
	while (at < list->count && !is_nearer(&near, &list->near[at]))
		at++;
	if (at == NEAR_MAX)
		return;
	list->count += list->count < NEAR_MAX;
	for (size_t i = list->count - 1; i > at; i--) {
		list->names[i] = list->names[i - 1];
		list->near[i] = list->near[i - 1];
	}
	list->names[at] = name;
	list->near[at] = near;
}

/** "web01-web03", as lists fold names that count up: whether the name is that, and of hosts that are there. */
static bool is_folded(const struct cpc_fleet *fleet, const char *name)
{
	char first[CLI_NAME_SIZE];

	for (const char *dash = strchr(name, '-'); dash; dash = strchr(dash + 1, '-')) {
		snprintf(first, sizeof(first), "%.*s", (int)(dash - name), name);
		if (has_name(fleet, first) && has_name(fleet, dash + 1))
			return true;
	}
	return false;
}

static int complain_of_name(const struct plan *plan, const char *name)
{
	struct near_names near = { .count = 0 };
	struct cpc_buffer list = { 0 };
	size_t names = 0;
	int code;

	for (size_t i = 0; i < plan->present->count; i++) {
		for (size_t n = 0; n < plan->present->classes[i].name_count; n++, names++)
			offer_name(&near, name, plan->present->classes[i].names[n]);
	}
	for (size_t i = 0; i < near.count; i++)
		cpc_buffer_printf(&list, "%s%s", i ? ", " : "", near.names[i]);
	if (!names)
		code = cli_complain(CPC_NO_INPUT, "--remove %s: no host here has a name; give a list with names", name);
	else if (is_folded(plan->present, name))
		code = cli_complain(CPC_NO_INPUT,
				    "--remove %s: no host of this name; a list has several so: give --remove with each",
				    name);
	else if (near.count)
		code = cli_complain(CPC_NO_INPUT, "--remove %s: no host of this name; near it: %s", name,
				    list.bytes ? list.bytes : "");
	else
		code = cli_complain(CPC_NO_INPUT, "--remove %s: no host of this name, nor one near it, among %zu", name,
				    names);
	cpc_buffer_free(&list);
	return code;
}

static int find_leaving(struct plan *plan, const struct cpc_host_index *index, const char *name)
{
	size_t class = 0;
	const size_t times = cpc_host_index_find(index, name, &class);

	if (!times)
		return complain_of_name(plan, name);
	if (times > 1)
		return cli_complain(CPC_BAD_DATA,
				    "--remove %s: %zu hosts have this name; give each a name of its own to tell which",
				    name, times);
	for (size_t i = 0; i < plan->leaving_count; i++)
		if (!strcmp(plan->leaving[i].name, name))
			return 0;
	plan->leaving[plan->leaving_count++] = (struct cpc_named_host){ .name = name, .class = class };
	return 0;
}

/** The fleet with what is added, and who leaves it. */
static int read_plan(struct plan *plan)
{
	struct cpc_host_index *index = cpc_host_index_new(plan->present);
	int code = index ? 0 : out_of_memory();

	for (size_t i = 0; i < plan->options->remove.count && !code; i++)
		code = find_leaving(plan, index, plan->options->remove.items[i]);
	cpc_host_index_free(index);
	if (!code && cpc_fleet_copy(plan->present, NULL, 0, &plan->all, NULL))
		code = out_of_memory();
	for (size_t i = 0; i < plan->options->add.count && !code; i++)
		code = read_added(plan, plan->options->add.items[i]);
	if (!code && cpc_fleet_copy(&plan->all, plan->leaving, plan->leaving_count, &plan->planned, NULL))
		code = out_of_memory();
	return code;
}

/** Print the view with the order in it, if one is wanted. */
static int print_order(const struct plan *plan, struct cpc_fleet_view *view)
{
	struct cpc_fleet_answers answers;
	const struct cpc_order_plan order_plan = {
		.fleet = &plan->all,
		.present = plan->present,
		.answers = &answers,
		.leaving = plan->leaving,
		.leaving_count = plan->leaving_count,
	};
	struct cpc_fleet_order order;
	struct cpc_error error;
	int code;

	if (!plan->options->order)
		return cli_print_fleet(view, plan->options);
	if (cpc_fleet_ask(&plan->all, plan->options->policy, &answers, &error))
		return cli_fail("fleet", &error);
	if (cpc_fleet_order_of(&order_plan, &order, &error)) {
		code = cli_fail("fleet", &error);
	} else {
		view->order = &order;
		view->order_plan = &order_plan;
		code = cli_print_fleet(view, plan->options);
		if (!code)
			code = cpc_verdict_exit(order.verdict);
		cpc_fleet_order_free(&order);
	}
	cpc_fleet_answers_free(&answers);
	return code;
}

static int print_change(const struct plan *plan, struct cpc_fleet_view *view, const struct cpc_fleet *before)
{
	struct cpc_fleet_answers answers;
	struct cpc_fleet_change change;
	struct cpc_error error;
	int code;

	if (cpc_fleet_ask(before, plan->options->policy, &answers, &error))
		return cli_fail("fleet", &error);
	if (cpc_fleet_change_of(before, &answers, view->fleet, view->answers, &change, &error)) {
		code = cli_fail("fleet", &error);
	} else {
		view->change = &change;
		view->since = plan->options->since;
		view->since_unreadable = plan->saved_unreadable;
		code = print_order(plan, view);
		cpc_fleet_change_free(&change);
	}
	cpc_fleet_answers_free(&answers);
	return code;
}

static int print_plan(const struct plan *plan, const struct cli_reading *reading)
{
	const struct cli_options *options = plan->options;
	const bool planned = options->add.count || options->remove.count;
	struct cpc_fleet_answers answers;
	struct cpc_fleet_view view = {
		.fleet = planned ? &plan->planned : plan->present,
		.answers = &answers,
		.unreadable = reading->unreadable,
		.unreadable_count = reading->unreadable_count,
		.unreadable_more = reading->unreadable_more,
	};
	struct cpc_error error;
	int code;

	if (cpc_fleet_ask(view.fleet, options->policy, &answers, &error))
		return cli_fail("fleet", &error);
	if (options->since)
		code = print_change(plan, &view, &plan->saved);
	else if (planned)
		code = print_change(plan, &view, plan->present);
	else
		code = print_order(plan, &view);
	cpc_fleet_answers_free(&answers);
	return code;
}

int cli_plan_fleet(struct cli_reading *reading)
{
	struct plan plan = { .options = reading->options, .present = &reading->fleet };
	int code;

	cli_progress_erase(&reading->progress);
	code = plan.options->since ? read_saved(&plan) : 0;
	if (!code)
		code = read_plan(&plan);
	if (!code)
		code = print_plan(&plan, reading);
	cpc_fleet_free(&plan.saved);
	cpc_fleet_free(&plan.all);
	cpc_fleet_free(&plan.planned);
	return code;
}
