/* SPDX-License-Identifier: MIT */
/*
 * The renderers behind the tables of render.h; their contract is there.
 */
#ifndef CPC_RENDERERS_H
#define CPC_RENDERERS_H

#include "render.h"

#define CPC_REPORT_RENDERER(name)                                                                                      \
	enum cpc_status name(const struct cpc_report *report, const struct cpc_style *style, struct cpc_buffer *out,   \
			     struct cpc_error *reterr)
CPC_REPORT_RENDERER(cpc_report_text);
CPC_REPORT_RENDERER(cpc_report_json);
CPC_REPORT_RENDERER(cpc_report_fingerprint);
CPC_REPORT_RENDERER(cpc_report_raw);
CPC_REPORT_RENDERER(cpc_report_kvm_fingerprint);
CPC_REPORT_RENDERER(cpc_report_kvm_raw);
CPC_REPORT_RENDERER(cpc_report_prometheus);
CPC_REPORT_RENDERER(cpc_report_openmetrics);
#undef CPC_REPORT_RENDERER

#define CPC_COMPARISON_RENDERER(name)                                                                                  \
	enum cpc_status name(const struct cpc_comparison_view *view, const struct cpc_style *style,                    \
			     struct cpc_buffer *out, struct cpc_error *reterr)
CPC_COMPARISON_RENDERER(cpc_comparison_text);
CPC_COMPARISON_RENDERER(cpc_comparison_json);
#undef CPC_COMPARISON_RENDERER

#define CPC_BASELINE_RENDERER(name)                                                                                    \
	enum cpc_status name(const struct cpc_baseline_view *view, const struct cpc_style *style,                      \
			     struct cpc_buffer *out, struct cpc_error *reterr)
CPC_BASELINE_RENDERER(cpc_baseline_text);
CPC_BASELINE_RENDERER(cpc_baseline_json);
CPC_BASELINE_RENDERER(cpc_baseline_fingerprint);
CPC_BASELINE_RENDERER(cpc_baseline_libvirt);
CPC_BASELINE_RENDERER(cpc_baseline_qemu);
#undef CPC_BASELINE_RENDERER

/** CPC_BAD_DATA for a report without KVM's view where that alone is wanted. */
enum cpc_status cpc_no_kvm_view(struct cpc_error *reterr);
#define CPC_CATALOGUE_RENDERER(name)                                                                                   \
	enum cpc_status name(const struct cpc_catalogue_view *view, const struct cpc_style *style,                     \
			     struct cpc_buffer *out, struct cpc_error *reterr)
CPC_CATALOGUE_RENDERER(cpc_catalogue_text);
CPC_CATALOGUE_RENDERER(cpc_catalogue_json);
#undef CPC_CATALOGUE_RENDERER

#define CPC_FLEET_RENDERER(name)                                                                                       \
	enum cpc_status name(const struct cpc_fleet_view *view, const struct cpc_style *style, struct cpc_buffer *out, \
			     struct cpc_error *reterr)
CPC_FLEET_RENDERER(cpc_fleet_text);
CPC_FLEET_RENDERER(cpc_fleet_json);
CPC_FLEET_RENDERER(cpc_fleet_csv);
CPC_FLEET_RENDERER(cpc_fleet_html);
#undef CPC_FLEET_RENDERER

#define CPC_READY_RENDERER(name)                                                                                       \
	enum cpc_status name(const struct cpc_ready_view *view, const struct cpc_style *style, struct cpc_buffer *out, \
			     struct cpc_error *reterr)
CPC_READY_RENDERER(cpc_ready_text);
CPC_READY_RENDERER(cpc_ready_json);
#undef CPC_READY_RENDERER

#define CPC_PLAN_RENDERER(name)                                                                                        \
	enum cpc_status name(const struct cpc_plan *plan, const struct cpc_style *style, struct cpc_buffer *out,       \
			     struct cpc_error *reterr)
CPC_PLAN_RENDERER(cpc_plan_text);
CPC_PLAN_RENDERER(cpc_plan_json);
#undef CPC_PLAN_RENDERER

/** For a renderer's end: CPC_OK, or CPC_INTERNAL where the buffer ran out of memory. */
enum cpc_status cpc_rendered(const struct cpc_buffer *out, struct cpc_error *reterr);

#endif
