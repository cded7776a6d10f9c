/* SPDX-License-Identifier: MIT */
/* What a page says of a fleet, and the order in which it says it. */
#include "page_fleet.h"

#include <stdlib.h>

#include "describe.h"
#include "page_shell.h"

static enum cpc_status ask_reasons(struct cpc_page_fleet *page, struct cpc_page_policy *policy, size_t only,
				   struct cpc_error *reterr)
{
	const size_t count = page->view->fleet->count;

	policy->why = calloc(count * count, sizeof(*policy->why));
	if (!policy->why)
		return cpc_out_of_memory(reterr);
	return cpc_reasons_ask(&page->reasons, page->view->fleet, policy->policy, only, policy->why, reterr);
}

/** The view's own policy, which is answered already. */
static enum cpc_status ask_own(struct cpc_page_fleet *page, struct cpc_page_policy *policy, struct cpc_error *reterr)
{
	const size_t count = page->view->fleet->count;

	policy->answers = *page->view->answers;
	page->own = policy;
	if (count && count <= page->limits->reasons)
		return ask_reasons(page, policy, SIZE_MAX, reterr);
	if (count && count <= page->limits->matrix && page->limits->only < count)
		return ask_reasons(page, policy, page->limits->only, reterr);
	return CPC_OK;
}

static enum cpc_status ask_other(struct cpc_page_fleet *page, struct cpc_page_policy *policy, struct cpc_error *reterr)
{
	enum cpc_status status = cpc_fleet_ask(page->view->fleet, policy->policy, &policy->answers, reterr);

	if (!status && page->view->fleet->count <= page->limits->other_reasons)
		status = ask_reasons(page, policy, SIZE_MAX, reterr);
	return status;
}

enum cpc_status cpc_page_fleet_ask(const struct cpc_fleet_view *view, const struct cpc_page_limits *limits,
				   struct cpc_page_fleet *ret_page, struct cpc_error *reterr)
{
	const bool others = view->fleet->count > 1 && view->fleet->count <= limits->policies;
	enum cpc_status status = CPC_OK;

	*ret_page = (struct cpc_page_fleet){ .view = view, .limits = limits };
	for (unsigned int i = 0; i < CPC_POLICY_COUNT && !status; i++) {
		struct cpc_page_policy *policy = &ret_page->policies[ret_page->policy_count];
		const bool own = &cpc_policies[i] == view->answers->policy;

		if (!own && !others)
			continue;
		policy->policy = &cpc_policies[i];
		ret_page->policy_count++;
		status = own ? ask_own(ret_page, policy, reterr) : ask_other(ret_page, policy, reterr);
	}
	return status;
}

void cpc_page_fleet_free(struct cpc_page_fleet *page)
{
	for (size_t i = 0; i < page->policy_count; i++) {
		free(page->policies[i].why);
		if (&page->policies[i] != page->own)
			cpc_fleet_answers_free(&page->policies[i].answers);
	}
	cpc_reasons_free(&page->reasons);
}

void cpc_page_put_letters(struct cpc_buffer *out, size_t class)
{
	char letters[CPC_CLASS_LETTERS_SIZE];

	cpc_class_letters(class, letters);
	cpc_buffer_printf(out, "<a class=\"class\" href=\"#class-%s\">%s</a>", letters, letters);
}

static void put_unreadable(struct cpc_buffer *out, const struct cpc_fleet_view *view)
{
	if (!view->unreadable_count)
		return;
	cpc_buffer_puts(out, "<section>\n<h2 id=\"unreadable\">Not in this picture</h2>\n<table class=\"facts\">\n"
			     "<caption>Hosts that could not be read, and why.</caption>\n");
	for (size_t i = 0; i < view->unreadable_count; i++) {
		cpc_buffer_puts(out, "<tr><th scope=\"row\">");
		cpc_page_name(out, view->unreadable[i].source);
		cpc_buffer_puts(out, "</th><td>");
		cpc_page_text(out, view->unreadable[i].error);
		cpc_buffer_puts(out, "</td></tr>\n");
	}
	cpc_buffer_puts(out, "</table>\n");
	if (view->unreadable_more)
		cpc_buffer_printf(out, "<p>And %zu more.</p>\n", view->unreadable_more);
	cpc_buffer_puts(out, "</section>\n");
}

bool cpc_page_has_matrix(const struct cpc_page_fleet *page)
{
	return page->view->fleet->count > 1 && page->view->fleet->count <= page->limits->matrix;
}

void cpc_page_fleet_put(struct cpc_buffer *out, const struct cpc_page_fleet *page)
{
	if (page->view->fleet->count > 1)
		cpc_page_put_matrix(out, page);
	if (page->view->fleet->count)
		cpc_page_put_classes(out, page);
	cpc_page_put_answers(out, page);
	put_unreadable(out, page->view);
	if (cpc_page_has_matrix(page))
		cpc_page_put_data(out, page);
}
