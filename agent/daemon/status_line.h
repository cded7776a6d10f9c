/* SPDX-License-Identifier: MIT */
#ifndef CPC_STATUS_LINE_H
#define CPC_STATUS_LINE_H

#include <stddef.h>

struct cpc_server;
struct cpc_report;

#define CPC_STATUS_LINE_SIZE 300

/** What `systemctl status` shows: where the agent listens, and the id of what it serves. */
void cpc_status_line(const struct cpc_server *server, const struct cpc_report *report,
		     char ret_line[static CPC_STATUS_LINE_SIZE]);

#endif
