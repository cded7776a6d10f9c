/* SPDX-License-Identifier: MIT */
/*
 * From results to what people and programs read. Sentences live here and nowhere
 * else. Everything renders into a buffer, so that nothing is ever half-written.
 */
#ifndef CPC_RENDER_H
#define CPC_RENDER_H

#include <stdbool.h>
#include <stddef.h>

#include <cpucompat/buffer.h>
#include <cpucompat/candidate.h>
#include <cpucompat/compare.h>
#include <cpucompat/cpu_map.h>
#include <cpucompat/fleet.h>
#include <cpucompat/fleet_change.h>
#include <cpucompat/fleet_order.h>
#include <cpucompat/layout.h>
#include <cpucompat/peer.h>
#include <cpucompat/ready.h>
#include <cpucompat/report.h>

/** How text for people is laid out. */
struct cpc_style {
	bool colour;  /**< SGR colours */
	bool verbose; /**< whole lists instead of their beginning */
	bool timing;  /**< what the probes cost */
	int width;    /**< columns, at least 40 */
};

/** A format of a report: a row of the table in report_formats.c, a file each. */
struct cpc_report_format {
	const char *name;
	const char *content_type;
	/** Append to `out`. CPC_INTERNAL without memory; CPC_BAD_DATA where the report holds nothing to print so (raw
	 * without leaves). */
	enum cpc_status (*render)(const struct cpc_report *report, const struct cpc_style *style,
				  struct cpc_buffer *out, struct cpc_error *reterr);
};

extern const struct cpc_report_format cpc_report_formats[];
extern const size_t cpc_report_format_count;
const struct cpc_report_format *cpc_report_format_named(const char *name);

/** A comparison and whose it is. Borrows everything. */
struct cpc_comparison_view {
	const char *a_name;
	const char *b_name;
	const struct cpc_report *a;
	const struct cpc_report *b;
	const struct cpc_comparison *comparison;
};

struct cpc_comparison_format {
	const char *name;
	const char *content_type;
	enum cpc_status (*render)(const struct cpc_comparison_view *view, const struct cpc_style *style,
				  struct cpc_buffer *out, struct cpc_error *reterr);
};

extern const struct cpc_comparison_format cpc_comparison_formats[];
extern const size_t cpc_comparison_format_count;
const struct cpc_comparison_format *cpc_comparison_format_named(const char *name);

/** A baseline: the meet, the hosts that it was made of, and what each of them gives up for it. */
struct cpc_baseline_view {
	const struct cpc_policy *policy;
	const struct cpc_fingerprint *meet;
	enum cpc_view view;		       /**< of the hosts, that the meet is of */
	const char *const *names;	       /**< of the hosts */
	const struct cpc_report *const *hosts; /**< as many */
	const struct cpc_comparison *costs;    /**< host -> meet, as many, for formats that want them */
	size_t count;
	const struct cpc_cpu_map *cpu_map; /**< for formats that want one; NULL where none is at hand */
	struct cpc_buffer *notes;	   /**< what to know beside the document, a line each; NULL: nobody asks */
};

struct cpc_baseline_format {
	const char *name;
	const char *content_type;
	bool wants_cpu_map;
	bool wants_costs; /**< shows what each host gives up; others get no `costs` */
	/** Append to `out`. CPC_INTERNAL without memory; CPC_NO_INPUT where it cannot do without a map (libvirt). */
	enum cpc_status (*render)(const struct cpc_baseline_view *view, const struct cpc_style *style,
				  struct cpc_buffer *out, struct cpc_error *reterr);
};

extern const struct cpc_baseline_format cpc_baseline_formats[];
extern const size_t cpc_baseline_format_count;
const struct cpc_baseline_format *cpc_baseline_format_named(const char *name);

/** A host that the catalogue was asked about; both NULL where it was not. */
struct cpc_catalogue_host {
	const char *name;
	const struct cpc_report *report;
};

/** Rows of the catalogue, and what was asked of each. Borrows everything. */
struct cpc_catalogue_view {
	const struct cpc_policy *policy;
	struct cpc_catalogue_host accepts;
	struct cpc_catalogue_host accepted_by;
	const struct cpc_candidate *candidates;
	size_t count;
};

struct cpc_catalogue_format {
	const char *name;
	const char *content_type;
	enum cpc_status (*render)(const struct cpc_catalogue_view *view, const struct cpc_style *style,
				  struct cpc_buffer *out, struct cpc_error *reterr);
};

extern const struct cpc_catalogue_format cpc_catalogue_formats[];
extern const size_t cpc_catalogue_format_count;
const struct cpc_catalogue_format *cpc_catalogue_format_named(const char *name);

/** A source of a fleet that gave no host. */
struct cpc_unreadable {
	const char *source;
	const char *error;
};

/** A fleet and what was asked of it. Borrows everything. */
struct cpc_fleet_view {
	const struct cpc_fleet *fleet;
	const struct cpc_fleet_answers *answers;
	const struct cpc_unreadable *unreadable;
	size_t unreadable_count;
	size_t unreadable_more;		       /**< beyond those that are listed */
	const struct cpc_fleet_change *change; /**< how it came or would come to be; NULL where nobody asked */
	const char *since;		       /**< what it changed since; NULL: `change` is planned */
	size_t since_unreadable;	       /**< sources that gave nothing when that was saved */
	const struct cpc_fleet_order *order;   /**< NULL where nobody asked */
	const struct cpc_order_plan *order_plan;
};

/** A format of a fleet: a row of the table in fleet_formats.c, a file each. */
struct cpc_fleet_format {
	const char *name;
	const char *content_type;
	bool tells_changes; /**< shows `change` and `order` of a view; others leave them out */
	enum cpc_status (*render)(const struct cpc_fleet_view *view, const struct cpc_style *style,
				  struct cpc_buffer *out, struct cpc_error *reterr);
};

extern const struct cpc_fleet_format cpc_fleet_formats[];
extern const size_t cpc_fleet_format_count;
const struct cpc_fleet_format *cpc_fleet_format_named(const char *name);

/** A requirement table, and the hosts that it is about. Borrows everything. */
struct cpc_ready_view {
	const struct cpc_ready *ready;
	const struct cpc_ready_host *hosts;
	size_t count;
};

/** A format of a requirement table: a row of the table in ready_formats.c, a file each. */
struct cpc_ready_format {
	const char *name;
	const char *content_type;
	enum cpc_status (*render)(const struct cpc_ready_view *view, const struct cpc_style *style,
				  struct cpc_buffer *out, struct cpc_error *reterr);
};

extern const struct cpc_ready_format cpc_ready_formats[];
extern const size_t cpc_ready_format_count;
const struct cpc_ready_format *cpc_ready_format_named(const char *name);

/** A format of layouts beside each other: a row of the table in plan_formats.c, a file each. */
struct cpc_plan_format {
	const char *name;
	const char *content_type;
	enum cpc_status (*render)(const struct cpc_plan *plan, const struct cpc_style *style, struct cpc_buffer *out,
				  struct cpc_error *reterr);
};

extern const struct cpc_plan_format cpc_plan_formats[];
extern const size_t cpc_plan_format_count;
const struct cpc_plan_format *cpc_plan_format_named(const char *name);

/** Documents of what an agent serves. CPC_INTERNAL without memory. */
#define CPC_PUBLISHED_RENDERER(name)                                                                                   \
	enum cpc_status name(const struct cpc_published *published, struct cpc_buffer *out, struct cpc_error *reterr)
/** The page for people: one self-contained document. */
CPC_PUBLISHED_RENDERER(cpc_render_page);
/** The Content-Security-Policy of that page, and of one that is `mailed` and brings it along: a style and a script are
 * allowed by their hashes, and nothing else is. Where it is brought along, no policy can say who frames the page. */
#define CPC_PAGE_POLICY_SIZE 320
void cpc_page_policy(bool mailed, char ret_policy[static CPC_PAGE_POLICY_SIZE]);
/** Every metric, as Prometheus' text and as OpenMetrics. */
CPC_PUBLISHED_RENDERER(cpc_render_prometheus);
CPC_PUBLISHED_RENDERER(cpc_render_openmetrics);
/** cpucompat/peers/1, and the list of targets that Prometheus' http_sd takes. */
CPC_PUBLISHED_RENDERER(cpc_render_peers);
CPC_PUBLISHED_RENDERER(cpc_render_targets);
/** cpucompat/fleet/1 over the host and its peers. CPC_BAD_DATA above CPC_FLEET_PUBLISHED_MAX classes: the matrix grows
 * with their square, and this is made again whenever a peer changes. */
#define CPC_FLEET_PUBLISHED_MAX 256
CPC_PUBLISHED_RENDERER(cpc_render_fleet);
/** cpucompat/ready/1 of the host alone. CPC_BAD_DATA where it was not judged. */
CPC_PUBLISHED_RENDERER(cpc_render_ready);

/** An RFC 9457 problem document. */
enum cpc_status cpc_render_problem(unsigned int http_status, const char *title, const char *detail,
				   struct cpc_buffer *out);

#endif
