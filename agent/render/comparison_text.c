/* SPDX-License-Identifier: MIT */
/* A comparison for people: both verdicts, then each direction with its reasons and what to do. */
#include "renderers.h"

#include <string.h>

#include "comparison_sections.h"
#include "describe.h"

/** Wider than this, names and verdict go on lines of their own. */
#define HEAD_MAX 44

/** Longer names are not repeated in sentences. */
#define NAME_MAX_IN_SENTENCE 20

/** What sentences call a host: its name, or its part in the move where the name would drown the sentence. */
static const char *call(const char *name, const char *part)
{
	return cpc_text_columns(name) > NAME_MAX_IN_SENTENCE ? part : name;
}

static struct cpc_move move_of(const struct cpc_comparison_view *view, bool back)
{
	return (struct cpc_move){
		.policy = view->comparison->policy,
		.source = call(back ? view->b_name : view->a_name, "the source"),
		.destination = call(back ? view->a_name : view->b_name, "the destination"),
		.from = back ? view->b : view->a,
		.to = back ? view->a : view->b,
		.direction = back ? &view->comparison->b_to_a : &view->comparison->a_to_b,
	};
}

static void put_names(struct cpc_text *text, const struct cpc_comparison_view *view, bool back)
{
	text->tint = CPC_TINT_STRONG;
	cpc_text_puts(text, back ? view->b_name : view->a_name);
	cpc_text_puts(text, " ->");
	cpc_text_word(text, 2, back ? view->a_name : view->b_name);
	text->tint = CPC_TINT_PLAIN;
}

static void put_verdict_line(struct cpc_text *text, const struct cpc_comparison_view *view, bool back)
{
	const struct cpc_move move = move_of(view, back);
	int head = cpc_text_columns(view->a_name) + cpc_text_columns(view->b_name) + 4 + 3;

	put_names(text, view, back);
	if (head > HEAD_MAX) {
		cpc_text_newline(text);
		head = 4;
	}
	cpc_text_to(text, head);
	cpc_put_verdict(text, head, &move);
	cpc_text_newline(text);
}

static bool has_details(const struct cpc_direction *direction)
{
	return direction->findings.count || direction->gains.count;
}

static void put_direction(struct cpc_text *text, const struct cpc_comparison_view *view, bool back)
{
	const struct cpc_move move = move_of(view, back);

	if (!has_details(move.direction))
		return;
	cpc_text_newline(text);
	put_names(text, view, back);
	cpc_text_newline(text);
	cpc_put_findings(text, &move);
	cpc_put_remedies(text, &move);
}

static bool same_model(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b)
{
	return !memcmp(a->vendor, b->vendor, sizeof(a->vendor)) && a->family == b->family && a->model == b->model;
}

/** Ids that differ over one silicon id. */
static bool only_silicon_agrees(const struct cpc_fingerprint *a, const struct cpc_fingerprint *b)
{
	char a_id[CPC_ID_SIZE];
	char b_id[CPC_ID_SIZE];

	cpc_fingerprint_id(a, a_id);
	cpc_fingerprint_id(b, b_id);
	if (!strcmp(a_id, b_id))
		return false;
	cpc_fingerprint_silicon_id(a, a_id);
	cpc_fingerprint_silicon_id(b, b_id);
	return !strcmp(a_id, b_id);
}

static void put_microcodes(struct cpc_text *text, const struct cpc_comparison_view *view)
{
	cpc_text_newline(text);
	cpc_text_wrapf(text, 0, "Same processor model, microcode %s on %s against %s on %s: the likely cause.",
		       view->a->capture->microcode, view->a_name, view->b->capture->microcode, view->b_name);
	cpc_text_newline(text);
}

/** Two hosts of one model that differ were usually patched, or set up, differently. */
static void put_cause(struct cpc_text *text, const struct cpc_comparison_view *view)
{
	const char *a = view->a->capture->microcode;
	const char *b = view->b->capture->microcode;

	const struct cpc_direction *direction = &view->comparison->a_to_b;

	if (view->comparison->relation == CPC_RELATION_SAME || !same_model(direction->from, direction->to))
		return;
	if (*a && *b && strcmp(a, b)) {
		put_microcodes(text, view);
	} else if (only_silicon_agrees(direction->from, direction->to)) {
		cpc_text_newline(text);
		cpc_text_wrap(text, 0, "Same silicon id: microcode, firmware or kernel settings are the likely cause.");
		cpc_text_newline(text);
	}
}

static void put_processor(struct cpc_text *text, int column, const char *name, const struct cpc_report *report)
{
	char cpu[CPC_LINE_SIZE];

	cpc_describe_cpu(&report->fingerprint, cpu);
	text->tint = CPC_TINT_FAINT;
	cpc_text_puts(text, name);
	/* Beside a very long name there is no room: the processor goes below it. */
	if (column > HEAD_MAX) {
		cpc_text_newline(text);
		column = 4;
	}
	cpc_text_to(text, column);
	cpc_text_wrap(text, column, cpu);
	text->tint = CPC_TINT_PLAIN;
	cpc_text_newline(text);
}

/** "both hosts", or the one that has no view of the policy's own. */
static void put_fallback(struct cpc_text *text, const struct cpc_comparison_view *view)
{
	const bool a = view->a->has_kvm;
	const bool b = view->b->has_kvm;

	if (a || b)
		cpc_text_wrapf(text, 7, "What KVM offers guests is not known of %s:", a ? view->b_name : view->a_name);
	else
		cpc_text_wrap(text, 7, "What KVM offers guests is not known of either:");
	cpc_text_wrap(text, 7, "the processors' own CPUID stands in for it.");
}

/** What was compared, where the platform has a view of its own. */
static void put_views(struct cpc_text *text, const struct cpc_comparison_view *view)
{
	if (view->comparison->policy->view == CPC_VIEW_CPUID)
		return;
	text->tint = CPC_TINT_FAINT;
	cpc_text_puts(text, "view");
	cpc_text_to(text, 7);
	if (view->comparison->a_to_b.fallback || view->comparison->b_to_a.fallback)
		put_fallback(text, view);
	else
		cpc_text_wrap(text, 7, "what KVM offers guests");
	text->tint = CPC_TINT_PLAIN;
	cpc_text_newline(text);
}

/** How sure the platform's part of the answer is, where Microsoft and the others do not document it. */
static void put_sureness(struct cpc_text *text, const struct cpc_policy *policy)
{
	if (cpc_policy_sure(policy) == CPC_SURE_DOCUMENTED)
		return;
	text->tint = CPC_TINT_FAINT;
	cpc_text_puts(text, "sure");
	cpc_text_to(text, 7);
	cpc_text_wrapf(text, 7, "what is compared: %s", cpc_sureness_name(policy->sure));
	if (policy->mode != CPC_MODE_NONE && cpc_policy_mode_sure(policy) != policy->sure) {
		cpc_text_puts(text, ";");
		cpc_text_wrapf(text, 7, "%s: %s", policy->mode_name, cpc_sureness_name(cpc_policy_mode_sure(policy)));
	}
	text->tint = CPC_TINT_PLAIN;
	cpc_text_newline(text);
}

static void put_context(struct cpc_text *text, const struct cpc_comparison_view *view)
{
	int a = cpc_text_columns(view->a_name);
	int b = cpc_text_columns(view->b_name);
	int column = (a > b ? a : b) + 3;

	put_processor(text, column, view->a_name, view->a);
	put_processor(text, column, view->b_name, view->b);
	text->tint = CPC_TINT_FAINT;
	cpc_text_puts(text, "policy");
	cpc_text_wrapf(text, 7, "%s: %s", view->comparison->policy->name, view->comparison->policy->title);
	text->tint = CPC_TINT_PLAIN;
	cpc_text_newline(text);
	put_sureness(text, view->comparison->policy);
	put_views(text, view);
}

enum cpc_status cpc_comparison_text(const struct cpc_comparison_view *view, const struct cpc_style *style,
				    struct cpc_buffer *out, struct cpc_error *reterr)
{
	struct cpc_text text = cpc_text_start(out, style);

	put_verdict_line(&text, view, false);
	put_verdict_line(&text, view, true);
	cpc_text_newline(&text);
	put_context(&text, view);
	put_direction(&text, view, false);
	put_direction(&text, view, true);
	put_cause(&text, view);
	return cpc_rendered(out, reterr);
}
