/* SPDX-License-Identifier: MIT */
/* Who moves to whom, as a picture: a letter and a colour in each cell, which links to the reasons. */
#include "page_fleet.h"

#include <string.h>

#include "describe.h"
#include "page_shell.h"

const char *cpc_page_verdict_class(enum cpc_verdict verdict)
{
	static const char *const classes[CPC_VERDICT_COUNT] = {
		[CPC_SAME] = "s",	[CPC_MIGRATABLE] = "m",	     [CPC_COMPATIBILITY_MODE] = "c",
		[CPC_IMPOSSIBLE] = "x", [CPC_VERDICT_UNKNOWN] = "u",
	};

	return classes[verdict];
}

static const char *size_of(size_t count)
{
	return count <= 12 ? "" : count <= 26 ? " medium" : count <= 64 ? " small" : " tiny";
}

static const char *letter_html(enum cpc_verdict verdict)
{
	return verdict == CPC_MIGRATABLE ? "&gt;" : cpc_verdict_letter(verdict);
}

void cpc_page_put_mark(struct cpc_buffer *out, enum cpc_verdict verdict)
{
	cpc_buffer_printf(out, "<span class=\"mark %s\">%s</span> ", cpc_page_verdict_class(verdict),
			  letter_html(verdict));
}

static void put_columns(struct cpc_buffer *out, size_t count)
{
	char letters[CPC_CLASS_LETTERS_SIZE];

	cpc_buffer_puts(out, "<thead><tr><td></td>");
	for (size_t i = 0; i < count; i++) {
		cpc_class_letters(i, letters);
		cpc_buffer_printf(out, "<th scope=\"col\"><a href=\"#class-%s\">%s</a></th>", letters, letters);
	}
	cpc_buffer_puts(out, "</tr></thead>\n<tbody>\n");
}

/** What people call such a processor; nothing where nobody has a name for it. */
static const char *name_of(const struct cpc_class *class)
{
	const struct cpc_signature signature = cpc_fingerprint_signature(&class->fingerprint);
	const char *name = cpc_microarchitecture(&signature);

	return strcmp(name, "unknown") ? name : "";
}

static void put_row(struct cpc_buffer *out, const struct cpc_page_fleet *page, size_t row)
{
	const size_t count = page->view->fleet->count;
	const struct cpc_page_policy *own = page->own;
	char letters[CPC_CLASS_LETTERS_SIZE];

	cpc_class_letters(row, letters);
	cpc_buffer_printf(out, "<tr><th scope=\"row\"><a href=\"#class-%s\">%s</a><span>%s</span></th>", letters,
			  letters, name_of(&page->view->fleet->classes[row]));
	for (size_t i = row * count; i < (row + 1) * count; i++) {
		const enum cpc_verdict verdict = own->answers.verdicts[i];

		cpc_buffer_printf(out, "<td class=%s>", cpc_page_verdict_class(verdict));
		if (own->why && own->why[i] != CPC_NO_REASON)
			cpc_buffer_printf(out, "<a href=#r%u>%s</a>", (unsigned int)own->why[i], letter_html(verdict));
		else
			cpc_buffer_puts(out, letter_html(verdict));
		cpc_buffer_puts(out, "</td>");
	}
	cpc_buffer_puts(out, "</tr>\n");
}

static void put_legend(struct cpc_buffer *out, const struct cpc_policy *policy)
{
	cpc_buffer_puts(out, "<ul class=\"legend\" aria-label=\"Legend\">\n");
	for (enum cpc_verdict verdict = CPC_SAME; verdict < CPC_VERDICT_COUNT; verdict++) {
		const bool mode = verdict == CPC_COMPATIBILITY_MODE;

		cpc_buffer_printf(out, "<li%s>", mode ? " id=\"mode\"" : "");
		cpc_page_put_mark(out, verdict);
		cpc_buffer_puts(out, cpc_verdict_words(verdict));
		if (mode)
			cpc_buffer_printf(out, " <span>%s</span>", cpc_mode_words(policy));
		cpc_buffer_puts(out, "</li>\n");
	}
	cpc_buffer_puts(out, "</ul>\n");
}

/** Without a script they do nothing, and are not shown. */
static void put_tools(struct cpc_buffer *out, const struct cpc_page_fleet *page)
{
	cpc_buffer_puts(out,
			"<form class=\"tools\" id=\"tools\" hidden>\n<label class=\"wide\">Show classes with "
			"<input id=\"filter\" type=\"search\" autocomplete=\"off\" spellcheck=\"false\" "
			"placeholder=\"a host, a processor, a feature\"></label>\n"
			"<label>Order <select id=\"order\"><option value=\"class\">as they came</option>"
			"<option value=\"hosts\">most hosts first</option><option value=\"cpu\">by processor</option>"
			"<option value=\"pool\">by pool</option></select></label>\n");
	if (page->policy_count > 1) {
		cpc_buffer_puts(out, "<label>Policy <select id=\"policy\">");
		for (size_t i = 0; i < page->policy_count; i++) {
			const struct cpc_policy *policy = page->policies[i].policy;

			cpc_buffer_printf(out, "<option value=\"%zu\"%s>%s</option>", i,
					  &page->policies[i] == page->own ? " selected" : "", policy->name);
		}
		cpc_buffer_puts(out, "</select></label>\n");
	}
	cpc_buffer_puts(out, "<p class=\"soft\" id=\"shown\" role=\"status\"></p>\n</form>\n");
}

/** What the page leaves out, and where it is. */
static void put_limits(struct cpc_buffer *out, const struct cpc_page_fleet *page)
{
	const size_t count = page->view->fleet->count;

	if (page->own->why && count <= page->limits->reasons)
		return;
	if (page->own->why)
		cpc_buffer_printf(
			out,
			"<p class=\"soft\">With more than %zu classes this page has the reasons of moves "
			"from and to this host; for those of two others, ask <code>cpucompat compare</code>.</p>\n",
			page->limits->reasons);
	else
		cpc_buffer_printf(out,
				  "<p class=\"soft\">With more than %zu classes this page has no reasons; for those "
				  "of two hosts, ask <code>cpucompat compare</code>.</p>\n",
				  page->limits->reasons);
}

void cpc_page_put_matrix(struct cpc_buffer *out, const struct cpc_page_fleet *page)
{
	const size_t count = page->view->fleet->count;

	cpc_buffer_puts(out, "<section>\n<h2 id=\"matrix-title\">Who moves to whom</h2>\n"
			     "<p class=\"soft\" id=\"policy-line\">Policy ");
	cpc_buffer_printf(out, "<code>%s</code>: %s.</p>\n", page->own->policy->name, page->own->policy->title);
	if (count > page->limits->matrix) {
		cpc_buffer_printf(out,
				  "<p>A matrix of %zu classes is more than a page can show (%zu are); "
				  "<code>--format json</code> has it.</p>\n</section>\n",
				  count, page->limits->matrix);
		return;
	}
	put_tools(out, page);
	cpc_buffer_puts(out, "<div class=\"picture\">\n<div>\n<div class=\"box\" tabindex=\"0\" role=\"region\" "
			     "aria-labelledby=\"matrix-title\">\n");
	cpc_buffer_printf(
		out,
		"<table class=\"matrix%s\" id=\"matrix\">\n<caption>Virtual machines of a row's hosts move to "
		"a column's.</caption>\n",
		size_of(count));
	put_columns(out, count);
	for (size_t i = 0; i < count; i++)
		put_row(out, page, i);
	cpc_buffer_puts(out, "</tbody>\n</table>\n</div>\n");
	put_legend(out, page->own->policy);
	put_limits(out, page);
	cpc_buffer_puts(out, "</div>\n<div>\n");
	if (page->own->why)
		cpc_buffer_puts(out, "<p class=\"soft\" id=\"hint\">Choose a cell for its reasons.</p>\n"
				     "<div class=\"panel\" id=\"panel\" role=\"region\" aria-live=\"polite\" "
				     "aria-label=\"Reasons\" tabindex=\"0\" hidden></div>\n");
	cpc_page_put_reasons(out, page);
	cpc_buffer_puts(out, "</div>\n</div>\n</section>\n");
}
