/* SPDX-License-Identifier: MIT */
/* What the answers of each policy come to: pools, and the baseline of each vendor with what it costs. */
#include "page_fleet.h"

#include <stdlib.h>

#include "describe.h"
#include "escape.h"
#include "page_shell.h"

/** Features of a cost that are shown before the reader asks for all. */
#define GAINS_SHOWN 12

struct gains {
	struct cpc_buffer *out;
	size_t count;
	size_t shown;
};

static void put_gain(void *context, const char *name)
{
	struct gains *gains = context;

	if (gains->shown == GAINS_SHOWN && gains->count > GAINS_SHOWN + 3)
		cpc_buffer_printf(gains->out, "<details><summary>and %zu more</summary>", gains->count - GAINS_SHOWN);
	cpc_buffer_printf(gains->out, "<code>%s</code> ", name);
	gains->shown++;
}

static void put_cost(struct cpc_buffer *out, size_t class, const char *which,
		     const uint32_t words[static CPC_WORDS_MAX], size_t bits)
{
	struct gains gains = { .out = out, .count = bits };

	if (!bits)
		return;
	cpc_buffer_puts(out, "<li class=\"cost\">Without ");
	cpc_page_put_letters(out, class);
	cpc_buffer_printf(out, " it gains %zu%s: ", bits, which);
	cpc_each_bit_name(words, put_gain, &gains);
	cpc_buffer_puts(out,
			gains.shown > GAINS_SHOWN && gains.count > GAINS_SHOWN + 3 ? "</details></li>\n" : "</li>\n");
}

static void put_costs(struct cpc_buffer *out, const struct cpc_fleet_baseline *baseline)
{
	size_t costly = 0;

	for (size_t i = 0; i < baseline->cost_count; i++) {
		const struct cpc_class_cost *cost = &baseline->costs[i];

		if (!cost->bits && !cost->learned_bits)
			continue;
		cpc_buffer_puts(out, costly++ ? "" : "<ul>\n");
		put_cost(out, cost->class, "", cost->gained, cost->bits);
		put_cost(out, cost->class, " that were not read of it", cost->learned, cost->learned_bits);
	}
	if (costly)
		cpc_buffer_puts(out, "</ul>\n");
	else if (baseline->cost_count > 1)
		cpc_buffer_puts(out, "<p>No class alone costs it a feature.</p>\n");
}

static void put_baseline(struct cpc_buffer *out, const struct cpc_fleet_baseline *baseline)
{
	char vendor[CPC_VENDOR_TEXT_SIZE];
	char text[CPC_FINGERPRINT_SIZE];
	char id[CPC_ID_SIZE];

	cpc_vendor_text(baseline->vendor, vendor);
	cpc_buffer_puts(out, "<h3>");
	cpc_page_text(out, vendor);
	cpc_buffer_puts(out, "</h3>\n");
	if (!baseline->exists) {
		cpc_buffer_puts(out, "<p class=\"care\">");
		cpc_page_text(out, baseline->why.what);
		cpc_buffer_puts(out, "</p>\n");
		return;
	}
	cpc_fingerprint_id(&baseline->meet, id);
	cpc_fingerprint_print(&baseline->meet, text);
	cpc_buffer_printf(out, "<details><summary>fingerprint <code>%s</code></summary><p><code>", id);
	cpc_page_text(out, text);
	cpc_buffer_puts(out, "</code></p></details>\n");
	put_costs(out, baseline);
}

/** A pool's size, in hosts and in classes. */
struct pool {
	size_t number;
	size_t hosts;
	size_t classes;
	enum cpc_verdict within; /**< of the last of them to itself */
};

/** The largest first; of equals, the first. */
static int by_size(const void *a, const void *b)
{
	const struct pool *left = a;
	const struct pool *right = b;

	if (left->hosts != right->hosts)
		return left->hosts < right->hosts ? 1 : -1;
	return left->number < right->number ? -1 : left->number > right->number;
}

/** NULL without memory. */
static struct pool *weigh_pools(const struct cpc_fleet *fleet, const struct cpc_fleet_answers *answers)
{
	struct pool *pools = calloc(answers->pool_count + 1, sizeof(*pools));

	for (size_t i = 0; pools && i < fleet->count; i++) {
		struct pool *pool = &pools[answers->pool_of[i]];

		pool->number = answers->pool_of[i];
		pool->hosts += fleet->classes[i].count;
		pool->classes++;
		pool->within = answers->verdicts[i * fleet->count + i];
	}
	if (pools)
		qsort(pools, answers->pool_count, sizeof(*pools), by_size);
	return pools;
}

/** The letters of its classes. */
static void put_pool(struct cpc_buffer *out, const struct cpc_fleet *fleet, const struct cpc_fleet_answers *answers,
		     const struct pool *pool)
{
	for (size_t i = 0; i < fleet->count; i++) {
		if (answers->pool_of[i] != pool->number)
			continue;
		cpc_page_put_letters(out, i);
		cpc_buffer_puts(out, " ");
	}
}

/** Those of more than a host, a row each; then the hosts that are alone, in one. */
static void put_pools(struct cpc_buffer *out, const struct cpc_fleet *fleet, const struct cpc_fleet_answers *answers)
{
	struct pool *pools = weigh_pools(fleet, answers);
	size_t at = 0;

	if (!pools) {
		out->failed = true;
		return;
	}
	cpc_buffer_puts(out, "<h2>Pools</h2>\n<table class=\"facts\">\n"
			     "<caption>Within a pool every virtual machine moves to every host as it is.</caption>\n");
	for (; at < answers->pool_count && pools[at].hosts > 1; at++) {
		cpc_buffer_printf(out, "<tr><th scope=\"row\">%zu of %zu hosts%s</th><td>", pools[at].hosts,
				  fleet->hosts, cpc_pool_caution(pools[at].hosts, pools[at].within));
		put_pool(out, fleet, answers, &pools[at]);
		cpc_buffer_puts(out, "</td></tr>\n");
	}
	if (at < answers->pool_count)
		cpc_buffer_printf(out, "<tr><th scope=\"row\">%zu alone</th><td>", answers->pool_count - at);
	for (size_t i = at; i < answers->pool_count; i++)
		put_pool(out, fleet, answers, &pools[i]);
	cpc_buffer_puts(out, at < answers->pool_count ? "</td></tr>\n</table>\n" : "</table>\n");
	free(pools);
}

static void put_chain(struct cpc_buffer *out, const struct cpc_fleet *fleet, const struct cpc_fleet_answers *answers,
		      const struct cpc_chain *chain)
{
	cpc_buffer_puts(out, "<li>");
	for (size_t i = 0; i < chain->length; i++) {
		cpc_buffer_puts(out, i ? "<span class=\"soft\">&gt;</span> " : "");
		put_pool(out, fleet, answers, &(struct pool){ .number = chain->pools[i] });
	}
	cpc_buffer_puts(out, "</li>\n");
}

static void put_chains(struct cpc_buffer *out, const struct cpc_fleet *fleet, const struct cpc_fleet_answers *answers)
{
	if (!answers->chain_count)
		return;
	cpc_buffer_puts(out,
			"<h2>Chains</h2>\n<p class=\"soft\">Along a chain virtual machines move right as they are, "
			"and not back.</p>\n<ul>\n");
	for (size_t i = 0; i < answers->chain_count; i++)
		put_chain(out, fleet, answers, &answers->chains[i]);
	cpc_buffer_puts(out, "</ul>\n");
}

void cpc_page_put_answers(struct cpc_buffer *out, const struct cpc_page_fleet *page)
{
	for (size_t i = 0; i < page->policy_count; i++) {
		const struct cpc_page_policy *policy = &page->policies[i];

		cpc_buffer_printf(out, "<section data-policy=\"%zu\"%s>\n", i, policy == page->own ? "" : " hidden");
		if (page->view->fleet->count > 1)
			put_pools(out, page->view->fleet, &policy->answers);
		put_chains(out, page->view->fleet, &policy->answers);
		if (policy->answers.baseline_count)
			cpc_buffer_puts(
				out,
				"<h2>Baseline</h2>\n<p class=\"soft\">The most that a virtual machine can be given "
				"and still move to every host of a vendor.</p>\n");
		for (size_t n = 0; n < policy->answers.baseline_count; n++)
			put_baseline(out, &policy->answers.baselines[n]);
		cpc_buffer_puts(out, "</section>\n");
	}
}
