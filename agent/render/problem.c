/* SPDX-License-Identifier: MIT */
/* RFC 9457. `type` is left out: it then means about:blank, the HTTP status and nothing more. */
#include "json.h"
#include "render.h"

enum cpc_status cpc_render_problem(unsigned int http_status, const char *title, const char *detail,
				   struct cpc_buffer *out)
{
	struct cpc_json json = { .root = json_object() };

	cpc_json_put(&json, json.root, "title", cpc_json_text(title));
	cpc_json_put(&json, json.root, "status", json_integer(http_status));
	if (detail)
		cpc_json_put(&json, json.root, "detail", cpc_json_text(detail));
	return cpc_json_finish(&json, out, NULL);
}
