/* SPDX-License-Identifier: MIT */
/* What to do about a requirement table's rows, under the table. */
#ifndef CPC_READY_TODO_H
#define CPC_READY_TODO_H

#include "layout.h"
#include "renderers.h"

/** Of what stands under a heading. */
#define CPC_READY_INDENT 4

/** Hosts that are named at a time where the reader did not ask for all. */
#define CPC_READY_HOSTS_SHOWN 4

/** The reasons of a verdict, of every row that is not assumed to be met; nothing where there are none. */
void cpc_put_todo(struct cpc_text *text, const struct cpc_ready_view *view, enum cpc_ready_verdict verdict,
		  const char *heading);

/** What to beware of; nothing where there is nothing. */
void cpc_put_cautions(struct cpc_text *text, const struct cpc_ready_view *view);

#endif
