/* SPDX-License-Identifier: MIT */
/* Lists of a fleet that are cut where nobody asked for all of them, and how its hosts are called. */
#ifndef CPC_CUT_LIST_H
#define CPC_CUT_LIST_H

#include <cpucompat/fleet.h>

#include "layout.h"

/** Hosts and features that are listed without --verbose. */
#define CPC_CUT_LIST_MAX 12

/** Start with the text and the indent alone. Borrows the text. */
struct cpc_cut_list {
	struct cpc_text *text;
	int indent;
	size_t shown;
	size_t left_out;
};

/** Add an item, or count it; `context` is the list. */
void cpc_cut_list_add(void *context, const char *item);

/** Say how many were left out, and end the line. */
void cpc_cut_list_end(struct cpc_cut_list *list);

/** How many of so many rows are shown: all of them to a reader who asked for that. */
size_t cpc_rows_shown(const struct cpc_text *text, size_t rows);

/** A row that says how many were left out; nothing where none was. */
void cpc_put_more(struct cpc_text *text, size_t left_out);

/** Names with neighbours folded, each followed by a blank or the end of the line. */
void cpc_put_names_cut(struct cpc_text *text, int indent, const char *const *names, size_t count);

/** Room for what a class of hosts is called. */
#define CPC_CLASS_LABEL_SIZE 128

/** "web01", "web01 and 8 like it", "5 unnamed hosts (Ice Lake-SP)": returns `ret_label`. */
const char *cpc_class_label(const struct cpc_class *class, char ret_label[static CPC_CLASS_LABEL_SIZE]);

/** "host" or "hosts". */
const char *cpc_hosts(size_t count);

#endif
