/* SPDX-License-Identifier: MIT */
/* A baseline for people: what it is, and what each host gives up for it. */
#include "renderers.h"

#include <inttypes.h>

#include "comparison_sections.h"
#include "describe.h"

/** Names that are shown of a long list where the reader did not ask for all. */
#define NAMES_SHOWN 12

/** Whether a finding is something that guests of the host lose to the baseline. */
static bool is_cost(const struct cpc_finding *finding)
{
	switch (finding->code) {
	case CPC_FINDING_MISSING:
	case CPC_FINDING_UNEQUAL:
	case CPC_FINDING_ABOVE:
	case CPC_FINDING_LAYOUT:
	case CPC_FINDING_HINT:
		return true;
	default:
		return false;
	}
}

static size_t count_costs(const struct cpc_findings *findings)
{
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++)
		count += is_cost(&findings->items[i]);
	return count;
}

static void put_cost(struct cpc_text *text, const struct cpc_finding *finding)
{
	struct cpc_subject subject = cpc_subject_of(finding, "");

	cpc_text_wrap(text, 4, subject.name);
	if (finding->about == CPC_ABOUT_SCALAR && !finding->a_unknown && !finding->b_unknown &&
	    cpc_scalars[finding->scalar].rule != CPC_SCALAR_LAYOUT)
		cpc_text_wrapf(text, 4, "(%" PRIu64 " to %" PRIu64 ")", finding->a, finding->b);
}

static void put_cost_line(struct cpc_text *text, const struct cpc_finding *finding)
{
	struct cpc_subject subject = cpc_subject_of(finding, "");

	cpc_text_to(text, 4);
	cpc_text_puts(text, subject.name);
	cpc_text_to(text, 24);
	cpc_text_puts(text, subject.where);
	cpc_text_to(text, 44);
	cpc_text_wrap(text, 44, subject.meaning);
	cpc_text_newline(text);
}

static void put_costs(struct cpc_text *text, const struct cpc_findings *findings, size_t count)
{
	size_t shown = 0;

	if (text->style->verbose)
		cpc_text_newline(text);
	for (size_t i = 0; i < findings->count; i++) {
		if (!is_cost(&findings->items[i]))
			continue;
		if (text->style->verbose)
			put_cost_line(text, &findings->items[i]);
		else if (shown++ < NAMES_SHOWN)
			put_cost(text, &findings->items[i]);
	}
	if (text->style->verbose)
		return;
	if (count > NAMES_SHOWN)
		cpc_text_wrap(text, 4, "... (--verbose lists all)");
	cpc_text_newline(text);
}

/** What was not read on a host is not known of the baseline either. */
static void put_unread(void *context, const char *where)
{
	struct cpc_text *text = context;

	cpc_text_wrapf(text, 4, "%s was not read; the baseline does not know it either", where);
	cpc_text_newline(text);
}

static void put_host(struct cpc_text *text, const struct cpc_baseline_view *view, size_t n)
{
	const struct cpc_findings *findings = &view->costs[n].a_to_b.findings;
	const struct cpc_report *report = view->hosts[n];
	const size_t count = count_costs(findings);
	char cpu[CPC_LINE_SIZE];

	text->tint = CPC_TINT_STRONG;
	cpc_text_wrap(text, 0, view->names[n]);
	cpc_describe_cpu(&report->fingerprint, cpu);
	text->tint = CPC_TINT_FAINT;
	cpc_text_wrapf(text, 4, "(%s)", cpu);
	text->tint = CPC_TINT_PLAIN;
	cpc_text_newline(text);
	if (count)
		cpc_text_wrapf(text, 4, "gives up %zu:", count);
	else
		cpc_text_wrap(text, 4, "gives up nothing");
	if (count)
		put_costs(text, findings, count);
	else
		cpc_text_newline(text);
	cpc_each_unread(report, view->view, put_unread, text);
}

enum cpc_status cpc_baseline_text(const struct cpc_baseline_view *view, const struct cpc_style *style,
				  struct cpc_buffer *out, struct cpc_error *reterr)
{
	struct cpc_text text = cpc_text_start(out, style);
	char line[CPC_FINGERPRINT_SIZE];
	char id[CPC_ID_SIZE];

	cpc_text_heading(&text, "Baseline of %zu host%s under %s (%s)", view->count, view->count == 1 ? "" : "s",
			 view->policy->name, view->policy->title);
	cpc_fingerprint_id(view->meet, id);
	if (view->view == CPC_VIEW_KVM)
		cpc_text_wrap(&text, 0, "Of what KVM offers guests there.");
	else if (view->policy->view == CPC_VIEW_KVM)
		cpc_text_wrap(&text, 0,
			      "Of the processors' own CPUID: what KVM offers guests is not known of every host.");
	if (view->policy->view == CPC_VIEW_KVM)
		cpc_text_newline(&text);
	cpc_text_wrapf(&text, 0, "id %s", id);
	cpc_text_newline(&text);
	cpc_fingerprint_print(view->meet, line);
	cpc_text_puts(&text, line);
	cpc_text_newline(&text);
	cpc_text_newline(&text);
	for (size_t i = 0; i < view->count; i++)
		put_host(&text, view, i);
	return cpc_rendered(out, reterr);
}
