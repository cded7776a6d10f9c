/* SPDX-License-Identifier: MIT */
/* A fleet as a page that can be mailed: it needs no server, asks for nothing, and brings the policy of its content
 * along. */
#include "renderers.h"

#include <stdio.h>

#include "cut_list.h"
#include "page_fleet.h"
#include "page_shell.h"

static const struct cpc_page_limits limits = {
	.matrix = 256, .reasons = 64, .policies = 64, .other_reasons = 16, .only = SIZE_MAX
};

static void put_number(struct cpc_buffer *out, size_t number, const char *one, const char *many)
{
	cpc_buffer_printf(out, "<li><b>%zu</b> %s</li>\n", number, number == 1 ? one : many);
}

static void put_head(struct cpc_buffer *out, const struct cpc_fleet_view *view)
{
	const size_t hosts = view->fleet->hosts;
	char title[64];

	snprintf(title, sizeof(title), "Fleet of %zu %s", hosts, cpc_hosts(hosts));
	cpc_page_begin(out, title, true);
	cpc_buffer_printf(out,
			  "<header>\n<h1>%s</h1>\n<p class=\"soft\">cpucompat " CPC_VERSION
			  ", policy <code>%s</code>.</p>\n</header>\n<main>\n<ul class=\"numbers\">\n",
			  title, view->answers->policy->name);
	put_number(out, hosts, "host", "hosts");
	put_number(out, view->fleet->count, "class", "classes");
	put_number(out, view->answers->baseline_count, "vendor", "vendors");
	put_number(out, view->answers->pool_count, "pool", "pools");
	put_number(out, view->unreadable_count + view->unreadable_more, "unreadable", "unreadable");
	cpc_buffer_puts(out, "</ul>\n");
}

enum cpc_status cpc_fleet_html(const struct cpc_fleet_view *view, const struct cpc_style *style, struct cpc_buffer *out,
			       struct cpc_error *reterr)
{
	struct cpc_page_fleet page;
	enum cpc_status status = cpc_page_fleet_ask(view, &limits, &page, reterr);

	(void)style;
	if (!status) {
		put_head(out, view);
		cpc_page_fleet_put(out, &page);
		cpc_buffer_puts(out, "</main>\n");
		cpc_page_end(out, cpc_page_has_matrix(&page));
		status = cpc_rendered(out, reterr);
	}
	cpc_page_fleet_free(&page);
	return status;
}
