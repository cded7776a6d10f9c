/* SPDX-License-Identifier: MIT */
/* The fingerprint of one view, and nothing else. */
#include "renderers.h"

static enum cpc_status render(const struct cpc_fingerprint *fingerprint, struct cpc_buffer *out,
			      struct cpc_error *reterr)
{
	char text[CPC_FINGERPRINT_SIZE];

	cpc_buffer_add(out, text, cpc_fingerprint_print(fingerprint, text));
	cpc_buffer_puts(out, "\n");
	return cpc_rendered(out, reterr);
}

enum cpc_status cpc_report_fingerprint(const struct cpc_report *report, const struct cpc_style *style,
				       struct cpc_buffer *out, struct cpc_error *reterr)
{
	(void)style;
	return render(&report->fingerprint, out, reterr);
}

enum cpc_status cpc_report_kvm_fingerprint(const struct cpc_report *report, const struct cpc_style *style,
					   struct cpc_buffer *out, struct cpc_error *reterr)
{
	(void)style;
	return report->has_kvm ? render(&report->kvm_fingerprint, out, reterr) : cpc_no_kvm_view(reterr);
}
