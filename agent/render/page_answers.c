/* SPDX-License-Identifier: MIT */
/* What the answers of each policy come to: pools, and the baseline of each vendor with what it costs. */
#include "page_fleet.h"

#include <string.h>

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

static void put_cost(struct cpc_buffer *out, const struct cpc_class_cost *cost)
{
	struct gains gains = { .out = out, .count = cost->bits };

	cpc_buffer_puts(out, "<li class=\"cost\">Without ");
	cpc_page_put_letters(out, cost->class);
	cpc_buffer_printf(out, " it gains %zu: ", cost->bits);
	cpc_each_bit_name(cost->gained, put_gain, &gains);
	cpc_buffer_puts(out,
			gains.shown > GAINS_SHOWN && gains.count > GAINS_SHOWN + 3 ? "</details></li>\n" : "</li>\n");
}

static void put_costs(struct cpc_buffer *out, const struct cpc_fleet_baseline *baseline)
{
	size_t costly = 0;

	for (size_t i = 0; i < baseline->cost_count; i++) {
		if (!baseline->costs[i].bits)
			continue;
		cpc_buffer_puts(out, costly++ ? "" : "<ul>\n");
		put_cost(out, &baseline->costs[i]);
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
	cpc_buffer_printf(out, "<details><summary><code>%s</code></summary><p><code>", id);
	cpc_page_text(out, text);
	cpc_buffer_puts(out, "</code></p></details>\n");
	put_costs(out, baseline);
}

static void put_pool(struct cpc_buffer *out, const struct cpc_page_fleet *page, const struct cpc_page_policy *policy,
		     size_t pool)
{
	const struct cpc_fleet *fleet = page->view->fleet;
	size_t hosts = 0;

	cpc_buffer_puts(out, "<tr><th scope=\"row\">");
	for (size_t i = 0; i < fleet->count; i++) {
		if (policy->answers.pool_of[i] != pool)
			continue;
		hosts += fleet->classes[i].count;
		cpc_page_put_letters(out, i);
		cpc_buffer_puts(out, " ");
	}
	cpc_buffer_printf(out, "</th><td>%zu %s of %zu</td></tr>\n", hosts, hosts == 1 ? "host" : "hosts",
			  fleet->hosts);
}

static void put_pools(struct cpc_buffer *out, const struct cpc_page_fleet *page, const struct cpc_page_policy *policy)
{
	cpc_buffer_puts(out, "<h2>Pools</h2>\n<table class=\"facts\">\n"
			     "<caption>Within a pool every virtual machine moves to every host as it is.</caption>\n");
	for (size_t pool = 0; pool < policy->answers.pool_count; pool++)
		put_pool(out, page, policy, pool);
	cpc_buffer_puts(out, "</table>\n");
}

void cpc_page_put_answers(struct cpc_buffer *out, const struct cpc_page_fleet *page)
{
	for (size_t i = 0; i < page->policy_count; i++) {
		const struct cpc_page_policy *policy = &page->policies[i];

		cpc_buffer_printf(out, "<section data-policy=\"%zu\"%s>\n", i, policy == page->own ? "" : " hidden");
		if (page->view->fleet->count > 1)
			put_pools(out, page, policy);
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
