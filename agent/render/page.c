/* SPDX-License-Identifier: MIT */
/*
 * The page for people: one document that asks for nothing else, works without
 * scripts, follows the reader's choice of light or dark, and fits a phone.
 */
#include "render.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "describe.h"
#include "escape.h"
#include "fleet_published.h"
#include "page_fleet.h"
#include "page_sections.h"
#include "page_shell.h"
#include "renderers.h"

#define GROUP_UNNAMED (CPC_GROUP_TOPOLOGY + 1)

/** What there is beside the page; the paths of design section 8. */
static const struct {
	const char *path;
	const char *what;
} links[] = {
	{ "/v1/report", "report (JSON)" },
	{ "/v1/fingerprint", "fingerprint (text)" },
	{ "/v1/snapshot", "CPUID (cpuid -r text)" },
	{ "/v1/peers", "peers (JSON)" },
	{ "/v1/fleet", "fleet (JSON)" },
	{ "/v1/ready", "requirement table (JSON)" },
	{ "/metrics", "metrics (Prometheus)" },
};

static void add_row(struct cpc_buffer *out, const char *name, const char *value, bool code)
{
	cpc_buffer_printf(out, "<tr><th scope=\"row\">%s</th><td>%s", name, code ? "<code>" : "");
	cpc_page_text(out, *value ? value : "unknown");
	cpc_buffer_printf(out, "%s</td></tr>\n", code ? "</code>" : "");
}

static const char *host_name(const struct cpc_report *report)
{
	return *report->capture->host_name ? report->capture->host_name : "(host without a name)";
}

static void add_title(struct cpc_buffer *out, const struct cpc_report *report)
{
	char title[CPC_HOST_NAME_SIZE + 16];
	char cpu[CPC_LINE_SIZE];

	snprintf(title, sizeof(title), "%s - cpucompat", host_name(report));
	cpc_page_begin(out, title, false);
	cpc_buffer_puts(out, "<header>\n<h1>");
	cpc_page_name(out, host_name(report));
	cpc_buffer_puts(out, "</h1>\n<p>");
	cpc_page_text(out, report->brand);
	cpc_buffer_puts(out, "</p>\n<p class=\"soft\">");
	cpc_describe_cpu(&report->fingerprint, cpu);
	cpc_add_html(out, cpu);
	if (cpc_stale_line(report, cpu)) {
		cpc_buffer_puts(out, "</p>\n<p class=\"bad\">");
		cpc_add_html(out, cpu);
	}
	cpc_buffer_puts(out, "</p>\n</header>\n<main>\n");
}

static const char *status_class(enum cpc_requirement_status status)
{
	switch (status) {
	case CPC_PRESENT:
		return "good";
	case CPC_ABSENT:
	case CPC_DISABLED_BY_FIRMWARE:
		return "bad";
	default:
		return "care";
	}
}

/** A tile: the status, large, over what it rests on. */
static void add_requirement(struct cpc_buffer *out, const struct cpc_report *report, enum cpc_requirement_id id)
{
	const struct cpc_requirement *requirement = &report->requirements[id];
	char line[CPC_EVIDENCE_SIZE];

	cpc_buffer_puts(out, "<li class=\"tile\"><h3>");
	cpc_add_html(out, cpc_requirement_name(id, report->signature.vendor));
	cpc_buffer_printf(out, "</h3>\n<p class=\"status %s\">%s</p>\n", status_class(requirement->status),
			  cpc_status_words(requirement->status));
	if (requirement->disputed)
		cpc_buffer_puts(out, "<p class=\"care\">Its sources contradict each other.</p>\n");
	if (requirement->status == CPC_REQUIREMENT_UNKNOWN && report->capture->origin == CPC_ORIGIN_LIVE)
		cpc_buffer_puts(out, "<p>To find out, run <code>modprobe msr</code> as root on this host.</p>\n");
	cpc_buffer_puts(out, requirement->evidence_count ? "<ul>\n" : "");
	for (size_t i = 0; i < requirement->evidence_count; i++) {
		cpc_describe_evidence(&requirement->evidence[i], line);
		cpc_buffer_puts(out, "<li><code>");
		cpc_page_text(out, line);
		cpc_buffer_puts(out, "</code></li>\n");
	}
	cpc_buffer_puts(out, requirement->evidence_count ? "</ul></li>\n" : "</li>\n");
}

static void add_requirements(struct cpc_buffer *out, const struct cpc_report *report)
{
	cpc_buffer_puts(out, "<section>\n<h2>Requirements of the processor</h2>\n<ul class=\"tiles\">\n");
	for (unsigned int id = 0; id < CPC_REQUIREMENT_COUNT; id++)
		add_requirement(out, report, id);
	cpc_buffer_puts(out, "</ul>\n</section>\n");
}

static void add_line(void *context, const char *name, const char *line)
{
	add_row(context, name, line, false);
}

static void add_view(struct cpc_buffer *out, const struct cpc_report *report, enum cpc_view view)
{
	const char *of = view == CPC_VIEW_KVM ? " of what KVM offers guests" : "";
	const struct cpc_fingerprint *fingerprint = cpc_report_view(report, view);
	char name[CPC_LINE_SIZE];
	char text[CPC_FINGERPRINT_SIZE];

	if (!fingerprint)
		return;
	snprintf(name, sizeof(name), "%sid%s", *of ? "" : "fingerprint ", of);
	cpc_fingerprint_id(fingerprint, text);
	add_row(out, name, text, true);
	if (view == CPC_VIEW_CPUID) {
		cpc_fingerprint_silicon_id(fingerprint, text);
		add_row(out, "silicon id", text, true);
	}
	if (cpc_history_line(report, view, text))
		add_row(out, "history", text, false);
	snprintf(name, sizeof(name), "fingerprint%s", of);
	cpc_fingerprint_print(fingerprint, text);
	add_row(out, name, text, true);
}

static void add_processor(struct cpc_buffer *out, const struct cpc_report *report)
{
	const struct cpc_number physical = cpc_report_scalar(report, CPC_S_pa);

	cpc_buffer_puts(out, "<section>\n<h2>Processor</h2>\n<table class=\"facts\">\n");
	if (!physical.unknown && physical.value)
		cpc_buffer_printf(out,
				  "<tr><th scope=\"row\">address bits</th><td>%" PRIu64 " physical, %" PRIu64
				  " linear</td></tr>\n",
				  physical.value, cpc_report_scalar(report, CPC_S_la).value);
	add_row(out, "microcode", report->capture->microcode, true);
	cpc_each_vantage_line(report, add_line, out);
	add_row(out, "collected at", report->capture->collected_at, false);
	add_view(out, report, CPC_VIEW_CPUID);
	add_view(out, report, CPC_VIEW_KVM);
	cpc_buffer_puts(out, "</table>\n</section>\n");
}

struct group_list {
	struct cpc_buffer *out;
	unsigned int group;
	size_t count;
};

static void list_bit(void *context, const struct cpc_set_bit *bit)
{
	struct group_list *list = context;
	unsigned int group = bit->feature ? bit->feature->group : GROUP_UNNAMED;

	if (group != list->group || (bit->feature && bit->feature->rule == CPC_RULE_HOST))
		return;
	if (!list->count++)
		cpc_buffer_printf(list->out, "<tr><th scope=\"row\">%s</th><td>",
				  group == GROUP_UNNAMED ? "unnamed" : cpc_group_name(group));
	else
		cpc_buffer_puts(list->out, " ");
	cpc_buffer_puts(list->out, "<code>");
	cpc_add_html(list->out, bit->name);
	cpc_buffer_puts(list->out, "</code>");
}

static void add_features(struct cpc_buffer *out, const struct cpc_report *report)
{
	struct group_list list = { .out = out };

	cpc_buffer_puts(out, "<section>\n<h2>Features that guests may see</h2>\n<table class=\"facts list\">\n");
	for (list.group = CPC_GROUP_BASE; list.group <= GROUP_UNNAMED; list.group++) {
		list.count = 0;
		cpc_each_set_bit(report, CPC_VIEW_CPUID, list_bit, &list);
		if (list.count)
			cpc_buffer_puts(out, "</td></tr>\n");
	}
	cpc_buffer_puts(out, "</table>\n</section>\n");
}

static void list_unread(void *context, const char *where)
{
	struct group_list *list = context;

	if (!list->count++)
		cpc_buffer_puts(list->out, "<section>\n<h2>Not read, and so unknown</h2>\n<p>");
	cpc_buffer_puts(list->out, "<code>");
	cpc_add_html(list->out, where);
	cpc_buffer_puts(list->out, "</code> ");
}

static void add_unread(struct cpc_buffer *out, const struct cpc_report *report)
{
	struct group_list list = { .out = out };

	cpc_each_unread(report, CPC_VIEW_CPUID, list_unread, &list);
	if (list.count)
		cpc_buffer_puts(out,
				"</p>\n<p>To find out, run <code>modprobe msr</code> as root on this host, and let the "
				"agent probe again.</p>\n</section>\n");
}

/**
 * The fleet of this host and its peers; nothing where it has none. The page is made again whenever a peer changes, by
 * the thread that serves: what grows with the square of the classes is kept smaller than on a page that is made once.
 */
static enum cpc_status add_fleet(struct cpc_buffer *out, const struct cpc_published *published, bool *ret_script,
				 struct cpc_error *reterr)
{
	static const struct cpc_page_limits limits = { .matrix = 64, .reasons = 16, .policies = 16, .only = 0 };
	struct cpc_fleet fleet;
	struct cpc_fleet_answers answers;
	const struct cpc_fleet_view view = { .fleet = &fleet, .answers = &answers };
	struct cpc_page_fleet page;
	enum cpc_status status;

	*ret_script = false;
	if (!published->peers || !published->peers->count)
		return CPC_OK;
	status = cpc_fleet_of_published(published, CPC_FLEET_PUBLISHED_MAX, &fleet, &answers, reterr);
	if (status == CPC_BAD_DATA) {
		cpc_buffer_printf(out,
				  "<p class=\"soft\">There are more than %d different hosts; "
				  "<code>cpucompat fleet</code> has room for them.</p>\n",
				  CPC_FLEET_PUBLISHED_MAX);
		return CPC_OK;
	}
	if (status)
		return status;
	status = cpc_page_fleet_ask(&view, &limits, &page, reterr);
	if (!status)
		cpc_page_fleet_put(out, &page);
	*ret_script = cpc_page_has_matrix(&page);
	cpc_page_fleet_free(&page);
	cpc_fleet_answers_free(&answers);
	cpc_fleet_free(&fleet);
	return status;
}

static void add_links(struct cpc_buffer *out)
{
	cpc_buffer_puts(out, "<nav class=\"links\" aria-label=\"Documents\">\n");
	for (size_t i = 0; i < sizeof(links) / sizeof(*links); i++)
		cpc_buffer_printf(out, "<a href=\"%s\">%s</a>\n", links[i].path, links[i].what);
	cpc_buffer_puts(out, "<span class=\"soft\">cpucompat " CPC_VERSION "</span>\n</nav>\n");
}

enum cpc_status cpc_render_page(const struct cpc_published *published, struct cpc_buffer *out, struct cpc_error *reterr)
{
	const struct cpc_report *report = published->report;
	enum cpc_status status;
	bool script;

	add_title(out, report);
	add_requirements(out, report);
	cpc_page_ready(out, published);
	status = add_fleet(out, published, &script, reterr);
	if (status)
		return status;
	cpc_page_peers(out, published->peers);
	add_processor(out, report);
	add_features(out, report);
	add_unread(out, report);
	cpc_buffer_puts(out, "</main>\n");
	add_links(out);
	cpc_page_end(out, script);
	return cpc_rendered(out, reterr);
}
