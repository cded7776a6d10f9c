/* SPDX-License-Identifier: MIT */
#include "renderers.h"

enum cpc_status cpc_baseline_fingerprint(const struct cpc_baseline_view *view, const struct cpc_style *style,
					 struct cpc_buffer *out, struct cpc_error *reterr)
{
	char text[CPC_FINGERPRINT_SIZE];

	(void)style;
	cpc_buffer_add(out, text, cpc_fingerprint_print(view->meet, text));
	cpc_buffer_puts(out, "\n");
	return cpc_rendered(out, reterr);
}
