/* SPDX-License-Identifier: MIT */
/* The requirement table of an agent's host. */
#include "ready_published.h"

#include "renderers.h"

struct cpc_ready_host cpc_ready_host_of_published(const struct cpc_published *published)
{
	return (struct cpc_ready_host){ .name = published->report->capture->host_name,
					.report = published->report,
					.site = published->site };
}

enum cpc_status cpc_render_ready(const struct cpc_published *published, struct cpc_buffer *out,
				 struct cpc_error *reterr)
{
	const struct cpc_style style = { .width = 120 };
	const struct cpc_ready_host host = cpc_ready_host_of_published(published);
	const struct cpc_ready_view view = { .ready = published->ready, .hosts = &host, .count = 1 };

	if (!published->ready)
		return cpc_fail(reterr, CPC_BAD_DATA, 0, "nobody judged this host");
	return cpc_ready_json(&view, &style, out, reterr);
}
