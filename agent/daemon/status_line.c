/* SPDX-License-Identifier: MIT */
#include "status_line.h"

#include <stdio.h>

#include "render.h"
#include "serve.h"

void cpc_status_line(const struct cpc_server *server, const struct cpc_report *report,
		     char ret_line[static CPC_STATUS_LINE_SIZE])
{
	char id[CPC_ID_SIZE];
	char more[32] = "";
	size_t count = 0;

	while (cpc_server_url(server, count))
		count++;
	if (count > 1)
		snprintf(more, sizeof(more), " and %zu more", count - 1);
	cpc_fingerprint_id(&report->fingerprint, id);
	snprintf(ret_line, CPC_STATUS_LINE_SIZE, "serving %s%s, fingerprint %s",
		 count ? cpc_server_url(server, 0) : "nothing", more, id);
}
