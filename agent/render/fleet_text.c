/* SPDX-License-Identifier: MIT */
/*
 * A fleet for people: how many, the classes by letter with their hosts, who moves to whom, the pools,
 * and what each class costs the baseline. A matrix that is wider than the terminal is folded.
 */
#include "renderers.h"

#include <stdio.h>
#include <string.h>

#include "cut_list.h"
#include "describe.h"
#include "escape.h"
#include "fleet_sections.h"
#include "host_names.h"
#include "layout.h"

/** Columns that a row's own letters take, and each cell. */
#define ROW_WIDTH 8
#define CELL_WIDTH 3

/** Classes whose matrix is shown without --verbose: three screens at 80 columns. */
#define MATRIX_MAX 64

static void add_counts(struct cpc_text *text, const struct cpc_fleet_view *view)
{
	const size_t hosts = view->fleet->hosts;
	const size_t classes = view->fleet->count;
	const size_t vendors = view->answers->baseline_count;

	text->tint = CPC_TINT_STRONG;
	cpc_text_wrapf(text, 0, "%zu %s, %zu %s, %zu %s, %zu unreadable; policy %s", hosts, cpc_hosts(hosts), classes,
		       classes == 1 ? "class" : "classes", vendors, vendors == 1 ? "vendor" : "vendors",
		       view->unreadable_count + view->unreadable_more, view->answers->policy->name);
	text->tint = CPC_TINT_PLAIN;
	cpc_text_newline(text);
}

/** What stands in the way of every VM, in the words of the processor's vendor. */
static void add_missing(struct cpc_text *text, const struct cpc_class *class)
{
	for (unsigned int i = 0; i < CPC_REQUIREMENT_COUNT; i++) {
		const enum cpc_requirement_status status = class->requirements[i];

		if (status != CPC_ABSENT && status != CPC_DISABLED_BY_FIRMWARE)
			continue;
		cpc_text_to(text, ROW_WIDTH);
		text->tint = CPC_TINT_BAD;
		cpc_text_wrapf(text, ROW_WIDTH, "%s is %s", cpc_requirement_name(i, class->fingerprint.vendor),
			       cpc_status_words(status));
		text->tint = CPC_TINT_PLAIN;
		cpc_text_newline(text);
	}
}

static void add_classes(struct cpc_text *text, const struct cpc_fleet_view *view)
{
	for (size_t i = 0; i < view->fleet->count; i++) {
		const struct cpc_class *class = &view->fleet->classes[i];
		struct cpc_cut_list list = { .text = text, .indent = ROW_WIDTH };
		char letters[CPC_CLASS_LETTERS_SIZE];
		char line[CPC_LINE_SIZE];

		cpc_class_letters(i, letters);
		cpc_describe_cpu(&class->fingerprint, line);
		cpc_text_to(text, 2);
		cpc_text_puts(text, letters);
		cpc_text_to(text, ROW_WIDTH);
		cpc_text_wrapf(text, ROW_WIDTH, "%zu %s, %s", class->count, cpc_hosts(class->count), line);
		cpc_text_newline(text);
		add_missing(text, class);
		if (!class->name_count)
			continue;
		cpc_text_to(text, ROW_WIDTH);
		cpc_each_name_range(class->names, class->name_count, cpc_cut_list_add, &list);
		cpc_cut_list_end(&list);
	}
}

static enum cpc_tint tint_of(enum cpc_verdict verdict)
{
	static const enum cpc_tint tints[CPC_VERDICT_COUNT] = {
		[CPC_SAME] = CPC_TINT_GOOD,
		[CPC_MIGRATABLE] = CPC_TINT_GOOD,
		[CPC_COMPATIBILITY_MODE] = CPC_TINT_CARE,
		[CPC_IMPOSSIBLE] = CPC_TINT_BAD,
		[CPC_VERDICT_UNKNOWN] = CPC_TINT_FAINT,
	};

	return tints[verdict];
}

static void add_cell(struct cpc_text *text, size_t column, const char *cell)
{
	cpc_text_to(text, ROW_WIDTH + (int)column * CELL_WIDTH + CELL_WIDTH - cpc_text_columns(cell));
	cpc_text_puts(text, cell);
	text->touching = false;
}

/** The columns from `first` to before `end`, of every row. */
static void add_block(struct cpc_text *text, const struct cpc_fleet_view *view, size_t first, size_t end)
{
	char letters[CPC_CLASS_LETTERS_SIZE];

	for (size_t j = first; j < end; j++) {
		cpc_class_letters(j, letters);
		add_cell(text, j - first, letters);
	}
	cpc_text_newline(text);
	for (size_t i = 0; i < view->fleet->count; i++) {
		cpc_class_letters(i, letters);
		cpc_text_to(text, 2);
		cpc_text_puts(text, letters);
		for (size_t j = first; j < end; j++) {
			const enum cpc_verdict verdict = view->answers->verdicts[i * view->fleet->count + j];

			text->tint = tint_of(verdict);
			add_cell(text, j - first, cpc_verdict_letter(verdict));
			text->tint = CPC_TINT_PLAIN;
		}
		cpc_text_newline(text);
	}
}

/** Words that belong together stay on one line. */
static void add_legend(struct cpc_text *text, const struct cpc_policy *policy)
{
	char mode[CPC_LINE_SIZE];

	snprintf(mode, sizeof(mode), "c %s,", policy->mode_name ? policy->mode_name : "");
	cpc_text_word(text, 2, "= same,");
	cpc_text_word(text, 2, "> moves,");
	if (policy->mode != CPC_MODE_NONE)
		cpc_text_word(text, 2, mode);
	cpc_text_word(text, 2, "x impossible,");
	cpc_text_word(text, 2, "? unknown");
	cpc_text_word(text, 2, "(row moves to column)");
	cpc_text_newline(text);
}

static void add_matrix(struct cpc_text *text, const struct cpc_fleet_view *view)
{
	const size_t fits = (size_t)(text->style->width - ROW_WIDTH) / CELL_WIDTH;
	const size_t count = view->fleet->count;

	if (count > MATRIX_MAX && !text->style->verbose) {
		cpc_text_newline(text);
		cpc_text_wrapf(text, 2,
			       "The matrix of %zu classes is left out: --verbose shows it, --format json holds it",
			       count);
		cpc_text_newline(text);
		return;
	}
	for (size_t first = 0; first < count; first += fits) {
		cpc_text_newline(text);
		add_block(text, view, first, first + fits < count ? first + fits : count);
	}
	add_legend(text, view->answers->policy);
}

/** The classes of a pool; returns how many hosts they have. `ret_within` is the verdict between two of the last. */
static size_t add_pool(struct cpc_cut_list *list, const struct cpc_fleet_view *view, size_t pool,
		       enum cpc_verdict *ret_within)
{
	char letters[CPC_CLASS_LETTERS_SIZE];
	size_t hosts = 0;

	for (size_t i = 0; i < view->fleet->count; i++) {
		if (view->answers->pool_of[i] != pool)
			continue;
		hosts += view->fleet->classes[i].count;
		*ret_within = view->answers->verdicts[i * view->fleet->count + i];
		cpc_class_letters(i, letters);
		cpc_cut_list_add(list, letters);
	}
	return hosts;
}

static void add_pools(struct cpc_text *text, const struct cpc_fleet_view *view)
{
	cpc_text_newline(text);
	cpc_text_heading(text, "Pools: within each, every VM moves to every host as it is");
	for (size_t pool = 0; pool < view->answers->pool_count; pool++) {
		struct cpc_cut_list list = { .text = text, .indent = 4 };
		enum cpc_verdict within = CPC_SAME;
		size_t hosts;

		cpc_text_to(text, 2);
		hosts = add_pool(&list, view, pool, &within);
		if (list.left_out)
			cpc_text_wrapf(text, 4, "and %zu more", list.left_out);
		cpc_text_wrapf(text, 4, " (%zu %s%s)", hosts, cpc_hosts(hosts), cpc_pool_caution(hosts, within));
		cpc_text_newline(text);
	}
}

static void add_chains(struct cpc_text *text, const struct cpc_fleet_view *view)
{
	const struct cpc_fleet_answers *answers = view->answers;

	if (answers->chain_count || !answers->chains_known) {
		cpc_text_newline(text);
		cpc_text_heading(text, "Chains: VMs move right as they are, and not back");
	}
	if (!answers->chains_known)
		cpc_text_wrapf(text, 2, "  not looked for among more than %d pools", CPC_CHAIN_POOLS_MAX);
	for (size_t i = 0; i < answers->chain_count; i++) {
		struct cpc_cut_list list = { .text = text, .indent = 4 };
		enum cpc_verdict within;

		cpc_text_to(text, 2);
		for (size_t n = 0; n < answers->chains[i].length; n++) {
			if (n && !list.left_out)
				cpc_text_word(text, 4, ">");
			(void)add_pool(&list, view, answers->chains[i].pools[n], &within);
		}
		cpc_cut_list_end(&list);
	}
	if (!answers->chains_known)
		cpc_text_newline(text);
}

/** `words` has `bits` features, if any. */
static void add_gain(struct cpc_text *text, size_t class, const char *which, const uint32_t words[static CPC_WORDS_MAX],
		     size_t bits)
{
	struct cpc_cut_list list = { .text = text, .indent = 4 };
	char letters[CPC_CLASS_LETTERS_SIZE];

	if (!bits)
		return;
	cpc_class_letters(class, letters);
	cpc_text_to(text, 2);
	cpc_text_wrapf(text, 4, "without %s it gains %zu%s:", letters, bits, which);
	cpc_each_bit_name(words, cpc_cut_list_add, &list);
	cpc_cut_list_end(&list);
}

static void add_gains(struct cpc_text *text, const struct cpc_class_cost *cost)
{
	add_gain(text, cost->class, "", cost->gained, cost->bits);
	add_gain(text, cost->class, " that were not read of it", cost->learned, cost->learned_bits);
}

static void add_baselines(struct cpc_text *text, const struct cpc_fleet_view *view)
{
	char vendor[CPC_VENDOR_TEXT_SIZE];
	char id[CPC_ID_SIZE];

	for (size_t i = 0; i < view->answers->baseline_count; i++) {
		const struct cpc_fleet_baseline *baseline = &view->answers->baselines[i];
		size_t costly = 0;

		cpc_text_newline(text);
		cpc_vendor_text(baseline->vendor, vendor);
		if (!baseline->exists) {
			cpc_text_wrapf(text, 2, "%s: %s", vendor, baseline->why.what);
			cpc_text_newline(text);
			continue;
		}
		cpc_fingerprint_id(&baseline->meet, id);
		cpc_text_heading(text, "Baseline of %s: %s", vendor, id);
		for (size_t n = 0; n < baseline->cost_count; n++) {
			costly += baseline->costs[n].bits + baseline->costs[n].learned_bits > 0;
			add_gains(text, &baseline->costs[n]);
		}
		if (!costly && baseline->cost_count > 1)
			cpc_text_puts(text, "  no class alone costs it a feature\n");
	}
}

static void add_unreadable(struct cpc_text *text, const struct cpc_fleet_view *view)
{
	const size_t shown = cpc_rows_shown(text, view->unreadable_count);

	if (!view->unreadable_count)
		return;
	cpc_text_newline(text);
	cpc_text_heading(text, "Unreadable");
	for (size_t i = 0; i < shown; i++) {
		cpc_text_to(text, 2);
		cpc_text_wrapf(text, 4, "%s: %s", view->unreadable[i].source, view->unreadable[i].error);
		cpc_text_newline(text);
	}
	cpc_put_more(text, view->unreadable_count - shown + view->unreadable_more);
}

/** Hosts of one name are counted each, and said: nobody can tell which of them an answer is about. */
static void add_twins(struct cpc_text *text, const struct cpc_fleet_view *view)
{
	const struct cpc_named_host *twins = view->answers->twins;
	const size_t count = view->answers->twin_count;
	size_t names = 0;

	if (!count)
		return;
	cpc_text_newline(text);
	cpc_text_heading(text, "Names that more than one host has; each is counted");
	for (size_t i = 0; i < count; names++) {
		struct cpc_cut_list list = { .text = text, .indent = 4 };
		const size_t first = i;
		char letters[CPC_CLASS_LETTERS_SIZE];

		while (i < count && strcmp(twins[i].name, twins[first].name) == 0)
			i++;
		if (names >= CPC_CUT_LIST_MAX && !text->style->verbose)
			continue;
		cpc_text_to(text, 2);
		cpc_text_wrapf(text, 4, "%s: %zu hosts, of", twins[first].name, i - first);
		for (size_t n = first; n < i; n++) {
			cpc_class_letters(twins[n].class, letters);
			if (n == first || twins[n].class != twins[n - 1].class)
				cpc_cut_list_add(&list, letters);
		}
		cpc_cut_list_end(&list);
	}
	cpc_put_more(text, names - cpc_rows_shown(text, names));
}

/** What changed or is planned comes first. The fleet as it will be is there for those who ask for it. */
static bool add_changes(struct cpc_text *text, const struct cpc_fleet_view *view)
{
	if (view->order)
		cpc_put_fleet_order(text, view->order_plan, view->order);
	if (view->change)
		cpc_put_fleet_change(text, view);
	if ((!view->order && !view->change) || view->since || text->style->verbose)
		return true;
	cpc_text_newline(text);
	cpc_text_wrap(text, 0,
		      view->change ? "--verbose shows the fleet as it will be." : "--verbose shows the fleet.");
	cpc_text_newline(text);
	return false;
}

static void add_fleet(struct cpc_text *text, const struct cpc_fleet_view *view)
{
	if (view->order || view->change)
		cpc_text_newline(text);
	add_classes(text, view);
	if (view->fleet->count > 1) {
		add_matrix(text, view);
		add_pools(text, view);
		add_chains(text, view);
	}
	add_baselines(text, view);
}

enum cpc_status cpc_fleet_text(const struct cpc_fleet_view *view, const struct cpc_style *style, struct cpc_buffer *out,
			       struct cpc_error *reterr)
{
	struct cpc_text text = cpc_text_start(out, style);

	add_counts(&text, view);
	if (add_changes(&text, view))
		add_fleet(&text, view);
	add_twins(&text, view);
	add_unreadable(&text, view);
	return cpc_rendered(out, reterr);
}
