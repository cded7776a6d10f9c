/* SPDX-License-Identifier: MIT */
/* What the agent remembers of its host, in lines for people. */
#include "describe.h"

#include <inttypes.h>
#include <stdio.h>

bool cpc_history_line(const struct cpc_report *report, enum cpc_view view, char ret_line[static CPC_LINE_SIZE])
{
	const struct cpc_history *history = &report->capture->history;
	const struct cpc_view_history *of_view = cpc_report_history(report, view);

	if (!*history->since || !of_view->seen)
		return false;
	if (!of_view->changes)
		snprintf(ret_line, CPC_LINE_SIZE, "unchanged since %s", history->since);
	else
		snprintf(ret_line, CPC_LINE_SIZE,
			 "%" PRIu64 " change%s since %s, the last at %s; before that its id was %s", of_view->changes,
			 of_view->changes == 1 ? "" : "s", history->since, of_view->changed_at, of_view->previous_id);
	return true;
}

bool cpc_stale_line(const struct cpc_report *report, char ret_line[static CPC_LINE_SIZE])
{
	const struct cpc_history *history = &report->capture->history;

	if (!*history->failing_since)
		return false;
	snprintf(ret_line, CPC_LINE_SIZE,
		 "no probe has worked since %s: these are the figures of the last one that did",
		 history->failing_since);
	return true;
}
