/* SPDX-License-Identifier: MIT */
#include "cut_list.h"

#include <stdio.h>

#include "describe.h"
#include "host_names.h"

/** Of a name that would fill the line alone. */
#define NAME_SHOWN 40

void cpc_cut_list_add(void *context, const char *item)
{
	struct cpc_cut_list *list = context;

	if (list->shown == CPC_CUT_LIST_MAX && !list->text->style->verbose) {
		list->left_out++;
		return;
	}
	cpc_text_word(list->text, list->indent, item);
	list->shown++;
}

void cpc_cut_list_end(struct cpc_cut_list *list)
{
	if (list->left_out)
		cpc_text_wrapf(list->text, list->indent, "and %zu more", list->left_out);
	cpc_text_newline(list->text);
}

size_t cpc_rows_shown(const struct cpc_text *text, size_t rows)
{
	return text->style->verbose || rows < CPC_CUT_LIST_MAX ? rows : CPC_CUT_LIST_MAX;
}

void cpc_put_more(struct cpc_text *text, size_t left_out)
{
	if (!left_out)
		return;
	cpc_text_to(text, 2);
	cpc_text_wrapf(text, 4, "and %zu more", left_out);
	cpc_text_newline(text);
}

void cpc_put_names_cut(struct cpc_text *text, int indent, const char *const *names, size_t count)
{
	struct cpc_cut_list list = { .text = text, .indent = indent };

	cpc_each_name_range((char *const *)names, count, cpc_cut_list_add, &list);
	cpc_cut_list_end(&list);
}

const char *cpc_hosts(size_t count)
{
	return count == 1 ? "host" : "hosts";
}

static const char *cut(const char *name)
{
	return cpc_text_columns(name) > NAME_SHOWN ? "..." : "";
}

const char *cpc_class_label(const struct cpc_class *class, char ret_label[static CPC_CLASS_LABEL_SIZE])
{
	const struct cpc_signature signature = cpc_fingerprint_signature(&class->fingerprint);

	if (!class->name_count)
		snprintf(ret_label, CPC_CLASS_LABEL_SIZE, "%zu unnamed %s (%s)", class->count, cpc_hosts(class->count),
			 cpc_microarchitecture(&signature));
	else if (class->count == 1)
		snprintf(ret_label, CPC_CLASS_LABEL_SIZE, "%.*s%s", NAME_SHOWN, class->names[0], cut(class->names[0]));
	else
		snprintf(ret_label, CPC_CLASS_LABEL_SIZE, "%.*s%s and %zu like it", NAME_SHOWN, class->names[0],
			 cut(class->names[0]), class->count - 1);
	return ret_label;
}
