/* SPDX-License-Identifier: MIT */
/* The classes of a fleet: their letters, their hosts, what they are. */
#include "page_fleet.h"

#include <string.h>

#include "cut_list.h"
#include "describe.h"
#include "host_names.h"
#include "page_shell.h"

/** Names, or ranges of them, that are shown before the reader asks for more. */
#define NAMES_SHOWN 12

/** Names of a class, at most: a page is no place for a million. */
#define NAMES_MAX 2000

struct names {
	struct cpc_buffer *out;
	size_t count;
};

static void put_name(void *context, const char *name)
{
	struct names *names = context;

	if (names->count == NAMES_SHOWN)
		cpc_buffer_puts(names->out, "<details><summary>more</summary>");
	else if (names->count)
		cpc_buffer_puts(names->out, ", ");
	cpc_page_name(names->out, name);
	names->count++;
}

static void put_names(struct cpc_buffer *out, const struct cpc_class *class)
{
	const size_t count = class->name_count < NAMES_MAX ? class->name_count : NAMES_MAX;
	struct names names = { .out = out };

	cpc_buffer_printf(out, "<td><span class=\"soft\">%zu %s</span> ", class->count, cpc_hosts(class->count));
	cpc_each_name_range(class->names, count, put_name, &names);
	if (names.count > NAMES_SHOWN)
		cpc_buffer_puts(out, "</details>");
	if (count < class->name_count)
		cpc_buffer_printf(out, " and %zu more", class->name_count - count);
	cpc_buffer_puts(out, "</td>");
}

/** What stands in the way of every VM, in the words of the processor's vendor. */
static void put_missing(struct cpc_buffer *out, const struct cpc_class *class)
{
	for (unsigned int i = 0; i < CPC_REQUIREMENT_COUNT; i++) {
		const enum cpc_requirement_status status = class->requirements[i];

		if (status == CPC_ABSENT || status == CPC_DISABLED_BY_FIRMWARE)
			cpc_buffer_printf(out, "<br><span class=\"bad\">%s is %s</span>",
					  cpc_requirement_name(i, class->fingerprint.vendor), cpc_status_words(status));
	}
}

static void put_class(struct cpc_buffer *out, const struct cpc_class *class, size_t number)
{
	char letters[CPC_CLASS_LETTERS_SIZE];
	char cpu[CPC_LINE_SIZE];
	char id[CPC_ID_SIZE];

	cpc_class_letters(number, letters);
	cpc_buffer_printf(out, "<tr id=\"class-%s\"><th scope=\"row\" class=\"class\">%s</th>", letters, letters);
	put_names(out, class);
	cpc_describe_cpu(&class->fingerprint, cpu);
	cpc_buffer_puts(out, "<td>");
	cpc_page_text(out, cpu);
	put_missing(out, class);
	cpc_fingerprint_id(&class->fingerprint, id);
	cpc_buffer_printf(out, "</td><td><code class=\"soft\">%s</code></td></tr>\n", id);
}

/** Names that several hosts have: one that moved between two readings, or two that nobody can tell apart. */
static void put_twins(struct cpc_buffer *out, const struct cpc_fleet_answers *answers)
{
	const struct cpc_named_host *twins = answers->twins;

	for (size_t i = 0; i < answers->twin_count && i < NAMES_MAX; i++) {
		if (i && strcmp(twins[i].name, twins[i - 1].name) == 0) {
			cpc_buffer_puts(out, ", ");
		} else {
			cpc_buffer_puts(out, i ? "</p>\n<p class=\"care\">" : "<p class=\"care\">");
			cpc_page_name(out, twins[i].name);
			cpc_buffer_puts(out, " is the name of more than one host: ");
		}
		cpc_page_put_letters(out, twins[i].class);
	}
	cpc_buffer_puts(out, answers->twin_count ? "</p>\n" : "");
}

void cpc_page_put_classes(struct cpc_buffer *out, const struct cpc_page_fleet *page)
{
	const struct cpc_fleet *fleet = page->view->fleet;

	cpc_buffer_puts(
		out, "<section>\n<h2>Classes</h2>\n<table id=\"classes\">\n"
		     "<caption>Hosts of one class are alike in everything that decides a move.</caption>\n"
		     "<thead><tr><th scope=\"col\">Class</th><th scope=\"col\">Hosts</th>"
		     "<th scope=\"col\">Processor</th><th scope=\"col\">Fingerprint id</th></tr></thead>\n<tbody>\n");
	for (size_t i = 0; i < fleet->count; i++)
		put_class(out, &fleet->classes[i], i);
	cpc_buffer_puts(out, "</tbody>\n</table>\n");
	put_twins(out, page->view->answers);
	cpc_buffer_puts(out, "</section>\n");
}
