/* SPDX-License-Identifier: MIT */
/*
 * Layouts for people: the answer, what it rests on, a table of what each is and costs and one of what happens when a
 * host fails; then why some do not do, and how the others differ from the cheapest.
 */
#include "renderers.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "amounts.h"
#include "layout.h"
#include "plan_words.h"

#define COLUMNS_MAX 7
#define CELL_SIZE 48

/** A table whose columns are as wide as what is in them; the first is flush left, as the last may be. */
struct table {
	const char *titles[COLUMNS_MAX];
	size_t columns;
	bool last_left;
	void (*cell)(const struct cpc_plan *plan, size_t layout, size_t column, char ret_cell[static CELL_SIZE]);
};

static void put_cell(struct cpc_text *text, const char *cell, int width, bool left)
{
	const int length = cpc_text_columns(cell);
	const int start = text->column;

	if (!left && length < width)
		cpc_text_to(text, start + width - length);
	cpc_text_puts(text, cell);
	if (left && length < width)
		cpc_text_to(text, start + width);
}

static void put_line(struct cpc_text *text, const struct table *table, const int *widths,
		     char cells[static COLUMNS_MAX][CELL_SIZE])
{
	for (size_t column = 0; column < table->columns; column++) {
		const bool last = column + 1 == table->columns;

		put_cell(text, cells[column], widths[column], !column || (last && table->last_left));
		if (!last)
			cpc_text_to(text, text->column + 2);
	}
	cpc_text_newline(text);
}

static void put_table(struct cpc_text *text, const struct cpc_plan *plan, const struct table *table)
{
	char cells[COLUMNS_MAX][CELL_SIZE];
	int widths[COLUMNS_MAX];

	for (size_t column = 0; column < table->columns; column++) {
		widths[column] = cpc_text_columns(table->titles[column]);
		for (size_t i = 0; i < plan->count; i++) {
			table->cell(plan, i, column, cells[0]);
			if (cpc_text_columns(cells[0]) > widths[column])
				widths[column] = cpc_text_columns(cells[0]);
		}
	}
	for (size_t column = 0; column < table->columns; column++)
		snprintf(cells[column], CELL_SIZE, "%s", table->titles[column]);
	text->tint = CPC_TINT_FAINT;
	put_line(text, table, widths, cells);
	text->tint = CPC_TINT_PLAIN;
	for (size_t i = 0; i < plan->count; i++) {
		for (size_t column = 0; column < table->columns; column++)
			table->cell(plan, i, column, cells[column]);
		text->tint = i == plan->cheapest ? CPC_TINT_STRONG : CPC_TINT_PLAIN;
		put_line(text, table, widths, cells);
		text->tint = CPC_TINT_PLAIN;
	}
}

static void print_measurement(struct cpc_measurement number, char ret_cell[static CELL_SIZE])
{
	if (number.known)
		snprintf(ret_cell, CELL_SIZE, "%" PRIu64, number.value);
	else
		snprintf(ret_cell, CELL_SIZE, "?");
}

/** Of each kind that has a price: "6", "6+12". */
static void print_licenses(const struct cpc_plan *plan, size_t layout, char ret_cell[static CELL_SIZE])
{
	size_t length = 0;

	snprintf(ret_cell, CELL_SIZE, "-");
	for (unsigned int i = 0; i < CPC_LICENSE_COUNT; i++) {
		char number[CELL_SIZE];

		if (!plan->terms->prices[i].known)
			continue;
		print_measurement(plan->answers[layout].licenses[i], number);
		length += (size_t)snprintf(ret_cell + length, CELL_SIZE - length, "%s%.12s", length ? "+" : "", number);
	}
}

static bool has_prices(const struct cpc_plan *plan)
{
	for (unsigned int i = 0; i < CPC_LICENSE_COUNT; i++) {
		if (plan->terms->prices[i].known)
			return true;
	}
	return false;
}

static void print_cost(const struct cpc_plan *plan, size_t layout, char ret_cell[static CELL_SIZE])
{
	char words[CPC_AMOUNT_SIZE] = "?";

	if (plan->answers[layout].cost.known)
		cpc_money_words(plan->answers[layout].cost.value, words);
	snprintf(ret_cell, CELL_SIZE, "%s", has_prices(plan) ? words : "-");
}

static void size_cell(const struct cpc_plan *plan, size_t layout, size_t column, char ret_cell[static CELL_SIZE])
{
	const struct cpc_layout_answer *answer = &plan->answers[layout];
	char words[CPC_AMOUNT_SIZE];

	switch (column) {
	case 0:
		snprintf(ret_cell, CELL_SIZE, "%.40s", plan->layouts[layout].name);
		break;
	case 1:
		snprintf(ret_cell, CELL_SIZE, "%" PRIu32, plan->layouts[layout].hosts);
		break;
	case 2:
		snprintf(ret_cell, CELL_SIZE, "%" PRIu64, answer->sockets);
		break;
	case 3:
		print_measurement(answer->cores, ret_cell);
		break;
	case 4:
		cpc_bytes_words(answer->memory, false, words);
		snprintf(ret_cell, CELL_SIZE, "%s", words);
		break;
	case 5:
		print_licenses(plan, layout, ret_cell);
		break;
	default:
		print_cost(plan, layout, ret_cell);
		break;
	}
}

static void print_full(uint64_t taken, uint64_t room, char ret_cell[static CELL_SIZE])
{
	const uint64_t permille = cpc_permille(taken, room);

	if (permille > 9999)
		snprintf(ret_cell, CELL_SIZE, "> 999.9%%");
	else
		snprintf(ret_cell, CELL_SIZE, "%" PRIu64 ".%" PRIu64 "%%", permille / 10, permille % 10);
}

static void print_restarts(const struct cpc_layout_answer *answer, char ret_cell[static CELL_SIZE])
{
	/* What is spread evenly is no more than the most, but where they do not fit at all. */
	if (answer->lost_evenly < answer->lost_at_most)
		snprintf(ret_cell, CELL_SIZE, "%" PRIu64 " to %" PRIu64, answer->lost_evenly, answer->lost_at_most);
	else
		snprintf(ret_cell, CELL_SIZE, "%" PRIu64, answer->lost_at_most);
}

static void print_spare(const struct cpc_layout_answer *answer, char ret_cell[static CELL_SIZE])
{
	if (answer->all.fit == CPC_FITS)
		snprintf(ret_cell, CELL_SIZE, "%" PRIu32 "%s", answer->spare, answer->spare_is_most ? "" : " or more");
	else
		snprintf(ret_cell, CELL_SIZE, "%s", answer->all.fit == CPC_FITS_NOT ? "none" : "?");
}

static void loss_cell(const struct cpc_plan *plan, size_t layout, size_t column, char ret_cell[static CELL_SIZE])
{
	const struct cpc_layout_answer *answer = &plan->answers[layout];
	const uint64_t hosts = plan->layouts[layout].hosts;

	switch (column) {
	case 0:
		snprintf(ret_cell, CELL_SIZE, "%.40s", plan->layouts[layout].name);
		return;
	case 1:
		snprintf(ret_cell, CELL_SIZE, "1/%" PRIu64, hosts);
		return;
	case 6:
		snprintf(ret_cell, CELL_SIZE, "%s", cpc_plan_verdict_words(answer));
		return;
	default:
		break;
	}
	snprintf(ret_cell, CELL_SIZE, "-");
	if (!plan->terms->vms)
		return;
	if (column == 2)
		print_restarts(answer, ret_cell);
	else if (column == 3)
		print_full(answer->taken, answer->room, ret_cell);
	else if (column == 4 && hosts > 1)
		print_full(answer->taken, answer->room / hosts * (hosts - 1), ret_cell);
	else if (column == 5)
		print_spare(answer, ret_cell);
}

static void put_verdict(struct cpc_text *text, const struct cpc_plan *plan)
{
	bool some_unknown = false;
	size_t keep = 0, refused = 0;

	for (size_t i = 0; i < plan->count; i++) {
		const struct cpc_layout_answer *answer = &plan->answers[i];

		refused += answer->refusal != CPC_NOT_REFUSED;
		keep += cpc_layout_keeps(answer);
		some_unknown = some_unknown || (!answer->refusal && answer->one_gone.fit == CPC_FIT_UNKNOWN);
	}
	if (refused == plan->count)
		cpc_text_heading(text, plan->count == 1 ? "The layout is refused" : "No layout does: all are refused");
	else if (plan->keeps == CPC_FITS_NOT && refused)
		cpc_text_heading(text, "No layout does: where none is refused not all VMs fit with one host gone");
	else if (plan->keeps == CPC_FITS_NOT)
		cpc_text_heading(text, plan->count == 1 ? "The layout does not do: not all VMs fit with one host gone"
							: "No layout does: on none all VMs fit with one host gone");
	else if (!plan->terms->vms)
		cpc_text_heading(text, "Whether VMs fit is not known: none are named (--vms FILE)");
	else if (plan->keeps == CPC_FIT_UNKNOWN)
		cpc_text_heading(text, "It cannot be told whether all VMs fit with one host gone");
	else if (plan->count == 1)
		cpc_text_heading(text, "All VMs fit with one host gone");
	else if (plan->cheapest < plan->count && keep > 1)
		cpc_text_heading(text, "%s is the cheapest on which all VMs fit with one host gone",
				 plan->layouts[plan->cheapest].name);
	else
		cpc_text_heading(text, "On %zu of %zu layouts all VMs fit with one host gone%s", keep, plan->count,
				 some_unknown ? " for certain" : "");
}

static void put_source(struct cpc_text *text, const char *what, const struct cpc_sourced *number)
{
	if (!text->style->verbose)
		return;
	cpc_text_to(text, 2);
	if (number->source)
		cpc_text_wrapf(text, 4, "%s (%s): %s", what, cpc_sureness_name(number->sure), number->source);
	else
		cpc_text_wrapf(text, 4, "%s: as it was given", what);
	cpc_text_newline(text);
}

/** What the answer rests on. */
static void put_terms(struct cpc_text *text, const struct cpc_plan *plan)
{
	const struct cpc_layout_terms *terms = plan->terms;
	const struct cpc_overhead *overhead = terms->overhead;
	char keeps[CPC_AMOUNT_SIZE], ratio[CPC_AMOUNT_SIZE], taken[CPC_AMOUNT_SIZE], given[CPC_AMOUNT_SIZE];

	cpc_text_wrapf(text, 2, "under %s (%s)", terms->policy->name, terms->policy->title);
	cpc_text_newline(text);
	if (!terms->vms)
		return;
	cpc_bytes_words(overhead->host.value, true, keeps);
	cpc_thousandths_words(overhead->vcpus_per_cpu.value, ratio);
	cpc_bytes_words(plan->answers[0].taken, true, taken);
	cpc_bytes_words(terms->vms->memory, true, given);
	cpc_text_wrapf(text, 2, "%" PRIu64 " %s with %" PRIu64 " %s and %s", terms->vms->total,
		       terms->vms->total == 1 ? "VM" : "VMs", terms->vms->vcpus,
		       terms->vms->vcpus == 1 ? "vCPU" : "vCPUs", given);
	if (plan->answers[0].taken != terms->vms->memory)
		cpc_text_wrapf(text, 2, "(%s with what the platform takes beside)", taken);
	cpc_text_puts(text, ";");
	cpc_text_wrapf(text, 2, "a host keeps %s, and %s vCPUs share a CPU", keeps, ratio);
	cpc_text_newline(text);
	put_source(text, "a host keeps", &overhead->host);
	put_source(text, "beside a VM", &overhead->vm);
	put_source(text, "vCPUs to a CPU", &overhead->vcpus_per_cpu);
}

/** How one that keeps N+1 differs from the cheapest, or one that may keep it. */
static void put_difference(struct cpc_text *text, const struct cpc_plan *plan, size_t other)
{
	const struct cpc_layout_answer *best = &plan->answers[plan->cheapest], *answer = &plan->answers[other];
	const uint64_t hosts = plan->layouts[other].hosts, best_hosts = plan->layouts[plan->cheapest].hosts;
	char more[CPC_AMOUNT_SIZE];

	cpc_text_word(text, 2, plan->layouts[other].name);
	if (answer->cost.value == best->cost.value) {
		cpc_text_wrap(text, 4, "costs the same");
	} else {
		cpc_money_words(answer->cost.value - best->cost.value, more);
		cpc_text_wrapf(text, 4, "costs %s more", more);
	}
	if (hosts == best_hosts)
		cpc_text_wrapf(text, 4, "and loses as much with a host: 1/%" PRIu64 ".", hosts);
	else
		cpc_text_wrapf(text, 4, "and loses 1/%" PRIu64 " of its capacity with a host, not 1/%" PRIu64 ".",
			       hosts, best_hosts);
	cpc_text_newline(text);
}

/** One of which it cannot be told may be cheaper than the cheapest of which it can. */
static void put_cheaper(struct cpc_text *text, const struct cpc_plan *plan, size_t other)
{
	const struct cpc_layout_answer *best = &plan->answers[plan->cheapest], *answer = &plan->answers[other];
	char less[CPC_AMOUNT_SIZE];

	if (answer->refusal || answer->one_gone.fit != CPC_FIT_UNKNOWN || answer->cost.value >= best->cost.value)
		return;
	cpc_money_words(best->cost.value - answer->cost.value, less);
	cpc_text_to(text, 2);
	cpc_text_wrapf(text, 4, "%s would cost %s less.", plan->layouts[other].name, less);
	cpc_text_newline(text);
}

static void put_notes(struct cpc_text *text, const struct cpc_plan *plan)
{
	bool any = false;

	for (size_t i = 0; i < plan->count; i++) {
		const struct cpc_layout_answer *answer = &plan->answers[i];
		const bool fits = cpc_layout_keeps(answer);

		if (fits && (plan->cheapest == plan->count || i == plan->cheapest))
			continue;
		if (!fits && !answer->refusal && answer->one_gone.reason == CPC_BY_NOTHING)
			continue;
		if (!any)
			cpc_text_newline(text);
		any = true;
		if (fits)
			put_difference(text, plan, i);
		else
			cpc_plan_why(text, plan, i);
		if (!fits && plan->cheapest < plan->count)
			put_cheaper(text, plan, i);
	}
}

static void put_legend(struct cpc_text *text, const struct cpc_plan *plan)
{
	if (!plan->terms->vms)
		return;
	text->tint = CPC_TINT_FAINT;
	cpc_text_wrap(
		text, 0,
		"VMs restart: when a host fails, spread evenly to at most. Full: of the memory for VMs, and then with "
		"one host gone. Spare: hosts that can be gone.");
	text->tint = CPC_TINT_PLAIN;
	cpc_text_newline(text);
}

enum cpc_status cpc_plan_text(const struct cpc_plan *plan, const struct cpc_style *style, struct cpc_buffer *out,
			      struct cpc_error *reterr)
{
	static const struct table sizes = {
		.titles = { "Layout", "Hosts", "Sockets", "Cores", "Memory", "Licences", "Cost" },
		.columns = 7,
		.cell = size_cell,
	};
	static const struct table losses = {
		.titles = { "Layout", "A host is", "VMs restart", "Full", "then", "Spare", "With one gone" },
		.columns = 7,
		.last_left = true,
		.cell = loss_cell,
	};
	struct cpc_text text = cpc_text_start(out, style);

	put_verdict(&text, plan);
	put_terms(&text, plan);
	cpc_text_newline(&text);
	put_table(&text, plan, &sizes);
	cpc_text_newline(&text);
	put_table(&text, plan, &losses);
	put_legend(&text, plan);
	put_notes(&text, plan);
	return cpc_rendered(out, reterr);
}
